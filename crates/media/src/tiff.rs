//! A bounded walk over TIFF directories, in memory or in a file: EXIF blocks, raw pictures, Apple's maker note.

use crate::fault::Fault;
use crate::input::Input;
use crate::isobmff::Span;

/// Most entries of a directory that are looked at; cameras write below 100.
const MOST_ENTRIES: u16 = 1024;
/// Longest value that is read, in bytes.
const LONGEST_VALUE: u64 = 64 * 1024;

/// Which end of a number comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    /// `II`
    Little,
    /// `MM`
    Big,
}

impl ByteOrder {
    /// Reads the mark at the start of a header.
    pub(crate) fn of(mark: &[u8]) -> Option<Self> {
        match mark.get(..2)? {
            b"II" => Some(Self::Little),
            b"MM" => Some(Self::Big),
            _ => None,
        }
    }

    /// Joins bytes to a number.
    pub(crate) fn join(self, bytes: &[u8]) -> u32 {
        let add = |sum: u32, byte: &u8| (sum << 8) | u32::from(*byte);
        match self {
            Self::Big => bytes.iter().fold(0, add),
            Self::Little => bytes.iter().rev().fold(0, add),
        }
    }

    /// Splits a number into its bytes.
    pub(crate) fn split(self, number: u32) -> [u8; 4] {
        match self {
            Self::Little => number.to_le_bytes(),
            Self::Big => number.to_be_bytes(),
        }
    }
}

/// One entry of a directory; its value is read when asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    tag: u16,
    width: u8,
    count: u32,
    value: [u8; 4],
}

impl Entry {
    /// Returns how many values it has.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }
}

/// One directory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ifd {
    entries: Vec<Entry>,
    /// Offset of the next one; 0 after the last.
    pub(crate) next: u32,
}

impl Ifd {
    /// Returns the entry with a tag.
    pub(crate) fn get(&self, tag: u16) -> Option<Entry> {
        self.entries.iter().find(|entry| entry.tag == tag).copied()
    }
}

/// A TIFF structure somewhere in an input.
pub(crate) struct Tiff<'a> {
    input: &'a mut dyn Input,
    base: u64,
    order: ByteOrder,
}

impl<'a> Tiff<'a> {
    /// Reads the header at `base`; returns the structure and the offset of its first directory.
    pub(crate) fn open(input: &'a mut dyn Input, base: u64) -> Result<(Self, u32), Fault> {
        let header = input.read(base, 8)?;
        let order = ByteOrder::of(&header).ok_or(Fault::Malformed("no TIFF header"))?;
        let first = order.join(&header[4..8]);
        Ok((Self { input, base, order }, first))
    }

    /// Takes a structure without a header, whose offsets count from `base`.
    pub(crate) fn with_order(input: &'a mut dyn Input, base: u64, order: ByteOrder) -> Self {
        Self { input, base, order }
    }

    /// Returns which end of its numbers comes first.
    pub(crate) fn order(&self) -> ByteOrder {
        self.order
    }

    /// Reads the directory at an offset. Of one that reaches beyond the end the entries before it count.
    pub(crate) fn ifd(&mut self, offset: u32) -> Result<Ifd, Fault> {
        let at = self.base + u64::from(offset);
        let count = self.order.join(&self.input.read(at, 2)?) as u16;
        if count > MOST_ENTRIES {
            return Err(Fault::Malformed("a directory with too many entries"));
        }
        let length = usize::from(count) * 12;
        let bytes = self.input.read_up_to(at + 2, length)?;
        let entries = bytes.chunks_exact(12).map(|entry| self.entry(entry)).collect();
        let next = self.input.read(at + 2 + length as u64, 4).map(|b| self.order.join(&b)).unwrap_or(0);
        Ok(Ifd { entries, next })
    }

