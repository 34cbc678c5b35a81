//! The grid: stretches of what was seen, in grid order, as a whole or one album of it; and bursts as one cell each.

use crate::table::rendition::OF_ASSET;
use crate::{Catalog, CatalogError};
use domain::{AssetId, AssetKind, Availability, Shelf, SourceId};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Params, Row, named_params};

/// Which part of a source's grid is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GridSection {
    /// Not in the library, and an import of all that is new would copy it.
    New,
    /// Not in the library, and its original is only in iCloud.
    OnlyInICloud,
    /// Not in the library, and kept apart on the phone: hidden or recently deleted.
    Apart(Shelf),
    /// In the library.
    AlreadyImported,
    /// Imported by this session.
    Session(domain::SessionId),
    /// In the library, but not through this session.
    Before(domain::SessionId),
    /// Not in the library; this session could have had it and was not asked to.
    Unchosen(domain::SessionId),
    /// Not in the library, and only in iCloud: what an import of all that is new would have had, and what this session was
    /// asked for by name.
    OutOfReach(domain::SessionId),
    /// Part of what is new: the source lists it and has no bytes for it.
    Missing,
    /// The other part of what is new.
    Readable,
}

/// What a grid shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridPart {
    /// Of which source.
    pub source: SourceId,
    /// Which part of that.
    pub section: GridSection,
    /// Only what is in this album.
    pub album: Option<u32>,
    /// How bursts are shown.
    pub bursts: Bursts,
}

/// How the frames of a burst are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bursts {
    /// Each in its place.
    Spread,
    /// Those of one section as one cell: the frame its owner picked, else the first.
    Stacked,
}

/// One row of the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetRow {
    /// The row's number; names the asset as long as the catalog is there.
    pub row: u32,
    /// The source it is at.
    pub source: SourceId,
    /// Its identity there.
    pub id: AssetId,
    /// What it is shown as.
    pub kind: AssetKind,
    /// Its primary file's name.
    pub name: String,
    /// Its local day, `YYYY-MM-DD`.
    pub day: String,
    /// RFC 3339, without an offset where none is known.
    pub taken: String,
    /// Size of all its files.
    pub bytes: u64,
    /// Length of a video.
    pub duration_ms: Option<u64>,
    /// What is wrong with it.
    pub warning: Option<String>,
    /// Where its copy is.
    pub library_path: Option<String>,
    /// Its files' roles, the primary one first.
    pub roles: Vec<String>,
    /// Whether its primary file's bytes can be had from its source.
    pub availability: Availability,
    /// Whether it is a favourite on the phone.
    pub favorite: bool,
    /// Whether it was edited there.
    pub edited: bool,
    /// Where a smaller picture of it is in the library.
    pub rendition: Option<String>,
    /// The burst that it stands for, with itself first; `None` where it stands for itself alone.
    pub burst: Option<StackedBurst>,
}

/// The frames of a burst that one cell stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackedBurst {
    /// Their row numbers, at least two: those that were picked on the phone first, then by time.
    pub rows: Vec<u32>,
    /// How many of them were picked.
    pub picked: u32,
}

/// How many assets a day has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCount {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// How many cells: fewer than assets where bursts are stacked.
    pub cells: u32,
    /// The number of assets.
    pub assets: u32,
}

impl GridPart {
    /// Names a whole section with every frame in its place.
    pub fn all(source: &SourceId, section: GridSection) -> Self {
        Self { source: source.clone(), section, album: None, bursts: Bursts::Spread }
    }

    /// An album shows what its owner put into it: frames are not hidden behind one that may not be in it.
    fn is_stacked(&self) -> bool {
        self.bursts == Bursts::Stacked && self.album.is_none() && !matches!(self.section, GridSection::Session(_))
    }

    fn from(&self) -> String {
        let tables = match self.album {
            // Few are in an album as a rule: from these to the assets, never the other way round.
            Some(_) => "album_asset m CROSS JOIN asset ON asset.row = m.asset",
            None => "asset",
        };
        let album = if self.album.is_some() { "AND m.album = :album" } else { "AND :album IS NULL" };
        format!("FROM {tables} {} {album}", condition(&self.section))
    }

    fn cells(&self) -> String {
        let face = if self.is_stacked() { format!("AND {FACE}") } else { String::new() };
        format!("SELECT asset.row AS cell {} {face} {ORDER} LIMIT :limit OFFSET :offset", self.from())
    }

