//! The values of one row, taken in order and in whatever type they are stored.

use rusqlite::Row;
use rusqlite::types::ValueRef;

/// A column under the names it has had; the first one that a database has is read.
pub(super) type Names = &'static [&'static str];

/// What a reader of rows wants, learned by running it once without a row.
#[derive(Debug, Default)]
pub(super) struct Columns(Vec<Names>);

impl Columns {
    /// Returns the columns to select, quoted, and for each value wanted its place among them.
    pub(super) fn choose(&self, has: impl Fn(&str) -> bool) -> (Vec<String>, Vec<Option<usize>>) {
        let mut chosen: Vec<String> = Vec::new();
        let mut places = Vec::with_capacity(self.0.len());
        for names in &self.0 {
            let name = names.iter().find(|name| has(name));
            places.push(name.map(|name| {
                chosen.push(format!("\"{name}\""));
                chosen.len() - 1
            }));
        }
        if chosen.is_empty() {
            chosen.push("NULL".to_owned());
        }
        (chosen, places)
    }
}

/// Hands out the values of a row in the order in which they were wanted.
pub(super) enum Cells<'a, 'row> {
    /// There is no row yet; every value is none.
    Learning(&'a mut Columns),
    /// A row is read.
    Reading {
        /// The row.
        row: &'a Row<'row>,
        /// Where each value wanted is, `None` for a column the database does not have.
        places: &'a [Option<usize>],
        /// How many were taken.
        next: usize,
        /// Memory taken so far.
        bytes: usize,
    },
}

impl Cells<'_, '_> {
    fn value(&mut self, names: Names) -> ValueRef<'_> {
        match self {
            Self::Learning(columns) => {
                columns.0.push(names);
                ValueRef::Null
            }
            Self::Reading { row, places, next, bytes } => {
                let place = places.get(*next).copied().flatten();
                *next += 1;
                let value = place.and_then(|at| row.get_ref(at).ok()).unwrap_or(ValueRef::Null);
                if let ValueRef::Text(text) | ValueRef::Blob(text) = value {
                    *bytes += text.len();
                }
                value
            }
        }
    }

    /// Returns the memory that what was taken needs, in bytes.
    pub(super) fn bytes(&self) -> usize {
        if let Self::Reading { bytes, .. } = self { *bytes } else { 0 }
    }

    /// Takes a whole number; a fraction is cut, a text counts when it is one.
    pub(super) fn integer(&mut self, names: Names) -> Option<i64> {
        match self.value(names) {
            ValueRef::Integer(number) => Some(number),
            ValueRef::Real(number) if number.is_finite() => Some(number as i64),
            ValueRef::Text(text) => std::str::from_utf8(text).ok()?.parse().ok(),
            _ => None,
        }
    }

    /// Takes a number whose absence means 0.
    pub(super) fn number(&mut self, names: Names) -> i64 {
        self.integer(names).unwrap_or(0)
    }

    /// Takes a flag: any number but 0.
    pub(super) fn flag(&mut self, names: Names) -> bool {
        self.number(names) != 0
    }

    /// Takes a finite number.
    pub(super) fn real(&mut self, names: Names) -> Option<f64> {
        match self.value(names) {
            ValueRef::Integer(number) => Some(number as f64),
            ValueRef::Real(number) => Some(number).filter(|n| n.is_finite()),
            _ => None,
        }
    }

    /// Takes a text; bytes that are no characters are replaced. A number becomes its digits.
    pub(super) fn text(&mut self, names: Names) -> Option<String> {
        match self.value(names) {
            ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Integer(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Takes bytes.
    pub(super) fn blob(&mut self, names: Names) -> Option<Vec<u8>> {
        match self.value(names) {
            ValueRef::Blob(bytes) => Some(bytes.to_vec()),
            _ => None,
        }
    }
}
