//! Phones that were let go of: nothing connects to one of them until it is wanted again or plugged in anew.

use crate::dial::canonical_udid;
use crate::probe::{PhoneInfo, PhoneState};
use idevice::usbmuxd::UsbmuxdDevice;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The resting phones of one mux, by the number they have there, which is another one after each plugging in. Clones share
/// them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Resting(Arc<Mutex<BTreeMap<u32, PhoneInfo>>>);

impl Resting {
    /// Lets a phone rest; `info` is what is shown of it meanwhile.
    pub(crate) fn lay(&self, device: &UsbmuxdDevice, info: PhoneInfo) {
        self.phones().insert(device.device_id, PhoneInfo { state: PhoneState::Ejected, ..info });
    }

    /// Returns what is shown of a phone, if it rests.
    pub(crate) fn info(&self, device: &UsbmuxdDevice) -> Option<PhoneInfo> {
        let known = self.phones().get(&device.device_id).cloned();
        // A mux that was started again counts from the beginning.
        known.filter(|info| info.udid == canonical_udid(&device.udid))
    }

    /// Ends the rest of a phone.
    pub(crate) fn wake(&self, udid: &str) {
        let udid = canonical_udid(udid);
        self.phones().retain(|_, info| info.udid != udid);
    }

    /// Forgets those that are no longer plugged in as they were.
    pub(crate) fn keep(&self, listed: &[UsbmuxdDevice]) {
        self.phones().retain(|number, _| listed.iter().any(|device| device.device_id == *number));
    }

    fn phones(&self) -> MutexGuard<'_, BTreeMap<u32, PhoneInfo>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
