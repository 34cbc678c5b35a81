//! One import from beginning to end: two threads, one that reads the source and one that verifies and files.

use crate::copy::{CopiedAsset, Copier};
use crate::naming::Names;
use crate::publish::{Ending, Publisher};
use crate::recover::recover;
use crate::witness::{Thoroughness, Witness};
use crate::{ImportError, ImportNews, Presence, check_space};
use catalog::{Catalog, ItemOutcome, SessionRow, SessionStart, SessionStop};
use domain::{
    Asset, CancelFlag, Decision, Destination, DestinationError, FailureCode, ImportPlan, LibraryPath, Outcome,
    SkipReason, Source, Totals,
};
use jiff::tz::TimeZone;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Assets copied ahead of verification. Their bytes are on the drive, not in memory.
const AHEAD: usize = 32;
/// A batch is closed when it has this many bytes: what a crash makes us copy again stays small.
const BATCH_BYTES: u64 = 64 << 20;

/// What an import needs.
pub struct ImportRun<'a> {
    /// Where from.
    pub source: &'a dyn Source,
    /// Where to.
    pub destination: &'a dyn Destination,
    /// The library's catalog.
    pub catalog: &'a Catalog,
    /// The computer's zone, for times without an offset.
    pub zone: &'a TimeZone,
    /// How copies are checked where the source cannot hash its own files.
    pub thoroughness: Thoroughness,
    /// Stops after the block at hand.
    pub cancel: &'a CancelFlag,
    /// Hears what happens, on several threads.
    pub news: &'a (dyn Fn(ImportNews<'_>) + Sync),
}

/// Runs a plan. Settles first what an earlier run left behind. The result has a final state for every asset of the plan;
/// `stop` says why it ended early, if it did. Errors when it could not begin: nothing was then copied.
pub fn run(env: &ImportRun<'_>, start: &SessionStart, plan: &ImportPlan) -> Result<SessionRow, ImportError> {
    let began = Instant::now();
    let _lock = env.catalog.lock_for_import()?.ok_or(DestinationError::Busy)?;
    env.destination.check()?;
    let settled = recover(env.catalog, env.destination)?;
    let refreshed = if settled > 0 { Some(refreshed(env, plan.clone())?) } else { None };
    let plan = refreshed.as_ref().unwrap_or(plan);
    let capacity = env.destination.capacity()?;
    check_space(plan, &capacity)?;
    let witness = Witness::find(env.source, plan, env.thoroughness, env.cancel)?;
    let assets: Vec<&Asset> = plan.imports().collect();
    env.catalog.start_session(start, assets.iter().copied())?;
    (env.news)(ImportNews::Started { assets: assets.len() as u64, bytes: plan.bytes() });

    let books = Books::new(&assets);
    let copier = Copier {
        source: env.source,
        destination: env.destination,
        session: &start.id,
        cancel: env.cancel,
        news: env.news,
        capacity,
        witness: &witness,
        staged: AtomicU64::new(0),
    };
    copy_and_publish(env, start, &copier, &books);
    books.close(env, start)?;
    let ended = books.ended(start, plan, began.elapsed().as_secs_f64());
    env.catalog.finish_session(&ended)?;
    // Our own lines are in the catalog; without this they would be read again at the next start, no more.
    if let Ok(bytes) = env.destination.manifest_bytes() {
        env.catalog.note_manifest_bytes(bytes)?;
    }
    Ok(ended)
}

/// What was settled just now was planned before that, and must not be imported a second time.
fn refreshed(env: &ImportRun<'_>, mut plan: ImportPlan) -> Result<ImportPlan, ImportError> {
    let presence = Presence::new(env.catalog, env.destination);
    for item in plan.items.iter_mut().filter(|item| item.decision == Decision::Import) {
        if presence.copy_of(env.source.id(), &item.asset)?.is_some() {
            item.decision = Decision::Skip(SkipReason::AlreadyImported);
        }
    }
    Ok(plan)
}

fn copy_and_publish(env: &ImportRun<'_>, start: &SessionStart, copier: &Copier<'_>, books: &Books<'_>) {
    let publisher = Publisher {
        destination: env.destination,
        catalog: env.catalog,
        session: &start.id,
        source: &start.source,
        zone: env.zone,
        copier,
        names: Names::new(env.destination),
    };
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(AHEAD);
        scope.spawn(move || publish_all(publisher, &receiver, env, books));
        copy_all(copier, &sender, env, books);
    });
}

/// The reading thread: asset after asset, until the end or a reason to stop.
fn copy_all<'a>(copier: &Copier<'_>, sender: &SyncSender<CopiedAsset<'a>>, env: &ImportRun<'_>, books: &Books<'a>) {
    for (item, asset) in (0_u32..).zip(&books.assets) {
        if books.is_stopped() {
            return;
        }
        if env.cancel.is_cancelled() {
            return books.stop(FailureCode::Cancelled, "stopped before its turn".into());
        }
        match copier.copy(item, asset) {
            // The other thread ends early only after it wrote down why.
            Ok(copied) => drop(sender.send(copied)),
            Err(failure) if failure.ends_everything() => return books.stop(failure.code(), failure.message()),
            Err(failure) => {
                let outcome = Outcome::Failed { code: failure.code(), message: failure.message() };
                books.enter(env, (item, asset, outcome, None));
            }
        }
    }
}

