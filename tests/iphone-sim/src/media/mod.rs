//! What a phone holds: a tree of folders and files behind one role, so that a folder on disk and an invented library
//! look the same to the file service.

mod disk;
mod disk_file;
mod hash;
mod own_processor;
mod path;
mod synthetic;

use std::path::PathBuf;

pub(crate) use disk::{DiskTree, Writes, file_info};
pub(crate) use disk_file::DiskFile;
pub(crate) use own_processor::OwnProcessor;
pub(crate) use path::PhonePath;
pub use synthetic::Synthetic;
pub(crate) use synthetic::{Content, MOST_HEAD, Recipe, SyntheticTree, word};

use crate::faults::Hang;
use crate::library::Expected;
use crate::status::Status;

/// A tree of folders and files. Paths are normalised and cannot leave it.
pub(crate) trait Tree: Send + Sync {
    /// The names in a folder, without `.` and `..`, in no promised order.
    fn list(&self, folder: &PhonePath) -> Result<Vec<Vec<u8>>, Status>;
    /// What is at a path; links are not followed.
    fn stat(&self, path: &PhonePath) -> Result<FileInfo, Status>;
    /// Opens a file.
    fn open(&self, path: &PhonePath, mode: OpenMode) -> Result<Box<dyn OpenFile>, Status>;
    /// The SHA-1 of a part of a file.
    fn sha1(&self, path: &PhonePath, start: u64, length: u64) -> Result<Vec<u8>, Status> {
        hash::sha1(self.open(path, OpenMode::Read)?.as_mut(), start, length)
    }
    /// Changes the tree.
    fn change(&self, change: Change<'_>) -> Result<(), Status>;
    /// The Photos database on this computer, if it may be changed.
    fn database(&self) -> Option<PathBuf> {
        None
    }
    /// What is known about an invented library.
    fn expected(&self) -> Option<&Expected> {
        None
    }
}

/// A file that is open; closing is dropping.
pub(crate) trait OpenFile: Send {
    /// What becomes of a connection that reads it.
    fn hang(&self) -> Option<Hang> {
        None
    }
    /// Fills as much of the buffer as the file holds from `offset` on.
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize, Status>;
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Status>;
    /// Bytes in the file.
    fn size(&self) -> Result<u64, Status>;
    fn resize(&mut self, size: u64) -> Result<(), Status>;
    fn lock(&mut self, lock: FileLock) -> Result<(), Status>;
}

/// What the phone tells about a file. Times are nanoseconds since 1970.
#[derive(Clone, Debug)]
pub(crate) struct FileInfo {
    pub(crate) kind: FileKind,
    pub(crate) size: u64,
    pub(crate) links: u64,
    pub(crate) modified: i128,
    pub(crate) created: i128,
    /// Attributes the phone keeps to itself.
    pub(crate) withheld: Vec<String>,
}

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    Regular,
    Directory,
    Link { target: Vec<u8> },
}

/// How a file is opened, by the protocol's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenMode {
    Read = 1,
    ReadWrite = 2,
    Truncate = 3,
    TruncateRead = 4,
    Append = 5,
    AppendRead = 6,
}

impl OpenMode {
    pub(crate) fn from_number(number: u64) -> Option<Self> {
        let modes = [Self::Read, Self::ReadWrite, Self::Truncate, Self::TruncateRead, Self::Append, Self::AppendRead];
        modes.into_iter().find(|mode| *mode as u64 == number)
    }
}

/// A change somebody asks for.
#[derive(Clone, Copy)]
pub(crate) enum Change<'a> {
    /// With all its parents; one that is there already is fine.
    MakeFolder(&'a PhonePath),
    /// A file or an empty folder.
    Remove(&'a PhonePath),
    RemoveTree(&'a PhonePath),
    Rename {
        from: &'a PhonePath,
        to: &'a PhonePath,
    },
    HardLink {
        existing: &'a PhonePath,
        name: &'a PhonePath,
    },
    SymbolicLink {
        target: &'a [u8],
        name: &'a PhonePath,
    },
    /// Nanoseconds since 1970.
    SetModified {
        path: &'a PhonePath,
        time: u64,
    },
}

/// An advisory lock.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileLock {
    Shared,
    Exclusive,
    Unlock,
}
