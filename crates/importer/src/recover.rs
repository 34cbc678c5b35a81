//! Settling what an interrupted run left behind, before a new one begins.
//!
//! For every file that was about to be published the journal has its staging name, its final name, its size and its hash;
//! whatever combination of the two names a crash leaves on the medium, one of the rules here fits it.

use crate::ImportError;
use crate::hashing::{pending_hash, published_hash};
use crate::naming::{Names, Wish};
use crate::undo::settle_removals;
use catalog::{Catalog, IntendedFile, ItemOutcome, JournalledItem};
use domain::{AssetId, ContentHash, Destination, DestinationError, LibraryPath, PendingFile};
use std::collections::HashSet;

/// What was settled.
#[derive(Debug, Default)]
pub(crate) struct Recovered {
    /// How many items and removals.
    pub(crate) settled: usize,
    /// The assets whose copies turned out to be in place.
    pub(crate) filed: HashSet<AssetId>,
}

/// Settles every item of the journal and what was about to be put aside, then sweeps staged files nobody knows. Call it
/// under the import lock only.
pub(crate) fn recover(catalog: &Catalog, destination: &dyn Destination) -> Result<Recovered, ImportError> {
    let mut names = Names::new(destination);
    let items = catalog.intents()?;
    let settled = items.len() + settle_removals(catalog, destination)?;
    let mut recovered = Recovered { settled, filed: HashSet::new() };
    for item in items {
        recovered.filed.extend(settle(catalog, destination, &mut names, item)?);
    }
    for staged in destination.staged()? {
        destination.discard(&staged)?;
    }
    Ok(recovered)
}

/// Returns the asset if it is in place.
fn settle(
    catalog: &Catalog,
    destination: &dyn Destination,
    names: &mut Names<'_>,
    mut item: JournalledItem,
) -> Result<Option<AssetId>, ImportError> {
    for index in 0..item.files.len() {
        let settled = settle_file(destination, &item.files[index])?;
        let done = match settled {
            Settled::InPlace => true,
            Settled::Lost => false,
            Settled::NameTaken(pending) => {
                rename(catalog, names, &mut item, index)?;
                publish(destination, &item.files[index], pending)?
            }
        };
        if !done {
            // What of it was published is found again by its name and bytes when the asset is copied anew.
            catalog.forget_intent(&item.session, item.item)?;
            return Ok(None);
        }
    }
    let entries: Vec<_> = item.files.into_iter().map(|f| f.entry).collect();
    destination.record(&item.session, &catalog.unrecorded(&entries)?)?;
    let outcome = ItemOutcome::Imported(entries);
    catalog.conclude(&item.session, &item.source, &[(item.item, item.asset.clone(), outcome)])?;
    Ok(Some(item.asset))
}

enum Settled {
    /// The final name has the right bytes, flushed.
    InPlace,
    /// Neither name has them: the file is copied again.
    Lost,
    /// The final name has somebody else's bytes, the staged file is fine.
    NameTaken(Box<dyn PendingFile>),
}

fn settle_file(destination: &dyn Destination, file: &IntendedFile) -> Result<Settled, ImportError> {
    let (path, staging) = (&file.entry.path, &file.staging);
    match destination.size_of(path)? {
        Some(size) if size == file.entry.bytes && published_hash(destination, path)?.0 == file.entry.hash => {
            destination.flush(path)?;
            destination.discard(staging)?;
            return Ok(Settled::InPlace);
        }
        // Our placeholder, or an entry that FAT had not filled in yet. The journal is the proof that it is ours.
        Some(0) => destination.remove_empty(path)?,
        _ => {}
    }
    let Some(mut pending) = destination.adopt(staging)? else { return Ok(Settled::Lost) };
    if pending_hash(pending.as_mut())?.0 != file.entry.hash {
        return Ok(Settled::Lost);
    }
    if destination.size_of(path)?.is_some() {
        return Ok(Settled::NameTaken(pending));
    }
    Ok(if publish(destination, file, pending)? { Settled::InPlace } else { Settled::Lost })
}

fn publish(
    destination: &dyn Destination,
    file: &IntendedFile,
    mut pending: Box<dyn PendingFile>,
) -> Result<bool, ImportError> {
    match pending.publish(&file.entry.path) {
        Ok(()) => {
            pending.flush_published()?;
            destination.flush_names(&[&file.entry.path])?;
            Ok(true)
        }
        Err(DestinationError::Taken(_)) => Ok(published_hash(destination, &file.entry.path)?.0 == file.entry.hash),
        Err(error) => Err(error.into()),
    }
}

/// Finds another name for a file and writes it down before it is used.
fn rename(
    catalog: &Catalog,
    names: &mut Names<'_>,
    item: &mut JournalledItem,
    index: usize,
) -> Result<(), ImportError> {
    let entry = &item.files[index].entry;
    let day = day_of(&entry.path).unwrap_or_else(|| entry.taken.local.date());
    let name = entry.path.file_name().to_owned();
    let given = names.choose(day, &[Wish { name: &name, bytes: 0, hash: ContentHash::new([0; 32]) }])?;
    let path = given[0].path().clone();
    if index == 0 {
        item.files.iter_mut().for_each(|f| f.entry.asset = path.clone());
    }
    catalog.disown([&path])?;
    item.files[index].entry.path = path;
    Ok(catalog.intend(&item.session, [(item.item, &item.files[..])])?)
}

/// Reads the day back from `Originals/YYYY/YYYY-MM-DD/NAME`.
fn day_of(path: &LibraryPath) -> Option<jiff::civil::Date> {
    path.folder()?.file_name().parse().ok()
}
