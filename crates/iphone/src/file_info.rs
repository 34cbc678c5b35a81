//! What the phone says about a file: the attributes of AFC's `GetFileInfo`, read with tolerance.

use crate::PhoneError;

/// The sort of thing a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link; never followed.
    Link,
    /// A device, a socket, or something the phone does not name.
    Other,
}

/// A file's attributes, as the phone gives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileInfo {
    /// The sort of thing.
    pub kind: FileKind,
    /// Its size in bytes; meaningless for anything but files.
    pub bytes: u64,
    /// Its modification time in nanoseconds since 1970 UTC; the time it was made where the phone leaves that out, else 0.
    pub modified_ns: i64,
}

impl FileInfo {
    /// Reads the zero-separated names and values of an answer. Errors when the kind is missing, or the size of a file.
    pub(crate) fn parse(answer: &[u8]) -> Result<Self, PhoneError> {
        let kind = match value(answer, "st_ifmt") {
            Some("S_IFREG") => FileKind::File,
            Some("S_IFDIR") => FileKind::Folder,
            Some("S_IFLNK") => FileKind::Link,
            Some(_) => FileKind::Other,
            None => return Err(PhoneError::nonsense("a file without a kind")),
        };
        let bytes = value(answer, "st_size").and_then(|v| v.parse::<u64>().ok()).filter(|n| i64::try_from(*n).is_ok());
        let Some(bytes) = bytes.or((kind != FileKind::File).then_some(0)) else {
            return Err(PhoneError::nonsense("a file without a size"));
        };
        let modified_ns = ["st_mtime", "st_birthtime"].into_iter().find_map(|name| time(value(answer, name)?));
        Ok(Self { kind, bytes, modified_ns: modified_ns.unwrap_or(0) })
    }
}

/// Finds the value of a name in an answer of the form `name NUL value NUL name NUL value NUL`.
pub(crate) fn value<'a>(answer: &'a [u8], name: &str) -> Option<&'a str> {
    let mut fields = answer.split(|b| *b == 0);
    while let (Some(key), Some(value)) = (fields.next(), fields.next()) {
        if key == name.as_bytes() {
            return std::str::from_utf8(value).ok();
        }
    }
    None
}

fn time(text: &str) -> Option<i64> {
    let ns: i128 = text.parse().ok()?;
    i64::try_from(ns.clamp(i64::MIN.into(), i64::MAX.into())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(fields: &[(&str, &str)]) -> Result<FileInfo, PhoneError> {
        let text: String = fields.iter().map(|(name, value)| format!("{name}\0{value}\0")).collect();
        FileInfo::parse(text.as_bytes())
    }

    #[test]
    fn a_file_is_read_as_phones_describe_it() {
        let fields = [("st_size", "12"), ("st_blocks", "8"), ("st_ifmt", "S_IFREG"), ("st_mtime", "-5")];
        assert_eq!(info(&fields), Ok(FileInfo { kind: FileKind::File, bytes: 12, modified_ns: -5 }));
    }

    #[test]
    fn missing_times_are_tolerated_and_missing_sizes_are_not() {
        assert_eq!(info(&[("st_size", "1"), ("st_ifmt", "S_IFREG")]).unwrap().modified_ns, 0);
        let born = info(&[("st_size", "1"), ("st_ifmt", "S_IFREG"), ("st_birthtime", "9")]);
        assert_eq!(born.unwrap().modified_ns, 9);
        assert!(info(&[("st_ifmt", "S_IFREG"), ("st_mtime", "1")]).is_err());
        assert!(info(&[("st_size", "1"), ("st_mtime", "1")]).is_err());
        assert_eq!(info(&[("st_ifmt", "S_IFDIR")]).unwrap().kind, FileKind::Folder);
    }

    #[test]
    fn impossible_numbers_are_bounded() {
        for size in ["-1", "9223372036854775808", "99999999999999999999999", "x", ""] {
            assert!(info(&[("st_size", size), ("st_ifmt", "S_IFREG")]).is_err(), "{size}");
        }
        let late = info(&[("st_size", "0"), ("st_ifmt", "S_IFREG"), ("st_mtime", "18446744073709551615")]);
        assert_eq!(late.unwrap().modified_ns, i64::MAX);
        assert!(FileInfo::parse(b"").is_err() && FileInfo::parse(&[0xff, 0, 0xff]).is_err());
    }
}
