//! What a process that leaks has more and more of.

use std::fmt;
use std::fs;
use std::time::{Duration, Instant};

/// Open files, threads and memory of this process.
#[derive(Clone, Copy)]
pub struct Gauges {
    files: usize,
    threads: usize,
    bytes: u64,
}

/// Connections of the simulated phone end a little later than ours.
const PATIENCE: Duration = Duration::from_secs(30);
const MORE_FILES: usize = 8;
const MORE_THREADS: usize = 4;
/// What the allocator keeps for later comes and goes.
const MORE_BYTES: u64 = 64 << 20;
const PAGE: u64 = 4096;

impl Gauges {
    pub fn read() -> Self {
        let entries = |folder: &str| fs::read_dir(folder).unwrap().count();
        let pages = fs::read_to_string("/proc/self/statm").unwrap();
        let resident = pages.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap();
        Self { files: entries("/proc/self/fd"), threads: entries("/proc/self/task"), bytes: resident * PAGE }
    }

    /// Waits until there is no more of anything than there was; fails when that takes too long.
    pub fn settle(before: &mut Self) {
        let start = Instant::now();
        while !Self::read().fits(*before) {
            assert!(start.elapsed() < PATIENCE, "{before} have become {}", Self::read());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn fits(self, before: Self) -> bool {
        self.files <= before.files + MORE_FILES
            && self.threads <= before.threads + MORE_THREADS
            && self.bytes <= before.bytes + MORE_BYTES
    }
}

impl fmt::Display for Gauges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} open files, {} threads, {} MiB", self.files, self.threads, self.bytes >> 20)
    }
}
