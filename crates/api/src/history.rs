//! The imports of a library, and undoing one.

use crate::args::{HistoryArgs, NoArgs, SessionArgs};
use crate::dto::{ErrorCode, ErrorDto, ItemDto};
use crate::events::Event;
use crate::library::OpenLibrary;
use crate::terminal::Terminal;
use crate::{App, busy, identity, lists};
use catalog::PastImport;
use domain::{CancelFlag, Removal, SessionId};
use importer::{Undo, UndoReport};
use serde::Serialize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use ts_rs::TS;

/// Imports in one answer at most.
const IMPORTS: u32 = 500;
/// Files named at most that were left where they are.
pub(crate) const NAMED: usize = 100;

/// An import of a library.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct PastImportDto {
    /// Its identity; names its manifest and its holding folder.
    pub session: String,
    /// RFC 3339, when it began.
    pub started_at: String,
    /// The name of its source; empty where only its manifest tells of it.
    pub source_name: String,
    /// Assets it brought in.
    pub imported: u32,
    /// Their bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Files of it that are in the library; undoing it would put these aside.
    pub files: u32,
    /// Assets of it that were put aside since.
    pub put_aside: u32,
    /// RFC 3339, when it was undone; null also of one that was undone in part.
    pub undone_at: Option<String>,
}

/// How far the undoing of an import is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct UndoingDto {
    /// The import.
    pub session: String,
    /// Files looked at so far.
    pub done: u32,
    /// Files in all; 0 until they are counted.
    pub total: u32,
}

pub(crate) fn number(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// What undoing an import did.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct UndoneDto {
    /// The import.
    pub session: String,
    /// Files that were moved to the holding folder.
    pub moved: u32,
    /// The holding folder, relative to the library.
    pub folder: String,
    /// How many files were left where they are.
    pub left: u32,
    /// How many were not reached, as it was stopped before: they are where they were.
    pub not_reached: u32,
    /// Some of them, each with the reason.
    pub reasons: Vec<String>,
}

/// An asset of an import, as `keepsake history` prints it.
#[derive(Debug, Clone, Serialize)]
pub struct HistoryItem {
    /// How it ended: `imported`, `already_imported`, `failed`, `undone`.
    pub state: &'static str,
    /// The asset.
    #[serde(flatten)]
    pub item: ItemDto,
}

impl App {
    /// Lists imports into the current library, the latest first, at most 500.
    pub fn past_imports(&self, args: HistoryArgs) -> Result<Vec<PastImportDto>, ErrorDto> {
        let rows = self.current_library()?.catalog.past_imports(args.offset, args.limit.min(IMPORTS))?;
        Ok(rows.into_iter().map(past_import_dto).collect())
    }

    /// Undoes an import into the current library: its files are put aside, and are new again. Refused while one runs.
    pub fn undo_import(&self, args: SessionArgs) -> Result<UndoneDto, ErrorDto> {
        let current = self.current_library()?;
        let library = OpenLibrary::open_to_write(&self.home, current.folder.root())?;
        let cancel = self.claim_undo()?;
        let progress = |done, total| {
            let undoing = UndoingDto { session: args.session.clone(), done: number(done), total: number(total) };
            // A batch of files is flushed between two of these: they are not many.
            self.tell(&Event::Undo { undoing: Some(undoing) });
        };
        let undone = catch_unwind(AssertUnwindSafe(|| undo(&library, &args.session, &cancel, &progress)));
        let undone = undone.unwrap_or_else(|_| Err(ErrorDto::broken()));
        self.undo_ended();
        undone
    }

    /// Notes that files were put aside, and tells the page all that may have changed by it.
    pub(crate) fn undo_ended(&self) {
        self.note_copies_changed();
        self.state().undo = None;
        self.tell(&Event::Undo { undoing: None });
        let sources: Vec<_> = self.state().scans.keys().cloned().collect();
        sources.iter().for_each(|source| self.tell_rows_changed(source));
        self.tell(&Event::LibrariesChanged);
        // What became of it is told in any case.
        if let Ok(Some(import)) = self.import_status(NoArgs {}) {
            self.tell(&Event::Import { import });
        }
    }
}

impl App {
    /// Asks the undoing that runs to stop after the files at hand. What was put aside by then stays there.
    pub fn cancel_undo(&self, _: NoArgs) -> Result<(), ErrorDto> {
        if let Some(cancel) = self.state().undo.as_ref() {
            cancel.cancel();
        }
        Ok(())
    }

    pub(crate) fn claim_undo(&self) -> Result<CancelFlag, ErrorDto> {
        let mut state = self.state();
        busy::refuse_while_busy(&state)?;
        let cancel = CancelFlag::default();
        state.undo = Some(cancel.clone());
        Ok(cancel)
    }
}

impl Terminal {
    /// Lists the imports of a library, the latest first.
    pub fn past_imports(&self, library: &Path) -> Result<Vec<PastImportDto>, ErrorDto> {
        let rows = OpenLibrary::open(&self.home, library)?.catalog.past_imports(0, u32::MAX)?;
        Ok(rows.into_iter().map(past_import_dto).collect())
    }

    /// Lists what an import was asked to copy and how it ended. Empty where only its manifest tells of it.
    pub fn past_import_items(&self, library: &Path, session: &str) -> Result<Vec<HistoryItem>, ErrorDto> {
        let library = OpenLibrary::open(&self.home, library)?;
        lists::journal(&library.catalog, &known(&library, session)?)
    }

    /// Undoes an import. `progress` hears files done and files in all.
    pub fn undo(
        &self,
        library: &Path,
        session: &str,
        progress: &dyn Fn(u64, u64),
        cancel: &CancelFlag,
    ) -> Result<UndoneDto, ErrorDto> {
        undo(&OpenLibrary::open_to_write(&self.home, library)?, session, cancel, progress)
    }
}

fn undo(
    library: &OpenLibrary,
    session: &str,
    cancel: &CancelFlag,
    progress: &dyn Fn(u64, u64),
) -> Result<UndoneDto, ErrorDto> {
    let id = known(library, session)?;
    let env = Undo { destination: library.folder.as_ref(), catalog: &library.catalog, cancel, progress };
    let report = importer::undo(&env, &id, &identity::now())?;
    Ok(undone_dto(&id, &report))
}

fn known(library: &OpenLibrary, session: &str) -> Result<SessionId, ErrorDto> {
    let unknown = || ErrorDto::new(ErrorCode::BadRequest, format!("there is no import {session} in this library"));
    let id = SessionId::parse(session).map_err(|_| unknown())?;
    let there = library.catalog.past_imports(0, u32::MAX)?.iter().any(|past| past.id == id);
    if there { Ok(id) } else { Err(unknown()) }
}

fn undone_dto(session: &SessionId, report: &UndoReport) -> UndoneDto {
    UndoneDto {
        session: session.to_string(),
        moved: number(report.moved),
        folder: Removal::folder(session),
        left: number(report.left.len() as u64),
        not_reached: number(report.not_reached),
        reasons: report.left.iter().take(NAMED).map(|(_, reason)| reason.clone()).collect(),
    }
}

fn past_import_dto(row: PastImport) -> PastImportDto {
    let started_at = if row.started_at.is_empty() { identity::began(&row.id) } else { row.started_at };
    PastImportDto {
        session: row.id.to_string(),
        started_at,
        source_name: row.source_name,
        imported: number(row.imported),
        bytes: row.bytes,
        files: number(row.files),
        put_aside: number(row.put_aside),
        undone_at: row.undone_at,
    }
}
