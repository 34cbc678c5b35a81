//! The simulated phone against programs that others wrote, unmodified. They decide what is right.
//!
//! Needs Debian's `libimobiledevice-utils`, `ifuse` and `fuse3`, `/dev/fuse`, and the Python environment that
//! `install-conformance` makes. What is missing fails a test; nothing is skipped.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its surroundings has failed")]

mod bench;
mod ifuse;
mod imobiledevice;
mod pairings;
mod pymobiledevice;
mod refusals;
mod tree;
