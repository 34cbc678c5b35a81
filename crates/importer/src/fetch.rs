//! From the source to a verified copy that has no name yet: copy, flush, read back, ask the source; then to what is made of it.

use crate::ImportNews;
use crate::convert::Converting;
use crate::copy::{CopiedFile, Copier, CopyFailure, OnArrival};
use crate::hashing::{ReadBack, Wanted, read_back};
use crate::made::{Made, NotMade};
use crate::presence::copy_with_content;
use crate::sidecar;
use crate::witness::{Kept, Testimony, Told};
use catalog::Catalog;
use domain::{
    Asset, Availability, CancelFlag, CaptureTime, ContentHash, Evidence, ReadBackGrade, Repeats, Resource, Sidecars,
    SourceError, TimeProvenance,
};
use jiff::tz::TimeZone;
use std::thread::ScopedJoinHandle;

/// An asset that was read back and found equal.
pub(crate) struct Verified<'a> {
    pub(crate) item: u32,
    pub(crate) asset: &'a Asset,
    pub(crate) files: Vec<VerifiedFile<'a>>,
    /// In step with `files`: what was made of each.
    pub(crate) made: Vec<Option<Made>>,
    /// What was written of the asset as a whole.
    pub(crate) sidecar: Option<Box<Made>>,
}

pub(crate) struct VerifiedFile<'a> {
    pub(crate) copied: CopiedFile<'a>,
    /// Of what the drive gave back.
    pub(crate) hash: ContentHash,
    pub(crate) grade: ReadBackGrade,
    pub(crate) evidence: Evidence,
}

/// Makes verified copies; several may be made at once.
pub(crate) struct Fetcher<'a> {
    pub(crate) copier: &'a Copier<'a>,
    /// The computer's zone, for times without an offset.
    pub(crate) zone: &'a TimeZone,
    /// What is to be made of photos, if anything.
    pub(crate) converting: Option<Converting<'a>>,
    /// Whether sidecars are written.
    pub(crate) sidecars: Sidecars,
    /// The catalog: of what the library has by content nothing is made.
    pub(crate) catalog: &'a Catalog,
    /// What becomes of photos that the library has.
    pub(crate) repeats: Repeats,
}

/// A verified file, with its bytes where something may be made of them.
type Checked<'a> = (VerifiedFile<'a>, Option<Vec<u8>>);

