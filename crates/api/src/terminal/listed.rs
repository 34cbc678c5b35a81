//! What `keepsake list` prints: assets with their files, and what the phone's own library says of them.

use super::albums::{self, ListedAlbum};
use crate::dto::ErrorDto;
use catalog::{Catalog, ScannedAsset};
use domain::{AssetDetails, Evidence, SourceId};
use serde::Serialize;
use std::collections::HashMap;

/// An asset as `keepsake list` prints it.
#[derive(Debug, Clone, Serialize)]
pub struct ListedAsset {
    /// Names it in `keepsake import --assets`.
    pub id: String,
    /// Its primary file's name.
    pub name: String,
    /// `photo`, `video`, `live_photo` or `other`.
    pub kind: &'static str,
    /// RFC 3339; without an offset where none is known.
    pub taken_at: String,
    /// Size of all its files.
    pub bytes: u64,
    /// Its files, the primary one first.
    pub resources: Vec<ListedResource>,
    /// `new` or `already_imported`.
    pub state: &'static str,
    /// Whether the primary file can be had: `on_device`, `only_in_icloud` or `missing`.
    pub availability: &'static str,
    /// What the phone's own library says of it; nothing for what comes from elsewhere.
    #[serde(flatten)]
    pub library: Option<LibraryFacts>,
    /// Where the copy of its primary file is, relative to the library; left out while it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub library_path: Option<String>,
    /// How its copy in the library was verified: `phone_hash`, `second_read` or `read_back`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<&'static str>,
    /// What was made of its photos and is in the library with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub made: Vec<ListedMade>,
    /// Where a smaller picture of it is, relative to the library: its original is only in iCloud.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rendition: Option<String>,
    /// What is wrong with it, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

/// A file in the library that was made of a photo.
#[derive(Debug, Clone, Serialize)]
pub struct ListedMade {
    /// Where it is, relative to the library.
    pub path: String,
    /// `converted`, `scaled` or `details`.
    pub role: String,
}

/// A file of an asset.
#[derive(Debug, Clone, Serialize)]
pub struct ListedResource {
    /// Where it is at the source.
    pub path: String,
    /// What it is to its asset.
    pub role: &'static str,
    /// Its size.
    pub bytes: u64,
    /// Whether it can be had: `on_device`, `only_in_icloud` or `missing`.
    pub availability: &'static str,
}

/// What the phone's own library says of an asset.
#[derive(Debug, Clone, Serialize)]
pub struct LibraryFacts {
    /// Its identity there.
    pub uuid: Option<String>,
    /// The name it had before the phone gave it another.
    pub original_name: Option<String>,
    /// The albums it is in, each as the folders it lies in and its own title.
    pub albums: Vec<Vec<String>>,
    /// Whether it is a favourite.
    pub favorite: bool,
    /// Whether its owner hid it.
    pub hidden: bool,
    /// Whether it was deleted.
    pub deleted: bool,
    /// Whether it is there only because others share an album with the phone's owner.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
    /// Whether it was edited.
    pub edited: bool,
    /// The burst it is a frame of.
    pub burst: Option<ListedBurst>,
    /// Its title.
    pub title: Option<String>,
    /// Its caption.
    pub caption: Option<String>,
    /// Words its owner gave it.
    pub keywords: Vec<String>,
    /// Names of the people in it.
    pub people: Vec<String>,
    /// Degrees north and east.
    pub place: Option<[f64; 2]>,
    /// Width and height.
    pub pixels: Option<[u32; 2]>,
}

/// A frame's place in a burst.
#[derive(Debug, Clone, Serialize)]
pub struct ListedBurst {
    /// What its frames share.
    pub id: String,
    /// Whether it stands for the burst or was chosen.
    pub picked: bool,
}

/// What a listing found.
#[derive(Debug, Clone, Serialize)]
pub struct Listing {
    /// Every asset.
    pub assets: Vec<ListedAsset>,
    /// Files left out for being neither photo nor video.
    pub ignored: u64,
    /// Files and folders that could not be looked at; each is among the assets, with a warning.
    pub unreadable: u64,
    /// What the user must know of the listing as a whole.
    pub notes: Vec<String>,
}

impl Listing {
    /// Counts what is in the albums of a phone, in the order of their paths.
    pub fn albums(&self) -> Vec<ListedAlbum> {
        albums::of(self)
    }
}

/// Tells by the identity of a photo where a smaller picture of it is.
pub(super) fn renditions(catalog: Option<&Catalog>, source: &SourceId) -> Result<HashMap<String, String>, ErrorDto> {
    let saved = catalog.map(|catalog| catalog.renditions(source)).transpose()?.unwrap_or_default();
    Ok(saved.into_iter().map(|one| (one.uuid, one.file.path.to_string())).collect())
}

/// Describes an asset; the catalog tells how its copy was verified.
pub(super) fn listed(
    scanned: ScannedAsset,
    catalog: Option<&Catalog>,
    renditions: &HashMap<String, String>,
) -> Result<ListedAsset, ErrorDto> {
    let asset = scanned.asset;
    let uuid = asset.details.uuid.as_ref().filter(|_| scanned.library_path.is_none());
    let rendition = uuid.and_then(|uuid| renditions.get(uuid)).cloned();
    let (evidence, made) = match (catalog, &scanned.library_path) {
        (Some(catalog), Some(path)) => (catalog.evidence(path.as_str())?, catalog.made_of(path.as_str())?),
        _ => (None, Vec::new()),
    };
    Ok(ListedAsset {
        id: asset.id.to_string(),
        name: asset.name().to_owned(),
        kind: asset.kind.as_str(),
        taken_at: asset.taken.to_rfc3339(),
        bytes: asset.bytes(),
        resources: asset
            .resources
            .iter()
            .map(|r| ListedResource {
                path: r.path().to_string(),
                role: r.role.as_str(),
                bytes: r.fingerprint.bytes,
                availability: r.availability.as_str(),
            })
            .collect(),
        state: if scanned.library_path.is_some() { "already_imported" } else { "new" },
        availability: asset.primary().availability.as_str(),
        library: library_facts(asset.details),
        evidence: evidence.map(Evidence::as_str),
        library_path: scanned.library_path.map(|path| path.to_string()),
        rendition,
        made: made.into_iter().map(|(path, role)| ListedMade { path, role }).collect(),
        warning: scanned.warning,
    })
}

fn library_facts(details: AssetDetails) -> Option<LibraryFacts> {
    if details == AssetDetails::default() {
        return None;
    }
    Some(LibraryFacts {
        uuid: details.uuid,
        original_name: details.original_name,
        albums: details.albums,
        favorite: details.favorite,
        hidden: details.hidden,
        deleted: details.deleted,
        shared: details.shared,
        edited: details.edited,
        burst: details.burst.map(|burst| ListedBurst { id: burst.id, picked: burst.picked }),
        title: details.title,
        caption: details.caption,
        keywords: details.keywords,
        people: details.people,
        place: details.place.map(|place| [place.latitude, place.longitude]),
        pixels: details.pixels.map(|(width, height)| [width, height]),
    })
}
