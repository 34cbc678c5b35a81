//! Big-endian fields one after the other, as ISOBMFF, PNG and JPEG write them.

use crate::fault::Fault;

/// Walks over bytes; every read beyond their end is `CutShort`.
pub(crate) struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    /// Starts at the first byte.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Takes the next `length` bytes.
    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let end = self.at.checked_add(length).ok_or(Fault::CutShort)?;
        let taken = self.bytes.get(self.at..end).ok_or(Fault::CutShort)?;
        self.at = end;
        Ok(taken)
    }

    /// Takes an unsigned number of up to 8 bytes; 0 bytes are 0.
    pub(crate) fn number(&mut self, width: usize) -> Result<u64, Fault> {
        Ok(self.take(width)?.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
    }

    /// Takes a byte.
    pub(crate) fn u8(&mut self) -> Result<u8, Fault> {
        Ok(self.take(1)?[0])
    }

    /// Takes 16 bits.
    pub(crate) fn u16(&mut self) -> Result<u16, Fault> {
        self.take(2).map(|b| u16::from_be_bytes([b[0], b[1]]))
    }

    /// Takes 32 bits.
    pub(crate) fn u32(&mut self) -> Result<u32, Fault> {
        self.take(4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
    }

    /// Takes four characters, as boxes and chunks are called.
    pub(crate) fn name(&mut self) -> Result<[u8; 4], Fault> {
        self.take(4).map(|b| [b[0], b[1], b[2], b[3]])
    }

    /// Takes text up to a zero byte or the end.
    pub(crate) fn text(&mut self) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|b| *b == 0).unwrap_or(rest.len());
        self.at += (length + 1).min(rest.len());
        &rest[..length]
    }

    /// Returns what is left.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }
}
