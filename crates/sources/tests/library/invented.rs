//! Libraries of hundreds of invented photos, of every generation: no field, file, album or availability may differ from
//! what the simulated phone knows of them.

use crate::{assets, listed};
use domain::{Availability, ListEntry, ListedAsset, ResourceRole};
use iphone::{MuxAddress, Phones};
use iphone_sim::{Expected, ExpectedAsset, PhotosLibrary, Role};
use sources::IphoneSource;
use std::collections::{BTreeSet, HashMap};
use tempfile::TempDir;

/// Names of what differs, by photo.
fn differences(expected: &Expected, entries: &[ListEntry]) -> Vec<String> {
    let found = assets(entries);
    let by_uuid: HashMap<&str, &ListedAsset> =
        found.iter().filter_map(|asset| Some((asset.details.uuid.as_deref()?, *asset))).collect();
    let wanted: Vec<&ExpectedAsset> =
        expected.assets.iter().filter(|a| a.origin != iphone_sim::Origin::SharedAlbum).collect();
    let mut differences = Vec::new();
    if (found.len(), by_uuid.len()) != (wanted.len(), wanted.len()) {
        differences.push(format!("{} and {} listed of {}", found.len(), by_uuid.len(), wanted.len()));
    }
    let albums = albums(expected);
    for asset in wanted {
        match by_uuid.get(asset.uuid.as_str()) {
            None => differences.push(format!("{} is not listed", asset.uuid)),
            Some(listed) => {
                let (told, known) = (facts(asset, &albums), facts_of(listed));
                let apart = told.iter().zip(&known).filter(|(told, known)| told != known);
                differences.extend(apart.map(|(told, known)| format!("{}: {told} and {known}", asset.uuid)));
            }
        }
    }
    differences
}

/// The paths of the owner's albums, by photo.
fn albums(expected: &Expected) -> HashMap<&str, BTreeSet<Vec<String>>> {
    let mut albums: HashMap<&str, BTreeSet<Vec<String>>> = HashMap::new();
    for album in expected.albums.iter().filter(|album| album.kind == 2 && !album.trashed) {
        let path: Vec<String> = album.folders.iter().chain(&album.title).cloned().collect();
        for asset in &album.assets {
            albums.entry(asset).or_default().insert(path.clone());
        }
    }
    albums
}

/// What must be told of a photo, one fact a text, in the order of [`facts_of`].
fn facts(asset: &ExpectedAsset, albums: &HashMap<&str, BTreeSet<Vec<String>>>) -> Vec<String> {
    let original =
        asset.resources.iter().find(|r| matches!(r.role, Role::OriginalPhoto | Role::OriginalVideo)).unwrap();
    let here = asset.resources.iter().filter(|r| r.availability == iphone_sim::Availability::OnDevice);
    let mut files: BTreeSet<(String, u64)> =
        here.filter(|r| r.role != Role::Rendition).map(|r| (r.path.clone(), r.size)).collect();
    let beside: BTreeSet<&String> = asset.beside.iter().collect();
    files.retain(|(path, _)| !beside.contains(path));
    let burst = asset.burst.as_ref().map(|b| (b.uuid.clone(), b.pick & 28 != 0));
    vec![
        format!("name {}", asset.original_name),
        format!("taken {:?}", asset.created.map(|seconds| (seconds * 1000.0).round() as i64)),
        format!("zone {:?}", asset.created.and(asset.zone).map(|zone| zone.offset / 60)),
        format!("flags {} {} {} {}", asset.favorite, asset.hidden, asset.deleted.is_some(), asset.edited),
        format!("burst {burst:?}"),
        format!("texts {:?} {:?}", asset.title, asset.caption),
        format!("keywords {:?} people {:?}", asset.keywords, asset.people),
        format!("place {:?}", asset.place.map(|(north, east)| ((north * 1e6) as i64, (east * 1e6) as i64))),
        format!("length {:?}", asset.seconds.map(|seconds| (seconds * 1000.0).round() as u64)),
        format!("original {} {:?}", original.path, original.availability),
        format!("files {files:?} and {beside:?}"),
        format!("albums {:?}", albums.get(asset.uuid.as_str()).cloned().unwrap_or_default()),
    ]
}

