//! The phone's own library over the cable: every generation is read as the simulated phone, which shares no code with the
//! reader, says it is; and a phone in use gives copies of one moment.

use super::open;
use domain::CancelFlag;
use iphone::photos_db::{
    Certainty, Patience, PhotosAlbum, PhotosAsset, PhotosLibrary, PhotosResource, ReadLimits, Snapshots,
};
use iphone_sim::{DatabaseCopy, Expected, ExpectedAlbum, ExpectedAsset, ExpectedResource, Pace, check_copy};
use std::collections::HashMap;
use std::time::Duration;
use tempfile::TempDir;

fn invented(model: u32) -> iphone_sim::PhotosLibrary {
    iphone_sim::PhotosLibrary { assets: 300, mean_bytes: 20_000, model, seed: u64::from(model) }
}

#[test]
fn every_generation_is_read_off_the_phone_as_it_is() {
    for model in iphone_sim::PhotosLibrary::models() {
        let sim = iphone_sim::Phone::builder().photos_library(invented(model)).start().unwrap();
        let (phone, folder) = (open(&sim), TempDir::new().unwrap());
        let copies = Snapshots::new(folder.path().join("copies"), Patience::default());
        let copy = copies.take(&phone, &mut |_| {}, &CancelFlag::default()).unwrap();
        assert_eq!(copy.certainty, Certainty::Proven, "{model}");
        let library = PhotosLibrary::read(&copy.path, ReadLimits::default()).unwrap();
        assert_eq!(library.left_out, Vec::<String>::new(), "{model}");
        compare(&library, sim.expected().unwrap());
    }
}

fn compare(library: &PhotosLibrary, expected: &Expected) {
    let model = expected.model;
    assert_eq!(library.model, Some(i64::from(model)));
    assert_eq!(library.assets.len(), expected.assets.len(), "{model}");
    for (asset, expected) in library.assets.iter().zip(&expected.assets) {
        assert_eq!(facts(asset), expected_facts(expected), "{model}");
        let resources: Vec<_> = library.resources.iter().filter(|resource| resource.asset == asset.key).collect();
        assert_eq!(resources.len(), expected.resources.len(), "{model} {}", expected.uuid);
        for (resource, expected) in resources.iter().zip(&expected.resources) {
            assert_eq!(resource_facts(resource), expected_resource(expected), "{model}");
            assert!(resource.candidates(asset).contains(&expected.path), "{model} {}", expected.path);
        }
    }
    compare_albums(library, expected);
}

fn facts(asset: &PhotosAsset) -> String {
    let seconds = |ns: Option<i64>| ns.map(|ns| ns as f64 / 1e9);
    let mut keywords = asset.keywords.clone();
    keywords.sort();
    format!(
        "{:?} {:?} {:?} {:?} created {:?} zone {:?} {:?} {} {} {} deleted {} {:?} burst {:?} {} edited {} {:?} {:?} {:?} {:?} {:?}",
        asset.uuid,
        asset.directory,
        asset.filename,
        asset.original_name,
        seconds(asset.created_ns),
        asset.zone_offset,
        asset.zone_name,
        asset.favorite,
        asset.hidden,
        asset.visibility == 0,
        asset.trashed != 0,
        seconds(asset.trashed_ns),
        asset.burst,
        asset.burst_pick,
        asset.is_edited(),
        asset.title,
        asset.caption,
        keywords,
        asset.people,
        asset.place(),
    )
}

fn expected_facts(asset: &ExpectedAsset) -> String {
    let burst = asset.burst.as_ref();
    format!(
        "{:?} {:?} {:?} {:?} created {:?} zone {:?} {:?} {} {} {} deleted {} {:?} burst {:?} {} edited {} {:?} {:?} {:?} {:?} {:?}",
        Some(&asset.uuid),
        Some(&asset.directory),
        Some(&asset.file_name),
        Some(&asset.original_name),
        asset.created,
        asset.zone.map(|zone| zone.offset),
        asset.zone.map(|zone| zone.name),
        asset.favorite,
        asset.hidden,
        asset.visible,
        asset.deleted.is_some(),
        asset.deleted,
        burst.map(|burst| &burst.uuid),
        burst.map_or(0, |burst| burst.pick),
        asset.edited,
        asset.title,
        asset.caption,
        asset.keywords,
        asset.people,
        asset.place,
    )
}

