//! Limits that every Unix knows, more or less: macOS accepts those of memory without keeping them.

use super::MOST_MEMORY;
use rustix::process::{Resource, Rlimit, setrlimit};

/// Seconds of processor time after which a decoder ends; it is retired long before. Nothing else ends one that hangs when
/// the application is gone.
const MOST_SECONDS: u64 = 900;

/// Sets the limits; tells whether all were taken.
pub(crate) fn limit_resources() -> bool {
    [
        (Resource::Data, MOST_MEMORY),
        // Threads set address space aside that they do not use; this bound is for what the other does not count.
        (Resource::As, mapped().saturating_add(2 * MOST_MEMORY)),
        (Resource::Cpu, MOST_SECONDS),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
    ]
    .into_iter()
    .all(|(resource, most)| setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).is_ok())
}

/// Returns the bytes of address space that the program has taken already: the window's libraries are large.
fn mapped() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    pages.map_or(MOST_MEMORY, |pages| pages * rustix::param::page_size() as u64)
}
