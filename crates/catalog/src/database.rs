//! Opening a catalog: pragmas, versions, one connection that writes and one that reads.

use crate::table::{album, asset, asset_details, import_item, import_session, import_warning};
use crate::table::{library_check, library_file, removal, rendition};
use crate::{CatalogError, ImportLock};
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The version this program writes; kept in `PRAGMA user_version`.
const VERSION: i64 = 3;
/// How many names are tried for one that is put aside.
const NUMBERS: u32 = 1000;
/// What SQLite keeps beside a database; without it the last changes are lost, or a new one is taken for the old.
const PARTS: [&str; 3] = ["", "-wal", "-shm"];
/// How long one program waits for another that has the database.
const PATIENCE: Duration = Duration::from_secs(10);

/// An open catalog. Shared between threads; writers wait for each other, readers only for readers.
#[derive(Debug)]
pub struct Catalog {
    path: PathBuf,
    // Before the writer, which is then the last to close and leaves one whole file.
    reader: Mutex<Connection>,
    writer: Mutex<Connection>,
    put_aside: Option<PathBuf>,
}

impl Catalog {
    /// Opens the catalog at `path`, making it and its folder if there is none. Errors when it is damaged, or of another
    /// version than this program's; it is then left as it is.
    pub fn open(path: &Path) -> Result<Self, CatalogError> {
        let writer = open_database(
            path,
            VERSION,
            &[
                asset::SCHEMA,
                asset_details::SCHEMA,
                album::SCHEMA,
                library_file::SCHEMA,
                rendition::SCHEMA,
                import_session::SCHEMA,
                import_item::SCHEMA,
                import_warning::SCHEMA,
                removal::SCHEMA,
                library_check::SCHEMA,
            ],
        )?;
        let reader =
            Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        reader.busy_timeout(PATIENCE)?;
        Ok(Self { path: path.to_owned(), writer: Mutex::new(writer), reader: Mutex::new(reader), put_aside: None })
    }

    /// Opens the catalog at `path`. One that is damaged or of an older program is put aside under another name, and a new one
    /// made, to be filled from the library's manifests. Errors when it is of a newer program, or an import still uses it.
    pub fn open_or_replace(path: &Path) -> Result<Self, CatalogError> {
        let error = match Self::open(path) {
            Err(error @ (CatalogError::Damaged { .. } | CatalogError::Older(_))) => error,
            result => return result,
        };
        let Some(_lock) = ImportLock::take(path)? else { return Err(error) };
        // Another program may have been faster.
        match Self::open(path) {
            Err(CatalogError::Damaged { .. } | CatalogError::Older(_)) => {
                let put_aside = Some(put_aside(path).ok_or(error)?);
                Ok(Self { put_aside, ..Self::open(path)? })
            }
            result => result,
        }
    }

    /// Returns where the one is kept that this one replaced when it was opened, if it did.
    pub fn put_aside(&self) -> Option<&Path> {
        self.put_aside.as_deref()
    }

    /// Takes the right to import into this catalog's library; `None` while another import has it.
    pub fn lock_for_import(&self) -> Result<Option<ImportLock>, CatalogError> {
        ImportLock::take(&self.path)
    }

    /// Runs queries that change nothing.
    pub(crate) fn read<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, CatalogError>,
    ) -> Result<T, CatalogError> {
        query(&locked(&self.reader))
    }

    /// Runs changes in one durable transaction: all of them or none.
    pub(crate) fn write<T>(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, CatalogError>,
    ) -> Result<T, CatalogError> {
        let mut connection = locked(&self.writer);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = change(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }
}

/// Gives a database another name that is free, and what SQLite keeps beside it as well; `None` where that cannot be done.
fn put_aside(path: &Path) -> Option<PathBuf> {
    let with = |path: &Path, part: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(part);
        PathBuf::from(name)
    };
    let is_free = |name: &PathBuf| PARTS.iter().all(|part| std::fs::symlink_metadata(with(name, part)).is_err());
    let mut names = (1..=NUMBERS).map(|number| path.with_extension(format!("unreadable-{number}.sqlite")));
    let name = names.find(is_free)?;
    // The database last: until then the next start begins here again.
    for part in PARTS.iter().rev() {
        let from = with(path, part);
        let moved = std::fs::rename(&from, with(&name, part));
        if moved.is_err() && std::fs::symlink_metadata(&from).is_ok() {
            return None;
        }
    }
    Some(name)
}

