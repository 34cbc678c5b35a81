//! Bounded reading at any offset: the door through which all bytes of a file come.

use crate::fault::Fault;
use domain::ResourceReader;

/// Bytes that can be read at an offset. Reading beyond the end is `CutShort`.
pub(crate) trait Input {
    /// Returns the size in bytes.
    fn size(&self) -> u64;

    /// Returns exactly `length` bytes at `offset`.
    fn read(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, Fault>;

    /// Returns up to `length` bytes at `offset`: fewer at the end.
    fn read_up_to(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, Fault> {
        let there = self.size().saturating_sub(offset);
        self.read(offset, length.min(usize::try_from(there).unwrap_or(usize::MAX)))
    }
}

/// Bytes in memory.
pub(crate) struct Slice<'a>(pub(crate) &'a [u8]);

impl Input for Slice<'_> {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, Fault> {
        let start = usize::try_from(offset).map_err(|_| Fault::CutShort)?;
        let end = start.checked_add(length).ok_or(Fault::CutShort)?;
        self.0.get(start..end).map(<[u8]>::to_vec).ok_or(Fault::CutShort)
    }
}

/// First read of a file that is shown: on photos of phones it holds the metadata and the embedded thumbnail.
pub(crate) const LONG_HEAD: usize = 128 * 1024;
/// First read of a file that is only looked into. Over 40 files of many cameras it was enough for 32; at 32 MB/s and 1 ms a
/// round trip, looking into all of them took half the time that it took with the long head.
pub const SHORT_HEAD: usize = 16 * 1024;
/// Small reads are widened to this, so that following a chain of boxes does not cost a round trip for each.
const AHEAD: usize = 16 * 1024;
/// Spans kept besides the head.
const KEPT: usize = 8;

/// A file at a source, read through a budget. Keeps its head and the last spans.
pub(crate) struct FileInput<'a> {
    file: &'a mut dyn ResourceReader,
    size: u64,
    budget: u64,
    spans: Vec<(u64, Vec<u8>)>,
}

impl<'a> FileInput<'a> {
    /// Reads the first `head` bytes of a file. No more than `budget` bytes are read from it altogether.
    pub(crate) fn open(file: &'a mut dyn ResourceReader, budget: u64, head: usize) -> Result<Self, Fault> {
        let size = file.size();
        let mut input = Self { file, size, budget, spans: Vec::new() };
        let head = head.min(usize::try_from(size).unwrap_or(head));
        let bytes = input.fetch(0, head)?;
        if bytes.len() < head {
            // The source promised more than it has; what is there is what counts.
            input.size = bytes.len() as u64;
        }
        input.spans.push((0, bytes));
        Ok(input)
    }

    /// Returns the bytes at the start of the file that were read first.
    pub(crate) fn head(&self) -> &[u8] {
        self.spans.first().map_or(&[], |(_, bytes)| bytes)
    }

    /// Reads from the source, in as many pieces as it likes; shorter only at the end.
    fn fetch(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        while bytes.len() < length {
            let want = (length - bytes.len()).min(1 << 20);
            if self.budget < want as u64 {
                return Err(Fault::TooLarge("its description is too far apart or too long"));
            }
            let mut piece = self.file.read_at(offset + bytes.len() as u64, want)?;
            piece.truncate(want);
            if piece.is_empty() {
                break;
            }
            self.budget -= piece.len() as u64;
            bytes.append(&mut piece);
        }
        Ok(bytes)
    }

    fn kept(&self, offset: u64, length: usize) -> Option<Vec<u8>> {
        self.spans.iter().find_map(|(start, bytes)| {
            let from = usize::try_from(offset.checked_sub(*start)?).ok()?;
            bytes.get(from..from.checked_add(length)?).map(<[u8]>::to_vec)
        })
    }
}

impl Input for FileInput<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, Fault> {
        let end = offset.checked_add(length as u64).ok_or(Fault::CutShort)?;
        if end > self.size {
            return Err(Fault::CutShort);
        }
        if let Some(bytes) = self.kept(offset, length) {
            return Ok(bytes);
        }
        let wide = length.max(AHEAD).min(usize::try_from(self.size - offset).unwrap_or(length));
        let mut bytes = usize::try_from(offset).ok().and_then(|at| self.head().get(at..)).unwrap_or_default().to_vec();
        bytes.append(&mut self.fetch(offset + bytes.len() as u64, wide.saturating_sub(bytes.len()))?);
        let answer = bytes.get(..length).ok_or(Fault::CutShort)?.to_vec();
        if wide <= LONG_HEAD {
            if self.spans.len() > KEPT {
                self.spans.remove(1);
            }
            self.spans.push((offset, bytes));
        }
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::SourceError;

    /// Gives at most 1000 bytes a time and counts.
    struct Slow {
        bytes: Vec<u8>,
        claims: u64,
        read: u64,
    }

    impl ResourceReader for Slow {
        fn size(&self) -> u64 {
            self.claims
        }
        fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
            let start = (offset as usize).min(self.bytes.len());
            let end = (start + length.min(1000)).min(self.bytes.len());
            self.read += (end - start) as u64;
            Ok(self.bytes[start..end].to_vec())
        }
    }

    fn slow(bytes: usize, claims: u64) -> Slow {
        Slow { bytes: (0..bytes).map(|i| i as u8).collect(), claims, read: 0 }
    }

    #[test]
    fn pieces_are_joined_and_kept() {
        let mut file = slow(300_000, 300_000);
        let mut input = FileInput::open(&mut file, 1 << 20, LONG_HEAD).unwrap();
        assert_eq!(input.head().len(), LONG_HEAD);
        for _ in 0..100 {
            assert_eq!(input.read(200_001, 3).unwrap(), [65, 66, 67]);
        }
        assert_eq!(file.read, (LONG_HEAD + AHEAD) as u64);
    }

    #[test]
    fn the_budget_holds_and_the_end_is_the_end() {
        let mut file = slow(10_000_000, 10_000_000);
        let mut input = FileInput::open(&mut file, 1 << 20, LONG_HEAD).unwrap();
        assert_eq!(input.read(u64::MAX, 1), Err(Fault::CutShort));
        assert_eq!(input.read(9_999_999, 2), Err(Fault::CutShort));
        assert!(matches!(input.read(0, 2 << 20), Err(Fault::TooLarge(_))));
        assert!(file.read <= 1 << 20);
    }

    #[test]
    fn a_source_that_promises_too_much_is_not_believed() {
        let mut file = slow(500, u64::MAX);
        let mut input = FileInput::open(&mut file, 1 << 20, LONG_HEAD).unwrap();
        assert_eq!(input.size(), 500);
        assert_eq!(input.read(400, 200), Err(Fault::CutShort));
        assert_eq!(input.read_up_to(400, 200).unwrap().len(), 100);
    }
}
