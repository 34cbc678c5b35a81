//! What can be wrong with a file, in words a user can read.

use domain::SourceError;

/// Why a parser stopped. Only `Source` is an error to the caller; the others are facts about the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// The source failed, not the file.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Something lies behind the end of the file.
    #[error("The file is cut short.")]
    CutShort,
    /// A structure contradicts itself.
    #[error("The file is damaged: {0}.")]
    Malformed(&'static str),
    /// More would have to be read or held than is safe.
    #[error("The file is not looked into: {0}.")]
    TooLarge(&'static str),
    /// There is no picture in it that could be shown here.
    #[error("There is no picture to show: {0}.")]
    Unsupported(&'static str),
}
