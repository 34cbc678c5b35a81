//! Where photos go: folders on mounted volumes, and a library in memory for tests.
//!
//! What is copied, and in which order, is the importer's; what a copy is worth, the catalog's and the journal's.
//! Each concern that differs between operating systems has one file: `awake`, `background`, `bypass`, `cold_read`, `flush`, `rename`, `space`, `volumes`.

mod awake;
mod background;
mod bypass;
mod cold_read;
mod flush;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod library_folder;
mod manifest;
mod marker;
pub mod memory;
mod nearby;
mod overlap;
mod pending;
mod rename;
mod root;
mod space;
mod volumes;
mod walk;

pub use awake::Awake;
pub use background::give_way;
pub use library_folder::LibraryFolder;
pub use manifest::RejectedLine;
pub use nearby::{Nearby, nearby, room_at};
pub use overlap::{Overlap, overlap};
pub use volumes::{MountedVolume, volumes};
