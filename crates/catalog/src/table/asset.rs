//! What was seen at each source: one row an asset, one a resource.

use crate::facts::capture_time;
use crate::table::grid::{GridSection, argument, condition};
use crate::table::{album, asset_details, sum_of_sizes};
use crate::{Catalog, CatalogError};
use domain::{
    AppleFingerprint, Asset, AssetDetails, AssetId, AssetKind, Availability, CaptureTime, Fingerprint, LibraryPath,
    Resource, ResourceRole, Shelf, SourceId, SourcePath,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params, params};

pub(crate) const SCHEMA: &str = "
CREATE TABLE scan (source TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE asset (
    row INTEGER PRIMARY KEY, source TEXT NOT NULL, id TEXT NOT NULL, scan INTEGER NOT NULL,
    kind TEXT NOT NULL, name TEXT NOT NULL, local TEXT NOT NULL, day TEXT NOT NULL, taken TEXT NOT NULL,
    taken_from TEXT NOT NULL, bytes INTEGER NOT NULL, duration_ms INTEGER, warning TEXT,
    library_path TEXT, imported INTEGER GENERATED ALWAYS AS (library_path IS NOT NULL) STORED,
    shelf TEXT NOT NULL, stack TEXT, stack_place INTEGER NOT NULL, UNIQUE (source, id)
) STRICT;
CREATE INDEX asset_grid ON asset (source, imported, local DESC, name, row, day, bytes, shelf, stack);
CREATE INDEX asset_stack ON asset (source, stack, imported, shelf, stack_place, local, name) WHERE stack IS NOT NULL;
CREATE TABLE resource (
    asset INTEGER NOT NULL REFERENCES asset (row) ON DELETE CASCADE, position INTEGER NOT NULL, role TEXT NOT NULL,
    path TEXT NOT NULL, bytes INTEGER NOT NULL, modified_ns INTEGER NOT NULL, taken TEXT, taken_from TEXT,
    availability TEXT NOT NULL, name TEXT, apple BLOB,
    PRIMARY KEY (asset, position)
) WITHOUT ROWID, STRICT;";

/// Numbers the listings of a source, so that what a later one no longer finds can be dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanNumber(i64);

/// An asset with what only the grid needs.
#[derive(Debug, Clone)]
pub struct ScannedAsset {
    /// The asset.
    pub asset: Asset,
    /// Length of a video, in milliseconds.
    pub duration_ms: Option<u64>,
    /// What is wrong with it.
    pub warning: Option<String>,
    /// Where its verified copy is now, if there is one.
    pub library_path: Option<LibraryPath>,
}

/// Where the copy of an asset is found to be, other than its row says.
#[derive(Debug, Clone)]
pub struct CopySeen {
    /// The asset's row.
    pub row: u32,
    /// What the row says.
    pub listed: Option<LibraryPath>,
    /// Where the copy is.
    pub now: Option<LibraryPath>,
}

/// What a source holds, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScanCounts {
    /// Assets that an import of all that is new would copy.
    pub new: u32,
    /// Their size in bytes.
    pub new_bytes: u64,
    /// Of the new ones, those that the source lists and has no bytes for.
    pub missing: u32,
    /// Assets in the library.
    pub already_imported: u32,
    /// Of these, those of which only a JPEG is there: their originals were left out, and are verified nowhere.
    pub jpeg_only: u32,
    /// Assets not in the library whose originals are only in iCloud.
    pub only_in_icloud: u32,
    /// Of these, assets of which a smaller picture is in the library.
    pub renditions: u32,
    /// Assets not in the library that their owner hid.
    pub hidden: u32,
    /// Assets not in the library that were deleted on the phone.
    pub recently_deleted: u32,
}

impl Catalog {
    /// Begins a listing of a source. Rows of earlier ones stay visible until they are replaced or the listing is done.
    pub fn begin_scan(&self, source: &SourceId) -> Result<ScanNumber, CatalogError> {
        self.write(|t| {
            let number = t.query_row(
                "INSERT INTO scan VALUES (?1, 1) ON CONFLICT DO UPDATE SET number = number + 1 RETURNING number",
                [source.as_str()],
                |row| row.get(0),
            )?;
            Ok(ScanNumber(number))
        })
    }

    /// Adds or replaces assets. A row keeps its number as long as its asset is there.
    pub fn put_assets(&self, source: &SourceId, scan: ScanNumber, assets: &[ScannedAsset]) -> Result<(), CatalogError> {
        self.write(|t| assets.iter().try_for_each(|scanned| put(t, source, scan, scanned)))
    }

