//! What the engine tells the page unasked. The page keeps no truth: an event only says what to show or ask again.

use crate::checks::CheckDto;
use crate::closing::RunningDto;
use crate::dto::{ImportDto, ScanDto};
use crate::history::UndoingDto;
use serde::Serialize;
use ts_rs::TS;

/// One piece of news.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum Event {
    /// A phone came, went, or changed its state: ask for `sources` again.
    SourcesChanged,
    /// The library or the drives changed: ask for `libraries` and `volumes` again.
    LibrariesChanged,
    /// A listing moved on.
    Scan {
        /// Where it stands now.
        scan: ScanDto,
    },
    /// An import moved on or ended.
    Import {
        /// Where it stands now.
        import: ImportDto,
    },
    /// A check of the library moved on or ended, or what it found was dealt with.
    Check {
        /// How it is now.
        check: CheckDto,
    },
    /// The window is to close while something runs: ask the person.
    CloseAsked {
        /// What closing would stop.
        running: RunningDto,
    },
    /// The undoing of an import moved on or ended.
    Undo {
        /// How far it is; null when it ended.
        undoing: Option<UndoingDto>,
    },
}
