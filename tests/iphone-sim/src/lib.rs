//! A simulated iPhone: a USB multiplexer with a phone behind it, on loopback, for tests and for trying the product out.
//!
//! It speaks usbmuxd's property-list protocol, lockdown (pairing, TLS, values, services), the file service and a few
//! small services, well enough for clients that others wrote. It shares no code with the product on purpose: what both
//! got wrong in the same way no test would find. What real phones were seen to do is said beside the code that does it.

mod afc;
mod builder;
mod channel;
mod counters;
mod device;
mod error;
mod faults;
mod host_record;
mod inbox;
mod known_hosts;
mod library;
mod live;
mod lock;
mod lockdown;
mod media;
mod mux;
mod plist_stream;
mod plists;
mod running;
mod services;
mod shaping;
mod socket;
mod status;
mod tls;
mod values;

pub use builder::{Builder, Phone};
pub use counters::Activity;
pub use error::SimError;
pub use faults::{At, Fault, Hang};
pub use library::{
    Availability, Burst, Expected, ExpectedAlbum, ExpectedAsset, ExpectedResource, ExpectedShare, Kind, Origin,
    PhotosLibrary, Role, Zone,
};
pub use live::{DatabaseCopy, DatabaseWriter, Pace, check_copy};
pub use media::Synthetic;
pub use running::RunningPhone;
pub use status::Status;
pub use tls::TlsVersions;

/// What the person at the phone says to a computer that asks to be trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// Trust, at once.
    #[default]
    Granted,
    /// Nothing yet: the question stays on the screen.
    Pending,
    /// Don't Trust.
    Denied,
    /// Nobody is asked: this connection may not pair.
    Prohibited,
}

/// Whether the phone is locked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LockState {
    /// In use.
    #[default]
    Unlocked,
    /// Locked after it was unlocked once: trusted computers go on working, new ones cannot pair.
    Locked,
    /// Not unlocked since it was switched on: nothing works.
    BeforeFirstUnlock,
}
