//! What is wanted of an EXIF block: times, orientation, the Live Photo's identifier, the embedded thumbnail.

use crate::apple;
use crate::dates;
use crate::findings::Orientation;
use domain::{CaptureTime, TimeProvenance};
use exif::{Context, Exif, In, Reader, Tag, Value};

/// Largest block that is read, in bytes. Phones write below 64 KiB, some cameras put a preview inside.
pub(crate) const LARGEST: usize = 1 << 20;

/// The wanted facts of an EXIF block.
#[derive(Debug, Clone)]
pub(crate) struct ExifFacts {
    /// `DateTimeOriginal` with its offset.
    pub(crate) original: Option<CaptureTime>,
    /// `DateTimeDigitized` with its offset.
    pub(crate) created: Option<CaptureTime>,
    /// `DateTime` of IFD0.
    pub(crate) modified: Option<CaptureTime>,
    /// How to turn the picture.
    pub(crate) orientation: Orientation,
    /// Out of Apple's maker note.
    pub(crate) content_identifier: Option<String>,
    /// Width and height that IFD0 gives.
    pub(crate) pixels: Option<(u32, u32)>,
    /// JPEG of IFD1.
    pub(crate) thumbnail: Option<Vec<u8>>,
}

/// Reads a block that begins with the TIFF header, `Exif\0\0` before it allowed. Faulty parts are skipped; `None` if nothing
/// can be read.
pub(crate) fn read(block: &[u8]) -> Option<ExifFacts> {
    let block = block.strip_prefix(b"Exif\0").map_or(block, |rest| rest.get(1..).unwrap_or_default());
    if block.len() > LARGEST {
        return None;
    }
    let mut reader = Reader::new();
    reader.continue_on_error(true);
    let exif = match reader.read_raw(block.to_vec()) {
        Err(error) => error.distill_partial_result(|_| {}).ok()?,
        Ok(exif) => exif,
    };
    Some(facts(&exif))
}

fn facts(exif: &Exif) -> ExifFacts {
    let any_offset = || text(exif, Tag::OffsetTime);
    let time = |date: Tag, offset: Tag| {
        let mut taken = dates::parse(&text(exif, date)?, TimeProvenance::Exif)?;
        let offset = text(exif, offset).as_deref().and_then(dates::offset);
        let offset = offset.or_else(|| any_offset().as_deref().and_then(dates::offset));
        taken.offset_minutes = offset.or(taken.offset_minutes);
        Some(taken)
    };
    ExifFacts {
        original: time(Tag::DateTimeOriginal, Tag::OffsetTimeOriginal),
        created: time(Tag::DateTimeDigitized, Tag::OffsetTimeDigitized),
        modified: time(Tag::DateTime, Tag::OffsetTime),
        orientation: Orientation::from_exif(number(exif, Tag::Orientation, In::PRIMARY).unwrap_or(1)),
        content_identifier: bytes(exif, Tag::MakerNote).and_then(apple::content_identifier),
        pixels: number(exif, Tag::ImageWidth, In::PRIMARY).zip(number(exif, Tag::ImageLength, In::PRIMARY)),
        thumbnail: thumbnail(exif),
    }
}

/// Finds a field where it belongs or, as Canon's CR3 splits its blocks, in the first directory.
fn field(exif: &Exif, tag: Tag) -> Option<&Value> {
    let bare = Tag(Context::Tiff, tag.number());
    exif.get_field(tag, In::PRIMARY).or_else(|| exif.get_field(bare, In::PRIMARY)).map(|field| &field.value)
}

fn text(exif: &Exif, tag: Tag) -> Option<String> {
    match field(exif, tag)? {
        Value::Ascii(lines) => Some(String::from_utf8_lossy(lines.first()?).into_owned()),
        _ => None,
    }
}

fn bytes(exif: &Exif, tag: Tag) -> Option<&[u8]> {
    match field(exif, tag)? {
        Value::Undefined(bytes, _) | Value::Byte(bytes) => Some(bytes),
        _ => None,
    }
}

fn number(exif: &Exif, tag: Tag, directory: In) -> Option<u32> {
    exif.get_field(tag, directory)?.value.get_uint(0)
}

fn thumbnail(exif: &Exif) -> Option<Vec<u8>> {
    let start = number(exif, Tag::JPEGInterchangeFormat, In::THUMBNAIL)? as usize;
    let length = number(exif, Tag::JPEGInterchangeFormatLength, In::THUMBNAIL)? as usize;
    let jpeg = exif.buf().get(start..start.checked_add(length)?)?;
    jpeg.starts_with(&[0xFF, 0xD8, 0xFF]).then(|| jpeg.to_vec())
}
