//! Apple's fingerprint of a file, as the library of a phone has it.

use std::fmt;

/// The first byte of those known: which formula was used.
const FORMULA: u8 = 1;
const BYTES: usize = 20;
const CHARACTERS: usize = 28;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What Apple's photo libraries, on phones, on Macs and in iCloud, know the bytes of an original by: a SHA-1 of a salt and of
/// the bytes, written as the base64 of a 1 and its 20 bytes. It is taken as it comes, never computed here.
/// Not to be confused with [`Fingerprint`](crate::Fingerprint), which is about a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AppleFingerprint([u8; BYTES]);

impl AppleFingerprint {
    /// Wraps the 20 bytes of the hash.
    pub const fn new(hash: [u8; BYTES]) -> Self {
        Self(hash)
    }

    /// Returns the 20 bytes of the hash.
    pub fn as_bytes(&self) -> &[u8; BYTES] {
        &self.0
    }

    /// Reads what a phone or a manifest has. `None` for anything but the base64 of 21 bytes of which the first is 1.
    pub fn parse(text: &str) -> Option<Self> {
        let text = <&[u8; CHARACTERS]>::try_from(text.as_bytes()).ok()?;
        let mut bytes = [0; BYTES + 1];
        for (group, three) in text.chunks(4).zip(bytes.chunks_mut(3)) {
            let mut word = 0_u32;
            for character in group {
                word = word << 6 | u32::from(digit(*character)?);
            }
            three.copy_from_slice(word.to_be_bytes().get(1..)?);
        }
        let (formula, hash) = bytes.split_first()?;
        (*formula == FORMULA).then_some(Self(hash.try_into().ok()?))
    }
}

impl fmt::Display for AppleFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [FORMULA; BYTES + 1];
        bytes[1..].copy_from_slice(&self.0);
        for group in bytes.chunks(3) {
            let word = group.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
            for shift in [18, 12, 6, 0] {
                write!(f, "{}", char::from(ALPHABET[(word >> shift & 63) as usize]))?;
            }
        }
        Ok(())
    }
}

/// Returns the six bits that a character stands for.
fn digit(character: u8) -> Option<u8> {
    Some(match character {
        b'A'..=b'Z' => character - b'A',
        b'a'..=b'z' => character - b'a' + 26,
        b'0'..=b'9' => character - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_base64_of_a_one_and_twenty_bytes_is_taken() {
        let hash: [u8; BYTES] = std::array::from_fn(|i| i as u8 * 13 + 7);
        let text = AppleFingerprint::new(hash).to_string();
        assert_eq!(text, "AQcUIS47SFVib3yJlqOwvcrX5PH+");
        assert_eq!(AppleFingerprint::parse(&text), Some(AppleFingerprint::new(hash)));
        // Another formula, padding, other alphabets, too short, too long, nothing.
        let others = ["AgcUIS47SFVib3yJlqOwvcrX5PH+", "AQcUIS47SFVib3yJlqOwvcrX5PE=", "AQcUIS47SFVib3yJlqOwvcrX5PH-"];
        let lengths =
            ["AQcUIS47SFVib3yJlqOwvcrX5PH", "AQcUIS47SFVib3yJlqOwvcrX5PH+A", "", "é", "A000000000000000000000000004"];
        for text in others.into_iter().chain(lengths) {
            assert_eq!(AppleFingerprint::parse(text), None, "{text}");
        }
        assert_eq!(AppleFingerprint::parse(&"A".repeat(1 << 20)), None);
    }
}
