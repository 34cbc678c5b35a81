//! One phone, one library, one computer, and what happens between them in a round.

use crate::dice::Dice;
use crate::mischief::{self, Honesty};
use catalog::{Catalog, SessionRow, SessionStart};
use destinations::LibraryFolder;
use domain::{CancelFlag, Destination, Evidence, LibraryId, SessionId, Source, SourcePath};
use importer::{ImportRun, Presence, ScanRequest, Selection, Thoroughness};
use iphone::{Limits, MuxAddress, Phones};
use iphone_sim::{Phone, RunningPhone};
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use sources::IphoneSource;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PHOTOS: usize = 24;
const LARGEST: usize = 250_000;

type Hash = [u8; 32];

pub struct World {
    phone: RunningPhone,
    media: TempDir,
    library: Library,
    /// Every content that a photo on the phone ever had.
    contents: BTreeSet<Hash>,
    pub tally: Tally,
}

/// A library and the catalog of it.
struct Library {
    dir: TempDir,
    sessions: u32,
    /// Since it was made the phone has lied about contents.
    honesty: Honesty,
}

/// How often what happened.
#[derive(Default)]
pub struct Tally {
    imported: u64,
    failed: u64,
    stops: BTreeMap<String, u64>,
    spoiled: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { imported, failed, stops, spoiled } = self;
        write!(f, "{imported} imported, {failed} failed, {spoiled} libraries with lies only a hash finds, {stops:?}")
    }
}

fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

fn phone(media: &Path) -> RunningPhone {
    Phone::builder().media(media).most_open_files(40).latency(Duration::from_millis(2)).start().unwrap()
}

fn path(number: usize) -> String {
    format!("/DCIM/100APPLE/IMG_{number:04}.JPG")
}

fn hash_of(file: &Path) -> Hash {
    Sha256::digest(fs::read(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))).into()
}

/// Opens a phone, asking for trust if need be.
fn open(phone: &RunningPhone, limits: Limits) -> Result<IphoneSource, String> {
    let phones = Phones::with_limits(MuxAddress::Tcp(phone.addr()), limits).map_err(|e| e.to_string())?;
    phones.pair(phone.udid(), &CancelFlag::default()).map_err(|e| e.to_string())?;
    IphoneSource::open(&phones, phone.udid(), Path::new("/nowhere")).map_err(|e| e.to_string())
}

/// Does one thing beside another, until the other is over.
fn beside<T>(look: impl FnOnce() + Send, work: impl FnOnce() -> T, over: &AtomicBool) -> T {
    thread::scope(|threads| {
        threads.spawn(look);
        let result = work();
        over.store(true, Ordering::Relaxed);
        result
    })
}

