//! What a file says of itself: read by `media`, remembered by `catalog`, used to group and to show.

use crate::{CaptureTime, MediaKind};
use std::collections::BTreeSet;

/// What a file says of itself, read from its head (and, for films, from its index).
#[derive(Debug, Clone, PartialEq)]
pub struct MediaFacts {
    /// The sort of file.
    pub kind: MediaKind,
    /// When it was taken, if the file says so. Never the file's own time.
    pub taken: Option<CaptureTime>,
    /// Width and height in pixels after orientation, where known.
    pub pixels: Option<(u32, u32)>,
    /// How long a film runs, in milliseconds.
    pub duration_ms: Option<u64>,
    /// How picture or film is coded, in words such as `HEVC`, `JPEG`, `ProRes 422 HQ`.
    pub codec: Option<String>,
    /// Frames of a film in a second, on average.
    pub frame_rate: Option<f64>,
    /// What it was taken with.
    pub camera: Camera,
    /// Where it was taken. A hint: the phone may have known an older place.
    pub place: Option<Place>,
    /// Apple's content identifier, which the two files of a Live Photo share. Upper-case UUID.
    pub content_identifier: Option<String>,
    /// Apple's identifier of a burst, which all of its pictures share. Upper-case UUID.
    pub burst: Option<String>,
    /// What sort of picture it is, as far as the file itself says so.
    pub traits: BTreeSet<MediaTrait>,
    /// What is wrong with the file, in a sentence for the user. It is imported all the same.
    pub warning: Option<String>,
}

impl MediaFacts {
    /// Returns the facts of a file of which nothing but its kind is known.
    pub fn bare(kind: MediaKind) -> Self {
        Self {
            kind,
            taken: None,
            pixels: None,
            duration_ms: None,
            codec: None,
            frame_rate: None,
            camera: Camera::default(),
            place: None,
            content_identifier: None,
            burst: None,
            traits: BTreeSet::new(),
            warning: None,
        }
    }
}

/// What a picture was taken with, in the words of its maker.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Camera {
    /// Such as `Apple`.
    pub make: Option<String>,
    /// Such as `iPhone 13 mini`.
    pub model: Option<String>,
    /// Such as `iPhone 13 mini back dual wide camera 5.1mm f/1.6`.
    pub lens: Option<String>,
}

/// A point on the earth in degrees of WGS 84.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// North of the equator, -90 to 90.
    pub latitude: f64,
    /// East of Greenwich, -180 to 180.
    pub longitude: f64,
}

impl Place {
    /// Takes degrees that can be true. Zero and zero is what programs write that know none.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let there = latitude.abs() <= 90.0 && longitude.abs() <= 180.0 && (latitude, longitude) != (0.0, 0.0);
        there.then_some(Self { latitude, longitude })
    }
}

/// A sort of picture or film that its file tells by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MediaTrait {
    /// Brighter whites than a plain screen has: a film in HLG or PQ, a photo put together of several exposures.
    Hdr,
    /// A second picture in the file says how bright parts get on an HDR screen.
    GainMap,
    /// Taken with a blurred background.
    Portrait,
    /// Stitched while the camera was turned.
    Panorama,
    /// Filmed fast to be played slowly.
    SloMo,
    /// A picture of a screen.
    Screenshot,
    /// Taken by the camera on the screen's side.
    Selfie,
}

impl MediaTrait {
    const ALL: [Self; 7] =
        [Self::Hdr, Self::GainMap, Self::Portrait, Self::Panorama, Self::SloMo, Self::Screenshot, Self::Selfie];

    /// Returns the word used in the catalog.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hdr => "hdr",
            Self::GainMap => "gain_map",
            Self::Portrait => "portrait",
            Self::Panorama => "panorama",
            Self::SloMo => "slo_mo",
            Self::Screenshot => "screenshot",
            Self::Selfie => "selfie",
        }
    }

    /// Reads the word back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_and_nowhere_is_no_place() {
        assert!(MediaTrait::ALL.into_iter().all(|t| MediaTrait::from_word(t.as_str()) == Some(t)));
        assert_eq!(MediaTrait::from_word("live"), None);
        assert_eq!((Place::new(0.0, 0.0), Place::new(91.0, 0.0), Place::new(f64::NAN, 1.0)), (None, None, None));
        assert!(Place::new(-33.9, 151.2).is_some());
    }
}
