//! One import from beginning to end: several threads that each bring one asset from the source to a verified copy, and one
//! that files the copies in the order of the plan.

use crate::alone::alone;
use crate::books::Books;
use crate::catch_up::catch_up;
use crate::convert::Converting;
use crate::copy::Copier;
use crate::fetch::{Fetcher, Verified};
use crate::moved::{Found, Moved};
use crate::naming::Names;
use crate::patience::Patience;
use crate::plan::without_copy;
use crate::publish::Publisher;
use crate::recover::{Recovered, recover};
use crate::turns::Turns;
use crate::witness::{Thoroughness, Witness};
use crate::{ImportError, ImportNews, Presence, check_space, rendition};
use catalog::{Catalog, SessionRow, SessionStart};
use domain::{
    Asset, CancelFlag, Capacity, Decision, Destination, FailureCode, ImportPlan, Outcome, PlannedItem, Renditions,
    Repeats, Shelf, Sidecars, SkipReason, Source, SourceError,
};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Files fetched ahead of the oldest asset that is not filed: while a long film is read, the cable is shared with what comes
/// after it. Their bytes are on the drive, not in memory; they stay open, and some systems allow 256 open files.
const AHEAD: u64 = 128;
/// Assets in a batch, at most.
const BATCH_ASSETS: usize = 32;
/// Assets fetched at once, at most.
const MOST_READERS: usize = 8;
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
    /// What is to be made of photos besides copying them, if anything.
    pub converting: Option<Converting<'a>>,
    /// Whether a sidecar is written of what the phone's library says of an asset.
    pub sidecars: Sidecars,
    /// Whether the best picture at hand is saved of what is only in iCloud.
    pub renditions: Renditions,
    /// How long a phone that was locked is waited for each time; `None` for as long as it takes.
    pub wait: Option<Duration>,
    /// Stops after the block at hand.
    pub cancel: &'a CancelFlag,
    /// Hears what happens, on several threads.
    pub news: &'a (dyn Fn(ImportNews<'_>) + Sync),
}

/// Runs a plan. Settles first what an earlier run left behind. The result has a final state for every asset of the plan;
/// `stop` says why it ended early, if it did. Errors when it could not begin: nothing was then copied.
pub fn run(env: &ImportRun<'_>, start: &SessionStart, plan: &ImportPlan) -> Result<SessionRow, ImportError> {
    let began = Instant::now();
    let _alone = alone(env.catalog, env.destination)?;
    // Another program may have changed the library until a moment ago.
    let news = catch_up(env.catalog, env.destination)?;
    let recovered = recover(env.catalog, env.destination, env.cancel)?;
    let refreshed = refreshed(env, plan, (&recovered, news))?;
    let plan = refreshed.as_ref().unwrap_or(plan);
    let capacity = env.destination.capacity()?;
    let told = |waiting: Option<&SourceError>| (env.news)(ImportNews::Waiting(waiting));
    let source = Patience::new(env.source, env.cancel, &told).at_most(env.wait);
    let renditions = rendition::wanted(env, &source, plan)?;
    let wish = env.converting.as_ref().map(|converting| &converting.wish);
    check_space(plan, &renditions, &capacity, wish, env.sidecars)?;
    let assets: Vec<&Asset> = plan.imports().chain(&renditions).collect();
    write_down(env, start, plan, &renditions)?;
    let bytes = renditions.iter().map(Asset::bytes).fold(plan.bytes(), u64::saturating_add);
    let to_import = (assets.len() - renditions.len()) as u64;
    (env.news)(ImportNews::Started { assets: to_import, skipped: plan.skipped(), bytes });

    let books = Books::new(&assets);
    match Witness::find(&source, plan, env.thoroughness, env.cancel) {
        Ok(witness) => {
            fetch_and_file(env, (start, plan.repeats), &copier(env, start, (&source, &witness), capacity), &books);
        }
        Err(error) => {
            let error = ImportError::from(error);
            books.stop(error.code(), error.to_string());
        }
    }
    books.close(env, start)?;
    let replaced = replace_renditions(env, plan, &books);
    let ended = books.ended(start, plan, (began.elapsed().as_secs_f64(), replaced));
    env.catalog.finish_session(&ended)?;
    // Our own lines are in the catalog; without this they would be read again at the next start, no more.
    if let Ok(bytes) = env.destination.manifest_bytes() {
        env.catalog.note_manifest_bytes(bytes)?;
    }
    Ok(ended)
}

