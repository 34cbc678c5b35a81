//! What can go wrong with a catalog.

/// Errors of the catalog, by what the caller can do.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The file was written by a newer Keepsake; it is left as it is.
    #[error("the catalog {0} was written by a newer Keepsake: update this one")]
    Newer(String),
    /// The file was written by an older Keepsake, and there is no way to go on with it. It is put aside and rebuilt, see
    /// `Catalog::open_or_replace`; this is told where that was not possible.
    #[error("the catalog {0} was written by an older Keepsake: an import still uses it, or it cannot be put aside")]
    Older(String),
    /// The file is damaged. It is put aside and rebuilt from the library's manifests; this is told where that was not possible.
    #[error(
        "the catalog {path} is damaged ({reason}) and cannot be put aside: move it away, and it is rebuilt from the library"
    )]
    Damaged {
        /// The file.
        path: String,
        /// What SQLite said.
        reason: String,
    },
    /// The disk with the catalog is full.
    #[error("the disk that holds Keepsake's catalog is full")]
    Full,
    /// The folder of the catalog cannot be used.
    #[error("{path}: {source}")]
    Folder {
        /// The folder or file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// SQLite reported something else.
    #[error("the catalog reported: {0}")]
    Database(rusqlite::Error),
    /// A row holds what cannot be; the catalog was altered by hand.
    #[error("the catalog holds a malformed {0}")]
    Malformed(&'static str),
}

impl From<rusqlite::Error> for CatalogError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full,
            _ => Self::Database(error),
        }
    }
}
