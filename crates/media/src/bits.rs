//! Bits of a video codec's parameter sets, and the codes that numbers are written in.
//!
//! Source: ITU-T H.264 and H.265, 7.2, 7.4.1 and 9.

use crate::fault::Fault;

/// Takes out the byte 3 that is put behind two zeros so that no start code appears inside a unit. What is asked of a
/// parameter set is in its first 256 bytes.
pub(crate) fn without_escapes(unit: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut zeros = 0;
    for byte in unit.iter().take(256) {
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        plain.push(*byte);
    }
    plain
}

/// Bits one after the other, highest first.
pub(crate) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    /// Begins with the highest bit of the first byte.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Reads up to 32 bits.
    pub(crate) fn read(&mut self, count: u32) -> Result<u32, Fault> {
        let mut value = 0;
        for _ in 0..count {
            let byte = self.bytes.get(self.at / 8).ok_or(Fault::CutShort)?;
            value = (value << 1) | u32::from((byte >> (7 - self.at % 8)) & 1);
            self.at += 1;
        }
        Ok(value)
    }

    /// Leaves bits out.
    pub(crate) fn skip(&mut self, count: u32) -> Result<(), Fault> {
        self.at += count as usize;
        (self.at <= self.bytes.len() * 8).then_some(()).ok_or(Fault::CutShort)
    }

    /// Reads an unsigned exponential Golomb code.
    pub(crate) fn golomb(&mut self) -> Result<u64, Fault> {
        let mut zeros = 0;
        while self.read(1)? == 0 {
            zeros += 1;
            if zeros > 31 {
                return Err(Fault::Malformed("a number without an end"));
            }
        }
        Ok((1 << zeros) - 1 + u64::from(self.read(zeros)?))
    }
}
