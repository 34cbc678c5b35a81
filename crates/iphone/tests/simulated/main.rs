//! The crate against the simulated iPhone, and against muxes that behave as no mux should.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "shared with the tests of the simulated phone, which use all of it")]
#[path = "../../../../tests/iphone-sim/tests/conformance/bench.rs"]
mod bench;
mod hostile;
mod misbehaving;
#[cfg(target_os = "linux")]
mod pairings;
mod photos_library;
mod plugging;
mod reading;
mod reporting;
mod soak;
mod trust;

use iphone::{Limits, MuxAddress, Phone, PhoneInfo, PhoneState, Phones};
use iphone_sim::{Builder, RunningPhone};
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A folder with the given files, as the media folder of a phone.
fn media(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir_all(folder.path().join("DCIM")).unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn describe(media: &Path) -> Builder {
    iphone_sim::Phone::builder().media(media)
}

fn phones_at(address: SocketAddr) -> Phones {
    Phones::new(MuxAddress::parse(Some(&address.to_string())).unwrap()).unwrap()
}

/// Limits that a test can wait for.
fn impatient_phones_at(address: SocketAddr) -> Phones {
    let short = Duration::from_millis(300);
    let limits = Limits { mux: short, probe: short, connect: short, request: short, trust: short };
    Phones::with_limits(MuxAddress::Tcp(address), limits).unwrap()
}

/// Pairs with a simulated phone and opens it.
fn open(sim: &RunningPhone) -> Phone {
    let phones = phones_at(sim.addr());
    phones.ask(sim.udid()).unwrap();
    phones.open(sim.udid()).unwrap()
}

fn state(phones: &Phones) -> PhoneState {
    only(phones).state
}

fn only(phones: &Phones) -> PhoneInfo {
    let mut devices = phones.devices().unwrap();
    assert_eq!(devices.len(), 1, "{devices:?}");
    devices.remove(0)
}

/// Waits until something is so; fails after ten seconds.
fn eventually(what: &str, mut so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < Duration::from_secs(10), "not so after ten seconds: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
