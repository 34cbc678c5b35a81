//! Opening a copy of the database so that nothing in it can do harm, and reading tables of it within limits.
//!
//! Only plain tables are read, each from its first row to its last: no view, trigger, virtual table, index or join of the
//! copy has a say. What it may cost is bounded in rows, bytes and time.

use super::PhotosDbError;
use super::cells::{Cells, Columns};
use super::schema::{Join, Schema};
use domain::CancelFlag;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};
use std::cell::Cell;
use std::path::Path;
use std::time::{Duration, Instant};

/// What reading a library may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimits {
    /// Rows of all tables together.
    pub rows: u64,
    /// Bytes of memory for what was read.
    pub bytes: u64,
    /// The longest value, in bytes.
    pub value: u32,
    /// From opening to the last row.
    pub time: Duration,
}

impl Default for ReadLimits {
    /// Far more than the largest library known (200,000 photos, 1.5 GB of database), and still bearable.
    fn default() -> Self {
        Self { rows: 20_000_000, bytes: 1 << 30, value: 4 << 20, time: Duration::from_secs(120) }
    }
}

/// Instructions of SQLite's machine between two looks at the clock.
const STEPS: i32 = 20_000;

const TOO_MUCH_TEXT: PhotosDbError = PhotosDbError::TooMuch("too much text");

/// An open copy.
pub(super) struct Database {
    connection: Connection,
    rows_left: Cell<u64>,
    bytes_left: Cell<u64>,
    overdrawn: Cell<bool>,
}

impl Database {
    /// Opens a copy that nobody else writes to. The folder must be ours alone: the index of the log is made there.
    /// Reading ends at once when one of `stops` is set.
    pub(super) fn open(path: &Path, limits: ReadLimits, stops: &[&CancelFlag]) -> Result<Self, PhotosDbError> {
        let flags =
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        // Links above the file are the computer's own, such as /tmp on a Mac; the file itself may be none.
        let place = path.parent().and_then(|folder| folder.canonicalize().ok());
        let place = place.zip(path.file_name()).map(|(folder, name)| folder.join(name));
        let mut connection = Connection::open_with_flags(place.as_deref().unwrap_or(path), flags)?;
        harden(&mut connection, limits, stops)?;
        let (rows_left, bytes_left) = (Cell::new(limits.rows), Cell::new(limits.bytes));
        Ok(Self { connection, rows_left, bytes_left, overdrawn: Cell::default() })
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Reads a table from its first row to its last. `read` names the columns it wants in the order in which it takes
    /// them; it is called once without a row, to learn them. A table that is not there has no rows.
    pub(super) fn each<T>(
        &self,
        schema: &Schema,
        table: &str,
        mut read: impl FnMut(&mut Cells<'_, '_>) -> T,
        take: impl FnMut(T),
    ) -> Result<(), PhotosDbError> {
        self.each_kept(schema, table, |cells| Some(read(cells)), take)
    }

    /// Does the same, but takes only rows that `read` keeps; others cost no memory.
    pub(super) fn each_kept<T>(
        &self,
        schema: &Schema,
        table: &str,
        mut read: impl FnMut(&mut Cells<'_, '_>) -> Option<T>,
        mut take: impl FnMut(T),
    ) -> Result<(), PhotosDbError> {
        if !schema.has_table(table) {
            return Ok(());
        }
        let mut columns = Columns::default();
        read(&mut Cells::Learning(&mut columns));
        let (chosen, places) = columns.choose(|column| schema.has(table, column));
        // NOT INDEXED: an index may say something else than the table.
        let sql = format!("SELECT {} FROM \"{table}\" NOT INDEXED", chosen.join(", "));
        let mut statement = self.connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mut cells = Cells::Reading { row, places: &places, next: 0, bytes: size_of::<T>() };
            let kept = read(&mut cells);
            self.charge(if kept.is_some() { cells.bytes() } else { 0 })?;
            kept.into_iter().for_each(&mut take);
        }
        self.within_limits()
    }

    /// Copies a text that was read once and belongs to several rows. Beyond the limits the copy is empty, and
    /// [`Database::within_limits`] says so.
    pub(super) fn copy_of(&self, text: &str) -> String {
        let left = self.bytes_left.get().checked_sub((text.len() + size_of::<String>()) as u64);
        self.bytes_left.set(left.unwrap_or(0));
        self.overdrawn.set(self.overdrawn.get() || left.is_none());
        if left.is_some() { text.to_owned() } else { String::new() }
    }

    /// Errors when copies took more memory than they may.
    pub(super) fn within_limits(&self) -> Result<(), PhotosDbError> {
        if self.overdrawn.get() { Err(TOO_MUCH_TEXT) } else { Ok(()) }
    }

    /// Reads a table that ties two others together: the one, the order if there is one, the other.
    pub(super) fn each_of(
        &self,
        schema: &Schema,
        join: &Join,
        mut take: impl FnMut((i64, Option<i64>, i64)),
    ) -> Result<(), PhotosDbError> {
        if !schema.has_table(&join.table) {
            return Ok(());
        }
        let order = join.order.as_ref().map_or("NULL".to_owned(), |order| format!("\"{order}\""));
        let sql = format!("SELECT \"{}\", {order}, \"{}\" FROM \"{}\" NOT INDEXED", join.one, join.other, join.table);
        let mut statement = self.connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            self.charge(size_of::<(i64, Option<i64>, i64)>())?;
            let number = |at: usize| row.get::<_, i64>(at).ok();
            if let Some((one, other)) = number(0).zip(number(2)) {
                take((one, number(1), other));
            }
        }
        self.within_limits()
    }

    fn charge(&self, bytes: usize) -> Result<(), PhotosDbError> {
        let rows = self.rows_left.get().checked_sub(1).ok_or(PhotosDbError::TooMuch("too many rows"))?;
        let bytes = self.bytes_left.get().checked_sub(bytes as u64);
        self.rows_left.set(rows);
        self.bytes_left.set(bytes.ok_or(TOO_MUCH_TEXT)?);
        Ok(())
    }
}

fn harden(connection: &mut Connection, limits: ReadLimits, stops: &[&CancelFlag]) -> Result<(), PhotosDbError> {
    for (setting, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
    ] {
        connection.set_db_config(setting, on)?;
    }
    for (limit, most) in [
        (Limit::SQLITE_LIMIT_LENGTH, limits.value.cast_signed()),
        (Limit::SQLITE_LIMIT_SQL_LENGTH, 1 << 20),
        (Limit::SQLITE_LIMIT_COLUMN, 2000),
        (Limit::SQLITE_LIMIT_EXPR_DEPTH, 100),
        (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 8),
        (Limit::SQLITE_LIMIT_VDBE_OP, 25_000),
        (Limit::SQLITE_LIMIT_FUNCTION_ARG, 32),
        (Limit::SQLITE_LIMIT_ATTACHED, 0),
        (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100),
        (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 10),
        (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 1),
        (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
    ] {
        connection.set_limit(limit, most)?;
    }
    let deadline = Instant::now().checked_add(limits.time);
    let stops: Vec<CancelFlag> = stops.iter().copied().cloned().collect();
    let ends = move || stops.iter().any(CancelFlag::is_cancelled) || deadline.is_none_or(|end| Instant::now() > end);
    connection.progress_handler(STEPS, Some(ends))?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "mmap_size", 0)?;
    Ok(())
}
