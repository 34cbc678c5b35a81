//! Tells whether a copy of a database that is being written is one that ever was.

use std::path::Path;

use rusqlite::Connection;

use super::LEDGER;
use super::transaction::asset_table;

/// What a copy turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseCopy {
    /// As it was after so many transactions of a [`super::DatabaseWriter`].
    Whole(u64),
    /// It never was like that. The words say what does not fit, or what SQLite says.
    Torn(String),
}

/// Looks at a copy with its write-ahead log beside it, which SQLite works into it. Each transaction of the writer keeps
/// account of every row's count of changes, so that one page too old or too new is found.
pub fn check_copy(database: &Path) -> DatabaseCopy {
    look(database).unwrap_or_else(|error| DatabaseCopy::Torn(error.to_string()))
}

fn look(database: &Path) -> rusqlite::Result<DatabaseCopy> {
    let database = Connection::open(database)?;
    // One moment for all questions, should somebody write at the same time.
    database.execute_batch("BEGIN")?;
    let table = asset_table(&database)?;
    let numbers = |query: &str| database.query_row(query, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)));
    let account = numbers(&format!("SELECT ZASSETS, ZSUM FROM {LEDGER}"))?;
    let sums = format!("SELECT count(*), CAST(total(Z_OPT) AS INTEGER) FROM {table}");
    let assets = numbers(&sums)?;
    let attributes = numbers(&sums.replace(&table, "ZADDITIONALASSETATTRIBUTES"))?;
    let pairs = format!(
        "SELECT count(*), coalesce(sum(a.Z_OPT = x.Z_OPT), 0) FROM {table} a
         JOIN ZADDITIONALASSETATTRIBUTES x ON x.Z_PK = a.ZADDITIONALATTRIBUTES AND x.ZASSET = a.Z_PK"
    );
    let (pairs, equal) = numbers(&pairs)?;
    let loose = format!("SELECT count(*), 0 FROM ZINTERNALRESOURCE WHERE ZASSET NOT IN (SELECT Z_PK FROM {table})");
    let (loose, _) = numbers(&loose)?;
    if account != assets || account != attributes || (pairs, equal) != (account.0, account.0) || loose > 0 {
        let words = format!(
            "account {account:?}, assets {assets:?}, attributes {attributes:?}, {equal} of {pairs} pairs, {loose} loose"
        );
        return Ok(DatabaseCopy::Torn(words));
    }
    let (written, _) = numbers(&format!("SELECT ZWRITTEN, 0 FROM {LEDGER}"))?;
    Ok(DatabaseCopy::Whole(written.cast_unsigned()))
}
