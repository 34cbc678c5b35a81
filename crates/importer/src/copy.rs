//! From the source into a pending file. Nothing is trusted: not the size, not the end of the file.

use crate::hashing::ContentHasher;
use crate::patience::Patience;
use crate::witness::Witness;
use crate::{ImportError, ImportNews};
use domain::{
    Asset, Availability, CancelFlag, Capacity, ContentHash, Destination, DestinationError, FailureCode, Fingerprint,
    PendingFile, Resource, SessionId, SourceError, StagingName,
};
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes asked of the source at a time, at most; it gives as many as suit it.
const BLOCK: usize = 4 << 20;
/// How often a file is tried that could not be read or changed meanwhile.
const ATTEMPTS: u32 = 2;
/// Longest path at a source, in bytes; no file system has longer ones. A manifest's line must hold it.
const LONGEST_PATH: usize = 4096;
const DISAGREES: &str = "the phone says that its file has other bytes than it sent, twice: try another cable or port";
const MISMATCH: &str = "what the drive gave back is not what was written, twice: do not trust this drive or its cable";

/// One staged file: complete as far as the source goes, not verified yet.
pub(crate) struct CopiedFile<'a> {
    pub(crate) resource: &'a Resource,
    /// As the source reported it when it was copied; may differ from what was listed.
    pub(crate) file: Fingerprint,
    pub(crate) staging: StagingName,
    pub(crate) pending: Box<dyn PendingFile>,
    /// Of the bytes as they came. `None` where the source's own hash is held against what the drive gives back: that says
    /// the same and more.
    pub(crate) arrived: Option<ContentHash>,
}

/// Whether bytes are hashed as they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnArrival {
    /// Where nothing else tells whether the drive kept them.
    IfNeeded,
    /// In any case, to learn whether source or drive is to blame.
    Hashed,
}

/// Why there is no verified copy of an asset.
#[derive(Debug)]
pub(crate) enum CopyFailure {
    /// Source or destination said no.
    Import(ImportError),
    /// The file was being changed.
    Changed(String),
    /// The drive gave other bytes back than were written.
    Medium,
    /// The source says that it has other bytes than it sent.
    Source,
}

impl CopyFailure {
    pub(crate) fn code(&self) -> FailureCode {
        match self {
            Self::Import(e) => e.code(),
            Self::Changed(_) => FailureCode::SourceChanged,
            Self::Medium | Self::Source => FailureCode::VerifyMismatch,
        }
    }

    pub(crate) fn ends_everything(&self) -> bool {
        matches!(self, Self::Import(e) if e.ends_everything())
    }

    pub(crate) fn message(&self) -> String {
        match self {
            Self::Import(e) => e.to_string(),
            Self::Changed(path) => format!("{path} changed while it was copied: import it again when it is at rest"),
            Self::Medium => MISMATCH.to_owned(),
            Self::Source => DISAGREES.to_owned(),
        }
    }
}

impl From<ImportError> for CopyFailure {
    fn from(error: ImportError) -> Self {
        Self::Import(error)
    }
}

impl From<SourceError> for CopyFailure {
    fn from(error: SourceError) -> Self {
        Self::Import(error.into())
    }
}

impl From<DestinationError> for CopyFailure {
    fn from(error: DestinationError) -> Self {
        Self::Import(error.into())
    }
}

/// Copies files out of a source into a destination's staging.
pub(crate) struct Copier<'a> {
    pub(crate) source: &'a Patience<'a>,
    pub(crate) destination: &'a dyn Destination,
    pub(crate) session: &'a SessionId,
    pub(crate) cancel: &'a CancelFlag,
    pub(crate) news: &'a (dyn Fn(ImportNews<'_>) + Sync),
    pub(crate) capacity: Capacity,
    pub(crate) witness: &'a Witness<'a>,
    pub(crate) staged: AtomicU64,
}

