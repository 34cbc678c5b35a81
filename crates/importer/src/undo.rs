//! Undoing an import: its files are put aside in a holding folder of the library, and are new again. Nothing is deleted.
//!
//! The order is that of an import: the intent in the journal, the renames, the manifest, the catalog. A file that was moved
//! is recorded, one that was not stays what it was; whatever combination a crash leaves is settled by looking at both names.

use crate::alone::alone;
use crate::error::of_one_file;
use crate::recover::recover;
use crate::{ImportError, Presence};
use catalog::{Catalog, SessionFile};
use domain::{CancelFlag, Destination, DestinationError, LibraryPath, Removal, SessionId};

/// Files put aside at a time: flushes and transactions are shared, and a crash leaves few to be settled.
pub(crate) const BATCH: usize = 32;
/// How many names are tried in the holding folder.
const NAMES: u32 = 1000;

/// What undoing an import needs.
pub struct Undo<'a> {
    /// The library.
    pub destination: &'a dyn Destination,
    /// Its catalog.
    pub catalog: &'a Catalog,
    /// Stops after the batch at hand.
    pub cancel: &'a CancelFlag,
    /// Hears files done and files in all.
    pub progress: &'a dyn Fn(u64, u64),
}

/// What undoing an import did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct UndoReport {
    /// Files that were moved to the holding folder.
    pub moved: u64,
    /// Files that were left where they are, and why.
    pub left: Vec<(LibraryPath, String)>,
    /// Files that were not looked at, as it was stopped before.
    pub not_reached: u64,
}

/// Undoes an import. `at` is the time, RFC 3339. Errors when the library goes away; what was moved until then is recorded,
/// now or when it is settled.
pub fn undo(env: &Undo<'_>, session: &SessionId, at: &str) -> Result<UndoReport, ImportError> {
    let _alone = alone(env.catalog, env.destination)?;
    // Settled to its end, as each batch is.
    recover(env.catalog, env.destination, &CancelFlag::default())?;
    let files = env.catalog.files_of(session)?;
    let total = files.len() as u64;
    let mut report = UndoReport::default();
    for batch in files.chunks(BATCH) {
        if env.cancel.is_cancelled() {
            find_other_copies(env, session)?;
            report.not_reached = total - report.moved - report.left.len() as u64;
            return Ok(report);
        }
        put_aside(env, session, batch, &mut report)?;
        (env.progress)(report.moved + report.left.len() as u64, total);
    }
    find_other_copies(env, session)?;
    env.catalog.note_undone(session, at)?;
    note_own_lines(env.catalog, env.destination)?;
    Ok(report)
}

/// What was imported again has its earlier copy still: it is not new.
pub(crate) fn find_other_copies(env: &Undo<'_>, session: &SessionId) -> Result<(), ImportError> {
    let presence = Presence::new(env.catalog, env.destination);
    for (source, row) in env.catalog.undone_assets(session)? {
        let Some(asset) = env.catalog.asset(row)? else { continue };
        if let Some(path) = presence.copy_of(&source, &asset)? {
            env.catalog.note_copy(row, &path)?;
        }
    }
    Ok(())
}

/// Our own lines are in the catalog; without this they would be read again at the next start, no more.
pub(crate) fn note_own_lines(catalog: &Catalog, destination: &dyn Destination) -> Result<(), ImportError> {
    match destination.manifest_bytes() {
        Ok(bytes) => Ok(catalog.note_manifest_bytes(bytes)?),
        Err(_) => Ok(()),
    }
}

