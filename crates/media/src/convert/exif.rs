//! A photo's EXIF block for the JPEG made of it: everything kept, but the turn, which the pixels have made by then, and their
//! number.
//!
//! A segment of a JPEG holds less than 64 KiB. A block that is longer loses first what others can do without: the small
//! picture in it, then the maker's note, then its longest values.

use crate::tiff::ByteOrder;
use std::borrow::Cow;

/// Longest block that fits into a segment, `Exif\0\0` before it.
pub(crate) const LONGEST: usize = 65_533 - 6;
/// Length of what precedes the directories.
const HEADER: usize = 8;
/// Most entries of a directory that are carried over; cameras write below 100.
const MOST_ENTRIES: usize = 1024;

mod tag {
    pub(super) const WIDTH: u16 = 0x0100;
    pub(super) const HEIGHT: u16 = 0x0101;
    pub(super) const ORIENTATION: u16 = 0x0112;
    pub(super) const SUB_IFDS: u16 = 0x014A;
    pub(super) const EXIF_IFD: u16 = 0x8769;
    pub(super) const GPS_IFD: u16 = 0x8825;
    pub(super) const MAKER_NOTE: u16 = 0x927C;
    pub(super) const EXIF_WIDTH: u16 = 0xA002;
    pub(super) const EXIF_HEIGHT: u16 = 0xA003;
    pub(super) const INTEROP_IFD: u16 = 0xA005;
}

/// A block as the JPEG gets it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Carried {
    /// From the TIFF header on.
    pub(crate) block: Vec<u8>,
    /// What had to be left out, in words.
    pub(crate) lost: Option<&'static str>,
}

/// Makes the block of a picture that stands upright and has this size, of the original's, `Exif\0\0` before it allowed. `None`
/// when that makes no sense.
pub(crate) fn carried(original: &[u8], (width, height): (u32, u32)) -> Option<Carried> {
    let block = original.strip_prefix(b"Exif\0").map_or(original, |rest| rest.get(1..).unwrap_or_default());
    let order = ByteOrder::of(block)?;
    let mut patched = Block { bytes: block.to_vec(), order };
    let first = patched.number(4, 4)? as usize;
    let entries = patched.entries(first).filter(|entries| !entries.is_empty())?;
    patched.set(&entries, tag::ORIENTATION, 1);
    patched.set(&entries, tag::WIDTH, width);
    patched.set(&entries, tag::HEIGHT, height);
    if let Some(fields) = patched.below(&entries, tag::EXIF_IFD) {
        patched.set(&fields, tag::EXIF_WIDTH, width);
        patched.set(&fields, tag::EXIF_HEIGHT, height);
    }
    // The small picture behind it is turned as the original was, and programs would turn it no more.
    patched.put(first + 2 + entries.len() * 12, 4, 0);
    if patched.bytes.len() <= LONGEST {
        return Some(Carried { block: patched.bytes, lost: None });
    }
    patched.shortened(&entries)
}

/// One entry of a directory: where it is in the block and what it says of its value.
#[derive(Clone, Copy)]
struct Entry {
    at: usize,
    tag: u16,
    kind: u16,
    count: u32,
}

impl Entry {
    /// Returns the length of its value in bytes; of an unknown type 0.
    fn length(&self) -> usize {
        let width = match self.kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => 0,
        };
        usize::try_from(self.count).unwrap_or(usize::MAX).saturating_mul(width)
    }
}

struct Block {
    bytes: Vec<u8>,
    order: ByteOrder,
}

impl Block {
    fn number(&self, at: usize, width: usize) -> Option<u32> {
        self.bytes.get(at..at.checked_add(width)?).map(|bytes| self.order.join(bytes))
    }

    fn put(&mut self, at: usize, width: usize, value: u32) {
        let split = self.order.split(value);
        let split = match self.order {
            ByteOrder::Little => split.get(..width),
            ByteOrder::Big => split.get(4 - width..),
        };
        if let (Some(place), Some(split)) = (self.bytes.get_mut(at..at + width), split) {
            place.copy_from_slice(split);
        }
    }

