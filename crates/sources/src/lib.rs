//! Where photos come from: one module per kind of source, each playing the role [`domain::Source`].
//!
//! What a file is, and whether it was imported before, is left to others.

mod byte_names;
mod folder;
mod iphone;
#[cfg(any(test, feature = "testing"))]
pub mod memory;
mod spec;

#[cfg(test)]
mod contract;

pub use crate::folder::FolderSource;
pub use crate::iphone::{IphoneSource, SharedAlbums};
pub use crate::spec::{Opening, SourceSpec, WhenLocked, find_phone, open};
