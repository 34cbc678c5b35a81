//! What the last check of the library found, and when: a copy that was found changed is a copy no more, whatever its name and
//! length.
//!
//! A finding holds for the file that was checked. As soon as something else is filed under its path, or it is put aside, it
//! says nothing any more.

use crate::{Catalog, CatalogError, SessionFile};
use domain::{ContentHash, LibraryPath, SessionId};
use rusqlite::{OptionalExtension, Transaction, params};

pub(crate) const SCHEMA: &str = "
CREATE TABLE library_check (
    one INTEGER PRIMARY KEY CHECK (one = 1), at TEXT NOT NULL, photos INTEGER NOT NULL, files INTEGER NOT NULL,
    bytes INTEGER NOT NULL, moved INTEGER NOT NULL
) STRICT;
CREATE TABLE check_finding (
    path TEXT PRIMARY KEY, kind TEXT NOT NULL, found_bytes INTEGER, found_hash BLOB, hash BLOB, session TEXT
) WITHOUT ROWID, STRICT;
CREATE INDEX check_finding_kind ON check_finding (kind, path);";

/// Holds for rows `f` of the table `library_file` unless the last check found other bytes there.
pub(crate) const NOT_FOUND_CHANGED: &str = "NOT EXISTS (SELECT 1 FROM check_finding x WHERE x.path = f.path
     AND x.kind = 'changed' AND x.session IS f.session AND x.hash = f.hash)";

/// Holds for findings `x` unless something else was filed there since.
const STILL_SO: &str = "NOT EXISTS (SELECT 1 FROM library_file f WHERE f.path = x.path
     AND (f.session IS NOT x.session OR f.hash IS NOT x.hash))";

/// Holds for rows `f` that an import would bring back: copies, and what stands for a copy.
const COMES_BACK: &str = "(f.derived IS NULL OR f.stands_for IS NOT NULL)";

/// What can be wrong with a path of the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingKind {
    /// The file there has other bytes than it was filed with, or cannot be read.
    Changed,
    /// It is not there.
    Missing,
    /// Nobody filed what is there.
    Unknown,
}

impl FindingKind {
    fn word(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
        }
    }
}

/// Something that a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub kind: FindingKind,
    /// Where, relative to the library.
    pub path: String,
    /// Size and hash of what is there, of a changed file that can be read.
    pub found: Option<(u64, ContentHash)>,
}

/// A check that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRow {
    /// RFC 3339, when it ended.
    pub at: String,
    /// Photos and videos that the manifests told of.
    pub photos: u64,
    /// Their files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that were found at another place.
    pub moved: u64,
}

/// How many findings there are that still hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FindingCounts {
    /// Changed files.
    pub changed: u64,
    /// Missing files.
    pub missing: u64,
    /// Unknown files.
    pub unknown: u64,
    /// Assets with a changed or missing file of which the library has no other copy: they are new again.
    pub new_again: u64,
}

/// A finding as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingRow {
    /// Where, relative to the library.
    pub path: String,
    /// Where a copy was at its source; empty for what is none, or where that is not known.
    pub source_path: String,
    /// Whether a changed file could not be read.
    pub unreadable: bool,
    /// Whether it is no copy but was made of one: no import brings it back.
    pub made: bool,
}

impl Catalog {
    /// Writes down a check that came to its end, in place of the one before.
    pub fn note_check(&self, row: &CheckRow, findings: &[Finding]) -> Result<(), CatalogError> {
        self.write(|t| {
            t.execute("DELETE FROM check_finding", [])?;
            let numbers = [row.photos, row.files, row.bytes, row.moved].map(u64::cast_signed);
            t.execute(
                "INSERT OR REPLACE INTO library_check VALUES (1, ?1, ?2, ?3, ?4, ?5)",
                params![row.at, numbers[0], numbers[1], numbers[2], numbers[3]],
            )?;
            findings.iter().try_for_each(|finding| put(t, finding))
        })
    }

    /// Writes down what a check found that was stopped; what was found before holds as well.
    pub fn note_findings(&self, findings: &[Finding]) -> Result<(), CatalogError> {
        self.write(|t| findings.iter().try_for_each(|finding| put(t, finding)))
    }