    fn entries(&self, at: usize) -> Option<Vec<Entry>> {
        let count = self.number(at, 2)? as usize;
        let places = (0..count.min(MOST_ENTRIES)).map(|index| at + 2 + index * 12);
        let entry = |at: usize| {
            let (tag, kind) = (self.number(at, 2)? as u16, self.number(at + 2, 2)? as u16);
            Some(Entry { at, tag, kind, count: self.number(at + 4, 4)? })
        };
        // A directory in the header would have that written over.
        (at >= HEADER && count <= MOST_ENTRIES).then(|| places.map_while(entry).collect())
    }

    fn below(&self, entries: &[Entry], pointer: u16) -> Option<Vec<Entry>> {
        let entry = entries.iter().find(|entry| entry.tag == pointer)?;
        self.entries(self.number(entry.at + 8, 4)? as usize)
    }

    /// Gives a number that is there another value.
    fn set(&mut self, entries: &[Entry], tag: u16, value: u32) {
        let Some(entry) = entries.iter().find(|entry| entry.tag == tag && entry.count == 1) else { return };
        match entry.kind {
            3 if value <= u32::from(u16::MAX) => {
                self.put(entry.at + 8, 4, 0);
                self.put(entry.at + 8, 2, value);
            }
            4 => self.put(entry.at + 8, 4, value),
            _ => {}
        }
    }

    fn value(&self, entry: &Entry) -> Option<&[u8]> {
        let length = entry.length();
        let at = if length <= 4 { entry.at + 8 } else { self.number(entry.at + 8, 4)? as usize };
        self.bytes.get(at..at.checked_add(length)?)
    }

    /// Leaves out the small picture where it comes last, else that and the maker's note, whose own offsets would not be true
    /// elsewhere; then the longest values until the rest fits.
    fn shortened(mut self, entries: &[Entry]) -> Option<Carried> {
        let kept = self.end(entries);
        if kept <= LONGEST {
            self.bytes.truncate(kept);
            return Some(Carried { block: self.bytes, lost: None });
        }
        let mut lost = "the camera maker's own notes are too long for a JPEG and were left out";
        let mut all = Directories {
            first: self.values(entries),
            exif: self.below(entries, tag::EXIF_IFD).map(|found| self.values(&found)),
            gps: self.below(entries, tag::GPS_IFD).map(|found| self.values(&found)),
            interop: None,
        };
        let interop = self.below(entries, tag::EXIF_IFD).and_then(|found| self.below(&found, tag::INTEROP_IFD));
        all.interop = interop.map(|found| self.values(&found));
        while all.room() > LONGEST {
            lost = "some of its EXIF values are too long for a JPEG and were left out";
            all.drop_longest()?;
        }
        Some(Carried { block: all.written(self.order)?, lost: Some(lost) })
    }

    /// Returns where the last byte ends of what is not the small picture.
    fn end(&self, first: &[Entry]) -> usize {
        let exif = self.below(first, tag::EXIF_IFD).unwrap_or_default();
        let gps = self.below(first, tag::GPS_IFD).unwrap_or_default();
        let interop = self.below(&exif, tag::INTEROP_IFD).unwrap_or_default();
        let own = |entry: &Entry| {
            let outside = (entry.length() > 4).then(|| self.number(entry.at + 8, 4)).flatten();
            // Behind a directory's last entry is where the next one is.
            let end = outside.map_or(0, |start| (start as usize).saturating_add(entry.length()));
            end.max(entry.at + 16)
        };
        [first, &exif, &gps, &interop].into_iter().flatten().map(own).max().unwrap_or(0).min(self.bytes.len())
    }

    /// Takes values out that can stand elsewhere: no pointers, and no maker's note.
    fn values(&self, entries: &[Entry]) -> Vec<Value<'_>> {
        let pointers = [tag::EXIF_IFD, tag::GPS_IFD, tag::INTEROP_IFD, tag::SUB_IFDS, tag::MAKER_NOTE];
        let movable = entries.iter().filter(|entry| !pointers.contains(&entry.tag) && entry.length() > 0);
        let taken = movable.filter_map(|entry| {
            Some(Value { tag: entry.tag, kind: entry.kind, count: entry.count, bytes: self.value(entry)?.into() })
        });
        taken.collect()
    }
}

/// A value where it stood: thousands of entries may claim the same mebibytes.
struct Value<'a> {
    tag: u16,
    kind: u16,
    count: u32,
    bytes: Cow<'a, [u8]>,
}

