//! HEIC, HEIF and AVIF: items in a `meta` box.

use super::Format;
use crate::convert::{LARGEST_EXIF, Metadata};
use crate::exif_block;
use crate::fault::Fault;
use crate::findings::{Findings, Orientation};
use crate::input::{FileInput, Input};
use crate::isobmff::{self, Span};
use crate::items::{ItemInfo, Items};
use crate::preview::{Picture, heic};
use domain::{MediaKind, MediaTrait};

/// HEIF files, whatever codec is inside.
pub(crate) struct Heif;

const BRANDS: &[&[u8; 4]] =
    &[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"mif2", b"msf1", b"avif", b"avis", b"avci"];

impl Format for Heif {
    fn name(&self) -> &'static str {
        "HEIF"
    }

    fn magic(&self, head: &[u8]) -> bool {
        isobmff::has_brand(head, BRANDS)
    }

    fn inspect(&self, input: &mut FileInput, findings: &mut Findings) -> Result<(), Fault> {
        let items = Items::read(input)?;
        findings.pixels = items.pixels(items.primary);
        findings.codec = codec(&items);
        if items.has_kind(b"tmap") || items.has_auxiliary(b"hdrgainmap") {
            findings.traits.insert(MediaTrait::GainMap);
        }
        let metadata = add_metadata(&items, input, findings);
        // EXIF repeats the turn that the item's own property makes; only the property counts.
        findings.orientation = items.orientation(items.primary);
        metadata?;
        let complete = items.end() <= input.size();
        complete.then_some(()).ok_or(Fault::CutShort)
    }

    fn preview(&self, input: &mut FileInput, edge: u32) -> Result<Picture, Fault> {
        let items = Items::read(input)?;
        let thumbnails = items.referring(b"thmb", items.primary);
        let long = |item: u32| items.pixels(item).map_or(0, |(width, height)| width.max(height));
        let full = long(items.primary);
        // A picture hardly larger than its thumbnail is decoded as fast, and better.
        let saves = |item: u32| long(item).saturating_mul(2) <= full;
        let large_enough = thumbnails.iter().copied().filter(|item| long(*item) >= edge.min(full) && saves(*item));
        let large_enough = large_enough.min_by_key(|item| long(*item));
        let apples = is_apples(&items, input)?;
        let last_resort = thumbnails.iter().copied().max_by_key(|item| long(*item));
        let mut outcome = Err(Fault::Unsupported("it holds none"));
        for item in large_enough.into_iter().chain([items.primary]).chain(last_resort) {
            outcome = heic::item(input, &items, item, edge);
            if apples && item != items.primary {
                outcome = outcome.map(|picture| picture.moved(displacement(items.orientation(item))));
            }
            if matches!(outcome, Ok(_) | Err(Fault::Source(_))) {
                break;
            }
        }
        outcome
    }

    fn develop(&self, input: &mut FileInput, edge: u32) -> Result<Picture, Fault> {
        let items = Items::read(input)?;
        refuse_pq(&items)?;
        refuse_more(&items, input)?;
        heic::item(input, &items, items.primary, edge)
    }

    fn metadata(&self, input: &mut FileInput) -> Result<Metadata, Fault> {
        let items = Items::read(input)?;
        let mut data = |kind: &[u8; 4]| describing(&items, kind).map(|item| items.data(input, item, LARGEST_EXIF));
        let (exif, xmp) = (data(b"Exif").transpose()?, data(b"mime").transpose()?);
        let exif = exif.as_deref().and_then(tiff_part).map(<[u8]>::to_vec);
        let colour = heic::colour(&items, items.primary);
        let left_out = left_out(&items);
        Ok(Metadata { exif, xmp: xmp.into_iter().collect(), resources: Vec::new(), colour: Some(colour), left_out })
    }
}

/// Refuses photos whose brightness an 8-bit picture cannot show: those in PQ (SMPTE ST 2084), as Canon's cameras write them.
fn refuse_pq(items: &Items) -> Result<(), Fault> {
    let told = items.properties_like(items.primary, b"colr");
    let profile = told.iter().any(|body| !body.starts_with(b"nclx"));
    let pq = told.iter().any(|body| body.get(6..8) == Some(&[0, 16]));
    if pq && !profile { Err(Fault::Unsupported("its brightness is that of HDR screens (PQ)")) } else { Ok(()) }
}