    /// Forgets what the last check found of files that were read since, and are as they were filed.
    pub fn note_whole<'a>(&self, paths: impl IntoIterator<Item = &'a LibraryPath>) -> Result<(), CatalogError> {
        self.write(|t| paths.into_iter().try_for_each(|path| forget(t, path)))
    }

    /// Returns the last check that came to its end, `None` before the first.
    pub fn last_check(&self) -> Result<Option<CheckRow>, CatalogError> {
        self.read(|c| {
            let number = |n: i64| n.cast_unsigned();
            let read = |r: &rusqlite::Row<'_>| {
                Ok(CheckRow {
                    at: r.get(0)?,
                    photos: number(r.get(1)?),
                    files: number(r.get(2)?),
                    bytes: number(r.get(3)?),
                    moved: number(r.get(4)?),
                })
            };
            Ok(c.query_row("SELECT at, photos, files, bytes, moved FROM library_check", [], read).optional()?)
        })
    }

    /// Counts the findings that still hold.
    pub fn finding_counts(&self) -> Result<FindingCounts, CatalogError> {
        self.read(|c| {
            let of = |kind: &str| format!("count(*) FILTER (WHERE x.kind = '{kind}')");
            let (changed, missing, unknown) = (of("changed"), of("missing"), of("unknown"));
            let number = |n: i64| n.cast_unsigned();
            let sql = format!("SELECT {changed}, {missing}, {unknown} FROM check_finding x WHERE {STILL_SO}");
            let counts = c.prepare_cached(&sql)?.query_row([], |r| {
                let (changed, missing, unknown) = (number(r.get(0)?), number(r.get(1)?), number(r.get(2)?));
                Ok(FindingCounts { changed, missing, unknown, new_again: 0 })
            })?;
            let sql = format!(
                "SELECT count(DISTINCT f.asset) FROM check_finding x JOIN library_file f USING (path)
                 WHERE x.kind <> 'unknown' AND {STILL_SO} AND {COMES_BACK} AND f.role <> 'rendition' AND NOT EXISTS
                     (SELECT 1 FROM library_file g WHERE g.hash = f.hash AND g.path <> f.path AND f.bytes > 0
                      AND g.derived IS NULL AND NOT EXISTS (SELECT 1 FROM check_finding y WHERE y.path = g.path))"
            );
            let new_again = c.prepare_cached(&sql)?.query_row([], |r| Ok(number(r.get(0)?)))?;
            Ok(FindingCounts { new_again, ..counts })
        })
    }

    /// Returns a stretch of the findings of a kind that still hold, in the order of their paths.
    pub fn findings(&self, kind: FindingKind, offset: u32, limit: u32) -> Result<Vec<FindingRow>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT x.path, coalesce((SELECT min(k.source_path) FROM known_source k WHERE k.path = x.path), ''),
                     x.kind = 'changed' AND x.found_hash IS NULL,
                     EXISTS (SELECT 1 FROM library_file f WHERE f.path = x.path AND NOT {COMES_BACK})
                 FROM check_finding x WHERE x.kind = ?1 AND {STILL_SO} ORDER BY x.path LIMIT ?2 OFFSET ?3"
            ))?;
            let rows = query.query_map(params![kind.word(), limit, offset], |r| {
                Ok(FindingRow { path: r.get(0)?, source_path: r.get(1)?, unreadable: r.get(2)?, made: r.get(3)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Returns the copies that were found changed, each with the import that filed it, as it was filed, and with what was
    /// found there, in the order of imports and paths. What was made of copies is not among them: no import brings it back.
    pub fn changed_copies(&self) -> Result<Vec<ChangedCopy>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT f.session, f.path, f.bytes, f.hash, x.found_bytes, x.found_hash
                 FROM check_finding x JOIN library_file f USING (path)
                 WHERE x.kind = 'changed' AND {STILL_SO} AND {COMES_BACK} AND f.session IS NOT NULL
                 ORDER BY f.session, f.path"
            ))?;
            let columns = |r: &rusqlite::Row<'_>| {
                let found = r.get::<_, Option<i64>>(4)?.map(i64::cast_unsigned).zip(r.get::<_, Option<[u8; 32]>>(5)?);
                Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?, r.get(2)?, r.get(3)?, found))
            };
            let rows = query.query_map([], columns)?;
            rows.map(|row| {
                let (session, path, bytes, hash, found) = row?;
                let path = LibraryPath::found(&path).map_err(|_| CatalogError::Malformed("library path"))?;
                let filed = SessionFile { path, bytes: i64::cast_unsigned(bytes), hash: ContentHash::new(hash) };
                let found = found.map(|(bytes, hash)| (bytes, ContentHash::new(hash)));
                Ok(ChangedCopy { session: SessionId::new(session), filed, found })
            })
            .collect()
        })
    }
}

/// A copy that was found changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedCopy {
    /// The import that filed it.
    pub session: SessionId,
    /// The file as it was filed.
    pub filed: SessionFile,
    /// Size and hash of what was found there; `None` when it could not be read.
    pub found: Option<(u64, ContentHash)>,
}

fn put(t: &Transaction<'_>, finding: &Finding) -> Result<(), CatalogError> {
    t.prepare_cached(
        "INSERT OR REPLACE INTO check_finding SELECT ?1, ?2, ?3, ?4,
             (SELECT hash FROM library_file WHERE path = ?1), (SELECT session FROM library_file WHERE path = ?1)",
    )?
    .execute(params![
        finding.path,
        finding.kind.word(),
        finding.found.map(|(bytes, _)| bytes.cast_signed()),
        finding.found.as_ref().map(|(_, hash)| *hash.as_bytes()),
    ])?;
    Ok(())
}

/// Forgets what was found at a path, because that file is not there any more.
pub(crate) fn forget(t: &Transaction<'_>, path: &LibraryPath) -> Result<(), CatalogError> {
    t.prepare_cached("DELETE FROM check_finding WHERE path = ?1")?.execute([path.as_str()])?;
    Ok(())
}