fn resource_facts(resource: &PhotosResource) -> String {
    let PhotosResource { local, remote, bytes, uti, fingerprint, apple, .. } = resource;
    let apple = apple.map(|apple| apple.to_string());
    let role = resource.role.as_str().replace('_', "-").replace("derivative", "rendition");
    format!("{role} {local:?} {remote:?} {bytes:?} {uti:?} {fingerprint:?} {apple:?}")
}

fn expected_resource(resource: &ExpectedResource) -> String {
    let ExpectedResource { local, remote, size, uti, fingerprint, .. } = resource;
    let role = serde_json::to_value(resource.role).unwrap();
    let role = role.as_str().unwrap();
    let known = [local, remote].map(Some);
    format!("{role} {:?} {:?} {:?} {:?} {fingerprint:?} {fingerprint:?}", known[0], known[1], Some(size), Some(uti))
}

fn compare_albums(library: &PhotosLibrary, expected: &Expected) {
    let uuid = |key: &i64| library.assets.iter().find(|asset| asset.key == *key).and_then(|asset| asset.uuid.clone());
    let (shares, albums): (Vec<_>, Vec<_>) =
        library.albums.iter().partition(|album| album.entity.as_deref() == Some("CollectionShare"));
    let members = |album: &PhotosAlbum| album.assets.iter().filter_map(uuid).collect::<Vec<_>>();
    let shares: Vec<_> = shares.into_iter().map(|share| (share.title.clone().unwrap(), members(share))).collect();
    let wanted = expected.shares.iter().map(|share| (share.title.clone(), share.assets.clone()));
    assert_eq!(shares, wanted.collect::<Vec<_>>(), "{}", expected.model);
    // Shares are rows of another table, whose keys may be the same.
    let folders: HashMap<_, _> = albums.iter().map(|album| (album.key, *album)).collect();
    let mut albums = albums.into_iter().filter(|album| album.kind.number() != 3999);
    for ExpectedAlbum { uuid: identity, kind, title, folders: path, trashed, assets } in &expected.albums {
        let album = albums.next().unwrap();
        let facts = (album.uuid.as_ref(), album.kind.number(), &album.title, album.trashed != 0);
        assert_eq!(facts, (Some(identity), *kind, title, *trashed), "{}", expected.model);
        assert_eq!(&members(album), assets, "{} {title:?}", expected.model);
        let mut above = Vec::new();
        let mut parent = album.parent.and_then(|key| folders.get(&key));
        while let Some(folder) = parent.filter(|folder| folder.kind.number() != 3999) {
            above.insert(0, folder.title.clone().unwrap());
            parent = folder.parent.and_then(|key| folders.get(&key));
        }
        assert_eq!(&above, path, "{} {title:?}", expected.model);
    }
    assert_eq!(albums.count(), 0, "{}", expected.model);
}

/// Copies taken of a phone in use; the phone's account of its changes tells whether each ever was like that.
#[test]
fn no_copy_of_a_phone_in_use_is_called_proven_and_is_torn() {
    const COPIES: u32 = 200;
    let sim = iphone_sim::Phone::builder().photos_library(invented(18600)).start().unwrap();
    let (phone, folder) = (open(&sim), TempDir::new().unwrap());
    let patience = Patience { tries: 3, pause: Duration::from_millis(1), longest: Duration::from_millis(4) };
    let writer = sim.write_database(Pace { every: Duration::from_millis(1), ..Pace::default() }).unwrap();
    let copies = Snapshots::new(folder.path().join("copies"), patience);
    let (mut proven, mut last) = (0, 0);
    for turn in 0..COPIES {
        let copy = copies.take(&phone, &mut |_| {}, &CancelFlag::default()).unwrap();
        if copy.certainty == Certainty::Doubtful {
            continue;
        }
        proven += 1;
        match check_copy(&copy.path) {
            DatabaseCopy::Whole(written) => {
                assert!(written >= last, "copy {turn} is older than the one before");
                last = written;
            }
            DatabaseCopy::Torn(why) => panic!("copy {turn}, {} transactions: {why}", writer.transactions()),
        }
    }
    assert!(proven > COPIES / 10, "only {proven} of {COPIES} were proven");
    assert!(writer.finish().unwrap() > 100);
}
