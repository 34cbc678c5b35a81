//! What the system says of a file, in the words of a source.

use domain::{SourceError, SourcePath};
use std::io::{Error, ErrorKind};
use std::path::PathBuf;

/// The folder that a source is.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) root: PathBuf,
}

impl Place {
    /// Returns the folder's own name, or its whole path where it has none.
    pub(crate) fn name(&self) -> String {
        self.root.file_name().map_or_else(|| self.root.display().to_string(), |n| n.to_string_lossy().into_owned())
    }

    /// Sorts an error with a file. When the folder itself is gone, no file of it can be read: the card was removed.
    pub(crate) fn error(&self, error: &Error, path: &SourcePath) -> SourceError {
        if self.root.read_dir().is_err() {
            return SourceError::Unplugged(self.root.display().to_string());
        }
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => SourceError::NotFound(path.to_string()),
            _ => SourceError::Unreadable { path: path.to_string(), reason: error.to_string() },
        }
    }
}
