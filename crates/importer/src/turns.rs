//! Who takes which asset next: several readers, in the order of the plan, none too far ahead of what is filed.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Hands out items in order. A reader that is too far ahead of the filing waits, so that a crash leaves little to be copied
/// again and few files open.
pub(crate) struct Turns {
    items: u32,
    ahead: u32,
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
    pub(crate) fn new(items: u32, ahead: u32) -> Self {
        Self { items, ahead, state: Mutex::default(), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the next item, once it is near enough; `None` when there is no other.
    pub(crate) fn next(&self) -> Option<u32> {
        let too_far = |s: &mut State| !s.ended && s.next < self.items && s.next >= s.filed.saturating_add(self.ahead);
        let mut state = self.changed.wait_while(self.state(), too_far).unwrap_or_else(PoisonError::into_inner);
        let item = state.next;
        if state.ended || item == self.items {
            return None;
        }
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
        let turns = Turns::new(5, 2);
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| std::iter::from_fn(|| turns.next()).collect::<Vec<_>>());
            std::thread::sleep(Duration::from_millis(30));
            assert_eq!(turns.state().next, 2, "it waits");
            (1..=3).for_each(|filed| turns.filed(filed));
            assert_eq!(reader.join().unwrap(), [0, 1, 2, 3, 4]);
        });
    }

    #[test]
    fn a_panic_lets_the_others_go() {
        let turns = Turns::new(5, 1);
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
