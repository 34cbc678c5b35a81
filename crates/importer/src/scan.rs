//! Listing a source: files come in folder by folder, are looked into, and leave as assets while the rest is still coming.

use crate::Presence;
use crate::group::{MOST_FILES, group};
use crate::hashing::{asset_id, asset_id_of};
use crate::inspect::{Inspected, Inspector};
use catalog::{FactsCache, ScannedAsset};
use domain::{
    Asset, AssetDetails, AssetId, AssetKind, Availability, CancelFlag, CaptureTime, Fingerprint, LibraryRead,
    ListEntry, ListedAsset, Resource, ResourceRole, Source, SourceError, SourcePath,
};
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, HashMap};
use std::sync::mpsc;

/// Files looked into before the grid hears of them, at least.
const CHUNK: usize = 128;

/// What a scan needs.
pub struct ScanRequest<'a> {
    /// Where to look.
    pub source: &'a dyn Source,
    /// What is known of files from earlier looks.
    pub facts: Option<&'a FactsCache>,
    /// Against what "already imported" is decided; without a library everything is new.
    pub presence: Option<&'a Presence<'a>>,
    /// The computer's zone, for files that do not say when they were taken.
    pub zone: &'a TimeZone,
    /// Stops the scan.
    pub cancel: &'a CancelFlag,
}

/// News while a scan runs.
pub enum ScanNews<'a> {
    /// Assets that are new, or whose files changed since they were told.
    Assets(&'a [ScannedAsset]),
    /// Assets told before that are none: their files belong to others.
    Dropped(&'a [AssetId]),
    /// Something the user must know of the listing as a whole.
    Note(&'a str),
    /// How far the source is with reading its own library. It is told as it comes, a few times a second.
    Reading(LibraryRead),
}

/// What a scan found.
#[derive(Debug, Default)]
pub struct ScanReport {
    /// Every asset, in the order of folders and names.
    pub assets: Vec<ScannedAsset>,
    /// How many files were listed.
    pub files: u64,
    /// How many were left out for being neither photo nor video.
    pub ignored: u64,
    /// What the source had to say about the listing as a whole, in sentences.
    pub notes: Vec<String>,
    /// How many entries could not be looked at; each is an asset with a warning, so that the books balance.
    pub unreadable: u64,
}

/// Lists a source to its end. Errors when the source as a whole fails; what was told before stays true.
pub fn scan(request: &ScanRequest<'_>, news: &mut dyn FnMut(ScanNews<'_>)) -> Result<ScanReport, SourceError> {
    let hearing = request.source.until(request.cancel);
    let request = &ScanRequest { source: hearing.as_deref().unwrap_or(request.source), ..*request };
    let inspector = Inspector::new(request.source, request.facts, request.cancel)?;
    // A listing that fails is no wish of the user's.
    let listing = request.cancel.of_part();
    let mut state = ScanState { request, folders: BTreeMap::new(), report: ScanReport::default() };
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        let of_lister = listing.clone();
        let lister = scope.spawn(move || {
            request.source.list(
                // A receiver that is gone has failed; the listing then ends at the flag's next look.
                &mut |batch| drop(sender.send(batch)),
                &of_lister,
            )
        });
        for batch in receiver {
            if let Err(error) = state.take(batch, &inspector, news) {
                listing.cancel();
                return Err(error);
            }
        }
        lister.join().unwrap_or_else(|_| Err(SourceError::Unusable("listing failed unexpectedly".into())))
    })?;
    state.finish(news);
    Ok(state.report)
}

struct ScanState<'a> {
    request: &'a ScanRequest<'a>,
    folders: BTreeMap<String, Folder>,
    report: ScanReport,
}

#[derive(Default)]
struct Folder {
    files: Vec<Inspected>,
    /// What the listener was told: the files of each asset.
    told: HashMap<AssetId, Vec<SourcePath>>,
    /// How many files were grouped when it was told.
    grouped: usize,
}