/// The filing thread: takes what has piled up, at most a batch at a time.
fn publish_all<'a>(
    mut publisher: Publisher<'a>,
    receiver: &Receiver<CopiedAsset<'a>>,
    env: &ImportRun<'_>,
    books: &Books<'a>,
) {
    while let Ok(first) = receiver.recv() {
        let batch = gathered(first, receiver);
        if books.is_fatal() {
            continue;
        }
        let result = env.destination.check().map_err(ImportError::from).and_then(|()| publisher.publish(batch));
        match result {
            Ok(endings) => endings.into_iter().for_each(|ending| books.enter(env, ending)),
            Err(error) => books.fail(error.code(), error.to_string()),
        }
    }
}

fn gathered<'a>(first: CopiedAsset<'a>, receiver: &Receiver<CopiedAsset<'a>>) -> Vec<CopiedAsset<'a>> {
    let mut bytes = first.asset.bytes();
    let mut batch = vec![first];
    while batch.len() < AHEAD && bytes < BATCH_BYTES {
        let Ok(next) = receiver.try_recv() else { break };
        bytes = bytes.saturating_add(next.asset.bytes());
        batch.push(next);
    }
    batch
}

/// How each asset ended, and why the rest was not reached.
struct Books<'a> {
    assets: Vec<&'a Asset>,
    state: Mutex<State>,
}

struct State {
    outcomes: Vec<Option<Outcome>>,
    stop: Option<SessionStop>,
    /// The destination or the catalog failed: nothing more may be filed.
    fatal: bool,
}

impl<'a> Books<'a> {
    fn new(assets: &[&'a Asset]) -> Self {
        let state = State { outcomes: vec![None; assets.len()], stop: None, fatal: false };
        Self { assets: assets.to_vec(), state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_stopped(&self) -> bool {
        self.state().stop.is_some()
    }

    fn is_fatal(&self) -> bool {
        self.state().fatal
    }

    /// Nothing more is read; what was read is still filed.
    fn stop(&self, code: FailureCode, message: String) {
        self.state().stop.get_or_insert(SessionStop { code, message });
    }

    /// Nothing more is read or filed.
    fn fail(&self, code: FailureCode, message: String) {
        let mut state = self.state();
        state.stop = Some(SessionStop { code, message });
        state.fatal = true;
    }

    fn enter(&self, env: &ImportRun<'_>, (item, asset, outcome, path): Ending<'_>) {
        self.tell(env, asset, &outcome, path.as_ref());
        if let Some(slot) = self.state().outcomes.get_mut(item as usize) {
            *slot = Some(outcome);
        }
    }

    fn tell(&self, env: &ImportRun<'_>, asset: &Asset, outcome: &Outcome, path: Option<&LibraryPath>) {
        (env.news)(ImportNews::Ended { asset, outcome, path });
    }

    /// Gives every asset that was not reached the reason why, and writes the failures down.
    fn close(&self, env: &ImportRun<'_>, start: &SessionStart) -> Result<(), ImportError> {
        let mut state = self.state();
        let stop = state.stop.clone();
        let mut failures = Vec::new();
        for (item, (asset, slot)) in (0_u32..).zip(self.assets.iter().zip(&mut state.outcomes)) {
            let unreached = slot.is_none();
            let outcome = slot.get_or_insert_with(|| unreached_outcome(stop.as_ref()));
            if let Outcome::Failed { code, message } = outcome {
                // An unreached item keeps its journal: "intent" must be settled, "planned" says all there is to say.
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

    fn ended(&self, start: &SessionStart, plan: &ImportPlan, seconds: f64) -> SessionRow {
        let state = self.state();
        let mut totals: Totals = state.outcomes.iter().flatten().collect();
        for item in &plan.items {
            if let Decision::Skip(reason) = item.decision {
                totals.count(&Outcome::Skipped(reason));
            }
        }
        let imported = self.assets.iter().zip(&state.outcomes).filter(|(_, o)| **o == Some(Outcome::Imported));
        SessionRow {
            id: start.id.clone(),
            source: start.source.clone(),
            source_name: start.source_name.clone(),
            started_at: start.started_at.clone(),
            finished: true,
            totals,
            bytes: imported.map(|(asset, _)| asset.bytes()).fold(0, u64::saturating_add),
            seconds,
            stop: state.stop.clone(),
        }
    }
}

fn unreached_outcome(stop: Option<&SessionStop>) -> Outcome {
    match stop {
        Some(stop) => Outcome::Failed { code: stop.code, message: stop.message.clone() },
        None => Outcome::Failed { code: FailureCode::Catalog, message: "the import ended before its turn".into() },
    }
}

#[cfg(test)]
pub(crate) mod tests;
