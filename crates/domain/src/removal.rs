//! What is written down when an import is undone: nothing is deleted, its files only lie elsewhere.

use crate::{ContentHash, LibraryPath, ManifestEntry, SessionId, portable_name};

/// A file of an import that was undone: where it was, and where it lies now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Where it was filed.
    pub path: LibraryPath,
    /// Where it was put.
    pub to: LibraryPath,
    /// Its size.
    pub bytes: u64,
    /// The hash of its bytes.
    pub hash: ContentHash,
}

impl Removal {
    /// Makes the place of a file in the holding folder: `Removed/<import>/` and the path it had below `Originals`, made
    /// portable. From the second try on the name gets a number.
    pub fn place(session: &SessionId, path: &LibraryPath, number: u32) -> Option<LibraryPath> {
        let below = path.as_str().strip_prefix("Originals/").unwrap_or(path.as_str());
        let below: Vec<String> = below.split('/').map(portable_name).collect();
        let below = below.join("/");
        let below = match (number, below.rsplit_once('/')) {
            (0, _) => below,
            (_, Some((folder, name))) => format!("{folder}/{}", crate::with_suffix(name, number)),
            (_, None) => crate::with_suffix(&below, number),
        };
        LibraryPath::parse(&format!("{}/{below}", Self::folder(session))).ok()
    }

    /// Returns the holding folder of an import, relative to the library.
    pub fn folder(session: &SessionId) -> String {
        format!("Removed/{session}")
    }

    /// Tells whether a path of a library is in a holding folder.
    pub fn holds(path: &str) -> bool {
        path.starts_with("Removed/")
    }
}

/// One line of a manifest.
#[derive(Debug, Clone, PartialEq)]
pub enum ManifestLine {
    /// A verified copy was filed.
    Copied(ManifestEntry),
    /// It was put aside again, because its import was undone.
    Removed(Removal),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_held_under_its_import_and_never_outside_the_holding_folder() {
        let session = SessionId::new("0123456789abcdef0123456789abcdef");
        let place = |path: &str, number| {
            let path = LibraryPath::parse(path).unwrap();
            Removal::place(&session, &path, number).unwrap().as_str().replace(session.as_str(), "S")
        };
        assert_eq!(place("Originals/2024/2024-03-02/IMG_1.HEIC", 0), "Removed/S/2024/2024-03-02/IMG_1.HEIC");
        assert_eq!(place("Originals/2024/2024-03-02/IMG_1.HEIC", 2), "Removed/S/2024/2024-03-02/IMG_1_2.HEIC");
        assert_eq!(place("IMG_1.HEIC", 1), "Removed/S/IMG_1_1.HEIC");
        assert_eq!(Removal::place(&SessionId::new("../.."), &LibraryPath::parse("a").unwrap(), 0), None);
    }
}
