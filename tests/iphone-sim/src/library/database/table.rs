//! Rows of one table. Columns that a generation does not have are left out, and so are tables.

use rusqlite::{Connection, Statement, ToSql};

use crate::library::schema::Schema;

/// A prepared insertion.
pub(super) struct Table<'c> {
    statement: Option<Statement<'c>>,
    kept: Vec<usize>,
    entity: i64,
    last: i64,
}

impl<'c> Table<'c> {
    /// For rows of a class in a table (both by name), to be filled with values for these columns.
    pub(super) fn new(
        database: &'c Connection,
        schema: &Schema,
        (table, entity): (&str, &str),
        columns: &[&str],
    ) -> rusqlite::Result<Self> {
        let kept: Vec<_> = (0..columns.len()).filter(|column| schema.has(table, columns[*column])).collect();
        let (mut statement, mut last) = (None, 0);
        if schema.has(table, "Z_PK") {
            let names: String = kept.iter().map(|column| format!(", {}", columns[*column])).collect();
            let marks = ", ?".repeat(kept.len());
            let insert = format!("INSERT INTO {table} (Z_PK, Z_ENT, Z_OPT{names}) VALUES (?, ?, 1{marks})");
            statement = Some(database.prepare(&insert)?);
            let highest = format!("SELECT coalesce(max(Z_PK), 0) FROM {table}");
            last = database.query_row(&highest, [], |row| row.get(0))?;
        }
        Ok(Self { statement, kept, entity: schema.entity(entity), last })
    }

    /// Numbers the next row this much higher, so that row numbers of different tables are not the same by chance.
    pub(super) fn skip(mut self, rows: i64) -> Self {
        self.last = self.last.max(rows);
        self
    }

    /// The number the next row will have.
    pub(super) fn next(&self) -> i64 {
        self.last + 1
    }

    /// Adds a row with values for the columns; returns its number.
    pub(super) fn insert(&mut self, values: &[&dyn ToSql]) -> rusqlite::Result<i64> {
        self.last += 1;
        if let Some(statement) = &mut self.statement {
            statement.raw_bind_parameter(1, self.last)?;
            statement.raw_bind_parameter(2, self.entity)?;
            for (place, column) in self.kept.iter().enumerate() {
                statement.raw_bind_parameter(place + 3, values[*column])?;
            }
            statement.raw_execute()?;
        }
        Ok(self.last)
    }
}
