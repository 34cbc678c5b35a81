//! Reading what the medium holds instead of what memory remembers of it.

#[cfg(target_vendor = "apple")]
use crate::bypass::bypass_memory;
use crate::bypass::{ALIGNMENT, bypass, stop_bypassing};
use crate::root::{Root, open_plain};
use crate::space::Medium;
use cap_std::fs::OpenOptions;
use domain::{ReadBackGrade, Sink};
use std::fs::File;
use std::io::{self, ErrorKind, Read};

/// Without the system's memory, Windows refuses to go on from the middle of a sector.
const SHORT_IS_LAST: bool = cfg!(windows);

/// Whether all of a file is on the medium as far as the system is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flushed {
    /// It was flushed, and not written to since.
    Yes,
    /// Somebody may have written to it.
    Unknown,
}

/// Reads a plain file from its beginning into `sink`, to its end or until that has enough. `Cold` only where the system was told to forget its copy
/// and is known to obey: FUSE drivers, for one, go on answering from the cache of the device below (measured on exFAT and
/// NTFS).
pub(crate) fn read_from_medium(
    root: &Root,
    path: &str,
    flushed: Flushed,
    sink: &mut Sink<'_>,
) -> io::Result<ReadBackGrade> {
    let mut file = open_plain(&root.dir, path, &mut bypassing_options())?;
    let forgotten = forget(&file, flushed);
    // Forgotten first all the same: what a file system does not read past its memory, it reads through it without a word.
    let mut bypasses = root.file_system.can_be_bypassed && bypass(&file);
    let mut block = root.buffers.lend()?;
    loop {
        match file.read(&mut block) {
            Ok(0) => break,
            Ok(length) => {
                if sink(&block[..length]).is_break() {
                    break;
                }
                let within_a_sector = length % ALIGNMENT != 0;
                if (SHORT_IS_LAST && length < block.len()) || (bypasses && within_a_sector) {
                    break;
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if bypasses && error.kind() == ErrorKind::InvalidInput => {
                stop_bypassing(&file)?;
                bypasses = false;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(match (root.file_system.medium, forgotten) {
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

/// Drops the file from memory. Only what is on the medium can be dropped, so it is flushed first, unless it was; if that
/// fails, memory may still answer.
#[cfg(target_os = "linux")]
fn forget(file: &File, flushed: Flushed) -> bool {
    let on_medium = flushed == Flushed::Yes || file.sync_data().is_ok();
    on_medium && rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed).is_ok()
}

/// Tells the system to keep nothing of this file in memory.
#[cfg(target_vendor = "apple")]
fn forget(file: &File, _flushed: Flushed) -> bool {
    bypass_memory(file)
}

/// Does nothing: on Windows the file was opened past the system's memory; elsewhere nothing is known to work.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn forget(_file: &File, _flushed: Flushed) -> bool {
    cfg!(windows)
}
