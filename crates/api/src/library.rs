//! A library with its catalog: opened together, brought up to date with each other.

use crate::dto::{ErrorCode, ErrorDto};
use crate::home::Home;
use crate::identity;
use catalog::Catalog;
use destinations::{LibraryFolder, Overlap};
use domain::{Destination, LibraryId};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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

    /// Opens the library at a folder and changes nothing there.
    pub(crate) fn open(home: &Home, path: &Path) -> Result<Self, ErrorDto> {
        Self::with_catalog(home, LibraryFolder::open(path)?)
    }

    fn with_catalog(home: &Home, folder: LibraryFolder) -> Result<Self, ErrorDto> {
        let catalog = Catalog::open(&home.catalog(Some(folder.library_id())))?;
        importer::catch_up(&catalog, &folder)?;
        Ok(Self { folder: Arc::new(folder), catalog: Arc::new(catalog) })
    }

    pub(crate) fn id(&self) -> &LibraryId {
        self.folder.library_id()
    }

    /// The name of its catalog, in which the page's numbers of photos and albums mean something.
    pub(crate) fn catalog_name(library: Option<&Self>) -> String {
        library.map_or_else(|| "none".to_owned(), |open| open.id().to_string())
    }

    pub(crate) fn name(&self) -> String {
        folder_name(self.folder.root())
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

/// Returns the name people know a folder by.
pub(crate) fn folder_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}
