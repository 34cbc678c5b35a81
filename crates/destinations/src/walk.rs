//! What lies in a library besides its internals.

use crate::marker::INTERNALS;
use cap_std::fs::{Dir, DirEntry};
use domain::LibraryFile;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

/// How deep folders are followed; ours are three deep.
const DEEPEST: usize = 32;

/// Files and folders that systems leave on every drive they see.
const LITTER: [&str; 11] = [
    ".DS_Store",
    ".DocumentRevisions-V100",
    ".Spotlight-V100",
    ".TemporaryItems",
    ".fseventsd",
    "$RECYCLE.BIN",
    "System Volume Information",
    "Thumbs.db",
    "Thumbs.db:encryptable",
    "desktop.ini",
    "lost+found",
];
/// How the names of such begin: Apple's double files, and the bins of macOS and Linux (`.Trashes`, `.Trash-1000`).
const LITTER_BEGINS: [&str; 2] = ["._", ".Trash"];

/// Reports every plain file below an open folder, links not followed, as far as it can be seen. Errors in the end when a folder
/// could not be read: "no unknown files" must not be said of what was not seen. What goes away meanwhile is not there.
pub(crate) fn files(library: &Dir, found: &mut dyn FnMut(LibraryFile)) -> io::Result<()> {
    let mut failure = Ok(());
    // Paths, not open folders: there may be thousands of days, and some systems allow 256 open files.
    let mut folders = vec![Inside::default()];
    while let Some(inside) = folders.pop() {
        match look_into(library, &inside, &mut folders, found) {
            Err(error) if error.kind() == ErrorKind::NotFound && !inside.shown.is_empty() => {}
            Err(error) => failure = Err(error),
            Ok(()) => {}
        }
    }
    failure
}

/// A folder that is still to be looked into, relative to the library.
#[derive(Default)]
struct Inside {
    /// As it is named there.
    path: PathBuf,
    /// As it is told, with a slash at its end; empty for the library itself.
    shown: String,
}

/// Reports the files of one folder and notes the folders that are in it.
fn look_into(
    library: &Dir,
    inside: &Inside,
    folders: &mut Vec<Inside>,
    found: &mut dyn FnMut(LibraryFile),
) -> io::Result<()> {
    let here = |error: io::Error| at(&inside.shown, &error);
    let is_top = inside.shown.is_empty();
    let folder = if is_top { library.try_clone() } else { library.open_dir(&inside.path) }.map_err(here)?;
    let mut failure = Ok(());
    for entry in folder.entries().map_err(here)? {
        let entry = entry.map_err(here)?;
        let file_name = entry.file_name();
        let name = file_name.to_string_lossy();
        if is_litter(&name) || (is_top && name == INTERNALS) {
            continue;
        }
        let below = format!("{}{name}", inside.shown);
        match look_at(&entry, &below, found) {
            Ok(Kind::Folder) => {
                folders.push(Inside { path: inside.path.join(&file_name), shown: format!("{below}/") });
            }
            Ok(Kind::Other) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => failure = Err(at(&below, &error)),
        }
    }
    failure
}

/// Says where an error was, relative to the library.
fn at(path: &str, error: &io::Error) -> io::Error {
    let place = if path.is_empty() { "its top" } else { path.trim_end_matches('/') };
    io::Error::new(error.kind(), format!("{place}: {error}"))
}

enum Kind {
    Folder,
    Other,
}

/// Reports an entry that is a file, and tells of one that is a folder to look into.
fn look_at(entry: &DirEntry, path: &str, found: &mut dyn FnMut(LibraryFile)) -> io::Result<Kind> {
    let kind = entry.file_type()?;
    if kind.is_file() {
        found(LibraryFile { path: path.to_owned(), bytes: entry.metadata()?.len() });
    } else if kind.is_dir() && path.matches('/').count() < DEEPEST {
        return Ok(Kind::Folder);
    }
    Ok(Kind::Other)
}

/// Tells whether systems leave a file or folder of this name on drives.
pub(crate) fn is_litter(name: &str) -> bool {
    LITTER_BEGINS.iter().any(|beginning| name.starts_with(beginning))
        || LITTER.iter().any(|litter| litter.eq_ignore_ascii_case(name))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use cap_std::ambient_authority;

    #[test]
    fn a_thousand_days_are_not_open_at_once() {
        let library = tempfile::tempdir().unwrap();
        for day in 0..1000 {
            let folder = library.path().join(format!("Originals/{}/{day}", day % 7));
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("1.JPG"), b"1").unwrap();
        }
        let open_here = || {
            let handles = std::fs::read_dir("/proc/self/fd").unwrap();
            let targets = handles.filter_map(|handle| std::fs::read_link(handle.unwrap().path()).ok());
            targets.filter(|target| target.starts_with(library.path())).count()
        };
        let dir = Dir::open_ambient_dir(library.path(), ambient_authority()).unwrap();
        let (mut found, mut most) = (0, 0);
        files(&dir, &mut |_| {
            found += 1;
            if found % 50 == 0 {
                most = most.max(open_here());
            }
        })
        .unwrap();
        assert_eq!(found, 1000);
        assert!((1..=4).contains(&most), "{most} folders are open at once");
    }
}
