//! Waiting for a phone that was locked while it was read: its owner is told, and the work goes on by itself.
//!
//! Every call to the source while photos are copied goes through here, so that each ends as soon as the user stops the
//! import. Other errors are not waited for.

use domain::{CancelFlag, Fingerprint, ResourceReader, Source, SourceError, SourceHash, SourcePath};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, TryLockError};
use std::time::{Duration, Instant};

/// How often a locked phone is asked whether it still is.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// How soon the user is heard who does not want to wait.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A locked phone may fail to answer so often in a row that it still is.
const MOST_SILENCES: usize = 2;

/// A source whose owner is waited for. Several threads may share it.
pub struct Patience<'a> {
    source: &'a dyn Source,
    /// The same, which hears the user while it is waited for; where there is one.
    hearing: Option<Box<dyn Source>>,
    cancel: &'a CancelFlag,
    told: &'a (dyn Fn(Option<&SourceError>) + Sync),
    /// Held by the one thread that asks; the others wait for it.
    turn: Mutex<()>,
    waits_over: AtomicU64,
    /// How long it waits; `None` for as long as it takes.
    limit: Option<Duration>,
    /// Why a wait took longer than that, or ended otherwise than it should: nobody waits again.
    given_up: OnceLock<SourceError>,
}

impl<'a> Patience<'a> {
    /// `told` hears once what is waited for, and `None` when the work goes on.
    pub fn new(
        source: &'a dyn Source,
        cancel: &'a CancelFlag,
        told: &'a (dyn Fn(Option<&SourceError>) + Sync),
    ) -> Self {
        let (turn, waits_over, given_up) = (Mutex::default(), AtomicU64::new(0), OnceLock::new());
        Self { source, hearing: source.until(cancel), cancel, told, turn, waits_over, limit: None, given_up }
    }

    /// Returns the source, whose calls end with `Cancelled` when the user stops.
    pub(crate) fn source(&self) -> &dyn Source {
        self.hearing.as_deref().unwrap_or(self.source)
    }

    /// Waits no longer than this each time; then what it waited for is the error. `None` is for as long as it takes.
    #[must_use]
    pub fn at_most(self, limit: Option<Duration>) -> Self {
        Self { limit, ..self }
    }

    /// Makes a call, unless the user wants no more, and makes it again whenever it said `Locked` and the phone was unlocked since. Ends with `Cancelled` when
    /// the user no longer wants to wait, and with what the phone says when it is gone meanwhile.
    pub fn outlast<T>(&self, call: impl FnMut() -> Result<T, SourceError>) -> Result<T, SourceError> {
        self.outlast_until(self.cancel, call)
    }

    /// Does the same for a part of the work, which ends with the whole or by itself.
    fn outlast_until<T>(
        &self,
        part: &CancelFlag,
        mut call: impl FnMut() -> Result<T, SourceError>,
    ) -> Result<T, SourceError> {
        loop {
            unless_cancelled(part)?;
            let before = self.waits_over.load(Ordering::Acquire);
            match call() {
                Err(locked @ SourceError::Locked(_)) => self.wait(&locked, before, part)?,
                result => return result,
            }
        }
    }

    /// Waits, unless another thread has done so since there were so many waits.
    fn wait(&self, locked: &SourceError, before: u64, part: &CancelFlag) -> Result<(), SourceError> {
        let _turn = self.turn(part)?;
        if let Some(reason) = self.given_up.get() {
            return Err(reason.clone());
        }
        if self.limit == Some(Duration::ZERO) {
            return Err(locked.clone());
        }
        if self.waits_over.load(Ordering::Acquire) != before {
            return Ok(());
        }
        (self.told)(Some(locked));
        let result = self.until_unlocked(locked, part);
        match &result {
            // The others wait for what is theirs.
            Err(SourceError::Cancelled) if !self.cancel.is_cancelled() => (self.told)(None),
            Err(reason) => drop(self.given_up.set(reason.clone())),
            Ok(()) => (self.told)(None),
        }
        // Those who wait for this one find out for themselves how it ended.
        self.waits_over.fetch_add(1, Ordering::Release);
        result
    }

