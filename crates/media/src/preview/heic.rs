//! Pictures out of HEIF items, decoded by `hpvcd` from no more of the file than they need.

use super::decode::MOST_PIXELS;
use super::{Colour, Picture};
use crate::fault::Fault;
use crate::input::Input;
use crate::isobmff::Span;
use crate::items::Items;
use hpvcd::{DecodeError, Decoder};

/// Furthest byte of a file that a picture may have.
const FURTHEST: u64 = 79 << 20;

thread_local! {
    static DECODER: Decoder = Decoder::new().with_threads(1).primary_only().with_max_pixels(MOST_PIXELS);
}

/// Decodes one item, such as the primary picture or its thumbnail, upright, for a picture whose longer side is `edge`.
pub(crate) fn item(input: &mut dyn Input, items: &Items, item: u32, edge: u32) -> Result<Picture, Fault> {
    match items.info(item).map(|info| info.kind) {
        Some(kind) if matches!(&kind, b"hvc1" | b"hev1" | b"grid" | b"iden" | b"iovl" | b"tmap") => {}
        _ => return Err(Fault::Unsupported("its codec is not decoded")),
    }
    let bytes = excerpt(input, items, item)?;
    let decoded = DECODER.with(|decoder| decoder.decode_rgb8(&bytes)).map_err(|error| match error {
        DecodeError::LimitExceeded { .. } => Fault::TooLarge("its picture has too many pixels"),
        DecodeError::Unsupported(_) | DecodeError::UnsupportedItemType(_) => {
            Fault::Unsupported("its codec is not decoded")
        }
        _ => Fault::Malformed("its picture cannot be decoded"),
    })?;
    let size = (decoded.width, decoded.height);
    // The decoder turns what it decodes, but shows all of it.
    let shown = items.pixels(item).zip(items.aperture(item));
    let picture = match shown.map(|(stored, shown)| shown.upright(stored, items.orientation(item))) {
        Some(shown) => Picture::from_rgb(&decoded.pixels, size)?.cropped(shown),
        None => Picture::from_rgb_for(&decoded.pixels, size, edge)?,
    };
    Ok(picture.coloured(colour(items, item)))
}

/// Tells what an item's colours mean: a profile counts before code points. One without either is like its tiles, as iOS 11
/// has it, or like the primary one.
pub(crate) fn colour(items: &Items, item: u32) -> Colour {
    let tile = |item: u32| items.referred(b"dimg", item).first().copied();
    let relatives = [Some(item), tile(item), Some(items.primary), tile(items.primary)];
    let told = relatives.into_iter().flatten().map(|item| items.properties_like(item, b"colr"));
    let told = told.into_iter().find(|told| !told.is_empty());
    let colours = told.iter().flatten().map(|body| Colour::from_colr(body));
    // Of several alike the first one.
    colours.rev().max_by_key(|colour| matches!(colour, Colour::Icc(_))).unwrap_or(Colour::Srgb)
}

/// Makes a copy of the file that holds only the tables and one item's bytes, everything at its place, and calls that item
/// the primary one.
fn excerpt(input: &mut dyn Input, items: &Items, item: u32) -> Result<Vec<u8>, Fault> {
    let tables = items.meta_span();
    let parts = items.referred(b"dimg", item);
    let mut spans: Vec<Span> = parts.iter().chain([&item]).flat_map(|part| items.spans(*part)).collect();
    spans.push(Span { start: 0, end: tables.end });
    let end = spans.iter().map(|span| span.end).max().unwrap_or(0);
    if end > FURTHEST {
        return Err(Fault::TooLarge("it is too long"));
    }
    if end > input.size() {
        return Err(Fault::CutShort);
    }
    let mut bytes = vec![0; end as usize];
    for span in joined(spans) {
        let read = input.read(span.start, span.len() as usize)?;
        bytes[span.start as usize..span.end as usize].copy_from_slice(&read);
    }
    items.set_primary(&mut bytes, item)?;
    Ok(bytes)
}

/// Joins stretches that touch or overlap, or nearly so: one read costs less than two.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    const NEAR: u64 = 16 * 1024;
    spans.sort_by_key(|span| span.start);
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end + NEAR => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_are_joined() {
        let span = |start, end| Span { start, end };
        assert_eq!(
            joined(vec![span(100_000, 110_000), span(0, 10), span(5, 20), span(20, 30)]),
            [span(0, 30), span(100_000, 110_000)]
        );
    }
}
