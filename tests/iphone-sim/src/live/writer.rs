//! The thread that writes, and its pace.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;

use super::transaction::Ledger;
use crate::error::SimError;
use crate::media::word;

/// How hard a writer writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The pause between two transactions.
    pub every: Duration,
    /// Assets that one transaction changes; more are spread over more pages.
    pub assets: u64,
    /// When the log is written back into the database, and how, follows from this.
    pub seed: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { every: Duration::from_millis(5), assets: 12, seed: 0 }
    }
}

/// Somebody who uses the phone. Each transaction changes rows of assets and the rows that go with them in other tables,
/// adds assets below `DCIM/999APPLE` (whose files are not there) and removes them again; the log grows, is written back
/// in part or as a whole, begun again, and cut. Dropping it ends it.
///
/// What other assets are, by [`crate::Expected`], stays so: of theirs only `Z_OPT`, the count of changes that is in
/// every row, goes up.
pub struct DatabaseWriter {
    stop: Arc<AtomicBool>,
    transactions: Arc<AtomicU64>,
    thread: Option<JoinHandle<rusqlite::Result<()>>>,
}

impl DatabaseWriter {
    /// Begins to write into a database, which must have a synthetic library's tables. The pace is kept until the end.
    pub fn start(database: &Path, pace: Pace) -> Result<Self, SimError> {
        let connection = Connection::open(database)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        let (stop, transactions) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let mut work = Work { ledger: Ledger::open(connection)?, pace, transactions: transactions.clone() };
        let ended = stop.clone();
        let run = move || work.run(&ended);
        let thread = thread::Builder::new().name("sim-writer".into()).spawn(run).map_err(SimError::Scratch)?;
        Ok(Self { stop, transactions, thread: Some(thread) })
    }

    /// Transactions so far.
    pub fn transactions(&self) -> u64 {
        self.transactions.load(SeqCst)
    }

    /// Ends it; tells how many transactions there were, or what kept it from going on.
    pub fn finish(mut self) -> Result<u64, SimError> {
        self.end()?;
        Ok(self.transactions())
    }

    fn end(&mut self) -> rusqlite::Result<()> {
        self.stop.store(true, SeqCst);
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(outcome)) => outcome,
            _ => Ok(()),
        }
    }
}

impl Drop for DatabaseWriter {
    fn drop(&mut self) {
        // Nobody is left who could be told of a failure.
        let _ = self.end();
    }
}

struct Work {
    ledger: Ledger,
    pace: Pace,
    transactions: Arc<AtomicU64>,
}

impl Work {
    fn run(&mut self, stop: &AtomicBool) -> rusqlite::Result<()> {
        while !stop.load(SeqCst) {
            let number = self.transactions.load(SeqCst);
            let chance = word(self.pace.seed, number);
            self.ledger.write(chance, self.pace.assets)?;
            self.transactions.store(number + 1, SeqCst);
            if let Some(how) = write_back(chance >> 32) {
                self.ledger.write_back(how)?;
            }
            thread::sleep(self.pace.every);
        }
        Ok(())
    }
}

/// Mostly the log just grows. It is written back as far as it goes, begun again from the front (`RESTART`), or cut.
fn write_back(chance: u64) -> Option<&'static str> {
    match chance % 60 {
        0..=2 => Some("PASSIVE"),
        3..=4 => Some("RESTART"),
        5 => Some("TRUNCATE"),
        _ => None,
    }
}
