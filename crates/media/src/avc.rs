//! What an H.264 sequence parameter set says of its colours: which decoders leave to others.
//!
//! Source of the layout: ITU-T H.264, 7.3.2.1.1 and E.1.1.

use crate::bits::{Bits, without_escapes};
use crate::fault::Fault;

/// Profiles whose sets say more of the format of samples.
const HIGH_PROFILES: [u32; 10] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138];
/// An aspect ratio written out.
const EXTENDED_RATIO: u32 = 255;

/// How brightness and colour were made of red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signal {
    /// Whether black is 0 instead of 16.
    pub(crate) full_range: bool,
    /// The code point of ITU-T H.273 for the matrix, if it is said.
    pub(crate) matrix: Option<u16>,
}

/// Reads a set with its header byte. One that says nothing of colour, or is broken, gives none.
pub(crate) fn signal(set: &[u8]) -> Option<Signal> {
    let bytes = without_escapes(set.get(1..)?);
    read(&mut Bits::new(&bytes)).ok().flatten()
}

fn read(bits: &mut Bits) -> Result<Option<Signal>, Fault> {
    let profile = bits.read(8)?;
    bits.skip(16)?;
    bits.golomb()?;
    if HIGH_PROFILES.contains(&profile) {
        skip_samples(bits)?;
    }
    bits.golomb()?;
    match bits.golomb()? {
        0 => drop(bits.golomb()?),
        1 => {
            bits.skip(1)?;
            for _ in 0..2 {
                bits.golomb()?;
            }
            for _ in 0..bits.golomb()?.min(255) {
                bits.golomb()?;
            }
        }
        _ => {}
    }
    // How many pictures are kept, whether some may be missing, width and height.
    bits.golomb()?;
    bits.skip(1)?;
    bits.golomb()?;
    bits.golomb()?;
    if bits.read(1)? == 0 {
        bits.skip(1)?;
    }
    bits.skip(1)?;
    if bits.read(1)? == 1 {
        for _ in 0..4 {
            bits.golomb()?;
        }
    }
    if bits.read(1)? == 1 { usability(bits) } else { Ok(None) }
}

fn skip_samples(bits: &mut Bits) -> Result<(), Fault> {
    let chroma = bits.golomb()?;
    if chroma == 3 {
        bits.skip(1)?;
    }
    bits.golomb()?;
    bits.golomb()?;
    bits.skip(1)?;
    if bits.read(1)? == 1 {
        // Phones write no tables of their own; of a film with some the colours are taken from elsewhere.
        return Err(Fault::Unsupported("tables of its own"));
    }
    Ok(())
}

/// Reads the first fields of the set's usability information.
fn usability(bits: &mut Bits) -> Result<Option<Signal>, Fault> {
    if bits.read(1)? == 1 && bits.read(8)? == EXTENDED_RATIO {
        bits.skip(32)?;
    }
    if bits.read(1)? == 1 {
        bits.skip(1)?;
    }
    if bits.read(1)? == 0 {
        return Ok(None);
    }
    bits.skip(3)?;
    let full_range = bits.read(1)? == 1;
    let described = bits.read(1)? == 1;
    let matrix = if described { Some(bits.read(24)? & 0xFF) } else { None };
    Ok(Some(Signal { full_range, matrix: matrix.and_then(|m| u16::try_from(m).ok()) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The set of a phone's film: full range, matrix of BT.601.
    const PHONE: &str = "274d001e898b60f028d80b7060106ec0c0017700005dc17bdf05";

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn a_phones_set_is_read_and_a_cut_one_says_nothing() {
        let set = bytes(PHONE);
        assert_eq!(signal(&set), Some(Signal { full_range: true, matrix: Some(6) }));
        for cut in 0..12 {
            assert_eq!(signal(&set[..cut]), None, "{cut}");
        }
    }
}
