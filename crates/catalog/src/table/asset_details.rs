//! What the phone's own library says of an asset: one row for the one-to-one, one for each keyword and person.

use crate::CatalogError;
use crate::table::album;
use domain::{AssetDetails, Burst, Place};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

pub(crate) const SCHEMA: &str = "
CREATE TABLE asset_details (
    asset INTEGER PRIMARY KEY REFERENCES asset (row) ON DELETE CASCADE,
    uuid TEXT, original_name TEXT, width INTEGER, height INTEGER, duration_ms INTEGER,
    favorite INTEGER NOT NULL, hidden INTEGER NOT NULL, deleted INTEGER NOT NULL, edited INTEGER NOT NULL,
    burst TEXT, burst_picked INTEGER NOT NULL, title TEXT, caption TEXT, latitude REAL, longitude REAL,
    shared INTEGER NOT NULL
) STRICT;
CREATE TABLE asset_word (
    asset INTEGER NOT NULL REFERENCES asset (row) ON DELETE CASCADE, sort TEXT NOT NULL, position INTEGER NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (asset, sort, position)
) WITHOUT ROWID, STRICT;";

/// Writes the details of an asset in place of what was there. Without any there is no row.
pub(crate) fn put(t: &Transaction<'_>, asset: i64, details: &AssetDetails) -> Result<(), CatalogError> {
    t.prepare_cached("DELETE FROM asset_details WHERE asset = ?1")?.execute([asset])?;
    t.prepare_cached("DELETE FROM asset_word WHERE asset = ?1")?.execute([asset])?;
    if *details == AssetDetails::default() {
        return Ok(());
    }
    t.prepare_cached(
        "INSERT INTO asset_details VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
             ?17)",
    )?
    .execute(params![
        asset,
        details.uuid,
        details.original_name,
        details.pixels.map(|p| p.0),
        details.pixels.map(|p| p.1),
        details.duration_ms.map(u64::cast_signed),
        details.favorite,
        details.hidden,
        details.deleted,
        details.edited,
        details.burst.as_ref().map(|b| &b.id),
        details.burst.as_ref().is_some_and(|b| b.picked),
        details.title,
        details.caption,
        details.place.map(|p| p.latitude),
        details.place.map(|p| p.longitude),
        details.shared,
    ])?;
    let mut insert = t.prepare_cached("INSERT INTO asset_word VALUES (?1, ?2, ?3, ?4)")?;
    for (sort, words) in [("keyword", &details.keywords), ("person", &details.people)] {
        for (position, words) in (0_u32..).zip(words) {
            insert.execute(params![asset, sort, position, words])?;
        }
    }
    Ok(())
}

/// Returns the details of an asset; empty ones where there are none.
pub(crate) fn get(c: &Connection, asset: u32) -> Result<AssetDetails, CatalogError> {
    let mut query = c.prepare_cached("SELECT * FROM asset_details WHERE asset = ?1")?;
    let Some(mut details) = query.query_row([asset], read).optional()? else { return Ok(AssetDetails::default()) };
    let mut query = c.prepare_cached("SELECT sort, words FROM asset_word WHERE asset = ?1 ORDER BY sort, position")?;
    let mut rows = query.query([asset])?;
    while let Some(row) = rows.next()? {
        let words: String = row.get(1)?;
        match row.get_ref(0)?.as_str().unwrap_or_default() {
            "keyword" => details.keywords.push(words),
            _ => details.people.push(words),
        }
    }
    details.albums = album::of_asset(c, asset)?;
    Ok(details)
}

fn read(r: &Row<'_>) -> rusqlite::Result<AssetDetails> {
    let (width, height): (Option<u32>, Option<u32>) = (r.get(3)?, r.get(4)?);
    let (latitude, longitude): (Option<f64>, Option<f64>) = (r.get(14)?, r.get(15)?);
    let picked = r.get(11)?;
    Ok(AssetDetails {
        uuid: r.get(1)?,
        original_name: r.get(2)?,
        pixels: width.zip(height),
        duration_ms: r.get::<_, Option<i64>>(5)?.map(i64::cast_unsigned),
        favorite: r.get(6)?,
        hidden: r.get(7)?,
        deleted: r.get(8)?,
        edited: r.get(9)?,
        shared: r.get(16)?,
        burst: r.get::<_, Option<String>>(10)?.map(|id| Burst { id, picked }),
        title: r.get(12)?,
        caption: r.get(13)?,
        keywords: Vec::new(),
        people: Vec::new(),
        place: latitude.zip(longitude).and_then(|(latitude, longitude)| Place::new(latitude, longitude)),
        albums: Vec::new(),
    })
}
