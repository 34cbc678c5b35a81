//! One transaction of the writer: always several pages, always more than one table, always with an account of it.

use rusqlite::{Connection, Transaction, params};

use super::LEDGER;
use crate::media::word;

/// Assets of the writer's own that there are at most.
const MOST_ADDED: u64 = 400;
const ADD: &str = "INSERT INTO {asset} (Z_PK, Z_ENT, Z_OPT, ZUUID, ZDIRECTORY, ZFILENAME, ZUNIFORMTYPEIDENTIFIER, ZKIND, \
    ZKINDSUBTYPE, ZSAVEDASSETTYPE, ZDATECREATED, ZFAVORITE, ZHIDDEN, ZTRASHEDSTATE, ZVISIBILITYSTATE, ZCOMPLETE, \
    ZADDITIONALATTRIBUTES) SELECT ?1, Z_ENT, ?2, ?3, 'DCIM/999APPLE', ?4, 'public.jpeg', 0, 0, 3, 7e8, 0, 0, 0, 0, 1, ?5 \
    FROM {asset} LIMIT 1";
const ADD_ATTRIBUTES: &str = "INSERT INTO ZADDITIONALASSETATTRIBUTES (Z_PK, Z_ENT, Z_OPT, ZASSET, ZORIGINALFILENAME) \
    SELECT ?1, Z_ENT, ?2, ?3, ?4 FROM ZADDITIONALASSETATTRIBUTES LIMIT 1";
const ADD_RESOURCE: &str = "INSERT INTO ZINTERNALRESOURCE (Z_ENT, Z_OPT, ZASSET, ZRESOURCETYPE, ZVERSION, ZRECIPEID, \
    ZDATASTORECLASSID, ZDATASTORESUBTYPE, ZLOCALAVAILABILITY, ZREMOTEAVAILABILITY, ZDATALENGTH, ZTRASHEDSTATE) \
    SELECT Z_ENT, ?1, ?2, 0, 0, 0, 0, 1, 1, 0, 1000, 0 FROM ZINTERNALRESOURCE LIMIT 1";

/// The database with what the writer remembers of it.
pub(super) struct Ledger {
    database: Connection,
    asset_table: String,
    /// Row numbers of assets and their attributes. The writer's own come last, oldest first.
    rows: Vec<(i64, i64)>,
    own: u64,
    written: u64,
}

impl Ledger {
    pub(super) fn open(database: Connection) -> rusqlite::Result<Self> {
        database.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
        database.execute_batch("PRAGMA synchronous = OFF")?;
        let asset_table = asset_table(&database)?;
        let sums = format!(
            "CREATE TABLE IF NOT EXISTS {LEDGER} (Z_PK INTEGER PRIMARY KEY, ZWRITTEN INTEGER, ZASSETS INTEGER, ZSUM INTEGER);
             INSERT OR IGNORE INTO {LEDGER} SELECT 1, 0, count(*), total(Z_OPT) FROM {asset_table};
             UPDATE ZADDITIONALASSETATTRIBUTES SET Z_OPT = (SELECT Z_OPT FROM {asset_table} a WHERE a.Z_PK = ZASSET);"
        );
        database.execute_batch(&sums)?;
        let written = database.query_row(&format!("SELECT ZWRITTEN FROM {LEDGER}"), [], |row| row.get::<_, i64>(0))?;
        let read = format!(
            "SELECT a.Z_PK, x.Z_PK FROM ZADDITIONALASSETATTRIBUTES x JOIN {asset_table} a ON a.Z_PK = x.ZASSET ORDER BY 1"
        );
        let rows =
            database.prepare(&read)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        let own = format!("SELECT count(*) FROM {asset_table} WHERE ZDIRECTORY = 'DCIM/999APPLE'");
        let own = database.query_row(&own, [], |row| row.get::<_, i64>(0))?.cast_unsigned();
        Ok(Self { database, asset_table, rows, own, written: written.cast_unsigned() })
    }

