//! Rows of assets and of what is in a row of its own beside each.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::EPOCH;
use super::resources::Resources;
use super::table::Table;
use crate::library::expected::{ExpectedAsset, Kind, Origin};
use crate::library::furnish::primary_uti;
use crate::library::schema::Schema;

const ASSET: [&str; 39] = [
    "ZUUID",
    "ZDIRECTORY",
    "ZFILENAME",
    "ZUNIFORMTYPEIDENTIFIER",
    "ZKIND",
    "ZKINDSUBTYPE",
    "ZPLAYBACKSTYLE",
    "ZSAVEDASSETTYPE",
    "ZDATECREATED",
    "ZADDEDDATE",
    "ZMODIFICATIONDATE",
    "ZFAVORITE",
    "ZHIDDEN",
    "ZTRASHEDSTATE",
    "ZTRASHEDDATE",
    "ZVISIBILITYSTATE",
    "ZCOMPLETE",
    "ZLATITUDE",
    "ZLONGITUDE",
    "ZWIDTH",
    "ZHEIGHT",
    "ZORIENTATION",
    "ZAVALANCHEUUID",
    "ZAVALANCHEPICKTYPE",
    "ZAVALANCHEKIND",
    "ZBUNDLESCOPE",
    "ZHASADJUSTMENTS",
    "ZADJUSTMENTSSTATE",
    "ZDEPTHTYPE",
    "ZDEPTHSTATES",
    "ZHDRTYPE",
    "ZCUSTOMRENDEREDVALUE",
    "ZHIGHFRAMERATESTATE",
    "ZISDETECTEDSCREENSHOT",
    "ZCLOUDLOCALSTATE",
    "ZADDITIONALATTRIBUTES",
    "ZMASTER",
    "ZDURATION",
    "ZCOLLECTIONSHARE",
];
const ATTRIBUTES: [&str; 12] = [
    "ZASSET",
    "Z34_ASSET",
    "ZORIGINALFILENAME",
    "ZTITLE",
    "ZTIMEZONEOFFSET",
    "ZTIMEZONENAME",
    "ZCAMERACAPTUREDEVICE",
    "ZORIGINALRESOURCECHOICE",
    "ZORIGINALFILESIZE",
    "ZUNMANAGEDADJUSTMENT",
    "ZMASTERFINGERPRINT",
    "ZORIGINALSTABLEHASH",
];
/// A date no calendar has; real databases were seen to hold it.
const ABSURD_DATE: f64 = 123_456_789_012_345.0;
const NOWHERE: f64 = -180.0;

/// Adds assets of which so many are there already. `shares` has the row of the share that an asset is in.
pub(super) fn write(
    database: &Connection,
    schema: &Schema,
    assets: &[ExpectedAsset],
    there: usize,
    shares: &BTreeMap<String, i64>,
) -> rusqlite::Result<()> {
    let mut tables = Tables::new(database, schema, shares)?;
    for (place, asset) in assets.iter().enumerate() {
        tables.write(there + place, asset)?;
    }
    Ok(())
}

struct Tables<'c> {
    assets: Table<'c>,
    attributes: Table<'c>,
    extended: Table<'c>,
    descriptions: Table<'c>,
    masters: Table<'c>,
    adjustments: Table<'c>,
    resources: Resources<'c>,
    asset_entity: i64,
    shares: &'c BTreeMap<String, i64>,
}

impl<'c> Tables<'c> {
    fn new(database: &'c Connection, schema: &Schema, shares: &'c BTreeMap<String, i64>) -> rusqlite::Result<Self> {
        let table = |name, columns: &[&str]| Table::new(database, schema, name, columns);
        Ok(Self {
            assets: table((schema.asset_table(), "Asset"), &ASSET)?,
            attributes: table(("ZADDITIONALASSETATTRIBUTES", "AdditionalAssetAttributes"), &ATTRIBUTES)?.skip(500),
            extended: table(
                ("ZEXTENDEDATTRIBUTES", "ExtendedAttributes"),
                &["ZASSET", "ZCAMERAMAKE", "ZCAMERAMODEL", "ZDATECREATED"],
            )?
            .skip(900),
            descriptions: table(("ZASSETDESCRIPTION", "AssetDescription"), &["ZASSETATTRIBUTES", "ZLONGDESCRIPTION"])?,
            masters: table(("ZCLOUDMASTER", "CloudMaster"), &["ZORIGINALFILENAME", "ZCLOUDLOCALSTATE"])?,
            adjustments: table(
                ("ZUNMANAGEDADJUSTMENT", "UnmanagedAdjustment"),
                &["ZASSETATTRIBUTES", "ZADJUSTMENTFORMATIDENTIFIER"],
            )?,
            resources: Resources::new(database, schema)?,
            asset_entity: schema.entity("Asset"),
            shares,
        })
    }

