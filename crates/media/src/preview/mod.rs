//! From a file to one small upright JPEG in sRGB: the cheapest true source first.
//!
//! Which source that is, each format decides ([`crate::formats`]); here is what they share: decoders within limits, colour,
//! scaling, turning, encoding. A decoder that panics costs one picture.

mod colour;
pub(crate) mod decode;
pub(crate) mod embedded;
pub(crate) mod film;
pub(crate) mod heic;
pub(crate) mod jpeg;
mod picture;

pub(crate) use colour::Colour;
pub(crate) use picture::Picture;

use crate::fault::Fault;
use crate::formats;
use crate::input::{FileInput, LONG_HEAD};
use domain::{ResourceReader, SourceError};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Most bytes read from one file. A 48 MP photo of a phone has 10 to 25 MB, its raw one keeps the preview in front.
const BUDGET: u64 = 80 << 20;
/// Longest side that a picture may be asked for in.
const LONGEST_EDGE: u32 = 8192;
/// Quality of JPEGs, of 100.
const QUALITY: u8 = 85;
/// From this side on a picture is for looking at closely.
const LARGE: u32 = 1024;

/// A small picture as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The JPEG file.
    pub jpeg: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// A small picture as pixels, upright, in sRGB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// Red, green, blue, and how opaque the pixel was before it was laid on white (255 where it was), row by row.
    pub rgba: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// Why there is no picture, by what the caller can do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PreviewError {
    /// Nothing in the file can be drawn here: not a picture, or a codec that is not decoded. Show kind and length instead.
    #[error("{0}")]
    Unsupported(String),
    /// The file is damaged. It stays so.
    #[error("{0}")]
    Corrupt(String),
    /// Drawing it would take more memory or reading than is safe.
    #[error("{0}")]
    TooLarge(String),
    /// The source failed, not the file. Try again later.
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl From<Fault> for PreviewError {
    fn from(fault: Fault) -> Self {
        let words = fault.to_string();
        match fault {
            Fault::Source(error) => Self::Source(error),
            Fault::CutShort | Fault::Malformed(_) => Self::Corrupt(words),
            Fault::TooLarge(_) => Self::TooLarge(words),
            Fault::Unsupported(_) => Self::Unsupported(words),
        }
    }
}

/// Makes a small picture of a file as [`draw`] does, and a JPEG of it.
pub fn preview(name: &str, file: &mut dyn ResourceReader, edge: u32) -> Result<Preview, PreviewError> {
    draw(name, file, edge)?.encoded()
}

/// Makes a small picture of a file: upright, sRGB, its longer side at most `edge` pixels; smaller pictures keep their size.
/// Films give a frame.
///
/// Reads at most 80 MiB and decodes at most 64 megapixels. The content decides what the file is; `name` is for those that
/// say nothing. Errors as [`PreviewError`] tells.
pub fn draw(name: &str, file: &mut dyn ResourceReader, edge: u32) -> Result<Drawing, PreviewError> {
    let edge = edge.clamp(16, LONGEST_EDGE);
    let mut input = FileInput::open(file, BUDGET, LONG_HEAD)?;
    let Some(format) = formats::of(input.head()) else {
        return Err(PreviewError::Unsupported(format!("\"{name}\" is not a picture.")));
    };
    let drawn = catch_unwind(AssertUnwindSafe(|| format.preview(&mut input, edge)?.drawing(edge)));
    let drawn = drawn.unwrap_or(Err(Fault::Malformed("its picture cannot be decoded")));
    Ok(drawn?)
}

impl Drawing {
    /// Makes a JPEG of it. Errors when there are not as many pixels as the size says, or it is longer than 8192 pixels.
    pub fn encoded(&self) -> Result<Preview, PreviewError> {
        self.check(LONGEST_EDGE)?;
        let mut jpeg = Vec::new();
        let mut encoder = Encoder::new(&mut jpeg, QUALITY);
        // In a small picture colours at half the size are seen; in a large one they only cost room.
        let large = self.width.max(self.height) > LARGE;
        encoder.set_sampling_factor(if large { SamplingFactor::R_4_2_0 } else { SamplingFactor::R_4_4_4 });
        let encoded = encoder.encode(&self.rgba, self.width as u16, self.height as u16, ColorType::Rgba);
        encoded.map_err(|_| Fault::Malformed("its picture cannot be encoded"))?;
        Ok(Preview { jpeg, width: self.width, height: self.height })
    }

    /// Makes sure that there are as many pixels as the size says, and no side is longer than `longest`.
    pub(crate) fn check(&self, longest: u32) -> Result<(), Fault> {
        let pixels = u64::from(self.width) * u64::from(self.height);
        let sound = self.rgba.len() as u64 == pixels * 4 && pixels > 0 && self.width.max(self.height) <= longest;
        sound.then_some(()).ok_or(Fault::Malformed("its picture has another size than it says"))
    }
}
