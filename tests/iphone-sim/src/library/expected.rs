//! What is known about a computed photo library, for tests to compare with.

use serde::Serialize;

/// Everything a reader of the phone can find out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Expected {
    /// The version of the database's data model, such as 18600.
    pub model: u32,
    /// In the order of their rows.
    pub assets: Vec<ExpectedAsset>,
    /// In the order of their rows; the root folder is not among them.
    pub albums: Vec<ExpectedAlbum>,
    /// Shared albums as iOS 26 keeps them, not among the albums. Older generations have none such.
    pub shares: Vec<ExpectedShare>,
    /// Paths of media files below `DCIM` and `PhotoData/CPLAssets` that no row stands for.
    pub unknown_files: Vec<String>,
}

/// A photo or movie with all that belongs to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ExpectedAsset {
    /// In capitals.
    pub uuid: String,
    /// Below the media folder, without slashes at its ends.
    pub directory: String,
    /// The name of the primary file in it.
    pub file_name: String,
    /// The name the camera gave.
    pub original_name: String,
    /// What it is.
    pub kind: Kind,
    /// Seconds since 1970 (UTC). `None` where the row has none, or one that makes no sense.
    pub created: Option<f64>,
    /// Where it was taken, on the clock.
    pub zone: Option<Zone>,
    /// Marked by the user.
    pub favorite: bool,
    /// Kept in the Hidden album.
    pub hidden: bool,
    /// Shown by itself; burst frames nobody picked are not.
    pub visible: bool,
    /// When it went to Recently Deleted, in seconds since 1970.
    pub deleted: Option<f64>,
    /// The burst it belongs to.
    pub burst: Option<Burst>,
    /// Whether the database says it was adjusted; slow motion is so without a render.
    pub edited: bool,
    /// Set on a Mac.
    pub title: Option<String>,
    /// Set on the phone.
    pub caption: Option<String>,
    /// In alphabetic order.
    pub keywords: Vec<&'static str>,
    /// Names, in alphabetic order; faces without a name are not among them.
    pub people: Vec<&'static str>,
    /// Latitude and longitude.
    pub place: Option<(f64, f64)>,
    /// How long a movie lasts.
    pub seconds: Option<f64>,
    /// Where it came from.
    pub origin: Origin,
    /// What the database's resource rows are about.
    pub resources: Vec<ExpectedResource>,
    /// Path of the small picture that the phone keeps of it: `5005.JPG` on some phones, `5003.JPG` on others.
    pub thumbnail: String,
    /// Paths of files that belong to it though no row stands for them.
    pub beside: Vec<String>,
    /// Paths of what the phone made on the way to an edit: nobody's photos.
    pub by_products: Vec<String>,
}

/// What an asset is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    #[default]
    Photo,
    Panorama,
    Live,
    Screenshot,
    Portrait,
    Movie,
    SlowMotion,
    TimeLapse,
    ScreenRecording,
    Animation,
}

/// Where an asset came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Taken with this phone.
    #[default]
    Camera,
    /// Came from iCloud Photos.
    ICloud,
    /// Somebody put it into a shared album.
    SharedAlbum,
}

/// A time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Zone {
    /// Seconds east of Greenwich.
    pub offset: i32,
    /// As the phone calls it.
    pub name: &'static str,
}

/// A place in a burst.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Burst {
    /// Of the whole burst.
    pub uuid: String,
    /// The database's bits: 2 not selected, 4 the phone's pick, 8 the user's, 16 key frame.
    pub pick: i64,
}

/// One resource row and where its file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExpectedResource {
    /// What it is to the asset.
    pub role: Role,
    /// Below the media folder; where the file would be if it were there.
    pub path: String,
    /// Whether it can be had, with the file system having the last word.
    pub availability: Availability,
    /// What the row says of the phone: 1 here, -1 not here.
    pub local: i64,
    /// What the row says of iCloud: 1 there, 0 not there.
    pub remote: i64,
    /// Bytes, in the row and in the file.
    pub size: u64,
    /// Its uniform type identifier.
    pub uti: &'static str,
    /// Apple's fingerprint of the content, where iCloud knows it: by the formula for files that are not too large to be
    /// computed whole, else one that is the same for the same bytes.
    pub fingerprint: Option<String>,
}

/// What a resource is to its asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Role {
    OriginalPhoto,
    OriginalVideo,
    LiveVideo,
    /// The raw file of a pair.
    Alternate,
    Sidecar,
    EditedPhoto,
    EditedVideo,
    EditedLiveVideo,
    /// A smaller picture in place of an original.
    Rendition,
    SharedPhoto,
}

/// Whether a file can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Availability {
    /// On the phone.
    OnDevice,
    /// In iCloud, and not on the phone.
    OnlyInICloud,
    /// Nowhere.
    Missing,
}

/// A shared album of iOS 26: a share in which assets are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExpectedShare {
    /// In capitals.
    pub uuid: String,
    /// As its members see it.
    pub title: String,
    /// UUIDs of the assets, by date.
    pub assets: Vec<String>,
}

/// A row of the table of albums.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExpectedAlbum {
    /// In capitals.
    pub uuid: String,
    /// The database's number: 2 an album, 4000 a folder, 1505 a shared album, others are not the user's.
    pub kind: i64,
    /// Smart and technical ones have none.
    pub title: Option<String>,
    /// Titles of the folders it is in, outermost first.
    pub folders: Vec<String>,
    /// Whether it was deleted.
    pub trashed: bool,
    /// UUIDs of the assets, in the user's order.
    pub assets: Vec<String>,
}
