//! What differs between systems: names that are no text, and opening a file without following or waiting for anything.

use crate::byte_names;
use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Opens a file for reading. A link is not followed, and a pipe that took a file's place does not make it wait.
pub(crate) fn open_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY).bits() as i32);
    }
    #[cfg(windows)]
    {
        use std::os::windows::fs::OpenOptionsExt;
        // FILE_FLAG_OPEN_REPARSE_POINT: the link itself, which is then no file.
        options.custom_flags(0x0020_0000);
    }
    options.open(path)
}

/// Writes a name as text that [`local_path`] turns back. `None` where the system's names allow no such text.
#[cfg(unix)]
pub(crate) fn text_of(name: &OsStr) -> Option<String> {
    use std::os::unix::ffi::OsStrExt;
    Some(byte_names::to_text(name.as_bytes()))
}

/// Writes a name as text that [`local_path`] turns back. `None` for the rare name that is not Unicode.
#[cfg(not(unix))]
pub(crate) fn text_of(name: &OsStr) -> Option<String> {
    name.to_str().filter(|text| byte_names::to_text(text.as_bytes()) == **text).map(str::to_owned)
}

#[cfg(unix)]
fn name_of(text: &str) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt;
    Some(OsString::from_vec(byte_names::to_bytes(text)))
}

#[cfg(not(unix))]
fn name_of(text: &str) -> Option<OsString> {
    // Other separators and drive letters would lead out of the folder.
    (!text.contains(['\\', ':'])).then(|| OsString::from(text))
}

/// Joins a source path to the folder. `None` for a path that no listing can have given.
pub(crate) fn local_path(root: &Path, path: &str) -> Option<PathBuf> {
    let mut local = root.to_owned();
    if !byte_names::is_canonical(path) {
        return None;
    }
    for part in path.split('/') {
        if part.is_empty() || part == "." || part == ".." || part.contains('\0') {
            return None;
        }
        local.push(name_of(part)?);
    }
    Some(local)
}

/// Writes an absolute path for an identity, without the mark that Windows puts before resolved paths.
pub(crate) fn shown_path(path: &Path) -> String {
    let text = text_of(path.as_os_str()).unwrap_or_else(|| path.display().to_string());
    text.strip_prefix(r"\\?\").map(str::to_owned).unwrap_or(text)
}
