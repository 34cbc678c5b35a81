//! Bytes to facts and pictures: what a file is, when it was taken, how large it is, which files belong together, a small
//! picture of it, and a JPEG that says all that a photo says.
//!
//! Everything read here is hostile until checked: parsers are bounded in bytes, items and nesting, and a file that makes no
//! sense costs a warning, never an error or a crash. How files are grouped into assets, where pictures are cached and which
//! threads work is left to others.

mod apple;
mod avc;
mod bits;
mod convert;
mod dates;
mod exif_block;
mod fault;
mod fields;
mod file_name;
mod film_keys;
mod film_track;
mod findings;
mod formats;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod hevc;
mod input;
mod inspect;
mod isobmff;
mod items;
mod kinds;
mod preview;
mod samples;
mod sidecar;
mod tiff;
mod xmp;

pub use convert::{Converted, Convertible, LONGEST_SIDE, convertible, develop, jpeg_of};
pub use input::SHORT_HEAD;
pub use inspect::inspect;
pub use kinds::{kind_by_name, sniff};
pub use preview::{Drawing, Preview, PreviewError, draw, preview};
pub use sidecar::sidecar;