/// Moves files of an import into its holding folder, each step durable, and adds what came of it to the report.
pub(crate) fn put_aside(
    env: &Undo<'_>,
    session: &SessionId,
    batch: &[SessionFile],
    report: &mut UndoReport,
) -> Result<(), ImportError> {
    let mut removals = Vec::with_capacity(batch.len());
    for file in batch {
        match planned(env.destination, session, file) {
            Ok(removal) => removals.push(removal),
            Err(error) if error.ends_everything() => return Err(error.into()),
            Err(error) => report.left.push((file.path.clone(), error.to_string())),
        }
    }
    env.catalog.intend_removals(session, &removals)?;
    let results = env.destination.set_aside(&removals);
    let (mut moved, mut stayed) = (Vec::new(), Vec::new());
    for (removal, result) in removals.into_iter().zip(results) {
        match result {
            Ok(()) => moved.push(removal),
            // The journal keeps it: what is where is looked at once the library is back.
            Err(error) if error.ends_everything() => return Err(error.into()),
            Err(error) => match place_of(env.destination, &removal)? {
                Place::New => moved.push(removal),
                Place::Old => {
                    report.left.push((removal.path.clone(), error.to_string()));
                    stayed.push(removal);
                }
                Place::Unclear => report.left.push((removal.path.clone(), error.to_string())),
            },
        }
    }
    report.moved += moved.len() as u64;
    conclude(env.catalog, env.destination, session, (&moved, &stayed))
}

/// Chooses a free place for a file that is there as it was filed. One that was changed since is somebody's work.
fn planned(
    destination: &dyn Destination,
    session: &SessionId,
    file: &SessionFile,
) -> Result<Removal, DestinationError> {
    let refused = |reason: &str| DestinationError::Io { path: file.path.to_string(), reason: reason.to_owned() };
    match destination.size_of(&file.path)? {
        None => return Err(refused("it is not there any more")),
        Some(bytes) if bytes != file.bytes => return Err(refused("it was changed since it was imported")),
        Some(_) => {}
    }
    for number in 0..NAMES {
        let Some(to) = Removal::place(session, &file.path, number) else { break };
        if destination.size_of(&to)?.is_none() {
            return Ok(Removal { path: file.path.clone(), to, bytes: file.bytes, hash: file.hash });
        }
    }
    Err(refused("there is no free name for it in the holding folder"))
}

/// Settles what an interrupted undo left. Call it under the import lock only.
pub(crate) fn settle_removals(catalog: &Catalog, destination: &dyn Destination) -> Result<usize, ImportError> {
    let pending = catalog.removals()?;
    for (session, removal) in &pending {
        let one = std::slice::from_ref(removal);
        let halves = match place_of(destination, removal)? {
            Place::New => (one, &[][..]),
            Place::Old => (&[][..], one),
            Place::Unclear => continue,
        };
        match conclude(catalog, destination, session, halves) {
            Err(error) if error.ends_everything() => return Err(error),
            // It stays in the journal, to be recorded another time; nothing else waits for that.
            Ok(()) | Err(_) => {}
        }
    }
    Ok(pending.len())
}

/// Where a file is that was about to be moved.
enum Place {
    /// Where it was.
    Old,
    /// Where it was to go, flushed.
    New,
    /// It has left its old name, and what is under the new one is not all of it. The journal keeps it: a medium that is mended
    /// may have the rest.
    Unclear,
}

/// Looks where a file is that was about to be moved. Where that cannot be seen it was not moved, as far as is known.
fn place_of(destination: &dyn Destination, removal: &Removal) -> Result<Place, ImportError> {
    Ok(of_one_file(seen_at(destination, removal))?.unwrap_or(Place::Old))
}

/// The old name counts for as long as there is a file: a rename that was cut short may leave both names, or an empty file of
/// ours at the new one.
fn seen_at(destination: &dyn Destination, removal: &Removal) -> Result<Place, DestinationError> {
    if destination.size_of(&removal.path)?.is_some() {
        if destination.size_of(&removal.to)? == Some(0) {
            destination.remove_empty(&removal.to)?;
        }
        return Ok(Place::Old);
    }
    match destination.size_of(&removal.to)? {
        None => Ok(Place::Old),
        Some(bytes) if bytes != removal.bytes => Ok(Place::Unclear),
        Some(_) => destination.flush(&removal.to).map(|()| Place::New),
    }
}

fn conclude(
    catalog: &Catalog,
    destination: &dyn Destination,
    session: &SessionId,
    (moved, stayed): (&[Removal], &[Removal]),
) -> Result<(), ImportError> {
    if !moved.is_empty() {
        destination.record_removals(session, moved)?;
    }
    Ok(catalog.conclude_removals(moved, stayed)?)
}

#[cfg(test)]
mod tests;
