//! The file that the settings are in. It is written whole or not at all, and what cannot be read in it is never replaced.

use crate::dto::{ErrorCode, ErrorDto};
use crate::home::Home;
use crate::settings::Settings;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How many names are tried for one that cannot be read.
const NUMBERS: u32 = 1000;

/// The file. Whoever writes it holds the lock around it.
pub(crate) struct SettingsFile {
    path: PathBuf,
    /// What was the matter with it at the start, for people.
    pub(crate) problem: Option<String>,
    /// One that could neither be read nor put aside is left alone.
    is_ours: bool,
}

impl SettingsFile {
    /// Reads the settings; where there is no file, there are none yet. One that cannot be read, be it damaged or of a newer
    /// version, is put aside under another name.
    pub(crate) fn open(home: &Home) -> (Self, Settings) {
        let path = home.settings();
        let reason = match read(&path) {
            Ok(settings) => return (Self { path, problem: None, is_ours: true }, settings),
            Err(error) => error,
        };
        let (problem, is_ours) = match put_aside(&path) {
            Ok(kept) => {
                let kept = kept.display();
                (
                    format!(
                        "The settings could not be read, and are kept as {kept} ({reason}). Choose your library again."
                    ),
                    true,
                )
            }
            Err(_) => {
                let path = path.display();
                (
                    format!(
                        "The settings in {path} could not be read ({reason}). What you choose now is not remembered."
                    ),
                    false,
                )
            }
        };
        (Self { path, problem: Some(problem), is_ours }, Settings::default())
    }

    /// Writes a change of the settings down, whole or not at all: that of what the file says now, as another window may have
    /// written to it since. `before` is what this one knows, for where the file is gone. One that could neither be read nor
    /// put aside stays as it is, which was said at the start.
    pub(crate) fn change(&self, before: &Settings, change: &dyn Fn(&mut Settings)) -> Result<(), ErrorDto> {
        if !self.is_ours {
            return Ok(());
        }
        self.change_now(before, change).map_err(|e| {
            let path = self.path.display();
            ErrorDto::new(ErrorCode::Catalog, format!("the settings could not be written to {path}: {e}"))
        })
    }

    fn change_now(&self, before: &Settings, change: &dyn Fn(&mut Settings)) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let _lock = self.lock();
        let mut settings = match std::fs::read(&self.path) {
            Ok(text) => match serde_json::from_slice(&text) {
                Ok(settings) => settings,
                Err(_) => {
                    put_aside(&self.path)?;
                    before.clone()
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => before.clone(),
            Err(error) => return Err(error),
        };
        change(&mut settings);
        self.write(&settings)
    }

    /// Another window waits as long as this is held. Where the system has no locks, the last one to write wins.
    fn lock(&self) -> Option<File> {
        let path = self.path.with_extension("json.lock");
        let file = File::options().create(true).truncate(false).write(true).open(path).ok()?;
        file.lock().ok().map(|()| file)
    }

    fn write(&self, settings: &Settings) -> io::Result<()> {
        // Another window is another process.
        let beside = self.path.with_extension(format!("json.{}.new", std::process::id()));
        let mut file = File::create(&beside)?;
        file.write_all(&serde_json::to_vec_pretty(settings)?)?;
        file.sync_all()?;
        std::fs::rename(&beside, &self.path)
    }
}

fn read(path: &Path) -> io::Result<Settings> {
    match std::fs::read(path) {
        Ok(text) => Ok(serde_json::from_slice(&text)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Settings::default()),
        Err(error) => Err(error),
    }
}

/// Gives a file another name that is free.
fn put_aside(path: &Path) -> io::Result<PathBuf> {
    let names = (1..=NUMBERS).map(|number| path.with_extension(format!("json.unreadable-{number}")));
    for name in names {
        if std::fs::symlink_metadata(&name).is_err_and(|e| e.kind() == io::ErrorKind::NotFound) {
            return std::fs::rename(path, &name).map(|()| name);
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_put_aside_and_said_and_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path());
        assert!(SettingsFile::open(&home).0.problem.is_none(), "none yet is no problem");
        let newer = r#"{"thoroughness": "thrice", "current": "a"}"#;
        for (number, text) in [(1, newer), (2, "half a fi"), (3, "")] {
            std::fs::write(home.settings(), text).unwrap();
            let (file, settings) = SettingsFile::open(&home);
            assert_eq!(settings, Settings::default());
            let kept = dir.path().join(format!("settings.json.unreadable-{number}"));
            assert!(file.problem.as_ref().unwrap().contains(kept.to_str().unwrap()), "{:?}", file.problem);
            let chosen = Settings { current: Some("b".into()), ..Settings::default() };
            file.change(&settings, &|settings| settings.current = Some("b".into())).unwrap();
            assert_eq!(std::fs::read_to_string(kept).unwrap(), text);
            assert_eq!(SettingsFile::open(&home).1, chosen);
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 5, "three kept, the settings, the lock");
    }

    #[test]
    fn what_can_neither_be_read_nor_put_aside_stays() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path());
        std::fs::create_dir(home.settings()).unwrap();
        (1..=NUMBERS)
            .for_each(|n| std::fs::write(dir.path().join(format!("settings.json.unreadable-{n}")), "").unwrap());
        let (file, settings) = SettingsFile::open(&home);
        assert!(file.problem.as_ref().unwrap().contains("not remembered"), "{:?}", file.problem);
        file.change(&settings, &|settings| settings.current = Some("b".into())).unwrap();
        assert!(home.settings().is_dir());
    }

    #[test]
    fn two_windows_keep_what_the_other_one_wrote() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::new(dir.path());
        let ((one, of_one), (other, of_other)) = (SettingsFile::open(&home), SettingsFile::open(&home));
        other.change(&of_other, &|settings| settings.use_library("b", "/b".into())).unwrap();
        one.change(&of_one, &|settings| settings.writes_sidecars = true).unwrap();
        let (_, now) = SettingsFile::open(&home);
        assert_eq!((now.current.as_deref(), now.writes_sidecars), (Some("b"), true));
        std::fs::remove_file(home.settings()).unwrap();
        one.change(&Settings { writes_sidecars: true, ..of_one }, &|settings| settings.saves_renditions = true)
            .unwrap();
        let (_, now) = SettingsFile::open(&home);
        assert!(now.writes_sidecars && now.saves_renditions, "a file that is gone is written anew: {now:?}");
    }
}
