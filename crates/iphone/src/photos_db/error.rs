//! What can go wrong with a copy of the Photos database, and the report that helps to find out why.

use crate::PhoneError;
use std::fmt;

/// Errors of the Photos database, by what the caller can do. All of them leave the walk of the files as the way to go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhotosDbError {
    /// The phone has no such file.
    #[error("the phone shows no photo library")]
    NotThere,
    /// The phone would not give it.
    #[error("the phone's photo library cannot be copied: {0}")]
    Phone(PhoneError),
    /// The copy could not be written on this computer.
    #[error("the phone's photo library cannot be copied to this computer: {0}")]
    Disk(String),
    /// It is a database, but not one whose assets can be found. The report goes into a message to the developers.
    #[error("the phone's photo library is of a form that is not known")]
    UnknownForm(Box<SchemaReport>),
    /// Its bytes make no sense.
    #[error("the phone's photo library cannot be read: {0}")]
    Damaged(String),
    /// It holds more than any library: rows, bytes or time.
    #[error("the phone's photo library is beyond all measure: {0}")]
    TooMuch(&'static str),
}

impl From<std::io::Error> for PhotosDbError {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(error.to_string())
    }
}

impl From<rusqlite::Error> for PhotosDbError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{OperationInterrupted, TooBig};
        match error.sqlite_error_code() {
            Some(OperationInterrupted) => Self::TooMuch("reading takes too long"),
            Some(TooBig) => Self::TooMuch("a value is too long"),
            _ => Self::Damaged(crate::error::short(&error.to_string())),
        }
    }
}

/// The form of a database in names only: nothing of what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SchemaReport {
    /// The version of the data model the database claims, such as 18600.
    pub model: Option<i64>,
    /// Each table with its columns.
    pub tables: Vec<(String, Vec<String>)>,
    /// Each entity with its number.
    pub entities: Vec<(String, i64)>,
}

impl fmt::Display for SchemaReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.model {
            Some(model) => writeln!(f, "model {model}")?,
            None => writeln!(f, "model unknown")?,
        }
        self.tables.iter().try_for_each(|(table, columns)| writeln!(f, "{table}: {}", columns.join(" ")))?;
        self.entities.iter().try_for_each(|(name, number)| writeln!(f, "entity {name} {number}"))
    }
}
