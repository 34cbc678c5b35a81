//! One line of a manifest, as text and as a value.

use super::LONGEST_LINE;
use domain::{
    AppleFingerprint, AssetDetails, Burst, CaptureTime, ContentHash, Derivation, Evidence, JpegRecipe, LibraryPath,
    ManifestEntry, ManifestLine, Originals, Place, ReadBackGrade, Recipe, Removal, RenditionOf, ResourceRole, SourceId,
    SourcePath, TimeProvenance,
};
use serde::{Deserialize, Serialize};
use std::io::{self, ErrorKind};
use std::ops::Not;

/// Digits of the check.
const CHECK_DIGITS: usize = 16;
/// What stands before the check; after it come a quote and a brace.
const CHECK_KEY: &str = ",\"check\":\"";

/// The fields of a line in the order they are written. Others may follow one day and are ignored.
#[derive(Serialize, Deserialize)]
struct Fields {
    path: String,
    bytes: u64,
    blake3: String,
    role: String,
    asset: String,
    source: String,
    source_path: String,
    source_modified_ns: i64,
    taken_at: String,
    taken_from: String,
    evidence: String,
    read_back: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    apple_fingerprint: Option<String>,
    #[serde(flatten)]
    made: Option<Made>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rendition_of: Option<Original>,
    #[serde(flatten)]
    details: Details,
}

/// The original that a rendition is a picture of.
#[derive(Serialize, Deserialize)]
struct Original {
    uuid: String,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pixels: Option<[u32; 2]>,
}

impl From<&RenditionOf> for Original {
    fn from(of: &RenditionOf) -> Self {
        let pixels = of.pixels.map(|(width, height)| [width, height]);
        Self { uuid: of.uuid.clone(), name: of.name.clone(), pixels }
    }
}

impl Original {
    fn into_rendition_of(self) -> Option<Box<RenditionOf>> {
        let pixels = self.pixels.map(|[width, height]| (width, height));
        let of = RenditionOf { uuid: self.uuid, name: self.name, pixels };
        (!of.uuid.is_empty()).then(|| Box::new(of))
    }
}

/// How a file was made that is no copy; all of it or nothing.
#[derive(Serialize, Deserialize)]
struct Made {
    made_from: String,
    made_from_bytes: u64,
    #[serde(flatten)]
    jpeg: Option<MadeJpeg>,
}

/// What is known of a JPEG besides.
#[derive(Serialize, Deserialize)]
struct MadeJpeg {
    original_kept: bool,
    jpeg_quality: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    longest_edge: Option<u32>,
}

impl From<&Derivation> for Made {
    fn from(made: &Derivation) -> Self {
        Self {
            made_from: made.original_hash.to_string(),
            made_from_bytes: made.original_bytes,
            jpeg: match made.recipe {
                Recipe::Details => None,
                Recipe::Jpeg(jpeg) => Some(MadeJpeg {
                    original_kept: jpeg.originals == Originals::Kept,
                    jpeg_quality: jpeg.quality,
                    longest_edge: jpeg.longest_edge,
                }),
            },
        }
    }
}

impl Made {
    /// Reads how the file of a role was made; `None` where role and recipe do not go together.
    fn into_derivation(self, role: ResourceRole) -> Option<Derivation> {
        let recipe = match (role, self.jpeg) {
            (ResourceRole::Details, None) => Recipe::Details,
            (ResourceRole::Converted | ResourceRole::Scaled, Some(jpeg)) => Recipe::Jpeg(JpegRecipe {
                originals: if jpeg.original_kept { Originals::Kept } else { Originals::LeftOut },
                quality: jpeg.jpeg_quality,
                longest_edge: jpeg.longest_edge,
            }),
            _ => return None,
        };
        let original_hash = ContentHash::parse(&self.made_from).ok()?;
        Some(Derivation { original_hash, original_bytes: self.made_from_bytes, recipe })
    }
}

