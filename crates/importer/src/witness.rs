//! Does the source agree that these are its bytes? Reading back proves that the drive kept what came over the cable; only the
//! source can say whether that is what it has. Phones have been seen to send wrong bytes without an error.

use crate::hashing::ContentHasher;
use crate::patience::Patience;
use domain::{Availability, CancelFlag, ContentHash, Evidence, Fingerprint, ImportPlan, SourceError, SourceHash};
use sha1::{Digest, Sha1};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How sure the user wants to be where the source cannot hash its own files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Thoroughness {
    /// The copy is read back from its drive.
    #[default]
    ReadBack,
    /// The source is read a second time as well.
    SecondRead,
}

/// Bytes read from the source at a time.
const BLOCK: usize = 1 << 20;
/// As many files must arrive other than the source hashes them before its hashes are taken for something else.
const PROBES: usize = 3;
/// Files tried at most: some may be unreadable, which says nothing about hashes.
const CANDIDATES: usize = 12;
/// Largest of them, in bytes: finding out must not take long.
const LARGEST_PROBE: u64 = 64 << 20;
/// It may take one at a time, and then begins the next while the answer to the last is on its way. A phone has as many
/// connections for it (`HASHING` in crates/iphone).
const HASHES_AT_ONCE: usize = 2;
/// So many files in a row that the source has no hash of, and it is not asked any more: waiting for an answer that does not
/// come takes it half a minute each time.
const SILENCES: usize = 2;

/// How soon it is heard that an answer is not wanted any more.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What the source says of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Testimony {
    /// The copy is right, by this evidence.
    Agrees(Evidence),
    /// The source has other bytes.
    Differs,
}

/// Whether it is known that the drive kept what came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It gave back what came.
    Proven,
    /// Only the source can tell.
    Unknown,
}

/// Asks the source about copies, in the way that was found to work.
pub(crate) struct Witness<'a> {
    source: &'a Patience<'a>,
    cancel: &'a CancelFlag,
    /// Whether it was found to hash its files.
    hashes: bool,
    /// What is done where it does not.
    otherwise: Thoroughness,
    /// How many it had no hash of since it last had one.
    silences: AtomicUsize,
    /// How many more it can be asked for now. Whoever waits need not wait for an answer as well when none came to those before.
    free: Mutex<usize>,
    freed: Condvar,
}

/// Taken while the source is asked for a hash.
struct Turn<'a>(&'a Witness<'a>);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

/// What the source says of one file's hash.
pub(crate) enum Told {
    Sha1([u8; 20]),
    Nothing,
    NotAsked,
}

/// What one file says about the source's hashes.
enum Probe {
    Agrees,
    Differs,
    Unreadable,
    Refused,
}

impl<'a> Witness<'a> {
    /// Finds out, on some of the smallest files it has, whether the source hashes its files and its hashes are what they
    /// should be. Errors when the source goes away meanwhile.
    pub(crate) fn find(
        source: &'a Patience<'a>,
        plan: &ImportPlan,
        wanted: Thoroughness,
        cancel: &'a CancelFlag,
    ) -> Result<Self, SourceError> {
        let (silences, free, freed) = (AtomicUsize::new(0), Mutex::new(HASHES_AT_ONCE), Condvar::new());
        let mut witness = Self { source, cancel, hashes: false, otherwise: wanted, silences, free, freed };
        let mut differing = 0;
        for file in probes(plan) {
            match witness.probe(file)? {
                Probe::Agrees => {
                    witness.hashes = true;
                    return Ok(witness);
                }
                Probe::Differs => differing += 1,
                Probe::Unreadable => {}
                Probe::Refused => return Ok(witness),
            }
            if differing == PROBES {
                break;
            }
        }
        Ok(witness)
    }

    fn probe(&self, file: &Fingerprint) -> Result<Probe, SourceError> {
        let told = match self.source.hash(file, self.cancel) {
            Ok(Some(SourceHash::Sha1(told))) => told,
            Ok(None) => return Ok(Probe::Refused),
            Err(error) if error.ends_everything() => return Err(error),
            Err(_) => return Ok(Probe::Unreadable),
        };
        let mut sha1 = Sha1::new();
        match self.read(file, &mut |block| sha1.update(block)) {
            Ok(()) if sha1.finalize()[..] == told => Ok(Probe::Agrees),
            Ok(()) => Ok(Probe::Differs),
            Err(error) if error.ends_everything() => Err(error),
            Err(_) => Ok(Probe::Unreadable),
        }
    }

    /// Tells whether the source is asked for hashes, and what the drive gives back must be hashed the same way.
    pub(crate) fn wants_sha1(&self) -> bool {
        self.hashes && !self.is_silent()
    }

    fn is_silent(&self) -> bool {
        self.silences.load(Ordering::Relaxed) >= SILENCES
    }

