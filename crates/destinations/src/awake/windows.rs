//! The one way to tell Windows that the system is needed.
#![allow(unsafe_code)]

use windows_sys::Win32::System::Power::{ES_CONTINUOUS, ES_SYSTEM_REQUIRED, SetThreadExecutionState};

/// Says whether the calling thread needs the system awake, until it says otherwise or ends.
pub(super) fn need_system(needed: bool) {
    let flags = if needed { ES_CONTINUOUS | ES_SYSTEM_REQUIRED } else { ES_CONTINUOUS };
    // SAFETY: takes and gives back a plain number. Where it is refused, nothing changes.
    unsafe { SetThreadExecutionState(flags) };
}
