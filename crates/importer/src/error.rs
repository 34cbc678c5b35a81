//! Why an import could not begin or had to end.

use catalog::CatalogError;
use domain::{DestinationError, FailureCode, SourceError};

/// Errors that concern an import as a whole. What concerns one asset is its outcome, not an error.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The source cannot be used.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The library cannot be used.
    #[error(transparent)]
    Destination(#[from] DestinationError),
    /// The catalog cannot be used.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// What was chosen does not fit.
    #[error("it needs {needed} bytes, and {free} bytes are free")]
    NoSpace {
        /// Bytes needed, with a margin.
        needed: u64,
        /// Bytes free.
        free: u64,
    },
}

impl ImportError {
    /// Returns the reason in one word, for the items that were not reached because of it.
    pub(crate) fn code(&self) -> FailureCode {
        match self {
            Self::Source(e) => source_code(e),
            Self::Destination(e) => destination_code(e),
            Self::Catalog(_) => FailureCode::Catalog,
            Self::NoSpace { .. } => FailureCode::DestinationFull,
        }
    }

    /// Tells whether going on with other assets is useless.
    pub(crate) fn ends_everything(&self) -> bool {
        match self {
            Self::Source(e) => e.ends_everything(),
            Self::Destination(e) => e.ends_everything(),
            Self::Catalog(_) | Self::NoSpace { .. } => true,
        }
    }
}

/// Returns `None` where only one file cannot be looked at, read or moved: the library as a whole can still be used.
pub(crate) fn of_one_file<T>(result: Result<T, impl Into<ImportError>>) -> Result<Option<T>, ImportError> {
    match result.map_err(Into::into) {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.ends_everything() => Err(error),
        Err(_) => Ok(None),
    }
}

fn source_code(error: &SourceError) -> FailureCode {
    match error {
        SourceError::Unplugged(_) | SourceError::Unusable(_) => FailureCode::SourceGone,
        SourceError::TimedOut(_) => FailureCode::TimedOut,
        SourceError::NotTrusted(_) | SourceError::TrustPending(_) => FailureCode::NotTrusted,
        SourceError::Locked(_) => FailureCode::SourceLocked,
        SourceError::Cancelled => FailureCode::Cancelled,
        SourceError::NotFound(_) | SourceError::Unreadable { .. } | SourceError::Nonsense(..) => {
            FailureCode::SourceRead
        }
    }
}

fn destination_code(error: &DestinationError) -> FailureCode {
    match error {
        DestinationError::Gone(_) | DestinationError::Unusable(_) | DestinationError::Busy => {
            FailureCode::DestinationGone
        }
        DestinationError::ReadOnly(_) => FailureCode::DestinationReadOnly,
        DestinationError::Full(_) => FailureCode::DestinationFull,
        DestinationError::TooLarge => FailureCode::TooLarge,
        DestinationError::Taken(_) | DestinationError::Io { .. } => FailureCode::DestinationIo,
    }
}
