//! Where photos come from, and how long its owner is waited for.

use super::lines::waiting_line;
use super::{ImportLine, Terminal};
use crate::dto::ErrorDto;
use domain::{CancelFlag, Source, SourceError};
use iphone::PhoneError;
use sources::{Opening, SharedAlbums, SourceSpec, WhenLocked};
use std::time::{Duration, Instant};

/// How soon the end of a wait is noticed.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A source as the user names it.
#[derive(Debug, Clone)]
pub struct Origin {
    /// `iphone`, `iphone:UDID` or a folder.
    pub source: String,
    /// Whether the phone's shared albums are listed.
    pub shared: SharedAlbums,
    /// How long a phone is waited for that is locked or does not trust this computer: zero not at all; where nothing is
    /// said, an import waits for as long as it takes, a listing for trust alone.
    pub wait: Option<Duration>,
}

impl Terminal {
    /// Opens a source; `locked` is what becomes of a locked phone where nothing is said of waiting. Errors with what was
    /// waited for where that took too long.
    pub(super) fn open(
        &self,
        origin: &Origin,
        locked: WhenLocked,
        news: &mut dyn FnMut(&ImportLine),
        cancel: &CancelFlag,
    ) -> Result<Box<dyn Source>, ErrorDto> {
        let spec = SourceSpec::parse(&origin.source);
        let cache = self.home.phone_libraries();
        let locked = match origin.wait {
            None => locked,
            Some(Duration::ZERO) => WhenLocked::Refused,
            Some(_) => WhenLocked::WaitedFor,
        };
        let waiting = cancel.of_part();
        let opening = Opening { phones: &self.phones, cache: &cache, shared: origin.shared, locked, cancel: &waiting };
        let mut waited = None;
        let opened = sources::open(&spec, &opening, &mut |error| {
            match origin.wait {
                Some(Duration::ZERO) => waiting.cancel(),
                limit => {
                    news(&waiting_line(Some(&error)));
                    limit.filter(|_| waited.is_none()).into_iter().for_each(|limit| end_after(&waiting, limit));
                }
            }
            waited = Some(error);
        });
        match (opened, waited) {
            (Err(SourceError::Cancelled), Some(error)) if !cancel.is_cancelled() => Err(not_done(error, origin).into()),
            (Ok(source), Some(_)) => {
                news(&ImportLine::Resumed);
                Ok(source)
            }
            (Err(SourceError::Unusable(why)), _) => match self.phones.devices() {
                // That nothing here speaks to phones has a code of its own.
                Err(error @ PhoneError::NoMux(_)) if error.to_string() == why => Err(error.into()),
                _ => Err(SourceError::Unusable(why).into()),
            },
            (opened, _) => Ok(opened?),
        }
    }
}

/// A phone that was not waited for at all was not asked anything.
fn not_done(error: SourceError, origin: &Origin) -> SourceError {
    match error {
        SourceError::TrustPending(phone) if origin.wait == Some(Duration::ZERO) => SourceError::NotTrusted(phone),
        error => error,
    }
}

/// Ends a wait when its time is over. What is no longer waited for does not mind.
fn end_after(waiting: &CancelFlag, limit: Duration) {
    let (waiting, begun) = (waiting.clone(), Instant::now());
    let spawned = std::thread::Builder::new().name("waiting".into()).spawn(move || {
        while begun.elapsed() < limit && !waiting.is_cancelled() {
            std::thread::sleep(LOOK_EVERY);
        }
        waiting.cancel();
    });
    // Without the thread it is waited for as if nothing was said.
    drop(spawned);
}
