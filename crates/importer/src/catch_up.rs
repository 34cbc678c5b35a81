//! Bringing a catalog up to what the library's own manifests say: after the catalog was lost, or when the library was used
//! with another computer.

use crate::ImportError;
use crate::standing::Filed;
use catalog::{Catalog, CatalogError};
use domain::{Destination, LibraryPath, ManifestEntry, ManifestLine, SessionId};
use std::collections::HashSet;

/// Lines taken in per transaction.
const BATCH: usize = 2000;

/// Takes the manifests in if they have grown since the last time, and tells whether they had. Cheap when they had not.
pub fn catch_up(catalog: &Catalog, destination: &dyn Destination) -> Result<bool, ImportError> {
    let bytes = destination.manifest_bytes()?;
    if catalog.manifest_bytes()? == bytes {
        return Ok(false);
    }
    let mut taking = TakingIn {
        catalog,
        batch: Vec::with_capacity(BATCH),
        removed: HashSet::new(),
        filed: Filed::default(),
        failure: None,
    };
    destination.manifest_lines(&mut |session, line| taking.hear(session, line))?;
    taking.flush();
    if let Some(error) = taking.failure {
        return Err(error.into());
    }
    catalog.forget_copies(&taking.removed.into_iter().collect::<Vec<_>>())?;
    catalog.note_manifest_bytes(bytes)?;
    Ok(true)
}

struct TakingIn<'a> {
    catalog: &'a Catalog,
    batch: Vec<(SessionId, ManifestEntry)>,
    /// What was put aside and not filed again since.
    removed: HashSet<LibraryPath>,
    filed: Filed,
    failure: Option<CatalogError>,
}

impl TakingIn<'_> {
    fn hear(&mut self, session: &SessionId, line: ManifestLine) {
        match line {
            ManifestLine::Removed(removal) => {
                self.removed.insert(self.filed.place_of(session, &removal));
                // This computer may have followed it to where its owner moved it.
                self.removed.insert(removal.path);
            }
            ManifestLine::Copied(entry) => {
                self.filed.note(session, &entry);
                self.removed.remove(&entry.path);
                self.batch.push((session.clone(), entry));
                if self.batch.len() == BATCH {
                    self.flush();
                }
            }
        }
    }

    fn flush(&mut self) {
        if self.failure.is_none() {
            self.failure = self.catalog.take_in(&self.batch).err();
        }
        self.batch.clear();
    }
}
