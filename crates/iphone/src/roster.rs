//! What is known of the phones at the mux without waiting for any of them, and who wants to hear when that changes.

use crate::dial::canonical_udid;
use crate::probe::{PhoneInfo, PhoneState};
use idevice::usbmuxd::UsbmuxdDevice;
use std::collections::BTreeMap;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The phones of one mux as they were when they were asked last. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Roster(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// By the number that a phone has at the mux, which is another one after each plugging in.
    known: BTreeMap<u32, Known>,
    /// Counts the questions, so that what was asked later counts.
    asked: u64,
    listeners: Vec<Sender<()>>,
}

#[derive(Debug)]
struct Known {
    info: PhoneInfo,
    asked: u64,
}

/// Whether an answer changed what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Noted {
    Changed,
    Same,
}

impl Roster {
    /// Has a listener called from now on, until it is dropped.
    pub(crate) fn listen(&self, listener: Sender<()>) {
        self.state().listeners.push(listener);
    }

    /// Calls everyone who listens.
    pub(crate) fn ring(&self) {
        self.state().listeners.retain(|listener| listener.send(()).is_ok());
    }

    /// Returns the number under which the answer to a question that is asked now is noted.
    pub(crate) fn question(&self) -> u64 {
        let mut state = self.state();
        state.asked += 1;
        state.asked
    }

    /// Notes an answer, unless one to a later question is there already.
    pub(crate) fn note(&self, device: &UsbmuxdDevice, question: u64, info: PhoneInfo) -> Noted {
        let mut state = self.state();
        let before = state.known.get(&device.device_id);
        if before.is_some_and(|known| known.asked > question) {
            return Noted::Same;
        }
        let same = before.is_some_and(|known| known.info == info);
        state.known.insert(device.device_id, Known { info, asked: question });
        if same { Noted::Same } else { Noted::Changed }
    }

    /// Returns what is known of a phone; one that has not answered yet is being connected to.
    pub(crate) fn info(&self, device: &UsbmuxdDevice) -> PhoneInfo {
        let udid = canonical_udid(&device.udid);
        let state = self.state();
        // A mux that was started again counts from the beginning.
        let known = state.known.get(&device.device_id).filter(|known| known.info.udid == udid);
        known.map_or_else(|| PhoneInfo::unknown(udid, PhoneState::Connecting), |known| known.info.clone())
    }

    /// Forgets that a phone was ejected: it is to be asked anew.
    pub(crate) fn wake(&self, udid: &str) {
        let rests = |info: &PhoneInfo| info.state == PhoneState::Ejected && info.udid == udid;
        self.state().known.retain(|_, known| !rests(&known.info));
    }

    /// Forgets those that are no longer plugged in as they were.
    pub(crate) fn keep(&self, listed: &[UsbmuxdDevice]) {
        self.state().known.retain(|number, _| listed.iter().any(|device| device.device_id == *number));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
