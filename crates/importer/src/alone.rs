//! Whoever changes a library does so alone.

use crate::ImportError;
use catalog::{Catalog, ImportLock};
use domain::{Destination, DestinationError};

/// Held while a library is changed or checked.
pub(crate) struct Alone {
    _catalog: ImportLock,
    /// Those with a catalog elsewhere know nothing of the other lock: another user of this computer, another computer.
    _library: Option<Box<dyn Send>>,
}

/// Keeps others from changing a library. Errors with `Busy` while another does, and when the library is gone.
pub(crate) fn alone(catalog: &Catalog, destination: &dyn Destination) -> Result<Alone, ImportError> {
    let of_catalog = catalog.lock_for_import()?.ok_or(DestinationError::Busy)?;
    destination.check()?;
    Ok(Alone { _catalog: of_catalog, _library: destination.lock()? })
}
