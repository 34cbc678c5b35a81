//! One listing of one source, as far as it is.

use crate::dto::{ErrorDto, ReadingDto, ScanDto, ScanPhase};
use catalog::ScanCounts;
use domain::{CancelFlag, LibraryRead, SourceId};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Between two pieces of news of one listing at least. A window cannot show more.
const PACE: Duration = Duration::from_millis(200);

/// Shared between the thread that lists and those that ask.
pub(crate) struct ScanJob {
    pub(crate) source: SourceId,
    pub(crate) cancel: CancelFlag,
    state: Mutex<State>,
}

struct State {
    dto: ScanDto,
    told: Option<Instant>,
}

impl ScanJob {
    pub(crate) fn new(source: SourceId, catalog: String) -> Self {
        let dto = ScanDto {
            source: source.to_string(),
            catalog,
            phase: ScanPhase::Listing,
            reading: None,
            files: 0,
            assets: 0,
            new: 0,
            missing: 0,
            already_imported: 0,
            jpeg_only: 0,
            only_in_icloud: 0,
            renditions: 0,
            hidden: 0,
            recently_deleted: 0,
            new_bytes: 0,
            ignored: 0,
            unreadable: 0,
            notes: Vec::new(),
            revision: 0,
            error: None,
        };
        Self { source, cancel: CancelFlag::default(), state: Mutex::new(State { dto, told: None }) }
    }

    pub(crate) fn dto(&self) -> ScanDto {
        self.state().dto.clone()
    }

    /// Notes what the catalog holds now. Returns the news if it is time for some.
    pub(crate) fn note(&self, counts: ScanCounts) -> ScanDto {
        let mut state = self.state();
        state.dto.reading = None;
        state.dto.take(&counts);
        state.dto.clone()
    }

    /// Keeps a sentence for the user.
    pub(crate) fn keep_note(&self, note: &str) {
        self.state().dto.notes.push(note.to_owned());
    }

    /// Notes how far the reading of the phone's own library is. Returns the news, of which there is no more than it tells.
    pub(crate) fn note_reading(&self, LibraryRead { done_bytes, total_bytes }: LibraryRead) -> ScanDto {
        let mut state = self.state();
        state.dto.reading = (done_bytes < total_bytes).then_some(ReadingDto { done_bytes, bytes: total_bytes });
        state.dto.clone()
    }

    /// Tells whether it is time for news.
    pub(crate) fn is_due(&self) -> bool {
        let mut state = self.state();
        let due = state.told.is_none_or(|told| told.elapsed() >= PACE);
        if due {
            state.told = Some(Instant::now());
        }
        due
    }

    /// Says what it waits for, or no longer does. Returns the news, if that is any.
    pub(crate) fn wait_for(&self, error: Option<ErrorDto>) -> Option<ScanDto> {
        let mut state = self.state();
        if state.dto.error == error {
            return None;
        }
        state.dto.error = error;
        Some(state.dto.clone())
    }

    /// Begins once more with what was begun, which tells everything anew.
    pub(crate) fn begin_again(&self) {
        let mut state = self.state();
        state.dto.notes.clear();
        state.dto.reading = None;
    }

    /// Writes down how it ended, and what the catalog holds then. Returns the last news.
    pub(crate) fn end(&self, result: Result<importer::ScanReport, ErrorDto>, counts: Option<ScanCounts>) -> ScanDto {
        let mut state = self.state();
        state.dto.reading = None;
        if let Some(counts) = counts {
            state.dto.take(&counts);
        }
        match result {
            Ok(report) => {
                let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
                state.dto.phase = ScanPhase::Done;
                state.dto.error = None;
                state.dto.files = number(report.files);
                state.dto.ignored = number(report.ignored);
                state.dto.unreadable = number(report.unreadable);
            }
            Err(error) => {
                state.dto.phase = ScanPhase::Failed;
                state.dto.error = Some(error);
            }
        }
        state.dto.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ScanDto {
    fn take(&mut self, counts: &ScanCounts) {
        self.new = counts.new;
        self.missing = counts.missing;
        self.new_bytes = counts.new_bytes;
        self.already_imported = counts.already_imported;
        self.jpeg_only = counts.jpeg_only;
        self.only_in_icloud = counts.only_in_icloud;
        self.renditions = counts.renditions;
        self.hidden = counts.hidden;
        self.recently_deleted = counts.recently_deleted;
        self.assets = [counts.already_imported, counts.only_in_icloud, counts.hidden, counts.recently_deleted]
            .into_iter()
            .fold(counts.new, u32::saturating_add);
        self.revision += 1;
    }
}
