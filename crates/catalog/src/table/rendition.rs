//! Which original each smaller picture in the library is one of: a photo of a phone's library that was only in iCloud.

use crate::{Catalog, CatalogError, SessionFile};
use domain::{ContentHash, LibraryPath, RenditionOf, SessionId, SourceId};
use rusqlite::{Row, Transaction, params};

pub(crate) const SCHEMA: &str = "
CREATE TABLE rendition (
    source TEXT NOT NULL, uuid TEXT NOT NULL,
    path TEXT NOT NULL REFERENCES library_file (path) ON DELETE CASCADE,
    PRIMARY KEY (source, uuid, path)
) WITHOUT ROWID, STRICT;
CREATE INDEX rendition_path ON rendition (path);";

/// Where the first rendition of a row of the table `asset` is, for a column of a query.
pub(crate) const OF_ASSET: &str = "(SELECT min(r.path) FROM asset_details d JOIN rendition r
     ON r.source = asset.source AND r.uuid = d.uuid WHERE d.asset = asset.row)";

/// A smaller picture that the library has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedRendition {
    /// The identity of its photo in the phone's library.
    pub uuid: String,
    /// The import that filed it.
    pub session: SessionId,
    /// The file.
    pub file: SessionFile,
}

impl Catalog {
    /// Lists the smaller pictures of a source's photos, in the order of their paths.
    pub fn renditions(&self, source: &SourceId) -> Result<Vec<SavedRendition>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(
                "SELECT r.uuid, f.session, f.path, f.bytes, f.hash FROM rendition r JOIN library_file f USING (path)
                 WHERE r.source = ?1 AND f.role = 'rendition' AND f.session IS NOT NULL ORDER BY f.path",
            )?;
            let columns =
                |r: &Row<'_>| Ok((r.get(0)?, r.get::<_, String>(1)?, r.get::<_, String>(2)?, r.get(3)?, r.get(4)?));
            let rows = query.query_map([source.as_str()], columns)?;
            rows.map(|row| {
                let (uuid, session, path, bytes, hash) = row?;
                let path = LibraryPath::found(&path).map_err(|_| CatalogError::Malformed("library path"))?;
                let file = SessionFile { path, bytes: i64::cast_unsigned(bytes), hash: ContentHash::new(hash) };
                Ok(SavedRendition { uuid, session: SessionId::new(session), file })
            })
            .collect()
        })
    }
}

/// Notes which original the file at `path` is a picture of.
pub(crate) fn put(
    t: &Transaction<'_>,
    source: &SourceId,
    of: &RenditionOf,
    path: &LibraryPath,
) -> Result<(), CatalogError> {
    t.prepare_cached("INSERT OR REPLACE INTO rendition VALUES (?1, ?2, ?3)")?.execute(params![
        source.as_str(),
        of.uuid,
        path.as_str()
    ])?;
    Ok(())
}