    /// Changes so many assets, one more or one less.
    pub(super) fn write(&mut self, chance: u64, assets: u64) -> rusqlite::Result<()> {
        // A failure ends the writer, so what is remembered need not be put back.
        let Self { database, asset_table, rows, own, written } = self;
        *written += 1;
        let transaction = database.transaction()?;
        let mut sum = 0;
        for turn in 0..assets {
            let place = word(chance, turn) % (rows.len() as u64).max(1);
            if let Some((asset, attributes)) = rows.get(place as usize) {
                touch(&transaction, asset_table, *asset, *attributes)?;
                sum += 1;
            }
        }
        if *own < MOST_ADDED && chance.is_multiple_of(3) {
            let next = rows.last().map_or((1, 1), |last| (last.0 + 1, last.1 + 1));
            add(&transaction, asset_table, next, *written)?;
            rows.push(next);
            *own += 1;
            sum += written.cast_signed();
        } else if *own > 0 && chance % 3 == 1 {
            let (asset, _) = rows.remove(rows.len() - *own as usize);
            sum -= remove(&transaction, asset_table, asset)?;
            *own -= 1;
        }
        let account = format!("UPDATE {LEDGER} SET ZWRITTEN = ?, ZASSETS = ?, ZSUM = ZSUM + ?");
        transaction.execute(&account, params![written.cast_signed(), rows.len() as i64, sum])?;
        transaction.commit()
    }

    /// Writes the log back into the database.
    pub(super) fn write_back(&self, how: &str) -> rusqlite::Result<()> {
        self.database.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |_| Ok(()))
    }
}

/// The table has another name in old generations.
pub(super) fn asset_table(database: &Connection) -> rusqlite::Result<String> {
    let query = "SELECT name FROM sqlite_master WHERE name IN ('ZASSET', 'ZGENERICASSET') ORDER BY name LIMIT 1";
    database.query_row(query, [], |row| row.get(0))
}

/// Counts one change in both rows.
fn touch(transaction: &Transaction<'_>, table: &str, asset: i64, attributes: i64) -> rusqlite::Result<()> {
    for (table, row) in [(table, asset), ("ZADDITIONALASSETATTRIBUTES", attributes)] {
        let count = format!("UPDATE {table} SET Z_OPT = Z_OPT + 1 WHERE Z_PK = ?");
        transaction.prepare_cached(&count)?.execute([row])?;
    }
    Ok(())
}

fn add(
    transaction: &Transaction<'_>,
    table: &str,
    (asset, attributes): (i64, i64),
    number: u64,
) -> rusqlite::Result<()> {
    let uuid = format!("51D0DB00-0000-4000-8000-{number:012X}");
    let name = format!("IMG_{:04}.JPG", number % 10_000);
    let number = number.cast_signed();
    transaction
        .prepare_cached(&ADD.replace("{asset}", table))?
        .execute(params![asset, number, uuid, name, attributes])?;
    transaction.prepare_cached(ADD_ATTRIBUTES)?.execute(params![attributes, number, asset, name])?;
    transaction.prepare_cached(ADD_RESOURCE)?.execute(params![number, asset])?;
    Ok(())
}

/// Removes an asset from all three tables; returns its count of changes.
fn remove(transaction: &Transaction<'_>, table: &str, asset: i64) -> rusqlite::Result<i64> {
    let count =
        transaction.query_row(&format!("SELECT Z_OPT FROM {table} WHERE Z_PK = ?"), [asset], |row| row.get(0))?;
    for (table, column) in [(table, "Z_PK"), ("ZADDITIONALASSETATTRIBUTES", "ZASSET"), ("ZINTERNALRESOURCE", "ZASSET")]
    {
        transaction.execute(&format!("DELETE FROM {table} WHERE {column} = ?"), [asset])?;
    }
    Ok(count)
}
