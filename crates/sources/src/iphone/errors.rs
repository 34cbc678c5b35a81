//! What went wrong with a phone, in the words of a source.

use domain::{SourceError, SourcePath};
use iphone::PhoneError;

/// Names the phone in an error that concerns all of it.
pub(crate) fn whole(error: PhoneError, phone: &str) -> SourceError {
    let phone = phone.to_owned();
    match error {
        PhoneError::Unplugged => SourceError::Unplugged(phone),
        PhoneError::NotTrusted => SourceError::NotTrusted(phone),
        PhoneError::TrustPending => SourceError::TrustPending(phone),
        PhoneError::Locked => SourceError::Locked(phone),
        // The phone is listed, and connections to it break all the same: the same cure as for silence.
        PhoneError::TimedOut | PhoneError::Disconnected => SourceError::TimedOut(phone),
        PhoneError::Cancelled => SourceError::Cancelled,
        PhoneError::NoMux(help) => SourceError::Unusable(help),
        PhoneError::Declined(word) => {
            SourceError::Unusable(format!("{phone} refused to be read ({word}): unlock it, plug it in again and retry"))
        }
        other => SourceError::Unusable(format!("{phone} cannot be read: {other}")),
    }
}

/// Names the file in an error that concerns only it, else the phone.
pub(crate) fn of_file(error: PhoneError, phone: &str, path: &SourcePath) -> SourceError {
    let unreadable = |reason: &str| SourceError::Unreadable { path: path.to_string(), reason: reason.to_owned() };
    match error {
        PhoneError::NotFound => SourceError::NotFound(path.to_string()),
        PhoneError::Refused(3) => {
            unreadable("the phone has too many open files: unplug it, plug it in again and retry")
        }
        PhoneError::Refused(9) => {
            unreadable("it is a folder whose photos could not be listed: unplug the phone, plug it in again and retry")
        }
        PhoneError::Refused(10) => unreadable("the phone does not permit it: unlock it and retry"),
        PhoneError::Refused(status) => unreadable(&format!(
            "the phone reports an error (status {status}): unlock it, unplug it, plug it in again and retry"
        )),
        PhoneError::Silent => unreadable("the phone falls silent over it: unplug it, plug it in again and retry"),
        PhoneError::Changed => unreadable("it changed while it was being read"),
        PhoneError::Panicked => unreadable("the phone's answer could not be handled"),
        PhoneError::Nonsense(what) => SourceError::Nonsense(phone.to_owned(), what),
        other => whole(other, phone),
    }
}
