//! Writes an invented library into a database of a given generation: the tables an importer may look at, filled as
//! phones fill them. Triggers, indices and history are left out.

mod albums;
mod assets;
mod keys;
mod resources;
mod table;

use std::path::Path;

use rusqlite::{Connection, params};

use super::expected::Expected;
use super::schema::Schema;
use table::Table;

/// Seconds from 1970 to the beginning of the database's time, 2001.
const EPOCH: f64 = 978_307_200.0;
/// One asset of so many, the last ones, is in the write-ahead log alone.
const IN_LOG_ONLY: usize = 100;

/// Makes a database at a path. Its write-ahead log is there as long as the connection.
pub(super) fn create(path: &Path, schema: &Schema, library: &Expected) -> rusqlite::Result<Connection> {
    let mut database = Connection::open(path)?;
    database.execute_batch("PRAGMA page_size = 4096; PRAGMA auto_vacuum = 2; PRAGMA synchronous = OFF;")?;
    database.pragma_update_and_check(None, "journal_mode", "OFF", |_| Ok(()))?;
    let (settled, fresh) = library.assets.split_at(library.assets.len() - library.assets.len().div_ceil(IN_LOG_ONLY));
    let transaction = database.transaction()?;
    transaction.execute_batch(&schema.creation())?;
    head(&transaction, schema, library.model)?;
    let shares = albums::write_shares(&transaction, schema, &library.shares)?;
    assets::write(&transaction, schema, settled, 0, &shares)?;
    transaction.commit()?;
    database.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    database.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
    let transaction = database.transaction()?;
    assets::write(&transaction, schema, fresh, settled.len(), &shares)?;
    albums::write(&transaction, schema, library)?;
    transaction.commit()?;
    Ok(database)
}

/// What the database says of itself.
fn head(database: &Connection, schema: &Schema, model: u32) -> rusqlite::Result<()> {
    let mut insert = database.prepare("INSERT INTO Z_PRIMARYKEY VALUES (?, ?, ?, 0)")?;
    for (name, entity) in schema.entities() {
        insert.execute(params![entity.number, name, entity.parent])?;
    }
    let mut list = Vec::new();
    let facts = [("PLModelVersion", u64::from(model).into()), ("NSStoreType", "SQLite".into())];
    let facts = plist::Value::Dictionary(crate::plists::dict(facts));
    facts.to_writer_binary(&mut list).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let uuid = "00000000-0000-4000-8000-000000000007";
    database.execute("INSERT INTO Z_METADATA VALUES (1, ?, ?)", params![uuid, list])?;
    let columns = &["ZINDEX", "ZMIGRATIONTYPE", "ZMODELVERSION", "ZOSVERSION"];
    let mut history = Table::new(database, schema, ("ZMIGRATIONHISTORY", "MigrationHistory"), columns)?;
    history.insert(&[&0, &3, &model, &"21A000"])?;
    Ok(())
}