/// A panic while the lock was held cannot have left half a change: the transaction was rolled back.
pub(crate) fn locked(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens or makes a database of ours with WAL and full flushing.
pub(crate) fn open_database(path: &Path, version: i64, schemas: &[&str]) -> Result<Connection, CatalogError> {
    let shown = || path.display().to_string();
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|source| CatalogError::Folder { path: shown(), source })?;
    }
    let mut connection = Connection::open(path)?;
    let damaged = |e: CatalogError| match e {
        CatalogError::Database(e) if is_damage(&e) => CatalogError::Damaged { path: shown(), reason: e.to_string() },
        other => other,
    };
    prepare(&connection).map_err(damaged)?;
    // Looked at with the right to write in hand: another program may be making the same database.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > version {
        return Err(CatalogError::Newer(shown()));
    }
    if found == 0 {
        schemas.iter().try_for_each(|schema| transaction.execute_batch(schema))?;
        transaction.pragma_update(None, "user_version", version)?;
    } else if found < version {
        return Err(CatalogError::Older(shown()));
    }
    transaction.commit()?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> Result<(), CatalogError> {
    connection.busy_timeout(PATIENCE)?;
    use_write_ahead_log(connection)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // macOS: a plain fsync stops at the drive's cache.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    match verdict.as_str() {
        "ok" => Ok(()),
        _ => Err(CatalogError::Database(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
            Some(verdict),
        ))),
    }
}

/// Waits for other programs that open the same database: for this, SQLite does not wait by itself.
fn use_write_ahead_log(connection: &Connection) -> rusqlite::Result<()> {
    let until = Instant::now() + PATIENCE;
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(10));
            }
            done => return done,
        }
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalog_opens_twice_and_one_import_runs_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/er/catalog.sqlite");
        let first = Catalog::open(&path).unwrap();
        let second = Catalog::open(&path).unwrap();
        let lock = first.lock_for_import().unwrap();
        assert!(lock.is_some());
        assert!(second.lock_for_import().unwrap().is_none());
        drop(lock);
        assert!(second.lock_for_import().unwrap().is_some());
    }

    #[test]
    fn a_damaged_or_newer_catalog_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("catalog.sqlite");
        std::fs::write(&path, vec![b'x'; 8192]).unwrap();
        assert!(matches!(Catalog::open(&path), Err(CatalogError::Damaged { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), vec![b'x'; 8192]);

        let newer = dir.path().join("newer.sqlite");
        Connection::open(&newer).unwrap().pragma_update(None, "user_version", VERSION + 1).unwrap();
        assert!(matches!(Catalog::open(&newer), Err(CatalogError::Newer(_))));

        drop(Catalog::open(&dir.path().join("older.sqlite")).unwrap());
        let older = open_database(&dir.path().join("older.sqlite"), VERSION + 1, &["CREATE TABLE another (one)"]);
        assert!(matches!(older, Err(CatalogError::Older(_))), "{older:?}");
    }

    #[test]
    fn one_that_is_of_no_use_is_kept_and_replaced_unless_an_import_uses_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("catalog.sqlite");
        for number in 1..=2 {
            std::fs::write(&path, vec![b'x'; 8192]).unwrap();
            let lock = ImportLock::take(&path).unwrap();
            assert!(matches!(Catalog::open_or_replace(&path), Err(CatalogError::Damaged { .. })));
            drop(lock);
            let catalog = Catalog::open_or_replace(&path).unwrap();
            let kept = dir.path().join(format!("catalog.unreadable-{number}.sqlite"));
            assert_eq!(catalog.put_aside(), Some(kept.as_path()));
            assert_eq!(std::fs::read(kept).unwrap(), vec![b'x'; 8192]);
            drop(catalog);
            assert_eq!(Catalog::open_or_replace(&path).unwrap().put_aside(), None);
            std::fs::remove_file(&path).unwrap();
        }
        let older = Connection::open(&path).unwrap();
        older.pragma_update(None, "user_version", VERSION - 1).unwrap();
        drop(older);
        assert!(Catalog::open_or_replace(&path).unwrap().put_aside().is_some());
        std::fs::remove_file(&path).unwrap();
        Connection::open(&path).unwrap().pragma_update(None, "user_version", VERSION + 1).unwrap();
        assert!(matches!(Catalog::open_or_replace(&path), Err(CatalogError::Newer(_))));
    }

    #[test]
    fn several_programs_make_one_catalog_at_once() {
        let dir = tempfile::tempdir().unwrap();
        for round in 0..10 {
            let path = dir.path().join(format!("{round}.sqlite"));
            let start = std::sync::Barrier::new(4);
            let open = || {
                start.wait();
                Catalog::open(&path).map(drop)
            };
            std::thread::scope(|scope| {
                let all: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
                all.into_iter().for_each(|one| one.join().unwrap().unwrap());
            });
        }
    }
}