/// Writes down the import and all it sets out to copy, in the order in which it is numbered.
fn write_down(
    env: &ImportRun<'_>,
    start: &SessionStart,
    plan: &ImportPlan,
    renditions: &[Asset],
) -> Result<(), ImportError> {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let first = number(plan.imports().count());
    env.catalog.start_session(start, plan.repeats, &plan.skipped(), plan.imports())?;
    env.catalog.note_renditions(&start.id, first, renditions)?;
    let first = first.saturating_add(number(renditions.len()));
    Ok(env.catalog.note_only_in_icloud(&start.id, first, named_and_out_of_reach(plan))?)
}

/// Smaller pictures whose originals came are put aside. A library that failed is left alone; the next import does it then.
fn replace_renditions(env: &ImportRun<'_>, plan: &ImportPlan, books: &Books<'_>) -> u64 {
    if books.is_fatal() {
        return 0;
    }
    let replaced = rendition::replace(env, plan).unwrap_or_else(|error| {
        books.fail(error.code(), error.to_string());
        0
    });
    if replaced > 0 {
        (env.news)(ImportNews::RenditionsReplaced(replaced));
    }
    replaced
}

/// The plan was made before the lock was taken. What was settled just now, or imported by another program, must not be imported a second time; what an undoing
/// or its owner took out of the library since must not be called imported. `None` where all is as it was planned.
fn refreshed(
    env: &ImportRun<'_>,
    plan: &ImportPlan,
    (recovered, news): (&Recovered, bool),
) -> Result<Option<ImportPlan>, ImportError> {
    let presence = Presence::new(env.catalog, env.destination);
    let is_there = |asset: &Asset| Ok::<_, ImportError>(presence.copy_of(env.source.id(), asset)?.is_some());
    let mut changed = Vec::new();
    for (index, PlannedItem { asset, decision, chosen }) in plan.items.iter().enumerate() {
        let now = match decision {
            Decision::Import if recovered.settled > 0 || news => {
                let done = match plan.repeats {
                    Repeats::Dropped => is_there(asset)?,
                    // That there is a copy was known; that the further one is made, too, is new.
                    Repeats::Filed => recovered.filed.contains(&asset.id),
                };
                if done { Decision::Skip(SkipReason::AlreadyImported) } else { *decision }
            }
            Decision::Skip(SkipReason::AlreadyImported) if !is_there(asset)? => without_copy(asset, *chosen),
            _ => *decision,
        };
        if now != *decision {
            changed.push((index, now));
        }
    }
    if changed.is_empty() {
        return Ok(None);
    }
    let mut refreshed = plan.clone();
    for (index, decision) in changed {
        refreshed.items[index].decision = decision;
    }
    Ok(Some(refreshed))
}

/// Lists what is hidden or deleted on the phone, only in iCloud, and was chosen all the same.
fn named_and_out_of_reach(plan: &ImportPlan) -> impl Iterator<Item = &Asset> {
    let out_of_reach = plan.items.iter().filter(|item| item.decision == Decision::Skip(SkipReason::OnlyInICloud));
    out_of_reach.map(|item| &item.asset).filter(|asset| asset.details.shelf() != Shelf::Library)
}

fn copier<'a>(
    env: &ImportRun<'a>,
    start: &'a SessionStart,
    (source, witness): (&'a Patience<'a>, &'a Witness<'a>),
    capacity: Capacity,
) -> Copier<'a> {
    Copier {
        source,
        destination: env.destination,
        session: &start.id,
        cancel: env.cancel,
        news: env.news,
        capacity,
        witness,
        staged: AtomicU64::new(0),
    }
}

fn fetch_and_file(
    env: &ImportRun<'_>,
    (start, repeats): (&SessionStart, Repeats),
    copier: &Copier<'_>,
    books: &Books<'_>,
) {
    let publisher = Publisher {
        destination: env.destination,
        catalog: env.catalog,
        session: &start.id,
        source: &start.source,
        names: Names::new(env.destination),
        repeats,
        news: env.news,
    };
    let fetcher = Fetcher {
        copier,
        zone: env.zone,
        converting: env.converting,
        sidecars: env.sidecars,
        catalog: env.catalog,
        repeats,
    };
    // Who wishes for a further copy does not care where the others are.
    let moved =
        (repeats == Repeats::Dropped).then(|| Moved::new((env.catalog, env.destination), &start.source, env.cancel));
    // Of each file another one may be made, and one of all of them, which is open as well.
    let each = 1 + usize::from(env.converting.is_some());
    let beside = usize::from(env.sidecars == Sidecars::Written);
    let turns = Turns::new(books.assets.iter().map(|asset| asset.files().count() * each + beside), AHEAD);
    std::thread::scope(|scope| {
        let (sender, receiver) = channel();
        for _ in 0..env.source.concurrency().clamp(1, MOST_READERS) {
            let (sender, work, turns) = (sender.clone(), (&fetcher, moved.as_ref()), &turns);
            scope.spawn(move || {
                let _watch = turns.watched();
                while let Some(item) = turns.next() {
                    // The receiver is gone only after a panic, which ends the turns.
                    let _ = sender.send((item, fetched(work, item, env, books)));
                }
            });
        }
        drop(sender);
        let _watch = turns.watched();
        file_all(publisher, &receiver, &turns, (env, books));
    });
}

