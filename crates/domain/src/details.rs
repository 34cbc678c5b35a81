//! What a phone's own library says of a photo, beyond its files.

use crate::{AssetKind, Place, Resource};

/// What the owner of a phone did with a photo, and what the phone knows of it. Empty for what comes from elsewhere.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AssetDetails {
    /// Its identity in the phone's library, upper-case UUID.
    pub uuid: Option<String>,
    /// The name it had before the phone gave it another.
    pub original_name: Option<String>,
    /// Width and height in pixels, edits done.
    pub pixels: Option<(u32, u32)>,
    /// How long a film runs, in milliseconds.
    pub duration_ms: Option<u64>,
    /// Whether it is a favourite.
    pub favorite: bool,
    /// Whether it was hidden.
    pub hidden: bool,
    /// Whether it was deleted, and is kept for about 30 days more.
    pub deleted: bool,
    /// Whether it is there only because others share an album with its owner.
    pub shared: bool,
    /// Whether it was edited on the phone.
    pub edited: bool,
    /// The burst it is a frame of.
    pub burst: Option<Burst>,
    /// Its title.
    pub title: Option<String>,
    /// Its caption.
    pub caption: Option<String>,
    /// Words its owner gave it.
    pub keywords: Vec<String>,
    /// Names of the people in it.
    pub people: Vec<String>,
    /// Where it was taken.
    pub place: Option<Place>,
    /// The albums it is in, each as the folders it lies in and its own title.
    pub albums: Vec<Vec<String>>,
}

/// A frame's place in a burst.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Burst {
    /// What its frames share.
    pub id: String,
    /// Whether it is the frame that stands for the burst, or one its owner chose.
    pub picked: bool,
}

impl AssetDetails {
    /// Tells where its owner would look for it.
    pub fn shelf(&self) -> Shelf {
        match (self.deleted, self.hidden) {
            (true, _) => Shelf::RecentlyDeleted,
            (false, true) => Shelf::Hidden,
            (false, false) => Shelf::Library,
        }
    }
}

/// The parts of a phone's library that are kept apart. Only the first is imported unless the user says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Shelf {
    /// What is shown.
    Library,
    /// What its owner hid.
    Hidden,
    /// What is about to go.
    RecentlyDeleted,
}

impl Shelf {
    /// Returns the word used in JSON and the catalog.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Library => "library",
            Self::Hidden => "hidden",
            Self::RecentlyDeleted => "recently_deleted",
        }
    }
}

/// A photo as a source knows it: which files are one, and what is known of it. Nothing was read from its files.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedAsset {
    /// What it is shown as.
    pub kind: AssetKind,
    /// When it was taken, in nanoseconds since 1970 UTC.
    pub taken_ns: Option<i64>,
    /// Minutes east of UTC where it was taken.
    pub offset_minutes: Option<i16>,
    /// Its files, the primary one first; at least one.
    pub resources: Vec<Resource>,
    /// What is wrong with it, in a sentence for the user.
    pub warning: Option<String>,
    /// What else is known.
    pub details: AssetDetails,
}
