//! The one thing besides progress that crosses the layers upward-down: "please stop".

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that long work looks at between two steps. Clones share the flag.
#[derive(Debug, Clone, Default)]
pub struct CancelFlag(Arc<Flag>);

#[derive(Debug, Default)]
struct Flag {
    cancelled: AtomicBool,
    whole: Option<CancelFlag>,
}

impl CancelFlag {
    /// Makes a flag for a part of the work: it is cancelled with the whole, which goes on when only the part is.
    #[must_use]
    pub fn of_part(&self) -> Self {
        Self(Arc::new(Flag { cancelled: AtomicBool::new(false), whole: Some(self.clone()) }))
    }

    /// Asks the work to stop at its next step. There is no way back.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Release);
    }

    /// Tells whether the work was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Acquire) || self.0.whole.as_ref().is_some_and(Self::is_cancelled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_takes_its_parts_along_and_not_the_other_way_round() {
        let whole = CancelFlag::default();
        let (one, other) = (whole.of_part(), whole.of_part());
        one.cancel();
        assert_eq!([&one, &other, &whole].map(CancelFlag::is_cancelled), [true, false, false]);
        whole.cancel();
        assert!(other.clone().is_cancelled());
    }
}
