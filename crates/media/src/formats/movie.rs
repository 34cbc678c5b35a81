//! MOV and MP4: the movie header, the tracks' sizes, Apple's keys.

use super::Format;
use crate::apple;
use crate::dates;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::findings::{Findings, Orientation};
use crate::input::{FileInput, Input};
use crate::isobmff::{self, BoxAt, Span, Walk};
use crate::preview::{Picture, film};
use crate::samples::KeyFrame;
use domain::{CaptureTime, MediaKind, TimeProvenance};

/// QuickTime and MP4 films.
pub(crate) struct Movie;

/// Longest metadata box that is read whole.
const LARGEST: u64 = 256 * 1024;
/// Most tracks looked at; a film of a phone has up to six.
const MOST_TRACKS: usize = 32;
/// First boxes of files that begin without `ftyp`, as Live Photos on a phone may.
const STARTS: [&[u8; 4]; 7] = [b"ftyp", b"moov", b"mdat", b"wide", b"skip", b"pnot", b"free"];

impl Format for Movie {
    fn name(&self) -> &'static str {
        "QuickTime"
    }

    fn kind(&self, _head: &[u8]) -> MediaKind {
        MediaKind::Video
    }

    fn magic(&self, head: &[u8]) -> bool {
        head.get(4..8).is_some_and(|kind| STARTS.iter().any(|start| kind == *start))
    }

    fn inspect(&self, input: &mut FileInput, findings: &mut Findings) -> Result<(), Fault> {
        let (moov, cut) = movie_box(input)?;
        let mut tracks = 0;
        for part in isobmff::boxes(input, moov.body)? {
            match &part.kind {
                b"mvhd" => add_header(&isobmff::contents(input, part.body, 256)?, findings)?,
                b"trak" if tracks < MOST_TRACKS => {
                    tracks += 1;
                    add_track(input, part.body, findings)?;
                }
                b"meta" => add_keys(input, part.body, findings)?,
                b"udta" => add_user_data(input, part.body, findings)?,
                _ => {}
            }
        }
        if cut || moov.cut { Err(Fault::CutShort) } else { Ok(()) }
    }

    fn preview(&self, input: &mut FileInput, _edge: u32) -> Result<Picture, Fault> {
        let (moov, _) = movie_box(input)?;
        for part in isobmff::boxes(input, moov.body)?.iter().filter(|part| part.kind == *b"trak").take(MOST_TRACKS) {
            let mut findings = Findings::new(MediaKind::Video);
            add_track(input, part.body, &mut findings)?;
            if findings.pixels.is_some() {
                let frame = KeyFrame::first(input, part.body)?;
                let picture = film::poster(input, &frame)?;
                return Ok(picture.turned(findings.orientation));
            }
        }
        Err(Fault::Unsupported("the film has only sound"))
    }
}

/// Finds the index. Also tells whether what lies before it, or it itself, reaches beyond the end of the file.
fn movie_box(input: &mut dyn Input) -> Result<(BoxAt, bool), Fault> {
    let mut walk = Walk::over(Span::all(input));
    let mut moov = None;
    let mut cut = false;
    while let Some(part) = walk.next(input)? {
        cut |= part.cut;
        if part.kind == *b"moov" && moov.is_none() {
            moov = Some(part);
        }
        // A film in fragments has thousands of boxes after its index.
        if moov.is_some() && part.kind == *b"moof" {
            break;
        }
    }
    match moov {
        Some(moov) => Ok((moov, cut)),
        None if cut => Err(Fault::CutShort),
        None => Err(Fault::Malformed("its index is missing")),
    }
}

fn add_header(body: &[u8], findings: &mut Findings) -> Result<(), Fault> {
    let mut fields = Fields::new(body);
    let width = if fields.u32()? >> 24 == 0 { 4 } else { 8 };
    findings.modified = dates::from_1904(fields.number(width)?);
    fields.number(width)?;
    let scale = u64::from(fields.u32()?);
    let length = fields.number(width)?;
    // All bits set means that the length is not known.
    let known = length > 0 && length != u64::MAX && length != u64::from(u32::MAX);
    let ms = u128::from(length) * 1000 / u128::from(scale.max(1));
    findings.duration_ms = u64::try_from(ms).ok().filter(|_| known && scale > 0);
    Ok(())
}

/// Takes size and turn from the first track that has a picture.
fn add_track(input: &mut dyn Input, track: Span, findings: &mut Findings) -> Result<(), Fault> {
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
    }
    Ok(())
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

/// Reads Apple's `keys` and `ilst`. QuickTime's `meta` has no version field, ISO's has one.
fn add_keys(input: &mut dyn Input, body: Span, findings: &mut Findings) -> Result<(), Fault> {
    let start = input.read_up_to(body.start, 12)?;
    let inside = if start.get(4..8) == Some(b"hdlr") { body } else { body.after(4) };
    let Some(list) = isobmff::find(input, inside, b"ilst")? else { return Ok(()) };
    let names = match isobmff::find(input, inside, b"keys")? {
        Some(keys) => key_names(&isobmff::contents(input, keys.body, LARGEST)?)?,
        None => Vec::new(),
    };
    for item in isobmff::boxes(input, list.body)? {
        let index = u32::from_be_bytes(item.kind) as usize;
        let name = index.checked_sub(1).and_then(|at| names.get(at)).map_or(item.kind.as_slice(), Vec::as_slice);
        add_value(input, name, item.body, findings)?;
    }
    Ok(())
}

fn add_value(input: &mut dyn Input, name: &[u8], item: Span, findings: &mut Findings) -> Result<(), Fault> {
    let wanted =
        matches!(name, b"com.apple.quicktime.creationdate" | b"com.apple.quicktime.content.identifier" | b"\xA9day");
    let data = if wanted { isobmff::find(input, item, b"data")? } else { None };
    let Some(data) = data else { return Ok(()) };
    let text = String::from_utf8_lossy(&isobmff::contents(input, data.body.after(8), 1024)?).into_owned();
    match name {
        b"com.apple.quicktime.creationdate" => findings.original = findings.original.or_else(|| taken(&text)),
        b"\xA9day" => findings.created = findings.created.or_else(|| taken(&text)),
        _ => findings.content_identifier = apple::checked_identifier(&text),
    }
    Ok(())
}

fn key_names(body: &[u8]) -> Result<Vec<Vec<u8>>, Fault> {
    let mut fields = Fields::new(body);
    fields.u32()?;
    let count = fields.u32()?;
    let mut names = Vec::new();
    for _ in 0..count.min(1024) {
        let size = fields.u32()? as usize;
        fields.name()?;
        names.push(fields.take(size.checked_sub(8).ok_or(Fault::Malformed("a key without a name"))?)?.to_vec());
    }
    Ok(names)
}

/// Reads the older user data: iTunes' list, or QuickTime's `©day` text after its length and language.
fn add_user_data(input: &mut dyn Input, body: Span, findings: &mut Findings) -> Result<(), Fault> {
    for part in isobmff::boxes(input, body)? {
        match &part.kind {
            b"meta" => add_keys(input, part.body, findings)?,
            b"\xA9day" => {
                let text = isobmff::contents(input, part.body, 1024)?;
                let text = String::from_utf8_lossy(text.get(4..).unwrap_or_default()).into_owned();
                findings.created = findings.created.or_else(|| taken(&text));
            }
            _ => {}
        }
    }
    Ok(())
}

fn taken(text: &str) -> Option<CaptureTime> {
    dates::parse(text, TimeProvenance::QuickTime)
}