    /// Has the source hash a file, unless it had nothing to say to the last ones. Ends with `Cancelled` when that part of the
    /// work is not wanted any more.
    pub(crate) fn told(&self, file: &Fingerprint, part: &CancelFlag) -> Result<Told, SourceError> {
        let _turn = self.turn(part)?;
        if self.is_silent() {
            return Ok(Told::NotAsked);
        }
        match self.source.hash(file, part)? {
            Some(SourceHash::Sha1(told)) => {
                self.silences.store(0, Ordering::Relaxed);
                Ok(Told::Sha1(told))
            }
            None => Ok(Told::Nothing),
        }
    }

    /// Waits until the source can be asked for one more.
    fn turn(&self, part: &CancelFlag) -> Result<Turn<'_>, SourceError> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free == 0 {
            if part.is_cancelled() {
                return Err(SourceError::Cancelled);
            }
            free = self.freed.wait_timeout(free, LOOK_EVERY).unwrap_or_else(PoisonError::into_inner).0;
        }
        *free -= 1;
        Ok(Turn(self))
    }

    /// Judges a copy of which the drive gave back bytes with this hash, and with that one where the source was asked for its
    /// own. A copy of which nothing else is known is held against the source in any case.
    pub(crate) fn judge(
        &self,
        file: &Fingerprint,
        (hash, kept): (ContentHash, Kept),
        asked: Option<(Result<Told, SourceError>, [u8; 20])>,
    ) -> Result<Testimony, SourceError> {
        match asked {
            Some((Ok(Told::Sha1(told)), ours)) if told == ours => Ok(Testimony::Agrees(Evidence::PhoneHash)),
            Some((Ok(Told::Sha1(_)), _)) => Ok(Testimony::Differs),
            Some((Err(error), _)) if error.ends_everything() => Err(error),
            // That it cannot be hashed is no reason to lose a copy of it. Only where there is a copy it says something of hashes.
            Some((Ok(Told::Nothing), _)) => {
                self.silences.fetch_add(1, Ordering::Relaxed);
                self.read_again(file, hash)
            }
            Some((Err(_), _)) => self.read_again(file, hash),
            Some((Ok(Told::NotAsked), _)) | None => match self.otherwise {
                Thoroughness::ReadBack if kept == Kept::Proven => Ok(Testimony::Agrees(Evidence::ReadBack)),
                _ => self.read_again(file, hash),
            },
        }
    }

    fn read_again(&self, file: &Fingerprint, hash: ContentHash) -> Result<Testimony, SourceError> {
        let mut hasher = ContentHasher::default();
        self.read(file, &mut |block| hasher.update(block))?;
        let same = hasher.finish() == hash;
        Ok(if same { Testimony::Agrees(Evidence::SecondRead) } else { Testimony::Differs })
    }

    fn read(&self, file: &Fingerprint, sink: &mut dyn FnMut(&[u8])) -> Result<(), SourceError> {
        let mut reader = self.source.open(&file.path)?;
        let mut at = 0;
        while at < file.bytes {
            if self.cancel.is_cancelled() {
                return Err(SourceError::Cancelled);
            }
            let wanted = usize::try_from(file.bytes - at).unwrap_or(BLOCK).min(BLOCK);
            let block = reader.read_at(at, wanted)?;
            if block.is_empty() || block.len() > wanted {
                let reason = format!("it ended after {at} of {} bytes", file.bytes);
                return Err(SourceError::Unreadable { path: file.path.to_string(), reason });
            }
            sink(&block);
            at += block.len() as u64;
            reader.take_back(block);
        }
        Ok(())
    }
}

