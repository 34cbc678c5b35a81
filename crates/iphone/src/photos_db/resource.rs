//! The files of each asset as the database knows them: one row of `ZINTERNALRESOURCE` each.

use super::cells::Cells;
use super::database::Database;
use super::paths::{Place, is_safe, rendition};
use super::schema::Schema;
use super::{FileKey, PhotosAsset, PhotosDbError, Rendition, uti};
use domain::AppleFingerprint;
use std::collections::HashMap;

const TABLE: &str = "ZINTERNALRESOURCE";

/// What a resource is to its asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PhotosRole {
    /// The still that the camera wrote.
    OriginalPhoto,
    /// The film that the camera wrote.
    OriginalVideo,
    /// The film of a Live Photo.
    LiveVideo,
    /// The other of RAW and JPEG.
    Alternate,
    /// A still with the edits done.
    EditedPhoto,
    /// A film with the edits done.
    EditedVideo,
    /// The film of a Live Photo with the edits done.
    EditedLiveVideo,
    /// The recipe of the edits.
    AdjustmentData,
    /// The rendition that the edits start from.
    AdjustmentBase,
    /// A recipe or sidecar beside the original.
    Sidecar,
    /// A recording of sound.
    Audio,
    /// What lay outside the frame.
    Overcapture,
    /// A picture of a shared album.
    SharedPhoto,
    /// A film of a shared album.
    SharedVideo,
    /// A smaller rendition: never the original.
    Derivative,
    /// Anything else.
    Other,
}

impl PhotosRole {
    /// Returns the word for it in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OriginalPhoto => "original_photo",
            Self::OriginalVideo => "original_video",
            Self::LiveVideo => "live_video",
            Self::Alternate => "alternate",
            Self::EditedPhoto => "edited_photo",
            Self::EditedVideo => "edited_video",
            Self::EditedLiveVideo => "edited_live_video",
            Self::AdjustmentData => "adjustment_data",
            Self::AdjustmentBase => "adjustment_base",
            Self::Sidecar => "sidecar",
            Self::Audio => "audio",
            Self::Overcapture => "overcapture",
            Self::SharedPhoto => "shared_photo",
            Self::SharedVideo => "shared_video",
            Self::Derivative => "derivative",
            Self::Other => "skip",
        }
    }

    /// Decides by store (0 the library, 2 shared albums), kind, version (0 original, 1 base of edits, 2 edited, 3 a
    /// rendition of this device) and recipe.
    fn of(row: &PhotosResource) -> Self {
        let (kind, version, recipe) = (row.kind, row.version, row.recipe);
        match (row.store, kind, row.store_kind.unwrap_or(0)) {
            (2, Some(0), 3) => return Self::SharedPhoto,
            (2, Some(1), 8) => return Self::SharedVideo,
            (0, ..) => {}
            _ => return Self::Other,
        }
        match (kind, version, recipe) {
            (Some(0), Some(0), Some(0)) => Self::OriginalPhoto,
            (Some(1), Some(0), Some(0)) => Self::OriginalVideo,
            (Some(3), Some(0), Some(0)) => Self::LiveVideo,
            (Some(4), Some(0), _) => Self::Alternate,
            (Some(2), ..) => Self::Audio,
            (Some(5), ..) => Self::Sidecar,
            (Some(6..=8), ..) => Self::AdjustmentData,
            (Some(10 | 11), ..) => Self::Overcapture,
            (_, Some(1), _) => Self::AdjustmentBase,
            (Some(0), Some(2), Some(65_938)) => Self::EditedPhoto,
            (Some(1), Some(2), Some(131_072 | 131_075)) => Self::EditedVideo,
            (Some(3), Some(2), Some(131_072 | 131_272)) => Self::EditedLiveVideo,
            (Some(0 | 1 | 3), Some(0 | 2 | 3), _) => Self::Derivative,
            _ => Self::Other,
        }
    }
}

/// One resource. Numbers that are not known are kept as they are.
#[derive(Debug, Clone, PartialEq)]
pub struct PhotosResource {
    /// The asset's key.
    pub asset: i64,
    /// What it is to its asset.
    pub role: PhotosRole,
    /// `ZRESOURCETYPE`.
    pub kind: Option<i64>,
    /// `ZVERSION`.
    pub version: Option<i64>,
    /// `ZRECIPEID`.
    pub recipe: Option<i64>,
    /// `ZDATASTORECLASSID`.
    pub store: i64,
    /// `ZDATASTORESUBTYPE`, its kind in iCloud.
    pub store_kind: Option<i64>,
    /// `ZLOCALAVAILABILITY`: 1 on the phone, -1 not, -32768 not known.
    pub local: Option<i64>,
    /// `ZREMOTEAVAILABILITY`: 1 in iCloud.
    pub remote: Option<i64>,
    /// Its size in bytes, where the database is right.
    pub bytes: Option<i64>,
    /// Its type.
    pub uti: Option<String>,
    /// The four letters of a film's codec.
    pub codec: Option<String>,
    /// Width before orientation.
    pub width: Option<i64>,
    /// Height before orientation.
    pub height: Option<i64>,
    /// Apple's fingerprint of its bytes.
    pub fingerprint: Option<String>,
    /// The same where it makes sense, of the older of two columns if that has one: it stays when a phone is updated.
    pub apple: Option<AppleFingerprint>,
    /// Where its file is.
    pub key: Option<FileKey>,
    /// `ZCLOUDLOCALSTATE`.
    pub cloud_state: Option<i64>,
    /// `ZTRASHEDSTATE`.
    pub trashed: i64,
    uti_number: Option<i64>,
    codec_number: Option<i64>,
}

