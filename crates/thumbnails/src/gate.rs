//! As many calls to a source at once as suit it, however many threads draw.

use domain::{CancelFlag, ResourceReader, Source, SourceError, SourcePath};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Lets a number of callers through at once. Callers wait for each other, never for long: a call to a source ends by itself.
#[derive(Debug)]
pub(crate) struct Gate {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Gate {
    /// Makes a gate for so many at once; at least one.
    pub(crate) fn new(width: usize) -> Self {
        Self { free: Mutex::new(width.max(1)), freed: Condvar::new() }
    }

    /// Makes one call, when there is room.
    pub(crate) fn through<T>(&self, call: impl FnOnce() -> T) -> T {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self.freed.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        drop(free);
        let _leave = Leave(self);
        call()
    }
}

/// Makes room again, also when the call panics.
struct Leave<'a>(&'a Gate);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

/// A source behind its gate, for one picture: nothing is read of it once nobody wants the picture any more.
pub(crate) struct Gated {
    source: Arc<dyn Source>,
    gate: Arc<Gate>,
    stop: CancelFlag,
}

impl Gated {
    /// Puts a source behind a gate.
    pub(crate) fn new(source: Arc<dyn Source>, gate: Arc<Gate>, stop: CancelFlag) -> Self {
        Self { source, gate, stop }
    }

    /// Asks for the source's own small picture.
    pub(crate) fn thumbnail(&self, path: &SourcePath) -> Result<Option<Vec<u8>>, SourceError> {
        self.gate.through(|| wanted(&self.stop).and_then(|()| self.source.thumbnail(path)))
    }

    /// Opens a file; each read of it passes the gate, too.
    pub(crate) fn open(&self, path: &SourcePath) -> Result<impl ResourceReader + use<>, SourceError> {
        let reader = self.gate.through(|| wanted(&self.stop).and_then(|()| self.source.open_aside(path)))?;
        Ok(GatedReader { reader, gate: Arc::clone(&self.gate), stop: self.stop.clone() })
    }
}

struct GatedReader {
    reader: Box<dyn ResourceReader>,
    gate: Arc<Gate>,
    stop: CancelFlag,
}

/// Errors with `Cancelled` when the picture is not wanted any more.
fn wanted(stop: &CancelFlag) -> Result<(), SourceError> {
    if stop.is_cancelled() { Err(SourceError::Cancelled) } else { Ok(()) }
}

impl ResourceReader for GatedReader {
    fn size(&self) -> u64 {
        self.reader.size()
    }

    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        let (reader, stop) = (&mut self.reader, &self.stop);
        self.gate.through(|| wanted(stop).and_then(|()| reader.read_at(offset, length)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn no_more_than_its_width_at_once_and_a_panic_leaves_no_hole() {
        let gate = Gate::new(2);
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let call = |number: usize| {
            most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(std::time::Duration::from_millis(2));
            inside.fetch_sub(1, Ordering::SeqCst);
            assert!(!number.is_multiple_of(5), "on purpose");
        };
        let pass = |number| drop(catch_unwind(AssertUnwindSafe(|| gate.through(|| call(number)))));
        std::thread::scope(|scope| {
            let pass = &pass;
            (0..16).for_each(|number| drop(scope.spawn(move || pass(number))));
        });
        assert_eq!((most.load(Ordering::SeqCst), *gate.free.lock().unwrap()), (2, 2));
    }
}
