//! The albums of a phone's library, and what is in them.

use crate::{Catalog, CatalogError};
use domain::{AssetId, SourceId};
use rusqlite::{Connection, Transaction, params};

// Numbers are not given twice: somebody may be looking at an album that has gone.
pub(crate) const SCHEMA: &str = "
CREATE TABLE album (
    number INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, path TEXT NOT NULL, UNIQUE (source, path)
) STRICT;
CREATE TABLE album_asset (
    asset INTEGER NOT NULL REFERENCES asset (row) ON DELETE CASCADE, position INTEGER NOT NULL,
    album INTEGER NOT NULL REFERENCES album (number) ON DELETE CASCADE,
    PRIMARY KEY (asset, position)
) WITHOUT ROWID, STRICT;
CREATE INDEX album_members ON album_asset (album, asset);";

/// Stands between the folders of an album and its title; sources hand over no control characters.
const SEPARATOR: char = '\u{1f}';

/// An album with something in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlbumRow {
    /// Names it as long as it has something in it.
    pub number: u32,
    /// The folders it lies in and its own title.
    pub path: Vec<String>,
    /// How many assets it shows. As on the phone, nothing that is hidden or deleted.
    pub assets: u32,
    /// How many of them an import of all that is new would copy.
    pub new: u32,
}

impl Catalog {
    /// Returns a stretch of the albums of a source in which something is, in the order of their paths.
    pub fn albums(&self, source: &SourceId, offset: u32, limit: u32) -> Result<Vec<AlbumRow>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(
                "SELECT number, path, count(*), sum(imported = 0 AND shelf = 'library')
                 FROM album CROSS JOIN album_asset ON album = number CROSS JOIN asset ON asset.row = album_asset.asset
                 WHERE album.source = ?1 AND shelf IN ('library', 'only_in_icloud')
                 GROUP BY path ORDER BY path LIMIT ?2 OFFSET ?3",
            )?;
            let rows = query.query_map(params![source.as_str(), limit, offset], |r| {
                let path: String = r.get(1)?;
                let path = path.split(SEPARATOR).map(str::to_owned).collect();
                Ok(AlbumRow { number: r.get(0)?, path, assets: r.get(2)?, new: r.get(3)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Returns what an album of a source shows; empty when there is no such album.
    pub fn in_album(&self, source: &SourceId, album: u32) -> Result<Vec<AssetId>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(
                "SELECT id FROM album_asset CROSS JOIN asset ON asset.row = album_asset.asset
                 WHERE album = ?2 AND source = ?1 AND shelf IN ('library', 'only_in_icloud')",
            )?;
            let rows =
                query.query_map(params![source.as_str(), album], |r| Ok(AssetId::new(r.get::<_, String>(0)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// Writes which albums an asset is in, in place of what was there.
pub(crate) fn put(
    t: &Transaction<'_>,
    source: &SourceId,
    asset: i64,
    albums: &[Vec<String>],
) -> Result<(), CatalogError> {
    t.prepare_cached("DELETE FROM album_asset WHERE asset = ?1")?.execute([asset])?;
    for (position, path) in (0_u32..).zip(albums) {
        // Two albums of one name in one folder are one here.
        if albums.iter().take(position as usize).any(|before| before == path) {
            continue;
        }
        let path = path.join(&SEPARATOR.to_string());
        t.prepare_cached("INSERT OR IGNORE INTO album (source, path) VALUES (?1, ?2)")?
            .execute([source.as_str(), &path])?;
        t.prepare_cached("INSERT INTO album_asset SELECT ?1, ?2, number FROM album WHERE source = ?3 AND path = ?4")?
            .execute(params![asset, position, source.as_str(), path])?;
    }
    Ok(())
}

/// Returns the albums that an asset is in.
pub(crate) fn of_asset(c: &Connection, asset: u32) -> Result<Vec<Vec<String>>, CatalogError> {
    let mut query = c.prepare_cached(
        "SELECT path FROM album_asset JOIN album ON album = number WHERE asset = ?1 ORDER BY position",
    )?;
    let rows = query.query_map([asset], |r| r.get::<_, String>(0))?;
    rows.map(|path| Ok(path?.split(SEPARATOR).map(str::to_owned).collect())).collect()
}

/// Drops the albums of a source in which nothing is any more.
pub(crate) fn drop_empty(t: &Transaction<'_>, source: &SourceId) -> Result<(), CatalogError> {
    t.execute(
        "DELETE FROM album WHERE source = ?1 AND NOT EXISTS (SELECT 1 FROM album_asset WHERE album = number)",
        [source.as_str()],
    )?;
    Ok(())
}
