//! The program as scripts see it: real processes, real sockets to the simulated phone, real photos, an ordinary user.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on ends")]

mod again;
mod albums;
#[cfg(target_os = "linux")]
mod awake;
mod checking;
mod choosing;
mod converting;
mod crashes;
mod device_report;
mod journey;
mod misbehaviour;
mod phone_library;
mod renditions;
mod scripting;
mod sidecars;
mod snapshots;
mod stage;
mod trouble;
mod undoing;
mod wrong_bytes;
