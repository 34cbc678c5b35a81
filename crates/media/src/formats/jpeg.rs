//! JPEG: segments up to the first scan, and what lies behind the picture.

mod behind;

use super::Format;
use crate::convert::Metadata;
use crate::convert::xmp::{EXTENSION, SIGNATURE};
use crate::exif_block;
use crate::fault::Fault;
use crate::findings::Findings;
use crate::input::{FileInput, Input, Slice};
use crate::isobmff::Span;
use crate::preview::{self, Colour, Picture, decode};
use crate::tiff::Tiff;
use crate::xmp;
use domain::{MediaKind, MediaTrait};

/// JPEG files, also those with a second picture or a film behind the first.
pub(crate) struct Jpeg;

/// Most segments looked at before the picture.
const MOST_SEGMENTS: usize = 512;

impl Format for Jpeg {
    fn name(&self) -> &'static str {
        "JPEG"
    }

    fn magic(&self, head: &[u8]) -> bool {
        head.starts_with(&[0xFF, 0xD8, 0xFF])
    }

    fn inspect(&self, input: &mut FileInput, findings: &mut Findings) -> Result<(), Fault> {
        findings.codec = Some(self.name().to_owned());
        inspect_at(input, 0, findings)
    }

    fn preview(&self, input: &mut FileInput, edge: u32) -> Result<Picture, Fault> {
        let size = input.size();
        preview_at(input, Span { start: 0, end: size }, edge)
    }

    fn develop(&self, input: &mut FileInput, edge: u32) -> Result<Picture, Fault> {
        let all = Span::all(input);
        let bytes = decode::read_whole(input, all)?;
        let mut findings = Findings::new(MediaKind::Photo);
        inspect_at(&mut Slice(&bytes), 0, &mut findings)?;
        behind::what_is(&bytes, end_of(&bytes, 0)?.ok_or(Fault::CutShort)?)?;
        Ok(preview::jpeg::sound(&bytes, edge)?.turned(findings.orientation))
    }

    fn metadata(&self, input: &mut FileInput) -> Result<Metadata, Fault> {
        let mut metadata = Metadata::default();
        let mut profile = Vec::new();
        let mut at = 2;
        for _ in 0..MOST_SEGMENTS {
            let Some(segment) = Segment::read(input, at)? else { break };
            match segment.marker {
                0xE1 | 0xE2 | 0xED => {
                    let body = input.read(segment.body, segment.length)?;
                    keep(segment.marker, body, &mut metadata, &mut profile);
                }
                0xDA => break,
                _ => {}
            }
            at = segment.body + segment.length as u64;
        }
        // The parts are numbered, and may come in any order.
        profile.sort_by_key(|part: &Vec<u8>| part.first().copied());
        let profile: Vec<u8> = profile.iter().flat_map(|part| part.get(2..).unwrap_or_default()).copied().collect();
        metadata.colour = Some(Colour::from_icc(Some(profile)));
        let all = Span::all(input);
        let bytes = decode::read_whole(input, all)?;
        metadata.left_out = behind::what_is(&bytes, end_of(&bytes, 0)?.unwrap_or(bytes.len()))?;
        Ok(metadata)
    }
}

/// Returns where the picture that begins at `start` ends: behind its end marker. `None` where it has none: decoders show such
/// a picture as far as it goes, and the rest in grey.
fn end_of(bytes: &[u8], start: usize) -> Result<Option<usize>, Fault> {
    let mut input = Slice(bytes);
    let mut at = start as u64 + 2;
    for _ in 0..MOST_SEGMENTS {
        let Some(segment) = Segment::read(&mut input, at)? else { break };
        at = segment.body + segment.length as u64;
        if segment.marker == 0xDA {
            let Some(marker) = usize::try_from(at).ok().and_then(|at| next_marker(bytes, at)) else { break };
            if bytes.get(marker + 1) == Some(&0xD9) {
                return Ok(Some(marker + 2));
            }
            // A progressive picture has several scans.
            at = marker as u64;
        }
    }
    Ok(None)
}

/// Finds the marker that ends the data of a scan: not one that is a byte of the data or part of it.
fn next_marker(bytes: &[u8], from: usize) -> Option<usize> {
    let pairs = bytes.get(from..)?.windows(2);
    let found =
        pairs.into_iter().position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0x01 | 0xD0..=0xD7 | 0xFF));
    found.map(|at| from + at)
}

/// Sorts a segment into what is carried over to another JPEG; parts of the profile with their number and count before them.
fn keep(marker: u8, body: Vec<u8>, metadata: &mut Metadata, profile: &mut Vec<Vec<u8>>) {
    const PROFILE: &[u8] = b"ICC_PROFILE\0";
    const RESOURCES: &[u8] = b"Photoshop 3.0\0";
    match marker {
        0xE1 if body.starts_with(b"Exif\0") => drop(metadata.exif.get_or_insert(body)),
        0xE1 if body.starts_with(SIGNATURE) || body.starts_with(EXTENSION) => metadata.xmp.push(body),
        0xE2 => profile.extend(body.strip_prefix(PROFILE).map(<[u8]>::to_vec)),
        0xED if body.starts_with(RESOURCES) => metadata.resources.push(body),
        _ => {}
    }
}

