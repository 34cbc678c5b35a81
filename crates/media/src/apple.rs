//! Apple's maker note: where an iPhone's still says to which Live Photo and burst it belongs, and how it was taken.
//!
//! Layout and numbers (as ExifTool documents them): `Apple iOS\0`, two bytes version, `MM` or `II`, then an IFD at byte 14
//! whose offsets count from the start of the note.

use crate::input::Slice;
use crate::tiff::{ByteOrder, Ifd, Tiff};
use domain::MediaTrait;

const SIGNATURE: &[u8] = b"Apple iOS\0";
const HDR_TYPE: u16 = 0x000A;
const BURST: u16 = 0x000B;
const CONTENT_IDENTIFIER: u16 = 0x0011;
const CAPTURE_TYPE: u16 = 0x0014;
const CAMERA: u16 = 0x002E;

/// What a maker note says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AppleNote {
    /// Identifier shared with a film.
    pub(crate) content_identifier: Option<String>,
    /// Identifier shared with the pictures of a burst.
    pub(crate) burst: Option<String>,
    /// What sort of picture it is.
    pub(crate) traits: Vec<MediaTrait>,
}

/// Tells whether a maker note is Apple's.
pub(crate) fn is_note(note: &[u8]) -> bool {
    note.starts_with(SIGNATURE)
}

/// Reads a maker note; one of another maker, or a broken one, says nothing.
pub(crate) fn note(note: &[u8]) -> AppleNote {
    let mark = note.strip_prefix(SIGNATURE).and_then(|rest| rest.get(2..4));
    let Some(order) = mark.and_then(ByteOrder::of) else { return AppleNote::default() };
    let mut input = Slice(note);
    let mut tiff = Tiff::with_order(&mut input, 0, order);
    let ifd = tiff.ifd(14).unwrap_or_default();
    AppleNote {
        content_identifier: identifier(&mut tiff, &ifd, CONTENT_IDENTIFIER),
        burst: identifier(&mut tiff, &ifd, BURST),
        traits: [
            (HDR_TYPE, 3, MediaTrait::Hdr),
            (CAPTURE_TYPE, 2, MediaTrait::Portrait),
            (CAMERA, 6, MediaTrait::Selfie),
        ]
        .into_iter()
        .filter(|(tag, value, _)| tiff.number(&ifd, *tag) == Some(*value))
        .map(|(_, _, found)| found)
        .collect(),
    }
}

fn identifier(tiff: &mut Tiff, ifd: &Ifd, tag: u16) -> Option<String> {
    checked_identifier(&tiff.text(&ifd.get(tag)?).ok()?)
}

/// Returns an identifier in upper case if it is a UUID; anything else must not pair files.
pub(crate) fn checked_identifier(text: &str) -> Option<String> {
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    let fine = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    fine.then(|| text.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "9FD70E56-56A6-46FD-9E35-5FF7A1BC15F6";

    fn written(text: &str) -> Vec<u8> {
        let mut note = b"Apple iOS\0\0\x01MM\0\x01".to_vec();
        note.extend([0, 0x11, 0, 2, 0, 0, 0, text.len() as u8, 0, 0, 0, 32, 0, 0, 0, 0]);
        note.extend(text.bytes());
        note
    }

    #[test]
    fn the_identifier_is_found_and_nothing_else_passes_for_one() {
        let found = |bytes: &[u8]| note(bytes).content_identifier;
        assert_eq!(found(&written(&ID.to_lowercase())).as_deref(), Some(ID));
        assert_eq!(found(&written("not an identifier")), None);
        for cut in 0..written(ID).len() {
            assert_eq!(found(&written(ID)[..cut]), None, "{cut}");
        }
        assert_eq!(found(b"Nikon\0"), None);
    }

    #[test]
    fn the_way_a_picture_was_taken() {
        let mut bytes = b"Apple iOS\0\0\x01MM\0\x03".to_vec();
        for (tag, value) in [(HDR_TYPE, 3), (CAPTURE_TYPE, 2), (CAMERA, 6u8)] {
            bytes.extend(tag.to_be_bytes());
            bytes.extend([0, 9, 0, 0, 0, 1, 0, 0, 0, value]);
        }
        assert_eq!(note(&bytes).traits, [MediaTrait::Hdr, MediaTrait::Portrait, MediaTrait::Selfie]);
        assert_eq!(note(&[b"Canon".as_slice(), &bytes].concat()), AppleNote::default());
    }
}