impl Copier<'_> {
    /// Copies all files of an asset. On an error nothing of it stays behind.
    pub(crate) fn copy<'a>(&self, asset: &'a Asset, on_arrival: OnArrival) -> Result<Vec<CopiedFile<'a>>, CopyFailure> {
        asset.files().map(|r| self.copy_file(r, on_arrival)).collect()
    }

    /// Names the next file in staging.
    pub(crate) fn next_staging(&self) -> StagingName {
        StagingName::new(self.session, self.staged.fetch_add(1, Ordering::Relaxed))
    }

    fn copy_file<'a>(&self, resource: &'a Resource, on_arrival: OnArrival) -> Result<CopiedFile<'a>, CopyFailure> {
        let mut file = resource.fingerprint.clone();
        if file.path.as_str().len() > LONGEST_PATH {
            let reason = "its path is too long to be recorded".to_owned();
            return Err(SourceError::Unreadable { path: file.path.file_name().to_owned(), reason }.into());
        }
        // What the listing could not look at was waited for as long as one waits, twice.
        let attempts = if resource.availability == Availability::Missing { 1 } else { ATTEMPTS };
        let mut attempt = 1;
        loop {
            let mut counted = 0;
            match self.attempt(&file, on_arrival, &mut counted) {
                Ok(Attempt::Done { staging, pending, arrived }) => {
                    return Ok(CopiedFile { resource, file, staging, pending, arrived });
                }
                Ok(Attempt::Changed(now)) if attempt < ATTEMPTS => file = now,
                Ok(Attempt::Changed(_)) => return Err(CopyFailure::Changed(file.path.to_string())),
                Err(failure) if attempt < attempts && is_worth_another_try(&failure) => {}
                Err(failure) => return Err(failure),
            }
            (self.news)(ImportNews::Again(counted));
            attempt += 1;
        }
    }

    fn attempt(&self, file: &Fingerprint, on_arrival: OnArrival, counted: &mut u64) -> Result<Attempt, CopyFailure> {
        (self.news)(ImportNews::Copying { name: file.path.file_name() });
        if !self.capacity.can_hold(file.bytes) {
            return Err(DestinationError::TooLarge.into());
        }
        let mut reader = self.source.open(&file.path)?;
        if reader.size() != file.bytes {
            return Ok(Attempt::Changed(self.source.stat(&file.path)?));
        }
        let staging = self.next_staging();
        let mut pending = self.destination.create(&staging, file.bytes)?;
        let hashes = on_arrival == OnArrival::Hashed || !self.witness.wants_sha1();
        let mut hasher = hashes.then(ContentHasher::default);
        while *counted < file.bytes {
            if self.cancel.is_cancelled() {
                return Err(SourceError::Cancelled.into());
            }
            let wanted = usize::try_from(file.bytes - *counted).unwrap_or(BLOCK).min(BLOCK);
            let block = checked(reader.read_at(*counted, wanted)?, wanted, file, *counted)?;
            if let Some(hasher) = &mut hasher {
                hasher.update(&block);
            }
            pending.write(&block)?;
            *counted += block.len() as u64;
            (self.news)(ImportNews::Bytes(block.len() as u64));
            reader.take_back(block);
        }
        drop(reader);
        let now = self.source.stat(&file.path)?;
        if now != *file {
            return Ok(Attempt::Changed(now));
        }
        Ok(Attempt::Done { staging, pending, arrived: hasher.map(|hasher| hasher.finish()) })
    }
}

enum Attempt {
    Done { staging: StagingName, pending: Box<dyn PendingFile>, arrived: Option<ContentHash> },
    Changed(Fingerprint),
}

/// An empty block before the end, or more than was asked for, is a source that lies.
fn checked(block: Vec<u8>, wanted: usize, file: &Fingerprint, at: u64) -> Result<Vec<u8>, SourceError> {
    let unreadable = |reason| SourceError::Unreadable { path: file.path.to_string(), reason };
    match block.len() {
        0 => Err(unreadable(format!("it ended after {at} of {} bytes", file.bytes))),
        length if length > wanted => Err(unreadable("more bytes came than were asked for".into())),
        _ => Ok(block),
    }
}

/// A second try helps against a hiccup of the cable, not against a file that is gone or a drive that is full.
fn is_worth_another_try(failure: &CopyFailure) -> bool {
    matches!(
        failure,
        CopyFailure::Import(ImportError::Source(SourceError::Unreadable { .. } | SourceError::Nonsense(..)))
    )
}
