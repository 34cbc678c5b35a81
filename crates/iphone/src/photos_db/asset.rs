//! The assets: one row of `ZASSET` each, with what other tables say of it.

use super::cells::Cells;
use super::database::Database;
use super::resource::texts;
use super::schema::Schema;
use super::{PhotosDbError, dates};
use std::collections::HashMap;

const ATTRIBUTES: &str = "ZADDITIONALASSETATTRIBUTES";
const EXTENDED: &str = "ZEXTENDEDATTRIBUTES";

/// One photo or video of the library. Dates are nanoseconds since 1970 UTC and `None` when absurd; numbers whose meaning
/// is not known are kept as they are.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PhotosAsset {
    /// Its key in this database.
    pub key: i64,
    /// Its identity in the library, upper-case UUID.
    pub uuid: Option<String>,
    /// Its folder below the media folder; not checked.
    pub directory: Option<String>,
    /// Its file's name; not checked.
    pub filename: Option<String>,
    /// The name it had before it came into the library.
    pub original_name: Option<String>,
    /// Its original's size in bytes.
    pub original_bytes: Option<i64>,
    /// Its type.
    pub uti: Option<String>,
    /// `ZKIND`: 0 photo, 1 video.
    pub kind: Option<i64>,
    /// `ZKINDSUBTYPE`: 2 live, 10 screenshot, 101 slow motion and so on.
    pub subtype: i64,
    /// `ZPLAYBACKSTYLE`.
    pub playback: Option<i64>,
    /// `ZPLAYBACKVARIATION`: 1 loop, 2 bounce, 3 long exposure.
    pub variation: Option<i64>,
    /// `ZSAVEDASSETTYPE`.
    pub saved: Option<i64>,
    /// `ZBUNDLESCOPE`: 0 the library, 2 a shared album, 3 shared with the owner.
    pub scope: i64,
    /// When it was taken.
    pub created_ns: Option<i64>,
    /// When it came into the library.
    pub added_ns: Option<i64>,
    /// When it was changed last.
    pub modified_ns: Option<i64>,
    /// Where the clock stood, in seconds east of UTC.
    pub zone_offset: Option<i32>,
    /// The name of that zone.
    pub zone_name: Option<String>,
    /// The local time as the file has it, `YYYY:MM:DD hh:mm:ss`.
    pub exif_time: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its caption.
    pub caption: Option<String>,
    /// Whether its owner likes it.
    pub favorite: bool,
    /// Whether its owner hid it.
    pub hidden: bool,
    /// `ZTRASHEDSTATE`: 1 in Recently Deleted.
    pub trashed: i64,
    /// Since when.
    pub trashed_ns: Option<i64>,
    /// `ZVISIBILITYSTATE`: 2 not shown by itself, such as a frame of a burst.
    pub visibility: i64,
    /// `ZADJUSTMENTSSTATE`, or `ZHASADJUSTMENTS` before iOS 18: not 0 means edited.
    pub adjustments: i64,
    /// Who made the edits' recipe, such as `com.apple.photo`.
    pub adjustment_format: Option<String>,
    /// What the frames of a burst share.
    pub burst: Option<String>,
    /// `ZAVALANCHEPICKTYPE`, a set of bits.
    pub burst_pick: i64,
    /// What the two files of a Live Photo share.
    pub media_group: Option<String>,
    /// Degrees north; -180 for none.
    pub latitude: Option<f64>,
    /// Degrees east; -180 for none.
    pub longitude: Option<f64>,
    /// Pixels across, edits done.
    pub width: Option<i64>,
    /// Pixels down, edits done.
    pub height: Option<i64>,
    /// As in EXIF.
    pub orientation: Option<i64>,
    /// Seconds of a film.
    pub duration: Option<f64>,
    /// `ZDEPTHTYPE`.
    pub depth: i64,
    /// `ZHDRTYPE`.
    pub hdr: i64,
    /// `ZSPATIALTYPE`.
    pub spatial: i64,
    /// `ZHIGHFRAMERATESTATE`.
    pub high_frame_rate: i64,
    /// `ZISDETECTEDSCREENSHOT`.
    pub screenshot: bool,
    /// `ZLIBRARYSCOPESHARESTATE`: not 0 in a shared library.
    pub shared_library: i64,
    /// `ZCLOUDLOCALSTATE`: 1 in iCloud.
    pub cloud_state: i64,
    /// Whether the phone is done with taking it in.
    pub complete: bool,
    /// Whether the phone will still rewrite the photo.
    pub deferred_photo: bool,
    /// Whether the phone will still rewrite the film.
    pub deferred_video: bool,
    /// `ZCOLLECTIONSHARE`: the shared album of iOS 26 it is in.
    pub share: Option<i64>,
    /// `ZCAMERACAPTUREDEVICE`: 1 the camera on the side of the screen.
    pub camera: i64,
    /// `ZORIGINALRESOURCECHOICE`: 1 where the RAW stands for the asset.
    pub raw_is_original: i64,
    /// Apple's fingerprint of the original.
    pub fingerprint: Option<String>,
    /// `ZIMPORTEDBY`.
    pub imported_by: Option<i64>,
    /// `ZCLOUDLOCALSTATE` of its original.
    pub original_cloud_state: Option<i64>,
    /// What the camera says of itself.
    pub made_with: CameraFacts,
    /// Words its owner gave it.
    pub keywords: Vec<String>,
    /// Names of the people in it, in order of the alphabet.
    pub people: Vec<String>,
    pub(super) attributes: Option<i64>,
    derived_camera: Option<i64>,
    master: Option<i64>,
    unmanaged: Option<i64>,
}

