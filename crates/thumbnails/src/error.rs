//! What can go wrong, by what the caller can do about it.

use decoder::DecodeError;
use domain::SourceError;
use media::PreviewError;

/// Why there is no thumbnail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThumbnailError {
    /// Nothing in the file can be drawn here. Show kind and length instead; asking again is useless.
    #[error("{0}")]
    Unsupported(String),
    /// The file is damaged. Asking again is useless.
    #[error("{0}")]
    Corrupt(String),
    /// Drawing it would take more than is safe. Asking again is useless.
    #[error("{0}")]
    TooLarge(String),
    /// The source failed, not the file. Ask again later.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// No decoder can be started at the moment. Ask again later.
    #[error("no decoder can be started: {0}")]
    NoDecoder(String),
    /// The request was cancelled, or the application is closing.
    #[error("no longer wanted")]
    Cancelled,
}

impl ThumbnailError {
    /// Tells whether the file will never have a thumbnail, as long as its bytes stay the same.
    pub fn is_permanent(&self) -> bool {
        matches!(self, Self::Unsupported(_) | Self::Corrupt(_) | Self::TooLarge(_))
    }
}

impl From<DecodeError> for ThumbnailError {
    fn from(error: DecodeError) -> Self {
        let words = error.to_string();
        match error {
            DecodeError::Picture(error) => error.into(),
            DecodeError::Crashed => Self::Corrupt(words),
            DecodeError::TooSlow => Self::TooLarge(words),
            DecodeError::NoDecoder(why) => Self::NoDecoder(why),
        }
    }
}

impl From<PreviewError> for ThumbnailError {
    fn from(error: PreviewError) -> Self {
        match error {
            PreviewError::Unsupported(words) => Self::Unsupported(words),
            PreviewError::Corrupt(words) => Self::Corrupt(words),
            PreviewError::TooLarge(words) => Self::TooLarge(words),
            PreviewError::Source(error) => Self::Source(error),
        }
    }
}
