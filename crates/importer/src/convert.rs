//! Files made of verified copies: a JPEG of a HEIC photo, a smaller copy. Each goes the same way as a copy does: staged,
//! flushed, read back and compared with what was written, and only then filed.
//!
//! It is made of the very bytes that were read back from the drive, so nothing crosses the cable for it. Whatever goes wrong
//! costs only the file that would have been made, and is told.

use crate::copy::{CopiedFile, Copier};
use crate::fetch::VerifiedFile;
use crate::made::{Made, NotMade, stage};
use domain::{
    Conversion, Derivation, JpegRecipe, MediaKind, Originals, Recipe, Resource, ResourceReader, ResourceRole,
    SourceError, Wanted,
};
use media::{Converted, Convertible};

/// Longest file that is converted, in bytes: it is held in memory.
pub(crate) const LONGEST: u64 = 80 << 20;

/// Makes JPEGs of photos. Which decoders there are, and in which process they work, is left to whoever plays this.
pub trait Converter: Sync {
    /// Makes a JPEG of a photo, its longer side at most `edge` pixels, with all that the photo says of itself. Errors with
    /// the reason, in a sentence.
    fn convert(
        &self,
        photo: (&str, &mut dyn ResourceReader),
        edge: Option<u32>,
        quality: u8,
    ) -> Result<Converted, String>;
}

/// What is to be made of photos, and by whom.
#[derive(Clone, Copy)]
pub struct Converting<'a> {
    /// What.
    pub wish: Conversion,
    /// By whom.
    pub converter: &'a dyn Converter,
}

/// Bytes in memory, as a photo.
struct InMemory<'a>(&'a [u8]);

impl ResourceReader for InMemory<'_> {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.0.len());
        let end = start.saturating_add(length).min(self.0.len());
        Ok(self.0.get(start..end).unwrap_or_default().to_vec())
    }
}

impl Converting<'_> {
    /// Tells whether the bytes of a copy should be kept when it is read back. It may be longer than was listed.
    pub(crate) fn may_want(&self, copied: &CopiedFile<'_>) -> bool {
        let resource = copied.resource;
        let still = matches!(resource.role, ResourceRole::Original | ResourceRole::Edited);
        let photo = matches!(media::kind_by_name(resource.file_name()), MediaKind::Photo | MediaKind::Unknown);
        still && photo && copied.file.bytes <= LONGEST
    }

    /// Makes what is wanted of a verified copy with these bytes; `None` when nothing is. Errors with a sentence that says
    /// what was not made and why, or when nothing more can be written.
    pub(crate) fn make(
        &self,
        (copier, photo): (&Copier<'_>, &VerifiedFile<'_>),
        (bytes, modified_ns): (&[u8], i64),
    ) -> Result<Option<Made>, NotMade> {
        let name = photo.copied.resource.file_name();
        let Some(edge) = self.edge_for(name, bytes) else { return Ok(None) };
        let failed = |reason: String| format!("No JPEG was made of {name}: {reason}");
        let quality = self.wish.quality;
        let made = self.converter.convert((name, &mut InMemory(bytes)), edge, quality);
        let made = made.map_err(|reason| NotMade::Warning(failed(reason)))?;
        let derivation = Derivation {
            original_hash: photo.hash,
            original_bytes: bytes.len() as u64,
            recipe: Recipe::Jpeg(JpegRecipe { originals: self.wish.originals, quality, longest_edge: edge }),
        };
        let role = if edge.is_some() { ResourceRole::Scaled } else { ResourceRole::Converted };
        let staged = stage(copier, &made.jpeg, modified_ns).map_err(|failure| NotMade::written(failure, failed))?;
        // Beside its original nothing is missing.
        let alone = self.wish.originals == Originals::LeftOut;
        let left_out = made.left_out.iter().copied().filter(|_| alone);
        let lost = made.lost.iter().map(String::as_str).chain(left_out);
        let lost = lost.map(|lost| format!("The JPEG made of {name} lacks something: {lost}")).collect();
        let name = name_of(name, edge.filter(|_| self.wish.originals == Originals::Kept));
        Ok(Some(Made { lost, name, role, staged, derivation }))
    }

    /// Decides whether a JPEG is made of a photo, and with which limit of its longer side.
    fn edge_for(&self, name: &str, bytes: &[u8]) -> Option<Option<u32>> {
        let format = media::convertible(bytes)?;
        let heic = format == Convertible::Heif;
        let limit = self.wish.wanted.longest_edge();
        let facts = media::inspect(name, &mut InMemory(bytes)).ok();
        let long = facts.and_then(|facts| facts.pixels).map(|(width, height)| width.max(height));
        let scaled = limit.filter(|limit| long.is_some_and(|long| long > *limit));
        match self.wish.wanted {
            Wanted::Heic | Wanted::HeicAndLarge(_) if heic => Some(scaled),
            Wanted::Heic => None,
            Wanted::HeicAndLarge(_) | Wanted::Large(_) => scaled.map(Some),
        }
    }
}

/// Names what was made of a photo: `IMG_1.JPG` of `IMG_1.HEIC`, and `IMG_1_2048px.JPG` of what is scaled beside its original.
fn name_of(photo: &str, edge: Option<u32>) -> String {
    let (stem, extension) = photo.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).unwrap_or((photo, ""));
    let small = extension.chars().any(char::is_lowercase);
    let scaled = edge.map_or(String::new(), |edge| format!("_{edge}px"));
    format!("{stem}{scaled}.{}", if small { "jpg" } else { "JPG" })
}

/// Estimates, on the high side, how many bytes a file that is made may have: an original of so many bytes, in HEIC or not.
/// Source of the figures: docs/benchmarks.md.
pub(crate) fn estimate(wish: &Conversion, resource: &Resource) -> u64 {
    let name = resource.file_name().to_ascii_lowercase();
    let heic = [".heic", ".heif", ".hif"].iter().any(|extension| name.ends_with(extension));
    let photo = media::kind_by_name(&name) == MediaKind::Photo;
    if !photo || (!heic && wish.wanted == Wanted::Heic) {
        return 0;
    }
    let factor = match wish.quality {
        0..=90 => 3,
        91..=95 => 6,
        _ => 12,
    };
    let like_the_original = resource.fingerprint.bytes.saturating_mul(factor);
    // A pixel of a detailed photo takes less than a byte at a high quality.
    let square = wish.wanted.longest_edge().map(|edge| u64::from(edge) * u64::from(edge) * factor / 8);
    match wish.wanted {
        Wanted::HeicAndLarge(_) if heic => like_the_original,
        _ => square.map_or(like_the_original, |square| square.min(like_the_original)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_was_made() {
        assert_eq!(name_of("IMG_1.HEIC", None), "IMG_1.JPG");
        assert_eq!(name_of("img.1.heic", None), "img.1.jpg");
        assert_eq!(name_of("IMG_1.JPG", Some(2048)), "IMG_1_2048px.JPG");
        assert_eq!(name_of(".heic", None), ".heic.JPG");
        assert_eq!(name_of("noname", None), "noname.JPG");
    }
}
