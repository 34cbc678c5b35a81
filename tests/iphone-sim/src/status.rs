//! The status codes a phone's file service really sends.

use std::io::{self, ErrorKind};

/// A status of the file service; the numbers are the protocol's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u64)]
pub enum Status {
    /// It worked.
    Success = 0,
    /// No reason given; also what removing a folder that is not empty gets.
    Unknown = 1,
    /// The header made no sense.
    HeaderInvalid = 2,
    /// Too many files are open.
    NoResources = 3,
    /// Could not be read; also what listing a plain file gets.
    ReadError = 4,
    /// Could not be written.
    WriteError = 5,
    /// No such operation.
    UnknownPacket = 6,
    /// An argument made no sense; also what an unknown handle gets.
    InvalidArgument = 7,
    /// No such file or folder.
    NotFound = 8,
    /// A folder where a file was needed.
    IsDirectory = 9,
    /// Not allowed.
    PermissionDenied = 10,
    /// The operation is known and not supported.
    Unsupported = 15,
    /// There is such a file already, or a file where a folder was needed.
    Exists = 16,
    /// The phone is full.
    NoSpace = 18,
    /// Somebody else holds the lock.
    WouldBlock = 19,
    /// The storage failed.
    IoError = 20,
}

impl From<io::Error> for Status {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => Self::NotFound,
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::PermissionDenied,
            ErrorKind::AlreadyExists => Self::Exists,
            ErrorKind::IsADirectory => Self::IsDirectory,
            ErrorKind::DirectoryNotEmpty => Self::Unknown,
            ErrorKind::InvalidInput | ErrorKind::InvalidFilename => Self::InvalidArgument,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::NoSpace,
            ErrorKind::WouldBlock => Self::WouldBlock,
            _ => Self::IoError,
        }
    }
}
