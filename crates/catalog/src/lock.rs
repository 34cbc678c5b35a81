//! One import into a library at a time, on this computer.

use crate::CatalogError;
use std::fs::{File, TryLockError};
use std::path::Path;

/// Held while an import runs; the system releases it when the process ends, however it ends.
#[derive(Debug)]
pub struct ImportLock {
    _file: File,
}

impl ImportLock {
    /// Takes the lock beside the catalog at `catalog_path`. `None` when another import holds it.
    pub(crate) fn take(catalog_path: &Path) -> Result<Option<Self>, CatalogError> {
        let path = catalog_path.with_extension("lock");
        let failed = |source| CatalogError::Folder { path: path.display().to_string(), source };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}
