//! From a photo to a JPEG of it that says all the photo says: date, place, camera, colours.
//!
//! Two halves, for two processes. [`develop`] decodes, turns and scales, which is where a hostile file could do harm.
//! [`jpeg_of`] takes the pixels and the photo's metadata and writes the file. What a JPEG cannot hold is left out and said:
//! the HDR gain map, depth, transparency, and of metadata what is too long. Files with more than one picture, or with a film,
//! are refused: no JPEG can stand for them.

mod exif;
pub(crate) mod xmp;

#[cfg(feature = "fuzzing")]
pub(crate) use exif::{LONGEST as LONGEST_EXIF, carried};

use crate::fault::Fault;
use crate::formats::{self, Format};
use crate::input::{FileInput, LONG_HEAD};
use crate::preview::{Colour, Drawing, PreviewError};
use domain::ResourceReader;
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, EncodingError, SamplingFactor};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Most bytes read from one file.
const BUDGET: u64 = 80 << 20;
/// Longest side a JPEG can have.
pub const LONGEST_SIDE: u32 = 65_535;
/// Longest EXIF block that is looked at; what of it fits into a JPEG is carried over.
pub(crate) const LARGEST_EXIF: usize = 8 << 20;
/// From this quality on colours are stored for each pixel. Below it for four at a time, as HEIC has them anyway.
const FINE: u8 = 95;

/// What a photo says besides its pixels.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    /// EXIF from the TIFF header on, or with `Exif\0\0` before it.
    pub(crate) exif: Option<Vec<u8>>,
    /// XMP packets: the main one, or a JPEG's segments with its extensions.
    pub(crate) xmp: Vec<Vec<u8>>,
    /// A JPEG's segments of Photoshop's resources, which hold IPTC fields.
    pub(crate) resources: Vec<Vec<u8>>,
    /// What its colours mean.
    pub(crate) colour: Option<Colour>,
    /// What there is beside its pixels that no JPEG holds, in words.
    pub(crate) left_out: Vec<&'static str>,
}

/// A photo made into a JPEG.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// The JPEG file.
    pub jpeg: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// What of its metadata had to be left out, in words.
    pub lost: Vec<String>,
    /// What no JPEG can hold and only the original has, in words.
    pub left_out: Vec<&'static str>,
}

/// Below this a pixel is seen through; scaling alone takes a little from those that are not.
const OPAQUE: u8 = 250;

/// Tells whether a file that begins like this can be made into a JPEG, and whether it is one already.
pub fn convertible(head: &[u8]) -> Option<Convertible> {
    let name = formats::of(head)?.name();
    match name {
        "HEIF" => Some(Convertible::Heif),
        "JPEG" => Some(Convertible::Jpeg),
        "PNG" => Some(Convertible::Png),
        _ => None,
    }
}

/// Formats of photos that JPEGs are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Convertible {
    /// HEIC and its like.
    Heif,
    /// Only worth it where it gets smaller.
    Jpeg,
    /// Likewise: screenshots.
    Png,
}

/// Decodes a photo in full: upright, its longer side at most `edge` pixels, smaller ones as they are, its colours as they
/// are stored where a profile can say what they mean. No smaller picture inside stands in for it.
///
/// Reads at most 80 MiB and decodes at most 64 megapixels. Errors as [`PreviewError`] tells.
pub fn develop(name: &str, file: &mut dyn ResourceReader, edge: u32) -> Result<Drawing, PreviewError> {
    let (mut input, format) = open(name, file)?;
    let edge = edge.clamp(1, LONGEST_SIDE);
    let drawn = catch_unwind(AssertUnwindSafe(|| format.develop(&mut input, edge)?.developed(edge)));
    Ok(drawn.unwrap_or(Err(Fault::Malformed("its picture cannot be decoded")))?)
}

/// Makes a JPEG of a photo's pixels, as [`develop`] gave them, with what the photo says of itself. `quality` is from 1 to 100.
/// Errors as [`PreviewError`] tells.
pub fn jpeg_of(
    drawing: &Drawing,
    (name, file): (&str, &mut dyn ResourceReader),
    quality: u8,
) -> Result<Converted, PreviewError> {
    drawing.check(LONGEST_SIDE)?;
    let (mut input, format) = open(name, file)?;
    let metadata = format.metadata(&mut input)?;
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, quality.clamp(1, 100));
    let sampling = if quality >= FINE { SamplingFactor::R_4_4_4 } else { SamplingFactor::R_4_2_0 };
    encoder.set_sampling_factor(sampling);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.set_optimized_huffman_tables(true);
    let failed = |_| Fault::Malformed("its picture cannot be encoded");
    let mut left_out = metadata.left_out.clone();
    if drawing.rgba.chunks_exact(4).any(|pixel| pixel[3] < OPAQUE) {
        left_out.push("it was transparent in parts, which are white now");
    }
    let lost = add_metadata(&mut encoder, &metadata, (drawing.width, drawing.height)).map_err(failed)?;
    let (width, height) = (drawing.width as u16, drawing.height as u16);
    encoder.encode(&drawing.rgba, width, height, ColorType::Rgba).map_err(failed)?;
    Ok(Converted { jpeg, width: drawing.width, height: drawing.height, lost, left_out })
}

fn open<'a>(
    name: &str,
    file: &'a mut dyn ResourceReader,
) -> Result<(FileInput<'a>, &'static dyn Format), PreviewError> {
    let input = FileInput::open(file, BUDGET, LONG_HEAD)?;
    let format = formats::of(input.head());
    let format = format.ok_or_else(|| PreviewError::Unsupported(format!("\"{name}\" is not a picture.")))?;
    Ok((input, format))
}

/// Writes the segments that come before the picture; returns what did not fit.
fn add_metadata<W: jpeg_encoder::JfifWrite>(
    encoder: &mut Encoder<W>,
    metadata: &Metadata,
    size: (u32, u32),
) -> Result<Vec<String>, EncodingError> {
    let mut lost = Vec::new();
    if let Some(original) = &metadata.exif {
        match exif::carried(original, size) {
            Some(carried) => {
                encoder.add_exif_metadata(&carried.block)?;
                lost.extend(carried.lost.map(str::to_owned));
            }
            None => lost.push("its EXIF block makes no sense and was left out".to_owned()),
        }
    }
    for packet in &metadata.xmp {
        match xmp::segment(packet) {
            Some(segment) => encoder.add_app_segment(1, segment)?,
            None => lost.push("its XMP packet is too long for a JPEG and was left out".to_owned()),
        }
    }
    for resources in &metadata.resources {
        encoder.add_app_segment(13, resources.clone())?;
    }
    if let Some(profile) = metadata.colour.as_ref().and_then(Colour::profile) {
        encoder.add_icc_profile(&profile)?;
    }
    Ok(lost)
}
