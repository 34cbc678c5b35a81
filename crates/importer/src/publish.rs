//! From verified to filed: decide names, write down the intent, publish, record, conclude.
//!
//! The order is what makes a power cut harmless (docs/decisions/0002): everything is flushed and read back before the
//! journal says "intent"; the manifest is flushed before the journal says "imported".

use crate::fetch::{Verified, VerifiedFile};
use crate::filing::{Filing, filings};
use crate::moved::Found;
use crate::naming::{Given, Names, Wish};
use crate::presence::copy_with_content;
use crate::{ImportError, ImportNews, rendition};
use catalog::{Catalog, IntendedFile, ItemOutcome};
use domain::{
    Asset, AssetDetails, ContentHash, Derivation, Destination, DestinationError, FailureCode, Fingerprint, LibraryPath,
    ManifestEntry, Outcome, PendingFile, Recipe, Repeats, SessionId, SkipReason, SourceId,
};
use std::collections::HashSet;

/// How often another name is tried when somebody else takes the one just chosen.
const RENAMES: u32 = 20;

/// Publishes verified assets in batches, so that flushes and transactions are shared.
pub(crate) struct Publisher<'a> {
    pub(crate) destination: &'a dyn Destination,
    pub(crate) catalog: &'a Catalog,
    pub(crate) session: &'a SessionId,
    pub(crate) source: &'a SourceId,
    pub(crate) names: Names<'a>,
    pub(crate) repeats: Repeats,
    pub(crate) news: &'a (dyn Fn(ImportNews<'_>) + Sync),
}

/// How an asset ended here, with the place of its primary file if it has one.
pub(crate) type Ending<'a> = (u32, &'a Asset, Outcome, Option<LibraryPath>);

/// An asset with names, about to be published.
struct Named<'a> {
    item: u32,
    asset: &'a Asset,
    intended: Vec<IntendedFile>,
    /// In step with `intended`; `None` where the bytes are in place already.
    pending: Vec<Option<Box<dyn PendingFile>>>,
    /// In step with `intended`: the names that were wished for.
    wished: Vec<String>,
}

impl Named<'_> {
    /// Lists the places where nothing lies yet.
    fn anew(&self) -> impl Iterator<Item = &LibraryPath> {
        let files = self.pending.iter().zip(&self.intended);
        files.filter(|(pending, _)| pending.is_some()).map(|(_, file)| &file.entry.path)
    }
}

impl<'a> Publisher<'a> {
    /// Brings a batch to its end. Every asset of it has an ending, unless this errors: then the run is over, those that the
    /// journal says ended have theirs, and what else it holds is settled by the next run.
    pub(crate) fn publish(
        &mut self,
        batch: Vec<Verified<'a>>,
        endings: &mut Vec<Ending<'a>>,
    ) -> Result<(), ImportError> {
        let mut named = Vec::new();
        let mut contents = HashSet::new();
        for verified in batch {
            // The same photo twice in one batch: the first must be in the catalog before the second is looked up.
            if !contents.insert(verified.files[0].hash) {
                self.commit(std::mem::take(&mut named), endings)?;
            }
            let (item, asset) = (verified.item, verified.asset);
            match self.name(verified) {
                Ok(Ok(ready)) => named.push(ready),
                Ok(Err(ending)) => endings.push(ending),
                Err(error) if error.ends_everything() => return Err(error),
                Err(error) => endings.push(self.failed(item, asset, error.code(), error.to_string())?),
            }
        }
        self.commit(named, endings)
    }

    /// Finds out whether the library has these bytes; if not, gives them names.
    fn name(&mut self, verified: Verified<'a>) -> Result<Result<Named<'a>, Ending<'a>>, ImportError> {
        // A smaller picture is filed whatever else has its bytes: those of two photos may be the same.
        let repeats = if verified.asset.is_rendition() { Repeats::Filed } else { self.repeats };
        let known = match repeats {
            Repeats::Dropped => self.in_library(&verified)?,
            Repeats::Filed => None,
        };
        if let Some(known) = known {
            let path = known[0].1.clone();
            let outcome = ItemOutcome::AlreadyImported { known, uuid: verified.asset.details.uuid.clone() };
            self.catalog.conclude(self.session, self.source, &[(verified.item, verified.asset.id.clone(), outcome)])?;
            let skipped = Outcome::Skipped(SkipReason::AlreadyImported);
            return Ok(Err((verified.item, verified.asset, skipped, Some(path))));
        }
        let (item, asset) = (verified.item, verified.asset);
        let filings = filings(verified);
        let wishes: Vec<Wish<'_>> = filings.iter().map(Filing::wish).collect();
        let day = asset.taken.local.date();
        let given = match repeats {
            Repeats::Dropped => self.names.choose(day, &wishes)?,
            Repeats::Filed => self.names.choose_free(day, &wishes)?,
        };
        Ok(Ok(self.named((item, asset), filings, &given)))
    }