    fn entry(&self, bytes: &[u8]) -> Entry {
        let width = match self.order.join(&bytes[2..4]) {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => 0,
        };
        let value = [bytes[8], bytes[9], bytes[10], bytes[11]];
        Entry { tag: self.order.join(&bytes[..2]) as u16, width, count: self.order.join(&bytes[4..8]), value }
    }

    /// Reads the bytes of a value. Errors when it is longer than 64 KiB.
    pub(crate) fn bytes(&mut self, entry: &Entry) -> Result<Vec<u8>, Fault> {
        let length = u64::from(entry.count) * u64::from(entry.width);
        if length > LONGEST_VALUE {
            return Err(Fault::TooLarge("a value in it is too long"));
        }
        match usize::try_from(length) {
            Ok(short @ ..=4) => Ok(entry.value[..short].to_vec()),
            _ => self.input.read(self.base + u64::from(self.order.join(&entry.value)), length as usize),
        }
    }

    /// Returns where a long value is, without reading it.
    pub(crate) fn place(&self, entry: &Entry) -> Option<Span> {
        let length = u64::from(entry.count) * u64::from(entry.width);
        let start = self.base + u64::from(self.order.join(&entry.value));
        (length > 4).then_some(Span { start, end: start + length })
    }

    /// Reads whole numbers of 1, 2 or 4 bytes; other types give none.
    pub(crate) fn numbers(&mut self, entry: &Entry) -> Result<Vec<u32>, Fault> {
        if !matches!(entry.width, 1 | 2 | 4) {
            return Ok(Vec::new());
        }
        let bytes = self.bytes(entry)?;
        Ok(bytes.chunks_exact(usize::from(entry.width)).map(|chunk| self.order.join(chunk)).collect())
    }

    /// Reads the first number of a tag in a directory, if it is there and sound.
    pub(crate) fn number(&mut self, ifd: &Ifd, tag: u16) -> Option<u32> {
        self.numbers(&ifd.get(tag)?).ok()?.first().copied()
    }

    /// Reads fractions of two numbers of 4 bytes; other types give none. One over zero is no number.
    pub(crate) fn fractions(&mut self, entry: &Entry) -> Result<Vec<f64>, Fault> {
        if entry.width != 8 {
            return Ok(Vec::new());
        }
        let bytes = self.bytes(entry)?;
        let fraction = |chunk: &[u8]| f64::from(self.order.join(&chunk[..4])) / f64::from(self.order.join(&chunk[4..]));
        Ok(bytes.chunks_exact(8).map(fraction).collect())
    }

    /// Reads text.
    pub(crate) fn text(&mut self, entry: &Entry) -> Result<String, Fault> {
        Ok(String::from_utf8_lossy(&self.bytes(entry)?).trim_end_matches('\0').to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Slice;

    #[test]
    fn both_byte_orders() {
        let big = [b"MM\0*\0\0\0\x08".as_slice(), &[0, 1, 1, 0, 0, 3, 0, 0, 0, 1, 0, 7, 0, 0, 0, 0, 0, 0]].concat();
        let little = [b"II*\0\x08\0\0\0".as_slice(), &[1, 0, 0, 1, 3, 0, 1, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]].concat();
        for bytes in [big, little] {
            let mut input = Slice(&bytes);
            let (mut tiff, first) = Tiff::open(&mut input, 0).unwrap();
            let ifd = tiff.ifd(first).unwrap();
            assert_eq!((tiff.number(&ifd, 256), ifd.next), (Some(7), 0));
        }
    }

    #[test]
    fn a_value_that_claims_too_much_is_not_read() {
        let bytes = [b"MM\0*\0\0\0\x08".as_slice(), &[0, 1, 1, 0, 0, 4, 255, 255, 255, 255, 0, 0, 0, 8]].concat();
        let mut input = Slice(&bytes);
        let (mut tiff, first) = Tiff::open(&mut input, 0).unwrap();
        let entry = tiff.ifd(first).unwrap().get(256).unwrap();
        assert!(matches!(tiff.bytes(&entry), Err(Fault::TooLarge(_))));
    }
}