    fn write(&mut self, place: usize, asset: &ExpectedAsset) -> rusqlite::Result<()> {
        let in_cloud = asset.origin != Origin::SharedAlbum && asset.resources.first().is_some_and(|r| r.remote == 1);
        let master = match in_cloud {
            true => Some(self.masters.insert(&[&asset.original_name, &3])?),
            false => None,
        };
        let attributes = self.attributes.next();
        let number = self.asset(place, asset, attributes, master)?;
        let adjustment = match asset.edited {
            true => Some(self.adjustments.insert(&[&attributes, &adjustment_format(asset.kind)])?),
            false => None,
        };
        self.attributes(number, asset, adjustment)?;
        let created = asset.created.map(|second| second - EPOCH);
        self.extended.insert(&[&number, &"Apple", &"iPhone 15 Pro", &created])?;
        if let Some(caption) = &asset.caption {
            self.descriptions.insert(&[&attributes, caption])?;
        }
        asset.resources.iter().try_for_each(|resource| self.resources.write(number, resource))
    }

    fn asset(
        &mut self,
        place: usize,
        asset: &ExpectedAsset,
        attributes: i64,
        master: Option<i64>,
    ) -> rusqlite::Result<i64> {
        let kind = i64::from(asset.seconds.is_some());
        let (subtype, style) = subtype_and_style(asset.kind);
        let undated = if place % 2 == 1 { Some(ABSURD_DATE) } else { None };
        let created = asset.created.map(|second| second - EPOCH).or(undated);
        let added = asset.created.unwrap_or(EPOCH) - EPOCH + 60.0;
        let (saved, scope) = saved_and_scope(asset.origin);
        let (latitude, longitude) = asset.place.unwrap_or((NOWHERE, NOWHERE));
        let burst = asset.burst.as_ref();
        let adjusted = adjusted(asset);
        let portrait = asset.kind == Kind::Portrait;
        self.assets.insert(&[
            &asset.uuid,
            &asset.directory,
            &asset.file_name,
            &primary_uti(asset),
            &kind,
            &subtype,
            &style,
            &saved,
            &created,
            &added,
            &added,
            &asset.favorite,
            &asset.hidden,
            &asset.deleted.is_some(),
            &asset.deleted.map(|second| second - EPOCH),
            &if asset.visible { 0 } else { 2 },
            &1,
            &latitude,
            &longitude,
            &4032,
            &3024,
            &1,
            &burst.map(|burst| &burst.uuid),
            &burst.map_or(0, |burst| burst.pick),
            &i64::from(burst.is_some()),
            &scope,
            &(adjusted != 0),
            &adjusted,
            &i64::from(portrait),
            &if portrait { 2 } else { 0 },
            &0,
            &0,
            &if asset.kind == Kind::SlowMotion { 3 } else { 0 },
            &(asset.kind == Kind::Screenshot),
            &i64::from(master.is_some()),
            &attributes,
            &master,
            &asset.seconds.unwrap_or_default(),
            &self.shares.get(&asset.uuid),
        ])
    }

    fn attributes(&mut self, number: i64, asset: &ExpectedAsset, adjustment: Option<i64>) -> rusqlite::Result<i64> {
        let primary = asset.resources.first();
        let fingerprint = primary.and_then(|resource| resource.fingerprint.as_deref());
        self.attributes.insert(&[
            &number,
            &self.asset_entity,
            &asset.original_name,
            &asset.title,
            &asset.zone.map(|zone| zone.offset),
            &asset.zone.map(|zone| zone.name),
            &0,
            &0,
            &primary.map(|resource| resource.size.cast_signed()),
            &adjustment,
            &fingerprint,
            &fingerprint,
        ])
    }
}

fn saved_and_scope(origin: Origin) -> (i64, i64) {
    match origin {
        Origin::Camera => (3, 0),
        Origin::ICloud => (6, 0),
        Origin::SharedAlbum => (4, 2),
    }
}

/// Slow motion counts as adjusted though nothing was rendered.
fn adjusted(asset: &ExpectedAsset) -> i64 {
    match (asset.edited, asset.kind) {
        (false, _) => 0,
        (true, Kind::SlowMotion) => 3,
        (true, _) => 2,
    }
}

fn adjustment_format(kind: Kind) -> &'static str {
    if kind == Kind::SlowMotion { "com.apple.video.slomo" } else { "com.apple.photo" }
}

fn subtype_and_style(kind: Kind) -> (i64, i64) {
    match kind {
        Kind::Photo | Kind::Portrait => (0, 1),
        Kind::Panorama => (1, 1),
        Kind::Live => (2, 3),
        Kind::Screenshot => (10, 1),
        Kind::Movie => (0, 4),
        Kind::SlowMotion => (101, 4),
        Kind::TimeLapse => (102, 4),
        Kind::ScreenRecording => (103, 4),
        Kind::Animation => (0, 2),
    }
}
