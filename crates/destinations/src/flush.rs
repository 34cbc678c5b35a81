//! Pushing a file or a folder to its medium, as far as each system lets us.
//!
//! A failed flush is never repeated on the same handle: the system may have dropped the bytes and then reports success.

use cap_std::fs::Dir;
use std::fs::File;
use std::io;

/// Flushes a file's bytes and metadata to the medium.
#[cfg(not(target_vendor = "apple"))]
pub(crate) fn flush_file(file: &File) -> io::Result<()> {
    file.sync_all()
}

/// Flushes a file's bytes and metadata to the medium. File systems that do not know the full flush (exFAT, SMB, WebDAV,
/// FUSE) answer `ENOTTY`, `ENOTSUP` or `EINVAL`; they get the ordinary one.
#[cfg(target_vendor = "apple")]
pub(crate) fn flush_file(file: &File) -> io::Result<()> {
    use rustix::io::Errno;
    match rustix::fs::fcntl_fullfsync(file) {
        Err(Errno::NOTTY | Errno::NOTSUP | Errno::INVAL) => Ok(rustix::fs::fsync(file)?),
        other => Ok(other?),
    }
}

/// Flushes the names in a folder to the medium. File systems that keep no flush for folders say `EINVAL` or the like.
#[cfg(unix)]
pub(crate) fn flush_folder(folder: &Dir) -> io::Result<()> {
    use rustix::fs::{Mode, OFlags};
    use rustix::io::Errno;
    // The handle we hold may be one that can only be looked through.
    let handle = rustix::fs::openat(folder, ".", OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    match rustix::fs::fsync(handle) {
        Err(Errno::INVAL | Errno::NOTSUP | Errno::NOTTY) => Ok(()),
        other => Ok(other?),
    }
}

/// Does nothing: Windows flushes names with the file and has no flush for folders.
#[cfg(not(unix))]
pub(crate) fn flush_folder(_folder: &Dir) -> io::Result<()> {
    Ok(())
}
