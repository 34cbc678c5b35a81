//! Apple's fingerprint as an identity: what it finds in the library without a byte being read, and what it must not.

use super::*;
use domain::{AppleFingerprint, Availability, ResourceRole, SourceId};

const ONE: Option<AppleFingerprint> = Some(AppleFingerprint::new([1; 20]));
const TWO: Option<AppleFingerprint> = Some(AppleFingerprint::new([2; 20]));

/// A library with a copy of `/a/IMG_1.JPG`, whose fingerprint the phone knew, and the asset as it was listed.
fn imported() -> (Lab, Asset) {
    let lab = lab(&[("/a/IMG_1.JPG", b"one", 0)]);
    let mut plan = lab.plan(&Selection::AllNew);
    plan.items[0].asset.resources[0].apple = ONE;
    assert_eq!(lab.run(&plan).unwrap().totals, totals(1, 0, 0, 0));
    let asset = plan.items.remove(0).asset;
    (lab, asset)
}

fn copy_of(lab: &Lab, source: &str, asset: &Asset) -> Option<String> {
    let presence = Presence::new(&lab.catalog, &lab.library);
    presence.copy_of(&SourceId::new(source), asset).unwrap().map(|path| path.to_string())
}

/// The asset as another phone lists it: elsewhere, under another name, at another time.
fn elsewhere(asset: &Asset) -> Asset {
    let mut other = asset.clone();
    let file = &mut other.resources[0].fingerprint;
    (file.path, file.modified_ns) = (domain::SourcePath::new("/b/IMG_9999.JPG"), DAY);
    other.details.uuid = Some("ANOTHER".into());
    other
}

#[test]
fn a_photo_is_found_on_another_phone_under_another_name() {
    let (lab, asset) = imported();
    let other = elsewhere(&asset);
    let here = Some("Originals/1970/1970-01-01/IMG_1.JPG".to_owned());
    assert_eq!(copy_of(&lab, "iphone:other", &other), here);
    let provenance = lab.catalog.provenance(&SourceId::new("iphone:other"), &other, here.as_deref().unwrap()).unwrap();
    assert_eq!(provenance.unwrap().matched, catalog::MatchedBy::AppleFingerprint);
    let provenance = lab.catalog.provenance(lab.source.id(), &asset, here.as_deref().unwrap()).unwrap();
    assert_eq!(provenance.unwrap().matched, catalog::MatchedBy::Place);
    // A catalog that was lost learns it from the manifests.
    let again = Catalog::open(&lab.dir.path().join("again.sqlite")).unwrap();
    catch_up(&again, &lab.library).unwrap();
    let lab = Lab { catalog: again, ..lab };
    assert_eq!(copy_of(&lab, "iphone:other", &other), here);
}

#[test]
fn without_the_same_fingerprint_kind_and_size_it_is_another_photo() {
    let (lab, asset) = imported();
    let here = |change: &dyn Fn(&mut domain::Resource)| {
        let mut other = elsewhere(&asset);
        change(&mut other.resources[0]);
        copy_of(&lab, "iphone:other", &other).is_some()
    };
    assert!(here(&|_| {}));
    // As after IMG_9999: the name and the size are those of the copy, the photo is not.
    assert!(!here(&|r| (r.fingerprint.path, r.apple) = (asset.primary().path().clone(), TWO)));
    assert!(!here(&|r| r.apple = None));
    assert!(!here(&|r| r.fingerprint.bytes = 4));
    assert!(!here(&|r| r.role = ResourceRole::PairedVideo));
}

#[test]
fn a_photo_only_in_icloud_is_here_when_all_its_files_are() {
    let (lab, asset) = imported();
    let mut cloud = elsewhere(&asset);
    cloud.resources[0].availability = Availability::OnlyInICloud;
    assert!(copy_of(&lab, "iphone:other", &cloud).is_some());
    let film = domain::Resource { role: ResourceRole::PairedVideo, apple: TWO, ..cloud.resources[0].clone() };
    cloud.resources.push(film);
    assert!(copy_of(&lab, "iphone:other", &cloud).is_none(), "its film never was copied");
}

#[test]
fn a_copy_that_was_cut_or_is_gone_is_none() {
    let (lab, asset) = imported();
    let other = elsewhere(&asset);
    let path = lab.library.paths().remove(0);
    lab.library.put(&path, b"on");
    assert_eq!(copy_of(&lab, "iphone:other", &other), None);
    lab.library.remove(&path);
    assert_eq!(copy_of(&lab, "iphone:other", &other), None);
}

#[test]
fn a_fingerprint_that_the_bytes_contradict_is_no_key_any_more() {
    let (lab, asset) = imported();
    // A phone whose library has the fingerprint of the first photo for a second one of the same size.
    lab.source.put("/a/IMG_2.JPG", b"two", 0);
    let mut plan = lab.plan(&Selection::AllNew);
    plan.items.iter_mut().for_each(|item| item.asset.resources[0].apple = ONE);
    assert_eq!(lab.run(&plan).unwrap().totals, totals(1, 1, 0, 0));
    assert_eq!(copy_of(&lab, "iphone:other", &elsewhere(&asset)), None);
}

#[test]
fn a_file_that_changed_since_it_was_listed_keeps_no_fingerprint() {
    let lab = lab(&[("/a/IMG_1.JPG", b"one", 0)]);
    let mut plan = lab.plan(&Selection::AllNew);
    plan.items[0].asset.resources[0].apple = ONE;
    lab.source.change_on_open("/a/IMG_1.JPG", b"two", DAY);
    assert_eq!(lab.run(&plan).unwrap().totals, totals(1, 0, 0, 0));
    assert!(lab.catalog.known_by_apple(&ONE.unwrap(), (ResourceRole::Original, 3)).unwrap().is_empty());
}
