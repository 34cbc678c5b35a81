//! Albums and folders, and the shared albums of iOS 26.

use super::PhotosDbError;
use super::cells::Cells;
use super::database::Database;
use super::schema::{Join, Schema};
use std::collections::HashMap;

/// The albums that mean something outside the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlbumKind {
    /// Made by the owner.
    Album,
    /// A folder of albums.
    Folder,
    /// The folder above all others; not shown.
    Root,
    /// Shared with others.
    Shared,
    /// One of the many that the phone keeps for itself.
    Other(i64),
}

/// One album or folder.
#[derive(Debug, Clone, PartialEq)]
pub struct PhotosAlbum {
    /// Its key in this database.
    pub key: i64,
    /// The name of its entity, such as `Album`.
    pub entity: Option<String>,
    /// What it is.
    pub kind: AlbumKind,
    /// Its title; none for the root.
    pub title: Option<String>,
    /// The folder it is in.
    pub parent: Option<i64>,
    /// Its place there.
    pub order: Option<i64>,
    /// Not 0 when it was deleted.
    pub trashed: i64,
    /// Its identity.
    pub uuid: Option<String>,
    /// How it is sorted: 0 by hand, 1 by date, 5 by title.
    pub sort: Option<i64>,
    /// 1 when from first to last.
    pub ascending: Option<i64>,
    /// Its identity in iCloud.
    pub cloud_id: Option<String>,
    /// The keys of its assets, in order.
    pub assets: Vec<i64>,
}

impl AlbumKind {
    fn of(number: Option<i64>) -> Self {
        match number {
            Some(2) => Self::Album,
            Some(4000) => Self::Folder,
            Some(3999) => Self::Root,
            Some(1505) => Self::Shared,
            other => Self::Other(other.unwrap_or(-1)),
        }
    }

    /// Returns the number the database has for it.
    pub fn number(self) -> i64 {
        match self {
            Self::Album => 2,
            Self::Folder => 4000,
            Self::Root => 3999,
            Self::Shared => 1505,
            Self::Other(number) => number,
        }
    }
}

/// Reads all albums and folders with what is in them.
pub(super) fn read(database: &Database, schema: &Schema) -> Result<Vec<PhotosAlbum>, PhotosDbError> {
    let mut members = match schema.album_join() {
        Some(join) => members(database, schema, &join)?,
        None => HashMap::new(),
    };
    let mut albums = Vec::new();
    database.each(schema, "ZGENERICALBUM", row, |row| albums.extend(row))?;
    for album in &mut albums {
        let number = album.entity.take().and_then(|number| number.parse().ok());
        album.entity = number.and_then(|number| schema.entity_named(number)).map(str::to_owned);
        album.assets = members.remove(&album.key).unwrap_or_default();
    }
    Ok(albums)
}

fn row(cells: &mut Cells<'_, '_>) -> Option<PhotosAlbum> {
    let key = cells.integer(&["Z_PK"]);
    let album = PhotosAlbum {
        key: key.unwrap_or(0),
        // The number; its name is looked up later.
        entity: cells.text(&["Z_ENT"]),
        kind: AlbumKind::of(cells.integer(&["ZKIND"])),
        title: cells.text(&["ZTITLE"]),
        parent: cells.integer(&["ZPARENTFOLDER"]),
        order: cells.integer(&["Z_FOK_PARENTFOLDER"]),
        trashed: cells.number(&["ZTRASHEDSTATE"]),
        uuid: cells.text(&["ZUUID"]),
        sort: cells.integer(&["ZCUSTOMSORTKEY"]),
        ascending: cells.integer(&["ZCUSTOMSORTASCENDING"]),
        cloud_id: cells.text(&["ZCLOUDGUID"]),
        assets: Vec::new(),
    };
    key.map(|_| album)
}

/// Reads the two columns of a table that ties two others together, in its order.
fn members(database: &Database, schema: &Schema, join: &Join) -> Result<HashMap<i64, Vec<i64>>, PhotosDbError> {
    let mut rows: Vec<(i64, Option<i64>, i64)> = Vec::new();
    database.each_of(schema, join, |row| rows.push(row))?;
    rows.sort_unstable_by_key(|(_, order, other)| (*order, *other));
    let mut members: HashMap<i64, Vec<i64>> = HashMap::new();
    rows.into_iter().for_each(|(one, _, other)| members.entry(one).or_default().push(other));
    Ok(members)
}

/// Reads the shared albums that iOS 26 keeps in a table of shares. Their assets are in the order of `assets`: key, share.
pub(super) fn shares(
    database: &Database,
    schema: &Schema,
    members: &mut HashMap<i64, Vec<i64>>,
) -> Result<Vec<PhotosAlbum>, PhotosDbError> {
    let Some(entity) = schema.entity("CollectionShare") else { return Ok(Vec::new()) };
    let mut albums = Vec::new();
    let read = |cells: &mut Cells<'_, '_>| {
        let (key, is) = (cells.integer(&["Z_PK"]), cells.integer(&["Z_ENT"]));
        (key.filter(|_| is == Some(entity)), cells.text(&["ZTITLE"]), cells.number(&["ZTRASHEDSTATE"]))
    };
    database.each(schema, "ZSHARE", read, |(key, title, trashed)| {
        let Some(key) = key else { return };
        albums.push(PhotosAlbum {
            key,
            entity: Some("CollectionShare".to_owned()),
            kind: AlbumKind::Shared,
            title,
            parent: None,
            order: None,
            trashed,
            uuid: None,
            sort: None,
            ascending: None,
            cloud_id: None,
            assets: members.remove(&key).unwrap_or_default(),
        });
    })?;
    Ok(albums)
}