impl Fetcher<'_> {
    /// Copies an asset and checks the copies; what does not pass is copied once more. A failed flush is never repeated on
    /// the same file, for the system may have dropped the bytes. On an error nothing of the asset stays behind.
    pub(crate) fn fetch<'a>(&self, item: u32, asset: &'a Asset) -> Result<Verified<'a>, CopyFailure> {
        let (counted, checked) = self.copied_and_checked(asset, OnArrival::IfNeeded, Kept::Proven)?;
        let believed = match checked {
            Ok(checked) => return self.with_made(item, asset, checked),
            Err(failure) if !is_worth_a_fresh_copy(&failure) => return Err(failure),
            // What it sends is not believed any more for being kept well.
            Err(CopyFailure::Source) => Kept::Unknown,
            Err(_) => Kept::Proven,
        };
        (self.copier.news)(ImportNews::Again(counted));
        let (_, checked) = self.copied_and_checked(asset, OnArrival::Hashed, believed)?;
        self.with_made(item, asset, checked?)
    }

    /// Copies an asset, which errors for good, and returns how many bytes came, and what the check of the copies found. Where
    /// the source hashes its files, it does so meanwhile: that may take it as long. `believed` is what is known of a copy that
    /// the drive gave back as it came.
    fn copied_and_checked<'a>(
        &self,
        asset: &'a Asset,
        on_arrival: OnArrival,
        believed: Kept,
    ) -> Result<(u64, Result<Vec<Checked<'a>>, CopyFailure>), CopyFailure> {
        let (witness, part) = (self.copier.witness, self.copier.cancel.of_part());
        let told_early = |file: &Resource| match file.availability {
            // It turns out to be another one if it is there after all.
            Availability::Missing => Ok(Told::NotAsked),
            _ => witness.told(&file.fingerprint, &part),
        };
        std::thread::scope(|scope| {
            let ask = || asset.files().map(told_early).collect();
            // Without a thread it is not asked, and what is then done is done for all.
            let asking =
                witness.wants_sha1().then(|| std::thread::Builder::new().spawn_scoped(scope, ask).ok()).flatten();
            let checked = self.copier.copy(asset, on_arrival).map(|copied| {
                let counted = copied.iter().map(|f| f.file.bytes).fold(0, u64::saturating_add);
                (counted, self.check(asset, (copied, believed), asking, &part))
            });
            if !matches!(checked, Ok((_, Ok(_)))) {
                // Nobody waits for an answer about a copy that is lost.
                part.cancel();
            }
            checked
        })
    }

    /// Makes what is wanted of the photos of a verified asset. Errors when the user stops the import, or when the drive takes
    /// nothing more: an asset without what was to be made of it would count as imported.
    fn with_made<'a>(
        &self,
        item: u32,
        asset: &'a Asset,
        checked: Vec<Checked<'a>>,
    ) -> Result<Verified<'a>, CopyFailure> {
        let makes = self.converting.is_some() || self.sidecars == Sidecars::Written;
        let known = makes && self.repeats == Repeats::Dropped && self.is_known(&checked)?;
        let (mut files, mut made) = (Vec::with_capacity(checked.len()), Vec::with_capacity(checked.len()));
        for (file, bytes) in checked {
            if bytes.is_some() && self.copier.cancel.is_cancelled() {
                return Err(SourceError::Cancelled.into());
            }
            made.push(match bytes.filter(|_| !known) {
                Some(bytes) => self.make((item, asset), &file, &bytes)?,
                None => None,
            });
            files.push(file);
        }
        let sidecar = match self.sidecars {
            // A smaller picture gives way to its original, and a sidecar would stay.
            Sidecars::Written if !known && !asset.is_rendition() => {
                self.sidecar((item, asset), files.first().zip(made.first()))?.map(Box::new)
            }
            _ => None,
        };
        Ok(Verified { item, asset, files, made, sidecar })
    }

    /// Tells whether the library has all these bytes now: then nothing will be filed.
    fn is_known(&self, checked: &[Checked<'_>]) -> Result<bool, CopyFailure> {
        let library = (self.catalog, self.copier.destination);
        for (VerifiedFile { copied, hash, .. }, _) in checked {
            let known = copy_with_content(library, hash, copied.file.bytes);
            if known.map_err(CopyFailure::Import)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn make(
        &self,
        (item, asset): (u32, &Asset),
        file: &VerifiedFile<'_>,
        bytes: &[u8],
    ) -> Result<Option<Made>, CopyFailure> {
        let Some(converting) = self.converting else { return Ok(None) };
        let modified_ns = self.modified_ns(asset, &file.copied);
        self.told((item, asset), converting.make((self.copier, file), (bytes, modified_ns)))
    }

    /// Writes the sidecar of an asset, given its primary file and what was made of that.
    fn sidecar(
        &self,
        (item, asset): (u32, &Asset),
        primary: Option<(&VerifiedFile<'_>, &Option<Made>)>,
    ) -> Result<Option<Made>, CopyFailure> {
        let Some((primary, made)) = primary else { return Ok(None) };
        let in_its_place = made.as_ref().filter(|made| made.derivation.stands_for().is_some());
        let beside = in_its_place.map_or(primary.copied.resource.file_name(), |made| &made.name);
        let modified_ns = self.modified_ns(asset, &primary.copied);
        self.told((item, asset), sidecar::make((self.copier, primary), (asset, modified_ns), beside))
    }

    /// Writes down and tells what could not be made, or not whole.
    fn told(
        &self,
        (item, asset): (u32, &Asset),
        made: Result<Option<Made>, NotMade>,
    ) -> Result<Option<Made>, CopyFailure> {
        let (made, warnings) = match made {
            Ok(mut made) => {
                let lost = made.as_mut().map(|made| std::mem::take(&mut made.lost)).unwrap_or_default();
                (made, lost)
            }
            Err(NotMade::Warning(message)) => (None, vec![message]),
            Err(NotMade::Failure(failure)) => return Err(failure),
        };
        for message in &warnings {
            let written = self.catalog.warn_of(self.copier.session, item, message);
            written.map_err(|error| CopyFailure::Import(error.into()))?;
            (self.copier.news)(ImportNews::Warning { asset, message });
        }
        Ok(made)
    }

    fn modified_ns(&self, asset: &Asset, file: &CopiedFile<'_>) -> i64 {
        let taken = file_time(asset, file);
        match taken.provenance {
            TimeProvenance::FileTime => file.file.modified_ns,
            _ => taken.instant_ns(self.zone),
        }
    }

    /// Flushes each file and reads it back from the medium, then hears what the source has to say, if it is asked.
    fn check<'a>(
        &self,
        asset: &Asset,
        (mut copied, believed): (Vec<CopiedFile<'a>>, Kept),
        asking: Option<ScopedJoinHandle<'_, Vec<Result<Told, SourceError>>>>,
        part: &CancelFlag,
    ) -> Result<Vec<Checked<'a>>, CopyFailure> {
        let gave_back = self.read_back(asset, &mut copied, asking.is_some())?;
        let told = asking.map(|asking| asking.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        let told = told.unwrap_or_default().into_iter().map(Some).chain(std::iter::repeat_with(|| None));
        let files = copied.into_iter().zip(gave_back).zip(told);
        files
            .map(|((file, gave_back), told)| {
                // It may have been asked about what the file was before.
                let is_the_same = file.file == file.resource.fingerprint;
                let told = told.map(|told| if is_the_same { told } else { self.copier.witness.told(&file.file, part) });
                let kept = if file.arrived.is_some() { believed } else { Kept::Unknown };
                self.judge((file, kept), gave_back, told)
            })
            .collect()
    }

    fn read_back(
        &self,
        asset: &Asset,
        copied: &mut [CopiedFile<'_>],
        sha1: bool,
    ) -> Result<Vec<ReadBack>, CopyFailure> {
        for file in &mut *copied {
            let modified_ns = self.modified_ns(asset, file);
            file.pending.seal(modified_ns)?;
        }
        let gave_back = copied.iter_mut().map(|file| {
            let bytes = self.converting.is_some_and(|converting| converting.may_want(file));
            let gave_back = read_back(file.pending.as_mut(), Wanted { sha1, bytes }, self.copier.cancel)?;
            match file.arrived {
                Some(arrived) if arrived != gave_back.hash => Err(CopyFailure::Medium),
                _ => Ok(gave_back),
            }
        });
        gave_back.collect()
    }

    fn judge<'a>(
        &self,
        (copied, kept): (CopiedFile<'a>, Kept),
        ReadBack { hash, grade, sha1, bytes }: ReadBack,
        told: Option<Result<Told, SourceError>>,
    ) -> Result<Checked<'a>, CopyFailure> {
        match self.copier.witness.judge(&copied.file, (hash, kept), told.zip(sha1))? {
            Testimony::Agrees(evidence) => Ok((VerifiedFile { copied, hash, grade, evidence }, bytes)),
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