    /// Drops assets that a listing took back, because their files turned out to belong together otherwise.
    pub fn drop_assets(&self, source: &SourceId, ids: &[AssetId]) -> Result<(), CatalogError> {
        self.write(|t| {
            let mut delete = t.prepare_cached("DELETE FROM asset WHERE source = ?1 AND id = ?2")?;
            ids.iter().try_for_each(|id| delete.execute([source.as_str(), id.as_str()]).map(drop))?;
            Ok(())
        })
    }

    /// Ends a complete listing: what it did not find is dropped.
    pub fn finish_scan(&self, source: &SourceId, scan: ScanNumber) -> Result<(), CatalogError> {
        self.write(|t| {
            t.execute("DELETE FROM asset WHERE source = ?1 AND scan < ?2", params![source.as_str(), scan.0])?;
            album::drop_empty(t, source)
        })
    }

    /// Counts a source's assets.
    pub fn counts(&self, source: &SourceId) -> Result<ScanCounts, CatalogError> {
        self.read(|c| {
            let sql = concat!(
                "SELECT imported, shelf, count(*), ",
                sum_of_sizes!("bytes"),
                " FROM asset WHERE source = ?1 GROUP BY imported, shelf"
            );
            let mut query = c.prepare_cached(sql)?;
            let mut rows = query.query([source.as_str()])?;
            let mut counts = ScanCounts::default();
            while let Some(row) = rows.next()? {
                let (imported, count): (bool, u32) = (row.get(0)?, row.get(2)?);
                let shelf: String = row.get(1)?;
                match (imported, shelf.as_str()) {
                    (true, _) => counts.already_imported += count,
                    (false, ONLY_IN_ICLOUD) => counts.only_in_icloud += count,
                    (false, shelf) if shelf == Shelf::Hidden.as_str() => counts.hidden += count,
                    (false, shelf) if shelf == Shelf::RecentlyDeleted.as_str() => counts.recently_deleted += count,
                    (false, _) => {
                        counts.new += count;
                        counts.new_bytes = counts.new_bytes.saturating_add(row.get::<_, i64>(3)?.cast_unsigned());
                    }
                }
            }
            drop(rows);
            let missing = format!("SELECT count(*) FROM asset {}", condition(&GridSection::Missing));
            let keys = named_params! {":source": source.as_str(), ":key": argument(&GridSection::Missing)};
            counts.jpeg_only = c
                .prepare_cached(
                    "SELECT count(*) FROM asset WHERE source = ?1 AND imported AND library_path IN
                     (SELECT asset FROM library_file WHERE stands_for IS NOT NULL
                      UNION SELECT path FROM library_file WHERE stands_for IS NOT NULL)",
                )?
                .query_row([source.as_str()], |r| r.get(0))?;
            counts.missing = c.prepare_cached(&missing)?.query_row(keys, |r| r.get(0))?;
            counts.renditions = count_renditions(c, source)?;
            Ok(counts)
        })
    }

    /// Notes where copies are now. A row that has changed meanwhile knows better.
    pub fn note_copies(&self, seen: &[CopySeen]) -> Result<(), CatalogError> {
        self.write(|t| {
            let mut update =
                t.prepare_cached("UPDATE asset SET library_path = ?3 WHERE row = ?1 AND library_path IS ?2")?;
            let text = |path: &Option<LibraryPath>| path.as_ref().map(ToString::to_string);
            seen.iter()
                .try_for_each(|one| update.execute(params![one.row, text(&one.listed), text(&one.now)]).map(drop))?;
            Ok(())
        })
    }

    /// Returns one asset with its files, `None` when there is none of that number.
    pub fn asset(&self, row: u32) -> Result<Option<Asset>, CatalogError> {
        self.read(|c| {
            let sql = format!("SELECT {ASSET_COLUMNS} FROM asset WHERE row = ?1");
            let head = c.prepare_cached(&sql)?.query_row([row], asset_head).optional()?;
            head.map(|head| with_resources(c, head)).transpose()
        })
    }

