//! What a person calls "a photo", and the files it is made of.

use crate::{AppleFingerprint, AssetDetails, AssetId, CaptureTime, SourcePath};

/// One moment as the user sees it: a photo, a video or a Live Photo with all its files.
#[derive(Debug, Clone, PartialEq)]
pub struct Asset {
    /// Identity at the source.
    pub id: AssetId,
    /// What the grid shows it as.
    pub kind: AssetKind,
    /// When it was taken; the day it is filed under.
    pub taken: CaptureTime,
    /// Its files; the first one is the primary and gives the asset its name.
    pub resources: Vec<Resource>,
    /// What the phone's own library says of it.
    pub details: AssetDetails,
}

impl Asset {
    /// Returns the primary file. Every asset has one: grouping never makes an empty asset.
    pub fn primary(&self) -> &Resource {
        &self.resources[0]
    }

    /// Tells whether it is no photo but a smaller picture of one that is only in iCloud.
    pub fn is_rendition(&self) -> bool {
        self.primary().role == ResourceRole::Rendition
    }

    /// Returns the name the user knows: the primary file's.
    pub fn name(&self) -> &str {
        self.primary().file_name()
    }

    /// Lists the files that an import copies: the primary one, and of the others those that the source has.
    pub fn files(&self) -> impl Iterator<Item = &Resource> {
        let there = |(index, r): &(usize, &Resource)| *index == 0 || r.availability == Availability::OnDevice;
        self.resources.iter().enumerate().filter(there).map(|(_, resource)| resource)
    }

    /// Returns the size of the files that an import copies, in bytes. Sizes come from phones that may lie: the sum does
    /// not overflow.
    pub fn bytes(&self) -> u64 {
        self.files().map(|r| r.fingerprint.bytes).fold(0, u64::saturating_add)
    }
}

/// The kinds of asset a grid tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AssetKind {
    /// A still picture.
    Photo,
    /// A moving one.
    Video,
    /// A still with its few seconds of video.
    LivePhoto,
    /// A file on a phone that is none of these, such as a sidecar that lost its photo. Taken along all the same.
    Other,
}

impl AssetKind {
    /// Returns the word used in commands, JSON and the catalog.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Video => "video",
            Self::LivePhoto => "live_photo",
            Self::Other => "other",
        }
    }

    /// Reads the word back; an unknown one is `Other`.
    pub fn from_word(word: &str) -> Self {
        [Self::Photo, Self::Video, Self::LivePhoto].into_iter().find(|k| k.as_str() == word).unwrap_or(Self::Other)
    }
}

/// One file of an asset.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// What the file is to its asset.
    pub role: ResourceRole,
    /// Where it is at the source, how large and how old.
    pub fingerprint: Fingerprint,
    /// Its own capture time, where it has one; it becomes the copy's modification time.
    pub taken: Option<CaptureTime>,
    /// Whether its bytes can be had from this source.
    pub availability: Availability,
    /// The name it is given in the library where that is not its name at the source, such as `IMG_0007.HEIC` for a file
    /// that came from iCloud and is called by a number there.
    pub name: Option<String>,
    /// What Apple's library knows its bytes by, where it says so and there is no reason to doubt it.
    pub apple: Option<AppleFingerprint>,
}

impl Resource {
    /// Returns where it is at the source.
    pub fn path(&self) -> &SourcePath {
        &self.fingerprint.path
    }

    /// Returns the name the user knows.
    pub fn file_name(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.path().file_name())
    }
}

/// A file's cheap identity at its source: known without reading it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    /// Where it is.
    pub path: SourcePath,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its modification time there, in nanoseconds since 1970 UTC.
    pub modified_ns: i64,
}

/// What a file is to its asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResourceRole {
    /// The file the camera wrote.
    Original,
    /// The video of a Live Photo.
    PairedVideo,
    /// The raw file beside a JPEG or HEIC.
    RawAlternate,
    /// A rendition with the user's edits.
    Edited,
    /// The recipe of the edits (`.AAE`).
    Adjustments,
    /// Anything else that belongs to it (`.XMP`).
    Sidecar,
    /// A JPEG that Keepsake made of a photo in another format.
    Converted,
    /// A smaller JPEG that Keepsake made of a photo.
    Scaled,
    /// An XMP sidecar that Keepsake wrote of what the phone's library says.
    Details,
    /// A smaller picture, as the phone keeps it, of a photo that is only in iCloud. Never the photo.
    Rendition,
}

impl ResourceRole {
    const ALL: [Self; 10] = [
        Self::Original,
        Self::PairedVideo,
        Self::RawAlternate,
        Self::Edited,
        Self::Adjustments,
        Self::Sidecar,
        Self::Converted,
        Self::Scaled,
        Self::Details,
        Self::Rendition,
    ];

    /// Tells whether such a file was made by Keepsake and is not on the phone.
    pub fn is_made(self) -> bool {
        matches!(self, Self::Converted | Self::Scaled | Self::Details)
    }

    /// Returns the word used in JSON and the catalog.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::PairedVideo => "paired_video",
            Self::RawAlternate => "raw_alternate",
            Self::Edited => "edited",
            Self::Adjustments => "adjustments",
            Self::Sidecar => "sidecar",
            Self::Converted => "converted",
            Self::Scaled => "scaled",
            Self::Details => "details",
            Self::Rendition => "rendition",
        }
    }

    /// Reads the word back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == word)
    }
}

/// Whether a resource's bytes can be had from its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Availability {
    /// They are there.
    OnDevice,
    /// The phone keeps only a small rendition; the original is in iCloud.
    OnlyInICloud,
    /// The source lists it but has no bytes for it.
    Missing,
}

impl Availability {
    /// Returns the word used in JSON and the catalog.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OnDevice => "on_device",
            Self::OnlyInICloud => "only_in_icloud",
            Self::Missing => "missing",
        }
    }

    /// Reads the word back; an unknown one is `OnDevice`, so that it is tried.
    pub fn from_word(word: &str) -> Self {
        [Self::OnlyInICloud, Self::Missing].into_iter().find(|a| a.as_str() == word).unwrap_or(Self::OnDevice)
    }
}

/// The sort of file, decided by its bytes and, where they say nothing, by its extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// A still picture, RAW apart.
    Photo,
    /// A camera's raw picture (DNG, CR3, ...).
    Raw,
    /// A film.
    Video,
    /// Apple's edit recipe.
    Adjustments,
    /// An XMP sidecar.
    Sidecar,
    /// None of these.
    Unknown,
}

impl MediaKind {
    const ALL: [Self; 6] = [Self::Photo, Self::Raw, Self::Video, Self::Adjustments, Self::Sidecar, Self::Unknown];

    /// Returns the word used in the catalog.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Raw => "raw",
            Self::Video => "video",
            Self::Adjustments => "adjustments",
            Self::Sidecar => "sidecar",
            Self::Unknown => "unknown",
        }
    }

    /// Reads the word back; an unknown one is `Unknown`.
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|k| k.as_str() == word).unwrap_or(Self::Unknown)
    }
}
