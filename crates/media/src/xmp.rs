//! Dates and traits in XMP packets, found without an XML parser: an attribute or an element of a fixed name.

use crate::dates;
use domain::{CaptureTime, MediaTrait, TimeProvenance};

/// Properties that hold the time of capture, best first.
const DATES: [&str; 4] = ["exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate", "exif:DateTimeDigitized"];
/// Longest value looked at.
const LONGEST: usize = 64;

/// Returns the capture time that an XMP packet gives.
pub(crate) fn taken(packet: &[u8]) -> Option<CaptureTime> {
    DATES.iter().find_map(|name| dates::parse(value(packet, name)?, TimeProvenance::Exif))
}

/// Returns what a packet says of the sort of picture: iPhones write `Screenshot` into the comment, Google's cameras how a
/// panorama is projected, Adobe's and Apple's formats which version a gain map has.
pub(crate) fn traits(packet: &[u8]) -> Vec<MediaTrait> {
    let comment = find(packet, b"exif:UserComment").and_then(|at| packet.get(at..packet.len().min(at + 200)));
    let signs = [
        (comment.is_some_and(|text| find(text, b">Screenshot<").is_some()), MediaTrait::Screenshot),
        (value(packet, "GPano:ProjectionType").is_some(), MediaTrait::Panorama),
        (value(packet, "hdrgm:Version").is_some(), MediaTrait::GainMap),
        (value(packet, "HDRGainMap:HDRGainMapVersion").is_some(), MediaTrait::GainMap),
    ];
    signs.into_iter().filter(|(there, _)| *there).map(|(_, found)| found).collect()
}

/// Finds `name="value"` or `<name>value</name>`.
fn value<'a>(packet: &'a [u8], name: &str) -> Option<&'a str> {
    let mut rest = packet;
    while let Some(at) = find(rest, name.as_bytes()) {
        rest = &rest[at + name.len()..];
        let tail = &rest[..rest.len().min(LONGEST)];
        let text = match tail {
            [b'=', quote @ (b'"' | b'\''), text @ ..] => text.split(|b| b == quote).next(),
            [b'>', text @ ..] => text.split(|b| *b == b'<').next(),
            _ => None,
        };
        if let Some(text) = text {
            return std::str::from_utf8(text).ok();
        }
    }
    None
}

/// Returns where `needle` begins.
pub(crate) fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_and_the_order_of_trust() {
        let attribute = br#"<rdf:Description xmlns:xmp="x" xmp:CreateDate="2020-01-02T03:04:05Z" photoshop:DateCreated='2019-01-02T03:04:05'/>"#;
        assert_eq!(taken(attribute).map(|t| t.to_rfc3339()).as_deref(), Some("2019-01-02T03:04:05"));
        let element = b"<xmp:CreateDate>2024:02:04 10:06:00.930GMT-08:00</xmp:CreateDate>";
        assert_eq!(taken(element).map(|t| t.to_rfc3339()).as_deref(), Some("2024-02-04T10:06:00-08:00"));
        let shot = b"<exif:UserComment><rdf:Alt><rdf:li xml:lang=\"x-default\">Screenshot</rdf:li></rdf:Alt>";
        assert_eq!(traits(shot), [MediaTrait::Screenshot]);
        let wide = b"GPano:ProjectionType=\"cylindrical\" hdrgm:Version='1.0' exif:UserComment=\"Nice\"";
        assert_eq!(traits(wide), [MediaTrait::Panorama, MediaTrait::GainMap]);
        assert_eq!(taken(b"<xmp:CreateDate/> xmp:CreateDate=\"garbage\""), None);
    }
}