impl PhotosResource {
    /// Returns where its file may be below the media folder, best first, each a path that stays there.
    pub fn candidates(&self, asset: &PhotosAsset) -> Vec<String> {
        let keyed = self.key.as_ref().and_then(FileKey::path).map(str::to_owned);
        let mut all: Vec<String> = keyed.into_iter().collect();
        let ruled = asset.directory.as_deref().zip(asset.filename.as_deref()).map(|(directory, filename)| {
            let recipe = self.recipe.unwrap_or(0);
            Place { directory, filename, role: self.role, recipe, uti: self.uti.as_deref() }.candidates()
        });
        for path in ruled.unwrap_or_default() {
            if is_safe(&path) && !all.contains(&path) {
                all.push(path);
            }
        }
        all
    }

    /// Tells how large a rendition it is, `None` when it is none.
    pub fn rendition(&self) -> Option<Rendition> {
        let recipe = self.recipe.filter(|_| self.role == PhotosRole::Derivative)?;
        rendition(recipe).map(|(size, _)| size)
    }
}

/// Reads the resources that belong to an asset, and of them those that are wanted.
pub(super) fn read(
    database: &Database,
    schema: &Schema,
    wanted: fn(&PhotosResource) -> bool,
) -> Result<Vec<PhotosResource>, PhotosDbError> {
    let utis = texts(database, schema, ("ZUNIFORMTYPEIDENTIFIER", &["ZIDENTIFIER"]))?;
    let codecs = texts(database, schema, ("ZCODEC", &["ZFOURCHARCODENAME"]))?;
    let mut resources = Vec::new();
    let row = |cells: &mut Cells<'_, '_>| row(cells).filter(wanted);
    let copied = |texts: &HashMap<i64, String>, number: Option<i64>| Some(database.copy_of(texts.get(&number?)?));
    database.each_kept(schema, TABLE, row, |mut resource| {
        // Up to iOS 14 types and codecs have tables of their own.
        resource.uti = resource.uti.or_else(|| copied(&utis, resource.uti_number));
        resource.codec = resource.codec.or_else(|| copied(&codecs, resource.codec_number));
        resources.push(resource);
    })?;
    Ok(resources)
}

/// Reads a table that gives a text to each number.
pub(super) fn texts(
    database: &Database,
    schema: &Schema,
    (table, text): (&str, &'static [&'static str]),
) -> Result<HashMap<i64, String>, PhotosDbError> {
    let mut found = HashMap::new();
    let read = |cells: &mut Cells<'_, '_>| (cells.integer(&["Z_PK"]), cells.text(text));
    database.each(schema, table, read, |(key, text)| found.extend(key.zip(text)))?;
    Ok(found)
}

fn row(cells: &mut Cells<'_, '_>) -> Option<PhotosResource> {
    let asset = cells.integer(&["ZASSET"]);
    let mut resource = PhotosResource {
        asset: asset.unwrap_or(0),
        role: PhotosRole::Other,
        kind: cells.integer(&["ZRESOURCETYPE"]),
        version: cells.integer(&["ZVERSION"]),
        recipe: cells.integer(&["ZRECIPEID"]),
        store: cells.number(&["ZDATASTORECLASSID"]),
        store_kind: cells.integer(&["ZDATASTORESUBTYPE"]),
        local: cells.integer(&["ZLOCALAVAILABILITY"]),
        remote: cells.integer(&["ZREMOTEAVAILABILITY"]),
        bytes: cells.integer(&["ZDATALENGTH"]),
        uti: cells.text(&["ZCOMPACTUTI"]).map(uti::in_full),
        codec: cells.text(&["ZCODECFOURCHARCODENAME"]),
        width: cells.integer(&["ZUNORIENTEDWIDTH"]),
        height: cells.integer(&["ZUNORIENTEDHEIGHT"]),
        fingerprint: cells.text(&["ZSTABLEHASH", "ZFINGERPRINT"]),
        apple: cells.text(&["ZFINGERPRINT"]).and_then(|text| AppleFingerprint::parse(&text)),
        key: cells.blob(&["ZDATASTOREKEYDATA"]).and_then(|key| FileKey::decode(&key)),
        cloud_state: cells.integer(&["ZCLOUDLOCALSTATE"]),
        trashed: cells.number(&["ZTRASHEDSTATE"]),
        uti_number: cells.integer(&["ZUNIFORMTYPEIDENTIFIER"]),
        codec_number: cells.integer(&["ZCODEC"]),
    };
    resource.role = PhotosRole::of(&resource);
    resource.apple = resource.apple.or_else(|| AppleFingerprint::parse(resource.fingerprint.as_deref()?));
    asset.map(|_| resource)
}
