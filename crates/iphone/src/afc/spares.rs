//! Buffers that are used again: the system clears every page of a new one before it hands it over, which costs a fast cable
//! a tenth of the processor.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Smaller ones are not worth keeping.
const SMALLEST: usize = 64 << 10;
/// As long as the longest piece of a file: one fits all. What is not used of it costs nothing.
const LENGTH: usize = 4 << 20;
/// Kept at most: the piece at hand of as many files as are copied at once, and a few on the way.
const KEPT: usize = 8;

/// Buffers that nobody uses at the moment. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spares(Arc<Mutex<Vec<Vec<u8>>>>);

impl Spares {
    fn kept(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns an empty buffer with room for so many bytes.
    pub(crate) fn lend(&self, bytes: usize) -> Vec<u8> {
        if !(SMALLEST..=LENGTH).contains(&bytes) {
            return Vec::with_capacity(bytes);
        }
        self.kept().pop().unwrap_or_else(|| Vec::with_capacity(LENGTH))
    }

    /// Takes a buffer that is not needed any more.
    pub(crate) fn take_back(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        let mut kept = self.kept();
        if buffer.capacity() >= LENGTH && kept.len() < KEPT {
            kept.push(buffer);
        }
    }

    /// Lets go of all of them.
    pub(crate) fn drop_all(&self) {
        self.kept().clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_that_came_back_is_lent_again_empty() {
        let spares = Spares::default();
        let mut first = spares.lend(1 << 20);
        first.push(7);
        let place = first.as_ptr();
        spares.take_back(first);
        let second = spares.lend(1 << 20);
        assert_eq!((second.as_ptr(), second.len()), (place, 0));
        let third = spares.lend(1 << 20);
        assert_ne!(third.as_ptr(), place, "it is lent");
        spares.take_back(second);
        spares.drop_all();
        assert!(spares.kept().is_empty());
    }

    #[test]
    fn only_so_many_are_kept_and_only_those_that_fit_every_piece() {
        let spares = Spares::default();
        spares.take_back(Vec::with_capacity(LENGTH - 1));
        assert_eq!(spares.kept().len(), 0);
        (0..KEPT + 2).for_each(|_| spares.take_back(Vec::with_capacity(LENGTH)));
        assert_eq!(spares.kept().len(), KEPT);
        assert!(spares.lend(100).capacity() < LENGTH && spares.kept().len() == KEPT, "small ones are made");
    }
}
