//! A Photos database that changes while it is copied, as that of a phone in use does.

mod check;
#[cfg(test)]
mod tests;
mod transaction;
mod writer;

pub use check::{DatabaseCopy, check_copy};
pub use writer::{DatabaseWriter, Pace};

/// Where the writer keeps account of what it did; a table of its own, which no reader of photos knows.
const LEDGER: &str = "ZSIMULATEDWRITES";
