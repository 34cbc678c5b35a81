//! What an import has to say of assets that are imported all the same: a JPEG or a sidecar that could not be made, or not whole.

use crate::{Catalog, CatalogError};
use domain::{ResourceRole, SessionId};
use rusqlite::params;

pub(crate) const SCHEMA: &str = "
CREATE TABLE import_warning (
    session TEXT NOT NULL, item INTEGER NOT NULL, position INTEGER NOT NULL, message TEXT NOT NULL,
    PRIMARY KEY (session, item, position),
    FOREIGN KEY (session, item) REFERENCES import_item (session, item) ON DELETE CASCADE
) WITHOUT ROWID, STRICT;";

/// What an import made of photos besides copying them, and what it saved in their place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MadeCounts {
    /// JPEGs that were made.
    pub files: u64,
    /// Sidecars that were written.
    pub sidecars: u64,
    /// Those whose original was not filed.
    pub originals_left_out: u64,
    /// Smaller pictures that were saved of what is only in iCloud.
    pub renditions: u64,
    /// Those of any import that this one put aside, because their originals came.
    pub renditions_replaced: u64,
    /// Items with a warning.
    pub warned: u64,
}

impl Catalog {
    /// Writes down a warning of an item: a sentence. How the item ends is not affected.
    pub fn warn_of(&self, session: &SessionId, item: u32, message: &str) -> Result<(), CatalogError> {
        self.write(|t| {
            t.prepare_cached(
                "INSERT INTO import_warning SELECT ?1, ?2, count(*), ?3 FROM import_warning
                 WHERE session = ?1 AND item = ?2",
            )?
            .execute(params![session.as_str(), item, message])?;
            Ok(())
        })
    }

    /// Counts what an import made, of what is in the library now, and the items with warnings.
    pub fn made_counts(&self, session: &SessionId) -> Result<MadeCounts, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(
                "SELECT count(derived) FILTER (WHERE role <> ?2), count(*) FILTER (WHERE role = ?2), count(stands_for),
                     (SELECT count(DISTINCT item) FROM import_warning WHERE session = ?1),
                     count(*) FILTER (WHERE role = ?3),
                     (SELECT renditions_replaced FROM import_session WHERE id = ?1)
                 FROM library_file WHERE session = ?1",
            )?;
            let (details, rendition) = (ResourceRole::Details.as_str(), ResourceRole::Rendition.as_str());
            let number = |n: i64| n.cast_unsigned();
            Ok(query.query_row([session.as_str(), details, rendition], |r| {
                Ok(MadeCounts {
                    files: number(r.get(0)?),
                    sidecars: number(r.get(1)?),
                    originals_left_out: number(r.get(2)?),
                    warned: number(r.get(3)?),
                    renditions: number(r.get(4)?),
                    renditions_replaced: number(r.get::<_, Option<i64>>(5)?.unwrap_or(0)),
                })
            })?)
        })
    }
}
