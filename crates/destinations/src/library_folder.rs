//! A library in a folder: found, made and opened here; its role is played in `role`.

mod role;
mod set_aside;
#[cfg(test)]
mod tests;

use crate::flush::{flush_file, flush_folder};
use crate::manifest::{self, RejectedLine};
use crate::marker::{self, INCOMING, INTERNALS, MANIFESTS, MARKER};
use crate::rename::Move;
use crate::root::{Root, open_folder, read_marker};
use cap_std::fs::{Dir, OpenOptions};
use domain::{DestinationError, LibraryId, ManifestLine, SessionId};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf, absolute};
use std::sync::Arc;

/// What the write test is called, in the staging folder; the next one removes what an interrupted one left.
const PROBE: &str = "probe";
/// How drafts of a marker begin, in the staging folder.
const DRAFT: &str = "library-";

/// A library in a folder of a mounted volume.
///
/// It holds the folder open: a drive can only be ejected after the last `LibraryFolder` on it was dropped.
#[derive(Debug)]
pub struct LibraryFolder {
    root: Arc<Root>,
}

impl LibraryFolder {
    /// Opens the library at a folder and changes nothing there. Errors with `Unusable` when there is none, or one that
    /// this program cannot read.
    pub fn open(path: &Path) -> Result<Self, DestinationError> {
        let path = absolute_path(path)?;
        let dir = open_folder(&path)?;
        let place = path.display().to_string();
        let id = read_marker(&dir, &place)?.ok_or_else(|| Self::missing(&path))?;
        Ok(Self { root: Arc::new(Root::new(dir, path, id)) })
    }

    /// Opens the library at a folder for writing, and makes none. Errors as `open` does, and when nothing can be written.
    pub fn open_to_write(path: &Path) -> Result<Self, DestinationError> {
        let library = Self::open(path)?;
        make_writable(&library.root).map_err(|error| explain_probe(&library.root, &error))?;
        sweep_drafts(&library.root.dir).map_err(|error| explain_probe(&library.root, &error))?;
        Ok(library)
    }

    /// Opens the library at a folder for writing, or makes one there. The folder itself may be missing, the one above it
    /// not. `new_id` and `created_at` (RFC 3339) are those of a library made now. Errors when nothing can be written.
    pub fn create_or_open(path: &Path, new_id: LibraryId, created_at: &str) -> Result<Self, DestinationError> {
        let path = absolute_path(path)?;
        let dir = open_or_make_folder(&path)?;
        let place = path.display().to_string();
        remove_interrupted_marker(&dir);
        let there = read_marker(&dir, &place)?;
        let mut root = Root::new(dir, path, there.clone().unwrap_or(new_id));
        make_writable(&root).map_err(|error| explain_probe(&root, &error))?;
        if there.is_none() {
            root.id = write_marker(&root, created_at)?;
        }
        sweep_drafts(&root.dir).map_err(|error| explain_probe(&root, &error))?;
        Ok(Self { root: Arc::new(root) })
    }

    /// Tells which library a folder holds, `None` when it holds none or does not exist. Changes nothing.
    pub fn identify(path: &Path) -> Result<Option<LibraryId>, DestinationError> {
        let path = absolute_path(path)?;
        if !path.exists() {
            return Ok(None);
        }
        read_marker(&open_folder(&path)?, &path.display().to_string())
    }

    /// Returns the library's folder as an absolute path.
    pub fn root(&self) -> &Path {
        &self.root.path
    }

    /// Returns the import whose manifest is the last in the order of their names, `None` where there is none.
    pub fn newest_import(&self) -> Result<Option<SessionId>, DestinationError> {
        manifest::newest(&self.root).map_err(|error| self.root.explain(MANIFESTS, &error))
    }

    /// Reads every manifest in the order of their names, and reports the lines that cannot be trusted as well.
    pub fn checked_lines(
        &self,
        found: &mut dyn FnMut(&SessionId, ManifestLine),
        rejected: &mut dyn FnMut(RejectedLine),
    ) -> Result<(), DestinationError> {
        manifest::read_all(&self.root, found, rejected).map_err(|error| self.root.explain(MANIFESTS, &error))
    }
}