    /// What the queries above are asked with.
    fn asked<T>(&self, ask: impl FnOnce(&[(&str, &dyn rusqlite::ToSql)]) -> T) -> T {
        ask(named_params! {":source": self.source.as_str(), ":key": argument(&self.section), ":album": self.album})
    }
}

impl Catalog {
    /// Counts a part of the grid by day, newest first.
    pub fn days(&self, part: &GridPart) -> Result<Vec<DayCount>, CatalogError> {
        let cells = if part.is_stacked() { format!("sum({FACE})") } else { "count(*)".to_owned() };
        let sql = format!("SELECT day, {cells}, count(*) {} GROUP BY day ORDER BY day DESC", part.from());
        self.read(|c| {
            let mut query = c.prepare_cached(&sql)?;
            let read = |r: &Row<'_>| Ok(DayCount { day: r.get(0)?, cells: r.get(1)?, assets: r.get(2)? });
            let days = part.asked(|asked| query.query_map(asked, read)?.collect::<Result<_, _>>())?;
            Ok(days)
        })
    }

    /// Returns a stretch of a part in grid order: newest first.
    pub fn rows(&self, part: &GridPart, offset: u32, limit: u32) -> Result<Vec<AssetRow>, CatalogError> {
        // What is skipped is skipped by the index alone; columns are asked for those that are shown.
        let burst = if part.is_stacked() { BURST } else { "NULL, 0" };
        let sql = format!(
            "SELECT {COLUMNS}, {OF_ASSET}, {burst} FROM ({}) JOIN asset ON asset.row = cell {ORDER}",
            part.cells()
        );
        self.stretch(part, &sql, (offset, limit), read_row)
    }

    /// Returns the row numbers of a stretch of a part in grid order; those of a stacked burst together, its cell's first.
    pub fn row_numbers(&self, part: &GridPart, offset: u32, limit: u32) -> Result<Vec<Vec<u32>>, CatalogError> {
        let burst = if part.is_stacked() { BURST } else { "NULL, 0" };
        let sql = format!("SELECT asset.row, {burst} FROM ({}) JOIN asset ON asset.row = cell {ORDER}", part.cells());
        self.stretch(part, &sql, (offset, limit), |r| Ok(read_burst(r, 1)?.map_or(vec![r.get(0)?], |burst| burst.rows)))
    }

    /// Returns one row, `None` when there is none of that number.
    pub fn row(&self, row: u32) -> Result<Option<AssetRow>, CatalogError> {
        let sql = format!("SELECT {COLUMNS}, {OF_ASSET}, NULL, 0 FROM asset WHERE row = ?1");
        self.read(|c| Ok(c.prepare_cached(&sql)?.query_row([row], read_row).optional()?))
    }

    fn stretch<T>(
        &self,
        part: &GridPart,
        sql: &str,
        (offset, limit): (u32, u32),
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(sql)?;
            let stretch: [(&str, &dyn rusqlite::ToSql); 2] = [(":limit", &limit), (":offset", &offset)];
            let rows = part.asked(|asked| {
                let params = [asked, &stretch].concat();
                query.query_map(all_of(&params), read)?.collect::<Result<_, _>>()
            })?;
            Ok(rows)
        })
    }
}

fn all_of<'a>(params: &'a [(&'a str, &'a dyn rusqlite::ToSql)]) -> impl Params + 'a {
    params
}

const COLUMNS: &str = "asset.row, source, id, kind, name, day, taken, bytes, duration_ms, warning, library_path,
    (SELECT group_concat(role) FROM (SELECT role FROM resource WHERE asset = asset.row ORDER BY position)),
    (SELECT availability FROM resource WHERE asset = asset.row AND position = 0),
    (SELECT favorite + 2 * edited FROM asset_details WHERE asset = asset.row)";
const ORDER: &str = "ORDER BY local DESC, name, asset.row";

/// The frames of the same burst in the same section.
macro_rules! frames {
    () => {
        "FROM asset f WHERE f.source = asset.source AND f.stack = asset.stack AND f.imported = asset.imported
             AND f.shelf = asset.shelf"
    };
}

