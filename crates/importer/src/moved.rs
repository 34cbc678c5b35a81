//! Files that their owner moved within the library: found again by their bytes, before anything is copied.
//!
//! Only a file whose copy is known and not at its place is looked for. The library is walked once for all of them, and of
//! what is found there only a file of the right size is read.

use crate::error::of_one_file;
use crate::hashing::published_hash;
use crate::{ImportError, Presence};
use catalog::{Catalog, KnownFile};
use domain::{
    Asset, Availability, CancelFlag, ContentHash, Destination, Fingerprint, LibraryPath, ManifestEntry, Removal,
    SourceId,
};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Looks for files that were moved. Several threads may ask.
pub(crate) struct Moved<'a> {
    catalog: &'a Catalog,
    destination: &'a dyn Destination,
    source: &'a SourceId,
    presence: Presence<'a>,
    cancel: &'a CancelFlag,
    /// Made when one is first looked for.
    strays: Mutex<Option<Strays>>,
}

/// Files of the library that are at no place where one was filed. Each is read once, however many are looked for.
#[derive(Default)]
struct Strays {
    /// By size, the next to be read last.
    unread: HashMap<u64, Vec<LibraryPath>>,
    read: HashMap<(u64, ContentHash), LibraryPath>,
}

/// Where a file of an asset is in the library.
pub(crate) struct Found {
    /// The file at the source.
    pub(crate) file: Fingerprint,
    /// Where it is now.
    pub(crate) path: LibraryPath,
    /// Where it was filed, if it is not there any more.
    pub(crate) moved_from: Option<LibraryPath>,
}

impl Found {
    /// A file that is where it was filed.
    pub(crate) fn in_place(entry: ManifestEntry) -> Self {
        let (bytes, modified_ns) = (entry.bytes, entry.source_modified_ns);
        Self { file: Fingerprint { path: entry.source_path, bytes, modified_ns }, path: entry.path, moved_from: None }
    }
}

impl<'a> Moved<'a> {
    pub(crate) fn new(
        (catalog, destination): (&'a Catalog, &'a dyn Destination),
        source: &'a SourceId,
        cancel: &'a CancelFlag,
    ) -> Self {
        let presence = Presence::new(catalog, destination);
        Self { catalog, destination, source, presence, cancel, strays: Mutex::default() }
    }

    /// Finds all files of an asset in the library, wherever they are now. `None` when one of them was never copied, or is
    /// not there: the asset is then copied.
    pub(crate) fn find(&self, asset: &Asset) -> Result<Option<Vec<Found>>, ImportError> {
        let mut known = Vec::new();
        // First what costs nothing: most assets are new, and nothing of them is known.
        for resource in asset.files() {
            let copies = match resource.availability {
                Availability::OnDevice => self.catalog.known(self.source, &resource.fingerprint)?,
                _ => Vec::new(),
            };
            if copies.is_empty() {
                return Ok(None);
            }
            known.push((resource.fingerprint.clone(), copies));
        }
        let mut found = Vec::new();
        for (file, copies) in known {
            let Some(there) = self.one_of(file, copies)? else { return Ok(None) };
            found.push(there);
        }
        Ok(Some(found))
    }

    /// Finds one of the copies of a file: where it was filed, else elsewhere.
    fn one_of(&self, file: Fingerprint, copies: Vec<KnownFile>) -> Result<Option<Found>, ImportError> {
        for copy in &copies {
            if self.presence.is_whole(copy)? {
                return Ok(Some(Found { file, path: copy.path.clone(), moved_from: None }));
            }
        }
        for copy in copies {
            if let Some(path) = self.elsewhere(&copy)? {
                return Ok(Some(Found { file, path, moved_from: Some(copy.path) }));
            }
        }
        Ok(None)
    }

    /// Finds a file with the bytes of a copy. Empty files are never taken for each other.
    fn elsewhere(&self, copy: &KnownFile) -> Result<Option<LibraryPath>, ImportError> {
        if copy.bytes == 0 {
            return Ok(None);
        }
        // One reads, the others wait: what it finds may be theirs.
        let mut strays = self.strays.lock().unwrap_or_else(PoisonError::into_inner);
        let Strays { unread, read } = match strays.as_mut() {
            Some(strays) => strays,
            None => strays.insert(Strays { unread: self.look_around()?, read: HashMap::new() }),
        };
        if let Some(path) = read.get(&(copy.bytes, copy.hash)) {
            return Ok(Some(path.clone()));
        }
        let Some(unread) = unread.get_mut(&copy.bytes) else { return Ok(None) };
        while let Some(path) = unread.pop() {
            match published_hash(self.destination, &path, self.cancel) {
                Ok((hash, _)) => {
                    read.entry((copy.bytes, hash)).or_insert_with(|| path.clone());
                    if hash == copy.hash {
                        return Ok(Some(path));
                    }
                }
                Err(error) if error.ends_everything() => return Err(error),
                Err(_) => {}
            }
        }
        Ok(None)
    }

    /// Lists what lies in the library and was not filed there. What was put aside stays put aside.
    fn look_around(&self) -> Result<HashMap<u64, Vec<LibraryPath>>, ImportError> {
        let mut strays: HashMap<u64, Vec<LibraryPath>> = HashMap::new();
        // Whatever cannot be seen is not found; that must not have every missing copy looked for anew.
        of_one_file(self.destination.files(&mut |file| {
            if let (Ok(path), false) = (LibraryPath::found(&file.path), Removal::holds(&file.path)) {
                strays.entry(file.bytes).or_default().push(path);
            }
        }))?;
        for paths in strays.values_mut() {
            let mut unfiled = Vec::with_capacity(paths.len());
            for path in paths.drain(..) {
                // Some drives list names in another form than the one they were filed under.
                if !self.catalog.is_filed(&path)? && !self.catalog.is_filed(&path.composed())? {
                    unfiled.push(path);
                }
            }
            unfiled.reverse();
            *paths = unfiled;
        }
        Ok(strays)
    }
}