    /// Returns the identities of a source's assets by their numbers; what is not there is left out.
    pub fn asset_ids(&self, source: &SourceId, rows: &[u32]) -> Result<Vec<AssetId>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached("SELECT id FROM asset WHERE source = ?1 AND row = ?2")?;
            let found = rows.iter().filter_map(|row| {
                query.query_row(params![source.as_str(), row], |r| r.get::<_, String>(0)).optional().transpose()
            });
            found.map(|id| Ok(AssetId::new(id?))).collect()
        })
    }

    /// Returns the numbers of a source's assets by their identities; what is not there is left out.
    pub fn asset_rows(&self, source: &SourceId, ids: &[AssetId]) -> Result<Vec<u32>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached("SELECT row FROM asset WHERE source = ?1 AND id = ?2")?;
            let found = ids
                .iter()
                .filter_map(|id| query.query_row([source.as_str(), id.as_str()], |r| r.get(0)).optional().transpose());
            found.map(|row| Ok(row?)).collect()
        })
    }

    /// Returns every asset of a source with its files and, where it has one, its copy's path; in order of capture, so
    /// that an import that is cut short leaves whole days behind.
    pub fn assets(&self, source: &SourceId) -> Result<Vec<(u32, Asset, Option<LibraryPath>)>, CatalogError> {
        self.read(|c| {
            let sql = format!("SELECT {ASSET_COLUMNS} FROM asset WHERE source = ?1 ORDER BY local, name, row");
            let mut query = c.prepare_cached(&sql)?;
            let heads = query.query_map([source.as_str()], asset_head)?.collect::<Result<Vec<_>, _>>()?;
            heads
                .into_iter()
                .map(|head| {
                    let (row, path) = (head.row, head.library_path.clone());
                    let path = path.and_then(|p| LibraryPath::found(&p).ok());
                    Ok((row, with_resources(c, head)?, path))
                })
                .collect()
        })
    }
}

/// Returns what the phone's library says of an asset, if it says anything and the asset is listed.
pub(crate) fn details(c: &Connection, source: &SourceId, id: &AssetId) -> Result<Option<AssetDetails>, CatalogError> {
    let mut query = c.prepare_cached("SELECT row FROM asset WHERE source = ?1 AND id = ?2")?;
    let row: Option<u32> = query.query_row([source.as_str(), id.as_str()], |r| r.get(0)).optional()?;
    let details = row.map(|row| asset_details::get(c, row)).transpose()?;
    Ok(details.filter(|details| *details != AssetDetails::default()))
}

/// Notes where an asset's copy is, in every source row it stands for.
pub(crate) fn mark_imported(
    t: &Transaction<'_>,
    source: &SourceId,
    id: &AssetId,
    path: &LibraryPath,
) -> Result<(), CatalogError> {
    t.prepare_cached("UPDATE asset SET library_path = ?3 WHERE source = ?1 AND id = ?2")?.execute([
        source.as_str(),
        id.as_str(),
        path.as_str(),
    ])?;
    Ok(())
}

const ASSET_COLUMNS: &str = "row, id, kind, taken, taken_from, library_path";

/// Counts the assets that are only in iCloud and of which the library has a smaller picture. As a rule there is none, and
/// then nothing is looked through.
fn count_renditions(c: &Connection, source: &SourceId) -> Result<u32, CatalogError> {
    let mut query = c.prepare_cached(
        "SELECT count(*) FROM asset WHERE source = ?1 AND imported = 0 AND shelf = ?2
         AND EXISTS (SELECT 1 FROM rendition WHERE source = ?1)
         AND EXISTS (SELECT 1 FROM asset_details d JOIN rendition r ON r.source = ?1 AND r.uuid = d.uuid
             WHERE d.asset = asset.row)",
    )?;
    Ok(query.query_row([source.as_str(), ONLY_IN_ICLOUD], |r| r.get(0))?)
}

/// The shelf of what is shown on the phone, and cannot be had from it.
pub(crate) const ONLY_IN_ICLOUD: &str = "only_in_icloud";

/// Where an asset is counted as long as it is not in the library.
fn shelf(asset: &Asset) -> &'static str {
    match (asset.details.shelf(), asset.primary().availability) {
        (Shelf::Library, Availability::OnlyInICloud) => ONLY_IN_ICLOUD,
        (shelf, _) => shelf.as_str(),
    }
}

