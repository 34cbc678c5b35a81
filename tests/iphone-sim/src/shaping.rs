//! How slow the cable is: a delay for each request, and a rate that all connections share.
//!
//! The delay stands for the way there and back and for the phone's own thinking: it runs from the moment a request
//! arrived, so the delays of requests in flight overlap. The rate is a clock of the cable's own: bytes follow on those
//! before them, of whichever connection, as soon as they are ready, and the time this computer takes to wake up, to
//! fetch and to encrypt them is not added on top. What a client leaves unread fills the system's socket buffers first,
//! some megabytes on loopback; only then does the cable stand still.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::lock::lock;

/// How far the cable's clock may lag behind the real one and still catch up. Enough for a busy computer to wake a
/// thread; what was lost beyond it, because a client did not read or the computer stood still, stays lost.
const LAG: Duration = Duration::from_millis(50);
/// What a shaped cable carries in one go, before another connection has its turn.
const PIECE: usize = 64 << 10;

/// Latency and rate of a phone.
#[derive(Default)]
pub(crate) struct Shaping {
    latency: Duration,
    bytes_per_second: Option<f64>,
    free_at: Mutex<Option<Instant>>,
}

impl Shaping {
    /// `rate` is in bytes a second; `None` or nothing sensible is as fast as the machine.
    pub(crate) fn new(latency: Duration, rate: Option<f64>) -> Self {
        let bytes_per_second = rate.filter(|rate| rate.is_finite() && *rate > 0.0);
        Self { latency, bytes_per_second, free_at: Mutex::default() }
    }

    /// Whether the cable is any slower than the machine.
    pub(crate) fn slows(&self) -> bool {
        !self.latency.is_zero() || self.bytes_per_second.is_some()
    }

    /// The most bytes to hand to [`Shaping::carry`] at once.
    pub(crate) fn piece(&self) -> usize {
        if self.bytes_per_second.is_some() { PIECE } else { usize::MAX }
    }

    /// When the answer to a request that arrived then is ready to travel.
    pub(crate) fn ready(&self, arrival: Instant) -> Instant {
        arrival + self.latency
    }

    /// Books the cable for bytes that were ready at a moment; tells when they are across.
    pub(crate) fn carry(&self, ready: Instant, bytes: usize) -> Instant {
        let Some(rate) = self.bytes_per_second else { return ready };
        let needs = Duration::from_secs_f64(bytes as f64 / rate);
        let mut free_at = lock(&self.free_at);
        let across = begin(*free_at, ready, Instant::now()) + needs;
        *free_at = Some(across);
        across
    }
}

/// When bytes that were ready at a moment set out on a cable that is free from another one on.
fn begin(free_at: Option<Instant>, ready: Instant, now: Instant) -> Instant {
    let soonest = free_at.map_or(ready, |free| free.max(ready));
    now.checked_sub(LAG).map_or(soonest, |oldest| soonest.max(oldest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_ready_follow_on_and_only_a_short_delay_of_ours_is_made_up_for() {
        let start = Instant::now() + Duration::from_secs(1);
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        assert_eq!(begin(None, at(5), at(7)), at(5));
        assert_eq!(begin(Some(at(10)), at(5), at(12)), at(10), "woken late");
        assert_eq!(begin(Some(at(10)), at(30), at(30)), at(30), "nothing to carry for a while");
        assert_eq!(begin(Some(at(10)), at(5), at(200)), at(150), "nobody read for long");
    }

    #[test]
    fn the_cable_is_shared_by_all_who_send() {
        let shaping = Shaping::new(Duration::ZERO, Some(1e6));
        let ready = Instant::now() + Duration::from_secs(60);
        let across: Vec<_> = (0..3).map(|_| shaping.carry(ready, 10_000)).collect();
        assert_eq!(across, [10, 20, 30].map(|ms| ready + Duration::from_millis(ms)));
    }
}
