//! Paths as values that were checked once: at a source, and in a library.

use crate::names::{collision_key, is_portable_name, portable_name};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// Longest path of a file that was found, in bytes.
const LONGEST_FOUND: usize = 4096;

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

    /// Checks a path that was found on the drive: whoever put the file there may have given it any name. Errors where it could
    /// lead out of the library or into Keepsake's own folder, and where no system could have such a file.
    pub fn found(text: &str) -> Result<Self, PathError> {
        let is_name = |name: &str| !matches!(name, "" | "." | "..") && !name.contains('\0');
        let is_own = text.split('/').next().is_some_and(|top| collision_key(top) == ".keepsake");
        // A system that takes both signs for separators must not find a way out either.
        let stays_inside = text.split(['/', '\\']).all(|part| part != "..");
        let fine = text.len() <= LONGEST_FOUND && text.split('/').all(is_name) && stays_inside && !is_own;
        fine.then(|| Self(text.to_owned())).ok_or_else(|| PathError { path: text.to_owned() })
    }

    /// Returns the path in the form in which Keepsake writes names (NFC): some drives list them in another.
    #[must_use]
    pub fn composed(&self) -> Self {
        Self(self.0.nfc().collect())
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
    fn a_path_found_on_the_drive_may_be_any_but_one_that_leads_away() {
        for text in
            ["E\u{301}te\u{301}/x", "Trip: Rome/x", "\u{1f468}\u{200d}\u{1f469}", ".x/y", "x.", "a\\b", "keepsake/x"]
        {
            let path = LibraryPath::found(text).unwrap();
            assert_eq!(path.as_str(), text);
        }
        for text in ["", "/etc/passwd", "..", "a/../b", "a//b", "a/\0", "a/", "./a", "a\\..\\..\\b", ".Keepsake/x"] {
            assert!(LibraryPath::found(text).is_err(), "{text:?}");
        }
        assert_eq!(LibraryPath::found("e\u{301}/x").unwrap().composed().as_str(), "\u{e9}/x");
    }

    #[test]
    fn an_original_is_filed_by_day_under_a_name_that_any_drive_takes() {
        let path = LibraryPath::original(date(2024, 3, 2), "../..\\IMG:1.HEIC");
        assert_eq!(path.as_str(), "Originals/2024/2024-03-02/_._.._IMG_1.HEIC");
        assert_eq!(LibraryPath::parse(path.as_str()), Ok(path.clone()));
        assert_eq!(path.folder(), Some(LibraryPath::day_folder(date(2024, 3, 2))));
    }
}
