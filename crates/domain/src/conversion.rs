//! Files that an import makes of photos besides copying them: JPEGs of HEIC photos, and smaller copies.

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

/// How a file was made, of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Derivation {
    /// The hash of the original's bytes, which were verified before.
    pub original_hash: ContentHash,
    /// How many they were.
    pub original_bytes: u64,
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
        (self.originals == Originals::LeftOut).then_some(self.original_hash)
    }

    /// Writes it as the journal keeps it.
    pub fn to_words(&self) -> String {
        let originals = if self.originals == Originals::Kept { "kept" } else { "left_out" };
        let edge = self.longest_edge.unwrap_or(0);
        format!("{} {} {originals} {} {edge}", self.original_hash, self.original_bytes, self.quality)
    }

    /// Reads it back; `None` when it is something else.
    pub fn from_words(words: &str) -> Option<Self> {
        let mut words = words.split(' ');
        Some(Self {
            original_hash: ContentHash::parse(words.next()?).ok()?,
            original_bytes: words.next()?.parse().ok()?,
            originals: match words.next()? {
                "kept" => Originals::Kept,
                "left_out" => Originals::LeftOut,
                _ => return None,
            },
            quality: words.next()?.parse().ok()?,
            longest_edge: Some(words.next()?.parse().ok()?).filter(|edge| *edge > 0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back() {
        for (originals, longest_edge) in [(Originals::Kept, None), (Originals::LeftOut, Some(2048))] {
            let made = Derivation {
                original_hash: ContentHash::new([7; 32]),
                original_bytes: 5,
                originals,
                quality: 90,
                longest_edge,
            };
            assert_eq!(Derivation::from_words(&made.to_words()), Some(made));
        }
        assert_eq!(Derivation::from_words("x 5 kept 90 0"), None);
    }
}