/// What came of one item.
enum Fetched<'a> {
    /// It is in the library, where its owner moved it.
    Moved(Vec<Found>),
    /// It can be filed.
    Verified(Verified<'a>),
    /// It failed; others may be fine.
    Failed(FailureCode, String),
    /// Its turn never came, for the reason in the books.
    Unreached,
}

fn fetched<'a>(
    (fetcher, moved): (&Fetcher<'_>, Option<&Moved<'_>>),
    item: u32,
    env: &ImportRun<'_>,
    books: &Books<'a>,
) -> Fetched<'a> {
    if env.cancel.is_cancelled() {
        books.stop(FailureCode::Cancelled, "stopped before its turn".into());
    }
    let Some(asset) = books.assets.get(item as usize).filter(|_| !books.is_stopped()) else {
        return Fetched::Unreached;
    };
    // A library that cannot be looked through must not keep a photo from being copied.
    // What is known of the file of a smaller picture says nothing of its photo.
    let moved = moved.filter(|_| !asset.is_rendition());
    if let Some(found) = moved.and_then(|moved| moved.find(asset).ok().flatten()) {
        (env.news)(ImportNews::Bytes(asset.bytes()));
        return Fetched::Moved(found);
    }
    match fetcher.fetch(item, asset) {
        Ok(verified) => Fetched::Verified(verified),
        Err(failure) if failure.ends_everything() => {
            books.stop(failure.code(), failure.message());
            Fetched::Unreached
        }
        Err(failure) => Fetched::Failed(failure.code(), failure.message()),
    }
}

/// The filing: what came is put back into the order of the plan, so that names do not depend on chance, and is filed as far
/// as it is complete, at most a batch at a time.
fn file_all<'a>(
    mut publisher: Publisher<'a>,
    receiver: &Receiver<(u32, Fetched<'a>)>,
    turns: &Turns,
    (env, books): (&ImportRun<'_>, &Books<'a>),
) {
    let mut next = 0;
    let mut early = BTreeMap::new();
    while let Ok(first) = receiver.recv() {
        early.extend([first].into_iter().chain(receiver.try_iter()));
        while early.contains_key(&next) {
            let batch = batch_of(&mut early, &mut next);
            file(&mut publisher, batch, env, books);
            turns.filed(next);
        }
    }
}

/// Takes what is complete from `next` on, until it is a batch.
fn batch_of<'a>(early: &mut BTreeMap<u32, Fetched<'a>>, next: &mut u32) -> Vec<(u32, Fetched<'a>)> {
    let (mut bytes, mut batch) = (0_u64, Vec::new());
    while batch.len() < BATCH_ASSETS && bytes < BATCH_BYTES {
        let Some(fetched) = early.remove(next) else { break };
        if let Fetched::Verified(verified) = &fetched {
            bytes = bytes.saturating_add(verified.asset.bytes());
        }
        batch.push((*next, fetched));
        *next += 1;
    }
    batch
}

fn file<'a>(publisher: &mut Publisher<'a>, batch: Vec<(u32, Fetched<'a>)>, env: &ImportRun<'_>, books: &Books<'a>) {
    let (mut verified, mut endings) = (Vec::new(), Vec::new());
    for (item, fetched) in batch {
        match fetched {
            Fetched::Verified(asset) => verified.push(asset),
            Fetched::Moved(found) => match publisher.found(item, books.assets[item as usize], found) {
                Ok(ending) => endings.push(ending),
                Err(error) => books.fail(error.code(), error.to_string()),
            },
            Fetched::Failed(code, message) => {
                endings.push((item, books.assets[item as usize], Outcome::Failed { code, message }, None));
            }
            Fetched::Unreached => {}
        }
    }
    if !verified.is_empty() && !books.is_fatal() {
        let checked = env.destination.check().map_err(ImportError::from);
        if let Err(error) = checked.and_then(|()| publisher.publish(verified, &mut endings)) {
            books.fail(error.code(), error.to_string());
        }
    }
    endings.sort_by_key(|(item, ..)| *item);
    endings.into_iter().for_each(|ending| books.enter(env, ending));
}

#[cfg(test)]
pub(crate) mod tests;
