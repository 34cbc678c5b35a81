//! One row an import: when, from where, and how the books stood at its end.

use crate::table::sum_of_sizes;
use crate::{Catalog, CatalogError};
use domain::{FailureCode, Repeats, SessionId, SourceId, Totals};
use rusqlite::{OptionalExtension, Row, Transaction, params};

pub(crate) const SCHEMA: &str = "
CREATE TABLE import_session (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, source_name TEXT NOT NULL,
    started_at TEXT NOT NULL, finished INTEGER NOT NULL DEFAULT 0,
    imported INTEGER NOT NULL DEFAULT 0, already_imported INTEGER NOT NULL DEFAULT 0,
    only_in_icloud INTEGER NOT NULL DEFAULT 0, not_selected INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, seconds REAL NOT NULL DEFAULT 0,
    stop_code TEXT, stop_message TEXT, undone_at TEXT, again INTEGER NOT NULL,
    renditions_replaced INTEGER NOT NULL DEFAULT 0
) STRICT;";

/// An import about to begin.
#[derive(Debug, Clone)]
pub struct SessionStart {
    /// Its identity.
    pub id: SessionId,
    /// Where from.
    pub source: SourceId,
    /// The name of that, for people.
    pub source_name: String,
    /// RFC 3339.
    pub started_at: String,
}

/// Why an import ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionStop {
    /// For programs.
    pub code: FailureCode,
    /// For people.
    pub message: String,
}

/// An import of the past, or the one running.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionRow {
    /// Its identity.
    pub id: SessionId,
    /// Where from.
    pub source: SourceId,
    /// The name of that.
    pub source_name: String,
    /// RFC 3339.
    pub started_at: String,
    /// Whether it wrote its own end; if not, it runs, or the program ended before it.
    pub finished: bool,
    /// The books; of one that did not write its end, as the journal has them.
    pub totals: Totals,
    /// Bytes imported.
    pub bytes: u64,
    /// How long it took.
    pub seconds: f64,
    /// Smaller pictures that were put aside, because their originals are in the library.
    pub renditions_replaced: u64,
    /// Why it ended early, if it did.
    pub stop: Option<SessionStop>,
    /// Assets that it brought in and that were put aside since; `totals` do not count them.
    pub put_aside: u64,
}

/// An import of a library, as a list of all of them shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastImport {
    /// Its identity; imports sort by it, the oldest first.
    pub id: SessionId,
    /// The name of its source; empty where only the manifests tell of it.
    pub source_name: String,
    /// RFC 3339; empty where only the manifests tell of it.
    pub started_at: String,
    /// Assets it brought in.
    pub imported: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files of it that are in the library, as far as the catalog knows.
    pub files: u64,
    /// Assets of it that were put aside since.
    pub put_aside: u64,
    /// When it was undone, RFC 3339.
    pub undone_at: Option<String>,
}

