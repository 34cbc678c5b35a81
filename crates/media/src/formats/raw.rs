//! Raw formats with a container of their own: Canon's CR3 and Fujifilm's RAF.

use super::{Format, jpeg};
use crate::exif_block;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::findings::Findings;
use crate::input::{FileInput, Input};
use crate::isobmff::{self, Span};
use crate::preview::Picture;
use crate::preview::embedded::{self, Embedded, Wanted};
use domain::MediaKind;

/// Canon's raw files since 2018: boxes, with EXIF in pieces.
pub(crate) struct Cr3;

/// Type of the box that Canon keeps its metadata in.
const CANON: [u8; 16] =
    [0x85, 0xC0, 0xB6, 0x87, 0x82, 0x0F, 0x11, 0xE0, 0x81, 0x11, 0xF4, 0xCE, 0x46, 0x2B, 0x6A, 0x48];

/// Type of the box that Canon keeps its large preview in.
const PREVIEW: [u8; 16] =
    [0xEA, 0xF4, 0x2B, 0x5E, 0x1C, 0x98, 0x4B, 0x88, 0xB9, 0xFB, 0xB7, 0xDC, 0x40, 0x6E, 0x4D, 0x16];

impl Format for Cr3 {
    fn name(&self) -> &'static str {
        "CR3"
    }

    fn kind(&self, _head: &[u8]) -> MediaKind {
        MediaKind::Raw
    }

    fn magic(&self, head: &[u8]) -> bool {
        isobmff::has_brand(head, &[b"crx "])
    }

    fn inspect(&self, input: &mut FileInput, findings: &mut Findings) -> Result<(), Fault> {
        let all = Span::all(input);
        let moov = isobmff::find(input, all, b"moov")?.ok_or(Fault::CutShort)?;
        for part in isobmff::boxes(input, moov.body)? {
            if part.kind == *b"uuid" && input.read_up_to(part.body.start, 16)? == CANON {
                add_blocks(input, part.body.after(16), findings)?;
            }
        }
        let top = isobmff::boxes(input, all)?;
        if top.iter().any(|part| part.cut) { Err(Fault::CutShort) } else { Ok(()) }
    }

    fn preview(&self, input: &mut FileInput, edge: u32) -> Result<Picture, Fault> {
        let mut findings = Findings::new(MediaKind::Raw);
        if let Err(Fault::Source(error)) = self.inspect(input, &mut findings) {
            return Err(error.into());
        }
        let previews = cr3_previews(input)?;
        let picture = embedded::best(input, &previews, Wanted { edge, full: findings.pixels })?;
        Ok(picture.turned(findings.orientation))
    }
}

/// Reads `CMT1` (the first directory), `CMT2` (the EXIF one) and `CMT4` (the satellites').
fn add_blocks(input: &mut dyn Input, within: Span, findings: &mut Findings) -> Result<(), Fault> {
    for part in isobmff::boxes(input, within)? {
        if !matches!(&part.kind, b"CMT1" | b"CMT2" | b"CMT4") {
            continue;
        }
        let block = isobmff::contents(input, part.body, exif_block::LARGEST as u64)?;
        if part.kind == *b"CMT4" {
            findings.place = exif_block::place(&block);
        } else if let Some(exif) = exif_block::read(&block) {
            findings.pixels = findings.pixels.or(exif.pixels);
            findings.add_exif(exif);
        }
    }
    Ok(())
}

/// Finds the JPEGs in the boxes `THMB` (in the index) and `PRVW` (beside it): after 12 bytes of sizes and flags.
fn cr3_previews(input: &mut dyn Input) -> Result<Vec<Embedded>, Fault> {
    let mut previews = Vec::new();
    let all = Span::all(input);
    let moov = isobmff::find(input, all, b"moov")?.map(|moov| moov.body);
    for place in moov.into_iter().chain([all]) {
        for part in isobmff::boxes(input, place)? {
            if part.kind != *b"uuid" {
                continue;
            }
            let inside = match input.read_up_to(part.body.start, 16)? {
                id if id == CANON => part.body.after(16),
                id if id == PREVIEW => part.body.after(24),
                _ => continue,
            };
            let named = isobmff::boxes(input, inside)?.into_iter().filter(|b| matches!(&b.kind, b"THMB" | b"PRVW"));
            previews.extend(named.map(|found| Embedded::Jpeg(found.body)));
        }
    }
    Ok(previews)
}

/// Fujifilm's raw files: a JPEG with all metadata, then the sensor's data.
pub(crate) struct Raf;

impl Format for Raf {
    fn name(&self) -> &'static str {
        "RAF"
    }

    fn kind(&self, _head: &[u8]) -> MediaKind {
        MediaKind::Raw
    }

    fn magic(&self, head: &[u8]) -> bool {
        head.starts_with(b"FUJIFILMCCD-RAW ")
    }

    fn inspect(&self, input: &mut FileInput, findings: &mut Findings) -> Result<(), Fault> {
        let offset = Fields::new(&input.read(84, 4)?).u32()?;
        jpeg::inspect_at(input, u64::from(offset), findings)
    }

    fn preview(&self, input: &mut FileInput, edge: u32) -> Result<Picture, Fault> {
        let header = input.read(84, 8)?;
        let mut fields = Fields::new(&header);
        let start = u64::from(fields.u32()?);
        let end = start + u64::from(fields.u32()?);
        jpeg::preview_at(input, Span { start, end }, edge)
    }
}