    /// Waits until no other thread waits for the phone.
    fn turn(&self, part: &CancelFlag) -> Result<MutexGuard<'_, ()>, SourceError> {
        loop {
            unless_cancelled(part)?;
            match self.turn.try_lock() {
                Ok(turn) => return Ok(turn),
                Err(TryLockError::Poisoned(turn)) => return Ok(turn.into_inner()),
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK_EVERY),
            }
        }
    }

    fn until_unlocked(&self, locked: &SourceError, part: &CancelFlag) -> Result<(), SourceError> {
        let (begun, mut silences) = (Instant::now(), 0);
        loop {
            if self.limit.is_some_and(|limit| begun.elapsed() >= limit) {
                return Err(locked.clone());
            }
            pause(part)?;
            match self.source().is_locked() {
                Ok(false) => return Ok(()),
                Ok(true) => silences = 0,
                Err(SourceError::TimedOut(_)) if silences < MOST_SILENCES => silences += 1,
                Err(error) => return Err(error),
            }
        }
    }

    pub(crate) fn stat(&self, path: &SourcePath) -> Result<Fingerprint, SourceError> {
        self.outlast(|| self.source().stat(path))
    }

    /// Has the source hash a file, for as long as that part of the work is wanted.
    pub(crate) fn hash(&self, file: &Fingerprint, part: &CancelFlag) -> Result<Option<SourceHash>, SourceError> {
        let hearing = self.source.until(part);
        let source = hearing.as_deref().unwrap_or(self.source);
        self.outlast_until(part, || source.hash(file))
    }

    pub(crate) fn open<'b>(&'b self, path: &'b SourcePath) -> Result<PatientReader<'b>, SourceError> {
        let reader = self.outlast(|| self.source().open(path))?;
        Ok(PatientReader { patience: self, path, size: reader.size(), reader: Some(reader) })
    }
}

fn unless_cancelled(part: &CancelFlag) -> Result<(), SourceError> {
    if part.is_cancelled() { Err(SourceError::Cancelled) } else { Ok(()) }
}

fn pause(part: &CancelFlag) -> Result<(), SourceError> {
    let begun = Instant::now();
    while begun.elapsed() < ASK_EVERY {
        unless_cancelled(part)?;
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

/// An open file that is opened once more after the phone was locked: connections and handles do not outlast that.
pub(crate) struct PatientReader<'a> {
    patience: &'a Patience<'a>,
    path: &'a SourcePath,
    size: u64,
    reader: Option<Box<dyn ResourceReader>>,
}

impl PatientReader<'_> {
    /// Returns the size in bytes that the source reported when it was opened first.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Reads on where the reading was when the phone was locked. What was read before it stays valid as long as the file is
    /// the same afterwards, which is for the caller to look at, as without a wait.
    pub(crate) fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        let patience = self.patience;
        patience.outlast(|| {
            let mut reader = match self.reader.take() {
                Some(reader) => reader,
                None => self.opened_again()?,
            };
            // A reader is of no use after an error, and holds nothing open while its phone is waited for.
            let bytes = reader.read_at(offset, length)?;
            self.reader = Some(reader);
            Ok(bytes)
        })
    }

    /// See [`ResourceReader::take_back`].
    pub(crate) fn take_back(&mut self, bytes: Vec<u8>) {
        if let Some(reader) = &mut self.reader {
            reader.take_back(bytes);
        }
    }

    fn opened_again(&self) -> Result<Box<dyn ResourceReader>, SourceError> {
        let reader = self.patience.source().open(self.path)?;
        if reader.size() != self.size {
            let reason = "it changed while the phone was locked".to_owned();
            return Err(SourceError::Unreadable { path: self.path.to_string(), reason });
        }
        Ok(reader)
    }
}
