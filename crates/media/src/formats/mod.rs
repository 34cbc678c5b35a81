//! The formats, one file each, all of the same shape: how to know it, what it says of itself.

mod bmp;
mod elsewhere;
mod gif;
mod heif;
mod jpeg;
mod movie;
mod png;
mod raw;
mod text;
mod tiff;
mod webp;

pub(crate) use jpeg::inspect_at as jpeg_facts;

use crate::convert::Metadata;
use crate::fault::Fault;
use crate::findings::Findings;
use crate::input::FileInput;
use crate::preview::Picture;
use domain::MediaKind;

/// One format of files.
pub(crate) trait Format: Sync {
    /// Returns its name as a user knows it.
    fn name(&self) -> &'static str;

    /// Returns the kind of file that these first bytes begin.
    fn kind(&self, _head: &[u8]) -> MediaKind {
        MediaKind::Photo
    }

    /// Tells whether a file that begins like this is of this format.
    fn magic(&self, head: &[u8]) -> bool;

    /// Finds what a file says of itself. What was found before a fault is kept.
    fn inspect(&self, _input: &mut FileInput, _findings: &mut Findings) -> Result<(), Fault> {
        Ok(())
    }

    /// Makes a picture whose longer side is at least `edge` pixels where the file has that many: the cheapest source that
    /// is large enough, or the next best if that one is broken.
    fn preview(&self, _input: &mut FileInput, _edge: u32) -> Result<Picture, Fault> {
        Err(Fault::Unsupported("pictures of this format are not decoded"))
    }

    /// Decodes the picture itself, for one whose longer side is `edge` pixels; nothing smaller stands in for it.
    fn develop(&self, _input: &mut FileInput, _edge: u32) -> Result<Picture, Fault> {
        Err(Fault::Unsupported("photos of this format are not converted"))
    }

    /// Takes what the file says of the picture that [`Format::develop`] gives.
    fn metadata(&self, _input: &mut FileInput) -> Result<Metadata, Fault> {
        Err(Fault::Unsupported("photos of this format are not converted"))
    }
}

/// All formats; the first whose magic fits is taken, so that the loose ones come last.
pub(crate) const ALL: &[&dyn Format] = &[
    &jpeg::Jpeg,
    &png::Png,
    &gif::Gif,
    &webp::WebP,
    &heif::Heif,
    &raw::Cr3,
    &raw::Raf,
    &tiff::Tiff,
    &movie::Movie,
    &elsewhere::JpegXl,
    &elsewhere::Avi,
    &elsewhere::Matroska,
    &elsewhere::Mpeg,
    &bmp::Bmp,
    &text::Aae,
    &text::Xmp,
];

/// Returns the format of a file that begins like this.
pub(crate) fn of(head: &[u8]) -> Option<&'static dyn Format> {
    ALL.iter().find(|format| format.magic(head)).copied()
}
