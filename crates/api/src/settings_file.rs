//! The file that the settings are in. It is written whole or not at all, and what cannot be read in it is never replaced.

use crate::dto::{ErrorCode, ErrorDto};
use crate::home::Home;
use crate::settings::Settings;
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

    /// Writes the settings, whole or not at all.
    pub(crate) fn save(&self, settings: &Settings) -> Result<(), ErrorDto> {
        let written =
            if self.is_ours { self.write(settings) } else { Err(io::Error::other("what is there cannot be read")) };
        written.map_err(|e| {
            let path = self.path.display();
            ErrorDto::new(ErrorCode::Catalog, format!("the settings could not be written to {path}: {e}"))
        })
    }

    fn write(&self, settings: &Settings) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        // Another window is another process.
        let beside = self.path.with_extension(format!("json.{}.new", std::process::id()));
        let mut file = std::fs::File::create(&beside)?;
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
            file.save(&chosen).unwrap();
            assert_eq!(std::fs::read_to_string(kept).unwrap(), text);
            assert_eq!(SettingsFile::open(&home).1, chosen);
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 4, "nothing half-written is left");
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
        assert_eq!(file.save(&settings).unwrap_err().code, ErrorCode::Catalog);
        assert!(home.settings().is_dir());
    }
}
