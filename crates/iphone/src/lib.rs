//! Talks to iPhones over USB: finds them, pairs with them, lists and reads their media folder.
//!
//! The facade is synchronous and can be called from any thread. Inside, a private runtime drives the crate `idevice` for
//! the mux and TLS. That crate has no time limits, trusts lengths and may panic; so each piece of its work runs in a task
//! of its own and under a limit, and it parses nothing that a phone says. Lockdown, pairing and the file protocol (AFC) are
//! spoken here: lengths are checked before anything is allocated, replies are matched to requests by number, many requests
//! may be in flight, and a connection that is out of step is thrown away.
//!
//! What the files mean is left to others. A phone is untrusted: names, sizes and bytes are passed on as it sent them.

mod address;
mod afc;
mod dial;
mod engine;
mod error;
mod file;
mod file_info;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod heads;
mod lane;
mod listing;
mod lockdown;
mod many;
mod model_names;
mod pairing;
mod phone;
mod phones;
pub mod photos_db;
mod probe;
mod report;
mod resting;
mod roster;
mod watch;

pub use address::{MuxAddress, MuxAddressError};
pub use dial::is_udid;
pub use engine::Limits;
pub use error::PhoneError;
pub use file::PhoneFile;
pub use file_info::{FileInfo, FileKind};
pub use heads::Head;
pub use listing::{FOLDERS_AT_ONCE, Listing};
pub use phone::{DiskInfo, FolderNames, Phone};
pub use phones::{AskForTrust, Phones};
pub use probe::{PhoneInfo, PhoneState};
pub use report::{Answered, DeviceReport, Fact, FactValue};
pub use watch::WatchGuard;
