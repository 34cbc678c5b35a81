//! Boxes of the ISO base media file format, which HEIC, AVIF, CR3, MOV and MP4 share.
//!
//! A walk always moves forward by at least a box header, so a box of size 0 or 1 cannot hold it; how deep it goes is decided
//! by whoever walks, not by the file.

use crate::fault::Fault;
use crate::input::Input;

/// Most boxes looked at in one place.
const MOST_BOXES: usize = 4096;

/// A stretch of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// Offset of the first byte.
    pub(crate) start: u64,
    /// Offset after the last byte.
    pub(crate) end: u64,
}

impl Span {
    /// Takes everything of an input.
    pub(crate) fn all(input: &dyn Input) -> Self {
        Self { start: 0, end: input.size() }
    }

    /// Returns the length in bytes.
    pub(crate) fn len(self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// Leaves out the first bytes.
    pub(crate) fn after(self, bytes: u64) -> Self {
        Self { start: self.start.saturating_add(bytes).min(self.end), end: self.end }
    }
}

/// A box: its type and where its contents are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BoxAt {
    /// Four characters.
    pub(crate) kind: [u8; 4],
    /// Contents, cut at the end of what holds it.
    pub(crate) body: Span,
    /// Whether it claims to be longer than what holds it.
    pub(crate) cut: bool,
}

/// A walk over the boxes of a stretch.
pub(crate) struct Walk {
    rest: Span,
    seen: usize,
}

impl Walk {
    /// Begins at the start of a stretch.
    pub(crate) fn over(span: Span) -> Self {
        Self { rest: span, seen: 0 }
    }

    /// Returns the next box. Ends where no sound header follows; a trailer after the last box is common.
    pub(crate) fn next(&mut self, input: &mut dyn Input) -> Result<Option<BoxAt>, Fault> {
        if self.rest.len() < 8 || self.seen >= MOST_BOXES {
            return Ok(None);
        }
        self.seen += 1;
        let header = input.read_up_to(self.rest.start, 16)?;
        let Some(found) = header_of(&header, self.rest) else { return Ok(None) };
        self.rest.start = found.body.end;
        Ok(Some(found))
    }
}

fn header_of(header: &[u8], within: Span) -> Option<BoxAt> {
    let size = u64::from(u32::from_be_bytes(header.get(..4)?.try_into().ok()?));
    let kind: [u8; 4] = header.get(4..8)?.try_into().ok()?;
    let (head, size) = match size {
        0 => (8, within.len()),
        1 => (16, u64::from_be_bytes(header.get(8..16)?.try_into().ok()?)),
        size => (8, size),
    };
    if size < head || within.len() < head {
        return None;
    }
    let claimed = within.start.checked_add(size)?;
    let body = Span { start: within.start + head, end: claimed.min(within.end) };
    Some(BoxAt { kind, body, cut: claimed > within.end })
}

/// Returns all boxes of a stretch.
pub(crate) fn boxes(input: &mut dyn Input, within: Span) -> Result<Vec<BoxAt>, Fault> {
    let mut walk = Walk::over(within);
    let mut found = Vec::new();
    while let Some(next) = walk.next(input)? {
        found.push(next);
    }
    Ok(found)
}

/// Returns the first box of a type.
pub(crate) fn find(input: &mut dyn Input, within: Span, kind: &[u8; 4]) -> Result<Option<BoxAt>, Fault> {
    let mut walk = Walk::over(within);
    while let Some(next) = walk.next(input)? {
        if next.kind == *kind {
            return Ok(Some(next));
        }
    }
    Ok(None)
}

/// Follows types downward, the first box of each.
pub(crate) fn descend(input: &mut dyn Input, within: Span, path: &[&[u8; 4]]) -> Result<Option<Span>, Fault> {
    let mut span = within;
    for kind in path {
        match find(input, span, kind)? {
            Some(found) => span = found.body,
            None => return Ok(None),
        }
    }
    Ok(Some(span))
}

/// Reads a box's contents whole, if they are not longer than `most` bytes.
pub(crate) fn contents(input: &mut dyn Input, body: Span, most: u64) -> Result<Vec<u8>, Fault> {
    match usize::try_from(body.len()) {
        Ok(length) if body.len() <= most => input.read(body.start, length),
        _ => Err(Fault::TooLarge("a part of it is too long")),
    }
}

/// Tells whether the brands in a `ftyp` box at the start of a file name one of these.
pub(crate) fn has_brand(head: &[u8], brands: &[&[u8; 4]]) -> bool {
    if head.get(4..8) != Some(b"ftyp") {
        return false;
    }
    let size = head[..4].iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
    let body = &head[8..size.clamp(8, head.len().clamp(8, 512))];
    body.chunks_exact(4).enumerate().any(|(at, brand)| at != 1 && brands.iter().any(|b| brand == *b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Slice;
    use proptest::prelude::*;

    fn kinds(bytes: &[u8]) -> Vec<(String, u64, bool)> {
        let mut input = Slice(bytes);
        let all = Span::all(&input);
        let found = boxes(&mut input, all).unwrap();
        found.iter().map(|b| (String::from_utf8_lossy(&b.kind).into_owned(), b.body.len(), b.cut)).collect()
    }

    #[test]
    fn sizes_of_every_kind() {
        let mut bytes = b"\0\0\0\x0cfree1234".to_vec();
        bytes.extend(b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x11x");
        bytes.extend(b"\0\0\0\0meta12345");
        assert_eq!(kinds(&bytes), [("free".into(), 4, false), ("mdat".into(), 1, false), ("meta".into(), 5, false)]);
        assert_eq!(kinds(b"\0\0\x01\0moov12"), [("moov".into(), 2, true)]);
    }

    #[test]
    fn senseless_sizes_end_the_walk() {
        for bytes in [
            b"\0\0\0\x07mdat".as_slice(),
            b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x0f",
            b"\0\0\0\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff\0",
            b"\0\0\0",
            b"",
        ] {
            assert!(kinds(bytes).len() <= 1, "{bytes:?}");
        }
        assert_eq!(kinds(&b"\0\0\0\x08free".repeat(10_000)).len(), MOST_BOXES);
    }

    proptest! {
        #[test]
        fn boxes_stay_inside_and_move_forward(bytes in proptest::collection::vec(prop_oneof![Just(0u8), Just(1), Just(8), any::<u8>()], 0..200)) {
            let mut input = Slice(&bytes);
            let all = Span::all(&input);
            let mut at = 0;
            for found in boxes(&mut input, all).unwrap() {
                prop_assert!(found.body.start >= at + 8 && found.body.end >= found.body.start);
                prop_assert!(found.body.end <= bytes.len() as u64);
                at = found.body.end;
            }
        }
    }
}
