//! What a format's reader finds on its way through a file, before it is weighed.

use crate::exif_block::ExifFacts;
use domain::{CaptureTime, MediaFacts, MediaKind};

/// How the stored picture must be turned to be upright: EXIF's values 1 to 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Orientation(u8);

impl Orientation {
    /// Stored upright.
    pub(crate) const UPRIGHT: Self = Self(1);

    /// Takes EXIF's value; anything but 1 to 8 is upright.
    pub(crate) fn from_exif(value: u32) -> Self {
        Self(u8::try_from(value).ok().filter(|v| (1..=8).contains(v)).unwrap_or(1))
    }

    /// Takes quarter turns anticlockwise, as HEIF's `irot` counts them.
    pub(crate) fn from_irot(quarters: u8) -> Self {
        Self([1, 8, 3, 6][usize::from(quarters & 3)])
    }

    /// Returns EXIF's value.
    pub(crate) fn exif(self) -> u8 {
        self.0
    }

    /// Tells whether width and height change places.
    pub(crate) fn swaps_sides(self) -> bool {
        self.0 >= 5
    }
}

/// Facts as they are stored; [`Findings::into_facts`] weighs them.
#[derive(Debug, Clone)]
pub(crate) struct Findings {
    /// The sort of file; a reader may correct what its format promised.
    pub(crate) kind: MediaKind,
    /// Time of the exposure.
    pub(crate) original: Option<CaptureTime>,
    /// Time of digitising: the same, on a digital camera.
    pub(crate) created: Option<CaptureTime>,
    /// Time given by XMP.
    pub(crate) xmp: Option<CaptureTime>,
    /// Time of the last change: better than nothing.
    pub(crate) modified: Option<CaptureTime>,
    /// Width and height as stored.
    pub(crate) pixels: Option<(u32, u32)>,
    /// How to turn it.
    pub(crate) orientation: Orientation,
    /// Length of a film in milliseconds.
    pub(crate) duration_ms: Option<u64>,
    /// Apple's content identifier, checked.
    pub(crate) content_identifier: Option<String>,
    /// JPEG that EXIF carries, stored as the picture is.
    pub(crate) thumbnail: Option<Vec<u8>>,
}

impl Findings {
    /// Starts with nothing but the kind.
    pub(crate) fn new(kind: MediaKind) -> Self {
        Self {
            kind,
            original: None,
            created: None,
            xmp: None,
            modified: None,
            pixels: None,
            orientation: Orientation::UPRIGHT,
            duration_ms: None,
            content_identifier: None,
            thumbnail: None,
        }
    }

    /// Takes over what an EXIF block says. What was found before stays.
    pub(crate) fn add_exif(&mut self, exif: ExifFacts) {
        self.original = self.original.or(exif.original);
        self.created = self.created.or(exif.created);
        self.modified = self.modified.or(exif.modified);
        if self.orientation == Orientation::UPRIGHT {
            self.orientation = exif.orientation;
        }
        self.content_identifier = self.content_identifier.take().or(exif.content_identifier);
        self.thumbnail = self.thumbnail.take().or(exif.thumbnail);
    }

    /// Decides for one capture time and turns the size upright.
    pub(crate) fn into_facts(self, warning: Option<String>) -> MediaFacts {
        let turned = self.orientation.swaps_sides();
        let pixels = self.pixels.filter(|(width, height)| *width > 0 && *height > 0);
        MediaFacts {
            kind: self.kind,
            taken: self.original.or(self.created).or(self.xmp).or(self.modified),
            pixels: pixels.map(|(width, height)| if turned { (height, width) } else { (width, height) }),
            duration_ms: self.duration_ms,
            content_identifier: self.content_identifier,
            warning,
        }
    }
}
