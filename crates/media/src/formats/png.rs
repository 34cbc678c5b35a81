//! PNG: chunks, the metadata often after the picture.

use super::Format;
use crate::convert::{LARGEST_EXIF, Metadata};
use crate::exif_block;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::findings::Findings;
use crate::input::{FileInput, Input};
use crate::preview::{Picture, decode};
use image::ImageFormat;

/// PNG files, such as screenshots.
pub(crate) struct Png;

/// Most chunks looked at; a screenshot of a phone has about 100.
const MOST_CHUNKS: usize = 1024;

impl Format for Png {
    fn name(&self) -> &'static str {
        "PNG"
    }

    fn magic(&self, head: &[u8]) -> bool {
        head.starts_with(b"\x89PNG\r\n\x1a\n")
    }

    fn inspect(&self, input: &mut FileInput, findings: &mut Findings) -> Result<(), Fault> {
        findings.codec = Some(self.name().to_owned());
        let mut at = 8;
        for _ in 0..MOST_CHUNKS {
            let (length, kind) = chunk_at(input, at)?;
            match &kind {
                b"IHDR" => findings.pixels = Some(size(&input.read(at + 8, 8)?)?),
                b"eXIf" | b"iTXt" if length as usize <= exif_block::LARGEST => {
                    add_metadata(kind, &input.read(at + 8, length as usize)?, findings);
                }
                // Metadata may follow the picture, but who dated the file before has no more to say after.
                b"IDAT" if findings.original.or(findings.xmp).is_some() => return Ok(()),
                b"IEND" => return Ok(()),
                _ => {}
            }
            at += 12 + u64::from(length);
        }
        Ok(())
    }

    fn preview(&self, input: &mut FileInput, _edge: u32) -> Result<Picture, Fault> {
        decode::whole_file(input, ImageFormat::Png, self)
    }

    fn develop(&self, input: &mut FileInput, _edge: u32) -> Result<Picture, Fault> {
        if moves(input)? {
            return Err(Fault::Unsupported("it moves, which no JPEG can"));
        }
        // A profile is packed in a PNG, and unpacking is left to the decoder.
        Ok(decode::whole_file(input, ImageFormat::Png, self)?.in_srgb())
    }

    fn metadata(&self, input: &mut FileInput) -> Result<Metadata, Fault> {
        let mut metadata = Metadata::default();
        let mut at = 8;
        for _ in 0..MOST_CHUNKS {
            let (length, kind) = chunk_at(input, at)?;
            match &kind {
                b"eXIf" if length as usize <= LARGEST_EXIF => {
                    metadata.exif = Some(input.read(at + 8, length as usize)?);
                }
                b"iTXt" if length as usize <= LARGEST_EXIF => {
                    metadata.xmp.extend(packet_in(&input.read(at + 8, length as usize)?));
                }
                b"IEND" => break,
                _ => {}
            }
            at += 12 + u64::from(length);
        }
        Ok(metadata)
    }
}

/// Reads how long the chunk at a place is, in bytes without its frame of 12, and of what kind.
fn chunk_at(input: &mut dyn Input, at: u64) -> Result<(u32, [u8; 4]), Fault> {
    let head = input.read(at, 8)?;
    let mut fields = Fields::new(&head);
    Ok((fields.u32()?, fields.name()?))
}

/// Tells whether there are further pictures (APNG). They are announced before the first.
fn moves(input: &mut dyn Input) -> Result<bool, Fault> {
    let mut at = 8;
    for _ in 0..MOST_CHUNKS {
        let (length, kind) = chunk_at(input, at)?;
        match &kind {
            b"acTL" => return Ok(true),
            b"IDAT" | b"IEND" => return Ok(false),
            _ => at += 12 + u64::from(length),
        }
    }
    Ok(false)
}

/// Takes an XMP packet out of a text chunk: after the keyword come whether and how it is packed, a language and a keyword in
/// it, each ended by a zero byte. A packed one is left out.
fn packet_in(body: &[u8]) -> Option<Vec<u8>> {
    let rest = body.strip_prefix(b"XML:com.adobe.xmp\0\0")?.get(1..)?;
    Some(rest.splitn(3, |byte| *byte == 0).nth(2)?.to_vec())
}

fn size(body: &[u8]) -> Result<(u32, u32), Fault> {
    let mut fields = Fields::new(body);
    Ok((fields.u32()?, fields.u32()?))
}

fn add_metadata(kind: [u8; 4], body: &[u8], findings: &mut Findings) {
    if kind == *b"eXIf" {
        exif_block::read(body).into_iter().for_each(|exif| findings.add_exif(exif));
    } else if body.starts_with(b"XML:com.adobe.xmp\0") {
        findings.add_xmp(body);
    }
}
