//! Whether what the catalog says is in the library is there now.

use crate::ImportError;
use crate::error::of_one_file;
use catalog::{Catalog, KnownFile};
use domain::{
    Asset, Availability, ContentHash, Destination, DestinationError, Fingerprint, LibraryPath, Resource, SourceId,
    collision_key,
};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

/// Answers "is it already imported?", looking each folder of the library up once.
pub struct Presence<'a> {
    catalog: &'a Catalog,
    destination: &'a dyn Destination,
    folders: Mutex<HashMap<LibraryPath, HashSet<String>>>,
}

impl<'a> Presence<'a> {
    /// Makes a view that is true as of now.
    pub fn new(catalog: &'a Catalog, destination: &'a dyn Destination) -> Self {
        Self { catalog, destination, folders: Mutex::default() }
    }

    /// Returns where an asset's primary file is, if verified copies of all its files are in the library now.
    pub fn copy_of(&self, source: &SourceId, asset: &Asset) -> Result<Option<LibraryPath>, ImportError> {
        let mut primary = None;
        for resource in asset.files() {
            let copy = match resource.availability {
                Availability::OnDevice => match self.copy_of_file(source, &resource.fingerprint)? {
                    None => self.copy_by_apple(resource)?,
                    copy => copy,
                },
                // The phone has given its file away since; what was copied before is a copy all the same.
                _ => match self.copy_by_identity(source, asset)? {
                    None => self.copy_of_all_by_apple(asset)?,
                    copy => copy,
                },
            };
            let Some(path) = copy else { return Ok(None) };
            primary.get_or_insert(path);
        }
        Ok(primary)
    }

    fn copy_by_identity(&self, source: &SourceId, asset: &Asset) -> Result<Option<LibraryPath>, ImportError> {
        let Some(uuid) = &asset.details.uuid else { return Ok(None) };
        self.first_whole(self.catalog.known_asset(source, uuid)?)
    }

    fn copy_by_apple(&self, resource: &Resource) -> Result<Option<LibraryPath>, ImportError> {
        // Empty files are all equal and mean nothing.
        let Some(apple) = resource.apple.filter(|_| resource.fingerprint.bytes > 0) else { return Ok(None) };
        self.first_whole(self.catalog.known_by_apple(&apple, (resource.role, resource.fingerprint.bytes))?)
    }

    /// Nothing of such an asset is asked for at the source, so that its film must be in the library as well.
    fn copy_of_all_by_apple(&self, asset: &Asset) -> Result<Option<LibraryPath>, ImportError> {
        let mut primary = None;
        for resource in &asset.resources {
            let Some(path) = self.copy_by_apple(resource)? else { return Ok(None) };
            primary.get_or_insert(path);
        }
        Ok(primary)
    }

    fn copy_of_file(&self, source: &SourceId, file: &Fingerprint) -> Result<Option<LibraryPath>, ImportError> {
        self.first_whole(self.catalog.known(source, file)?)
    }

    fn first_whole(&self, known: Vec<KnownFile>) -> Result<Option<LibraryPath>, ImportError> {
        for file in known {
            if self.is_whole(&file)? {
                return Ok(Some(file.path));
            }
        }
        Ok(None)
    }

    /// Tells whether a file is in the library now, in its whole length: somebody may have cut it. What cannot be looked at,
    /// or is no plain file any more, is not.
    pub(crate) fn is_whole(&self, known: &KnownFile) -> Result<bool, ImportError> {
        self.is_there_whole(&known.path, known.bytes)
    }

    /// The same of a file at `path` that should have so many bytes.
    pub(crate) fn is_there_whole(&self, path: &LibraryPath, bytes: u64) -> Result<bool, ImportError> {
        let size = match of_one_file(self.is_there(path))? {
            Some(true) => of_one_file(self.destination.size_of(path))?.flatten(),
            _ => None,
        };
        Ok(size == Some(bytes))
    }

    /// Tells whether a file may be there: its folder is looked into once.
    fn is_there(&self, path: &LibraryPath) -> Result<bool, DestinationError> {
        // The top of the library has no path that could be listed; its few files are looked at one by one.
        let Some(folder) = path.folder() else { return Ok(true) };
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if !folders.contains_key(&folder) {
            let names = self.destination.names_in(&folder)?;
            folders.insert(folder.clone(), names.iter().map(|n| collision_key(n)).collect());
        }
        Ok(folders.get(&folder).is_some_and(|names| names.contains(&collision_key(path.file_name()))))
    }
}

/// Finds a copy of these bytes that is in the library now. It is looked at by itself: whoever asks while files are filed would
/// have the folder of the day listed anew each time. Empty files are never taken for each other.
pub(crate) fn copy_with_content(
    (catalog, destination): (&Catalog, &dyn Destination),
    hash: &ContentHash,
    bytes: u64,
) -> Result<Option<LibraryPath>, ImportError> {
    if bytes == 0 {
        return Ok(None);
    }
    for known in catalog.with_content(hash)? {
        let size = of_one_file(destination.size_of(&known.path))?.flatten();
        if size == Some(known.bytes) {
            return Ok(Some(known.path));
        }
    }
    Ok(None)
}
