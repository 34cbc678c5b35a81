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
    attach(database, schema, (ATTRIBUTES, attributes_row, add_attributes), (&places, &mut assets))?;
    attach(database, schema, (EXTENDED, extended_row, add_extended), (&places, &mut assets))?;
    look_up(database, schema, &mut assets)?;
    Ok(assets)
}

/// A row of another table: the key of the asset it is about, and what it adds.
type Addition<T> = (Option<i64>, T);
/// Another table: its name, how a row of it is read, and how what it adds is added.
type Beside<T> = (&'static str, fn(&mut Cells<'_, '_>) -> Addition<T>, fn(&mut PhotosAsset, T));

fn attach<T>(
    database: &Database,
    schema: &Schema,
    (table, row, add): Beside<T>,
    (places, assets): (&HashMap<i64, usize>, &mut [PhotosAsset]),
) -> Result<(), PhotosDbError> {
    database.each(schema, table, row, |(key, addition)| {
        let place = key.and_then(|key| places.get(&key).copied());
        if let Some(asset) = place.and_then(|place| assets.get_mut(place)) {
            add(asset, addition);
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

struct Attributes {
    key: Option<i64>,
    zones: [Option<i64>; 2],
    zone_name: Option<String>,
    exif_time: Option<String>,
    original_name: Option<String>,
    original_bytes: Option<i64>,
    title: Option<String>,
    camera: Option<i64>,
    raw_is_original: i64,
    fingerprint: Option<String>,
    imported_by: Option<i64>,
    unmanaged: Option<i64>,
}

fn attributes_row(cells: &mut Cells<'_, '_>) -> Addition<Attributes> {
    let asset = cells.integer(&["ZASSET"]);
    let attributes = Attributes {
        key: cells.integer(&["Z_PK"]),
        zones: [cells.integer(&["ZTIMEZONEOFFSET"]), cells.integer(&["ZINFERREDTIMEZONEOFFSET"])],
        zone_name: cells.text(&["ZTIMEZONENAME"]),
        exif_time: cells.text(&["ZEXIFTIMESTAMPSTRING"]),
        original_name: cells.text(&["ZORIGINALFILENAME"]),
        original_bytes: cells.integer(&["ZORIGINALFILESIZE"]),
        title: cells.text(&["ZTITLE"]),
        camera: cells.integer(&["ZCAMERACAPTUREDEVICE"]),
        raw_is_original: cells.number(&["ZORIGINALRESOURCECHOICE"]),
        fingerprint: cells.text(&["ZORIGINALSTABLEHASH", "ZMASTERFINGERPRINT"]),
        imported_by: cells.integer(&["ZIMPORTEDBY"]),
        unmanaged: cells.integer(&["ZUNMANAGEDADJUSTMENT"]),
    };
    (asset, attributes)
}

fn add_attributes(asset: &mut PhotosAsset, row: Attributes) {
    let [zone, inferred] = row.zones;
    asset.attributes = row.key;
    asset.zone_offset = dates::offset(zone.or(inferred));
    asset.zone_name = row.zone_name;
    asset.exif_time = row.exif_time;
    asset.original_name = row.original_name;
    asset.original_bytes = row.original_bytes;
    asset.title = row.title;
    asset.camera = row.camera.or(asset.derived_camera).unwrap_or(0);
    asset.raw_is_original = row.raw_is_original;
    asset.fingerprint = row.fingerprint;
    asset.imported_by = row.imported_by;
    asset.unmanaged = row.unmanaged;
}

struct Extended {
    zone: Option<i64>,
    zone_name: Option<String>,
    made_with: CameraFacts,
}

fn extended_row(cells: &mut Cells<'_, '_>) -> Addition<Extended> {
    let asset = cells.integer(&["ZASSET"]);
    let (zone, zone_name) = (cells.integer(&["ZTIMEZONEOFFSET"]), cells.text(&["ZTIMEZONENAME"]));
    let made_with = CameraFacts { make: cells.text(&["ZCAMERAMAKE"]), model: cells.text(&["ZCAMERAMODEL"]) };
    (asset, Extended { zone, zone_name, made_with })
}

fn add_extended(asset: &mut PhotosAsset, row: Extended) {
    asset.zone_offset = asset.zone_offset.or_else(|| dates::offset(row.zone));
    asset.zone_name = asset.zone_name.take().or(row.zone_name);
    asset.made_with = row.made_with;
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
        asset.caption = asset.attributes.and_then(|key| captions.get(&key)).map(|text| database.copy_of(text));
        asset.adjustment_format = asset.unmanaged.and_then(|key| formats.get(&key)).map(|text| database.copy_of(text));
        let (name, state) = asset.master.and_then(|key| masters.get(&key)).unwrap_or(&(None, None));
        asset.original_cloud_state = *state;
        let known = asset.original_name.take();
        asset.original_name =
            known.or_else(|| name.as_deref().or(asset.filename.as_deref()).map(|name| database.copy_of(name)));
    }
    database.within_limits()
}
