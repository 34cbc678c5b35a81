//! How slow the cable is: a delay for each request, and a rate that all connections share.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use crate::lock::lock;

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

    pub(crate) fn delays(&self) -> bool {
        !self.latency.is_zero()
    }

    /// Waits until a request that arrived at `arrival` may be answered. Requests in flight together wait together:
    /// the delay stands for the way there and back, not for work.
    pub(crate) fn wait_since(&self, arrival: Instant) {
        sleep_until(arrival + self.latency);
    }

    /// Waits as long as the cable needs for these bytes, after those of every other connection.
    pub(crate) fn carry(&self, bytes: usize) {
        let Some(rate) = self.bytes_per_second else { return };
        let now = Instant::now();
        let done = {
            let mut free_at = lock(&self.free_at);
            let start = free_at.filter(|at| *at > now).unwrap_or(now);
            let done = start + Duration::from_secs_f64(bytes as f64 / rate);
            *free_at = Some(done);
            done
        };
        sleep_until(done);
    }
}

fn sleep_until(moment: Instant) {
    let wait = moment.saturating_duration_since(Instant::now());
    if !wait.is_zero() {
        thread::sleep(wait);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_connections_share_one_rate() {
        let shaping = Shaping::new(Duration::ZERO, Some(1_000_000.0));
        let start = Instant::now();
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| (0..5).for_each(|_| shaping.carry(10_000)));
            }
        });
        assert!(start.elapsed() >= Duration::from_millis(99), "{:?}", start.elapsed());
    }
}
