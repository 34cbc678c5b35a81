//! What the numbers of an asset mean.

use super::PhotosAsset;

/// What a photo or video is besides being one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaTrait {
    /// Filmed at many frames a second.
    SlowMotion,
    /// Filmed at few.
    TimeLapse,
    /// What was on the screen, filmed.
    ScreenRecording,
    /// A film with depth.
    Cinematic,
    /// A wide picture.
    Panorama,
    /// A still with its film.
    Live,
    /// What was on the screen.
    Screenshot,
    /// A still with depth.
    Portrait,
    /// A still that moves.
    Animated,
    /// Taken with the camera on the side of the screen.
    Selfie,
    /// For two eyes.
    Spatial,
    /// One of many frames.
    Burst,
}

impl MediaTrait {
    /// Returns the word for it in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SlowMotion => "slo_mo",
            Self::TimeLapse => "time_lapse",
            Self::ScreenRecording => "screen_recording",
            Self::Cinematic => "cinematic",
            Self::Panorama => "panorama",
            Self::Live => "live",
            Self::Screenshot => "screenshot",
            Self::Portrait => "portrait",
            Self::Animated => "animated",
            Self::Selfie => "selfie",
            Self::Spatial => "spatial",
            Self::Burst => "burst",
        }
    }
}

/// Whether an asset is part of what its owner sees as the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// It is.
    Yes,
    /// It is in an album that others share, or came with a message.
    OnlyShared,
}

impl PhotosAsset {
    /// Tells whether it is a film.
    pub fn is_video(&self) -> bool {
        self.kind == Some(1)
    }

    /// Tells whether it is a Live Photo.
    pub fn is_live(&self) -> bool {
        !self.is_video() && self.subtype == 2
    }

    /// Tells whether its owner changed it.
    pub fn is_edited(&self) -> bool {
        self.adjustments != 0
    }

    /// Tells whether it is the frame of a burst that stands for it, or one its owner chose.
    pub fn is_burst_pick(&self) -> bool {
        self.burst_pick & (4 | 8 | 16) != 0
    }

    /// Tells whether it belongs to the library.
    pub fn listed(&self) -> Listed {
        // Up to iOS 14 there is no scope: 4 came with a shared album, 12 with a message.
        let is_shared = self.scope != 0 || matches!(self.saved, Some(4 | 12));
        if is_shared { Listed::OnlyShared } else { Listed::Yes }
    }

    /// Tells whether it is in an album that others share with the owner. Not what came with a message.
    pub fn is_in_shared_album(&self) -> bool {
        self.scope == 2 || (self.scope == 0 && self.saved == Some(4))
    }

    /// Returns where it was taken: degrees north and east.
    pub fn place(&self) -> Option<(f64, f64)> {
        let sensible = |(north, east): &(f64, f64)| north.abs() <= 90.0 && east.abs() <= 180.0;
        self.latitude.zip(self.longitude).filter(sensible)
    }

    /// Lists what it is besides a photo or video.
    pub fn traits(&self) -> Vec<MediaTrait> {
        let film = self.is_video();
        let table = [
            (film && (self.subtype == 101 || self.high_frame_rate != 0), MediaTrait::SlowMotion),
            (film && self.subtype == 102, MediaTrait::TimeLapse),
            (film && self.subtype == 103, MediaTrait::ScreenRecording),
            (film && self.depth == 2, MediaTrait::Cinematic),
            (!film && (self.subtype == 1 || self.hdr == 6), MediaTrait::Panorama),
            (!film && self.subtype == 2, MediaTrait::Live),
            (!film && (self.subtype == 10 || self.screenshot), MediaTrait::Screenshot),
            (!film && self.depth != 0, MediaTrait::Portrait),
            (!film && self.playback == Some(2), MediaTrait::Animated),
            (self.camera == 1, MediaTrait::Selfie),
            (self.spatial != 0, MediaTrait::Spatial),
            (self.burst.as_ref().is_some_and(|burst| !burst.is_empty()), MediaTrait::Burst),
        ];
        table.into_iter().filter_map(|(is, what)| is.then_some(what)).collect()
    }
}