/// Asks this and that of a phone, as a window does, while others read it.
fn look_about(source: &IphoneSource, mut dice: Dice, over: &AtomicBool) {
    while !over.load(Ordering::Relaxed) {
        let start = Instant::now();
        let path = SourcePath::new(&path(dice.below(PHOTOS))[1..]);
        match dice.below(4) {
            0 => drop(source.stat(&path)),
            1 => drop(source.thumbnail(&path)),
            2 => {
                // Sometimes nobody waits for it any more.
                let cancel = CancelFlag::default();
                if dice.one_in(3) {
                    cancel.cancel();
                }
                let hearing = source.until(&cancel);
                let source = hearing.as_deref().unwrap_or(source);
                drop(source.stat(&path).and_then(|file| source.hash(&file)));
            }
            _ => drop(source.open(&path).and_then(|mut file| file.read_at(dice.below(LARGEST) as u64, 5000))),
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{path} took {:?}", start.elapsed());
        thread::sleep(Duration::from_millis(30));
    }
}

impl Library {
    fn new() -> Self {
        let dir = folder();
        fs::create_dir(dir.path().join("photos")).unwrap();
        Self { dir, sessions: 0, honesty: Honesty::Kept }
    }

    fn folder(&self) -> LibraryFolder {
        let id = LibraryId::new("0123456789abcdef0123456789abcdef");
        LibraryFolder::create_or_open(&self.dir.path().join("photos"), id, "2026-01-01T00:00:00Z").unwrap()
    }

    /// Lists, plans and imports everything that is new. The books must balance, however it ends.
    fn import(&mut self, source: &IphoneSource, thoroughness: Thoroughness) -> Result<SessionRow, String> {
        let (folder, cancel) = (self.folder(), CancelFlag::default());
        let catalog = Catalog::open(&self.dir.path().join("catalog.sqlite")).unwrap();
        importer::catch_up(&catalog, &folder).unwrap();
        let presence = Presence::new(&catalog, &folder);
        let request =
            ScanRequest { source, facts: None, presence: Some(&presence), zone: &TimeZone::UTC, cancel: &cancel };
        let report = importer::scan(&request, &mut |_| {}).map_err(|e| e.to_string())?;
        let plan = importer::plan(report.assets.into_iter().map(|s| (s.asset, s.library_path)), &Selection::AllNew);
        self.sessions += 1;
        let start = SessionStart {
            id: SessionId::new(format!("{:012x}{:020x}", self.sessions, 0)),
            source: source.id().clone(),
            source_name: source.name(),
            started_at: "2026-01-01T00:00:00Z".into(),
        };
        let env = ImportRun {
            source,
            destination: &folder,
            catalog: &catalog,
            zone: &TimeZone::UTC,
            thoroughness,
            converting: None,
            renditions: domain::Renditions::LeftOut,
            sidecars: domain::Sidecars::LeftOut,
            wait: None,
            cancel: &cancel,
            news: &|_| {},
        };
        let row = importer::run(&env, &start, &plan).map_err(|e| e.to_string())?;
        assert_eq!(row.totals.seen(), plan.items.len() as u64, "the books do not balance: {:?}", row.totals);
        Ok(row)
    }
}

impl Tally {
    fn note(&mut self, result: Result<SessionRow, String>) {
        let stop = match result {
            Ok(row) => {
                self.imported += row.totals.imported;
                self.failed += row.totals.failed;
                if let Some(stop) = &row.stop {
                    assert!(!stop.message.contains(" is locked"), "a locked phone was not waited for: {stop:?}");
                }
                row.stop.map(|stop| stop.code.as_str().to_owned())
            }
            Err(message) => Some(message),
        };
        if let Some(stop) = stop {
            // Of what makes no sense there are too many kinds to count each.
            let kind = stop.split(": ").next().unwrap_or_default().to_owned();
            *self.stops.entry(kind).or_default() += 1;
        }
    }
}

impl World {
    pub fn new(dice: &mut Dice) -> Self {
        let media = folder();
        fs::create_dir_all(media.path().join("DCIM/100APPLE")).unwrap();
        let phone = phone(media.path());
        let mut world =
            Self { phone, media, library: Library::new(), contents: BTreeSet::new(), tally: Tally::default() };
        (0..PHOTOS).for_each(|number| world.take_photo(number, dice));
        world
    }

    fn take_photo(&mut self, number: usize, dice: &mut Dice) {
        let mut bytes = vec![dice.below(256) as u8; dice.below(LARGEST)];
        // Otherwise two short ones could be the same.
        bytes.extend((dice.below(usize::MAX) as u64).to_le_bytes());
        self.contents.insert(Sha256::digest(&bytes).into());
        fs::write(self.media.path().join(&path(number)[1..]), bytes).unwrap();
    }

    /// An import in the middle of mischief, one when all is calm, and everything checked.
    pub fn round(&mut self, dice: &mut Dice) {
        self.change_something(dice);
        let thoroughness = dice.pick(&[Thoroughness::ReadBack, Thoroughness::SecondRead]);
        let honesty = self.import_amid_mischief(dice, thoroughness);
        if honesty == Honesty::Lost {
            self.library.honesty = Honesty::Lost;
        }
        mischief::calm(&self.phone);
        self.import_calmly();
        self.check();
    }

    fn change_something(&mut self, dice: &mut Dice) {
        for _ in 0..dice.below(PHOTOS) {
            let number = dice.below(PHOTOS);
            self.take_photo(number, dice);
        }
        if dice.one_in(4) {
            self.library = Library::new();
        }
        if dice.one_in(12) {
            self.phone = phone(self.media.path());
        }
    }

    fn import_amid_mischief(&mut self, dice: &mut Dice, thoroughness: Thoroughness) -> Honesty {
        let paths: Vec<String> = (0..PHOTOS).map(path).collect();
        let over = AtomicBool::new(false);
        let (mischief_dice, look_dice) = (dice.split(), [dice.split(), dice.split()]);
        let brief = Duration::from_millis(1500);
        let limits = Limits { mux: brief, probe: brief, connect: brief, request: brief, trust: 2 * brief };
        let (phone, library, tally) = (&self.phone, &mut self.library, &mut self.tally);
        thread::scope(|threads| {
            let mischief = threads.spawn(|| mischief::misbehave(phone, mischief_dice, &paths, &over));
            for dice in look_dice {
                let imported = AtomicBool::new(false);
                let import = |source: &IphoneSource| {
                    beside(|| look_about(source, dice, &imported), || library.import(source, thoroughness), &imported)
                };
                tally.note(open(phone, limits).and_then(|source| import(&source)));
            }
            over.store(true, Ordering::Relaxed);
            mischief.join().unwrap()
        })
    }

    fn import_calmly(&mut self) {
        let source = open(&self.phone, Limits::default()).unwrap();
        let row = self.library.import(&source, Thoroughness::ReadBack).unwrap();
        assert_eq!((row.stop, row.totals.failed), (None, 0), "{:?}", row.totals);
        assert_eq!(row.totals.imported + row.totals.already_imported, PHOTOS as u64, "{:?}", row.totals);
        // Files that nobody closes stay open as long as their connection.
        let start = Instant::now();
        while self.phone.activity().open_handles > 0 {
            assert!(start.elapsed() < Duration::from_secs(30), "{:?}", self.phone.activity());
            thread::sleep(Duration::from_millis(20));
        }
        drop(source);
    }

    /// What the library holds is what phones had, whole, and written down; what the phone has is in it.
    fn check(&mut self) {
        let folder = self.library.folder();
        let report = importer::verify(&folder, &mut |_| {}, &CancelFlag::default()).unwrap();
        assert!(report.is_sound() && report.unknown.is_empty(), "{report:?}");
        let incoming: Vec<_> = fs::read_dir(folder.root().join(".keepsake/incoming")).unwrap().collect();
        assert!(incoming.is_empty(), "{incoming:?}");
        let (mut filed, mut wrong) = (BTreeSet::new(), Vec::new());
        let see = &mut |entry: domain::ManifestEntry| {
            let hash = hash_of(&folder.root().join(entry.path.as_str()));
            if self.contents.contains(&hash) {
                filed.insert(hash);
            } else {
                wrong.push((entry.path, entry.evidence));
            }
        };
        folder.manifest(see).unwrap();
        if !wrong.is_empty() {
            // The same wrong byte each time is found by the phone's own hash alone.
            let excused = wrong.iter().all(|(_, evidence)| *evidence != Evidence::PhoneHash);
            assert!(excused && self.library.honesty == Honesty::Lost, "filed as verified: {wrong:?}");
            self.tally.spoiled += 1;
            self.library = Library::new();
            return;
        }
        for number in 0..PHOTOS {
            let photo = hash_of(&self.media.path().join(&path(number)[1..]));
            assert!(filed.contains(&photo), "{} is not in the library", path(number));
        }
    }
}
