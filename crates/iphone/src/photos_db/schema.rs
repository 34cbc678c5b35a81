//! What a database is made of: tables, columns, entities, and the join tables whose names have numbers in them.

use super::database::Database;
use super::{PhotosDbError, SchemaReport, model};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Real ones have about 120.
const MOST_TABLES: usize = 2000;

/// The form of one database.
#[derive(Debug, Default)]
pub(super) struct Schema {
    /// Plain tables by name, each with its columns.
    tables: BTreeMap<String, BTreeSet<String>>,
    /// Entities by name.
    entities: HashMap<String, i64>,
    /// The version of the data model it claims.
    pub(super) model: Option<i64>,
}

/// A table that ties two others together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Join {
    pub(super) table: String,
    /// The column that names the one: an album, or an asset's attributes.
    pub(super) one: String,
    /// The column that names the other: an asset, or a keyword.
    pub(super) other: String,
    pub(super) order: Option<String>,
}

impl Schema {
    pub(super) fn read(database: &Database) -> Result<Self, PhotosDbError> {
        let mut schema = Self { tables: plain_tables(database)?, ..Self::default() };
        schema.entities = schema.read_entities(database)?;
        schema.model = model::version(database, &schema);
        Ok(schema)
    }

    fn read_entities(&self, database: &Database) -> Result<HashMap<String, i64>, PhotosDbError> {
        let mut entities = HashMap::new();
        database.each(
            self,
            "Z_PRIMARYKEY",
            |cells| (cells.text(&["Z_NAME"]), cells.integer(&["Z_ENT"])),
            |(name, number)| entities.extend(name.zip(number)),
        )?;
        Ok(entities)
    }

    pub(super) fn has_table(&self, table: &str) -> bool {
        self.tables.contains_key(table)
    }

    pub(super) fn has(&self, table: &str, column: &str) -> bool {
        self.tables.get(table).is_some_and(|columns| columns.contains(column))
    }

    pub(super) fn entity(&self, name: &str) -> Option<i64> {
        self.entities.get(name).copied()
    }

    pub(super) fn entity_named(&self, number: i64) -> Option<&str> {
        self.entities.iter().find(|(_, entity)| **entity == number).map(|(name, _)| name.as_str())
    }

    /// Returns the table of assets: it was renamed with iOS 14. An error has the schema report.
    pub(super) fn assets(&self) -> Result<&'static str, PhotosDbError> {
        let fits = |table: &&str| ["Z_PK", "ZFILENAME", "ZDIRECTORY"].iter().all(|column| self.has(table, column));
        let found = ["ZASSET", "ZGENERICASSET"].into_iter().find(fits);
        found.ok_or_else(|| PhotosDbError::UnknownForm(Box::new(self.report())))
    }

    /// Finds the table of which photos are in which album: by the numbers of the entities, else by its shape. Never by the
    /// end of its name: since iOS 18 others end alike.
    pub(super) fn album_join(&self) -> Option<Join> {
        let album = self.entity("Album");
        let asset = self.entity("GenericAsset").or_else(|| self.entity("Asset"));
        let named = album.zip(asset).map(|(album, asset)| Join {
            table: format!("Z_{album}ASSETS"),
            one: format!("Z_{album}ALBUMS"),
            other: format!("Z_{asset}ASSETS"),
            order: Some(format!("Z_FOK_{asset}ASSETS")),
        });
        let fits = |join: &Join| self.has(&join.table, &join.one) && self.has(&join.table, &join.other);
        let mut join = named.filter(fits).or_else(|| self.join_by_shape("ASSETS", "ALBUMS", "ASSETS"))?;
        join.order = join.order.filter(|order| self.has(&join.table, order));
        Some(join)
    }

    /// Finds the table of which photos have which keyword.
    pub(super) fn keyword_join(&self) -> Option<Join> {
        self.join_by_shape("KEYWORDS", "ASSETATTRIBUTES", "KEYWORDS")
    }

    fn join_by_shape(&self, table_end: &str, one: &str, other: &str) -> Option<Join> {
        self.tables.iter().filter(|(table, _)| is_numbered(table, "Z_", table_end)).find_map(|(table, columns)| {
            Some(Join {
                table: table.clone(),
                one: only(columns, "Z_", one)?,
                other: only(columns, "Z_", other)?,
                order: only(columns, "Z_FOK_", other),
            })
        })
    }

    pub(super) fn report(&self) -> SchemaReport {
        let columns = |set: &BTreeSet<String>| set.iter().cloned().collect();
        let mut entities: Vec<(String, i64)> =
            self.entities.iter().map(|(n, e)| (crate::error::short(n), *e)).collect();
        entities.sort();
        SchemaReport {
            model: self.model,
            tables: self.tables.iter().map(|(table, set)| (table.clone(), columns(set))).collect(),
            entities,
        }
    }
}

/// Views and virtual tables have no page of their own: they run code, and are not read.
fn plain_tables(database: &Database) -> Result<BTreeMap<String, BTreeSet<String>>, PhotosDbError> {
    let connection = database.connection();
    let mut query = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0")?;
    let mut rows = query.query([])?;
    let mut tables = BTreeMap::new();
    let mut columns = connection.prepare("SELECT name FROM pragma_table_xinfo(?1)")?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(0).unwrap_or_default();
        if !is_plain(&name) {
            continue;
        }
        if tables.len() == MOST_TABLES {
            return Err(PhotosDbError::TooMuch("too many tables"));
        }
        let found = columns.query_map([&name], |row| row.get::<_, String>(0))?;
        let set = found.filter_map(Result::ok).filter(|c| is_plain(c)).map(|c| c.to_ascii_uppercase()).collect();
        tables.insert(name.to_ascii_uppercase(), set);
    }
    Ok(tables)
}

/// Core Data's names need no quoting; another name is none of Core Data's.
fn is_plain(name: &str) -> bool {
    (1..=100).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Tells whether a name is `start`, digits, `end`.
fn is_numbered(name: &str, start: &str, end: &str) -> bool {
    let digits = name.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
    digits.is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()))
}

/// Returns the column of that shape if there is exactly one.
fn only(columns: &BTreeSet<String>, start: &str, end: &str) -> Option<String> {
    let mut fitting = columns.iter().filter(|column| is_numbered(column, start, end));
    let first = fitting.next()?;
    fitting.next().is_none().then(|| first.clone())
}
