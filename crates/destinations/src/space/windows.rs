//! The questions to Windows that no safe interface asks: they also work for shares, which no list of drives has.
#![allow(unsafe_code)]

use cap_std::fs::Dir;
use std::io;
use std::os::windows::ffi::OsStrExt;
use std::os::windows::io::AsRawHandle;
use std::path::Path;
use std::ptr::null_mut;
use windows_sys::Win32::Storage::FileSystem::{
    FILE_REMOTE_PROTOCOL_INFO, FileRemoteProtocolInfo, GetDiskFreeSpaceExW, GetDiskFreeSpaceW,
    GetFileInformationByHandleEx, GetVolumeInformationByHandleW,
};

/// Longest name of a file system in UTF-16 units, its end included (`MAX_PATH + 1`).
const LONGEST_NAME: usize = 261;

/// Returns the name of the file system that an open folder is on.
pub(super) fn file_system_name(folder: &Dir) -> io::Result<String> {
    let mut name = [0_u16; LONGEST_NAME];
    let (none, length) = (null_mut::<u16>(), LONGEST_NAME as u32);
    // SAFETY: the handle is open as long as `folder` is borrowed, the buffer is as long as told, and each other pointer
    // may be null.
    let done = unsafe {
        GetVolumeInformationByHandleW(
            folder.as_raw_handle(),
            none,
            0,
            null_mut(),
            null_mut(),
            null_mut(),
            name.as_mut_ptr(),
            length,
        )
    };
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    let end = name.iter().position(|unit| *unit == 0).unwrap_or(LONGEST_NAME);
    Ok(String::from_utf16_lossy(&name[..end]))
}

/// Returns the bytes that this user can still write to the volume of a folder, and the volume's size.
pub(super) fn room(folder: &Path) -> io::Result<(u64, u64)> {
    let wide: Vec<u16> = folder.as_os_str().encode_wide().chain([0]).collect();
    let (mut free, mut total) = (0, 0);
    // SAFETY: the path ends with a zero and the three pointers lead to values that outlive the call, or are null.
    let done = unsafe { GetDiskFreeSpaceExW(wide.as_ptr(), &mut free, &mut total, null_mut()) };
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok((free, total)) }
}

/// Returns what the volume of a folder gives out space in, in bytes.
pub(super) fn cluster(folder: &Path) -> io::Result<u64> {
    let wide: Vec<u16> = folder.as_os_str().encode_wide().chain([0]).collect();
    let (mut sectors, mut bytes) = (0_u32, 0_u32);
    // SAFETY: the path ends with a zero and the pointers lead to values that outlive the call, or are null.
    let done = unsafe { GetDiskFreeSpaceW(wide.as_ptr(), &mut sectors, &mut bytes, null_mut(), null_mut()) };
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(u64::from(sectors) * u64::from(bytes)) }
}

/// Tells whether an open folder is on another computer: only then there is a protocol to tell of.
pub(super) fn is_remote(folder: &Dir) -> bool {
    let mut info = FILE_REMOTE_PROTOCOL_INFO::default();
    let length = size_of::<FILE_REMOTE_PROTOCOL_INFO>() as u32;
    // SAFETY: the handle is open as long as `folder` is borrowed, and `info` is a plain value as long as told.
    let done = unsafe {
        let info = (&raw mut info).cast();
        GetFileInformationByHandleEx(folder.as_raw_handle(), FileRemoteProtocolInfo, info, length)
    };
    done != 0
}
