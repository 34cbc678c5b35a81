//! What lies in a library besides its internals.

use crate::marker::INTERNALS;
use cap_std::fs::Dir;
use domain::LibraryFile;
use std::io;

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

/// Reports every plain file below an open folder, links not followed. A folder that cannot be read is an error: "no unknown
/// files" must not be said of what was not seen.
pub(crate) fn files(library: &Dir, found: &mut dyn FnMut(LibraryFile)) -> io::Result<()> {
    let mut folders = vec![(String::new(), library.try_clone()?)];
    while let Some((path, folder)) = folders.pop() {
        for entry in folder.entries()? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if is_litter(&name) || (path.is_empty() && name == INTERNALS) {
                continue;
            }
            let kind = entry.file_type()?;
            let below = format!("{path}{name}");
            if kind.is_file() {
                found(LibraryFile { path: below, bytes: entry.metadata()?.len() });
            } else if kind.is_dir() && below.matches('/').count() < DEEPEST {
                folders.push((format!("{below}/"), entry.open_dir()?));
            }
        }
    }
    Ok(())
}

/// Tells whether systems leave a file or folder of this name on drives.
pub(crate) fn is_litter(name: &str) -> bool {
    LITTER_BEGINS.iter().any(|beginning| name.starts_with(beginning))
        || LITTER.iter().any(|litter| litter.eq_ignore_ascii_case(name))
}
