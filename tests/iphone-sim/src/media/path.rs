//! Paths as a phone takes them: normalised at the door, so that nothing behind it can leave the media folder.

use std::fmt;
use std::path::{Path, PathBuf};

/// The names from the media folder down; none is empty, `.`, `..` or holds a slash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PhonePath(Vec<Vec<u8>>);

impl PhonePath {
    /// Reads a path up to its first NUL. A missing leading slash, slashes in excess, `.` and `..` are all fine.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        let mut names = Vec::new();
        for name in text.split(|byte| *byte == b'/') {
            match name {
                b"" | b"." => {}
                b".." => {
                    names.pop();
                }
                name => names.push(name.to_vec()),
            }
        }
        Self(names)
    }

    /// The path as clients write it.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|name| [b"/", name.as_slice()].concat()).collect()
    }

    pub(crate) fn names(&self) -> &[Vec<u8>] {
        &self.0
    }

    pub(crate) fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The same place under a folder of this computer; `None` if this system cannot spell it.
    pub(crate) fn below(&self, root: &Path) -> Option<PathBuf> {
        let mut path = root.to_path_buf();
        for name in &self.0 {
            path.push(local_name(name)?);
        }
        Some(path)
    }

    /// What is left after these leading names; `None` if the path does not start with them.
    pub(crate) fn strip(&self, prefix: &[&str]) -> Option<Self> {
        let head = self.0.get(..prefix.len())?;
        let same = head.iter().zip(prefix).all(|(name, wanted)| name.as_slice() == wanted.as_bytes());
        same.then(|| Self(self.0[prefix.len()..].to_vec()))
    }
}

impl fmt::Display for PhonePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            return out.write_str("/");
        }
        self.0.iter().try_for_each(|name| write!(out, "/{}", String::from_utf8_lossy(name)))
    }
}

#[cfg(unix)]
fn local_name(name: &[u8]) -> Option<std::ffi::OsString> {
    use std::os::unix::ffi::OsStringExt;
    Some(std::ffi::OsString::from_vec(name.to_vec()))
}

#[cfg(not(unix))]
fn local_name(name: &[u8]) -> Option<std::ffi::OsString> {
    let name = std::str::from_utf8(name).ok()?;
    (!name.contains(['\\', ':'])).then(|| name.into())
}

/// A name of this computer as the phone would send it.
#[cfg(unix)]
pub(super) fn phone_name(name: &std::ffi::OsStr) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    name.as_bytes().to_vec()
}

#[cfg(not(unix))]
pub(super) fn phone_name(name: &std::ffi::OsStr) -> Vec<u8> {
    name.to_string_lossy().replace('\\', "/").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_path_is_the_same_path() {
        for spelling in ["DCIM/a", "/DCIM/a", "/DCIM/a/", "//DCIM/./x/../a", "/../../DCIM/a\0", "/DCIM/a\0rest"] {
            assert_eq!(PhonePath::parse(spelling.as_bytes()).to_string(), "/DCIM/a", "{spelling}");
        }
    }

    #[test]
    fn no_path_leaves_the_root() {
        let path = PhonePath::parse(b"/../../etc/passwd").below(Path::new("/media"));
        assert_eq!(path, Some(PathBuf::from("/media/etc/passwd")));
    }
}
