//! A thread beside each child that ends it when it takes too long, and sees it off when it is over.

use std::process::Child;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long the thread looks away at most while its child works: it is not woken for every message.
const GLANCE: Duration = Duration::from_secs(1);

/// Watches one child. Dropping it ends the child.
#[derive(Debug)]
pub(crate) struct Watch(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing is expected of the child.
    Resting,
    /// It has to say something until then.
    Working(Instant),
    /// The time is over; the child is being ended.
    Overdue,
    /// It is not needed any more.
    Over,
}

impl Watch {
    /// Begins to watch. Errors when the system gives no thread; the child is then ended at once.
    pub(crate) fn over(child: Child) -> std::io::Result<Self> {
        let shared = Arc::new(Shared { state: Mutex::new(State::Resting), changed: Condvar::new() });
        let watched = Arc::clone(&shared);
        let watch = std::thread::Builder::new().name("decoder-watch".to_owned()).spawn(move || {
            let mut child = child;
            watched.wait_for_the_end();
            // It may have ended by itself; either way it must be waited for, or its entry stays with the system.
            let _ = child.kill();
            let _ = child.wait();
        });
        watch.map(|_| Self(shared))
    }

    /// The child has to say something within so long.
    pub(crate) fn expect(&self, patience: Duration) {
        let mut state = self.0.state();
        let rested = *state == State::Resting;
        if matches!(*state, State::Resting | State::Working(_)) {
            *state = State::Working(Instant::now() + patience);
        }
        if rested {
            self.0.changed.notify_one();
        }
    }

    /// Nothing is expected any more.
    pub(crate) fn rest(&self) {
        let mut state = self.0.state();
        if matches!(*state, State::Working(_)) {
            *state = State::Resting;
        }
    }

    /// Tells whether the child was ended because it took too long.
    pub(crate) fn was_overdue(&self) -> bool {
        *self.0.state() == State::Overdue
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        *self.0.state() = State::Over;
        self.0.changed.notify_one();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns when the child is to be ended.
    fn wait_for_the_end(&self) {
        let mut state = self.state();
        loop {
            let now = Instant::now();
            state = match *state {
                State::Over | State::Overdue => return,
                State::Resting => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                State::Working(until) if until <= now => {
                    *state = State::Overdue;
                    return;
                }
                State::Working(until) => {
                    let glance = GLANCE.min(until - now);
                    self.changed.wait_timeout(state, glance).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}
