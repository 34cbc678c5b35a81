//! Rows of the table that says, for each file of an asset, where it is.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::keys;
use super::table::Table;
use crate::library::expected::{ExpectedResource, Role};
use crate::library::schema::Schema;

const COLUMNS: [&str; 16] = [
    "ZASSET",
    "Z34_ASSET",
    "ZRESOURCETYPE",
    "ZVERSION",
    "ZRECIPEID",
    "ZDATASTORECLASSID",
    "ZDATASTORESUBTYPE",
    "ZLOCALAVAILABILITY",
    "ZREMOTEAVAILABILITY",
    "ZCLOUDLOCALSTATE",
    "ZDATALENGTH",
    "ZTRASHEDSTATE",
    "ZDATASTOREKEYDATA",
    "ZFINGERPRINT",
    "ZSTABLEHASH",
    "ZUTI",
];

pub(super) struct Resources<'c> {
    rows: Table<'c>,
    types: Table<'c>,
    known: BTreeMap<String, i64>,
    asset_entity: i64,
    codes: bool,
}

/// Type, version, recipe and the number that iCloud uses.
fn numbers(role: Role, movie: bool) -> (i64, i64, i64, i64) {
    match role {
        Role::OriginalPhoto => (0, 0, 0, 1),
        Role::OriginalVideo => (1, 0, 0, 1),
        Role::LiveVideo => (3, 0, 0, 18),
        Role::Alternate => (4, 0, 0, 17),
        Role::Sidecar => (5, 0, 0, 22),
        Role::EditedPhoto => (0, 2, 65_938, 2),
        Role::EditedVideo => (1, 2, 131_072, 16),
        Role::EditedLiveVideo => (3, 2, 131_272, 19),
        Role::Rendition if movie => (1, 0, 131_079, 6),
        Role::Rendition => (0, 0, 65_741, 4),
        Role::SharedPhoto => (0, 0, 65_741, 3),
    }
}

/// Codes of file types in newer generations.
fn code(uti: &str) -> i64 {
    match uti {
        "public.jpeg" => 1,
        "public.png" => 6,
        "com.compuserve.gif" => 7,
        "com.adobe.raw-image" => 9,
        "com.apple.quicktime-movie" => 23,
        "public.mpeg-4" => 24,
        "com.apple.photos.apple-adjustment-envelope" => 37,
        _ => 0,
    }
}

fn known_types(database: &Connection) -> rusqlite::Result<BTreeMap<String, i64>> {
    let mut read = database.prepare("SELECT ZIDENTIFIER, Z_PK FROM ZUNIFORMTYPEIDENTIFIER")?;
    read.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

impl<'c> Resources<'c> {
    pub(super) fn new(database: &'c Connection, schema: &Schema) -> rusqlite::Result<Self> {
        let codes = schema.has("ZINTERNALRESOURCE", "ZCOMPACTUTI");
        let mut columns = COLUMNS;
        columns[15] = if codes { "ZCOMPACTUTI" } else { "ZUNIFORMTYPEIDENTIFIER" };
        let types = ("ZUNIFORMTYPEIDENTIFIER", "UniformTypeIdentifier");
        let known = if codes { BTreeMap::new() } else { known_types(database)? };
        Ok(Self {
            rows: Table::new(database, schema, ("ZINTERNALRESOURCE", "InternalResource"), &columns)?,
            types: Table::new(database, schema, types, &["ZIDENTIFIER"])?,
            known,
            asset_entity: schema.entity("Asset"),
            codes,
        })
    }

    pub(super) fn write(&mut self, asset: i64, resource: &ExpectedResource) -> rusqlite::Result<()> {
        let movie = resource.uti == "public.mpeg-4";
        let (kind, version, recipe, subtype) = numbers(resource.role, movie);
        let class = if resource.role == Role::SharedPhoto { 2 } else { 0 };
        let key = match resource.role {
            _ if resource.local != 1 => None,
            Role::Rendition => keys::of_path(&resource.path),
            _ => Some(keys::of_kind(kind, version, recipe, code(resource.uti))),
        };
        let uti = self.uti(resource.uti)?;
        let cloud = if resource.remote == 1 { 3 } else { 0 };
        self.rows.insert(&[
            &asset,
            &self.asset_entity,
            &kind,
            &version,
            &recipe,
            &class,
            &subtype,
            &resource.local,
            &resource.remote,
            &cloud,
            &resource.size.cast_signed(),
            &0,
            &key,
            &resource.fingerprint,
            &resource.fingerprint,
            &uti,
        ])?;
        Ok(())
    }

    /// Newer generations have a code in the row, older ones the number of a row that has the name.
    fn uti(&mut self, name: &'static str) -> rusqlite::Result<rusqlite::types::Value> {
        if self.codes {
            return Ok(code(name).to_string().into());
        }
        if let Some(number) = self.known.get(name) {
            return Ok((*number).into());
        }
        let number = self.types.insert(&[&name])?;
        self.known.insert(name.to_owned(), number);
        Ok(number.into())
    }
}
