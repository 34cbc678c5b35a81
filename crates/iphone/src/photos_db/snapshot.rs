//! A copy of one moment of a database that is being written to.
//!
//! The database comes first, then its log; the log's index is never copied. What the phone adds to the log meanwhile does
//! no harm: SQLite reads up to the last whole transaction. What may not happen is that the log begins anew, for then the
//! database has pages that the copied log does not tell of. Its first 32 bytes, two of which are random numbers, show that:
//! they must be the same before, in the copy and after. Two files copied otherwise can pass every check of SQLite's and
//! still be a mixture of two moments.

use super::PhotosDbError;
use crate::{FileKind, Phone, PhoneError};
use domain::{CancelFlag, LibraryRead};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const NAMES: [&str; 2] = ["Photos.sqlite", "Photos.sqlite-wal"];
const ON_PHONE: &str = "/PhotoData";
/// Larger than any; a phone that goes on for ever must not fill the disk.
const MOST_BYTES: u64 = 8 << 30;
const BLOCK: usize = 1 << 20;
const HEADER: usize = 32;
/// Between two pieces of news of one copy at least. Nobody sees more.
const PACE: Duration = Duration::from_millis(200);
/// Begins a log, in either byte order of its checksums.
const LOG_MAGIC: [[u8; 4]; 2] = [[0x37, 0x7f, 0x06, 0x82], [0x37, 0x7f, 0x06, 0x83]];

/// Which of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Database,
    Log,
}

/// What is seen of a file without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) bytes: u64,
    pub(super) modified_ns: i64,
}

/// Where the two files are while they are written to.
pub(super) trait Original {
    /// Looks at a file, `None` when it is not there.
    fn stamp(&self, part: Part) -> Result<Option<Stamp>, PhotosDbError>;
    /// Reads a file from its first byte to its last, or the first `most` bytes; a file that is not there has none.
    fn read(&self, part: Part, most: u64, take: &mut Take<'_>) -> Result<(), PhotosDbError>;
}

/// Takes a block.
pub(super) type Take<'a> = dyn FnMut(&[u8]) -> Result<(), PhotosDbError> + 'a;

/// How often and how soon a copy is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Copies made at most.
    pub tries: u32,
    /// The pause after the first; each further one is twice as long.
    pub pause: Duration,
    /// The longest pause.
    pub longest: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { tries: 8, pause: Duration::from_millis(200), longest: Duration::from_secs(2) }
    }
}

/// How sure it is that a copy is of one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// It is.
    Proven,
    /// The phone was too busy each time; whoever uses the copy says so.
    Doubtful,
}

/// A copy in a folder of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The database; its log lies beside it.
    pub path: PathBuf,
    /// How sure it is.
    pub certainty: Certainty,
}

/// The copies of one phone's database: the newest is kept, and used again as long as the phone's files keep size and time.
#[derive(Debug, Clone)]
pub struct Snapshots {
    folder: PathBuf,
    patience: Patience,
}

impl Snapshots {
    /// Keeps copies in a folder that nobody else uses. It is made when it is needed, for its owner's eyes only.
    pub fn new(folder: impl Into<PathBuf>, patience: Patience) -> Self {
        Self { folder: folder.into(), patience }
    }

    /// Returns a copy of a phone's database as it is now. One that has not changed costs two looks at the phone. `tell` hears
    /// how far a copy is: its beginning and its end, and between them a few times a second; each try begins anew.
    pub fn take(
        &self,
        phone: &Phone,
        tell: &mut dyn FnMut(LibraryRead),
        cancel: &CancelFlag,
    ) -> Result<Snapshot, PhotosDbError> {
        self.take_from(&OnPhone { phone: &phone.until(cancel), cancel }, tell, cancel)
    }