/// Refuses files with more than a picture: films, sequences, photos for two eyes. Source of `mpvd`: motion photos of Android.
fn refuse_more(items: &Items, input: &mut dyn Input) -> Result<(), Fault> {
    let all = Span::all(input);
    if isobmff::boxes(input, all)?.iter().any(|found| matches!(&found.kind, b"moov" | b"mpvd")) {
        return Err(Fault::Unsupported("it holds a film as well, which no JPEG can"));
    }
    if items.has_further_pictures() {
        return Err(Fault::Unsupported("it holds further pictures, which no JPEG can"));
    }
    Ok(())
}

/// Names what lies beside the primary picture.
fn left_out(items: &Items) -> Vec<&'static str> {
    const GAIN_MAP: &[u8] = b"hdrgainmap";
    let gain_map = items.has_kind(b"tmap") || items.has_auxiliary(GAIN_MAP);
    let others = items.auxiliary_types().any(|name| !name.ends_with(GAIN_MAP));
    let all =
        [(gain_map, "its HDR gain map was left out"), (others, "its depth, mattes or transparency were left out")];
    all.into_iter().filter(|(there, _)| *there).map(|(_, what)| what).collect()
}

/// Takes what describes the primary picture; descriptions of others, such as a gain map, do not belong to it.
fn describing(items: &Items, kind: &[u8; 4]) -> Option<u32> {
    let found = items.of_kind(kind);
    let fitting = |item: &&&ItemInfo| kind != b"mime" || item.mime == b"application/rdf+xml";
    let own = found.iter().filter(fitting).find(|item| items.describes(item.id, items.primary));
    // Some programs forget to say what describes what.
    let only = || found.iter().find(|item| fitting(item)).filter(|item| items.referred(b"cdsc", item.id).is_empty());
    own.or_else(only).map(|item| item.id)
}

/// Tells whether a picture was taken with one of Apple's cameras, which scale thumbnails from the corner instead of the middle
/// of the first pixel.
fn is_apples(items: &Items, input: &mut dyn Input) -> Result<bool, Fault> {
    let mut findings = Findings::new(MediaKind::Photo);
    match add_metadata(items, input, &mut findings) {
        Err(Fault::Source(error)) => Err(error.into()),
        _ => Ok(findings.camera.make.as_deref() == Some("Apple")),
    }
}

/// Returns how far such a thumbnail has to be moved when it stands upright. As stored it lies half a pixel to the right and
/// down, which costs 4 to 7 dB against the picture itself.
fn displacement(orientation: Orientation) -> (f64, f64) {
    match orientation.exif() {
        3 => (0.5, 0.5),
        6 => (0.5, -0.5),
        8 => (-0.5, 0.5),
        _ => (-0.5, -0.5),
    }
}

/// Names how the primary picture is coded; of one in tiles, how the tiles are.
fn codec(items: &Items) -> Option<String> {
    let tile = items.referred(b"dimg", items.primary).first().copied().unwrap_or(items.primary);
    let name = match &items.info(tile)?.kind {
        b"hvc1" | b"hev1" => "HEVC",
        b"av01" => "AV1",
        b"avc1" => "H.264",
        b"jpeg" => "JPEG",
        _ => return None,
    };
    Some(name.to_owned())
}

fn add_metadata(items: &Items, input: &mut dyn Input, findings: &mut Findings) -> Result<(), Fault> {
    for item in items.of_kind(b"Exif") {
        let data = items.data(input, item.id, exif_block::LARGEST)?;
        if let Some(exif) = tiff_part(&data).and_then(exif_block::read) {
            findings.add_exif(exif);
            findings.orientation = Orientation::UPRIGHT;
            break;
        }
    }
    if findings.original.is_some() {
        return Ok(());
    }
    for item in items.of_kind(b"mime").iter().filter(|item| item.mime == b"application/rdf+xml") {
        let packet = items.data(input, item.id, exif_block::LARGEST)?;
        findings.add_xmp(&packet);
    }
    Ok(())
}

/// Skips the count of bytes before the TIFF header that begins an `Exif` item.
fn tiff_part(data: &[u8]) -> Option<&[u8]> {
    let (count, rest) = data.split_at_checked(4)?;
    let skipped = u32::from_be_bytes(count.try_into().ok()?) as usize;
    rest.get(skipped..)
}
