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
    /// The scenario is no array of faults.
    #[error("cannot read the scenario: {0}")]
    Scenario(#[source] serde_json::Error),
    /// The folder for pair records cannot be made.
    #[error("cannot keep pair records in {}: {source}", folder.display())]
    Records {
        /// The folder that was asked for.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
