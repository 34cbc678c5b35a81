//! One running import, as far as it is.

use crate::conversion::MadeDto;
use crate::dto::{ErrorDto, ImportDto, ImportPhase};
use crate::error::failure_code;
use crate::progress::{Progress, totals_dto};
use crate::proof::EvidenceCountsDto;
use catalog::{SessionRow, SessionStart};
use domain::{CancelFlag, ImportPlan};
use importer::ImportNews;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Between two pieces of news at least.
const PACE: Duration = Duration::from_millis(250);

/// Shared between the thread that imports and those that ask.
pub(crate) struct ImportJob {
    pub(crate) start: SessionStart,
    pub(crate) flag: CancelFlag,
    library_name: String,
    state: Mutex<State>,
    /// Held while news are told.
    telling: Mutex<()>,
    moved_on: Condvar,
}

struct State {
    /// Whether it is in the journal. Before that it may turn out that it cannot begin, and then there was no import.
    begun: bool,
    progress: Progress,
    phase: ImportPhase,
    stopped: Option<ErrorDto>,
    released: bool,
    seconds: Option<f64>,
    evidence: Option<EvidenceCountsDto>,
    made: Option<MadeDto>,
    told: Instant,
}

impl ImportJob {
    pub(crate) fn new(start: SessionStart, library_name: String, plan: &ImportPlan) -> Self {
        let state = State {
            begun: false,
            progress: Progress::new(plan),
            phase: ImportPhase::Copying,
            stopped: None,
            released: false,
            seconds: None,
            evidence: None,
            made: None,
            told: Instant::now(),
        };
        let (flag, telling, moved_on) = (CancelFlag::default(), Mutex::default(), Condvar::new());
        Self { start, flag, library_name, state: Mutex::new(state), telling, moved_on }
    }

    /// Takes news in, and tells the page how it is if it is time, which it is at once when the phone's owner is waited for.
    /// Returns whether it told.
    pub(crate) fn hear(&self, news: &ImportNews<'_>, tell: &dyn Fn(ImportDto)) -> bool {
        {
            let mut state = self.state();
            state.progress.hear(news);
            if matches!(news, ImportNews::Started { .. }) {
                state.begun = true;
                self.moved_on.notify_all();
            }
            if state.told.elapsed() < PACE && !matches!(news, ImportNews::Waiting(_)) {
                return false;
            }
            state.told = Instant::now();
        }
        // One after the other: while it waits nothing more is told, so what was told last must be how it is.
        let _telling = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        tell(self.dto());
        true
    }

    pub(crate) fn cancel(&self) -> ImportDto {
        self.flag.cancel();
        let mut state = self.state();
        if state.phase == ImportPhase::Copying {
            state.phase = ImportPhase::Cancelling;
        }
        self.dto_of(&state)
    }

    /// Notes that the source was let go of.
    pub(crate) fn note_released(&self) {
        self.state().released = true;
    }

    pub(crate) fn is_released(&self) -> bool {
        self.state().released
    }

    /// Writes down how it ended. An error means that it could not begin.
    pub(crate) fn end(
        &self,
        result: Result<SessionRow, ErrorDto>,
        (evidence, made): (EvidenceCountsDto, MadeDto),
    ) -> ImportDto {
        let mut state = self.state();
        state.evidence = Some(evidence);
        state.made = Some(made);
        state.phase = ImportPhase::Finished;
        state.seconds = Some(state.progress.seconds());
        state.progress.current = None;
        match result {
            Ok(row) => {
                state.progress.totals = row.totals;
                state.stopped = row.stop.map(|s| ErrorDto::new(failure_code(s.code), s.message));
            }
            Err(error) => {
                let mut totals = state.progress.totals;
                totals.failed += state.progress.seen.saturating_sub(totals.seen());
                state.progress.totals = totals;
                state.stopped = Some(error);
            }
        }
        self.moved_on.notify_all();
        self.dto_of(&state)
    }

    pub(crate) fn is_running(&self) -> bool {
        self.state().phase != ImportPhase::Finished
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.state().begun
    }

    /// Waits until it has begun, which takes as long as settling what an earlier one left. Errors with the reason when it
    /// cannot begin.
    pub(crate) fn beginning(&self) -> Result<ImportDto, ErrorDto> {
        let waiting = self.moved_on.wait_while(self.state(), |s| !s.begun && s.phase != ImportPhase::Finished);
        let state = waiting.unwrap_or_else(PoisonError::into_inner);
        match &state.stopped {
            Some(error) if !state.begun => Err(error.clone()),
            _ => Ok(self.dto_of(&state)),
        }
    }

    /// Waits until it ended, at most so long.
    pub(crate) fn wait(&self, patience: Duration) {
        let state = self.state();
        // Whether it ended in time makes no difference to the caller: the journal knows.
        drop(self.moved_on.wait_timeout_while(state, patience, |s| s.phase != ImportPhase::Finished));
    }

    pub(crate) fn dto(&self) -> ImportDto {
        self.dto_of(&self.state())
    }

    fn dto_of(&self, state: &State) -> ImportDto {
        let progress = &state.progress;
        let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        let copying = state.phase == ImportPhase::Copying;
        ImportDto {
            session: self.start.id.to_string(),
            source: self.start.source.to_string(),
            source_name: self.start.source_name.clone(),
            library_name: self.library_name.clone(),
            phase: state.phase,
            started_at: self.start.started_at.clone(),
            total_assets: number(progress.total_assets),
            done_assets: number(progress.done_assets),
            total_bytes: progress.total_bytes,
            done_bytes: progress.done_bytes,
            bytes_per_second: if copying { progress.bytes_per_second() } else { 0 },
            seconds_left: progress.seconds_left().filter(|_| copying),
            current: progress.current.clone(),
            waiting: progress.waiting.clone().filter(|_| copying),
            totals: totals_dto(&progress.totals, progress.seen, 0),
            evidence: state.evidence,
            made: state.made,
            stopped: state.stopped.clone(),
            released: state.released,
            undone_at: None,
            seconds: state.seconds.unwrap_or_else(|| progress.seconds()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
