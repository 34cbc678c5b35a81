//! A library in memory that fails on request: what the tests of everything above a destination run against.
//!
//! Faults can be ordered while the library is in use; each is described where it is ordered. Clones are the same library.

mod pending;
#[cfg(test)]
mod tests;

use domain::{
    Capacity, Destination, DestinationError, LibraryFile, LibraryId, LibraryPath, ManifestEntry, ManifestLine,
    PendingFile, ReadBackGrade, Removal, SessionId, Sink, StagingName,
};
use pending::MemoryPending;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// What a library in memory is called in error messages.
const PLACE: &str = "memory";

/// Published files, staged files and manifests in memory. Names are kept apart exactly, case included.
#[derive(Debug, Clone)]
pub struct MemoryLibrary {
    id: LibraryId,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    published: BTreeMap<LibraryPath, Stored>,
    staged: BTreeMap<String, Stored>,
    manifests: BTreeMap<String, Vec<ManifestLine>>,
    capacity: Option<Capacity>,
    walks: u64,
    reads: u64,
    listings: u64,
    listed_as: BTreeMap<LibraryPath, String>,
    /// Alive while somebody holds it.
    lock: Weak<()>,
    faults: Faults,
}

#[derive(Debug, Default, Clone)]
struct Stored {
    bytes: Vec<u8>,
    modified_ns: i64,
}

#[derive(Debug, Default)]
struct Faults {
    bytes_until_full: Option<u64>,
    calls_until_gone: Option<u64>,
    read_only: bool,
    seals_until_error: Option<u64>,
    read_backs_until_flip: Option<u64>,
    flips_always: bool,
    holds_read_backs: bool,
    records_until_error: Option<u64>,
    taken: BTreeSet<LibraryPath>,
    spoilt: BTreeSet<LibraryPath>,
}

impl MemoryLibrary {
    /// Makes an empty library of one terabyte.
    pub fn new(id: LibraryId) -> Self {
        Self { id, state: Arc::default() }
    }

    /// Has the library answer this capacity, whatever is in it.
    #[must_use]
    pub fn with_capacity(self, capacity: Capacity) -> Self {
        self.state().capacity = Some(capacity);
        self
    }

    /// Puts a file at a path as another program would, over whatever is there.
    pub fn put(&self, path: &LibraryPath, bytes: impl Into<Vec<u8>>) {
        self.state().published.insert(path.clone(), Stored { bytes: bytes.into(), modified_ns: 0 });
    }

    /// Puts a staged file there, as an earlier run would have left it.
    pub fn put_staged(&self, name: &StagingName, bytes: impl Into<Vec<u8>>) {
        self.state().staged.insert(name.as_str().to_owned(), Stored { bytes: bytes.into(), modified_ns: 0 });
    }

    /// Removes a published file as another program would.
    pub fn remove(&self, path: &LibraryPath) {
        self.state().published.remove(path);
    }

    /// Returns the bytes of a published file.
    pub fn bytes_of(&self, path: &LibraryPath) -> Option<Vec<u8>> {
        self.state().published.get(path).map(|f| f.bytes.clone())
    }

    /// Returns the modification time of a published file in nanoseconds since 1970 UTC.
    pub fn modified_ns(&self, path: &LibraryPath) -> Option<i64> {
        self.state().published.get(path).map(|f| f.modified_ns)
    }

    /// Returns the paths of all published files in order.
    pub fn paths(&self) -> Vec<LibraryPath> {
        self.state().published.keys().cloned().collect()
    }

    /// Lets `bytes` more be written; the write that crosses the line fails with `Full`, as do all after it. The capacity
    /// goes on saying there is room, as when another program fills the drive meanwhile.
    pub fn full_after(&self, bytes: u64) {
        self.state().faults.bytes_until_full = Some(bytes);
    }