    /// Concludes an asset whose files are in the library already, some of them where their owner moved them.
    pub(crate) fn found(&self, item: u32, asset: &'a Asset, found: Vec<Found>) -> Result<Ending<'a>, ImportError> {
        self.catalog.follow(found.iter().filter_map(|f| Some((f.moved_from.as_ref()?, &f.path))))?;
        let known: Vec<_> = found.into_iter().map(|f| (f.file, f.path)).collect();
        let path = known.first().map(|(_, path)| path.clone());
        let outcome = ItemOutcome::AlreadyImported { known, uuid: asset.details.uuid.clone() };
        self.catalog.conclude(self.session, self.source, &[(item, asset.id.clone(), outcome)])?;
        Ok((item, asset, Outcome::Skipped(SkipReason::AlreadyImported), path))
    }

    fn named(&self, (item, asset): (u32, &'a Asset), filings: Vec<Filing>, given: &[Given]) -> Named<'a> {
        let primary = given[0].path().clone();
        let (mut intended, mut pending, mut wished) = (Vec::new(), Vec::new(), Vec::new());
        for (filing, given) in filings.into_iter().zip(given) {
            let entry = filing.entry(given.path().clone(), primary.clone(), self.source);
            intended.push(IntendedFile { staging: filing.staging, entry });
            pending.push(matches!(given, Given::Free(_)).then_some(filing.pending));
            wished.push(filing.name);
        }
        if asset.is_rendition() {
            intended[0].entry.rendition_of = rendition::original_of(asset);
        } else if asset.details != AssetDetails::default() {
            intended[0].entry.details = Some(Box::new(asset.details.clone()));
        }
        Named { item, asset, intended, pending, wished }
    }

    /// An asset is in the library when all its files are, byte for byte.
    fn in_library(&self, verified: &Verified<'_>) -> Result<Option<Vec<(Fingerprint, LibraryPath)>>, ImportError> {
        let mut known = Vec::with_capacity(verified.files.len());
        for VerifiedFile { copied, hash, .. } in &verified.files {
            let library = (self.catalog, self.destination);
            let Some(path) = copy_with_content(library, hash, copied.file.bytes)? else { return Ok(None) };
            known.push((copied.file.clone(), path));
        }
        Ok(Some(known))
    }

    /// Files a batch: intents, names, flushes, manifest, catalog, in this order.
    fn commit(&mut self, mut batch: Vec<Named<'a>>, endings: &mut Vec<Ending<'a>>) -> Result<(), ImportError> {
        if batch.is_empty() {
            return Ok(());
        }
        self.catalog.disown(batch.iter().flat_map(Named::anew))?;
        self.catalog.intend(self.session, batch.iter().map(|n| (n.item, &n.intended[..])))?;
        let mut published = Vec::new();
        while !batch.is_empty() {
            let mut named = batch.remove(0);
            match self.publish_files(&mut named) {
                Ok(()) => published.push(named),
                // What is staged stays: the journal knows it, and the next run goes on from there.
                Err(error) if error.ends_everything() => {
                    [named].into_iter().chain(batch).for_each(leave);
                    return Err(error);
                }
                Err(error) => endings.push(self.failed(named.item, named.asset, error.code(), error.to_string())?),
            }
        }
        self.conclude(published, endings)
    }

    /// Makes files that have their names last, and writes down that they do. The flushes come after all the names: a
    /// journalling file system then writes its journal once for the whole batch.
    fn conclude(&mut self, batch: Vec<Named<'a>>, endings: &mut Vec<Ending<'a>>) -> Result<(), ImportError> {
        let (mut entries, mut outcomes, mut filed, mut made) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut mended = Vec::new();
        for mut named in batch {
            match self.flush_files(&mut named) {
                Ok(()) => {}
                Err(error) if error.ends_everything() => return Err(error),
                Err(error) => {
                    endings.push(self.failed(named.item, named.asset, error.code(), error.to_string())?);
                    continue;
                }
            }
            let files: Vec<ManifestEntry> = named.intended.into_iter().map(|f| f.entry).collect();
            let unrecorded = self.catalog.unrecorded(&files)?;
            let is_copy = !named.asset.is_rendition() && files.iter().all(|file| file.derived.is_none());
            if is_copy && unrecorded.is_empty() && named.pending.iter().all(Option::is_none) {
                // Its owner put back what a check had found changed.
                mended.push((named.item, named.asset, files));
                continue;
            }
            made.push(files.iter().filter_map(|file| file.derived.clone()).collect::<Vec<_>>());
            filed.push((named.item, named.asset, Outcome::Imported, Some(files[0].path.clone())));
            entries.extend(unrecorded);
            let outcome = match files.first() {
                Some(file) if named.asset.is_rendition() => ItemOutcome::Rendition(file.clone()),
                _ => ItemOutcome::Imported(files),
            };
            outcomes.push((named.item, named.asset.id.clone(), outcome));
        }
        let paths: Vec<&LibraryPath> = entries.iter().map(|entry| &entry.path).collect();
        self.destination.flush_names(&paths)?;
        self.destination.record(self.session, &entries)?;
        self.catalog.conclude(self.session, self.source, &outcomes)?;
        made.iter().for_each(|made| self.tell_of_made(made));
        endings.extend(filed);
        for (item, asset, files) in mended {
            self.catalog.note_whole(files.iter().map(|file| &file.path))?;
            endings.push(self.found(item, asset, files.into_iter().map(Found::in_place).collect())?);
        }
        Ok(())
    }

    fn tell_of_made(&self, made: &[Box<Derivation>]) {
        let count = |which: &dyn Fn(&Derivation) -> bool| made.iter().filter(|made| which(made)).count() as u64;
        let sidecars = count(&|made| made.recipe == Recipe::Details);
        let left_out = count(&|made| made.stands_for().is_some());
        if !made.is_empty() {
            (self.news)(ImportNews::Made { jpegs: made.len() as u64 - sidecars, sidecars, left_out });
        }
    }

    fn publish_files(&mut self, named: &mut Named<'a>) -> Result<(), ImportError> {
        for index in 0..named.pending.len() {
            let Some(mut pending) = named.pending[index].take() else { continue };
            let result = self.publish_file(named, index, pending.as_mut());
            named.pending[index] = Some(pending);
            result?;
        }
        Ok(())
    }

    fn flush_files(&self, named: &mut Named<'a>) -> Result<(), ImportError> {
        for (pending, file) in named.pending.iter_mut().zip(&named.intended) {
            match pending {
                Some(pending) => pending.flush_published()?,
                None => self.destination.flush(&file.entry.path)?,
            }
        }
        Ok(())
    }

    /// Publishes one file; when another program takes its name meanwhile, under the next free one.
    fn publish_file(
        &mut self,
        named: &mut Named<'a>,
        index: usize,
        pending: &mut dyn PendingFile,
    ) -> Result<(), ImportError> {
        for _ in 0..RENAMES {
            let entry = &mut named.intended[index].entry;
            match pending.publish(&entry.path) {
                Ok(()) => return Ok(()),
                Err(DestinationError::Taken(_)) => {}
                Err(error) => return Err(error.into()),
            }
            let day = named.asset.taken.local.date();
            self.names.refused(&entry.path)?;
            // The bytes of an unknown file are not compared here: it may still be growing.
            let wish = Wish { name: &named.wished[index], bytes: 0, hash: ContentHash::new([0; 32]) };
            let given = self.names.choose(day, &[wish])?;
            entry.path = given[0].path().clone();
            if index == 0 {
                let primary = entry.path.clone();
                named.intended.iter_mut().for_each(|f| f.entry.asset = primary.clone());
            }
            self.catalog.disown([given[0].path()])?;
            self.catalog.intend(self.session, [(named.item, &named.intended[..])])?;
        }
        Err(DestinationError::Taken(named.intended[index].entry.path.to_string()).into())
    }

    fn failed(
        &self,
        item: u32,
        asset: &'a Asset,
        code: FailureCode,
        message: String,
    ) -> Result<Ending<'a>, ImportError> {
        let outcome = ItemOutcome::Failed(code, message.clone());
        self.catalog.conclude(self.session, self.source, &[(item, asset.id.clone(), outcome)])?;
        Ok((item, asset, Outcome::Failed { code, message }, None))
    }
}

fn leave(named: Named<'_>) {
    named.pending.into_iter().flatten().for_each(PendingFile::leave);
}
