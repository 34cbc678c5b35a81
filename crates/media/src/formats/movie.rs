//! MOV and MP4: the movie header, the tracks' sizes, Apple's keys.

use super::Format;
use crate::dates;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::film_keys;
use crate::film_track;
use crate::findings::Findings;
use crate::input::{FileInput, Input};
use crate::isobmff::{self, BoxAt, Span, Walk};
use crate::preview::{Picture, film};
use crate::samples::KeyFrame;
use domain::MediaKind;

/// QuickTime and MP4 films.
pub(crate) struct Movie;

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
                    film_track::add(input, part.body, findings)?;
                }
                b"meta" => film_keys::add(input, part.body, findings)?,
                b"udta" => film_keys::add_user_data(input, part.body, findings)?,
                _ => {}
            }
        }
        film_keys::weigh(findings);
        if cut || moov.cut { Err(Fault::CutShort) } else { Ok(()) }
    }

    fn preview(&self, input: &mut FileInput, edge: u32) -> Result<Picture, Fault> {
        let (moov, _) = movie_box(input)?;
        for part in isobmff::boxes(input, moov.body)?.iter().filter(|part| part.kind == *b"trak").take(MOST_TRACKS) {
            let mut findings = Findings::new(MediaKind::Video);
            film_track::add(input, part.body, &mut findings)?;
            if findings.pixels.is_some() {
                let frame = KeyFrame::first(input, part.body)?;
                let picture = film::poster(input, &frame, edge)?;
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