/// Maker and model.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CameraFacts {
    /// Such as `Apple`.
    pub make: Option<String>,
    /// Such as `iPhone 15 Pro`.
    pub model: Option<String>,
}

/// Reads all assets, without keywords and people.
pub(super) fn read(database: &Database, schema: &Schema) -> Result<Vec<PhotosAsset>, PhotosDbError> {
    let mut assets: Vec<PhotosAsset> = Vec::new();
    database.each(schema, schema.assets()?, row, |asset| assets.extend(asset))?;
    let places = assets.iter().enumerate().map(|(place, asset)| (asset.key, place)).collect();
    attach(database, schema, (ATTRIBUTES, attributes_row), (&places, &mut assets))?;
    attach(database, schema, (EXTENDED, extended_row), (&places, &mut assets))?;
    look_up(database, schema, &mut assets)?;
    Ok(assets)
}

/// A row of another table: the key of the asset it is about, and what it adds.
type Addition = (Option<i64>, Box<dyn FnOnce(&mut PhotosAsset)>);

fn attach(
    database: &Database,
    schema: &Schema,
    (table, row): (&str, fn(&mut Cells<'_, '_>) -> Addition),
    (places, assets): (&HashMap<i64, usize>, &mut [PhotosAsset]),
) -> Result<(), PhotosDbError> {
    database.each(schema, table, row, |(key, add)| {
        let place = key.and_then(|key| places.get(&key).copied());
        if let Some(asset) = place.and_then(|place| assets.get_mut(place)) {
            add(asset);
        }
    })
}

fn row(cells: &mut Cells<'_, '_>) -> Option<PhotosAsset> {
    let key = cells.integer(&["Z_PK"]);
    let asset = PhotosAsset {
        key: key.unwrap_or(0),
        uuid: cells.text(&["ZUUID"]),
        directory: cells.text(&["ZDIRECTORY"]),
        filename: cells.text(&["ZFILENAME"]),
        uti: cells.text(&["ZUNIFORMTYPEIDENTIFIER"]),
        kind: cells.integer(&["ZKIND"]),
        subtype: cells.number(&["ZKINDSUBTYPE"]),
        playback: cells.integer(&["ZPLAYBACKSTYLE"]),
        variation: cells.integer(&["ZPLAYBACKVARIATION"]),
        saved: cells.integer(&["ZSAVEDASSETTYPE"]),
        scope: cells.number(&["ZBUNDLESCOPE"]),
        created_ns: dates::nanoseconds(cells.real(&["ZDATECREATED"])),
        added_ns: dates::nanoseconds(cells.real(&["ZADDEDDATE"])),
        modified_ns: dates::nanoseconds(cells.real(&["ZMODIFICATIONDATE"])),
        favorite: cells.flag(&["ZFAVORITE"]),
        hidden: cells.flag(&["ZHIDDEN"]),
        trashed: cells.number(&["ZTRASHEDSTATE"]),
        trashed_ns: dates::nanoseconds(cells.real(&["ZTRASHEDDATE"])),
        visibility: cells.number(&["ZVISIBILITYSTATE"]),
        adjustments: cells.number(&["ZADJUSTMENTSSTATE", "ZHASADJUSTMENTS"]),
        burst: cells.text(&["ZAVALANCHEUUID"]),
        burst_pick: cells.number(&["ZAVALANCHEPICKTYPE"]),
        media_group: cells.text(&["ZMEDIAGROUPUUID"]),
        latitude: cells.real(&["ZLATITUDE"]),
        longitude: cells.real(&["ZLONGITUDE"]),
        width: cells.integer(&["ZWIDTH"]),
        height: cells.integer(&["ZHEIGHT"]),
        orientation: cells.integer(&["ZORIENTATION"]),
        duration: cells.real(&["ZDURATION"]),
        ..more_of_row(cells)
    };
    key.map(|_| asset)
}

