//! Putting published files aside within the library: renames that replace nothing, flushed before anybody is told.

use crate::flush::{flush_file, flush_folder};
use crate::rename::Move;
use crate::root::{Root, open_plain};
use cap_std::fs::{Dir, OpenOptions};
use domain::{DestinationError, LibraryPath, Removal};
use std::collections::BTreeMap;
use std::fs::File;
use std::io;

/// Moves files, flushes each once more under its new name, where FAT fills in its size and place only now, and then each
/// folder that is concerned once.
pub(super) fn set_aside(root: &Root, moves: &[Removal]) -> Vec<Result<(), DestinationError>> {
    let (mut results, mut moved) = (Vec::with_capacity(moves.len()), Vec::with_capacity(moves.len()));
    for one in moves {
        results.push(rename(root, one).map(|file| moved.push((one, file))));
    }
    let left: BTreeMap<_, _> = moved.iter().map(|(one, _)| (folder_name(&one.path), &one.path)).collect();
    let taken: BTreeMap<_, _> = moved.iter().map(|(one, _)| (folder_name(&one.to), &one.to)).collect();
    // New names first: until they are on the medium the old ones must not be gone.
    let files = moved
        .iter()
        .try_for_each(|(one, file)| flush_file(file).map_err(|error| root.explain(one.to.as_str(), &error)));
    let mut folders = taken.values().chain(left.values());
    if let Err(error) = files.and_then(|()| folders.try_for_each(|path| flush_folder_of(root, path))) {
        // Where they are is known; whether a power cut would undo that is not. The journal's next look decides.
        results.iter_mut().filter(|result| result.is_ok()).for_each(|result| *result = Err(error.clone()));
        return results;
    }
    left.values().for_each(|path| remove_empty_folders(root, path));
    results
}

fn flush_folder_of(root: &Root, path: &LibraryPath) -> Result<(), DestinationError> {
    let flushed = root.folder_of(path).and_then(|folder| flush_folder(&folder));
    flushed.map_err(|error| root.explain(path.as_str(), &error))
}

/// Gives a file its new name and returns it open. Opened before it is moved: one that cannot be flushed stays where it is.
fn rename(root: &Root, one: &Removal) -> Result<File, DestinationError> {
    let moved = || -> io::Result<File> {
        let from = root.folder_of(&one.path)?;
        let file = open_plain(&from, one.path.file_name(), OpenOptions::new().read(true).write(cfg!(windows)))?;
        let to = root.make_folder(&folder_name(&one.to))?;
        Move { from: &from, name: one.path.file_name(), to: &to, new_name: one.to.file_name() }.without_replacing()?;
        Ok(file)
    };
    moved().map_err(|error| root.explain(one.to.as_str(), &error))
}

fn folder_name(path: &LibraryPath) -> String {
    path.folder().map(|folder| folder.to_string()).unwrap_or_default()
}

/// Removes the folder a file was in, and those above it but the topmost, as far as nothing is in them. The system refuses
/// to remove any other.
fn remove_empty_folders(root: &Root, path: &LibraryPath) {
    let mut folder = path.folder();
    while let Some(empty) = folder {
        let Some(above) = empty.folder() else { return };
        let removed = root.dir.open_dir(above.as_str()).and_then(|dir: Dir| dir.remove_dir(empty.file_name()));
        if removed.is_err() {
            return;
        }
        folder = Some(above);
    }
}
