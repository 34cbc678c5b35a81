//! What clients did to a phone, for tests to look at.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Running totals; never reset.
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) pair_requests: AtomicU64,
    pub(crate) private_keys: AtomicU64,
    pub(crate) afc_requests: AtomicU64,
    pub(crate) changes: AtomicU64,
    pub(crate) bytes_read: AtomicU64,
    pub(crate) unanswered: AtomicU64,
    /// Not a total: file handles open at this moment, over all connections.
    pub(crate) open_handles: AtomicU64,
}

/// A look at what clients did to a phone since it started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// How often a client asked to be trusted.
    pub pair_requests: u64,
    /// How many of those requests had a private key in them, which no phone should ever see.
    pub private_keys: u64,
    /// Requests of file connections, over all of them.
    pub afc_requests: u64,
    /// How many of these would have changed something, whether or not the phone let them.
    pub changes: u64,
    /// Bytes of file contents sent.
    pub bytes_read: u64,
    /// Requests of file connections that a fault left without an answer.
    pub unanswered: u64,
    /// File handles open at this moment, over all connections.
    pub open_handles: u64,
}

impl Counters {
    pub(crate) fn snapshot(&self) -> Activity {
        Activity {
            pair_requests: self.pair_requests.load(Relaxed),
            private_keys: self.private_keys.load(Relaxed),
            afc_requests: self.afc_requests.load(Relaxed),
            changes: self.changes.load(Relaxed),
            bytes_read: self.bytes_read.load(Relaxed),
            unanswered: self.unanswered.load(Relaxed),
            open_handles: self.open_handles.load(Relaxed),
        }
    }
}
