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
use domain::{AssetId, CancelFlag, ContentHash, Destination, DestinationError, LibraryPath, PendingFile};
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
/// under the import lock only. Errors with `Cancelled` when it is to stop; the next call goes on from there.
pub(crate) fn recover(
    catalog: &Catalog,
    destination: &dyn Destination,
    cancel: &CancelFlag,
) -> Result<Recovered, ImportError> {
    let mut settling = Settling { catalog, destination, cancel, names: Names::new(destination) };
    let items = catalog.intents()?;
    let settled = items.len() + settle_removals(catalog, destination)?;
    let mut recovered = Recovered { settled, filed: HashSet::new() };
    for item in items {
        recovered.filed.extend(settling.settle(item)?);
    }
    for staged in of_one_file(destination.staged())?.unwrap_or_default() {
        of_one_file(destination.discard(&staged))?;
    }
    Ok(recovered)
}

struct Settling<'a> {
    catalog: &'a Catalog,
    destination: &'a dyn Destination,
    cancel: &'a CancelFlag,
    names: Names<'a>,
}

enum Settled {
    /// The final name has the right bytes, flushed.
    InPlace,
    /// Neither name has them: the file is copied again.
    Lost,
    /// The final name has somebody else's bytes, the staged file is fine.
    NameTaken(Box<dyn PendingFile>),
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

impl Settling<'_> {
    /// Returns the asset if it is in place, itself and not only a smaller picture of it. Errors only when nothing else can be
    /// settled either: one file that cannot be looked at, read or recorded must not keep every import from beginning.
    fn settle(&mut self, mut item: JournalledItem) -> Result<Option<AssetId>, ImportError> {
        match self.bring_into_place(&mut item) {
            Ok(true) => {}
            Err(error) if error.ends_everything() => return Err(error),
            Ok(false) | Err(_) => {
                // What of it was published is found again by its name and bytes when the asset is copied anew.
                self.catalog.forget_intent(&item.session, item.item)?;
                return Ok(None);
            }
        }
        self.catalog.conclude_settled(&item)?;
        Ok((!item.is_rendition()).then_some(item.asset))
    }

    /// Brings all files of an item into place and records them; `false` when one of them is lost.
    fn bring_into_place(&mut self, item: &mut JournalledItem) -> Result<bool, ImportError> {
        for index in 0..item.files.len() {
            let done = match self.settle_file(&item.files[index])? {
                Settled::InPlace => true,
                Settled::Lost => false,
                Settled::NameTaken(pending) => {
                    if let Err(error) = self.rename(item, index) {
                        return Err(kept(pending, error));
                    }
                    self.publish(&item.files[index], pending)?
                }
            };
            if !done {
                return Ok(false);
            }
        }
        let entries: Vec<_> = item.files.iter().map(|f| f.entry.clone()).collect();
        self.destination.record(&item.session, &self.catalog.unrecorded(&entries)?)?;
        Ok(true)
    }

    fn settle_file(&self, file: &IntendedFile) -> Result<Settled, ImportError> {
        // A name that cannot be looked at is left alone, as one with somebody else's bytes is.
        let found = of_one_file(self.under_final_name(file))?.unwrap_or(Found::Others);
        if found == Found::Ours {
            of_one_file(self.destination.discard(&file.staging))?;
            return Ok(Settled::InPlace);
        }
        let Some(mut pending) = self.destination.adopt(&file.staging)? else { return Ok(Settled::Lost) };
        match pending_hash(pending.as_mut(), self.cancel) {
            Ok((hash, _)) if hash == file.entry.hash => {}
            Ok(_) => return Ok(Settled::Lost),
            Err(error) => return Err(kept(pending, error)),
        }
        if found == Found::Others {
            return Ok(Settled::NameTaken(pending));
        }
        Ok(if self.publish(file, pending)? { Settled::InPlace } else { Settled::Lost })
    }

    fn under_final_name(&self, file: &IntendedFile) -> Result<Found, ImportError> {
        let path = &file.entry.path;
        match self.destination.size_of(path)? {
            None => Ok(Found::Nothing),
            Some(size) if size == file.entry.bytes && self.hash_of(path)? == file.entry.hash => {
                self.destination.flush(path)?;
                Ok(Found::Ours)
            }
            // Our placeholder, or an entry that FAT had not filled in yet. The journal is the proof that it is ours.
            Some(0) => {
                self.destination.remove_empty(path)?;
                Ok(Found::Nothing)
            }
            Some(_) => Ok(Found::Others),
        }
    }

    fn hash_of(&self, path: &LibraryPath) -> Result<ContentHash, ImportError> {
        Ok(published_hash(self.destination, path, self.cancel)?.0)
    }

    fn publish(&self, file: &IntendedFile, mut pending: Box<dyn PendingFile>) -> Result<bool, ImportError> {
        match self.try_to_publish(file, pending.as_mut()) {
            Err(error) if error.ends_everything() => Err(kept(pending, error)),
            result => result,
        }
    }

    fn try_to_publish(&self, file: &IntendedFile, pending: &mut dyn PendingFile) -> Result<bool, ImportError> {
        let path = &file.entry.path;
        match pending.publish(path) {
            Ok(()) => {
                pending.flush_published()?;
                self.destination.flush_names(&[path])?;
                Ok(true)
            }
            Err(DestinationError::Taken(_)) => Ok(self.hash_of(path)? == file.entry.hash),
            Err(error) => Err(error.into()),
        }
    }

    /// Finds another name for a file and writes it down before it is used.
    fn rename(&mut self, item: &mut JournalledItem, index: usize) -> Result<(), ImportError> {
        let entry = &item.files[index].entry;
        let day = day_of(&entry.path).unwrap_or_else(|| entry.taken.local.date());
        let name = entry.path.file_name().to_owned();
        let given = self.names.choose(day, &[Wish { name: &name, bytes: 0, hash: ContentHash::new([0; 32]) }])?;
        let path = given[0].path().clone();
        if index == 0 {
            item.files.iter_mut().for_each(|f| f.entry.asset = path.clone());
        }
        self.catalog.disown([&path])?;
        item.files[index].entry.path = path;
        Ok(self.catalog.intend(&item.session, [(item.item, &item.files[..])])?)
    }
}

/// Leaves a file staged for the next run. Dropped, it would be gone, and the phone may not have it any more.
fn kept(pending: Box<dyn PendingFile>, error: ImportError) -> ImportError {
    pending.leave();
    error
}

/// Reads the day back from `Originals/YYYY/YYYY-MM-DD/NAME`.
fn day_of(path: &LibraryPath) -> Option<jiff::civil::Date> {
    path.folder()?.file_name().parse().ok()
}
