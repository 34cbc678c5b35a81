//! A phone that falls silent, or breaks the connection, over one file: that file is told apart from the phone, so that what is
//! behind it is reached.

use super::errors::of_file;
use domain::{CancelFlag, SourceError, SourcePath};
use iphone::{Phone, PhoneError};
use std::sync::{Arc, Mutex, PoisonError};

/// So many files, none of which could be read before the next, are the phone.
const IN_A_ROW: usize = 2;

/// What the phone did over files. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Silence {
    phone: Phone,
    /// The files it fell silent over since it last gave bytes of one.
    over: Arc<Mutex<Vec<SourcePath>>>,
}

impl Silence {
    pub(super) fn of(phone: Phone) -> Self {
        Self { phone, over: Arc::default() }
    }

    /// Returns the same, which waits for the phone no longer than the user wants.
    pub(super) fn until(&self, cancel: &CancelFlag) -> Self {
        Self { phone: self.phone.until(cancel), over: Arc::clone(&self.over) }
    }

    /// Passes on what reading a file gave.
    pub(super) fn read<T>(&self, read: Result<T, PhoneError>, path: &SourcePath) -> Result<T, SourceError> {
        if read.is_ok() {
            self.over.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
        read.map_err(|error| self.error(error, path))
    }

    /// Names the file in an error that concerns only it, else the phone: also where the phone said nothing at all, but
    /// answers when it is asked for something else.
    pub(super) fn error(&self, error: PhoneError, path: &SourcePath) -> SourceError {
        match self.is_over(error, path) {
            Ok(()) => of_file(PhoneError::Silent, &self.phone.info().name, path),
            Err(error) => of_file(error, &self.phone.info().name, path),
        }
    }

    /// Finds out whether silence may be one file's fault: asks the phone, on a new connection if the old one broke. Errors
    /// with what it is otherwise.
    pub(super) fn is_over(&self, error: PhoneError, path: &SourcePath) -> Result<(), PhoneError> {
        if !error.is_silence() {
            return Err(error);
        }
        let files = {
            let mut over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
            if !over.contains(path) {
                over.push(path.clone());
            }
            over.len()
        };
        if files < IN_A_ROW { self.phone.disk().map(drop) } else { Err(error) }
    }
}
