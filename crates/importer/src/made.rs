//! A file that is no copy but was made, on its way: staged, flushed, read back and compared with what was written.

use crate::copy::{Copier, CopyFailure};
use crate::hashing::{ContentHasher, pending_hash};
use domain::{ContentHash, Derivation, PendingFile, ReadBackGrade, ResourceRole, StagingName};

/// A file that was made, read back and found equal to what was written.
pub(crate) struct Made {
    pub(crate) name: String,
    pub(crate) role: ResourceRole,
    pub(crate) staged: Staged,
    pub(crate) derivation: Derivation,
    /// What of the photo's metadata is not in it, in sentences.
    pub(crate) lost: Vec<String>,
}

/// Its bytes in staging.
pub(crate) struct Staged {
    pub(crate) staging: StagingName,
    pub(crate) pending: Box<dyn PendingFile>,
    pub(crate) bytes: u64,
    pub(crate) hash: ContentHash,
    pub(crate) grade: ReadBackGrade,
}

/// Why a file was not made of a photo.
pub(crate) enum NotMade {
    /// It alone could not be; a sentence.
    Warning(String),
    /// The drive takes nothing more. The photo is not imported either: it would count as such, for ever without this file.
    Failure(CopyFailure),
}

impl NotMade {
    /// Tells apart what a file could not be written for.
    pub(crate) fn written(failure: CopyFailure, said: impl FnOnce(String) -> String) -> Self {
        if failure.ends_everything() { Self::Failure(failure) } else { Self::Warning(said(failure.message())) }
    }
}

/// How often a file that was made is written when the drive gives other bytes back.
const ATTEMPTS: u32 = 2;

/// Writes a file into staging, flushes it, reads it back and compares.
pub(crate) fn stage(copier: &Copier<'_>, bytes: &[u8], modified_ns: i64) -> Result<Staged, CopyFailure> {
    let mut hasher = ContentHasher::default();
    hasher.update(bytes);
    let hash = hasher.finish();
    for _ in 0..ATTEMPTS {
        let staging = copier.next_staging();
        let mut pending = copier.destination.create(&staging, bytes.len() as u64)?;
        pending.write(bytes)?;
        pending.seal(modified_ns)?;
        let (found, grade) = pending_hash(pending.as_mut(), copier.cancel)?;
        if found == hash {
            return Ok(Staged { staging, pending, bytes: bytes.len() as u64, hash, grade });
        }
    }
    Err(CopyFailure::Medium)
}
