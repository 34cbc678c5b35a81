//! What can go wrong, by what the caller can do about it.

use domain::SourceError;
use media::PreviewError;

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The file has none that can be drawn, or its source failed.
    #[error(transparent)]
    Picture(#[from] PreviewError),
    /// The file made its decoder crash or run out of memory. It will again.
    #[error("The file is damaged: its decoder gave up.")]
    Crashed,
    /// The file kept its decoder busy for longer than is bearable. It will again.
    #[error("The picture takes too long to decode.")]
    TooSlow,
    /// No decoder can be started on this computer at the moment; the file may be fine.
    #[error("no decoder can be started: {0}")]
    NoDecoder(String),
}

impl From<SourceError> for DecodeError {
    fn from(error: SourceError) -> Self {
        Self::Picture(error.into())
    }
}
