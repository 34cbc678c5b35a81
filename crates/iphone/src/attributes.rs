//! Attributes of many files from a phone that may now and then say something senseless: one bad answer costs its own file and
//! not the others, and a phone that talks nothing but nonsense comes to an end.

use crate::{FileInfo, Phone, PhoneError};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Files whose answers break the conversation before the phone is not asked any further: each costs two new connections.
const MOST_SENSELESS: usize = 32;
/// Files asked about together once it is known that some answer among many makes no sense.
const TOGETHER: usize = 128;

type Answer = Result<FileInfo, PhoneError>;

/// The attributes of one phone's files, for one listing. Several threads may ask.
#[derive(Debug)]
pub struct Attributes<'a> {
    phone: &'a Phone,
    senseless: AtomicUsize,
}

impl<'a> Attributes<'a> {
    /// Begins a listing, in which nothing senseless was said so far.
    pub fn of(phone: &'a Phone) -> Self {
        Self { phone, senseless: AtomicUsize::new(0) }
    }

    /// Returns the phone.
    pub fn phone(&self) -> &'a Phone {
        self.phone
    }

    /// Asks about files, as [`Phone::file_infos`] does. An answer that makes no sense is asked for once more, by itself if it
    /// broke the conversation; a file that has none after that is `Nonsense`. Errors when the phone as a whole fails, and with
    /// `Nonsense` once more than 32 files of a listing broke the conversation each time.
    pub fn ask<P: AsRef<[u8]>>(&self, paths: &[P]) -> Result<Vec<Answer>, PhoneError> {
        let paths: Vec<&[u8]> = paths.iter().map(AsRef::as_ref).collect();
        match self.ask_together(&paths) {
            Err(PhoneError::Nonsense(_)) => {}
            infos => return infos,
        }
        let mut infos = Vec::with_capacity(paths.len());
        for some in paths.chunks(TOGETHER) {
            match self.ask_together(some) {
                Err(PhoneError::Nonsense(_)) => {
                    for path in some {
                        infos.push(self.ask_alone(path)?);
                    }
                }
                answers => infos.extend(answers?),
            }
        }
        Ok(infos)
    }

    /// Attributes that make no sense leave the conversation whole: all of them are asked for again together.
    fn ask_together(&self, paths: &[&[u8]]) -> Result<Vec<Answer>, PhoneError> {
        let mut infos = self.phone.file_infos(paths)?;
        let is_senseless = |info: &Answer| matches!(info, Err(PhoneError::Nonsense(_)));
        let senseless: Vec<usize> = (0..infos.len()).filter(|i| infos.get(*i).is_some_and(is_senseless)).collect();
        if !senseless.is_empty() {
            let again: Vec<&[u8]> = senseless.iter().filter_map(|i| paths.get(*i).copied()).collect();
            for (i, answer) in senseless.into_iter().zip(self.phone.file_infos(&again)?) {
                infos.get_mut(i).into_iter().for_each(|info| info.clone_from(&answer));
            }
        }
        Ok(infos)
    }

    fn ask_alone(&self, path: &[u8]) -> Result<Answer, PhoneError> {
        let ask = || Ok(self.ask_together(&[path])?.pop().unwrap_or(Err(PhoneError::Disconnected)));
        match ask() {
            Err(PhoneError::Nonsense(_)) => {}
            answer => return answer,
        }
        match ask() {
            Err(nonsense @ PhoneError::Nonsense(_)) => {
                let before = self.senseless.fetch_add(1, Ordering::Relaxed);
                if before < MOST_SENSELESS { Ok(Err(nonsense)) } else { Err(nonsense) }
            }
            answer => answer,
        }
    }
}