    pub(super) fn take_from(
        &self,
        original: &dyn Original,
        tell: &mut dyn FnMut(LibraryRead),
        cancel: &CancelFlag,
    ) -> Result<Snapshot, PhotosDbError> {
        let mut pause = self.patience.pause;
        let mut last = None;
        for attempt in 1..=self.patience.tries.max(1) {
            let stamps = Stamps::look(original)?;
            let kept = self.folder.join(stamps.name());
            if kept.join(NAMES[0]).is_file() {
                return Ok(Snapshot { path: kept.join(NAMES[0]), certainty: Certainty::Proven });
            }
            drop(last.take());
            let copy = Copy::make(&self.folder, original, stamps, tell)?;
            if copy.is_of_one_moment(original)? {
                return copy.keep(&kept, Certainty::Proven);
            }
            last = Some(copy);
            if attempt < self.patience.tries {
                wait(pause, cancel)?;
                pause = (pause * 2).min(self.patience.longest);
            }
        }
        // Under another name than a sure one: it is never used again.
        let kept = self.folder.join("doubtful");
        last.ok_or(PhotosDbError::NotThere)?.keep(&kept, Certainty::Doubtful)
    }
}

/// Both files as seen before a copy.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamps {
    database: Stamp,
    log: Option<Stamp>,
}

impl Stamps {
    fn look(original: &dyn Original) -> Result<Self, PhotosDbError> {
        let database = original.stamp(Part::Database)?.ok_or(PhotosDbError::NotThere)?;
        Ok(Self { database, log: original.stamp(Part::Log)? })
    }

    fn bytes(&self) -> u64 {
        self.database.bytes.saturating_add(self.log.map_or(0, |log| log.bytes))
    }

    /// Names the folder of a copy: the same files have the same name.
    fn name(&self) -> String {
        let log = self.log.unwrap_or(Stamp { bytes: 0, modified_ns: 0 });
        let Stamp { bytes, modified_ns } = self.database;
        format!("{bytes}-{modified_ns}-{}-{}", log.bytes, log.modified_ns)
    }
}

/// Tells how far a copy is.
struct Telling<'a> {
    tell: &'a mut dyn FnMut(LibraryRead),
    done: u64,
    total: u64,
    told: Instant,
}

impl<'a> Telling<'a> {
    fn begin(tell: &'a mut dyn FnMut(LibraryRead), total: u64) -> Self {
        tell(LibraryRead { done_bytes: 0, total_bytes: total });
        Self { tell, done: 0, total, told: Instant::now() }
    }

    /// Takes a block; the files may have grown since they were looked at.
    fn add(&mut self, bytes: usize) {
        self.done = self.total.min(self.done.saturating_add(bytes as u64));
        if self.told.elapsed() >= PACE && self.done < self.total {
            (self.tell)(LibraryRead { done_bytes: self.done, total_bytes: self.total });
            self.told = Instant::now();
        }
    }

    fn end(self) {
        (self.tell)(LibraryRead { done_bytes: self.total, total_bytes: self.total });
    }
}

/// A copy that nobody uses yet. Dropping it removes it.
struct Copy {
    folder: PathBuf,
    stamps: Stamps,
    before: Vec<u8>,
    copied: Vec<u8>,
}

