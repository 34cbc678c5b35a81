//! Apple's maker note: where an iPhone's still says to which Live Photo it belongs.
//!
//! Layout (as ExifTool documents it): `Apple iOS\0`, two bytes version, `MM` or `II`, then an IFD at byte 14 whose offsets
//! count from the start of the note.

use crate::input::Slice;
use crate::tiff::{ByteOrder, Tiff};

const SIGNATURE: &[u8] = b"Apple iOS\0";
const CONTENT_IDENTIFIER: u16 = 0x0011;

/// Returns the content identifier of a maker note, if it is Apple's and has one.
pub(crate) fn content_identifier(note: &[u8]) -> Option<String> {
    let order = ByteOrder::of(note.strip_prefix(SIGNATURE)?.get(2..4)?)?;
    let mut input = Slice(note);
    let mut tiff = Tiff::with_order(&mut input, 0, order);
    let entry = tiff.ifd(14).ok()?.get(CONTENT_IDENTIFIER)?;
    checked_identifier(&tiff.text(&entry).ok()?)
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

    fn note(text: &str) -> Vec<u8> {
        let mut note = b"Apple iOS\0\0\x01MM\0\x01".to_vec();
        note.extend([0, 0x11, 0, 2, 0, 0, 0, text.len() as u8, 0, 0, 0, 32, 0, 0, 0, 0]);
        note.extend(text.bytes());
        note
    }

    #[test]
    fn the_identifier_is_found_and_nothing_else_passes_for_one() {
        assert_eq!(content_identifier(&note(&ID.to_lowercase())).as_deref(), Some(ID));
        assert_eq!(content_identifier(&note("not an identifier")), None);
        for cut in 0..note(ID).len() {
            assert_eq!(content_identifier(&note(ID)[..cut]), None, "{cut}");
        }
        assert_eq!(content_identifier(b"Nikon\0"), None);
    }
}