/// Reads the segments of a JPEG that begins at an offset of a file.
pub(crate) fn inspect_at(input: &mut dyn Input, start: u64, findings: &mut Findings) -> Result<(), Fault> {
    let mut at = start + 2;
    for _ in 0..MOST_SEGMENTS {
        let Some(segment) = Segment::read(input, at)? else { return Err(Fault::Malformed("it has no picture in it")) };
        match segment.marker {
            0xE1 => add_metadata(&input.read(segment.body, segment.length)?, findings),
            0xE2 if has_gain_map(input, &segment)? => drop(findings.traits.insert(MediaTrait::GainMap)),
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                findings.pixels = Some(frame_size(&input.read(segment.body, 5.min(segment.length))?)?);
                return Ok(());
            }
            0xDA => return Err(Fault::Malformed("its size is missing")),
            _ => {}
        }
        at = segment.body + segment.length as u64;
    }
    Err(Fault::TooLarge("it has too many parts"))
}

/// Makes a picture of a JPEG inside a file: EXIF's thumbnail if it is large enough and has the same shape, else the picture
/// itself, else the thumbnail after all.
pub(super) fn preview_at(input: &mut dyn Input, span: Span, edge: u32) -> Result<Picture, Fault> {
    let mut findings = Findings::new(MediaKind::Photo);
    // Damage shows when the picture itself is decoded.
    if let Err(Fault::Source(error)) = inspect_at(input, span.start, &mut findings) {
        return Err(error.into());
    }
    let small = findings.thumbnail.as_deref().and_then(|bytes| preview::jpeg::decode(bytes, edge, None).ok());
    let fits = |picture: &Picture| findings.pixels.is_some_and(|pixels| picture.stands_for(pixels, edge));
    let picture = match small {
        Some(small) if fits(&small) => small,
        small => decode::stored_jpeg(input, span, edge, small)?,
    };
    Ok(picture.turned(findings.orientation))
}

fn add_metadata(body: &[u8], findings: &mut Findings) {
    if body.starts_with(b"Exif\0") {
        exif_block::read(body).into_iter().for_each(|exif| findings.add_exif(exif));
    } else if let Some(packet) = body.strip_prefix(SIGNATURE) {
        findings.add_xmp(packet);
    }
}

/// Tells whether the second picture behind this one says that it is a gain map. Where it is says the index of CIPA's
/// Multi-Picture Format, in offsets from that index's own header.
fn has_gain_map(input: &mut dyn Input, segment: &Segment) -> Result<bool, Fault> {
    const LIST: u16 = 0xB002;
    const ENTRY: usize = 16;
    let body = input.read(segment.body, segment.length)?;
    let Some(index) = body.strip_prefix(b"MPF\0") else { return Ok(false) };
    let mut slice = Slice(index);
    let second = Tiff::open(&mut slice, 0).and_then(|(mut tiff, first)| {
        let list = tiff.ifd(first)?.get(LIST).ok_or(Fault::CutShort)?;
        let entry = tiff.bytes(&list)?.get(ENTRY..2 * ENTRY).map(<[u8]>::to_vec).ok_or(Fault::CutShort)?;
        Ok(tiff.order().join(&entry[8..12]))
    });
    // The first picture is at offset 0; an index that says so of the second knows of none.
    let Some(offset) = second.ok().filter(|offset| *offset > 0) else { return Ok(false) };
    let head = input.read_up_to(segment.body + 4 + u64::from(offset), 4096)?;
    Ok(xmp::traits(&head).contains(&MediaTrait::GainMap))
}

fn frame_size(frame: &[u8]) -> Result<(u32, u32), Fault> {
    let number = |at: usize| Some(u32::from(*frame.get(at)?) << 8 | u32::from(*frame.get(at + 1)?));
    number(3).zip(number(1)).ok_or(Fault::CutShort)
}

/// A marker segment: where its contents are.
struct Segment {
    marker: u8,
    body: u64,
    length: usize,
}

impl Segment {
    /// Reads the segment header at an offset, padding skipped. `None` where no marker is or the picture ends.
    fn read(input: &mut dyn Input, mut at: u64) -> Result<Option<Self>, Fault> {
        let mut head = input.read(at, 2)?;
        for _ in 0..16 {
            if head != [0xFF, 0xFF] {
                break;
            }
            at += 1;
            head = input.read(at, 2)?;
        }
        if head[0] != 0xFF || matches!(head[1], 0x00 | 0xD9 | 0xFF) {
            return Ok(None);
        }
        let length = input.read(at + 2, 2)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        Ok(length.checked_sub(2).map(|length| Self { marker: head[1], body: at + 4, length }))
    }
}