/// What a block says, apart from where it says it.
struct Directories<'a> {
    first: Vec<Value<'a>>,
    exif: Option<Vec<Value<'a>>>,
    gps: Option<Vec<Value<'a>>>,
    interop: Option<Vec<Value<'a>>>,
}

impl Directories<'_> {
    /// Returns how many bytes `written` takes at most.
    fn room(&self) -> usize {
        let below = [self.exif.as_ref(), self.gps.as_ref(), self.interop.as_ref()];
        let all = [Some(&self.first)].into_iter().chain(below).flatten();
        // Each directory is aligned, has its number of entries and a pointer to the next, and may be pointed to.
        let room = |values: &Vec<Value<'_>>| {
            let own = values.iter().map(|value| 12 + value.bytes.len().saturating_add(1));
            own.fold(1 + 2 + 4 + 12, usize::saturating_add)
        };
        all.map(room).fold(8, usize::saturating_add)
    }

    fn written(&self, order: ByteOrder) -> Option<Vec<u8>> {
        let mut bytes = match order {
            ByteOrder::Little => b"II*\0".to_vec(),
            ByteOrder::Big => b"MM\0*".to_vec(),
        };
        bytes.extend([0; 4]);
        let mut block = Block { bytes, order };
        // What is pointed to comes first, so that its place is known.
        let interop = self.interop.as_ref().map(|values| block.append(values, &[]));
        let below = interop.map(|at| (tag::INTEROP_IFD, at));
        let exif = self.exif.as_ref().map(|values| block.append(values, below.as_slice()));
        let gps = self.gps.as_ref().map(|values| block.append(values, &[]));
        let below = [exif.map(|at| (tag::EXIF_IFD, at)), gps.map(|at| (tag::GPS_IFD, at))];
        let below: Vec<_> = below.into_iter().flatten().collect();
        let first = block.append(&self.first, &below);
        block.put(4, 4, u32::try_from(first).ok()?);
        Some(block.bytes)
    }

    /// Leaves out the longest value of all; `None` when there is none left.
    fn drop_longest(&mut self) -> Option<()> {
        let others = [self.exif.as_mut(), self.gps.as_mut(), self.interop.as_mut()];
        let all = [Some(&mut self.first)].into_iter().chain(others).flatten();
        let longest = |values: &Vec<Value<'_>>| values.iter().map(|value| value.bytes.len()).max().unwrap_or(0);
        let values = all.max_by_key(|values| longest(values)).filter(|values| !values.is_empty())?;
        let (index, _) = values.iter().enumerate().max_by_key(|(_, value)| value.bytes.len())?;
        values.remove(index);
        Some(())
    }
}

impl Block {
    /// Writes a directory and its values at the end, tags in order as TIFF wants them, and returns where it is.
    fn append(&mut self, values: &[Value<'_>], pointers: &[(u16, usize)]) -> usize {
        let pointed = pointers.iter().map(|(tag, at)| (*tag, 4, 1, Cow::Owned(self.order.split(*at as u32).to_vec())));
        let own = values.iter().map(|value| (value.tag, value.kind, value.count, Cow::Borrowed(&*value.bytes)));
        let mut all: Vec<_> = own.chain(pointed).collect();
        all.sort_by_key(|(tag, ..)| *tag);
        self.align();
        let start = self.bytes.len();
        self.bytes.resize(start + 2 + all.len() * 12 + 4, 0);
        self.put(start, 2, all.len() as u32);
        for (index, (tag, kind, count, bytes)) in all.into_iter().enumerate() {
            let at = start + 2 + index * 12;
            self.put(at, 2, tag.into());
            self.put(at + 2, 2, kind.into());
            self.put(at + 4, 4, count);
            if bytes.len() > 4 {
                self.align();
                self.put(at + 8, 4, self.bytes.len() as u32);
                self.bytes.extend_from_slice(&bytes);
            } else if let Some(place) = self.bytes.get_mut(at + 8..at + 8 + bytes.len()) {
                place.copy_from_slice(&bytes);
            }
        }
        start
    }

    fn align(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(2), 0);
    }
}

#[cfg(test)]
mod tests;
