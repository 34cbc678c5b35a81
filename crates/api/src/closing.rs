//! Closing the application while something runs in a library: the person is asked first, on the page, and what runs is then
//! stopped in an orderly way.

use crate::App;
use crate::app::State;
use crate::args::NoArgs;
use crate::dto::ErrorDto;
use crate::events::Event;
use serde::Serialize;
use std::time::{Duration, Instant};
use ts_rs::TS;

/// Whoever closes the window again after so long, with the question before them, means it; sooner it was a double click.
const INSISTS_AFTER: Duration = Duration::from_secs(3);
/// The longest that closing waits for the file at hand. What takes longer loses nothing: it is settled at the next start.
const PATIENCE: Duration = Duration::from_secs(60);

/// What closing would stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RunningDto {
    /// Photos are being copied.
    Import,
    /// The library is being checked.
    Check,
    /// Files are being put aside.
    Undo,
}

impl App {
    /// Tells whether the window may close now. If something runs, it has the page ask first: then the page closes the
    /// window, unless it is closed again with the question unanswered, as when there is no page any more.
    pub fn may_close(&self) -> bool {
        let running = {
            let mut state = self.state();
            let Some(running) = running(&state) else { return true };
            match state.asked_to_close {
                Some(asked) if asked.elapsed() >= INSISTS_AFTER => return true,
                Some(_) => {}
                None => state.asked_to_close = Some(Instant::now()),
            }
            running
        };
        self.tell(&Event::CloseAsked { running });
        false
    }

    /// Notes that the window stays open after all.
    pub fn stay_open(&self, _: NoArgs) -> Result<(), ErrorDto> {
        self.state().asked_to_close = None;
        Ok(())
    }

    /// Stops what runs, waits for the file at hand, and closes the window.
    pub fn stop_and_close(&self, _: NoArgs) -> Result<(), ErrorDto> {
        self.wind_up(PATIENCE);
        self.host.close();
        Ok(())
    }
}

fn running(state: &State) -> Option<RunningDto> {
    if state.import.as_ref().is_some_and(|job| job.is_running()) {
        Some(RunningDto::Import)
    } else if state.check.as_ref().is_some_and(|job| job.is_running()) {
        Some(RunningDto::Check)
    } else {
        state.undo.as_ref().map(|_| RunningDto::Undo)
    }
}
