//! What lies behind a JPEG's picture: gain maps and depth of phones, small copies of cameras, and what no JPEG can stand for,
//! such as the film of a motion photo.

use super::{end_of, inspect_at};
use crate::fault::Fault;
use crate::findings::Findings;
use crate::input::Slice;
use domain::{MediaKind, MediaTrait};

/// Most pictures looked at; a portrait of a phone has about ten.
const MOST: usize = 32;
/// What some cameras write behind a picture, at most, without it being another one.
const TRAILER: usize = 4096;
/// How Apple's pictures of depth and mattes call themselves, near their beginning.
const AUXILIARY: &[u8] = b"AuxiliaryImageType";
const HEAD: usize = 64 << 10;

/// Names what lies behind the end of the picture and is left out of another JPEG. Errors with `Unsupported` when that is a
/// film, a picture of its own or not known.
pub(super) fn what_is(bytes: &[u8], end: usize) -> Result<Vec<&'static str>, Fault> {
    let mut rest = bytes.get(end..).unwrap_or_default();
    if rest.windows(4).any(|word| word == b"ftyp") {
        return Err(Fault::Unsupported("a film lies behind it, which no JPEG can hold"));
    }
    let long = facts(bytes).pixels.map_or(0, |(width, height)| width.max(height));
    let mut left_out = Vec::new();
    for _ in 0..MOST {
        rest = without_padding(rest);
        if !rest.starts_with(&[0xFF, 0xD8, 0xFF]) {
            break;
        }
        let (findings, end) = (facts(rest), end_of(rest, 0).ok().flatten().unwrap_or(rest.len()));
        let smaller = findings.pixels.is_some_and(|(width, height)| width.max(height).saturating_mul(2) <= long);
        if findings.traits.contains(&MediaTrait::GainMap) {
            left_out.push("its HDR gain map was left out");
        } else if contains(rest.get(..end.min(HEAD)).unwrap_or_default(), AUXILIARY) {
            left_out.push("its depth or mattes were left out");
        } else if !smaller {
            return Err(Fault::Unsupported("it holds further pictures, which no JPEG can"));
        }
        rest = rest.get(end..).unwrap_or_default();
    }
    if without_padding(rest).len() > TRAILER {
        return Err(Fault::Unsupported("what lies behind it is not known"));
    }
    left_out.dedup();
    Ok(left_out)
}

/// What can be told of a picture; damage shows elsewhere.
fn facts(bytes: &[u8]) -> Findings {
    let mut findings = Findings::new(MediaKind::Photo);
    let _ = inspect_at(&mut Slice(bytes), 0, &mut findings);
    findings
}

/// Zeros fill a file up to where the next part begins.
fn without_padding(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}
