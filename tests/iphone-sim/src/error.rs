//! Why a simulated phone cannot start.

use std::io;
use std::path::PathBuf;

/// What keeps a phone from starting.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// There is no such folder to serve.
    #[error("{} is not a folder", .0.display())]
    NoMedia(PathBuf),
    /// The address, or the socket's path, is not to be had.
    #[error("cannot listen: {0}")]
    Listen(#[source] io::Error),
    /// The database of photos cannot be made.
    #[error("cannot make the Photos database: {0}")]
    Database(#[from] rusqlite::Error),
    /// There is no folder for the database of photos.
    #[error("cannot make a folder for the Photos database: {0}")]
    Scratch(#[source] io::Error),
    /// The phone has no database of photos that may change.
    #[error(
        "there is no Photos database to change: the phone needs an invented library, or a writable folder with one"
    )]
    NoDatabase,
    /// Nobody has seen such a database.
    #[error("model {model} is not known; these are: {known:?}")]
    UnknownModel {
        /// The model that was asked for.
        model: u32,
        /// Those there are.
        known: Vec<u32>,
    },
    /// The scenario is no array of faults.
    #[error("cannot read the scenario: {0}")]
    Scenario(#[source] serde_json::Error),
    /// A file that was to be hashed beforehand cannot be.
    #[error("cannot hash what is in the folder: {0:?}")]
    Hashes(crate::Status),
    /// The folder for pair records cannot be made.
    #[error("cannot keep pair records in {}: {source}", folder.display())]
    Records {
        /// The folder that was asked for.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
