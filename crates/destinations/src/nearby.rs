//! Where a library is, seen from a folder that somebody chose: in it, above it, or one level below. Nothing is changed.

use crate::LibraryFolder;
use crate::library_folder::has_interrupted_marker;
use crate::root::{open_folder, read_marker};
use crate::space::capacity;
use crate::walk::is_litter;
use domain::{Capacity, DestinationError};
use std::path::{Path, PathBuf, absolute};

/// Entries of a folder that are looked into, at most: a folder of a million pictures is answered at once.
const LOOKED_INTO: usize = 2000;

/// What a folder is to libraries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nearby {
    /// The folder is a library.
    Here,
    /// The folder lies in the library at this path.
    Above(PathBuf),
    /// These folders in it are libraries, at least one, in the order of their names.
    Below(Vec<PathBuf>),
    /// There is none, and nothing else is in the folder, or it does not exist.
    Free,
    /// There is none, and other things are in the folder.
    Occupied,
}

/// Tells what a folder is to libraries. Errors with `Unusable` when it is no folder or cannot be looked at, or a library
/// is there that this program cannot read.
pub fn nearby(path: &Path) -> Result<Nearby, DestinationError> {
    let path =
        absolute(path).map_err(|_| DestinationError::Unusable("no folder was named for the library".to_owned()))?;
    if path.exists() && is_library(&path)? {
        return Ok(Nearby::Here);
    }
    if let Some(above) = library_above(&path) {
        return Ok(Nearby::Above(above));
    }
    if path.exists() { look_into(&path) } else { Ok(Nearby::Free) }
}

/// Where links lead there, what lies above the folder is not what lies above its name.
fn library_above(path: &Path) -> Option<PathBuf> {
    let real = path.ancestors().find_map(|there| there.canonicalize().ok())?;
    let itself = usize::from(path.exists());
    real.ancestors().skip(itself).find(|above| is_library(above).unwrap_or(false)).map(Path::to_owned)
}

/// Returns the room for a library that is to be made: that of the folder, or of the first one above it that is there.
pub fn room_at(path: &Path) -> Result<Capacity, DestinationError> {
    let unusable = |error| DestinationError::Unusable(format!("{} cannot be looked at: {error}", path.display()));
    let path = absolute(path).map_err(unusable)?;
    let there = path.ancestors().find(|above| above.is_dir()).unwrap_or(&path);
    capacity(&open_folder(there)?, there).map_err(unusable)
}

fn look_into(path: &Path) -> Result<Nearby, DestinationError> {
    let unreadable = |error| DestinationError::Unusable(format!("{} cannot be looked into: {error}", path.display()));
    let (mut below, mut occupied) = (Vec::new(), false);
    for entry in std::fs::read_dir(path).map_err(unreadable)?.take(LOOKED_INTO) {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // Hidden entries are programs' own, or what an interrupted creation of a library left.
        occupied |= !name.starts_with('.') && !is_litter(&name);
        // A folder that is closed to us, or whose library is too new, is no library to open instead.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) && is_library(&entry.path()).unwrap_or(false) {
            below.push(entry.path());
        }
    }
    below.sort();
    Ok(match (below.is_empty(), occupied) {
        (false, _) => Nearby::Below(below),
        (true, true) => Nearby::Occupied,
        (true, false) => Nearby::Free,
    })
}

fn is_library(path: &Path) -> Result<bool, DestinationError> {
    let folder = open_folder(path)?;
    Ok(!has_interrupted_marker(&folder) && read_marker(&folder, &path.display().to_string())?.is_some())
}

impl LibraryFolder {
    /// Says that a folder is no library, and which one lies near if there is one.
    pub(crate) fn missing(path: &Path) -> DestinationError {
        let place = path.display();
        let there = match nearby(path) {
            Ok(Nearby::Above(above)) => format!("; it lies in the library {}", above.display()),
            Ok(Nearby::Below(below)) => {
                let names: Vec<String> = below.iter().take(5).map(|path| path.display().to_string()).collect();
                format!("; there is one at {}", names.join(" and at "))
            }
            _ => String::new(),
        };
        DestinationError::Unusable(format!("{place} is not a Keepsake library{there}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::LibraryId;

    struct Place(tempfile::TempDir);

    impl Place {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn path(&self, below: &str) -> PathBuf {
            self.0.path().canonicalize().unwrap().join(below)
        }

        fn folder(&self, below: &str) -> PathBuf {
            std::fs::create_dir_all(self.path(below)).unwrap();
            self.path(below)
        }

        fn library(&self, below: &str) -> PathBuf {
            let path = self.folder(below);
            let id = LibraryId::parse("0123456789abcdef0123456789abcdef").unwrap();
            LibraryFolder::create_or_open(&path, id, "2026-01-01T00:00:00Z").unwrap();
            path
        }
    }

    #[test]
    fn a_library_is_found_in_the_folder_above_it_and_one_level_below() {
        let place = Place::new();
        let drive = place.folder("drive");
        let library = place.library("drive/Keepsake");
        let inside = place.folder("drive/Keepsake/Originals/2024");
        assert_eq!(nearby(&library).unwrap(), Nearby::Here);
        assert_eq!(nearby(&inside).unwrap(), Nearby::Above(library.clone()));
        assert_eq!(nearby(&inside.join("missing")).unwrap(), Nearby::Above(library.clone()));
        assert_eq!(nearby(&drive).unwrap(), Nearby::Below(vec![library.clone()]));
        let other = place.library("drive/Archive");
        assert_eq!(nearby(&drive).unwrap(), Nearby::Below(vec![other, library]));
    }

    #[test]
    fn what_systems_leave_on_a_drive_does_not_count_and_anything_else_does() {
        let place = Place::new();
        let drive = place.folder("drive");
        for name in ["lost+found", ".Trash-1000", "System Volume Information"] {
            place.folder(&format!("drive/{name}"));
        }
        assert_eq!(nearby(&drive).unwrap(), Nearby::Free);
        assert_eq!(nearby(&place.path("drive/none")).unwrap(), Nearby::Free);
        std::fs::write(drive.join("taxes.pdf"), "x").unwrap();
        assert_eq!(nearby(&drive).unwrap(), Nearby::Occupied);
        let error = nearby(&drive.join("taxes.pdf")).unwrap_err();
        assert!(matches!(error, DestinationError::Unusable(_)), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_into_a_library_is_in_it() {
        let place = Place::new();
        let library = place.library("Keepsake");
        let inside = place.folder("Keepsake/Originals");
        std::os::unix::fs::symlink(&inside, place.path("link")).unwrap();
        assert_eq!(nearby(&place.path("link")).unwrap(), Nearby::Above(library));
    }

    #[test]
    fn who_names_the_wrong_folder_is_told_which_is_the_right_one() {
        let place = Place::new();
        let library = place.library("drive/Keepsake");
        for wrong in [place.folder("drive/Keepsake/Originals"), place.path("drive")] {
            let error = LibraryFolder::open(&wrong).unwrap_err().to_string();
            assert!(
                error.contains("is not a Keepsake library; ") && error.contains(library.to_str().unwrap()),
                "{error}"
            );
        }
    }
}