fn put(t: &Transaction<'_>, source: &SourceId, scan: ScanNumber, scanned: &ScannedAsset) -> Result<(), CatalogError> {
    let asset = &scanned.asset;
    let taken = asset.taken.to_rfc3339();
    let row: i64 = t
        .prepare_cached(
            "INSERT INTO asset (source, id, scan, kind, name, local, day, taken, taken_from, bytes, duration_ms, warning,
                 library_path, shelf, stack, stack_place)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
             ON CONFLICT (source, id) DO UPDATE SET scan = excluded.scan, kind = excluded.kind, name = excluded.name,
                 local = excluded.local, day = excluded.day, taken = excluded.taken, taken_from = excluded.taken_from,
                 bytes = excluded.bytes, duration_ms = excluded.duration_ms, warning = excluded.warning,
                 library_path = excluded.library_path, shelf = excluded.shelf, stack = excluded.stack,
                 stack_place = excluded.stack_place
             RETURNING row",
        )?
        .query_row(
            params![
                source.as_str(),
                asset.id.as_str(),
                scan.0,
                asset.kind.as_str(),
                asset.name(),
                taken.get(..19),
                asset.taken.day(),
                taken,
                asset.taken.provenance.as_str(),
                asset.bytes().cast_signed(),
                scanned.duration_ms.map(u64::cast_signed),
                scanned.warning,
                scanned.library_path.as_ref().map(LibraryPath::as_str),
                shelf(asset),
                // The grid stacks by it: its index tells without a look at the details.
                asset.details.burst.as_ref().map(|burst| &burst.id),
                asset.details.burst.as_ref().is_some_and(|burst| !burst.picked),
            ],
            |r| r.get(0),
        )?;
    asset_details::put(t, row, &asset.details)?;
    album::put(t, source, row, &asset.details.albums)?;
    put_resources(t, row, &asset.resources)
}

fn put_resources(t: &Transaction<'_>, row: i64, resources: &[Resource]) -> Result<(), CatalogError> {
    t.prepare_cached("DELETE FROM resource WHERE asset = ?1")?.execute([row])?;
    let mut insert = t.prepare_cached("INSERT INTO resource VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")?;
    for (position, resource) in (0_u32..).zip(resources) {
        insert.execute(params![
            row,
            position,
            resource.role.as_str(),
            resource.path().as_str(),
            resource.fingerprint.bytes.cast_signed(),
            resource.fingerprint.modified_ns,
            resource.taken.map(|t| t.to_rfc3339()),
            resource.taken.map(|t| t.provenance.as_str()),
            resource.availability.as_str(),
            resource.name,
            resource.apple.as_ref().map(AppleFingerprint::as_bytes),
        ])?;
    }
    Ok(())
}

struct AssetHead {
    row: u32,
    id: AssetId,
    kind: AssetKind,
    taken: Option<CaptureTime>,
    library_path: Option<String>,
}

fn asset_head(r: &Row<'_>) -> rusqlite::Result<AssetHead> {
    Ok(AssetHead {
        row: r.get(0)?,
        id: AssetId::new(r.get::<_, String>(1)?),
        kind: AssetKind::from_word(&r.get::<_, String>(2)?),
        taken: capture_time(r.get(3)?, r.get(4)?),
        library_path: r.get(5)?,
    })
}

fn with_resources(c: &Connection, head: AssetHead) -> Result<Asset, CatalogError> {
    let mut query = c.prepare_cached(
        "SELECT role, path, bytes, modified_ns, taken, taken_from, availability, name, apple
         FROM resource WHERE asset = ?1 ORDER BY position",
    )?;
    let resources = query.query_map([head.row], read_resource)?.collect::<Result<Vec<_>, _>>()?;
    if resources.is_empty() {
        return Err(CatalogError::Malformed("asset"));
    }
    let taken = head.taken.ok_or(CatalogError::Malformed("capture time"))?;
    Ok(Asset { id: head.id, kind: head.kind, taken, resources, details: asset_details::get(c, head.row)? })
}

fn read_resource(r: &Row<'_>) -> rusqlite::Result<Resource> {
    Ok(Resource {
        role: ResourceRole::from_word(&r.get::<_, String>(0)?).unwrap_or(ResourceRole::Sidecar),
        fingerprint: Fingerprint {
            path: SourcePath::new(r.get::<_, String>(1)?),
            bytes: r.get::<_, i64>(2)?.cast_unsigned(),
            modified_ns: r.get(3)?,
        },
        taken: capture_time(r.get(4)?, r.get(5)?),
        availability: Availability::from_word(r.get_ref(6)?.as_str().unwrap_or_default()),
        name: r.get(7)?,
        apple: r.get::<_, Option<[u8; 20]>>(8)?.map(AppleFingerprint::new),
    })
}

#[cfg(test)]
mod tests;
