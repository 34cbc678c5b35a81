//! WebP: RIFF chunks.

use super::Format;
use crate::exif_block;
use crate::fault::Fault;
use crate::findings::Findings;
use crate::input::{FileInput, Input};
use crate::preview::{Picture, decode};
use image::ImageFormat;

/// WebP files, lossy, lossless or moving.
pub(crate) struct WebP;

/// Most chunks looked at; a moving picture has one for each frame.
const MOST_CHUNKS: usize = 1024;

impl Format for WebP {
    fn name(&self) -> &'static str {
        "WebP"
    }

    fn magic(&self, head: &[u8]) -> bool {
        head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP")
    }

    fn inspect(&self, input: &mut FileInput, findings: &mut Findings) -> Result<(), Fault> {
        findings.codec = Some(self.name().to_owned());
        let mut at = 12;
        for _ in 0..MOST_CHUNKS {
            if at + 8 > input.size() {
                break;
            }
            let head = input.read(at, 8)?;
            let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
            if findings.pixels.is_none() {
                findings.pixels = size(&head[..4], &input.read_up_to(at + 8, 10)?);
            }
            if matches!(&head[..4], b"EXIF" | b"XMP ") && length as usize <= exif_block::LARGEST {
                add_metadata(&head[..4], &input.read(at + 8, length as usize)?, findings);
            }
            at += 8 + u64::from(length) + u64::from(length & 1);
        }
        findings.pixels.map(drop).ok_or(Fault::Malformed("its size is missing"))
    }

    fn preview(&self, input: &mut FileInput, _edge: u32) -> Result<Picture, Fault> {
        decode::whole_file(input, ImageFormat::WebP, self)
    }
}

fn add_metadata(kind: &[u8], body: &[u8], findings: &mut Findings) {
    if kind == b"EXIF" {
        exif_block::read(body).into_iter().for_each(|exif| findings.add_exif(exif));
    } else {
        findings.add_xmp(body);
    }
}

/// Reads the size out of the first bytes of the chunks that have one. Source: RFC 9649.
fn size(kind: &[u8], body: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize, width: usize| {
        Some(body.get(at..at + width)?.iter().rev().fold(0u32, |sum, byte| (sum << 8) | u32::from(*byte)))
    };
    match kind {
        b"VP8X" => Some((number(4, 3)? + 1, number(7, 3)? + 1)),
        b"VP8 " => Some((number(6, 2)? & 0x3FFF, number(8, 2)? & 0x3FFF)),
        b"VP8L" => number(1, 4).map(|bits| ((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1)),
        _ => None,
    }
}
