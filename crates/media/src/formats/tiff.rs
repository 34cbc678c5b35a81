//! TIFF and the raw formats built on it: DNG, NEF, ARW, CR2 and their like.

use super::Format;
use crate::exif_block;
use crate::fault::Fault;
use crate::findings::{Findings, Orientation};
use crate::input::{FileInput, Input, Slice};
use crate::isobmff::Span;
use crate::preview::Picture;
use crate::preview::embedded::{self, Embedded, Wanted};
use crate::tiff::{self, Ifd};
use domain::MediaKind;

/// TIFF files, raw ones included.
pub(crate) struct Tiff;

/// Tags, as TIFF 6.0, EXIF 2.3 and DNG 1.6 number them.
mod tag {
    pub(super) const SUBFILE_TYPE: u16 = 254;
    pub(super) const WIDTH: u16 = 256;
    pub(super) const HEIGHT: u16 = 257;
    pub(super) const PANASONIC_JPEG: u16 = 46;
    pub(super) const COMPRESSION: u16 = 259;
    pub(super) const PHOTOMETRIC: u16 = 262;
    pub(super) const STRIP_STARTS: u16 = 273;
    pub(super) const STRIP_LENGTHS: u16 = 279;
    pub(super) const JPEG_START: u16 = 513;
    pub(super) const JPEG_LENGTH: u16 = 514;
    pub(super) const ORIENTATION: u16 = 274;
    pub(super) const SUB_IFDS: u16 = 330;
    pub(super) const DNG_VERSION: u16 = 0xC612;
}

/// Colour filter array, linear raw: what only raw pictures have.
const RAW_PHOTOMETRICS: [u32; 2] = [32803, 34892];
/// Most directories looked at.
const MOST_IFDS: usize = 16;

impl Format for Tiff {
    fn name(&self) -> &'static str {
        "TIFF"
    }

    fn kind(&self, head: &[u8]) -> MediaKind {
        let raw_magic = head.get(8..10) == Some(b"CR") || !matches!(head.get(2..4), Some(b"*\0" | b"\0*"));
        if raw_magic || is_raw(&mut Slice(head)).unwrap_or(false) { MediaKind::Raw } else { MediaKind::Photo }
    }

    fn magic(&self, head: &[u8]) -> bool {
        // ORF writes RO or RS, RW2 writes U where others write 42.
        let little = [b"II*\0", b"IIRO", b"IIRS", b"IIU\0"];
        little.iter().any(|magic| head.starts_with(*magic)) || head.starts_with(b"MM\0*") || head.starts_with(b"MMOR")
    }

    fn inspect(&self, input: &mut FileInput, findings: &mut Findings) -> Result<(), Fault> {
        let ifds = directories(input)?;
        let (mut tiff, _) = tiff::Tiff::open(input, 0)?;
        findings.pixels = largest(&mut tiff, &ifds);
        let Some(first) = ifds.first() else { return Ok(()) };
        // The first directory may be that of a reduced picture; its size is not the file's.
        findings.add_exif(exif_block::facts(&mut tiff, first)?);
        Ok(())
    }

    fn preview(&self, input: &mut FileInput, edge: u32) -> Result<Picture, Fault> {
        let ifds = directories(input)?;
        let (mut tiff, _) = tiff::Tiff::open(input, 0)?;
        let orientation = ifds.first().and_then(|first| tiff.number(first, tag::ORIENTATION)).unwrap_or(1);
        let candidates: Vec<_> = ifds.iter().flat_map(|ifd| embedded_in(&mut tiff, ifd)).collect();
        let wanted = Wanted { edge, full: largest(&mut tiff, &ifds) };
        Ok(embedded::best(input, &candidates, wanted)?.turned(Orientation::from_exif(orientation)))
    }
}

