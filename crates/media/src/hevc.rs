//! How large a picture an HEVC sequence parameter set announces, known before a decoder makes room for it.
//!
//! Source of the layout: ITU-T H.265, 7.3.1.2, 7.3.2.2 and 7.3.3.

use crate::bits::{Bits, without_escapes};
use crate::fault::Fault;

/// Type of the unit that announces the size.
const SEQUENCE_PARAMETERS: u8 = 33;
/// Bits of a profile, and of a level.
const PROFILE: u32 = 88;
const LEVEL: u32 = 8;

/// Returns the pixels that a unit announces; `None` if it is of another type.
pub(crate) fn announced_pixels(unit: &[u8]) -> Result<Option<u64>, Fault> {
    if unit.first().is_none_or(|header| (header >> 1) & 0x3F != SEQUENCE_PARAMETERS) {
        return Ok(None);
    }
    let bytes = without_escapes(unit.get(2..).unwrap_or_default());
    let mut bits = Bits::new(&bytes);
    bits.read(4)?;
    let layers = bits.read(3)?;
    bits.read(1)?;
    skip_levels(&mut bits, layers)?;
    bits.golomb()?;
    if bits.golomb()? == 3 {
        bits.read(1)?;
    }
    Ok(Some(bits.golomb()? * bits.golomb()?))
}

fn skip_levels(bits: &mut Bits, layers: u32) -> Result<(), Fault> {
    bits.skip(PROFILE + LEVEL)?;
    let mut skipped = 0;
    for _ in 0..layers {
        skipped += bits.read(1)? * PROFILE + bits.read(1)? * LEVEL;
    }
    if layers > 0 {
        bits.skip(2 * (8 - layers))?;
    }
    bits.skip(skipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a parameter set with as many layers and this size.
    fn parameter_set(layers: u32, width: u64, height: u64) -> Vec<u8> {
        let mut bits: Vec<u8> = Vec::new();
        let mut put = |value: u64, count: u32| bits.extend((0..count).rev().map(|bit| ((value >> bit) & 1) as u8));
        put(33 << 9, 16);
        put(0, 4);
        put(layers.into(), 3);
        put(1, 1);
        put(0, 32);
        put(0, 64);
        (0..layers).for_each(|_| put(0b01, 2));
        (0..if layers > 0 { 8 - layers } else { 0 }).for_each(|_| put(0, 2));
        (0..layers).for_each(|_| put(93, 8));
        for number in [0, 1, width, height] {
            let length = 64 - (number + 1).leading_zeros();
            put(number + 1, 2 * length - 1);
        }
        put(0x80, 8);
        let plain: Vec<u8> =
            bits.chunks(8).map(|c| c.iter().enumerate().fold(0, |byte, (at, bit)| byte | bit << (7 - at))).collect();
        let mut unit = plain[..2].to_vec();
        let mut zeros = 0;
        for byte in &plain[2..] {
            if zeros >= 2 && *byte <= 3 {
                unit.push(3);
                zeros = 0;
            }
            zeros = if *byte == 0 { zeros + 1 } else { 0 };
            unit.push(*byte);
        }
        unit
    }

    #[test]
    fn sizes_are_read_through_layers_and_escapes() {
        for layers in [0, 1, 6] {
            assert_eq!(announced_pixels(&parameter_set(layers, 3840, 2160)), Ok(Some(3840 * 2160)), "{layers}");
        }
        assert_eq!(announced_pixels(&[0x40, 1, 2, 3]), Ok(None));
        assert_eq!(announced_pixels(&[]), Ok(None));
    }

    #[test]
    fn cut_or_endless_ones_are_refused() {
        let whole = parameter_set(2, 3840, 2160);
        for cut in 2..whole.len() - 2 {
            assert!(announced_pixels(&whole[..cut]).is_err(), "{cut}");
        }
        assert!(announced_pixels(&[&whole[..20], &[0; 100]].concat()).is_err());
    }
}
