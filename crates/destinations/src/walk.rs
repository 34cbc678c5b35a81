//! What lies in a library besides its internals.

use crate::marker::INTERNALS;
use cap_std::fs::{Dir, DirEntry};
use domain::LibraryFile;
use std::io::{self, ErrorKind};

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
    let mut folders = vec![(String::new(), library.try_clone()?)];
    while let Some((path, folder)) = folders.pop() {
        if let Err(error) = look_into(&path, &folder, &mut folders, found) {
            failure = Err(error);
        }
    }
    failure
}

/// Reports the files of one folder and notes those that are in it.
fn look_into(
    path: &str,
    folder: &Dir,
    folders: &mut Vec<(String, Dir)>,
    found: &mut dyn FnMut(LibraryFile),
) -> io::Result<()> {
    let mut failure = Ok(());
    for entry in folder.entries().map_err(|error| at(path, &error))? {
        let entry = entry.map_err(|error| at(path, &error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_litter(&name) || (path.is_empty() && name == INTERNALS) {
            continue;
        }
        let below = format!("{path}{name}");
        match look_at(&entry, &below, found) {
            Ok(inside) => folders.extend(inside),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => failure = Err(at(&below, &error)),
        }
    }
    failure
}

/// Says where an error was, relative to the library.
fn at(path: &str, error: &io::Error) -> io::Error {
    let place = if path.is_empty() { "its top" } else { path };
    io::Error::new(error.kind(), format!("{place}: {error}"))
}

/// Reports an entry that is a file, and returns one that is a folder.
fn look_at(entry: &DirEntry, path: &str, found: &mut dyn FnMut(LibraryFile)) -> io::Result<Option<(String, Dir)>> {
    let kind = entry.file_type()?;
    if kind.is_file() {
        found(LibraryFile { path: path.to_owned(), bytes: entry.metadata()?.len() });
    } else if kind.is_dir() && path.matches('/').count() < DEEPEST {
        return Ok(Some((format!("{path}/"), entry.open_dir()?)));
    }
    Ok(None)
}

/// Tells whether systems leave a file or folder of this name on drives.
pub(crate) fn is_litter(name: &str) -> bool {
    LITTER_BEGINS.iter().any(|beginning| name.starts_with(beginning))
        || LITTER.iter().any(|litter| litter.eq_ignore_ascii_case(name))
}
