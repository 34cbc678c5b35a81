//! Whole pictures out of bytes, within limits of memory.

use super::Colour;
use super::jpeg;
use super::picture::{Opacity, Picture};
use crate::fault::Fault;
use crate::findings::Findings;
use crate::formats::Format;
use crate::input::{FileInput, Input};
use crate::isobmff::Span;
use domain::MediaKind;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// Most pixels that are decoded in full.
pub(crate) const MOST_PIXELS: u64 = 64_000_000;
/// Most bytes that a decoder may hold.
const MOST_BYTES: usize = 300 << 20;
/// Longest file that is read whole.
const LONGEST: u64 = 79 << 20;

/// Reads a stretch of a file whole. Errors when it is longer than 79 MiB.
pub(crate) fn read_whole(input: &mut dyn Input, span: Span) -> Result<Vec<u8>, Fault> {
    let span = Span { start: span.start, end: span.end.min(input.size()) };
    match usize::try_from(span.len()) {
        Ok(length) if span.len() <= LONGEST => input.read(span.start, length),
        _ => Err(Fault::TooLarge("it is too long")),
    }
}

/// Reads a file whole and decodes it; its metadata says how to turn it.
pub(crate) fn whole_file(input: &mut FileInput, kind: ImageFormat, format: &dyn Format) -> Result<Picture, Fault> {
    let mut findings = Findings::new(MediaKind::Photo);
    if let Err(Fault::Source(error)) = format.inspect(input, &mut findings) {
        return Err(error.into());
    }
    let all = Span::all(input);
    Ok(whole(&read_whole(input, all)?, kind)?.turned(findings.orientation))
}

/// Reads and decodes a JPEG that is somewhere in a file, not turned yet. What cannot be read or is damaged shows its
/// stand-in, if it has one.
pub(crate) fn stored_jpeg(
    input: &mut dyn Input,
    span: Span,
    edge: u32,
    stand_in: Option<Picture>,
) -> Result<Picture, Fault> {
    match read_whole(input, span) {
        Ok(bytes) => jpeg::decode(&bytes, edge, stand_in),
        Err(Fault::Source(error)) => Err(error.into()),
        Err(fault) => stand_in.ok_or(fault),
    }
}

/// Decodes a picture in full; of a moving one the first frame.
pub(crate) fn whole(bytes: &[u8], format: ImageFormat) -> Result<Picture, Fault> {
    let failed = |_| Fault::Malformed("its picture cannot be decoded");
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(32_768);
    limits.max_image_height = Some(32_768);
    limits.max_alloc = Some(MOST_BYTES as u64);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(failed)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS || decoder.total_bytes() > MOST_BYTES as u64 {
        return Err(Fault::TooLarge("its picture has too many pixels"));
    }
    let icc = decoder.icc_profile().ok().flatten();
    let image = DynamicImage::from_decoder(decoder).map_err(failed)?;
    let opacity = if image.color().has_alpha() { Opacity::Mixed } else { Opacity::Opaque };
    let colour = if image.color().has_color() { Colour::from_icc(icc) } else { Colour::Srgb };
    Ok(Picture::from_rgba(image.into_rgba8().into_raw(), (width, height), opacity)?.coloured(colour))
}