impl Catalog {
    /// Returns a stretch of the imports, the latest first; those of other computers and of a catalog that was lost are known
    /// from their files.
    pub fn past_imports(&self, offset: u32, limit: u32) -> Result<Vec<PastImport>, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT id, source_name, started_at, {IMPORTED}, {BYTES},
                     (SELECT count(*) FROM library_file WHERE session = id), undone_at, {PUT_ASIDE} FROM import_session
                 UNION ALL
                 SELECT session, '', '', count(DISTINCT iif(role = 'rendition', NULL, asset)),
                     {BYTES_OF_FILES}, count(*), NULL, 0
                 FROM library_file
                 WHERE session NOT IN (SELECT id FROM import_session) GROUP BY session
                 ORDER BY 1 DESC LIMIT ?1 OFFSET ?2"
            ))?;
            let rows = query.query_map([limit, offset], |r| {
                Ok(PastImport {
                    id: SessionId::new(r.get::<_, String>(0)?),
                    source_name: r.get(1)?,
                    started_at: r.get(2)?,
                    imported: r.get::<_, i64>(3)?.cast_unsigned(),
                    bytes: r.get::<_, i64>(4)?.cast_unsigned(),
                    files: r.get::<_, i64>(5)?.cast_unsigned(),
                    undone_at: r.get(6)?,
                    put_aside: r.get::<_, i64>(7)?.cast_unsigned(),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Tells whether there is such an import.
    pub fn has_session(&self, session: &SessionId) -> Result<bool, CatalogError> {
        self.read(|c| Ok(c.prepare_cached("SELECT 1 FROM import_session WHERE id = ?1")?.exists([session.as_str()])?))
    }

    /// Tells what an import did with bytes that the library had already; one that nobody knows dropped them.
    pub fn repeats(&self, session: &SessionId) -> Result<Repeats, CatalogError> {
        self.read(|c| {
            let mut query = c.prepare_cached("SELECT again FROM import_session WHERE id = ?1")?;
            let again = query.query_row([session.as_str()], |r| r.get::<_, bool>(0)).optional()?;
            Ok(if again == Some(true) { Repeats::Filed } else { Repeats::Dropped })
        })
    }

    /// Writes how an import ended.
    pub fn finish_session(&self, ended: &SessionRow) -> Result<(), CatalogError> {
        let totals = &ended.totals;
        self.write(|t| {
            t.execute(
                "UPDATE import_session SET finished = 1, imported = ?2, already_imported = ?3, only_in_icloud = ?4,
                     not_selected = ?5, failed = ?6, bytes = ?7, seconds = ?8, stop_code = ?9, stop_message = ?10,
                     renditions_replaced = ?11
                 WHERE id = ?1",
                params![
                    ended.id.as_str(),
                    totals.imported.cast_signed(),
                    totals.already_imported.cast_signed(),
                    totals.only_in_icloud.cast_signed(),
                    totals.not_selected.cast_signed(),
                    totals.failed.cast_signed(),
                    ended.bytes.cast_signed(),
                    ended.seconds,
                    ended.stop.as_ref().map(|s| s.code.as_str()),
                    ended.stop.as_ref().map(|s| &s.message),
                    ended.renditions_replaced.cast_signed(),
                ],
            )?;
            Ok(())
        })
    }

    /// Returns the latest import, `None` before the first.
    pub fn last_session(&self) -> Result<Option<SessionRow>, CatalogError> {
        self.read(|c| {
            let journal =
                |states: &str| format!("(SELECT count(*) FROM import_item WHERE session = id AND state IN ({states}))");
            let sql = format!(
                "SELECT id, source, source_name, started_at, finished, max({IMPORTED} - {PUT_ASIDE}, 0),
                     already_imported + iif(finished, 0, {}), only_in_icloud, not_selected,
                     iif(finished, failed, {}), {BYTES}, seconds, stop_code, stop_message,
                     renditions_replaced, {PUT_ASIDE}
                 FROM import_session ORDER BY number DESC LIMIT 1",
                journal("'already_imported'"),
                journal("'failed', 'planned', 'intent'"),
            );
            Ok(c.prepare_cached(&sql)?.query_row([], read_session).optional()?)
        })
    }
}

/// Assets that an import brought in. One that did not write its end is counted by its journal.
const IMPORTED: &str = "iif(finished, imported,
    (SELECT count(*) FROM import_item WHERE session = id AND state IN ('imported', 'undone')))";
/// Those of them that were put aside since.
const PUT_ASIDE: &str = "(SELECT count(*) FROM import_item WHERE session = id AND state = 'undone')";
/// Their bytes, those of originals that JPEGs stand for left out where only the files tell.
const BYTES: &str = concat!(
    "iif(finished, bytes, (SELECT ",
    sum_of_sizes!("f.bytes"),
    " FROM library_file f WHERE f.session = id AND f.derived IS NULL AND f.role <> 'rendition'))"
);
/// The same of an import of which only its files are known.
const BYTES_OF_FILES: &str = sum_of_sizes!("iif(derived IS NULL AND role <> 'rendition', bytes, 0)");

/// Counts, at the end of an import that was cut short, an item that was settled after it: it was taken for failed.
pub(crate) fn count_settled(t: &Transaction<'_>, id: &SessionId, bytes: u64) -> Result<(), CatalogError> {
    t.prepare_cached(
        "UPDATE import_session SET imported = imported + 1, failed = max(failed - 1, 0), bytes = bytes + ?2
         WHERE id = ?1 AND finished",
    )?
    .execute(params![id.as_str(), bytes.cast_signed()])?;
    Ok(())
}

fn read_session(r: &Row<'_>) -> rusqlite::Result<SessionRow> {
    let count = |column| r.get::<_, i64>(column).map(i64::cast_unsigned);
    let code: Option<String> = r.get(12)?;
    let message: Option<String> = r.get(13)?;
    Ok(SessionRow {
        id: SessionId::new(r.get::<_, String>(0)?),
        source: SourceId::new(r.get::<_, String>(1)?),
        source_name: r.get(2)?,
        started_at: r.get(3)?,
        finished: r.get(4)?,
        totals: Totals {
            imported: count(5)?,
            already_imported: count(6)?,
            only_in_icloud: count(7)?,
            not_selected: count(8)?,
            failed: count(9)?,
        },
        bytes: count(10)?,
        seconds: r.get(11)?,
        renditions_replaced: count(14)?,
        stop: code
            .and_then(|c| FailureCode::from_word(&c))
            .zip(message)
            .map(|(code, message)| SessionStop { code, message }),
        put_aside: count(15)?,
    })
}
