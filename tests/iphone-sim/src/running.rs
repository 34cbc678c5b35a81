//! A phone that runs: what a test can do to it, as a person or an accident would.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::counters::Activity;
use crate::device::Device;
use crate::error::SimError;
use crate::faults::Fault;
use crate::library::Expected;
use crate::live::{DatabaseWriter, Pace};
use crate::lock::lock;
use crate::mux::{Mux, OpenDoor};
use crate::{LockState, Trust};

/// A running phone. Dropping it unplugs it; the multiplexer it was started with, and every connection, ends as well.
pub struct RunningPhone {
    mux: Arc<Mux>,
    device: Arc<Device>,
    address: SocketAddr,
    doors: Vec<OpenDoor>,
    writers: Mutex<Vec<DatabaseWriter>>,
}

impl RunningPhone {
    pub(crate) fn new(mux: Arc<Mux>, device: Arc<Device>, address: SocketAddr, doors: Vec<OpenDoor>) -> Self {
        Self { mux, device, address, doors, writers: Mutex::default() }
    }

    pub(crate) fn mux(&self) -> &Arc<Mux> {
        &self.mux
    }

    /// Where the multiplexer listens; what clients take in `USBMUXD_SOCKET_ADDRESS`.
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// The phone's identifier.
    pub fn udid(&self) -> &str {
        self.device.udid()
    }

    /// Pulls the cable: every stream ends, listeners hear of it.
    pub fn unplug(&self) {
        self.mux.unplug(&self.device);
    }

    /// Plugs the phone in again, under a new number as a real one gets.
    pub fn replug(&self) {
        self.mux.plug(&self.device);
    }

    /// Changes what a computer that asks to be trusted is answered from now on.
    pub fn set_trust(&self, trust: Trust) {
        self.device.state().trust = trust;
    }

    /// Forgets every computer, as Reset Location & Privacy does.
    pub fn revoke_trust(&self) {
        self.device.state().hosts.forget_all();
    }

    /// Locks or unlocks the phone.
    pub fn set_locked(&self, lock: LockState) {
        self.device.lock_screen(lock);
    }

    /// Makes the phone misbehave from now on, until [`RunningPhone::behave`]. Faults add up.
    pub fn inject(&self, fault: Fault) {
        if let Fault::WritesDatabase { every_ms, assets, seed } = fault {
            let pace = Pace { every: Duration::from_millis(every_ms), assets, seed };
            lock(&self.writers).extend(self.write_database(pace));
        }
        self.device.faults.arm(fault);
    }

    /// Begins to change the Photos database, until the writer is dropped.
    pub fn write_database(&self, pace: Pace) -> Result<DatabaseWriter, SimError> {
        DatabaseWriter::start(&self.database().ok_or(SimError::NoDatabase)?, pace)
    }

    /// Ends all misbehaviour; what was pulled or locked stays so.
    pub fn behave(&self) {
        self.device.faults.clear();
        lock(&self.writers).clear();
    }

    /// Posts a notification to every client that observes it.
    pub fn post_notification(&self, name: &str) {
        self.device.notices.post(name);
    }

    /// Connections to the phone that are open at this moment, those to lockdown included.
    pub fn open_connections(&self) -> usize {
        self.device.streams().0
    }

    /// Connections to the phone since it started.
    pub fn connections_made(&self) -> u64 {
        self.device.streams().1
    }

    /// What is known about the photo library, if it was invented.
    pub fn expected(&self) -> Option<&Expected> {
        self.device.traits.media.expected()
    }

    /// Where the Photos database is on this computer, if the phone may change it: it is an invented one, or the media
    /// folder is writable.
    pub fn database(&self) -> Option<PathBuf> {
        self.device.traits.media.database()
    }

    /// What clients did so far.
    pub fn activity(&self) -> Activity {
        self.device.counters.snapshot()
    }
}

impl Drop for RunningPhone {
    fn drop(&mut self) {
        lock(&self.writers).clear();
        self.device.retire();
        self.mux.unplug(&self.device);
        if !self.doors.is_empty() {
            self.mux.close();
        }
    }
}
