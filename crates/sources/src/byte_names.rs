//! Names that are not UTF-8, written as text and read back without loss.
//!
//! Each byte that belongs to no character becomes a private-use character: byte 0x80..=0xFF is U+F780..=U+F7FF. A name
//! that contains such a character itself has its bytes written in the same way, so that no two names look alike.

const FIRST: u32 = 0xF700;
/// The first byte of each of these characters in UTF-8; nearly all names are without.
const LEAD: u8 = 0xEF;

/// Writes the bytes of a name or path as text.
pub(crate) fn to_text(bytes: &[u8]) -> String {
    if let (Ok(text), false) = (str::from_utf8(bytes), bytes.contains(&LEAD)) {
        return text.to_owned();
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match byte_of(character) {
                None => text.push(character),
                Some(_) => character.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| text.push(stand_in(byte))),
            }
        }
        text.extend(chunk.invalid().iter().map(|byte| stand_in(*byte)));
    }
    text
}

/// Returns the bytes that [`to_text`] was given.
pub(crate) fn to_bytes(text: &str) -> Vec<u8> {
    if !text.as_bytes().contains(&LEAD) {
        return text.as_bytes().to_vec();
    }
    let mut bytes = Vec::with_capacity(text.len());
    for character in text.chars() {
        match byte_of(character) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

/// Tells whether a text is what [`to_text`] writes; any other names nothing.
pub(crate) fn is_canonical(text: &str) -> bool {
    !text.as_bytes().contains(&LEAD) || to_text(&to_bytes(text)) == text
}

fn stand_in(byte: u8) -> char {
    char::from_u32(FIRST + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn byte_of(character: char) -> Option<u8> {
    u8::try_from(u32::from(character).checked_sub(FIRST)?).ok().filter(|byte| *byte >= 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for name in ["IMG_0001.HEIC", "Foto à côté.jpg", "写真.jpg", "\u{1F600}", ""] {
            assert_eq!(to_text(name.as_bytes()), name);
            assert_eq!(to_bytes(name), name.as_bytes());
        }
    }

    #[test]
    fn any_bytes_come_back() {
        let mut names =
            vec![b"caf\xE9.jpg".to_vec(), b"\xFF\xFE".to_vec(), b"a\xC3".to_vec(), b"\xED\xA0\x80".to_vec()];
        names.extend(["\u{F7E9}", "\u{F780}\u{F7FF}x", "\u{F700}"].map(|n| n.as_bytes().to_vec()));
        names.push((0..=255).collect());
        for name in names {
            let text = to_text(&name);
            assert_eq!(to_bytes(&text), name, "{text:?}");
            assert!(is_canonical(&text));
        }
        assert_ne!(to_text(b"\xE9"), to_text("\u{F7E9}".as_bytes()));
    }

    #[test]
    fn a_text_that_no_name_becomes_is_not_canonical() {
        assert!(!is_canonical("\u{F7C3}\u{F7A9}"));
    }
}