/// Reads the directories of pictures: the chain and what hangs below each.
fn directories(input: &mut dyn Input) -> Result<Vec<Ifd>, Fault> {
    let (mut tiff, first) = tiff::Tiff::open(input, 0)?;
    let mut waiting = vec![first];
    let mut seen = Vec::new();
    let mut ifds: Vec<Ifd> = Vec::new();
    while let Some(offset) = waiting.pop() {
        if offset == 0 || seen.contains(&offset) || ifds.len() >= MOST_IFDS {
            continue;
        }
        seen.push(offset);
        let ifd = match tiff.ifd(offset) {
            Ok(ifd) => ifd,
            // The first one must be sound; a broken one after it costs only itself.
            Err(fault) if ifds.is_empty() || matches!(fault, Fault::Source(_)) => return Err(fault),
            Err(_) => continue,
        };
        waiting.push(ifd.next);
        let below = ifd.get(tag::SUB_IFDS).map(|entry| tiff.numbers(&entry).unwrap_or_default()).unwrap_or_default();
        waiting.extend(below.iter().take(MOST_IFDS));
        ifds.push(ifd);
    }
    Ok(ifds)
}

fn is_raw(input: &mut dyn Input) -> Result<bool, Fault> {
    let ifds = directories(input)?;
    let (mut tiff, _) = tiff::Tiff::open(input, 0)?;
    Ok(ifds.iter().any(|ifd| {
        let photometric = tiff.number(ifd, tag::PHOTOMETRIC);
        ifd.get(tag::DNG_VERSION).is_some() || photometric.is_some_and(|p| RAW_PHOTOMETRICS.contains(&p))
    }))
}

/// Returns the size of the largest full picture; reduced ones count only where there is no other.
fn largest(tiff: &mut tiff::Tiff, ifds: &[Ifd]) -> Option<(u32, u32)> {
    let sizes = ifds.iter().filter_map(|ifd| {
        let size = tiff.number(ifd, tag::WIDTH).zip(tiff.number(ifd, tag::HEIGHT))?;
        Some((tiff.number(ifd, tag::SUBFILE_TYPE).unwrap_or(0) & 1 == 0, size))
    });
    sizes.max_by_key(|(full, (width, height))| (*full, u64::from(*width) * u64::from(*height))).map(|(_, size)| size)
}

/// Finds the pictures of a directory that are no raw data: a JPEG, or a few plain pixels.
fn embedded_in(tiff: &mut tiff::Tiff, ifd: &Ifd) -> Vec<Embedded> {
    let span = |start: u32, length: u32| Span { start: start.into(), end: u64::from(start) + u64::from(length) };
    let mut number = |tag: u16| tiff.number(ifd, tag);
    let mut found = Vec::new();
    if let Some((start, length)) = number(tag::JPEG_START).zip(number(tag::JPEG_LENGTH)) {
        found.push(Embedded::Jpeg(span(start, length)));
    }
    let photometric = number(tag::PHOTOMETRIC).unwrap_or(2);
    let compression = number(tag::COMPRESSION).unwrap_or(1);
    let pixels = number(tag::WIDTH).zip(number(tag::HEIGHT));
    let strip = number(tag::STRIP_STARTS).zip(number(tag::STRIP_LENGTHS));
    let strips = ifd.get(tag::STRIP_STARTS).map_or(0, |entry| entry.count());
    if let (Some((start, length)), 1, false) = (strip, strips, RAW_PHOTOMETRICS.contains(&photometric)) {
        match (compression, pixels) {
            (6 | 7 | 34892, _) => found.push(Embedded::Jpeg(span(start, length))),
            (1, Some(pixels)) if photometric == 2 => found.push(Embedded::Rgb(span(start, length), pixels)),
            _ => {}
        }
    }
    // Panasonic keeps a whole JPEG as the value of one tag.
    found.extend(ifd.get(tag::PANASONIC_JPEG).and_then(|entry| tiff.place(&entry)).map(Embedded::Jpeg));
    found
}
