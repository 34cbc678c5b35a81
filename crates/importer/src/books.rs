//! The books of one import: how each asset ended, and why the rest was not reached.

use crate::publish::Ending;
use crate::{ImportError, ImportNews, ImportRun};
use catalog::{ItemOutcome, SessionRow, SessionStart, SessionStop};
use domain::{Asset, FailureCode, ImportPlan, LibraryPath, Outcome};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How each asset ended, and why the rest was not reached.
pub(crate) struct Books<'a> {
    pub(crate) assets: Vec<&'a Asset>,
    state: Mutex<State>,
}

struct State {
    outcomes: Vec<Option<Outcome>>,
    stop: Option<SessionStop>,
    /// The destination or the catalog failed: nothing more may be filed.
    fatal: bool,
}

impl<'a> Books<'a> {
    pub(crate) fn new(assets: &[&'a Asset]) -> Self {
        let state = State { outcomes: vec![None; assets.len()], stop: None, fatal: false };
        Self { assets: assets.to_vec(), state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.state().stop.is_some()
    }

    pub(crate) fn is_fatal(&self) -> bool {
        self.state().fatal
    }

    /// Nothing more is read; what was read is still filed.
    pub(crate) fn stop(&self, code: FailureCode, message: String) {
        self.state().stop.get_or_insert(SessionStop { code, message });
    }

    /// Nothing more is read or filed.
    pub(crate) fn fail(&self, code: FailureCode, message: String) {
        let mut state = self.state();
        state.stop = Some(SessionStop { code, message });
        state.fatal = true;
    }

    pub(crate) fn enter(&self, env: &ImportRun<'_>, (item, asset, outcome, path): Ending<'_>) {
        self.tell(env, asset, &outcome, path.as_ref());
        if let Some(slot) = self.state().outcomes.get_mut(item as usize) {
            *slot = Some(outcome);
        }
    }

    fn tell(&self, env: &ImportRun<'_>, asset: &Asset, outcome: &Outcome, path: Option<&LibraryPath>) {
        match (asset.is_rendition(), outcome, path) {
            (false, ..) => (env.news)(ImportNews::Ended { asset, outcome, path }),
            (true, Outcome::Imported, Some(path)) => (env.news)(ImportNews::Rendition { asset, path }),
            (true, Outcome::Failed { message, .. }, _) => {
                (env.news)(ImportNews::Warning { asset, message: &not_saved(asset, message) });
            }
            (true, ..) => {}
        }
    }

    /// Gives every asset that was not reached the reason why, and writes the failures down.
    pub(crate) fn close(&self, env: &ImportRun<'_>, start: &SessionStart) -> Result<(), ImportError> {
        let mut state = self.state();
        let stop = state.stop.clone();
        let mut failures = Vec::new();
        for (item, (asset, slot)) in (0_u32..).zip(self.assets.iter().zip(&mut state.outcomes)) {
            let unreached = slot.is_none();
            if unreached && asset.is_rendition() {
                // It counts as only in iCloud all the same.
                continue;
            }
            let outcome = slot.get_or_insert_with(|| unreached_outcome(stop.as_ref()));
            if let Outcome::Failed { code, message } = outcome {
                // An unreached item keeps its journal: "intent" must be settled, "planned" says all there is to say.
                if !unreached && asset.is_rendition() {
                    env.catalog.warn_of(&start.id, item, &not_saved(asset, message))?;
                }
                if !unreached {
                    failures.push((item, asset.id.clone(), ItemOutcome::Failed(*code, message.clone())));
                }
            }
            if unreached {
                self.tell(env, asset, outcome, None);
            }
        }
        drop(state);
        Ok(env.catalog.conclude(&start.id, &start.source, &failures)?)
    }

    pub(crate) fn ended(&self, start: &SessionStart, plan: &ImportPlan, (seconds, replaced): (f64, u64)) -> SessionRow {
        let state = self.state();
        let ended = || self.assets.iter().zip(&state.outcomes).filter(|(asset, _)| !asset.is_rendition());
        let mut totals = plan.skipped();
        ended().filter_map(|(_, outcome)| outcome.as_ref()).for_each(|outcome| totals.count(outcome));
        let imported = ended().filter(|(_, outcome)| **outcome == Some(Outcome::Imported));
        SessionRow {
            id: start.id.clone(),
            source: start.source.clone(),
            source_name: start.source_name.clone(),
            started_at: start.started_at.clone(),
            finished: true,
            totals,
            bytes: imported.map(|(asset, _)| asset.bytes()).fold(0, u64::saturating_add),
            seconds,
            renditions_replaced: replaced,
            stop: state.stop.clone(),
            put_aside: 0,
        }
    }
}

/// Says of a smaller picture that failed which one it is, and why.
fn not_saved(asset: &Asset, reason: &str) -> String {
    let original = asset.details.original_name.as_deref().unwrap_or(asset.name());
    format!("No smaller picture of {original} was saved: {reason}")
}

fn unreached_outcome(stop: Option<&SessionStop>) -> Outcome {
    match stop {
        Some(stop) => Outcome::Failed { code: stop.code, message: stop.message.clone() },
        None => Outcome::Failed { code: FailureCode::Catalog, message: "the import ended before its turn".into() },
    }
}
