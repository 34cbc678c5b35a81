//! Who takes which asset next: several readers, in the order of the plan, none too far ahead of what is filed.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Hands out items in order. A reader that is too far ahead of the filing waits, so that a crash leaves little to be copied
/// again and few files open.
pub(crate) struct Turns {
    /// How many files come before each item, and before the end.
    files_before: Vec<u64>,
    /// Files ahead of the filing, at most; the item to be filed next is always handed out.
    ahead: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    next: u32,
    filed: u32,
    ended: bool,
}

impl Turns {
    /// Takes how many files each item has.
    pub(crate) fn new(files: impl IntoIterator<Item = usize>, ahead: u64) -> Self {
        let mut files_before = vec![0];
        files_before.extend(files.into_iter().scan(0, |sum, files| {
            *sum += files as u64;
            Some(*sum)
        }));
        Self { files_before, ahead, state: Mutex::default(), changed: Condvar::new() }
    }

    fn is_too_far(&self, state: &State) -> bool {
        let before = |item: u32| self.files_before.get(item as usize).copied().unwrap_or(u64::MAX);
        state.next > state.filed && before(state.next) - before(state.filed) >= self.ahead
    }

    fn is_over(&self, state: &State) -> bool {
        state.ended || state.next as usize + 1 >= self.files_before.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the next item, once it is near enough; `None` when there is no other.
    pub(crate) fn next(&self) -> Option<u32> {
        let must_wait = |state: &mut State| !self.is_over(state) && self.is_too_far(state);
        let mut state = self.changed.wait_while(self.state(), must_wait).unwrap_or_else(PoisonError::into_inner);
        if self.is_over(&state) {
            return None;
        }
        let item = state.next;
        state.next += 1;
        Some(item)
    }

    /// Notes that all items before this one are filed.
    pub(crate) fn filed(&self, before: u32) {
        self.state().filed = before;
        self.changed.notify_all();
    }

    /// Ends the turns if the thread that holds the result panics: nobody may wait for it for ever.
    pub(crate) fn watched(&self) -> Watch<'_> {
        Watch(self)
    }
}

/// See [`Turns::watched`].
pub(crate) struct Watch<'a>(&'a Turns);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.state().ended = true;
            self.0.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn nobody_gets_too_far_ahead() {
        // The second item has two files; the fifth is large and goes ahead only when nothing else is left.
        let turns = Turns::new([1, 2, 1, 1, 9], 3);
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| std::iter::from_fn(|| turns.next()).collect::<Vec<_>>());
            std::thread::sleep(Duration::from_millis(30));
            assert_eq!(turns.state().next, 2, "it waits");
            turns.filed(1);
            std::thread::sleep(Duration::from_millis(30));
            assert_eq!(turns.state().next, 3, "two files and one are three");
            turns.filed(2);
            turns.filed(4);
            assert_eq!(reader.join().unwrap(), [0, 1, 2, 3, 4]);
        });
    }

    #[test]
    fn a_panic_lets_the_others_go() {
        let turns = Turns::new([1; 5], 1);
        turns.next();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| turns.next());
            let panicking = scope.spawn(|| {
                let _watch = turns.watched();
                panic!("as a bug might");
            });
            assert!(panicking.join().is_err());
            assert_eq!(waiting.join().unwrap(), None);
        });
    }
}