fn absolute_path(path: &Path) -> Result<PathBuf, DestinationError> {
    absolute(path).map_err(|_| DestinationError::Unusable("no folder was named for the library".to_owned()))
}

fn open_or_make_folder(path: &Path) -> Result<Dir, DestinationError> {
    if path.exists() {
        return open_folder(path);
    }
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return open_folder(path) };
    let above = open_folder(parent)?;
    match above.create_dir(name) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(explain_creation(path, &error)),
        _ => {
            flush_folder(&above).map_err(|error| explain_creation(path, &error))?;
            open_folder(path)
        }
    }
}

fn explain_creation(path: &Path, error: &io::Error) -> DestinationError {
    let place = path.display().to_string();
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => DestinationError::ReadOnly(place),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => DestinationError::Full(place),
        _ => DestinationError::Unusable(format!("{place} cannot be created: {error}")),
    }
}

/// Makes the hidden folders and proves by a real write that files can be written and flushed.
fn make_writable(root: &Root) -> io::Result<()> {
    root.make_folder(MANIFESTS)?;
    let incoming = root.make_folder(INCOMING)?;
    let file = incoming.open_with(PROBE, OpenOptions::new().write(true).create(true).truncate(true))?.into_std();
    let written = (&file).write_all(PROBE.as_bytes()).and_then(|()| flush_file(&file));
    drop(file);
    match incoming.remove_file(PROBE) {
        // Another program's probe of the same moment removed it.
        Err(error) if error.kind() == ErrorKind::NotFound => written,
        removed => written.and(removed),
    }
}

fn explain_probe(root: &Root, error: &io::Error) -> DestinationError {
    match error.kind() {
        ErrorKind::PermissionDenied => DestinationError::ReadOnly(root.place()),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::ReadOnlyFilesystem => {
            root.explain(INTERNALS, error)
        }
        _ => DestinationError::Unusable(format!("nothing can be written to {}: {error}", root.place())),
    }
}

/// Writes the marker and returns the identity the library has: another program may have been first.
fn write_marker(root: &Root, created_at: &str) -> Result<LibraryId, DestinationError> {
    let text = marker::format(&root.id, created_at);
    place_marker(root, &text).map_err(|error| explain_probe(root, &error))?;
    read_marker(&root.dir, &root.place())?
        .ok_or_else(|| DestinationError::Unusable(format!("the library at {} could not be made", root.place())))
}

fn place_marker(root: &Root, text: &[u8]) -> io::Result<()> {
    let (incoming, internals) = (root.make_folder(INCOMING)?, root.make_folder(INTERNALS)?);
    let draft = format!("{DRAFT}{}", root.id);
    let file = incoming.open_with(&draft, OpenOptions::new().write(true).create(true).truncate(true))?.into_std();
    (&file).write_all(text)?;
    flush_file(&file)?;
    let marker = Move { from: &incoming, name: &draft, to: &internals, new_name: marker::FILE_NAME };
    match marker.without_replacing() {
        // Another program was first; it may have swept our draft as well.
        Err(error) if matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotFound) => return Ok(()),
        moved => moved?,
    }
    flush_file(&file)?;
    flush_folder(&internals)?;
    flush_folder(&incoming)
}

/// Tells whether an interrupted creation left an empty marker, where a name is reserved before it is given. One beside
/// manifests is damage.
pub(crate) fn has_interrupted_marker(dir: &Dir) -> bool {
    let is_empty = dir.symlink_metadata(MARKER).is_ok_and(|m| m.is_file() && m.len() == 0);
    is_empty && !dir.read_dir(MANIFESTS).is_ok_and(|mut entries| entries.next().is_some())
}

fn remove_interrupted_marker(dir: &Dir) {
    if has_interrupted_marker(dir) {
        // If it stays, reading it says what is wrong.
        let _ = dir.remove_file(MARKER);
    }
}

/// Removes drafts that interrupted creations left: the library has its marker.
fn sweep_drafts(dir: &Dir) -> io::Result<()> {
    for entry in dir.read_dir(INCOMING)? {
        let entry = entry?;
        // What is no file was put there by somebody else.
        if entry.file_name().to_string_lossy().starts_with(DRAFT) && entry.file_type()?.is_file() {
            match entry.remove_file() {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
}