impl ScanState<'_> {
    fn take(
        &mut self,
        batch: Vec<ListEntry>,
        inspector: &Inspector<'_>,
        news: &mut dyn FnMut(ScanNews<'_>),
    ) -> Result<(), SourceError> {
        let mut files: BTreeMap<String, Vec<Fingerprint>> = BTreeMap::new();
        let mut assets = Vec::new();
        for entry in batch {
            match entry {
                ListEntry::Asset(asset) => assets.push(*asset),
                ListEntry::Note(note) => {
                    news(ScanNews::Note(&note));
                    self.report.notes.push(note);
                }
                ListEntry::Reading(read) => news(ScanNews::Reading(read)),
                ListEntry::File(file) => {
                    self.report.files += 1;
                    let folder = file.fingerprint.path.folder().to_owned();
                    files.entry(folder).or_default().push(file.fingerprint);
                }
                ListEntry::Ignored(_) => self.report.ignored += 1,
                ListEntry::Unreadable { path, error } => self.tell_unreadable(&path, &error, news),
            }
        }
        self.take_assets(assets, inspector, news)?;
        for (folder, mut files) in files {
            files.sort_by(|a, b| a.path.cmp(&b.path));
            while !files.is_empty() {
                let rest = files.split_off(files.len().min(CHUNK));
                let inspected = inspector.inspect(std::mem::replace(&mut files, rest))?;
                self.add(&folder, inspected, news);
            }
        }
        Ok(())
    }

    /// Takes what the source knows to be photos: nothing is read from them, unless their date is not known.
    fn take_assets(
        &mut self,
        assets: Vec<ListedAsset>,
        inspector: &Inspector<'_>,
        news: &mut dyn FnMut(ScanNews<'_>),
    ) -> Result<(), SourceError> {
        if assets.is_empty() {
            return Ok(());
        }
        let assets: Vec<ListedAsset> = assets.into_iter().flat_map(in_bounds).collect();
        let times = undated(&assets, inspector)?;
        let mut scanned: Vec<ScannedAsset> =
            assets.into_iter().filter_map(|asset| listed_asset(self.request, asset, &times)).collect();
        find_copies(self.request, &mut scanned);
        self.report.files += scanned.iter().map(|s| s.asset.files().count() as u64).sum::<u64>();
        news(ScanNews::Assets(&scanned));
        self.report.assets.extend(scanned);
        Ok(())
    }

    /// Grouping a folder anew for each chunk would be quadratic; each time it must have grown by a quarter.
    fn add(&mut self, folder: &str, inspected: Vec<Inspected>, news: &mut dyn FnMut(ScanNews<'_>)) {
        let state = self.folders.entry(folder.to_owned()).or_default();
        state.files.extend(inspected);
        if state.files.len() - state.grouped >= CHUNK.max(state.grouped / 4) {
            tell(self.request, state, news);
        }
    }

    fn finish(&mut self, news: &mut dyn FnMut(ScanNews<'_>)) {
        for mut folder in std::mem::take(&mut self.folders).into_values() {
            let assets = tell(self.request, &mut folder, news);
            self.report.assets.extend(assets);
        }
    }

    fn tell_unreadable(&mut self, path: &SourcePath, error: &SourceError, news: &mut dyn FnMut(ScanNews<'_>)) {
        self.report.unreadable += 1;
        let asset = unreadable_asset(self.request, path, error);
        news(ScanNews::Assets(std::slice::from_ref(&asset)));
        self.report.assets.push(asset);
    }
}

/// A catalog that cannot be asked must not hide a photo: it then counts as new, and its copy is found by content.
fn find_copies(request: &ScanRequest<'_>, assets: &mut [ScannedAsset]) {
    for scanned in assets {
        scanned.library_path =
            request.presence.and_then(|p| p.copy_of(request.source.id(), &scanned.asset).ok().flatten());
    }
}

/// Makes assets of their own of the files that are too many for one.
fn in_bounds(mut listed: ListedAsset) -> Vec<ListedAsset> {
    let surplus = listed.resources.split_off(listed.resources.len().min(MOST_FILES));
    let (taken_ns, offset_minutes) = (listed.taken_ns, listed.offset_minutes);
    let alone = |resource| ListedAsset {
        kind: AssetKind::Other,
        taken_ns,
        offset_minutes,
        resources: vec![Resource { role: ResourceRole::Original, ..resource }],
        warning: None,
        details: AssetDetails::default(),
    };
    [listed].into_iter().chain(surplus.into_iter().map(alone)).collect()
}

/// Looks into the primary files of those whose date the source does not know.
fn undated(assets: &[ListedAsset], inspector: &Inspector<'_>) -> Result<HashMap<SourcePath, CaptureTime>, SourceError> {
    let undated = assets.iter().filter(|asset| asset.taken_ns.is_none()).filter_map(|asset| asset.resources.first());
    let there = undated.filter(|r| r.availability == Availability::OnDevice).map(|r| r.fingerprint.clone());
    let inspected = inspector.inspect(there.collect())?;
    Ok(inspected.into_iter().filter_map(|i| Some((i.file.path, i.facts.taken?))).collect())
}

/// Makes an asset of what the source knows. `None` for one without files, which no source should list.
fn listed_asset(
    request: &ScanRequest<'_>,
    listed: ListedAsset,
    times: &HashMap<SourcePath, CaptureTime>,
) -> Option<ScannedAsset> {
    let primary = listed.resources.first()?;
    let known = listed.taken_ns.and_then(|ns| CaptureTime::from_library(ns, listed.offset_minutes, request.zone));
    let dated = known.or_else(|| times.get(primary.path()).copied());
    let taken = dated.unwrap_or_else(|| CaptureTime::from_file_time(primary.fingerprint.modified_ns, request.zone));
    let id = match &listed.details.uuid {
        Some(uuid) => asset_id_of(request.source.id(), uuid),
        None => asset_id(request.source.id(), &primary.fingerprint),
    };
    let resources =
        listed.resources.into_iter().map(|resource| Resource { taken: resource.taken.or(dated), ..resource });
    let duration_ms = listed.details.duration_ms.filter(|_| listed.kind == AssetKind::Video);
    Some(ScannedAsset {
        asset: Asset { id, kind: listed.kind, taken, resources: resources.collect(), details: listed.details },
        duration_ms,
        warning: listed.warning,
        library_path: None,
    })
}

/// Groups a folder and tells what differs from what was told before. Returns all its assets.
fn tell(request: &ScanRequest<'_>, folder: &mut Folder, news: &mut dyn FnMut(ScanNews<'_>)) -> Vec<ScannedAsset> {
    let mut assets = group(request.source.id(), &folder.files, request.zone);
    find_copies(request, &mut assets);
    let paths = |asset: &Asset| asset.resources.iter().map(|r| r.path().clone()).collect::<Vec<_>>();
    let now: HashMap<AssetId, Vec<SourcePath>> = assets.iter().map(|s| (s.asset.id.clone(), paths(&s.asset))).collect();
    let dropped: Vec<AssetId> = folder.told.keys().filter(|id| !now.contains_key(id)).cloned().collect();
    let changed: Vec<ScannedAsset> =
        assets.iter().filter(|s| folder.told.get(&s.asset.id) != now.get(&s.asset.id)).cloned().collect();
    if !dropped.is_empty() {
        news(ScanNews::Dropped(&dropped));
    }
    if !changed.is_empty() {
        news(ScanNews::Assets(&changed));
    }
    folder.told = now;
    folder.grouped = folder.files.len();
    assets
}

fn unreadable_asset(request: &ScanRequest<'_>, path: &SourcePath, error: &SourceError) -> ScannedAsset {
    let fingerprint = Fingerprint { path: path.clone(), bytes: 0, modified_ns: 0 };
    let resource = Resource {
        role: ResourceRole::Original,
        fingerprint: fingerprint.clone(),
        taken: None,
        availability: Availability::Missing,
        name: None,
        apple: None,
    };
    ScannedAsset {
        asset: Asset {
            id: asset_id(request.source.id(), &fingerprint),
            kind: AssetKind::Other,
            taken: CaptureTime::from_file_time(0, request.zone),
            resources: vec![resource],
            details: AssetDetails::default(),
        },
        duration_ms: None,
        warning: Some(error.to_string()),
        library_path: None,
    }
}