fn facts_of(asset: &ListedAsset) -> Vec<String> {
    let d = &asset.details;
    let original = &asset.resources[0];
    let availability = match original.availability {
        Availability::OnDevice => iphone_sim::Availability::OnDevice,
        Availability::OnlyInICloud => iphone_sim::Availability::OnlyInICloud,
        Availability::Missing => iphone_sim::Availability::Missing,
    };
    let here: Vec<_> = asset.resources.iter().filter(|r| r.availability == Availability::OnDevice).collect();
    // No row stands for these.
    let lonely = |r: &&&domain::Resource| r.role == ResourceRole::Adjustments && r.path().as_str().ends_with(".plist");
    let beside: BTreeSet<String> = here.iter().filter(lonely).map(|r| r.path().to_string()).collect();
    let files: BTreeSet<(String, u64)> =
        here.iter().filter(|r| !lonely(r)).map(|r| (r.path().to_string(), r.fingerprint.bytes)).collect();
    let keywords = d.keywords.iter().collect::<BTreeSet<_>>();
    vec![
        format!("name {}", d.original_name.as_deref().unwrap_or_default()),
        format!("taken {:?}", asset.taken_ns.map(|ns| ns / 1_000_000)),
        format!("zone {:?}", asset.taken_ns.and(asset.offset_minutes)),
        format!("flags {} {} {} {}", d.favorite, d.hidden, d.deleted, d.edited),
        format!("burst {:?}", d.burst.as_ref().map(|b| (b.id.clone(), b.picked))),
        format!("texts {:?} {:?}", d.title, d.caption),
        format!("keywords {:?} people {:?}", keywords.into_iter().collect::<Vec<_>>(), d.people),
        format!("place {:?}", d.place.map(|p| ((p.latitude * 1e6) as i64, (p.longitude * 1e6) as i64))),
        format!("length {:?}", d.duration_ms),
        format!("original {} {availability:?}", original.path()),
        format!("files {files:?} and {beside:?}"),
        format!("albums {:?}", d.albums.iter().cloned().collect::<BTreeSet<_>>()),
    ]
}

#[test]
fn invented_libraries_of_every_generation_are_listed_without_a_difference() {
    let mut hidden_with_by_products = 0;
    for (seed, model) in (0..).zip(PhotosLibrary::models()) {
        let library = PhotosLibrary { assets: 400, mean_bytes: 1000, model, seed };
        let expected = library.expected().unwrap();
        let sim = iphone_sim::Phone::builder().photos_library(library).start().unwrap();
        let phones = Phones::new(MuxAddress::Tcp(sim.addr())).unwrap();
        phones.ask(sim.udid()).unwrap();
        let cache = TempDir::new().unwrap();
        let entries = listed(&IphoneSource::open(&phones, sim.udid(), cache.path()).unwrap());
        assert_eq!(differences(&expected, &entries), Vec::<String>::new(), "{model}");
        let files: BTreeSet<String> = entries
            .iter()
            .filter_map(|entry| match entry {
                ListEntry::File(file) => Some(file.fingerprint.path.to_string()),
                ListEntry::Asset(_) => None,
                entry if crate::is_about_shared_albums(entry) => None,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(files, expected.unknown_files.iter().cloned().collect(), "{model}");
        let is_hidden =
            |asset: &&ExpectedAsset| (asset.hidden || asset.deleted.is_some()) && !asset.by_products.is_empty();
        hidden_with_by_products += expected.assets.iter().filter(is_hidden).count();
    }
    assert!(hidden_with_by_products > 3, "{hidden_with_by_products}");
}
