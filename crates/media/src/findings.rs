//! What a format's reader finds on its way through a file, before it is weighed.

use crate::exif_block::ExifFacts;
use crate::xmp;
use domain::{Camera, CaptureTime, MediaFacts, MediaKind, MediaTrait, Place};
use std::collections::BTreeSet;

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
    /// The satellites' clock, in UTC.
    pub(crate) satellites: Option<CaptureTime>,
    /// Width and height as stored.
    pub(crate) pixels: Option<(u32, u32)>,
    /// How to turn it.
    pub(crate) orientation: Orientation,
    /// Length of a film in milliseconds.
    pub(crate) duration_ms: Option<u64>,
    /// How it is coded.
    pub(crate) codec: Option<String>,
    /// Frames in a second.
    pub(crate) frame_rate: Option<f64>,
    /// Frames in a second as they were taken, where the film says that it was slowed.
    pub(crate) captured_rate: Option<f64>,
    /// Whether a fast film is to be played as fast as it was taken: 1, or slower: 0.
    pub(crate) full_rate: Option<u64>,
    /// What it was taken with.
    pub(crate) camera: Camera,
    /// Where.
    pub(crate) place: Option<Place>,
    /// Apple's identifier of a burst, checked.
    pub(crate) burst: Option<String>,
    /// What sort of picture it is.
    pub(crate) traits: BTreeSet<MediaTrait>,
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
            satellites: None,
            pixels: None,
            orientation: Orientation::UPRIGHT,
            duration_ms: None,
            codec: None,
            frame_rate: None,
            captured_rate: None,
            full_rate: None,
            camera: Camera::default(),
            place: None,
            burst: None,
            traits: BTreeSet::new(),
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
        self.satellites = self.satellites.or(exif.satellites);
        self.place = self.place.or(exif.place);
        let Camera { make, model, lens } = exif.camera;
        self.camera.make = self.camera.make.take().or(make);
        self.camera.model = self.camera.model.take().or(model);
        self.camera.lens = self.camera.lens.take().or(lens);
        self.traits.extend(exif.traits.into_iter().chain(exif.apple.traits));
        self.burst = self.burst.take().or(exif.apple.burst);
        self.content_identifier = self.content_identifier.take().or(exif.apple.content_identifier);
        self.thumbnail = self.thumbnail.take().or(exif.thumbnail);
    }

    /// Takes over what an XMP packet says.
    pub(crate) fn add_xmp(&mut self, packet: &[u8]) {
        self.xmp = self.xmp.or_else(|| xmp::taken(packet));
        self.traits.extend(xmp::traits(packet));
    }

    /// Decides for one capture time, takes the selfie from the lens, and turns the size upright.
    pub(crate) fn into_facts(mut self, warning: Option<String>) -> MediaFacts {
        let turned = self.orientation.swaps_sides();
        let pixels = self.pixels.filter(|(width, height)| *width > 0 && *height > 0);
        // Apple calls the camera on the screen's side `front`: "iPhone 13 mini front camera 2.71mm f/2.2".
        let front = |lens: &String| lens.contains(" front ") && lens.contains("camera");
        if self.camera.lens.as_ref().is_some_and(front) {
            self.traits.insert(MediaTrait::Selfie);
        }
        MediaFacts {
            kind: self.kind,
            taken: self.original.or(self.created).or(self.xmp).or(self.modified),
            pixels: pixels.map(|(width, height)| if turned { (height, width) } else { (width, height) }),
            duration_ms: self.duration_ms,
            codec: self.codec,
            frame_rate: self.frame_rate,
            camera: self.camera,
            place: self.place,
            content_identifier: self.content_identifier,
            burst: self.burst,
            traits: self.traits,
            warning,
        }
    }
}
