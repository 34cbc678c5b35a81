//! A library with its catalog: opened together, brought up to date with each other.

use crate::carried::NONE;
use crate::dto::{ErrorCode, ErrorDto};
use crate::home::Home;
use crate::identity;
use catalog::Catalog;
use destinations::{LibraryFolder, Nearby, Overlap, nearby};
use domain::{Destination, LibraryId, SessionId};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is to be done where a folder is no library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewLibrary {
    /// It is refused: a drive that is not connected must not become a library on the disk beneath.
    Refused,
    /// One is made there, unless another lies around it or in it.
    Made,
}

/// A library that is there now.
#[derive(Clone)]
pub(crate) struct OpenLibrary {
    pub(crate) folder: Arc<LibraryFolder>,
    pub(crate) catalog: Arc<Catalog>,
}

impl OpenLibrary {
    /// Opens the library at a folder, making one there if there is none. Errors when nothing can be written there.
    pub(crate) fn create_or_open(home: &Home, path: &Path) -> Result<Self, ErrorDto> {
        let folder = LibraryFolder::create_or_open(path, identity::new_library(), &identity::now())?;
        Self::with_catalog(home, folder)
    }

    /// Opens the library at a folder to import into it, and makes none. Errors when nothing can be written there.
    pub(crate) fn open_to_write(home: &Home, path: &Path) -> Result<Self, ErrorDto> {
        Self::with_catalog(home, LibraryFolder::open_to_write(path)?)
    }

    /// Opens the library at a folder and changes nothing there.
    pub(crate) fn open(home: &Home, path: &Path) -> Result<Self, ErrorDto> {
        Self::with_catalog(home, LibraryFolder::open(path)?)
    }

    fn with_catalog(home: &Home, folder: LibraryFolder) -> Result<Self, ErrorDto> {
        let catalog = Catalog::open_or_replace(&home.catalog(Some(folder.library_id())))?;
        importer::catch_up(&catalog, &folder)?;
        Ok(Self { folder: Arc::new(folder), catalog: Arc::new(catalog) })
    }

    /// Makes the identity of an import into it.
    pub(crate) fn new_session(&self) -> Result<SessionId, ErrorDto> {
        Ok(identity::new_session(self.folder.newest_import()?.as_ref()))
    }

    /// Says that the catalog had to be made anew, if it had.
    pub(crate) fn problem(&self) -> Option<String> {
        let kept = self.catalog.put_aside()?.display();
        Some(format!(
            "What Keepsake kept about the library “{}” could not be read: it was put together again from the library \
             itself, and the old file is kept as {kept}. Your photos are not concerned.",
            self.name()
        ))
    }

    pub(crate) fn id(&self) -> &LibraryId {
        self.folder.library_id()
    }

    /// The name of its catalog, in which the page's numbers of photos and albums mean something.
    pub(crate) fn catalog_name(library: Option<&Self>) -> String {
        library.map_or_else(|| NONE.to_owned(), |open| open.id().to_string())
    }

    pub(crate) fn name(&self) -> String {
        folder_name(self.folder.root())
    }
}

/// Tells whether there is a library at a folder that was named in the terminal. Errors where there is none and none may be
/// made, or where one lies above the folder or in it, which is named then.
pub(crate) fn is_there(path: &Path, new: NewLibrary) -> Result<bool, ErrorDto> {
    match (nearby(path)?, new) {
        (Nearby::Here, _) => Ok(true),
        (Nearby::Free | Nearby::Occupied, NewLibrary::Made) => Ok(false),
        (Nearby::Free | Nearby::Occupied, NewLibrary::Refused) => Err(ErrorDto::new(
            ErrorCode::DestinationUnusable,
            format!(
                "there is no library at {}: if it is on a drive, connect that first; --create makes a new one there",
                place(path)
            ),
        )),
        (Nearby::Above(above), _) if !path.exists() => Err(ErrorDto::new(
            ErrorCode::DestinationUnusable,
            format!("{} lies in the library {}: name that, or another folder", place(path), place(&above)),
        )),
        // It says which.
        (Nearby::Above(_) | Nearby::Below(_), _) => Ok(LibraryFolder::open(path).map(|_| true)?),
    }
}

/// Refuses a library that is, or lies inside, the folder that photos are to be taken from, the other way round.
pub(crate) fn refuse_overlap(library: &Path, source: &str) -> Result<(), ErrorDto> {
    let Some(source) = source.strip_prefix("folder:").map(PathBuf::from) else { return Ok(()) };
    let how = destinations::overlap(library, &source).unwrap_or(Overlap::Apart);
    match how {
        Overlap::Apart | Overlap::LibraryInsideSource => Ok(()),
        _ => Err(ErrorDto::new(
            ErrorCode::DestinationUnusable,
            format!(
                "{} lies in the library {}: choose another library or another folder",
                source.display(),
                library.display()
            ),
        )),
    }
}

/// Returns a folder's path as it is told to people: whole.
pub(crate) fn place(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

/// Returns the name people know a folder by.
pub(crate) fn folder_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}
