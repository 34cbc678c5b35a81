//! Paths as values that were checked once: at a source, and in a library.

use crate::names::{is_portable_name, portable_name};
use std::fmt;

/// Where a file is at its source: components joined by `/`. Shown and handed back to the source, never joined to a local path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourcePath(String);

impl SourcePath {
    /// Wraps a path as the source writes it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the path as the source writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the part after the last `/`.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// Returns the part before the last `/`; empty at the top.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

impl fmt::Display for SourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reports a path that must not be used inside a library.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{path}\" cannot be a path in a library")]
pub struct PathError {
    path: String,
}

/// A path below a library's folder: portable components joined by `/`, no way out of the library.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LibraryPath(String);

impl LibraryPath {
    /// Checks a path that comes from a manifest. Errors unless each component is a name every file system takes.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let fine = text.len() <= 1024 && text.split('/').all(is_portable_name);
        fine.then(|| Self(text.to_owned())).ok_or_else(|| PathError { path: text.to_owned() })
    }

    /// Makes the path of an original: `Originals/YYYY/YYYY-MM-DD/NAME`. The name is made portable.
    pub fn original(day: jiff::civil::Date, name: &str) -> Self {
        Self(format!("{}/{}", Self::day_folder(day), portable_name(name)))
    }

    /// Makes the folder of a day's originals: `Originals/YYYY/YYYY-MM-DD`.
    pub fn day_folder(day: jiff::civil::Date) -> Self {
        Self(format!("Originals/{:04}/{day}", day.year()))
    }

    /// Returns the path with `/` between components.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the last component.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// Returns the folder the file is in, if it is in one.
    pub fn folder(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(folder, _)| Self(folder.to_owned()))
    }
}

impl fmt::Display for LibraryPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn nothing_leads_out_of_a_library() {
        for text in ["", "/etc/passwd", "..", "a/../b", "a//b", "C:/x", "a\\b", "a/\0", "a/b/", "./a", "con", "a/x."] {
            assert!(LibraryPath::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_original_is_filed_by_day_under_a_name_that_any_drive_takes() {
        let path = LibraryPath::original(date(2024, 3, 2), "../..\\IMG:1.HEIC");
        assert_eq!(path.as_str(), "Originals/2024/2024-03-02/_._.._IMG_1.HEIC");
        assert_eq!(LibraryPath::parse(path.as_str()), Ok(path.clone()));
        assert_eq!(path.folder(), Some(LibraryPath::day_folder(date(2024, 3, 2))));
    }
}
