//! From the source to a verified copy that has no name yet: copy, flush, read back, ask the source.

use crate::ImportNews;
use crate::copy::{CopiedFile, Copier, CopyFailure};
use crate::hashing::pending_hash;
use crate::witness::Testimony;
use domain::{Asset, CaptureTime, Evidence, ReadBackGrade, TimeProvenance};
use jiff::tz::TimeZone;

/// An asset that was read back and found equal.
pub(crate) struct Verified<'a> {
    pub(crate) item: u32,
    pub(crate) asset: &'a Asset,
    pub(crate) files: Vec<VerifiedFile<'a>>,
}

pub(crate) struct VerifiedFile<'a> {
    pub(crate) copied: CopiedFile<'a>,
    pub(crate) grade: ReadBackGrade,
    pub(crate) evidence: Evidence,
}

/// Makes verified copies; several may be made at once.
pub(crate) struct Fetcher<'a> {
    pub(crate) copier: &'a Copier<'a>,
    /// The computer's zone, for times without an offset.
    pub(crate) zone: &'a TimeZone,
}

impl Fetcher<'_> {
    /// Copies an asset and checks the copies; what does not pass is copied once more. A failed flush is never repeated on
    /// the same file, for the system may have dropped the bytes. On an error nothing of the asset stays behind.
    pub(crate) fn fetch<'a>(&self, item: u32, asset: &'a Asset) -> Result<Verified<'a>, CopyFailure> {
        let copied = self.copier.copy(asset)?;
        let counted = copied.iter().map(|f| f.file.bytes).fold(0, u64::saturating_add);
        match self.check(asset, copied) {
            Ok(files) => return Ok(Verified { item, asset, files }),
            Err(failure) if !is_worth_a_fresh_copy(&failure) => return Err(failure),
            Err(_) => {}
        }
        (self.copier.news)(ImportNews::Again(counted));
        let files = self.check(asset, self.copier.copy(asset)?)?;
        Ok(Verified { item, asset, files })
    }

    /// Flushes each file, reads it back from the medium, and asks the source where it can be asked.
    fn check<'a>(&self, asset: &Asset, mut copied: Vec<CopiedFile<'a>>) -> Result<Vec<VerifiedFile<'a>>, CopyFailure> {
        for file in &mut copied {
            let taken = file_time(asset, file);
            let modified_ns = match taken.provenance {
                TimeProvenance::FileTime => file.file.modified_ns,
                _ => taken.instant_ns(self.zone),
            };
            file.pending.seal(modified_ns)?;
        }
        copied.into_iter().map(|file| self.check_file(file)).collect()
    }

    fn check_file<'a>(&self, mut copied: CopiedFile<'a>) -> Result<VerifiedFile<'a>, CopyFailure> {
        let (hash, grade) = pending_hash(copied.pending.as_mut())?;
        if hash != copied.hash {
            return Err(CopyFailure::Medium);
        }
        match self.copier.witness.ask(&copied.file, hash, copied.sha1)? {
            Testimony::Agrees(evidence) => Ok(VerifiedFile { copied, grade, evidence }),
            Testimony::Differs => Err(CopyFailure::Source),
        }
    }
}

/// A drive that erred may do better with a fresh file. A source that cannot be asked was tried often enough below.
fn is_worth_a_fresh_copy(failure: &CopyFailure) -> bool {
    match failure {
        CopyFailure::Medium | CopyFailure::Source => true,
        CopyFailure::Import(crate::ImportError::Destination(error)) => !error.ends_everything(),
        CopyFailure::Import(_) | CopyFailure::Changed(_) => false,
    }
}

/// A file's own time, or its asset's.
fn file_time(asset: &Asset, file: &CopiedFile<'_>) -> CaptureTime {
    file.resource.taken.unwrap_or(asset.taken)
}
