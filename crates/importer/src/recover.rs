//! Settling what an interrupted run left behind, before a new one begins.
//!
//! For every file that was about to be published the journal has its staging name, its final name, its size and its hash;
//! whatever combination of the two names a crash leaves on the medium, one of the rules here fits it.

use crate::ImportError;
use crate::error::of_one_file;
use crate::hashing::{pending_hash, published_hash};
use crate::naming::{Names, Wish};
use crate::undo::settle_removals;
use catalog::{Catalog, IntendedFile, JournalledItem};
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
    for staged in of_one_file(destination.staged())?.unwrap_or_default() {
        of_one_file(destination.discard(&staged))?;
    }
    Ok(recovered)
}

/// Returns the asset if it is in place, itself and not only a smaller picture of it. Errors only when nothing else can be settled either: one file that cannot be looked
/// at, read or recorded must not keep every import from beginning.
fn settle(
    catalog: &Catalog,
    destination: &dyn Destination,
    names: &mut Names<'_>,
    mut item: JournalledItem,
) -> Result<Option<AssetId>, ImportError> {
    match bring_into_place(catalog, destination, names, &mut item) {
        Ok(true) => {}
        Err(error) if error.ends_everything() => return Err(error),
        Ok(false) | Err(_) => {
            // What of it was published is found again by its name and bytes when the asset is copied anew.
            catalog.forget_intent(&item.session, item.item)?;
            return Ok(None);
        }
    }
    catalog.conclude_settled(&item)?;
    Ok((!item.is_rendition()).then_some(item.asset))
}

/// Brings all files of an item into place and records them; `false` when one of them is lost.
fn bring_into_place(
    catalog: &Catalog,
    destination: &dyn Destination,
    names: &mut Names<'_>,
    item: &mut JournalledItem,
) -> Result<bool, ImportError> {
    for index in 0..item.files.len() {
        let settled = settle_file(destination, &item.files[index])?;
        let done = match settled {
            Settled::InPlace => true,
            Settled::Lost => false,
            Settled::NameTaken(pending) => {
                rename(catalog, names, item, index)?;
                publish(destination, &item.files[index], pending)?
            }
        };
        if !done {
            return Ok(false);
        }
    }
    let entries: Vec<_> = item.files.iter().map(|f| f.entry.clone()).collect();
    destination.record(&item.session, &catalog.unrecorded(&entries)?)?;
    Ok(true)
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
    // A name that cannot be looked at is left alone, as one with somebody else's bytes is.
    let found = of_one_file(under_final_name(destination, file))?.unwrap_or(Found::Others);
    if found == Found::Ours {
        of_one_file(destination.discard(&file.staging))?;
        return Ok(Settled::InPlace);
    }
    let Some(mut pending) = destination.adopt(&file.staging)? else { return Ok(Settled::Lost) };
    if pending_hash(pending.as_mut())?.0 != file.entry.hash {
        return Ok(Settled::Lost);
    }
    if found == Found::Others {
        return Ok(Settled::NameTaken(pending));
    }
    Ok(if publish(destination, file, pending)? { Settled::InPlace } else { Settled::Lost })
}

/// What is under a final name.
#[derive(PartialEq, Eq)]
enum Found {
    /// The right bytes, flushed.
    Ours,
    /// Nothing, or nothing any more.
    Nothing,
    /// Somebody else's bytes.
    Others,
}

fn under_final_name(destination: &dyn Destination, file: &IntendedFile) -> Result<Found, DestinationError> {
    let path = &file.entry.path;
    match destination.size_of(path)? {
        None => Ok(Found::Nothing),
        Some(size) if size == file.entry.bytes && published_hash(destination, path)?.0 == file.entry.hash => {
            destination.flush(path)?;
            Ok(Found::Ours)
        }
        // Our placeholder, or an entry that FAT had not filled in yet. The journal is the proof that it is ours.
        Some(0) => destination.remove_empty(path).map(|()| Found::Nothing),
        Some(_) => Ok(Found::Others),
    }
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
