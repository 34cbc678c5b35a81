//! The tables, columns and entity numbers of one generation of the database, as real ones have them.

use std::collections::BTreeMap;

const TEXT: &str = include_str!("schemas.txt");

/// One generation.
pub(super) struct Schema {
    tables: BTreeMap<&'static str, Vec<Column>>,
    entities: BTreeMap<&'static str, Entity>,
}

pub(super) struct Column {
    pub(super) name: &'static str,
    kind: &'static str,
    /// Its place in the primary key, counted from 1.
    key: usize,
}

/// A class of rows.
pub(super) struct Entity {
    pub(super) number: i64,
    /// The number of the class it specialises, or 0.
    pub(super) parent: i64,
}

/// The models there are, oldest first.
pub(super) fn models() -> impl Iterator<Item = u32> {
    let line = TEXT.lines().find_map(|line| line.strip_prefix("models ")).unwrap_or_default();
    line.split(' ').filter_map(|model| model.parse().ok())
}

impl Schema {
    /// `None` for a model nobody has seen.
    pub(super) fn of(model: u32) -> Option<Self> {
        let place = models().position(|known| known == model)?;
        let has = |mask: &str| u32::from_str_radix(mask, 16).is_ok_and(|mask| mask >> place & 1 == 1);
        let (mut tables, mut parents, mut numbers) = (BTreeMap::new(), Vec::new(), BTreeMap::new());
        let mut table = None;
        for line in TEXT.lines() {
            match *line.split(' ').collect::<Vec<_>>() {
                ["table", name, mask] => table = has(mask).then_some(name),
                ["entity", name, parent, ref list @ ..] => {
                    if let Some(number) = list.get(place).and_then(|number| number.parse::<i64>().ok()) {
                        numbers.insert(name, number);
                        parents.push((name, parent));
                    }
                }
                [name, kind, key, mask] if has(mask) => {
                    let column = Column { name, kind, key: key.parse().unwrap_or_default() };
                    if let Some(table) = table {
                        tables.entry(table).or_insert_with(Vec::new).push(column);
                    }
                }
                _ => {}
            }
        }
        let entity = |(name, parent): (&'static str, &str)| {
            (name, Entity { number: numbers[name], parent: numbers.get(parent).copied().unwrap_or_default() })
        };
        Some(Self { tables, entities: parents.into_iter().map(entity).collect() })
    }

    pub(super) fn has(&self, table: &str, column: &str) -> bool {
        self.tables.get(table).is_some_and(|columns| columns.iter().any(|known| known.name == column))
    }

    pub(super) fn entities(&self) -> impl Iterator<Item = (&'static str, &Entity)> {
        self.entities.iter().map(|(name, entity)| (*name, entity))
    }

    /// The number of a class; 0 where this generation has none such.
    pub(super) fn entity(&self, name: &str) -> i64 {
        self.entities.get(name).map_or(0, |entity| entity.number)
    }

    pub(super) fn asset_table(&self) -> &'static str {
        if self.tables.contains_key("ZASSET") { "ZASSET" } else { "ZGENERICASSET" }
    }

    /// The number that names the columns of assets in joins.
    pub(super) fn asset_root(&self) -> i64 {
        match self.entity("GenericAsset") {
            0 => self.entity("Asset"),
            old => old,
        }
    }

    /// Statements that make every table.
    pub(super) fn creation(&self) -> String {
        self.tables.iter().map(|(name, columns)| create(name, columns)).collect()
    }
}

fn create(table: &str, columns: &[Column]) -> String {
    let mut keys: Vec<_> = columns.iter().filter(|column| column.key > 0).collect();
    keys.sort_by_key(|column| column.key);
    let of_one = keys.len() == 1;
    let column = |column: &Column| {
        let key = if of_one && column.key > 0 { " PRIMARY KEY" } else { "" };
        format!("{} {}{key}", column.name, column.kind)
    };
    let mut parts: Vec<_> = columns.iter().map(column).collect();
    if keys.len() > 1 {
        let names: Vec<_> = keys.iter().map(|column| column.name).collect();
        parts.push(format!("PRIMARY KEY ({})", names.join(", ")));
    }
    format!("CREATE TABLE {table} ({});\n", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generations_differ_as_the_real_ones_do() {
        assert_eq!(models().count(), 20);
        let (old, new) = (Schema::of(13703).unwrap(), Schema::of(19320).unwrap());
        assert_eq!((old.asset_table(), new.asset_table()), ("ZGENERICASSET", "ZASSET"));
        assert_eq!((old.entity("Album"), old.asset_root()), (26, 34));
        assert_eq!((new.entity("Album"), new.asset_root()), (33, 3));
        assert!(new.has("Z_33ASSETS", "Z_FOK_3ASSETS") && !old.has("ZINTERNALRESOURCE", "ZCOMPACTUTI"));
        assert!(Schema::of(18601).is_none());
    }
}
