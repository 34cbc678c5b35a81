//! Small pictures on demand: drawn by a pool of threads, newest request first, kept on disk.
//!
//! How a picture is made of a file is left to `media`, when one is wanted to whoever scrolls. A thumbnail is always a fresh
//! JPEG made here; what a phone hands over as its own thumbnail is decoded like any hostile file.

mod cache;
mod draw;
mod error;
mod gate;
mod key;
mod pool;
mod queue;

pub use error::ThumbnailError;
pub use key::{RequestId, ThumbnailKey};
pub use pool::{Reply, Thumbnails};
