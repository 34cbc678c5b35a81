//! Reading what the medium holds instead of what memory remembers of it.

use crate::space::Medium;
use domain::ReadBackGrade;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek};

/// How much is read at a time, in bytes.
const BLOCK: usize = 1 << 20;

/// Reads a file from its beginning to its end into `sink`. `Cold` only where the system was told to forget its copy and is
/// known to obey: FUSE drivers, for one, go on answering from the cache of the device below (measured on exFAT and NTFS).
pub(crate) fn read_from_medium(
    file: &mut File,
    medium: Medium,
    sink: &mut dyn FnMut(&[u8]),
) -> io::Result<ReadBackGrade> {
    let forgotten = forget(file);
    file.rewind()?;
    let mut block = vec![0; BLOCK];
    loop {
        match file.read(&mut block) {
            Ok(0) => break,
            Ok(length) => sink(&block[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(match (medium, forgotten) {
        (Medium::Disk, true) => ReadBackGrade::Cold,
        _ => ReadBackGrade::Warm,
    })
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

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn forget(_file: &File) -> bool {
    false
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