fn more_of_row(cells: &mut Cells<'_, '_>) -> PhotosAsset {
    PhotosAsset {
        depth: cells.number(&["ZDEPTHTYPE", "ZDEPTHSTATES"]),
        hdr: cells.number(&["ZHDRTYPE", "ZCUSTOMRENDEREDVALUE"]),
        spatial: cells.number(&["ZSPATIALTYPE"]),
        high_frame_rate: cells.number(&["ZHIGHFRAMERATESTATE"]),
        derived_camera: cells.integer(&["ZDERIVEDCAMERACAPTUREDEVICE"]),
        screenshot: cells.flag(&["ZISDETECTEDSCREENSHOT"]),
        shared_library: cells.number(&["ZLIBRARYSCOPESHARESTATE"]),
        cloud_state: cells.number(&["ZCLOUDLOCALSTATE"]),
        // A row without a word on it is of a version that has none.
        complete: cells.integer(&["ZCOMPLETE"]).is_none_or(|complete| complete != 0),
        deferred_photo: cells.flag(&["ZDEFERREDPROCESSINGNEEDED"]),
        deferred_video: cells.flag(&["ZVIDEODEFERREDPROCESSINGNEEDED"]),
        share: cells.integer(&["ZCOLLECTIONSHARE"]),
        master: cells.integer(&["ZMASTER"]),
        ..PhotosAsset::default()
    }
}

fn attributes_row(cells: &mut Cells<'_, '_>) -> Addition {
    let asset = cells.integer(&["ZASSET"]);
    let key = cells.integer(&["Z_PK"]);
    let zone = (cells.integer(&["ZTIMEZONEOFFSET"]), cells.integer(&["ZINFERREDTIMEZONEOFFSET"]));
    let zone_name = cells.text(&["ZTIMEZONENAME"]);
    let exif_time = cells.text(&["ZEXIFTIMESTAMPSTRING"]);
    let (name, bytes) = (cells.text(&["ZORIGINALFILENAME"]), cells.integer(&["ZORIGINALFILESIZE"]));
    let (title, camera) = (cells.text(&["ZTITLE"]), cells.integer(&["ZCAMERACAPTUREDEVICE"]));
    let raw_is_original = cells.number(&["ZORIGINALRESOURCECHOICE"]);
    let fingerprint = cells.text(&["ZORIGINALSTABLEHASH", "ZMASTERFINGERPRINT"]);
    let (imported_by, unmanaged) = (cells.integer(&["ZIMPORTEDBY"]), cells.integer(&["ZUNMANAGEDADJUSTMENT"]));
    let add = move |asset: &mut PhotosAsset| {
        asset.attributes = key;
        asset.zone_offset = dates::offset(zone.0.or(zone.1));
        asset.zone_name = zone_name;
        asset.exif_time = exif_time;
        asset.original_name = name;
        asset.original_bytes = bytes;
        asset.title = title;
        asset.camera = camera.or(asset.derived_camera).unwrap_or(0);
        asset.raw_is_original = raw_is_original;
        asset.fingerprint = fingerprint;
        asset.imported_by = imported_by;
        asset.unmanaged = unmanaged;
    };
    (asset, Box::new(add))
}

fn extended_row(cells: &mut Cells<'_, '_>) -> Addition {
    let asset = cells.integer(&["ZASSET"]);
    let (zone, zone_name) = (cells.integer(&["ZTIMEZONEOFFSET"]), cells.text(&["ZTIMEZONENAME"]));
    let (make, model) = (cells.text(&["ZCAMERAMAKE"]), cells.text(&["ZCAMERAMODEL"]));
    let add = move |asset: &mut PhotosAsset| {
        asset.zone_offset = asset.zone_offset.or_else(|| dates::offset(zone));
        asset.zone_name = asset.zone_name.take().or(zone_name);
        asset.made_with = CameraFacts { make, model };
    };
    (asset, Box::new(add))
}

/// Fills in what is found under a number: captions, names in iCloud, who made the edits.
fn look_up(database: &Database, schema: &Schema, assets: &mut [PhotosAsset]) -> Result<(), PhotosDbError> {
    let mut captions = HashMap::new();
    let caption = |cells: &mut Cells<'_, '_>| (cells.integer(&["ZASSETATTRIBUTES"]), cells.text(&["ZLONGDESCRIPTION"]));
    database.each(schema, "ZASSETDESCRIPTION", caption, |(key, text)| captions.extend(key.zip(text)))?;
    let mut masters = HashMap::new();
    let master = |cells: &mut Cells<'_, '_>| {
        (cells.integer(&["Z_PK"]), cells.text(&["ZORIGINALFILENAME"]), cells.integer(&["ZCLOUDLOCALSTATE"]))
    };
    let keep = |(key, name, state)| masters.extend(Option::zip(key, Some((name, state))));
    database.each(schema, "ZCLOUDMASTER", master, keep)?;
    let formats = texts(database, schema, ("ZUNMANAGEDADJUSTMENT", &["ZADJUSTMENTFORMATIDENTIFIER"]))?;
    for asset in assets {
        asset.caption = asset.attributes.and_then(|key| captions.get(&key).cloned());
        asset.adjustment_format = asset.unmanaged.and_then(|key| formats.get(&key).cloned());
        let (name, state) = asset.master.and_then(|key| masters.get(&key).cloned()).unwrap_or_default();
        asset.original_cloud_state = state;
        asset.original_name = asset.original_name.take().or(name).or_else(|| asset.filename.clone());
    }
    Ok(())
}
