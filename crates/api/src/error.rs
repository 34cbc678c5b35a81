//! From the errors of the crates below to what crosses: a code for programs, a sentence for people.

use crate::dto::{ErrorCode, ErrorDto};
use crate::text::size;
use catalog::CatalogError;
use domain::{DestinationError, FailureCode, SourceError};
use importer::ImportError;
use iphone::PhoneError;

impl ErrorDto {
    /// Makes an error.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let message: String = message.into();
        let mut letters = message.chars();
        // An iPhone stays one at the beginning of a sentence.
        if message.chars().nth(1).is_some_and(char::is_uppercase) {
            return Self { code, message };
        }
        // A path keeps its letters, or it names another one.
        if message.split([' ', ':']).next().is_some_and(|word| word.contains(['/', '\\'])) {
            return Self { code, message };
        }
        // Errors below are written to follow a colon; here they are sentences.
        let message =
            letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str());
        Self { code, message }
    }
}

impl ErrorDto {
    /// Says that something went wrong that nobody foresaw: a panic costs what was being done, never the program.
    pub fn broken() -> Self {
        Self::new(ErrorCode::BadRequest, "something went wrong inside Keepsake. Nothing was deleted; please try again.")
    }

    /// Says that an import does not fit into a library. `needed` and `free` are bytes.
    pub(crate) fn no_space(needed: u64, free: u64, library: &str) -> Self {
        let (needed, free) = (size(needed), size(free));
        let message = format!("needs {needed}, and {free} are free in {library}: choose another drive or fewer photos");
        Self::new(ErrorCode::DestinationFull, message)
    }

    /// Says what a source is waited for with: where that ends by itself, nobody has to try again.
    pub(crate) fn waiting_for(error: &SourceError) -> Self {
        match error {
            SourceError::Locked(phone) => {
                Self::new(ErrorCode::SourceLocked, format!("{phone} is locked: unlock it to go on"))
            }
            other => other.clone().into(),
        }
    }
}

impl From<SourceError> for ErrorDto {
    fn from(error: SourceError) -> Self {
        let code = match &error {
            SourceError::Unplugged(_) => ErrorCode::SourceGone,
            SourceError::NotTrusted(_) => ErrorCode::NotTrusted,
            SourceError::TrustPending(_) => ErrorCode::TrustPending,
            SourceError::Locked(_) => ErrorCode::SourceLocked,
            SourceError::TimedOut(_) => ErrorCode::TimedOut,
            SourceError::NotFound(_) | SourceError::Unusable(_) => ErrorCode::SourceUnusable,
            SourceError::Unreadable { .. } | SourceError::Nonsense(..) => ErrorCode::SourceRead,
            SourceError::Cancelled => ErrorCode::Cancelled,
        };
        Self::new(code, error.to_string())
    }
}

impl From<DestinationError> for ErrorDto {
    fn from(error: DestinationError) -> Self {
        let code = match &error {
            DestinationError::Gone(_) => ErrorCode::DestinationGone,
            DestinationError::Unusable(_) | DestinationError::Taken(_) => ErrorCode::DestinationUnusable,
            DestinationError::ReadOnly(_) => ErrorCode::DestinationReadOnly,
            DestinationError::Full(_) => ErrorCode::DestinationFull,
            DestinationError::TooLarge => ErrorCode::TooLarge,
            DestinationError::Busy => ErrorCode::Busy,
            DestinationError::Io { .. } => ErrorCode::DestinationIo,
        };
        Self::new(code, error.to_string())
    }
}

impl From<CatalogError> for ErrorDto {
    fn from(error: CatalogError) -> Self {
        Self::new(ErrorCode::Catalog, error.to_string())
    }
}

impl From<ImportError> for ErrorDto {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Source(e) => e.into(),
            ImportError::Destination(e) => e.into(),
            ImportError::Catalog(e) => e.into(),
            ImportError::NoSpace { needed, free } => Self::no_space(needed, free, "the library"),
        }
    }
}

impl From<PhoneError> for ErrorDto {
    fn from(error: PhoneError) -> Self {
        let code = match &error {
            PhoneError::NoMux(_) => ErrorCode::NoPhoneService,
            PhoneError::NotTrusted => ErrorCode::NotTrusted,
            PhoneError::TrustPending => ErrorCode::TrustPending,
            PhoneError::Locked => ErrorCode::SourceLocked,
            PhoneError::TimedOut => ErrorCode::TimedOut,
            PhoneError::Cancelled => ErrorCode::Cancelled,
            _ => ErrorCode::SourceGone,
        };
        Self::new(code, error.to_string())
    }
}

/// Returns the code that a failure crosses with.
pub(crate) fn failure_code(code: FailureCode) -> ErrorCode {
    match code {
        FailureCode::SourceGone => ErrorCode::SourceGone,
        FailureCode::SourceLocked => ErrorCode::SourceLocked,
        FailureCode::NotTrusted => ErrorCode::NotTrusted,
        FailureCode::TimedOut => ErrorCode::TimedOut,
        FailureCode::SourceRead => ErrorCode::SourceRead,
        FailureCode::SourceChanged => ErrorCode::SourceChanged,
        FailureCode::DestinationGone => ErrorCode::DestinationGone,
        FailureCode::DestinationFull => ErrorCode::DestinationFull,
        FailureCode::DestinationReadOnly => ErrorCode::DestinationReadOnly,
        FailureCode::TooLarge => ErrorCode::TooLarge,
        FailureCode::DestinationIo => ErrorCode::DestinationIo,
        FailureCode::VerifyMismatch => ErrorCode::VerifyMismatch,
        FailureCode::Catalog => ErrorCode::Catalog,
        FailureCode::Cancelled => ErrorCode::Cancelled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_at_the_beginning_keeps_its_letters() {
        let error = ErrorDto::new(ErrorCode::DestinationFull, "ann/Photos is full");
        assert_eq!(error.message, "ann/Photos is full");
    }

    #[test]
    fn errors_are_sentences_with_a_size_one_can_read() {
        let error = ErrorDto::from(ImportError::NoSpace { needed: 48_200_000_000, free: 31_000 });
        assert_eq!(error.code, ErrorCode::DestinationFull);
        assert!(error.message.starts_with("Needs 48.2 GB, and 31 kB are free"), "{}", error.message);
    }
}