impl Copy {
    fn make(
        parent: &Path,
        original: &dyn Original,
        stamps: Stamps,
        tell: &mut dyn FnMut(LibraryRead),
    ) -> Result<Self, PhotosDbError> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = parent.join(format!("copying-{}-{number}", std::process::id()));
        let mut copy = Self { folder, stamps, before: header(original)?, copied: Vec::new() };
        match fs::remove_dir_all(&copy.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => make_private(&copy.folder)?,
        }
        let mut telling = Telling::begin(tell, stamps.bytes());
        copy.write(original, Part::Database, &mut telling)?;
        copy.copied = copy.write(original, Part::Log, &mut telling)?;
        telling.end();
        Ok(copy)
    }

    /// Copies one file and returns how it begins.
    fn write(&self, original: &dyn Original, part: Part, telling: &mut Telling<'_>) -> Result<Vec<u8>, PhotosDbError> {
        let mut file = File::create_new(self.folder.join(NAMES[part as usize]))?;
        let (mut start, mut bytes) = (Vec::new(), 0);
        original.read(part, u64::MAX, &mut |block| {
            bytes += block.len() as u64;
            if bytes > MOST_BYTES {
                return Err(PhotosDbError::TooMuch("its file has no end"));
            }
            start.extend(block.iter().take(HEADER.saturating_sub(start.len())));
            file.write_all(block)?;
            telling.add(block.len());
            Ok(())
        })?;
        Ok(start)
    }

    fn is_of_one_moment(&self, original: &dyn Original) -> Result<bool, PhotosDbError> {
        let after = header(original)?;
        if self.before.is_empty() && after.is_empty() && self.copied.is_empty() {
            // Without a log the database itself is written to.
            return Ok(original.stamp(Part::Database)? == Some(self.stamps.database));
        }
        let same = self.before == self.copied && self.copied == after;
        Ok(same && LOG_MAGIC.iter().any(|magic| after.starts_with(magic)))
    }

    /// Gives the copy its name and removes all others.
    fn keep(self, kept: &Path, certainty: Certainty) -> Result<Snapshot, PhotosDbError> {
        let parent = kept.parent().unwrap_or(kept);
        for entry in fs::read_dir(parent)?.flatten() {
            let name = entry.file_name();
            let in_use = name.to_string_lossy().starts_with("copying-") && is_young(&entry);
            if entry.path() != self.folder && !in_use {
                // Another program may be reading it: then it is removed next time.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        fs::rename(&self.folder, kept)?;
        Ok(Snapshot { path: kept.join(NAMES[0]), certainty })
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // Under its final name it is not found here any more.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Tells a copy under way from one that a crash left behind.
fn is_young(entry: &fs::DirEntry) -> bool {
    let age = entry.metadata().and_then(|m| m.modified()).ok().and_then(|time| time.elapsed().ok());
    age.is_some_and(|age| age < Duration::from_secs(24 * 3600))
}

/// Makes a folder that only its owner can look into: the library knows names and places.
fn make_private(folder: &Path) -> Result<(), PhotosDbError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    Ok(builder.create(folder)?)
}

/// Returns the first bytes of the log; fewer than 32 are as good as none.
fn header(original: &dyn Original) -> Result<Vec<u8>, PhotosDbError> {
    let mut start = Vec::new();
    original.read(Part::Log, HEADER as u64, &mut |block| {
        start.extend(block.iter().take(HEADER.saturating_sub(start.len())));
        Ok(())
    })?;
    if start.len() < HEADER {
        start.clear();
    }
    Ok(start)
}

fn wait(pause: Duration, cancel: &CancelFlag) -> Result<(), PhotosDbError> {
    let step = Duration::from_millis(50);
    let mut left = pause;
    while !left.is_zero() {
        if cancel.is_cancelled() {
            return Err(PhotosDbError::Phone(PhoneError::Cancelled));
        }
        std::thread::sleep(left.min(step));
        left = left.saturating_sub(step);
    }
    Ok(())
}

/// On a phone that is waited for no longer than the user wants.
struct OnPhone<'a> {
    phone: &'a Phone,
    cancel: &'a CancelFlag,
}

fn on_phone(part: Part) -> Vec<u8> {
    format!("{ON_PHONE}/{}", NAMES[part as usize]).into_bytes()
}

impl Original for OnPhone<'_> {
    fn stamp(&self, part: Part) -> Result<Option<Stamp>, PhotosDbError> {
        match self.phone.file_info(&on_phone(part)) {
            Ok(info) if info.kind == FileKind::File => {
                Ok(Some(Stamp { bytes: info.bytes, modified_ns: info.modified_ns }))
            }
            Ok(_) | Err(PhoneError::NotFound) => Ok(None),
            Err(error) => Err(PhotosDbError::Phone(error)),
        }
    }

    fn read(&self, part: Part, most: u64, take: &mut Take<'_>) -> Result<(), PhotosDbError> {
        let mut file = match self.phone.open_file(&on_phone(part)) {
            Err(PhoneError::NotFound) => return Ok(()),
            file => file.map_err(PhotosDbError::Phone)?,
        };
        let mut offset = 0;
        while offset < most {
            if self.cancel.is_cancelled() {
                return Err(PhotosDbError::Phone(PhoneError::Cancelled));
            }
            let length = usize::try_from(most - offset).unwrap_or(BLOCK).min(BLOCK);
            let block = file.read_at(offset, length).map_err(PhotosDbError::Phone)?;
            if block.is_empty() {
                break;
            }
            offset += block.len() as u64;
            take(&block)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