/// Whether a row has a cell of its own where bursts are stacked.
const FACE: &str = concat!(
    "(stack IS NULL OR asset.row = (SELECT f.row ",
    frames!(),
    " ORDER BY f.stack_place, f.local, f.name, f.row LIMIT 1))"
);
/// The rows that a cell stands for, and how many of them were picked.
const BURST: &str = concat!(
    "CASE WHEN stack IS NOT NULL THEN (SELECT group_concat(row) FROM (SELECT f.row ",
    frames!(),
    " ORDER BY f.stack_place, f.local, f.name, f.row)) END,
     CASE WHEN stack IS NOT NULL THEN (SELECT count(*) ",
    frames!(),
    " AND f.stack_place = 0) ELSE 0 END"
);

pub(crate) fn condition(section: &GridSection) -> &'static str {
    match section {
        GridSection::New | GridSection::OnlyInICloud | GridSection::Apart(_) => {
            "WHERE source = :source AND imported = 0 AND shelf = :key"
        }
        GridSection::AlreadyImported => "WHERE source = :source AND imported = :key",
        GridSection::Session(_) => {
            "WHERE source = :source AND id IN
                 (SELECT asset FROM import_item WHERE session = :key AND state = 'imported')"
        }
        GridSection::Before(_) => {
            "WHERE source = :source AND imported = 1
             AND id NOT IN (SELECT asset FROM import_item WHERE session = :key AND state = 'imported')"
        }
        GridSection::Unchosen(_) => {
            "WHERE source = :source AND imported = 0 AND shelf <> 'only_in_icloud'
             AND id NOT IN (SELECT asset FROM import_item WHERE session = :key)"
        }
        GridSection::OutOfReach(_) => {
            "WHERE source = :source AND imported = 0 AND (shelf = 'only_in_icloud'
             OR id IN (SELECT asset FROM import_item WHERE session = :key AND state = 'only_in_icloud'))"
        }
        GridSection::Missing => {
            "WHERE source = :source AND imported = 0 AND shelf = 'library'
             AND asset.row IN (SELECT asset FROM resource WHERE position = 0 AND availability = :key)"
        }
        GridSection::Readable => {
            "WHERE source = :source AND imported = 0 AND shelf = 'library'
             AND asset.row NOT IN (SELECT asset FROM resource WHERE position = 0 AND availability = :key)"
        }
    }
}

pub(crate) fn argument(section: &GridSection) -> Value {
    match section {
        GridSection::New => Shelf::Library.as_str().to_owned().into(),
        GridSection::OnlyInICloud => super::asset::ONLY_IN_ICLOUD.to_owned().into(),
        GridSection::Apart(shelf) => shelf.as_str().to_owned().into(),
        GridSection::AlreadyImported => 1.into(),
        GridSection::Missing | GridSection::Readable => Availability::Missing.as_str().to_owned().into(),
        GridSection::Session(session)
        | GridSection::Before(session)
        | GridSection::OutOfReach(session)
        | GridSection::Unchosen(session) => session.as_str().to_owned().into(),
    }
}

fn read_row(r: &Row<'_>) -> rusqlite::Result<AssetRow> {
    let roles: Option<String> = r.get(11)?;
    let marks: u8 = r.get::<_, Option<u8>>(13)?.unwrap_or(0);
    Ok(AssetRow {
        row: r.get(0)?,
        source: SourceId::new(r.get::<_, String>(1)?),
        id: AssetId::new(r.get::<_, String>(2)?),
        kind: AssetKind::from_word(&r.get::<_, String>(3)?),
        name: r.get(4)?,
        day: r.get(5)?,
        taken: r.get(6)?,
        bytes: r.get::<_, i64>(7)?.cast_unsigned(),
        duration_ms: r.get::<_, Option<i64>>(8)?.map(i64::cast_unsigned),
        warning: r.get(9)?,
        library_path: r.get(10)?,
        roles: roles.unwrap_or_default().split(',').map(str::to_owned).collect(),
        availability: Availability::from_word(&r.get::<_, Option<String>>(12)?.unwrap_or_default()),
        favorite: marks & 1 != 0,
        edited: marks & 2 != 0,
        rendition: r.get(14)?,
        burst: read_burst(r, 15)?,
    })
}

/// A frame whose siblings are all elsewhere is a photo like any other.
fn read_burst(r: &Row<'_>, column: usize) -> rusqlite::Result<Option<StackedBurst>> {
    let Some(rows) = r.get::<_, Option<String>>(column)? else { return Ok(None) };
    let rows: Vec<u32> = rows.split(',').filter_map(|row| row.parse().ok()).collect();
    let picked = r.get(column + 1)?;
    Ok((rows.len() > 1).then_some(StackedBurst { rows, picked }))
}

#[cfg(test)]
mod tests;