    /// Lets `calls` more calls through, those of pending files included, then everything fails with `Gone`. What is
    /// staged then stays staged, also when its pending file is dropped.
    pub fn gone_after(&self, calls: u64) {
        self.state().faults.calls_until_gone = Some(calls);
    }

    /// Makes everything that writes fail with `ReadOnly`.
    pub fn make_read_only(&self) {
        self.state().faults.read_only = true;
    }

    /// Lets `count` seals succeed and makes the one after them fail with `Io`, as when a flush fails; that file can then only
    /// be dropped.
    pub fn fail_seal_after(&self, count: u64) {
        self.state().faults.seals_until_error = Some(count);
    }

    /// Lets `count` read-backs tell the truth and flips a bit in the first byte of the one after them.
    pub fn flip_read_back_after(&self, count: u64) {
        self.state().faults.read_backs_until_flip = Some(count);
    }

    /// Takes all manifests away.
    pub fn lose_manifests(&self) {
        self.state().manifests.clear();
    }

    /// Lets nothing be read back from now on, or lets it.
    pub fn hold_read_backs(&self, hold: bool) {
        self.state().faults.holds_read_backs = hold;
    }

    /// Flips a bit in the first byte of every read-back, as a drive does that must not be trusted.
    pub fn flip_every_read_back(&self) {
        self.state().faults.flips_always = true;
    }

    /// Lets `count` calls of `record` succeed and makes the one after them fail with `Io`; nothing of it is recorded.
    pub fn fail_record_after(&self, count: u64) {
        self.state().faults.records_until_error = Some(count);
    }

    /// Makes publishing under this path answer `Taken`, as when another program took the name a moment ago.
    pub fn take_name(&self, path: &LibraryPath) {
        self.state().faults.taken.insert(path.clone());
    }

    /// Makes looking at, reading and flushing what is under this path fail with `Io`, whatever is there: as on a bad sector,
    /// or where a link or a folder took its place.
    pub fn spoil(&self, path: &LibraryPath) {
        self.state().faults.spoilt.insert(path.clone());
    }

    /// Counts how often a published file was read.
    pub fn reads(&self) -> u64 {
        self.state().reads
    }

    /// Counts how often a folder was listed.
    pub fn listings(&self) -> u64 {
        self.state().listings
    }

    /// Tells how often all its files were listed.
    pub fn walks(&self) -> u64 {
        self.state().walks
    }

    /// Has a file listed under another text than its path, as drives do that keep names in a form of their own.
    pub fn list_as(&self, path: &LibraryPath, listed: &str) {
        self.state().listed_as.insert(path.clone(), listed.to_owned());
    }

    /// Forgets all faults: the drive is back, has room and can be written to.
    pub fn heal(&self) {
        self.state().faults = Faults::default();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a call that only reads.
    fn reading(&self) -> Result<MutexGuard<'_, State>, DestinationError> {
        let mut state = self.state();
        state.faults.count_call()?;
        Ok(state)
    }

    /// Begins a call that reads what is under a path.
    fn reading_at(&self, path: &LibraryPath) -> Result<MutexGuard<'_, State>, DestinationError> {
        let state = self.reading()?;
        state.faults.look_at(path)?;
        Ok(state)
    }

    /// Begins a call that changes something.
    fn writing(&self) -> Result<MutexGuard<'_, State>, DestinationError> {
        let state = self.reading()?;
        if state.faults.read_only {
            return Err(DestinationError::ReadOnly(PLACE.into()));
        }
        Ok(state)
    }

    fn put_aside(&self, one: &Removal) -> Result<(), DestinationError> {
        let mut state = self.writing()?;
        if state.published.contains_key(&one.to) || state.faults.taken.contains(&one.to) {
            return Err(DestinationError::Taken(one.to.to_string()));
        }
        let file = state.published.remove(&one.path);
        let file = file.ok_or_else(|| io_error(one.path.as_str(), "there is no such file"))?;
        state.published.insert(one.to.clone(), file);
        Ok(())
    }

    fn pending(&self, name: &StagingName) -> Box<dyn PendingFile> {
        Box::new(MemoryPending::new(self.clone(), name.clone()))
    }
}

