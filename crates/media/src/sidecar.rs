//! An XMP sidecar: what a phone's library says of a photo, for other programs to read.
//!
//! Names of properties and forms of values: XMP specification, parts 1 and 2; Exif for XMP (CIPA DC-010) for places; IPTC
//! Photo Metadata for people; Lightroom's `hierarchicalSubject` for albums. Texts are the user's and can be anything: they are
//! bounded, freed of what XML cannot hold, and escaped in one place.

use domain::{AssetDetails, CaptureTime, Place, TimeProvenance};
use std::fmt::Write;

/// Longest title or caption, in characters.
const LONGEST_TEXT: usize = 16_384;
/// Longest keyword, name of a person, or part of an album's name, in characters.
const LONGEST_WORD: usize = 512;
/// Most entries of a list, and most folders of an album.
const MOST_ENTRIES: usize = 2_000;
/// Parts a folder from an album; there is no way to escape it.
const BETWEEN_FOLDERS: char = '|';

const HEAD: &str = "<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>
<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">
 <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">
  <rdf:Description rdf:about=\"\"
    xmlns:dc=\"http://purl.org/dc/elements/1.1/\"
    xmlns:exif=\"http://ns.adobe.com/exif/1.0/\"
    xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\"
    xmlns:keepsake=\"urn:keepsake:xmp:1/\"
    xmlns:lr=\"http://ns.adobe.com/lightroom/1.0/\"
    xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\"
    xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\"
    xmlns:xmpMM=\"http://ns.adobe.com/xap/1.0/mm/\">
";
const TAIL: &str = "  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end=\"r\"?>
";

/// Writes the XMP packet of an asset with this file name and capture time. `None` when its library says nothing of it that
/// is worth a file: neither words nor a place, neither album nor favourite, and name and date are those of the file.
pub fn sidecar(details: &AssetDetails, name: &str, taken: &CaptureTime) -> Option<String> {
    says_something(details, name, taken).then(|| {
        let mut packet = Packet(HEAD.to_owned());
        packet.describe(details, taken);
        packet.0.push_str(TAIL);
        packet.0
    })
}

fn says_something(details: &AssetDetails, name: &str, taken: &CaptureTime) -> bool {
    let texts = [&details.title, &details.caption].into_iter().flatten().any(|text| !text.is_empty());
    let lists = !details.keywords.is_empty() || !details.people.is_empty() || !details.albums.is_empty();
    let renamed = details.original_name.as_ref().is_some_and(|original| original != name);
    let dated = taken.provenance == TimeProvenance::PhotosDatabase;
    texts || lists || renamed || dated || details.place.is_some() || details.favorite || details.hidden
}

/// XML as it grows.
struct Packet(String);

impl Packet {
    fn describe(&mut self, details: &AssetDetails, taken: &CaptureTime) {
        self.alternatives("dc:title", details.title.as_deref());
        self.alternatives("dc:description", details.caption.as_deref());
        self.bag("dc:subject", details.keywords.iter().map(|word| clean(word, LONGEST_WORD)));
        self.bag("Iptc4xmpExt:PersonInImage", details.people.iter().map(|name| clean(name, LONGEST_WORD)));
        self.bag("lr:hierarchicalSubject", details.albums.iter().map(|album| album_path(album)));
        if details.favorite {
            self.simple("xmp:Rating", "5");
        }
        if details.hidden {
            self.simple("keepsake:Hidden", "True");
        }
        if let Some(place) = details.place {
            self.place(place);
        }
        // A file's own time in the file system tells when it was written, not when it was taken.
        if taken.provenance != TimeProvenance::FileTime {
            let taken = taken.to_rfc3339();
            self.simple("exif:DateTimeOriginal", &taken);
            self.simple("photoshop:DateCreated", &taken);
        }
        if let Some(name) = &details.original_name {
            self.simple("xmpMM:PreservedFileName", &clean(name, LONGEST_WORD));
        }
    }

    fn simple(&mut self, property: &str, text: &str) {
        if !text.is_empty() {
            self.line(3, property, "", text);
        }
    }

    /// A text in one language, which is not known.
    fn alternatives(&mut self, property: &str, text: Option<&str>) {
        let text = clean(text.unwrap_or_default(), LONGEST_TEXT);
        if !text.is_empty() {
            self.list((property, "rdf:Alt"), " xml:lang=\"x-default\"", [text]);
        }
    }

    /// Texts in no order.
    fn bag(&mut self, property: &str, texts: impl Iterator<Item = String>) {
        let mut texts = texts.filter(|text| !text.is_empty()).take(MOST_ENTRIES).peekable();
        if texts.peek().is_some() {
            self.list((property, "rdf:Bag"), "", texts);
        }
    }

    fn list(&mut self, (property, kind): (&str, &str), attributes: &str, texts: impl IntoIterator<Item = String>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "   <{property}>\n    <{kind}>");
        texts.into_iter().for_each(|text| self.line(5, "rdf:li", attributes, &text));
        let _ = writeln!(self.0, "    </{kind}>\n   </{property}>");
    }

    fn line(&mut self, indent: usize, element: &str, attributes: &str, text: &str) {
        let _ = writeln!(self.0, "{:indent$}<{element}{attributes}>{}</{element}>", "", escaped(text));
    }

    fn place(&mut self, place: Place) {
        self.simple("exif:GPSLatitude", &coordinate(place.latitude, ('N', 'S')));
        self.simple("exif:GPSLongitude", &coordinate(place.longitude, ('E', 'W')));
    }
}

/// Writes degrees as XMP has them: `48,51.396720N`, degrees and minutes, to a few millimetres.
fn coordinate(degrees: f64, (positive, negative): (char, char)) -> String {
    const MICRO: u64 = 1_000_000;
    // In millionths of a minute, so that 59.9999999 minutes become a degree; a place has at most 180 degrees.
    let all = (degrees.abs() * 60.0 * MICRO as f64).round() as u64;
    let (minutes, fraction) = (all / MICRO, all % MICRO);
    let letter = if degrees < 0.0 { negative } else { positive };
    format!("{},{}.{fraction:06}{letter}", minutes / 60, minutes % 60)
}

/// Writes an album with the folders it lies in: `Albums|Trips|2024|Paris`.
fn album_path(album: &[String]) -> String {
    let parts = album.iter().take(MOST_ENTRIES).map(|part| clean(part, LONGEST_WORD).replace(BETWEEN_FOLDERS, "¦"));
    parts.fold("Albums".to_owned(), |mut path, part| {
        path.push(BETWEEN_FOLDERS);
        path.push_str(&part);
        path
    })
}

/// Leaves out what XML 1.0 cannot hold, even escaped, and cuts what is too long.
fn clean(text: &str, longest: usize) -> String {
    text.chars().filter(|c| is_xml(*c)).take(longest).collect()
}

/// XML 1.0, production 2, `Char`.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Escapes text between two tags. A parser would turn a carriage return as it is into a line feed.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\r' => escaped.push_str("&#xD;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
