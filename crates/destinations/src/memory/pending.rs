//! A staged file of the library in memory.

use super::{MemoryLibrary, Stored, io_error, is_due};
use domain::{DestinationError, LibraryPath, PendingFile, ReadBackGrade, Sink, StagingName};

pub(super) struct MemoryPending {
    library: MemoryLibrary,
    name: StagingName,
    /// Whether dropping it still has a staged file to remove.
    staged: bool,
    /// Whether a flush failed; the file can then only be dropped.
    spoilt: bool,
}

impl MemoryPending {
    pub(super) fn new(library: MemoryLibrary, name: StagingName) -> Self {
        Self { library, name, staged: true, spoilt: false }
    }

    fn refuse_spoilt(&self) -> Result<(), DestinationError> {
        let refused = || io_error(self.name.as_str(), "it could not be flushed and must be copied again");
        (!self.spoilt).then_some(()).ok_or_else(refused)
    }

    fn vanished(&self) -> DestinationError {
        io_error(self.name.as_str(), "the staged file was removed meanwhile")
    }
}

impl PendingFile for MemoryPending {
    fn write(&mut self, bytes: &[u8]) -> Result<(), DestinationError> {
        let mut state = self.library.writing()?;
        state.faults.count_bytes(bytes.len())?;
        let file = state.staged.get_mut(self.name.as_str()).ok_or_else(|| self.vanished())?;
        file.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn seal(&mut self, modified_ns: i64) -> Result<(), DestinationError> {
        self.refuse_spoilt()?;
        let mut state = self.library.writing()?;
        if is_due(&mut state.faults.seals_until_error) {
            self.spoilt = true;
            return Err(io_error(self.name.as_str(), "it could not be flushed"));
        }
        let file = state.staged.get_mut(self.name.as_str()).ok_or_else(|| self.vanished())?;
        file.modified_ns = modified_ns;
        Ok(())
    }

    fn read_back(&mut self, sink: &mut Sink<'_>) -> Result<ReadBackGrade, DestinationError> {
        self.refuse_spoilt()?;
        let mut state = self.library.reading()?;
        while state.faults.holds_read_backs {
            drop(state);
            std::thread::sleep(std::time::Duration::from_millis(1));
            state = self.library.reading()?;
        }
        let flip = is_due(&mut state.faults.read_backs_until_flip) || state.faults.flips_always;
        let Stored { mut bytes, .. } = state.staged.get(self.name.as_str()).cloned().ok_or_else(|| self.vanished())?;
        drop(state);
        if let Some(first) = bytes.first_mut().filter(|_| flip) {
            *first ^= 1;
        }
        let _ = bytes.chunks(1 << 20).try_for_each(sink);
        Ok(ReadBackGrade::Warm)
    }

    fn publish(&mut self, to: &LibraryPath) -> Result<(), DestinationError> {
        self.refuse_spoilt()?;
        let mut state = self.library.writing()?;
        if state.published.contains_key(to) || state.faults.taken.contains(to) {
            return Err(DestinationError::Taken(to.to_string()));
        }
        let file = state.staged.remove(self.name.as_str()).ok_or_else(|| self.vanished())?;
        state.published.insert(to.clone(), file);
        self.staged = false;
        Ok(())
    }

    fn flush_published(&mut self) -> Result<(), DestinationError> {
        self.library.writing().map(|_| ())
    }

    fn leave(mut self: Box<Self>) {
        self.staged = false;
    }
}

impl Drop for MemoryPending {
    fn drop(&mut self) {
        let mut state = self.library.state();
        // Nothing can be removed from a drive that is not there.
        if self.staged && state.faults.calls_until_gone != Some(0) {
            state.staged.remove(self.name.as_str());
        }
    }
}