impl Faults {
    fn count_call(&mut self) -> Result<(), DestinationError> {
        match &mut self.calls_until_gone {
            Some(0) => Err(DestinationError::Gone(PLACE.into())),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn look_at(&self, path: &LibraryPath) -> Result<(), DestinationError> {
        match self.spoilt.contains(path) {
            true => Err(io_error(path.as_str(), "input/output error")),
            false => Ok(()),
        }
    }

    fn count_bytes(&mut self, length: usize) -> Result<(), DestinationError> {
        let Some(left) = &mut self.bytes_until_full else { return Ok(()) };
        let rest = left.checked_sub(length as u64);
        *left = rest.unwrap_or(0);
        rest.map(drop).ok_or_else(|| DestinationError::Full(PLACE.into()))
    }
}

/// Counts down to a fault that happens once; tells whether it is due now.
fn is_due(countdown: &mut Option<u64>) -> bool {
    match countdown {
        None => false,
        Some(0) => {
            *countdown = None;
            true
        }
        Some(left) => {
            *left -= 1;
            false
        }
    }
}

fn io_error(path: &str, reason: &str) -> DestinationError {
    DestinationError::Io { path: path.to_owned(), reason: reason.to_owned() }
}

impl Destination for MemoryLibrary {
    fn library_id(&self) -> &LibraryId {
        &self.id
    }

    fn check(&self) -> Result<(), DestinationError> {
        self.reading().map(drop)
    }

    fn lock(&self) -> Result<Option<Box<dyn Send>>, DestinationError> {
        let mut state = self.state();
        if state.lock.strong_count() > 0 {
            return Err(DestinationError::Busy);
        }
        let lock = Arc::new(());
        state.lock = Arc::downgrade(&lock);
        Ok(Some(Box::new(lock)))
    }

    fn capacity(&self) -> Result<Capacity, DestinationError> {
        let roomy = Capacity { free_bytes: 1 << 40, total_bytes: 1 << 40, largest_file: None, block_bytes: 1 };
        Ok(self.reading()?.capacity.unwrap_or(roomy))
    }

    fn names_in(&self, folder: &LibraryPath) -> Result<Vec<String>, DestinationError> {
        let prefix = format!("{folder}/");
        let mut state = self.reading_at(folder)?;
        state.listings += 1;
        let below = state.published.keys().filter_map(|path| path.as_str().strip_prefix(&prefix));
        let names: BTreeSet<&str> = below.filter_map(|rest| rest.split('/').next()).collect();
        Ok(names.into_iter().map(str::to_owned).collect())
    }

    fn create(&self, name: &StagingName, _expected_bytes: u64) -> Result<Box<dyn PendingFile>, DestinationError> {
        let mut state = self.writing()?;
        if state.staged.contains_key(name.as_str()) {
            return Err(DestinationError::Taken(name.as_str().to_owned()));
        }
        state.staged.insert(name.as_str().to_owned(), Stored::default());
        Ok(self.pending(name))
    }

    fn adopt(&self, name: &StagingName) -> Result<Option<Box<dyn PendingFile>>, DestinationError> {
        let there = self.reading()?.staged.contains_key(name.as_str());
        Ok(there.then(|| self.pending(name)))
    }

    fn staged(&self) -> Result<Vec<StagingName>, DestinationError> {
        Ok(self.reading()?.staged.keys().filter_map(|name| StagingName::parse(name)).collect())
    }

    fn discard(&self, name: &StagingName) -> Result<(), DestinationError> {
        self.writing()?.staged.remove(name.as_str());
        Ok(())
    }

    fn size_of(&self, path: &LibraryPath) -> Result<Option<u64>, DestinationError> {
        Ok(self.reading_at(path)?.published.get(path).map(|f| f.bytes.len() as u64))
    }

    fn read(&self, path: &LibraryPath, sink: &mut Sink<'_>) -> Result<ReadBackGrade, DestinationError> {
        let mut state = self.reading_at(path)?;
        state.reads += 1;
        let found = state.published.get(path).map(|f| f.bytes.clone());
        drop(state);
        let bytes = found.ok_or_else(|| io_error(path.as_str(), "there is no such file"))?;
        let _ = bytes.chunks(1 << 20).try_for_each(sink);
        Ok(ReadBackGrade::Warm)
    }

    fn flush(&self, path: &LibraryPath) -> Result<(), DestinationError> {
        let state = self.writing()?;
        state.faults.look_at(path)?;
        state.published.contains_key(path).then_some(()).ok_or_else(|| io_error(path.as_str(), "there is no such file"))
    }

    fn flush_names(&self, _published: &[&LibraryPath]) -> Result<(), DestinationError> {
        self.writing().map(|_| ())
    }

    fn remove_empty(&self, path: &LibraryPath) -> Result<(), DestinationError> {
        let mut state = self.writing()?;
        match state.published.get(path) {
            None => Ok(()),
            Some(file) if file.bytes.is_empty() => {
                state.published.remove(path);
                Ok(())
            }
            Some(_) => Err(io_error(path.as_str(), "it is not empty and was left alone")),
        }
    }

    fn record(&self, session: &SessionId, entries: &[ManifestEntry]) -> Result<(), DestinationError> {
        let mut state = self.writing()?;
        if is_due(&mut state.faults.records_until_error) {
            return Err(io_error(session.as_str(), "the manifest could not be written"));
        }
        let lines = state.manifests.entry(session.as_str().to_owned()).or_default();
        lines.extend(entries.iter().cloned().map(ManifestLine::Copied));
        Ok(())
    }

    fn set_aside(&self, moves: &[Removal]) -> Vec<Result<(), DestinationError>> {
        moves.iter().map(|one| self.put_aside(one)).collect()
    }

    fn record_removals(&self, session: &SessionId, removals: &[Removal]) -> Result<(), DestinationError> {
        let mut state = self.writing()?;
        if is_due(&mut state.faults.records_until_error) {
            return Err(io_error(session.as_str(), "the manifest could not be written"));
        }
        let lines = state.manifests.entry(session.as_str().to_owned()).or_default();
        lines.extend(removals.iter().cloned().map(ManifestLine::Removed));
        Ok(())
    }

    fn manifest_bytes(&self) -> Result<u64, DestinationError> {
        // Any measure that grows with each line will do.
        Ok(self.reading()?.manifests.values().map(|lines| lines.len() as u64).sum())
    }

    fn manifest_lines(&self, found: &mut dyn FnMut(&SessionId, ManifestLine)) -> Result<(), DestinationError> {
        let manifests = self.reading()?.manifests.clone();
        for (session, lines) in manifests {
            let session = SessionId::new(session);
            lines.into_iter().for_each(|line| found(&session, line));
        }
        Ok(())
    }

    fn files(&self, found: &mut dyn FnMut(LibraryFile)) -> Result<(), DestinationError> {
        let mut state = self.reading()?;
        state.walks += 1;
        let is_closed = |path: &LibraryPath| {
            state.faults.spoilt.iter().find(|closed| path.as_str().starts_with(&format!("{closed}/"))).cloned()
        };
        let (mut all, mut failure) = (Vec::new(), None);
        for (path, file) in &state.published {
            match is_closed(path) {
                Some(folder) => failure = Some(io_error(folder.as_str(), "permission denied")),
                None => {
                    let listed = state.listed_as.get(path).cloned().unwrap_or_else(|| path.to_string());
                    all.push(LibraryFile { path: listed, bytes: file.bytes.len() as u64 });
                }
            }
        }
        drop(state);
        all.into_iter().for_each(found);
        failure.map_or(Ok(()), Err)
    }
}
