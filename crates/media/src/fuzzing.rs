//! Doors for fuzzers to what is otherwise behind a format's magic number.

use crate::findings::Findings;
use crate::input::{FileInput, SHORT_HEAD, Slice};
use crate::isobmff::{self, Span};
use crate::items::Items;
use crate::{exif_block, formats, xmp};
use domain::{MediaKind, ResourceReader, SourceError};

/// Most bytes that are read from one input; what `inspect` allows itself.
const BUDGET: u64 = 8 << 20;

struct Bytes<'a>(&'a [u8]);

impl ResourceReader for Bytes<'_> {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.0.len());
        Ok(self.0[start..start.saturating_add(length).min(self.0.len())].to_vec())
    }
}

/// Looks into bytes as into a file of a format, named as the user knows it, whatever they begin with.
pub fn inspect_as(format: &str, bytes: &[u8]) {
    let Some(format) = formats::ALL.iter().find(|f| f.name() == format) else { return };
    let mut file = Bytes(bytes);
    let Ok(mut input) = FileInput::open(&mut file, BUDGET, SHORT_HEAD) else { return };
    let mut findings = Findings::new(format.kind(input.head()));
    let fault = format.inspect(&mut input, &mut findings).err().map(|fault| fault.to_string());
    drop(findings.into_facts(fault));
}

/// Looks into bytes as `inspect` does, by what they begin with.
pub fn inspect(name: &str, bytes: &[u8]) {
    drop(crate::inspect(name, &mut Bytes(bytes)));
}

/// Reads an EXIF block, which may lie somewhere in other bytes, and an XMP packet.
pub fn metadata(bytes: &[u8]) {
    let start = xmp::find(bytes, b"Exif\0\0").unwrap_or(0);
    drop(exif_block::read(&bytes[start..]));
    let _ = exif_block::place(&bytes[start..]);
    drop((xmp::taken(bytes), xmp::traits(bytes)));
}

/// Makes the EXIF block of a JPEG of a photo's, which may lie somewhere in other bytes: as it is, and so long that something has
/// to be left out.
///
/// # Panics
/// When what comes out does not fit into a JPEG: that is what a fuzzer looks for.
pub fn carried_exif(bytes: &[u8]) {
    let start = xmp::find(bytes, b"Exif\0\0").unwrap_or(0);
    let mut block = bytes[start..].to_vec();
    for _ in 0..2 {
        let carried = crate::convert::carried(&block, (4032, 3024));
        assert!(carried.is_none_or(|carried| carried.block.len() <= crate::convert::LONGEST_EXIF));
        block.resize(block.len() + 70_000, 0);
    }
}

/// Walks boxes three levels deep, and reads the tables of a list of pictures.
pub fn boxes(bytes: &[u8]) {
    let mut input = Slice(bytes);
    let mut level = vec![Span::all(&input)];
    for _ in 0..3 {
        let below = level.iter().flat_map(|span| isobmff::boxes(&mut input, *span).unwrap_or_default());
        level = below.map(|found| found.body).take(256).collect();
    }
    let Ok(items) = Items::read(&mut input) else { return };
    let _ = (items.orientation(items.primary), items.end());
    let mut findings = Findings::new(MediaKind::Photo);
    findings.pixels = items.pixels(items.primary);
    drop(items.data(&mut input, items.primary, 1 << 20));
}
