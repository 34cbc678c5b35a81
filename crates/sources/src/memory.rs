//! A source in memory that fails on request: what the tests of everything above a source run against.
//!
//! Faults can be ordered while the source is in use; each is described where it is ordered.

use domain::{
    AssetKind, CancelFlag, Fingerprint, ListEntry, ResourceReader, Source, SourceError, SourceFile, SourceHash,
    SourceId, SourcePath,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Files in memory, listed in the order of their paths, one batch per folder.
#[derive(Debug, Clone)]
pub struct MemorySource {
    id: SourceId,
    at_once: usize,
    state: Arc<Mutex<State>>,
    /// Whoever holds this one is not waited for any longer than this says.
    until: CancelFlag,
}

/// As many calls at once as a phone takes.
const CALLS_AT_ONCE: usize = 3;

#[derive(Debug, Default)]
struct State {
    entries: BTreeMap<String, Entry>,
    faults: BTreeMap<String, Faults>,
    bytes_until_unplugged: Option<u64>,
    bytes_until_locked: Option<u64>,
    asked_whether_locked: usize,
    silent_whether_locked: usize,
    longest_read: Option<usize>,
    open_readers: usize,
    /// Renditions by the path of their original.
    renditions: BTreeMap<String, String>,
}

#[derive(Debug, Clone)]
enum Entry {
    File(File),
    Unreadable(SourceError),
    Ignored,
}

#[derive(Debug, Clone, Default)]
struct File {
    bytes: Arc<Vec<u8>>,
    modified_ns: i64,
    thumbnail: Option<Vec<u8>>,
    sha1: Option<[u8; 20]>,
}

#[derive(Debug, Default)]
struct Faults {
    read: Option<SourceError>,
    hash: Option<SourceError>,
    holds_hash: bool,
    corrupt_at: Option<(u64, u32)>,
    corrupts_every_second: bool,
    changed_on_open: Option<File>,
    opened: usize,
    hashed: usize,
}

impl MemorySource {
    /// Makes an empty source with an identity such as `memory:one`.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: SourceId::new(id), at_once: CALLS_AT_ONCE, state: Arc::default(), until: CancelFlag::default() }
    }

    /// Adds a file or replaces the one at the same path. Time in nanoseconds since 1970 UTC.
    #[must_use]
    pub fn with_file(self, path: &str, bytes: impl Into<Vec<u8>>, modified_ns: i64) -> Self {
        self.put(path, bytes, modified_ns);
        self
    }

    /// Has it ask for one call at a time, so that what happens happens in a known order.
    #[must_use]
    pub fn one_at_a_time(self) -> Self {
        Self { at_once: 1, ..self }
    }

    /// Adds an entry that the listing reports as unreadable.
    #[must_use]
    pub fn with_unreadable(self, path: &str, error: SourceError) -> Self {
        self.state().entries.insert(path.to_owned(), Entry::Unreadable(error));
        self
    }

    /// Adds an entry that the listing reports as no photo.
    #[must_use]
    pub fn with_ignored(self, path: &str) -> Self {
        self.state().entries.insert(path.to_owned(), Entry::Ignored);
        self
    }

    /// Gives a file that is there a ready-made small picture.
    #[must_use]
    pub fn with_thumbnail(self, path: &str, jpeg: impl Into<Vec<u8>>) -> Self {
        if let Some(Entry::File(file)) = self.state().entries.get_mut(path) {
            file.thumbnail = Some(jpeg.into());
        }
        self
    }

    /// Has the source answer this hash for a file that is there; right or wrong is the test's choice.
    #[must_use]
    pub fn with_hash(self, path: &str, sha1: [u8; 20]) -> Self {
        if let Some(Entry::File(file)) = self.state().entries.get_mut(path) {
            file.sha1 = Some(sha1);
        }
        self
    }

    /// Says that the file at `rendition` is a smaller picture of the original at `path`, which need not be there.
    #[must_use]
    pub fn with_rendition(self, path: &str, rendition: &str) -> Self {
        self.state().renditions.insert(path.to_owned(), rendition.to_owned());
        self
    }

    /// Adds or replaces a file while the source is in use. Open readers go on seeing the old bytes.
    pub fn put(&self, path: &str, bytes: impl Into<Vec<u8>>, modified_ns: i64) {
        let file = File { bytes: Arc::new(bytes.into()), modified_ns, ..File::default() };
        self.state().entries.insert(path.to_owned(), Entry::File(file));
    }

    /// Removes a file while the source is in use.
    pub fn remove(&self, path: &str) {
        self.state().entries.remove(path);
    }

    /// Makes every read of a file fail, until [`MemorySource::heal`].
    pub fn fail_read(&self, path: &str, error: SourceError) {
        self.faults(path, |f| f.read = Some(error));
    }

    /// Makes the next `times` reads that touch the byte at `offset` return it with all bits flipped, without an error.
    pub fn corrupt(&self, path: &str, offset: u64, times: u32) {
        self.faults(path, |f| f.corrupt_at = Some((offset, times)));
    }

    /// Makes every second read that touches the byte at `offset`, from the next on, return it with all bits flipped.
    pub fn corrupt_every_second(&self, path: &str, offset: u64) {
        self.faults(path, |f| (f.corrupt_at, f.corrupts_every_second) = (Some((offset, u32::MAX)), true));
    }

    /// Has the hash of a file take for ever.
    pub fn hold_hash(&self, path: &str) {
        self.faults(path, |f| f.holds_hash = true);
    }

    /// Exchanges a file in the moment it is opened next, so after whoever opens it has looked at size and time.
    pub fn change_on_open(&self, path: &str, bytes: impl Into<Vec<u8>>, modified_ns: i64) {
        let file = File { bytes: Arc::new(bytes.into()), modified_ns, ..File::default() };
        self.faults(path, |f| f.changed_on_open = Some(file));
    }

    /// Unplugs the source once `bytes` more have been read from all files together; the read that crosses the line
    /// returns what was left. From then on everything fails with `Unplugged`.
    pub fn unplug_after(&self, bytes: u64) {
        self.state().bytes_until_unplugged = Some(bytes);
    }

    /// Plugs the source in again.
    pub fn replug(&self) {
        self.state().bytes_until_unplugged = None;
    }

    /// Locks the source once `bytes` more have been read from all files together; the read that crosses the line returns what
    /// was left. From then on everything fails with `Locked`, and readers that are open stay useless.
    pub fn lock_after(&self, bytes: u64) {
        self.state().bytes_until_locked = Some(bytes);
    }

    /// Unlocks the source.
    pub fn unlock(&self) {
        self.state().bytes_until_locked = None;
    }

    /// Leaves the next `times` questions whether it is locked without an answer.
    pub fn say_nothing_of_being_locked(&self, times: usize) {
        self.state().silent_whether_locked = times;
    }

    /// Returns how often it was asked whether it is locked.
    pub fn times_asked_whether_locked(&self) -> usize {
        self.state().asked_whether_locked
    }

    /// Returns at most `longest` bytes per read from now on, at least 1.
    pub fn shorten_reads(&self, longest: usize) {
        self.state().longest_read = Some(longest.max(1));
    }

    /// Fails every question for the hash of a file.
    pub fn fail_hash(&self, path: &str, error: SourceError) {
        self.faults(path, |f| f.hash = Some(error));
    }

    /// Forgets the faults ordered for a file.
    pub fn heal(&self, path: &str) {
        self.state().faults.remove(path);
    }

    /// Returns how many readers are open now.
    pub fn open_readers(&self) -> usize {
        self.state().open_readers
    }

    /// Returns how often a file was opened, or could not be.
    pub fn times_opened(&self, path: &str) -> usize {
        self.state().faults.get(path).map_or(0, |f| f.opened)
    }

    /// Counts how often the hash of a file was asked for.
    pub fn times_hashed(&self, path: &str) -> usize {
        self.state().faults.get(path).map_or(0, |f| f.hashed)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn faults(&self, path: &str, order: impl FnOnce(&mut Faults)) {
        order(self.state().faults.entry(path.to_owned()).or_default());
    }
}

impl State {
    fn check_usable(&self, id: &SourceId) -> Result<(), SourceError> {
        match (self.bytes_until_unplugged, self.bytes_until_locked) {
            (Some(0), _) => Err(SourceError::Unplugged(id.to_string())),
            (_, Some(0)) => Err(SourceError::Locked(id.to_string())),
            _ => Ok(()),
        }
    }

    fn file(&self, path: &SourcePath) -> Result<&File, SourceError> {
        match self.entries.get(path.as_str()) {
            Some(Entry::File(file)) => Ok(file),
            Some(Entry::Unreadable(error)) => Err(error.clone()),
            Some(Entry::Ignored) | None => Err(SourceError::NotFound(path.to_string())),
        }
    }

    /// Takes `wanted` bytes off what may still be read before the cable is pulled or the source locked.
    fn take_allowance(&mut self, wanted: usize) -> usize {
        let mut allowed = wanted.min(self.longest_read.unwrap_or(usize::MAX));
        let mut limits = [&mut self.bytes_until_unplugged, &mut self.bytes_until_locked];
        for left in limits.iter_mut().filter_map(|limit| limit.as_mut()) {
            allowed = allowed.min(usize::try_from(*left).unwrap_or(usize::MAX));
        }
        for left in limits.into_iter().flatten() {
            *left -= allowed as u64;
        }
        allowed
    }
}

fn fingerprint(path: &SourcePath, file: &File) -> Fingerprint {
    Fingerprint { path: path.clone(), bytes: file.bytes.len() as u64, modified_ns: file.modified_ns }
}

fn list_entry(path: &str, entry: &Entry) -> ListEntry {
    let path = SourcePath::new(path);
    match entry {
        Entry::File(file) => ListEntry::File(SourceFile { fingerprint: fingerprint(&path, file) }),
        Entry::Unreadable(error) => ListEntry::Unreadable { path, error: error.clone() },
        Entry::Ignored => ListEntry::Ignored(path),
    }
}

impl Source for MemorySource {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn name(&self) -> String {
        self.id.to_string()
    }

    fn concurrency(&self) -> usize {
        self.at_once
    }

    fn until(&self, cancel: &CancelFlag) -> Option<Box<dyn Source>> {
        Some(Box::new(Self { until: cancel.clone(), ..self.clone() }))
    }

    fn list(&self, found: &mut dyn FnMut(Vec<ListEntry>), cancel: &CancelFlag) -> Result<(), SourceError> {
        let entries = self.state().entries.clone();
        let mut folders: BTreeMap<String, Vec<ListEntry>> = BTreeMap::new();
        for (path, entry) in &entries {
            let folder = SourcePath::new(path.clone()).folder().to_owned();
            folders.entry(folder).or_default().push(list_entry(path, entry));
        }
        for batch in folders.into_values() {
            if cancel.is_cancelled() {
                return Err(SourceError::Cancelled);
            }
            self.state().check_usable(&self.id)?;
            found(batch);
        }
        self.state().check_usable(&self.id)
    }

    fn open(&self, path: &SourcePath) -> Result<Box<dyn ResourceReader>, SourceError> {
        let mut state = self.state();
        state.check_usable(&self.id)?;
        state.faults.entry(path.as_str().to_owned()).or_default().opened += 1;
        state.file(path)?;
        let faults = state.faults.entry(path.as_str().to_owned()).or_default();
        if let Some(changed) = faults.changed_on_open.take() {
            state.entries.insert(path.as_str().to_owned(), Entry::File(changed));
        }
        let bytes = Arc::clone(&state.file(path)?.bytes);
        state.open_readers += 1;
        Ok(Box::new(MemoryReader { source: self.clone(), path: path.clone(), bytes, is_useless: false }))
    }

    fn stat(&self, path: &SourcePath) -> Result<Fingerprint, SourceError> {
        let state = self.state();
        state.check_usable(&self.id)?;
        state.file(path).map(|file| fingerprint(path, file))
    }

    fn thumbnail(&self, path: &SourcePath) -> Result<Option<Vec<u8>>, SourceError> {
        let state = self.state();
        state.check_usable(&self.id)?;
        state.file(path).map(|file| file.thumbnail.clone())
    }

    fn renditions(
        &self,
        originals: &[(&SourcePath, AssetKind)],
        _: &CancelFlag,
    ) -> Result<Vec<Option<Fingerprint>>, SourceError> {
        let state = self.state();
        state.check_usable(&self.id)?;
        let of = |(path, _): &(&SourcePath, AssetKind)| {
            let rendition = SourcePath::new(state.renditions.get(path.as_str())?);
            state.file(&rendition).ok().map(|file| fingerprint(&rendition, file))
        };
        Ok(originals.iter().map(of).collect())
    }

    fn is_locked(&self) -> Result<bool, SourceError> {
        let mut state = self.state();
        state.asked_whether_locked += 1;
        if state.silent_whether_locked > 0 {
            state.silent_whether_locked -= 1;
            return Err(SourceError::TimedOut(self.id.to_string()));
        }
        match state.check_usable(&self.id) {
            Ok(()) => Ok(false),
            Err(SourceError::Locked(_)) => Ok(true),
            Err(error) => Err(error),
        }
    }

    fn hash(&self, Fingerprint { path, .. }: &Fingerprint) -> Result<Option<SourceHash>, SourceError> {
        let mut state = self.state();
        state.check_usable(&self.id)?;
        let faults = state.faults.entry(path.to_string()).or_default();
        faults.hashed += 1;
        if let Some(error) = faults.hash.clone() {
            return Err(error);
        }
        if faults.holds_hash {
            drop(state);
            while !self.until.is_cancelled() {
                thread::sleep(Duration::from_millis(1));
            }
            return Err(SourceError::Cancelled);
        }
        state.file(path).map(|file| file.sha1.map(SourceHash::Sha1))
    }
}

struct MemoryReader {
    source: MemorySource,
    path: SourcePath,
    bytes: Arc<Vec<u8>>,
    /// It was locked since this one was opened.
    is_useless: bool,
}

impl ResourceReader for MemoryReader {
    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        let mut state = self.source.state();
        if self.is_useless {
            return Err(SourceError::Unusable("a reader is used on after an error".into()));
        }
        let usable = state.check_usable(&self.source.id);
        self.is_useless = matches!(usable, Err(SourceError::Locked(_)));
        usable?;
        if let Some(error) = state.faults.get(self.path.as_str()).and_then(|f| f.read.clone()) {
            return Err(error);
        }
        let start = usize::try_from(offset).map_or(self.bytes.len(), |o| o.min(self.bytes.len()));
        let length = state.take_allowance(length.min(self.bytes.len() - start));
        let mut bytes = self.bytes[start..start + length].to_vec();
        if let Some(faults) = state.faults.get_mut(self.path.as_str()) {
            faults.corrupt(offset, &mut bytes);
        }
        Ok(bytes)
    }
}

impl Drop for MemoryReader {
    fn drop(&mut self) {
        self.source.state().open_readers -= 1;
    }
}

impl Faults {
    fn corrupt(&mut self, offset: u64, bytes: &mut [u8]) {
        let Some((at, times)) = &mut self.corrupt_at else { return };
        let Some(index) = at.checked_sub(offset).and_then(|i| usize::try_from(i).ok()) else { return };
        if let Some(byte) = bytes.get_mut(index).filter(|_| *times > 0) {
            let spared = self.corrupts_every_second && *times % 2 == 0;
            *byte = if spared { *byte } else { !*byte };
            *times -= 1;
        }
    }
}

#[cfg(test)]
mod tests;
