//! Smaller pictures of photos whose originals are only in iCloud: saved as what they are, never as the photos.

/// Whether the best picture at hand is saved of what is only in iCloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Renditions {
    /// None is.
    #[default]
    LeftOut,
    /// One is, until the original can be had.
    Saved,
}

/// Which original a rendition is a picture of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenditionOf {
    /// The asset's identity in the phone's library; never empty.
    pub uuid: String,
    /// The name that the original would have in the library.
    pub name: String,
    /// Width and height of the original in pixels, where the phone's library says.
    pub pixels: Option<(u32, u32)>,
}

impl RenditionOf {
    /// Writes it as the journal keeps it.
    pub fn to_words(&self) -> String {
        let (width, height) = self.pixels.unwrap_or_default();
        format!("{}\n{width} {height}\n{}", self.uuid, self.name)
    }

    /// Reads it back; `None` when it is something else.
    pub fn from_words(words: &str) -> Option<Self> {
        let mut words = words.splitn(3, '\n');
        let uuid = words.next().filter(|uuid| !uuid.is_empty())?.to_owned();
        let (width, height) = words.next()?.split_once(' ')?;
        let pixels = (width.parse().ok()?, height.parse().ok()?);
        let name = words.next()?.to_owned();
        Some(Self { uuid, name, pixels: Some(pixels).filter(|pixels| *pixels != (0, 0)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back() {
        for pixels in [None, Some((4032, 3024))] {
            let of = RenditionOf { uuid: "7A11".into(), name: "IMG 1\n2.HEIC".into(), pixels };
            assert_eq!(RenditionOf::from_words(&of.to_words()), Some(of));
        }
        assert_eq!(RenditionOf::from_words("\n0 0\nx"), None);
        assert_eq!(RenditionOf::from_words("7A11"), None);
    }
}
