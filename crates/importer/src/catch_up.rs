//! Bringing a catalog up to what the library's own manifests say: after the catalog was lost, or when the library was used
//! with another computer.

use crate::ImportError;
use catalog::Catalog;
use domain::{Destination, ManifestEntry};

/// Lines taken in per transaction.
const BATCH: usize = 2000;

/// Takes the manifests in if they have grown since the last time. Cheap when they have not.
pub fn catch_up(catalog: &Catalog, destination: &dyn Destination) -> Result<(), ImportError> {
    let bytes = destination.manifest_bytes()?;
    if catalog.manifest_bytes()? == bytes {
        return Ok(());
    }
    let mut batch: Vec<ManifestEntry> = Vec::with_capacity(BATCH);
    let mut failure = None;
    destination.manifest(&mut |entry| {
        batch.push(entry);
        if batch.len() == BATCH && failure.is_none() {
            failure = catalog.take_in(&batch).err();
            batch.clear();
        }
    })?;
    match failure {
        Some(error) => Err(error.into()),
        None => {
            catalog.take_in(&batch)?;
            Ok(catalog.note_manifest_bytes(bytes)?)
        }
    }
}
