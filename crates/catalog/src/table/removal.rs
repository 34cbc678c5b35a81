//! Undoing an import: one row for each file that is about to be put aside, and what is forgotten when it was.

use crate::table::library_check;
use crate::{Catalog, CatalogError};
use domain::{ContentHash, LibraryPath, Removal, SessionId, SourceId};
use rusqlite::{OptionalExtension, Row, Transaction, params};

pub(crate) const SCHEMA: &str = "
CREATE TABLE removal (
    path TEXT PRIMARY KEY, place TEXT NOT NULL, bytes INTEGER NOT NULL, hash BLOB NOT NULL, session TEXT NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX asset_copy ON asset (library_path) WHERE library_path IS NOT NULL;
CREATE INDEX import_item_copy ON import_item (library_path) WHERE library_path IS NOT NULL;
CREATE INDEX known_source_path ON known_source (path);";

/// A file that an import brought in and the library still has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionFile {
    /// Where it was filed.
    pub path: LibraryPath,
    /// Its size.
    pub bytes: u64,
    /// Its hash.
    pub hash: ContentHash,
}

impl Catalog {
    /// Returns the files that an import brought in and that were not put aside since, in the order of their paths.
    pub fn files_of(&self, session: &SessionId) -> Result<Vec<SessionFile>, CatalogError> {
        self.read(|c| {
            let mut query =
                c.prepare_cached("SELECT path, bytes, hash FROM library_file WHERE session = ?1 ORDER BY path")?;
            let rows = query.query_map([session.as_str()], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
            rows.map(|row| {
                let (path, bytes, hash) = row?;
                Ok(SessionFile { path: path_of(path)?, bytes: i64::cast_unsigned(bytes), hash: ContentHash::new(hash) })
            })
            .collect()
        })
    }

    /// Writes down, durably, what is about to be put aside.
    pub fn intend_removals(&self, session: &SessionId, removals: &[Removal]) -> Result<(), CatalogError> {
        self.write(|t| {
            let mut insert = t.prepare_cached("INSERT OR REPLACE INTO removal VALUES (?1, ?2, ?3, ?4, ?5)")?;
            removals.iter().try_for_each(|one| {
                let (path, place) = (one.path.as_str(), one.to.as_str());
                insert
                    .execute(params![path, place, one.bytes.cast_signed(), one.hash.as_bytes(), session.as_str()])
                    .map(drop)
            })?;
            Ok(())
        })
    }

    /// Returns what was about to be put aside when the program last ended.
    pub fn removals(&self) -> Result<Vec<(SessionId, Removal)>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached("SELECT path, place, bytes, hash, session FROM removal ORDER BY path")?;
            let rows = query.query_map([], removal_columns)?.collect::<Result<Vec<_>, _>>()?;
            rows.into_iter().map(read_removal).collect()
        })
    }

    /// Writes down, in one transaction, what was put aside, which the catalog then no longer knows as copies, and what
    /// stayed where it was.
    pub fn conclude_removals(&self, moved: &[Removal], stayed: &[Removal]) -> Result<(), CatalogError> {
        self.write(|t| {
            moved.iter().try_for_each(|one| forget_copy(t, &one.path))?;
            let mut delete = t.prepare_cached("DELETE FROM removal WHERE path = ?1")?;
            moved.iter().chain(stayed).try_for_each(|one| delete.execute([one.path.as_str()]).map(drop))?;
            Ok(())
        })
    }

    /// Forgets copies that the manifests say were put aside.
    pub fn forget_copies(&self, paths: &[LibraryPath]) -> Result<(), CatalogError> {
        self.write(|t| paths.iter().try_for_each(|path| forget_copy(t, path)))
    }

    /// Returns the rows, with their sources, of what an import brought in and what has no copy since it was put aside.
    pub fn undone_assets(&self, session: &SessionId) -> Result<Vec<(SourceId, u32)>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(
                "SELECT a.source, a.row FROM import_item i JOIN import_session s ON s.id = i.session
                 JOIN asset a ON a.source = s.source AND a.id = i.asset
                 WHERE i.session = ?1 AND i.state = 'undone' AND a.library_path IS NULL",
            )?;
            let rows =
                query.query_map([session.as_str()], |r| Ok((SourceId::new(r.get::<_, String>(0)?), r.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Notes where the copy of an asset is.
    pub fn note_copy(&self, row: u32, path: &LibraryPath) -> Result<(), CatalogError> {
        self.write(|t| {
            t.execute("UPDATE asset SET library_path = ?2 WHERE row = ?1", params![row, path.as_str()])?;
            Ok(())
        })
    }

    /// Writes down that an import was undone; `at` is RFC 3339.
    pub fn note_undone(&self, session: &SessionId, at: &str) -> Result<(), CatalogError> {
        self.write(|t| {
            t.execute("UPDATE import_session SET undone_at = ?2 WHERE id = ?1", [session.as_str(), at])?;
            Ok(())
        })
    }

    /// Tells when an import was undone, `None` if it was not.
    pub fn undone_at(&self, session: &SessionId) -> Result<Option<String>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached("SELECT undone_at FROM import_session WHERE id = ?1")?;
            Ok(query.query_row([session.as_str()], |r| r.get(0)).optional()?.flatten())
        })
    }
}

