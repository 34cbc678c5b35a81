//! The ready-made pictures inside raw files.

use super::decode;
use super::picture::Picture;
use crate::fault::Fault;
use crate::findings::Findings;
use crate::formats::jpeg_facts;
use crate::input::Input;
use crate::isobmff::Span;
use domain::MediaKind;

/// A picture somewhere in a raw file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Embedded {
    /// A JPEG, possibly after a few bytes of header.
    Jpeg(Span),
    /// Plain pixels of 3 bytes, with width and height.
    Rgb(Span, (u32, u32)),
}

/// How far behind the start of its place a JPEG may begin.
const HEADER: usize = 64;
/// Largest picture of plain pixels, in bytes.
const LARGEST_PLAIN: u64 = 16 << 20;

/// What is wanted of an embedded picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// Length of the longer side in pixels.
    pub(crate) edge: u32,
    /// Width and height of the raw picture as stored, where known: cameras put black bars into small pictures of another
    /// shape.
    pub(crate) full: Option<(u32, u32)>,
}

impl Wanted {
    /// Ranks a picture by its size: those of the right shape first, the smallest that is large enough before larger ones,
    /// and those before ones that are too small. The lowest rank is best.
    fn rank(self, (width, height): (u32, u32)) -> (bool, bool, u32) {
        let barred = self.full.is_some_and(|(full_width, full_height)| {
            let across = u64::from(width) * u64::from(full_height);
            let down = u64::from(height) * u64::from(full_width);
            across.abs_diff(down) * 20 > across.max(down)
        });
        let long = width.max(height);
        if long >= self.edge { (barred, false, long) } else { (barred, true, u32::MAX - long) }
    }
}

/// Width and height in pixels.
type Size = (u32, u32);

/// Decodes the best candidate; broken ones are passed over.
pub(crate) fn best(input: &mut dyn Input, candidates: &[Embedded], wanted: Wanted) -> Result<Picture, Fault> {
    let mut sized = Vec::new();
    for candidate in candidates {
        let found = match candidate {
            Embedded::Jpeg(span) => locate_jpeg(input, *span)?,
            Embedded::Rgb(_, (width, height)) => Some((*candidate, (*width, *height))),
        };
        sized.extend(found);
    }
    sized.sort_by_key(|(_, size)| wanted.rank(*size));
    let mut outcome = Err(Fault::Unsupported("the raw file carries none"));
    for (candidate, _) in sized {
        outcome = decoded(input, candidate, wanted.edge);
        if matches!(outcome, Ok(_) | Err(Fault::Source(_))) {
            break;
        }
    }
    outcome
}

/// Finds where a JPEG begins and how large its picture is. Lossless JPEG, which holds raw data, is not one.
fn locate_jpeg(input: &mut dyn Input, span: Span) -> Result<Option<(Embedded, Size)>, Fault> {
    let head = input.read_up_to(span.start, HEADER)?;
    let Some(at) = head.windows(3).position(|window| window == [0xFF, 0xD8, 0xFF]) else { return Ok(None) };
    let place = span.after(at as u64);
    let mut findings = Findings::new(MediaKind::Photo);
    match jpeg_facts(input, place.start, &mut findings) {
        Err(Fault::Source(error)) => Err(error.into()),
        _ => Ok(findings.pixels.map(|pixels| (Embedded::Jpeg(place), pixels))),
    }
}

fn decoded(input: &mut dyn Input, candidate: Embedded, edge: u32) -> Result<Picture, Fault> {
    match candidate {
        Embedded::Jpeg(span) => decode::stored_jpeg(input, span, edge, None),
        Embedded::Rgb(span, size) if span.len() <= LARGEST_PLAIN => {
            Picture::from_rgb(&input.read(span.start, span.len() as usize)?, size)
        }
        Embedded::Rgb(..) => Err(Fault::TooLarge("its picture has too many pixels")),
    }
}