/// What the phone's own library said; each field is left out where there is nothing to say.
#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    uuid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original_name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    albums: Vec<Vec<String>>,
    #[serde(skip_serializing_if = "Not::not")]
    favorite: bool,
    #[serde(skip_serializing_if = "Not::not")]
    hidden: bool,
    #[serde(skip_serializing_if = "Not::not")]
    deleted: bool,
    #[serde(skip_serializing_if = "Not::not")]
    shared: bool,
    #[serde(skip_serializing_if = "Not::not")]
    edited: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    burst: Option<String>,
    #[serde(skip_serializing_if = "Not::not")]
    burst_picked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keywords: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    people: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<[f64; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pixels: Option<[u32; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<u64>,
}

impl From<&AssetDetails> for Details {
    fn from(details: &AssetDetails) -> Self {
        let details = details.clone();
        Self {
            uuid: details.uuid,
            original_name: details.original_name,
            albums: details.albums,
            favorite: details.favorite,
            hidden: details.hidden,
            deleted: details.deleted,
            shared: details.shared,
            edited: details.edited,
            burst_picked: details.burst.as_ref().is_some_and(|b| b.picked),
            burst: details.burst.map(|b| b.id),
            title: details.title,
            caption: details.caption,
            keywords: details.keywords,
            people: details.people,
            place: details.place.map(|p| [p.latitude, p.longitude]),
            pixels: details.pixels.map(|(width, height)| [width, height]),
            duration_ms: details.duration_ms,
        }
    }
}

impl Details {
    fn into_details(self) -> Option<Box<AssetDetails>> {
        let picked = self.burst_picked;
        let details = AssetDetails {
            uuid: self.uuid,
            original_name: self.original_name,
            pixels: self.pixels.map(|[width, height]| (width, height)),
            duration_ms: self.duration_ms,
            favorite: self.favorite,
            hidden: self.hidden,
            deleted: self.deleted,
            shared: self.shared,
            edited: self.edited,
            burst: self.burst.map(|id| Burst { id, picked }),
            title: self.title,
            caption: self.caption,
            keywords: self.keywords,
            people: self.people,
            place: self.place.and_then(|[latitude, longitude]| Place::new(latitude, longitude)),
            albums: self.albums,
        };
        (details != AssetDetails::default()).then(|| Box::new(details))
    }
}

/// The fields of the line of a file that was put aside.
#[derive(Serialize, Deserialize)]
struct RemovalFields {
    removed: String,
    to: String,
    bytes: u64,
    blake3: String,
}

impl RemovalFields {
    fn into_removal(self) -> Option<Removal> {
        Some(Removal {
            // Where its owner had moved it, any name goes.
            path: LibraryPath::found(&self.removed).ok()?,
            to: LibraryPath::parse(&self.to).ok()?,
            bytes: self.bytes,
            hash: ContentHash::parse(&self.blake3).ok()?,
        })
    }
}

/// What is left out of a line that would be too long, one after the other: nobody needs it to find the photo again.
const LEFT_OUT: [fn(&mut Details); 7] = [
    |details| details.caption = None,
    |details| details.people.clear(),
    |details| details.keywords.clear(),
    |details| details.albums.clear(),
    |details| details.title = None,
    |details| details.original_name = None,
    |details| *details = Details::default(),
];

/// Writes a line with its end, without some of what the phone's library says where that would make it too long to be read
/// again. Errors when it is too long all the same.
pub(super) fn format(entry: &ManifestEntry) -> io::Result<Vec<u8>> {
    let mut fields = Fields::from(entry);
    for leave_out in LEFT_OUT {
        match with_check(&fields) {
            Err(error) if error.kind() == ErrorKind::InvalidInput => leave_out(&mut fields.details),
            line => return line,
        }
    }
    with_check(&fields)
}

/// Writes the line of a file that was put aside, with its end.
pub(super) fn format_removal(removal: &Removal) -> io::Result<Vec<u8>> {
    with_check(&RemovalFields {
        removed: removal.path.to_string(),
        to: removal.to.to_string(),
        bytes: removal.bytes,
        blake3: removal.hash.to_string(),
    })
}

fn with_check(fields: &impl Serialize) -> io::Result<Vec<u8>> {
    let json = serde_json::to_string(fields)?;
    let content = json.strip_suffix('}').unwrap_or(&json);
    let line = format!("{content}{CHECK_KEY}{}\"}}\n", check(content));
    if line.len() > LONGEST_LINE {
        return Err(io::Error::new(ErrorKind::InvalidInput, "its names are too long to be recorded"));
    }
    Ok(line.into_bytes())
}

/// Reads a line without its end. `None` unless it is whole, unchanged and makes sense.
pub(super) fn parse(line: &[u8]) -> Option<ManifestLine> {
    let json = checked(line)?;
    if let Ok(fields) = serde_json::from_str::<Fields>(&json) {
        return fields.into_entry().map(ManifestLine::Copied);
    }
    let fields: RemovalFields = serde_json::from_str(&json).ok()?;
    fields.into_removal().map(ManifestLine::Removed)
}

/// Returns a line as it was before its check was added, if the check fits.
fn checked(line: &[u8]) -> Option<String> {
    let text = str::from_utf8(line).ok()?.trim_end_matches('\r').strip_suffix("\"}")?;
    let (rest, digits) = text.split_at_checked(text.len().checked_sub(CHECK_DIGITS)?)?;
    let content = rest.strip_suffix(CHECK_KEY)?;
    (check(content) == digits).then(|| format!("{content}}}"))
}

/// Reads a line as it is, and as if it ended with the right check: a fuzzer does not guess one.
#[cfg(feature = "fuzzing")]
pub(super) fn parse_checked(line: &[u8]) {
    drop(parse(line));
    if let Ok(content) = str::from_utf8(line) {
        let whole = format!("{content}{CHECK_KEY}{}\"}}", check(content));
        match parse(whole.as_bytes()) {
            Some(ManifestLine::Copied(entry)) => drop(format(&entry)),
            Some(ManifestLine::Removed(removal)) => drop(format_removal(&removal)),
            None => {}
        }
    }
}

/// Hashes what a line says; the first digits are enough against accidents.
fn check(content: &str) -> String {
    blake3::hash(content.as_bytes()).to_hex()[..CHECK_DIGITS].to_owned()
}

impl From<&ManifestEntry> for Fields {
    fn from(entry: &ManifestEntry) -> Self {
        // Fractions of a second cannot be read again where no offset follows them.
        let local = entry.taken.local.with().subsec_nanosecond(0).build().unwrap_or(entry.taken.local);
        let taken = CaptureTime { local, ..entry.taken };
        Self {
            path: entry.path.to_string(),
            bytes: entry.bytes,
            blake3: entry.hash.to_string(),
            role: entry.role.as_str().to_owned(),
            asset: entry.asset.to_string(),
            source: entry.source.to_string(),
            source_path: entry.source_path.to_string(),
            source_modified_ns: entry.source_modified_ns,
            taken_at: taken.to_rfc3339(),
            taken_from: taken.provenance.as_str().to_owned(),
            evidence: entry.evidence.as_str().to_owned(),
            read_back: grade_word(entry.grade).to_owned(),
            apple_fingerprint: entry.apple.map(|apple| apple.to_string()),
            made: entry.derived.as_deref().map(Made::from),
            rendition_of: entry.rendition_of.as_deref().map(Original::from),
            details: entry.details.as_deref().map(Details::from).unwrap_or_default(),
        }
    }
}

impl Fields {
    fn into_entry(self) -> Option<ManifestEntry> {
        let provenance = TimeProvenance::from_word(&self.taken_from)?;
        let role = ResourceRole::from_word(&self.role)?;
        let derived = self.made.map(|made| made.into_derivation(role).map(Box::new));
        // A file that was made must say of what, or it would count as a copy.
        if derived.is_some() != role.is_made() {
            return None;
        }
        // The same with a smaller picture: it would count as the photo.
        let rendition_of = self.rendition_of.and_then(Original::into_rendition_of);
        if rendition_of.is_some() != (role == ResourceRole::Rendition) {
            return None;
        }
        Some(ManifestEntry {
            path: LibraryPath::parse(&self.path).ok()?,
            bytes: self.bytes,
            hash: ContentHash::parse(&self.blake3).ok()?,
            role,
            asset: LibraryPath::parse(&self.asset).ok()?,
            source: SourceId::new(self.source),
            source_path: SourcePath::new(self.source_path),
            source_modified_ns: self.source_modified_ns,
            taken: CaptureTime::parse_rfc3339(&self.taken_at, provenance)?,
            evidence: Evidence::from_word(&self.evidence)?,
            grade: grade_from_word(&self.read_back)?,
            apple: self.apple_fingerprint.and_then(|text| AppleFingerprint::parse(&text)),
            details: self.details.into_details(),
            derived: derived.map(|derived| derived.ok_or(())).transpose().ok()?,
            rendition_of,
        })
    }
}

fn grade_word(grade: ReadBackGrade) -> &'static str {
    match grade {
        ReadBackGrade::Cold => "cold",
        ReadBackGrade::Warm => "warm",
    }
}

fn grade_from_word(word: &str) -> Option<ReadBackGrade> {
    [ReadBackGrade::Cold, ReadBackGrade::Warm].into_iter().find(|grade| grade_word(*grade) == word)
}