/// The file, the places at sources it stood for, and what was imported as it, or with it: all of it is new again.
const FORGET: [&str; 6] = [
    "UPDATE asset SET library_path = NULL WHERE library_path = (SELECT asset FROM library_file WHERE path = ?1)
             AND EXISTS
             (SELECT 1 FROM library_file f JOIN import_item i ON i.session = f.session AND i.asset = asset.id WHERE f.path = ?1)",
    "UPDATE import_item SET state = 'undone' WHERE state = 'imported'
             AND (session, library_path) = (SELECT session, asset FROM library_file WHERE path = ?1)",
    "DELETE FROM library_file WHERE path = ?1",
    "UPDATE asset SET library_path = NULL WHERE library_path = ?1",
    "UPDATE import_item SET library_path = NULL WHERE library_path = ?1 AND state = 'rendition'",
    "UPDATE import_item SET state = 'undone' WHERE library_path = ?1 AND state = 'imported'",
];

fn forget_copy(t: &Transaction<'_>, path: &LibraryPath) -> Result<(), CatalogError> {
    FORGET.iter().try_for_each(|sql| t.prepare_cached(sql)?.execute([path.as_str()]).map(drop))?;
    library_check::forget(t, path)
}

type RemovalColumns = (String, String, i64, [u8; 32], String);

fn removal_columns(r: &Row<'_>) -> rusqlite::Result<RemovalColumns> {
    Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?))
}

fn read_removal((path, place, bytes, hash, session): RemovalColumns) -> Result<(SessionId, Removal), CatalogError> {
    let (path, to) = (path_of(path)?, path_of(place)?);
    let removal = Removal { path, to, bytes: bytes.cast_unsigned(), hash: ContentHash::new(hash) };
    Ok((SessionId::new(session), removal))
}

fn path_of(text: String) -> Result<LibraryPath, CatalogError> {
    LibraryPath::found(&text).map_err(|_| CatalogError::Malformed("library path"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_is_forgotten_without_a_look_at_all_that_came_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(&dir.path().join("c.sqlite")).unwrap();
        let steps = catalog.read(|c| {
            let mut steps = Vec::new();
            for sql in FORGET {
                let mut query = c.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                steps.extend(query.query_map(["x"], |r| r.get::<_, String>(3))?.collect::<Result<Vec<_>, _>>()?);
            }
            Ok(steps)
        });
        // A whole session is a search by nothing but that, or by its states.
        let is_long = |step: &&String| {
            step.contains("SCAN") || step.ends_with("(session=?)") || step.contains("import_item_state")
        };
        let steps = steps.unwrap();
        assert_eq!(steps.iter().find(is_long), None, "{steps:#?}");
        assert!(steps.len() > FORGET.len());
    }
}
