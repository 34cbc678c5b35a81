//! Rows of albums and folders, keywords and people, with the joins that lead to them.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::table::Table;
use crate::library::albums::{FOLDER, IMPORT, SHARED, SMART};
use crate::library::expected::{Expected, ExpectedAlbum, ExpectedShare};
use crate::library::schema::Schema;

const ROOT: i64 = 3999;
/// Places in an album are this far apart, so that one can be put between two.
const STEP: i64 = 1024;
const COLUMNS: [&str; 10] = [
    "ZKIND",
    "ZTITLE",
    "ZPARENTFOLDER",
    "Z_FOK_PARENTFOLDER",
    "ZTRASHEDSTATE",
    "ZUUID",
    "ZCUSTOMSORTASCENDING",
    "ZCUSTOMSORTKEY",
    "ZCACHEDCOUNT",
    "ZCLOUDGUID",
];
/// Every so many assets has a face that nobody gave a name.
const UNNAMED_EVERY: usize = 40;

/// Adds all albums, keywords and people of a library whose assets are there.
pub(super) fn write(database: &Connection, schema: &Schema, library: &Expected) -> rusqlite::Result<()> {
    let numbers = library.assets.iter().zip(1..).map(|(asset, number)| (asset.uuid.as_str(), number)).collect();
    albums(database, schema, &library.albums, &numbers)?;
    keywords(database, schema, library)?;
    people(database, schema, library)
}

fn albums(
    database: &Connection,
    schema: &Schema,
    albums: &[ExpectedAlbum],
    numbers: &BTreeMap<&str, i64>,
) -> rusqlite::Result<()> {
    let (album, root) = (schema.entity("Album"), schema.asset_root());
    let join =
        format!("INSERT INTO Z_{album}ASSETS (Z_{album}ALBUMS, Z_{root}ASSETS, Z_FOK_{root}ASSETS) VALUES (?, ?, ?)");
    let mut members = database.prepare(&join)?;
    let mut last = 0;
    let mut row = |kind: i64, album: Option<&ExpectedAlbum>, parent: Option<i64>| {
        let mut table = Table::new(database, schema, ("ZGENERICALBUM", entity(kind)), &COLUMNS)?;
        last += 1;
        table.insert(&[
            &kind,
            &album.and_then(|album| album.title.as_deref()),
            &parent,
            &parent.map(|_| last * STEP),
            &album.is_some_and(|album| album.trashed),
            &album.map_or("00000000-0000-4000-8000-000000003999", |album| &album.uuid),
            &1,
            &0,
            &album.map_or(0, |album| album.assets.len() as i64),
            &album.filter(|album| album.kind == SHARED).map(|album| &album.uuid),
        ])
    };
    let top = row(ROOT, None, None)?;
    let mut folders = BTreeMap::from([(Vec::new(), top)]);
    for album in albums {
        let in_tree = !matches!(album.kind, SHARED | IMPORT);
        let parent = if in_tree { folders.get(&album.folders).copied() } else { None };
        let number = row(album.kind, Some(album), parent)?;
        if let (FOLDER, Some(title)) = (album.kind, &album.title) {
            folders.insert([album.folders.as_slice(), std::slice::from_ref(title)].concat(), number);
        }
        for (place, uuid) in album.assets.iter().enumerate() {
            members.execute(params![number, numbers.get(uuid.as_str()), (place as i64 + 1) * STEP])?;
        }
    }
    Ok(())
}

/// Adds the shares of newer generations; returns which asset, by its UUID, is in the share of which row.
pub(super) fn write_shares(
    database: &Connection,
    schema: &Schema,
    shares: &[ExpectedShare],
) -> rusqlite::Result<BTreeMap<String, i64>> {
    let columns = ["ZUUID", "ZTITLE", "ZTRASHEDSTATE", "ZSTATUS", "ZCOLLECTIONSHAREKIND"];
    let mut table = Table::new(database, schema, ("ZSHARE", "CollectionShare"), &columns)?;
    let mut rows = BTreeMap::new();
    for share in shares {
        let number = table.insert(&[&share.uuid, &share.title, &0, &1, &0])?;
        rows.extend(share.assets.iter().map(|asset| (asset.clone(), number)));
    }
    Ok(rows)
}

/// The class of an album's row.
fn entity(kind: i64) -> &'static str {
    match kind {
        FOLDER | ROOT => "Folder",
        SHARED => "CloudSharedAlbum",
        IMPORT => "ImportSession",
        SMART => "FetchingAlbum",
        _ => "Album",
    }
}

/// The number of the attributes' row of an asset's, found by place.
fn attributes_of(database: &Connection) -> rusqlite::Result<Vec<i64>> {
    let mut read = database.prepare("SELECT Z_PK FROM ZADDITIONALASSETATTRIBUTES ORDER BY ZASSET")?;
    read.query_map([], |row| row.get(0))?.collect()
}

fn keywords(database: &Connection, schema: &Schema, library: &Expected) -> rusqlite::Result<()> {
    let attributes = attributes_of(database)?;
    let (owner, word) = (schema.entity("AdditionalAssetAttributes"), schema.entity("Keyword"));
    let join = format!("INSERT INTO Z_{owner}KEYWORDS (Z_{owner}ASSETATTRIBUTES, Z_{word}KEYWORDS) VALUES (?, ?)");
    let mut members = database.prepare(&join)?;
    let mut table = Table::new(database, schema, ("ZKEYWORD", "Keyword"), &["ZTITLE"])?;
    let mut known = BTreeMap::new();
    for (asset, attributes) in library.assets.iter().zip(attributes) {
        for keyword in &asset.keywords {
            let number = match known.get(keyword) {
                Some(number) => *number,
                None => table.insert(&[keyword])?,
            };
            known.insert(*keyword, number);
            members.execute(params![attributes, number])?;
        }
    }
    Ok(())
}

fn people(database: &Connection, schema: &Schema, library: &Expected) -> rusqlite::Result<()> {
    let mut people = Table::new(database, schema, ("ZPERSON", "Person"), &["ZFULLNAME", "ZDISPLAYNAME"])?;
    let columns = ["ZASSET", "ZPERSON", "ZASSETFORFACE", "ZPERSONFORFACE"];
    let mut faces = Table::new(database, schema, ("ZDETECTEDFACE", "DetectedFace"), &columns)?;
    let unnamed = people.insert(&[&"", &None::<&str>])?;
    let mut known = BTreeMap::new();
    for (place, asset) in library.assets.iter().enumerate() {
        let number = place as i64 + 1;
        for name in &asset.people {
            let person = match known.get(name) {
                Some(person) => *person,
                None => people.insert(&[name, &name.split(' ').next()])?,
            };
            known.insert(*name, person);
            faces.insert(&[&number, &person, &number, &person])?;
        }
        if place % UNNAMED_EVERY == 0 {
            faces.insert(&[&number, &unnamed, &number, &unnamed])?;
        }
    }
    Ok(())
}