/// Also among files that will not be copied: those that will may be the very ones that the source sends wrong, because all
/// others arrived last time.
fn probes(plan: &ImportPlan) -> Vec<&Fingerprint> {
    if plan.imports().next().is_none() {
        return Vec::new();
    }
    let resources = plan.items.iter().flat_map(|item| &item.asset.resources);
    let files = resources.filter(|r| r.availability == Availability::OnDevice).map(|r| &r.fingerprint);
    let mut small: Vec<&Fingerprint> = files.filter(|f| (1..=LARGEST_PROBE).contains(&f.bytes)).collect();
    let count = CANDIDATES.min(small.len());
    if count > 0 && count < small.len() {
        small.select_nth_unstable_by_key(count - 1, |f| f.bytes);
    }
    small.truncate(count);
    small.sort_unstable_by_key(|f| f.bytes);
    small
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ScanRequest, Selection, plan, scan};
    use domain::{Source as _, SourcePath};
    use jiff::tz::TimeZone;
    use sources::memory::MemorySource;

    fn hashes(source: &MemorySource) -> bool {
        let cancel = CancelFlag::default();
        let request = ScanRequest { source, facts: None, presence: None, zone: &TimeZone::UTC, cancel: &cancel };
        let report = scan(&request, &mut |_| {}).unwrap();
        let plan = plan(report.assets.into_iter().map(|s| (s.asset, s.library_path)), &Selection::AllNew);
        let patience = Patience::new(source, &cancel, &|_| {});
        Witness::find(&patience, &plan, Thoroughness::ReadBack, &cancel).unwrap().hashes
    }

    /// Ten files, each a byte longer than the one before, of which so many are hashed wrongly.
    fn source(wrong: usize) -> MemorySource {
        (0..10).fold(MemorySource::new("iphone:test"), |source, number| {
            let (path, bytes) = (format!("/a/{number}.JPG"), vec![number as u8; number + 1]);
            let hashed = if number < wrong { Sha1::digest(b"other") } else { Sha1::digest(&bytes) };
            source.with_file(&path, bytes, 0).with_hash(&path, hashed.into())
        })
    }

    #[test]
    fn one_file_that_agrees_is_enough_and_three_that_differ() {
        assert_eq!([0, 1, 2, 3].map(|wrong| hashes(&source(wrong))), [true, true, true, false]);
    }

    #[test]
    fn a_file_that_cannot_be_hashed_is_read_again() {
        let source = MemorySource::new("iphone:test").with_file("/a/1.JPG", b"one", 0);
        let (file, cancel) = (source.stat(&SourcePath::new("/a/1.JPG")).unwrap(), CancelFlag::default());
        let patience = Patience::new(&source, &cancel, &|_| {});
        let witness = witness(&patience, &cancel, Thoroughness::ReadBack);
        let ask = |bytes: &[u8]| {
            let mut hasher = ContentHasher::default();
            hasher.update(bytes);
            let asked = (witness.told(&file, &cancel), Sha1::digest(bytes).into());
            witness.judge(&file, (hasher.finish(), Kept::Unknown), Some(asked))
        };
        source.fail_hash("/a/1.JPG", SourceError::Unreadable { path: "1".into(), reason: "status 7".into() });
        assert_eq!(ask(b"one"), Ok(Testimony::Agrees(Evidence::SecondRead)));
        assert_eq!(ask(b"two"), Ok(Testimony::Differs));
        source.fail_hash("/a/1.JPG", SourceError::Unplugged("phone".into()));
        assert_eq!(ask(b"one"), Err(SourceError::Unplugged("phone".into())));
    }

    fn witness<'a>(source: &'a Patience<'a>, cancel: &'a CancelFlag, otherwise: Thoroughness) -> Witness<'a> {
        Witness {
            source,
            cancel,
            hashes: true,
            otherwise,
            silences: AtomicUsize::new(0),
            free: Mutex::new(HASHES_AT_ONCE),
            freed: Condvar::new(),
        }
    }

    #[test]
    fn a_source_that_has_no_hash_of_two_files_in_a_row_is_asked_no_more() {
        let files = (0..6).fold(MemorySource::new("iphone:test"), |source, number| {
            source.with_file(&format!("/a/{number}.JPG"), b"one", 0)
        });
        let has = |source: MemorySource, number: usize| {
            source.with_hash(&format!("/a/{number}.JPG"), Sha1::digest(b"one").into())
        };
        let source = [0, 2, 5].into_iter().fold(files, has);
        let cancel = CancelFlag::default();
        let patience = Patience::new(&source, &cancel, &|_| {});
        let mut hasher = ContentHasher::default();
        hasher.update(b"one");
        let hash = hasher.finish();
        for (otherwise, kept, evidence) in [
            (Thoroughness::ReadBack, Kept::Proven, Evidence::ReadBack),
            (Thoroughness::ReadBack, Kept::Unknown, Evidence::SecondRead),
            (Thoroughness::SecondRead, Kept::Proven, Evidence::SecondRead),
        ] {
            let witness = witness(&patience, &cancel, otherwise);
            let given = (0..6).map(|number| {
                let file = source.stat(&SourcePath::new(format!("/a/{number}.JPG"))).unwrap();
                let asked = witness.wants_sha1().then(|| (witness.told(&file, &cancel), Sha1::digest(b"one").into()));
                match witness.judge(&file, (hash, kept), asked).unwrap() {
                    Testimony::Agrees(evidence) => evidence,
                    Testimony::Differs => panic!("they are the same"),
                }
            });
            use Evidence::{PhoneHash, SecondRead};
            let expected = [PhoneHash, SecondRead, PhoneHash, SecondRead, SecondRead, evidence];
            assert_eq!(given.collect::<Vec<_>>(), expected, "{otherwise:?}");
        }
    }

    #[test]
    fn files_that_cannot_be_read_say_nothing_about_hashes() {
        let source = source(2);
        for number in 2..9 {
            let path = format!("/a/{number}.JPG");
            source.fail_read(&path, SourceError::Unreadable { path: path.clone(), reason: "status 20".into() });
        }
        assert!(hashes(&source));
    }
}
