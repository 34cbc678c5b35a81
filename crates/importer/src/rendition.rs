//! Smaller pictures of photos that are only in iCloud: which are saved, and what becomes of them when the originals come.
//!
//! Each goes the way of a photo, as an asset of one file: copied, read back, filed under a name of its own. It is in no
//! total, and proves nothing about its original.

use crate::patience::Patience;
use crate::undo::{BATCH, put_aside};
use crate::{ImportError, ImportRun, Presence, Undo, UndoReport};
use catalog::{SavedRendition, SessionFile};
use domain::{
    Asset, AssetDetails, AssetKind, Availability, Fingerprint, ImportPlan, MediaKind, RenditionOf, Renditions,
    Resource, ResourceRole, SessionId, SourcePath, file_stem,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Finds what is to be saved: of each photo that was chosen, is only in iCloud and has no rendition in the library, the best
/// one that the source has. What has no identity in the source's library is left out: nobody could tell later what it was a
/// picture of. Errors when the source or the library goes away meanwhile.
pub(crate) fn wanted(env: &ImportRun<'_>, source: &Patience<'_>, plan: &ImportPlan) -> Result<Vec<Asset>, ImportError> {
    if env.renditions == Renditions::LeftOut || plan.out_of_reach().next().is_none() {
        return Ok(Vec::new());
    }
    let presence = Presence::new(env.catalog, env.destination);
    let mut saved = HashSet::new();
    for SavedRendition { uuid, file, .. } in env.catalog.renditions(env.source.id())? {
        if presence.is_there_whole(&file.path, file.bytes)? {
            saved.insert(uuid);
        }
    }
    let identified = |asset: &&Asset| asset.details.uuid.as_ref().is_some_and(|uuid| !saved.contains(uuid));
    let assets: Vec<&Asset> = plan.out_of_reach().filter(identified).collect();
    let asked: Vec<&Asset> = assets.iter().copied().filter(|asset| render(asset).is_none()).collect();
    let originals: Vec<(&SourcePath, AssetKind)> = asked.iter().map(|a| (a.primary().path(), a.kind)).collect();
    let answers = source.outlast(|| source.source().renditions(&originals, env.cancel))?;
    let found: HashMap<_, _> = asked.iter().map(|asset| &asset.id).zip(answers).collect();
    let best = |asset: &Asset| render(asset).cloned().or_else(|| found.get(&asset.id).cloned().flatten());
    Ok(assets.into_iter().filter_map(|asset| Some(picture_of(asset, best(asset)?))).collect())
}

/// Returns the version with the edits done, in full size, where the source has that though not the original.
fn render(asset: &Asset) -> Option<&Fingerprint> {
    let wanted = if asset.kind == AssetKind::Video { MediaKind::Video } else { MediaKind::Photo };
    let suits = |r: &&Resource| {
        r.role == ResourceRole::Edited
            && r.availability == Availability::OnDevice
            && media::kind_by_name(r.path().file_name()) == wanted
    };
    asset.resources.iter().find(suits).map(|r| &r.fingerprint)
}

/// Makes an asset of a rendition. It is told from its original by the role of its file.
fn picture_of(asset: &Asset, file: Fingerprint) -> Asset {
    let resource = Resource {
        role: ResourceRole::Rendition,
        name: Some(name_of(asset.name(), file.path.file_name())),
        fingerprint: file,
        taken: asset.primary().taken,
        availability: Availability::OnDevice,
        apple: None,
    };
    let details = AssetDetails {
        uuid: asset.details.uuid.clone(),
        original_name: Some(asset.name().to_owned()),
        pixels: asset.details.pixels,
        ..AssetDetails::default()
    };
    Asset { id: asset.id.clone(), kind: asset.kind, taken: asset.taken, resources: vec![resource], details }
}

/// Names a rendition so that nobody takes it for the original: `IMG_1.rendition.jpg` of `IMG_1.HEIC`.
fn name_of(original: &str, rendition: &str) -> String {
    let extension = rendition.rsplit_once('.').map_or("jpg", |(_, extension)| extension);
    format!("{}.rendition.{}", file_stem(original), extension.to_lowercase())
}

/// Says which original the asset of a rendition is a picture of.
pub(crate) fn original_of(asset: &Asset) -> Option<Box<RenditionOf>> {
    let AssetDetails { uuid, original_name, pixels, .. } = asset.details.clone();
    Some(Box::new(RenditionOf { uuid: uuid?, name: original_name?, pixels }))
}

/// Puts aside the renditions of photos whose originals are in the library now: read back, filed and written down. Returns how
/// many: of an import that is stopped, those it came to. What its owner changed since stays where it is.
pub(crate) fn replace(env: &ImportRun<'_>, plan: &ImportPlan) -> Result<u64, ImportError> {
    let saved = env.catalog.renditions(env.source.id())?;
    if saved.is_empty() {
        return Ok(0);
    }
    let uuids: HashSet<&str> = saved.iter().map(|rendition| rendition.uuid.as_str()).collect();
    let uuid_of = |asset: &Asset| asset.details.uuid.clone().filter(|uuid| uuids.contains(uuid.as_str()));
    let seen: HashMap<String, &Asset> =
        plan.items.iter().filter_map(|item| Some((uuid_of(&item.asset)?, &item.asset))).collect();
    // Looked at afresh: what was just filed is what matters.
    let presence = Presence::new(env.catalog, env.destination);
    let mut due: BTreeMap<SessionId, Vec<SessionFile>> = BTreeMap::new();
    for SavedRendition { uuid, session, file } in saved {
        let Some(asset) = seen.get(&uuid) else { continue };
        if presence.copy_of(env.source.id(), asset)?.is_some() {
            due.entry(session).or_default().push(file);
        }
    }
    let undo = Undo { destination: env.destination, catalog: env.catalog, cancel: env.cancel, progress: &|_, _| {} };
    let mut report = UndoReport::default();
    let batches = due.iter().flat_map(|(session, files)| files.chunks(BATCH).map(move |batch| (session, batch)));
    // Whoever stops an import does not wait for all of them: the next one does the rest.
    for (session, batch) in batches.take_while(|_| !env.cancel.is_cancelled()) {
        put_aside(&undo, session, batch, &mut report)?;
    }
    Ok(report.moved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_that_it_is_not_the_original() {
        assert_eq!(name_of("IMG_1.HEIC", "5005.JPG"), "IMG_1.rendition.jpg");
        assert_eq!(name_of("IMG_1.MOV", "IMG_1.medium.MP4"), "IMG_1.rendition.mp4");
        assert_eq!(name_of("a.b.HEIC", "x"), "a.b.rendition.jpg");
    }
}
