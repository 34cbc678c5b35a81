//! The catalog: what was seen, planned and imported, in SQLite on the computer's own disk, one file per library.
//!
//! Each table has one file with its schema, its row type and its queries. Nothing here looks at a source or a library:
//! a row says what was true when it was written, and whoever needs more looks.

mod database;
mod error;
mod facts;
mod lock;
mod table;

pub use database::Catalog;
pub use error::CatalogError;
pub use facts::FactsCache;
pub use lock::ImportLock;
pub use table::album::AlbumRow;
pub use table::asset::{CopySeen, ScanCounts, ScanNumber, ScannedAsset};
pub use table::grid::{AssetRow, Bursts, DayCount, GridPart, GridSection, StackedBurst};
pub use table::import_item::{IntendedFile, ItemOutcome, ItemRow, JournalledItem};
pub use table::import_session::{PastImport, SessionRow, SessionStart, SessionStop};
pub use table::import_warning::MadeCounts;
pub use table::library_check::{ChangedCopy, CheckRow, Finding, FindingCounts, FindingKind, FindingRow};
pub use table::library_file::{KnownFile, MatchedBy, Provenance};
pub use table::removal::SessionFile;
pub use table::rendition::SavedRendition;
