//! What a film's track of pictures says of itself: size, turn, codec, frame rate, range of light.
//!
//! Source of the layout: ISO/IEC 14496-12; of the names of codecs: Apple's QuickTime File Format and the MP4 registration
//! authority.

use crate::fault::Fault;
use crate::fields::Fields;
use crate::film_keys;
use crate::findings::{Findings, Orientation};
use crate::input::Input;
use crate::isobmff::{self, Span};
use crate::samples::ENTRY_FIELDS;
use domain::MediaTrait;

/// Transfer functions of light that is brighter than a plain screen's: PQ and HLG, as ITU-T H.273 numbers them.
const HDR_TRANSFERS: [u16; 2] = [16, 18];

/// Takes what the first track that has a picture says.
pub(crate) fn add(input: &mut dyn Input, track: Span, findings: &mut Findings) -> Result<(), Fault> {
    if findings.pixels.is_some() || !is_video(input, track)? {
        return Ok(());
    }
    let Some(header) = isobmff::find(input, track, b"tkhd")? else { return Ok(()) };
    let body = isobmff::contents(input, header.body, 256)?;
    let mut fields = Fields::new(&body);
    let width = if fields.u32()? >> 24 == 0 { 4 } else { 8 };
    fields.take(2 * width + 8 + width + 16)?;
    let matrix = fields.take(36)?;
    let size = (fields.u32()? >> 16, fields.u32()? >> 16);
    if size.0 > 0 && size.1 > 0 {
        findings.pixels = Some(size);
        findings.orientation = turn(matrix);
        add_coding(input, track, findings)?;
        if let Some(meta) = isobmff::find(input, track, b"meta")? {
            film_keys::add(input, meta.body, findings)?;
        }
    }
    Ok(())
}

fn add_coding(input: &mut dyn Input, track: Span, findings: &mut Findings) -> Result<(), Fault> {
    let Some(media) = isobmff::find(input, track, b"mdia")? else { return Ok(()) };
    let Some(table) = isobmff::descend(input, media.body, &[b"minf", b"stbl"])? else { return Ok(()) };
    findings.frame_rate = frame_rate(input, media.body, table)?;
    let Some(entries) = isobmff::find(input, table, b"stsd")? else { return Ok(()) };
    let Some(entry) = isobmff::boxes(input, entries.body.after(8))?.first().copied() else { return Ok(()) };
    findings.codec = codec(entry.kind);
    for part in isobmff::boxes(input, entry.body.after(ENTRY_FIELDS))? {
        let bright = match &part.kind {
            // Dolby Vision describes itself.
            b"dvcC" | b"dvvC" | b"dvwC" => true,
            b"colr" => {
                let colr = input.read_up_to(part.body.start, 8.min(part.body.len() as usize))?;
                colr.starts_with(b"ncl")
                    && colr.get(6..8).is_some_and(|t| HDR_TRANSFERS.contains(&u16::from_be_bytes([t[0], t[1]])))
            }
            _ => false,
        };
        if bright {
            findings.traits.insert(MediaTrait::Hdr);
        }
    }
    Ok(())
}

/// Divides the number of frames by the length of the track.
fn frame_rate(input: &mut dyn Input, media: Span, table: Span) -> Result<Option<f64>, Fault> {
    let Some(header) = isobmff::find(input, media, b"mdhd")? else { return Ok(None) };
    let body = isobmff::contents(input, header.body, 256)?;
    let mut fields = Fields::new(&body);
    let width = if fields.u32()? >> 24 == 0 { 4 } else { 8 };
    fields.take(2 * width)?;
    let (scale, length) = (f64::from(fields.u32()?), fields.number(width)? as f64);
    let Some(sizes) = isobmff::find(input, table, b"stsz")? else { return Ok(None) };
    let counts = input.read_up_to(sizes.body.start, 12)?;
    let frames = f64::from(Fields::new(counts.get(8..).unwrap_or_default()).u32().unwrap_or(0));
    let rate = frames * scale / length;
    Ok((rate.is_finite() && rate > 0.0).then_some(rate))
}

fn codec(kind: [u8; 4]) -> Option<String> {
    let name = match &kind {
        b"avc1" | b"avc3" => "H.264",
        b"hvc1" | b"hev1" | b"dvh1" | b"dvhe" => "HEVC",
        b"apco" => "ProRes 422 Proxy",
        b"apcs" => "ProRes 422 LT",
        b"apcn" => "ProRes 422",
        b"apch" => "ProRes 422 HQ",
        b"ap4h" => "ProRes 4444",
        b"ap4x" => "ProRes 4444 XQ",
        b"aprn" => "ProRes RAW",
        b"aprh" => "ProRes RAW HQ",
        b"av01" => "AV1",
        b"vp09" => "VP9",
        b"mp4v" => "MPEG-4",
        b"s263" | b"h263" => "H.263",
        b"jpeg" | b"mjpa" | b"mjpb" => "Motion JPEG",
        _ if kind.iter().all(u8::is_ascii_graphic) => return Some(String::from_utf8_lossy(&kind).into_owned()),
        _ => return None,
    };
    Some(name.to_owned())
}

fn is_video(input: &mut dyn Input, track: Span) -> Result<bool, Fault> {
    let Some(handler) = isobmff::descend(input, track, &[b"mdia", b"hdlr"])? else { return Ok(false) };
    Ok(input.read_up_to(handler.start, 12)?.get(8..12) == Some(b"vide"))
}

/// Reads the turn out of a track's matrix (a b u, c d v, x y w).
fn turn(matrix: &[u8]) -> Orientation {
    let sign = |at: usize| matrix.get(at..at + 4).map_or(0, |b| i32::from_be_bytes([b[0], b[1], b[2], b[3]]).signum());
    Orientation::from_exif(match (sign(0), sign(4), sign(12), sign(16)) {
        (0, 1, -1, 0) => 6,
        (-1, 0, 0, -1) => 3,
        (0, -1, 1, 0) => 8,
        (-1, 0, 0, 1) => 2,
        (1, 0, 0, -1) => 4,
        (0, 1, 1, 0) => 5,
        (0, -1, -1, 0) => 7,
        _ => 1,
    })
}
