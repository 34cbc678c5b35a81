//! Files that an import makes of photos besides copying them: JPEGs of HEIC photos, smaller copies, and sidecars.

use crate::ContentHash;

/// What is to be made of photos.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversion {
    /// Which photos.
    pub wanted: Wanted,
    /// Quality of the JPEGs, 1 to 100.
    pub quality: u8,
    /// Whether the originals are filed beside them.
    pub originals: Originals,
}

/// Of which photos JPEGs are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Of those in HEIC, at their full size.
    Heic,
    /// Of those in HEIC, and of all whose longer side has more pixels than this; no JPEG is larger.
    HeicAndLarge(u32),
    /// Of those whose longer side has more pixels than this.
    Large(u32),
}

impl Wanted {
    /// Returns the longest side in pixels, if there is a limit.
    pub fn longest_edge(self) -> Option<u32> {
        match self {
            Self::Heic => None,
            Self::HeicAndLarge(edge) | Self::Large(edge) => Some(edge),
        }
    }
}

/// What becomes of the original of a photo that a JPEG was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Originals {
    /// It is filed as any other photo.
    Kept,
    /// It is not filed, once the JPEG was verified.
    LeftOut,
}

/// Whether a sidecar is written of each photo of which the phone's library says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sidecars {
    /// None is.
    #[default]
    LeftOut,
    /// One is.
    Written,
}

/// How a file was made, of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Derivation {
    /// The hash of the original's bytes, which were verified before.
    pub original_hash: ContentHash,
    /// How many they were.
    pub original_bytes: u64,
    /// How.
    pub recipe: Recipe,
}

/// How a file was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipe {
    /// Of the original's picture.
    Jpeg(JpegRecipe),
    /// Of what the phone's library says of the asset: an XMP sidecar.
    Details,
}

/// How a JPEG was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JpegRecipe {
    /// Whether the original was filed as well.
    pub originals: Originals,
    /// Quality of the JPEG.
    pub quality: u8,
    /// Limit of its longer side in pixels, if there was one.
    pub longest_edge: Option<u32>,
}

impl Derivation {
    /// Returns the hash of the bytes that the file stands for, because they were not filed themselves.
    pub fn stands_for(&self) -> Option<ContentHash> {
        let alone = matches!(self.recipe, Recipe::Jpeg(jpeg) if jpeg.originals == Originals::LeftOut);
        alone.then_some(self.original_hash)
    }

    /// Writes it as the journal keeps it.
    pub fn to_words(&self) -> String {
        let recipe = match self.recipe {
            Recipe::Details => "details".to_owned(),
            Recipe::Jpeg(jpeg) => {
                let originals = if jpeg.originals == Originals::Kept { "kept" } else { "left_out" };
                format!("{originals} {} {}", jpeg.quality, jpeg.longest_edge.unwrap_or(0))
            }
        };
        format!("{} {} {recipe}", self.original_hash, self.original_bytes)
    }

    /// Reads it back; `None` when it is something else.
    pub fn from_words(words: &str) -> Option<Self> {
        let mut words = words.split(' ');
        let original_hash = ContentHash::parse(words.next()?).ok()?;
        let original_bytes = words.next()?.parse().ok()?;
        let originals = match words.next()? {
            "details" => return Some(Self { original_hash, original_bytes, recipe: Recipe::Details }),
            "kept" => Originals::Kept,
            "left_out" => Originals::LeftOut,
            _ => return None,
        };
        let quality = words.next()?.parse().ok()?;
        let longest_edge = Some(words.next()?.parse().ok()?).filter(|edge| *edge > 0);
        let recipe = Recipe::Jpeg(JpegRecipe { originals, quality, longest_edge });
        Some(Self { original_hash, original_bytes, recipe })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back() {
        let jpeg = |originals, longest_edge| Recipe::Jpeg(JpegRecipe { originals, quality: 90, longest_edge });
        let alone = jpeg(Originals::LeftOut, Some(2048));
        for recipe in [jpeg(Originals::Kept, None), alone, Recipe::Details] {
            let made = Derivation { original_hash: ContentHash::new([7; 32]), original_bytes: 5, recipe };
            assert_eq!(made.stands_for().is_some(), recipe == alone);
            assert_eq!(Derivation::from_words(&made.to_words()), Some(made));
        }
        assert_eq!(Derivation::from_words("x 5 kept 90 0"), None);
    }
}
