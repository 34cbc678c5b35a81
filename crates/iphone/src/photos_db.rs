//! The phone's own library: its Photos database, read from a copy.
//!
//! Nothing is keyed on the version of the system. Tables, columns, entity numbers and join tables are looked for; what is
//! missing is left out, what is unknown is kept as the number it is. The copy is made so that it is of one moment
//! (`snapshot`), and it is hostile: `database` says how it is opened and what reading it may cost. Which files are there
//! is not decided here: the phone's file system has the last word on that.

mod album;
mod asset;
mod cells;
mod database;
mod dates;
mod error;
mod keys;
mod kinds;
mod library;
mod model;
mod paths;
mod people;
mod resource;
mod schema;
mod snapshot;
mod uti;

pub use album::{AlbumKind, PhotosAlbum};
pub use asset::{CameraFacts, PhotosAsset};
pub use database::ReadLimits;
pub use error::{PhotosDbError, SchemaReport};
pub use keys::FileKey;
pub use kinds::{Listed, MediaTrait};
pub use library::PhotosLibrary;
pub use paths::Rendition;
pub use resource::{PhotosResource, PhotosRole};
pub use snapshot::{Certainty, Patience, Snapshot, Snapshots};
