//! The open folder of a library. Everything is done relative to this handle, so nothing leaves the library, and a drive
//! that was unmounted under the program never turns into writes on the disk beneath.

use crate::bypass::Buffers;
use crate::flush::flush_folder;
use crate::marker;
use crate::space::{FileSystem, Medium, file_system};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};
use domain::{DestinationError, LibraryId, LibraryPath};
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// A library's folder, held open, and who it is.
#[derive(Debug)]
pub(crate) struct Root {
    pub(crate) dir: Dir,
    pub(crate) path: PathBuf,
    pub(crate) id: LibraryId,
    pub(crate) file_system: FileSystem,
    pub(crate) buffers: Arc<Buffers>,
    /// Folders whose names were flushed while this handle was open.
    durable: Mutex<HashSet<String>>,
}

impl Root {
    /// Takes an open folder whose marker was read.
    pub(crate) fn new(dir: Dir, path: PathBuf, id: LibraryId) -> Self {
        let file_system = file_system(&dir);
        Self { dir, path, id, file_system, buffers: Arc::default(), durable: Mutex::default() }
    }

    /// Returns the folder's path for messages.
    pub(crate) fn place(&self) -> String {
        self.path.display().to_string()
    }

    /// Makes sure that the path still leads to the folder held open and that its marker is unchanged.
    pub(crate) fn check(&self) -> Result<(), DestinationError> {
        let is_there =
            self.is_same_folder() && read_marker(&self.dir, &self.place()).is_ok_and(|id| id == Some(self.id.clone()));
        match self.dir.try_clone() {
            _ if is_there => Ok(()),
            // Where the system gives no further handle, nothing can be said of the drive.
            Err(error) => Err(io_error(&self.place(), error.to_string())),
            Ok(_) => Err(DestinationError::Gone(self.place())),
        }
    }

    /// Compares device and inode; where inode numbers do not last, the marker behind the path decides.
    fn is_same_folder(&self) -> bool {
        let Ok(now) = Dir::open_ambient_dir(&self.path, ambient_authority()) else { return false };
        match (identity(&now), identity(&self.dir)) {
            (Some(a), Some(b)) if a == b => true,
            (Some((device, _)), Some((ours, _))) if device != ours || self.file_system.medium == Medium::Disk => false,
            _ => read_marker(&now, &self.place()).is_ok_and(|id| id.as_ref() == Some(&self.id)),
        }
    }

    /// Turns a system error at `path` into what the user can do about it.
    pub(crate) fn explain(&self, path: &str, error: &io::Error) -> DestinationError {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => DestinationError::Full(self.place()),
            ErrorKind::ReadOnlyFilesystem => DestinationError::ReadOnly(self.place()),
            ErrorKind::FileTooLarge => DestinationError::TooLarge,
            ErrorKind::AlreadyExists => DestinationError::Taken(path.to_owned()),
            _ => self.check().err().unwrap_or_else(|| io_error(path, error.to_string())),
        }
    }

    /// Opens a folder of the library, making what is missing of it. Each folder's name is on the medium when this returns.
    pub(crate) fn make_folder(&self, path: &str) -> io::Result<Dir> {
        let mut folder = self.dir.try_clone()?;
        let mut so_far = String::new();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            so_far.push_str(name);
            let made = match folder.create_dir(name) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => false,
                made => made.map(|()| true)?,
            };
            // One that an interrupted run made may not be on the medium yet.
            if made || !self.durable().contains(&so_far) {
                flush_folder(&folder)?;
                self.durable().insert(so_far.clone());
            }
            folder = folder.open_dir(name)?;
            so_far.push('/');
        }
        Ok(folder)
    }

    /// Opens the folder that a path lies in.
    pub(crate) fn folder_of(&self, path: &LibraryPath) -> io::Result<Dir> {
        match path.folder() {
            Some(folder) => self.dir.open_dir(folder.as_str()),
            None => self.dir.try_clone(),
        }
    }

    fn durable(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.durable.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes the error of one file.
pub(crate) fn io_error(path: &str, reason: impl Into<String>) -> DestinationError {
    DestinationError::Io { path: path.to_owned(), reason: reason.into() }
}

/// Opens a plain file: no link, no pipe that would block, no device. `write` is what Windows needs to flush it.
pub(crate) fn open_plain(dir: &Dir, path: &str, options: &mut OpenOptions) -> io::Result<File> {
    let refused = || io::Error::new(ErrorKind::InvalidInput, "it is not a plain file");
    if !dir.symlink_metadata(path)?.is_file() {
        return Err(refused());
    }
    without_waiting(options);
    let file = dir.open_with(path, options)?;
    // It may have been exchanged in between.
    if file.metadata()?.is_file() { Ok(file.into_std()) } else { Err(refused()) }
}

#[cfg(unix)]
fn without_waiting(options: &mut OpenOptions) {
    use cap_std::fs::OpenOptionsExt;
    options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
}

#[cfg(not(unix))]
fn without_waiting(_options: &mut OpenOptions) {}

/// Reads the identity of the library in an open folder, `None` when it is none.
pub(crate) fn read_marker(dir: &Dir, place: &str) -> Result<Option<LibraryId>, DestinationError> {
    let file = match open_plain(dir, marker::MARKER, OpenOptions::new().read(true)) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        other => other,
    };
    let mut bytes = Vec::new();
    file.and_then(|file| file.take(marker::LONGEST).read_to_end(&mut bytes))
        .map_err(|error| DestinationError::Unusable(format!("the library at {place} cannot be read: {error}")))?;
    marker::parse(&bytes, place).map(Some)
}

/// Opens a folder by its path.
pub(crate) fn open_folder(path: &Path) -> Result<Dir, DestinationError> {
    let place = path.display();
    Dir::open_ambient_dir(path, ambient_authority()).map_err(|error| {
        DestinationError::Unusable(match error.kind() {
            ErrorKind::NotFound => format!("{place} does not exist"),
            ErrorKind::NotADirectory => format!("{place} is a file, not a folder"),
            _ if path.is_file() => format!("{place} is a file, not a folder"),
            _ => format!("{place} cannot be opened: {error}"),
        })
    })
}

/// Returns device and inode of an open folder, where the system has such numbers.
#[cfg(unix)]
pub(crate) fn identity(dir: &Dir) -> Option<(u64, u64)> {
    use cap_std::fs::MetadataExt;
    dir.dir_metadata().ok().map(|m| (m.dev(), m.ino()))
}

/// Returns device and inode of an open folder, where the system has such numbers: not here.
#[cfg(not(unix))]
pub(crate) fn identity(_dir: &Dir) -> Option<(u64, u64)> {
    None
}
