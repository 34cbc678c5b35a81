//! Reading what the medium holds instead of what memory remembers of it.

use crate::root::open_plain;
use crate::space::Medium;
use cap_std::fs::{Dir, OpenOptions};
use domain::ReadBackGrade;
use std::fs::File;
use std::io::{self, ErrorKind, Read};

/// How much is read at a time, in bytes.
const BLOCK: usize = 1 << 20;
/// Where blocks must begin in memory when the system's own memory is bypassed: the largest sector in use, in bytes.
const ALIGNMENT: usize = 4096;
/// Whether a short block is the last one. Without the system's memory, Windows refuses to go on from the middle of a sector.
const SHORT_IS_LAST: bool = cfg!(windows);

/// Reads a plain file from its beginning to its end into `sink`. `Cold` only where the system was told to forget its copy
/// and is known to obey: FUSE drivers, for one, go on answering from the cache of the device below (measured on exFAT and
/// NTFS).
pub(crate) fn read_from_medium(
    folder: &Dir,
    path: &str,
    medium: Medium,
    sink: &mut dyn FnMut(&[u8]),
) -> io::Result<ReadBackGrade> {
    let mut file = open_plain(folder, path, &mut bypassing_options())?;
    let forgotten = forget(&file);
    let mut buffer = vec![0; BLOCK + ALIGNMENT];
    let start = buffer.as_ptr().align_offset(ALIGNMENT).min(ALIGNMENT);
    let block = &mut buffer[start..start + BLOCK];
    loop {
        match file.read(block) {
            Ok(0) => break,
            Ok(length) => {
                sink(&block[..length]);
                if SHORT_IS_LAST && length < BLOCK {
                    break;
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(match (medium, forgotten) {
        (Medium::Disk, true) => ReadBackGrade::Cold,
        _ => ReadBackGrade::Warm,
    })
}

/// Opens for reading, past the system's memory where that is a matter of opening.
#[cfg(not(windows))]
fn bypassing_options() -> OpenOptions {
    OpenOptions::new().read(true).clone()
}

/// Opens for reading, past the system's memory where that is a matter of opening.
#[cfg(windows)]
fn bypassing_options() -> OpenOptions {
    use cap_std::fs::OpenOptionsExt;
    use windows_sys::Win32::Storage::FileSystem::FILE_FLAG_NO_BUFFERING;
    OpenOptions::new().read(true).custom_flags(FILE_FLAG_NO_BUFFERING).clone()
}

/// Drops the file from memory. Only what is on the medium can be dropped, so it is flushed first; if that fails, memory
/// may still answer.
#[cfg(target_os = "linux")]
fn forget(file: &File) -> bool {
    file.sync_data().is_ok() && rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed).is_ok()
}

/// Tells the system to keep nothing of this file in memory.
#[cfg(target_vendor = "apple")]
fn forget(file: &File) -> bool {
    bypass_memory(file)
}

/// Does nothing: on Windows the file was opened past the system's memory; elsewhere nothing is known to work.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn forget(_file: &File) -> bool {
    cfg!(windows)
}

/// Has what is written from now on kept out of memory, where a system can drop it only in this way.
#[cfg(target_vendor = "apple")]
pub(crate) fn bypass_memory(file: &File) -> bool {
    rustix::fs::fcntl_nocache(file, true).is_ok()
}

/// Has what is written from now on kept out of memory, where a system can drop it only in this way: not here.
#[cfg(not(target_vendor = "apple"))]
pub(crate) fn bypass_memory(_file: &File) -> bool {
    false
}
