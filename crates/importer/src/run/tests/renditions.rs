//! Smaller pictures of what is only in iCloud, against a phone, a library and a drive that fail at any call.

use super::*;
use crate::{Undo, undo};
use domain::{Availability, LibraryPath, Removal, Renditions, ResourceRole};

const UUIDS: [(&str, &str); 3] = [("/a/IMG_1.HEIC", "U1"), ("/a/IMG_2.HEIC", "U2"), ("/a/IMG_3.MOV", "U3")];
const SMALL: &str = "Originals/1970/1970-01-01/IMG_1.rendition.jpg";

/// A phone with two photos and a film. Of the first photo and the film it has smaller pictures, with the same bytes.
fn phone() -> Lab {
    let mut lab = lab(&[
        ("/a/IMG_1.HEIC", b"first photo", 0),
        ("/a/IMG_2.HEIC", b"second photo", 0),
        ("/a/IMG_3.MOV", b"film", 0),
        ("/r/IMG_1.JPG", b"small", 0),
        ("/r/IMG_3.JPG", b"small", 0),
    ]);
    lab.source =
        lab.source.with_rendition("/a/IMG_1.HEIC", "/r/IMG_1.JPG").with_rendition("/a/IMG_3.MOV", "/r/IMG_3.JPG");
    lab.renditions.set(Renditions::Saved);
    lab
}

/// A plan of the phone's library, of which the originals of `gone` are only in iCloud.
fn planned(lab: &Lab, gone: &[&str], selection: &Selection) -> ImportPlan {
    let presence = Presence::new(&lab.catalog, &lab.library);
    let seen = lab.plan(&Selection::AllNew).items.into_iter().map(|item| item.asset);
    let seen = seen.filter(|asset| !asset.primary().path().as_str().starts_with("/r/")).map(|mut asset| {
        let path = asset.primary().path().to_string();
        asset.details.uuid = UUIDS.iter().find(|(of, _)| *of == path).map(|(_, uuid)| (*uuid).to_owned());
        asset.details.pixels = Some((4032, 3024));
        if gone.contains(&path.as_str()) {
            asset.resources[0].availability = Availability::OnlyInICloud;
        }
        let copy = presence.copy_of(lab.source.id(), &asset).unwrap();
        (asset, copy)
    });
    plan(seen, selection)
}

fn import(lab: &Lab, gone: &[&str]) -> SessionRow {
    lab.run(&planned(lab, gone, &Selection::AllNew)).unwrap()
}

fn books(row: &SessionRow) -> (u64, u64, u64, u64) {
    (row.totals.imported, row.totals.already_imported, row.totals.only_in_icloud, row.totals.failed)
}

fn saved(lab: &Lab) -> Vec<String> {
    let saved = lab.catalog.renditions(lab.source.id()).unwrap();
    saved.into_iter().map(|one| format!("{} {}", one.uuid, one.file.path.file_name())).collect()
}

fn path(text: &str) -> LibraryPath {
    LibraryPath::parse(text).unwrap()
}

const ALL: [&str; 3] = ["/a/IMG_1.HEIC", "/a/IMG_2.HEIC", "/a/IMG_3.MOV"];

#[test]
fn what_is_only_in_icloud_is_saved_small_once_and_still_only_in_icloud() {
    let lab = phone();
    let told = std::sync::Mutex::new(Vec::new());
    let plan = planned(&lab, &ALL, &Selection::AllNew);
    let row = lab
        .run_hearing(&plan, &|news| match news {
            ImportNews::Rendition { path, .. } => told.lock().unwrap().push(path.file_name().to_owned()),
            ImportNews::Ended { asset, .. } => panic!("{} ended", asset.name()),
            ImportNews::Started { assets, bytes, .. } => assert_eq!((assets, bytes), (0, 10)),
            _ => {}
        })
        .unwrap();
    assert_eq!((books(&row), row.bytes), ((0, 0, 3, 0), 0));
    assert_eq!(told.into_inner().unwrap(), ["IMG_1.rendition.jpg", "IMG_3.rendition.jpg"]);
    assert_eq!(saved(&lab), ["U1 IMG_1.rendition.jpg", "U3 IMG_3.rendition.jpg"]);
    assert_eq!(lab.library.bytes_of(&path(SMALL)).unwrap(), b"small");
    assert!(lab.catalog.evidence_counts(&row.id).unwrap().is_empty(), "nothing was verified");
    assert_eq!(lab.catalog.made_counts(&row.id).unwrap().renditions, 2);
    lab.assert_sound(2);

    let opened = lab.source.times_opened("/r/IMG_1.JPG");
    assert_eq!(books(&import(&lab, &ALL)), (0, 0, 3, 0));
    assert_eq!(lab.source.times_opened("/r/IMG_1.JPG"), opened + 1, "looked into by the listing, not copied");
    lab.assert_sound(2);

    // Somebody threw one away: it is saved again.
    lab.library.remove(&path(SMALL));
    import(&lab, &ALL);
    assert_eq!(saved(&lab).len(), 2);
    lab.assert_sound(2);
}

#[test]
fn without_consent_nothing_is_saved() {
    let lab = phone();
    lab.renditions.set(Renditions::LeftOut);
    assert_eq!(books(&import(&lab, &ALL)), (0, 0, 3, 0));
    lab.assert_sound(0);
    lab.renditions.set(Renditions::Saved);
    // Nor of what was not chosen, or has no identity.
    let second = planned(&lab, &ALL, &Selection::AllNew).items[1].asset.id.clone();
    lab.run(&planned(&lab, &ALL, &Selection::Assets(HashSet::from([second])))).unwrap();
    let mut nameless = planned(&lab, &ALL, &Selection::AllNew);
    nameless.items.iter_mut().for_each(|item| item.asset.details.uuid = None);
    lab.run(&nameless).unwrap();
    lab.assert_sound(0);
}

#[test]
fn the_manifest_says_of_what_it_is_a_picture_and_a_new_catalog_knows() {
    let lab = phone();
    import(&lab, &["/a/IMG_1.HEIC"]);
    let mut found = Vec::new();
    lab.library.manifest(&mut |entry| found.push(entry)).unwrap();
    let small = found.iter().find(|entry| entry.path.as_str() == SMALL).unwrap();
    let of = small.rendition_of.as_deref().unwrap();
    assert_eq!((of.uuid.as_str(), of.name.as_str(), of.pixels), ("U1", "IMG_1.HEIC", Some((4032, 3024))));
    assert_eq!((small.role, small.source_path.as_str()), (ResourceRole::Rendition, "/r/IMG_1.JPG"));

    let fresh = Lab { catalog: Catalog::open(&lab.dir.path().join("fresh.sqlite")).unwrap(), ..lab };
    catch_up(&fresh.catalog, &fresh.library).unwrap();
    assert_eq!(saved(&fresh), ["U1 IMG_1.rendition.jpg"]);
    let past = fresh.catalog.past_imports(0, 10).unwrap();
    assert_eq!((past[0].imported, past[0].bytes, past[0].files), (2, 16, 3));
    fresh.runs.set(10);
    assert_eq!(books(&import(&fresh, &["/a/IMG_1.HEIC"])), (0, 2, 1, 0));
    fresh.assert_sound(3);
}

#[test]
fn the_original_takes_its_place_when_it_comes_even_without_the_wish() {
    let lab = phone();
    let first = import(&lab, &ALL);
    lab.renditions.set(Renditions::LeftOut);
    let row = import(&lab, &["/a/IMG_2.HEIC", "/a/IMG_3.MOV"]);
    assert_eq!((books(&row), row.renditions_replaced), ((1, 0, 2, 0), 1));
    let held = Removal::place(&first.id, &path(SMALL), 0).unwrap();
    assert_eq!(
        lab.paths(),
        ["Originals/1970/1970-01-01/IMG_1.HEIC", "Originals/1970/1970-01-01/IMG_3.rendition.jpg", held.as_str()]
    );
    assert_eq!(lab.library.bytes_of(&held).unwrap(), b"small");
    assert_eq!(saved(&lab), ["U3 IMG_3.rendition.jpg"]);
    lab.assert_sound(3);
    let fresh = Catalog::open(&lab.dir.path().join("fresh.sqlite")).unwrap();
    catch_up(&fresh, &lab.library).unwrap();
    assert_eq!(fresh.renditions(lab.source.id()).unwrap(), lab.catalog.renditions(lab.source.id()).unwrap());

    // A file of other bytes than were saved is somebody's work, and stays.
    lab.library.remove(&path("Originals/1970/1970-01-01/IMG_3.rendition.jpg"));
    lab.library.put(&path("Originals/1970/1970-01-01/IMG_3.rendition.jpg"), *b"mine own");
    assert_eq!(import(&lab, &["/a/IMG_2.HEIC"]).renditions_replaced, 0);
    assert_eq!(lab.library.bytes_of(&path("Originals/1970/1970-01-01/IMG_3.rendition.jpg")).unwrap(), b"mine own");
}

#[test]
fn whoever_stops_an_import_does_not_wait_for_smaller_pictures_to_be_put_aside() {
    let lab = phone();
    import(&lab, &ALL);
    let plan = planned(&lab, &["/a/IMG_2.HEIC", "/a/IMG_3.MOV"], &Selection::AllNew);
    let row = lab.run_hearing(&plan, &|news| {
        if matches!(news, ImportNews::Ended { .. }) {
            lab.cancel.cancel();
        }
    });
    assert_eq!(row.unwrap().renditions_replaced, 0);
    assert_eq!(saved(&lab), ["U1 IMG_1.rendition.jpg", "U3 IMG_3.rendition.jpg"]);
    let lab = Lab { cancel: CancelFlag::default(), ..lab };
    let row = import(&lab, &["/a/IMG_2.HEIC", "/a/IMG_3.MOV"]);
    assert_eq!(((books(&row)), row.renditions_replaced), ((0, 1, 2, 0), 1), "the next one does it");
    lab.assert_sound(3);
}

#[test]
fn an_original_that_cannot_be_read_leaves_its_smaller_picture_where_it_is() {
    let lab = phone();
    import(&lab, &ALL);
    let unreadable = SourceError::Unreadable { path: "/a/IMG_1.HEIC".into(), reason: "status 20".into() };
    let plan = planned(&lab, &ALL[1..], &Selection::AllNew);
    lab.source.fail_read("/a/IMG_1.HEIC", unreadable);
    let row = lab.run(&plan).unwrap();
    assert_eq!((books(&row), row.renditions_replaced), ((0, 0, 2, 1), 0));
    lab.assert_sound(2);
}

#[test]
fn an_import_that_saved_smaller_pictures_can_be_undone() {
    let lab = phone();
    let row = import(&lab, &["/a/IMG_1.HEIC"]);
    let put_aside = |session| {
        let env = Undo {
            destination: &lab.library,
            catalog: &lab.catalog,
            cancel: &CancelFlag::default(),
            progress: &|_, _| {},
        };
        undo(&env, session, "2024-01-02T00:00:00Z").unwrap().moved
    };
    assert_eq!(put_aside(&row.id), 3);
    assert!(lab.paths().iter().all(|path| path.starts_with("Removed/")) && saved(&lab).is_empty());
    let again = import(&lab, &["/a/IMG_1.HEIC"]);
    assert_eq!(books(&again), (2, 0, 1, 0));
    assert_eq!(saved(&lab), ["U1 IMG_1.rendition.jpg"]);
    lab.assert_sound(6);
}

/// A file of the phone with the very bytes of a smaller picture is a photo of its own.
#[test]
fn a_photo_with_the_bytes_of_a_smaller_picture_is_imported() {
    let lab = phone();
    import(&lab, &ALL);
    lab.source.put("/a/IMG_2.HEIC", *b"small", 5);
    let row = import(&lab, &["/a/IMG_1.HEIC", "/a/IMG_3.MOV"]);
    assert_eq!((books(&row), row.renditions_replaced), ((1, 0, 2, 0), 0));
    assert_eq!(saved(&lab).len(), 2);
}

#[test]
fn a_smaller_picture_that_cannot_be_read_is_a_warning_and_no_failure() {
    let lab = phone();
    let plan = planned(&lab, &ALL, &Selection::AllNew);
    lab.source.fail_read("/r/IMG_1.JPG", SourceError::Unreadable { path: "x".into(), reason: "status 20".into() });
    let told = std::sync::Mutex::new(Vec::new());
    let news = |news: ImportNews<'_>| {
        if let ImportNews::Warning { message, .. } = news {
            told.lock().unwrap().push(message.to_owned());
        }
    };
    let row = lab.run_hearing(&plan, &news).unwrap();
    assert_eq!(books(&row), (0, 0, 3, 0));
    let told = told.into_inner().unwrap();
    assert!(told.len() == 1 && told[0].starts_with("No smaller picture of IMG_1.HEIC was saved: "), "{told:?}");
    let warned = lab.catalog.items(&row.id, "warned", 0, 9).unwrap();
    assert_eq!(warned[0].warning.as_ref(), Some(&told[0]));
    for state in ["not_imported", "failed", "imported", "already_imported", "only_in_icloud"] {
        assert!(lab.catalog.items(&row.id, state, 0, 9).unwrap().is_empty(), "{state}");
    }
    assert_eq!(saved(&lab), ["U3 IMG_3.rendition.jpg"]);
    lab.assert_sound(1);
}

#[test]
fn smaller_pictures_count_when_there_must_be_room() {
    let lab = phone();
    let tight = Capacity { free_bytes: (1 << 20) + 9, total_bytes: 1 << 30, largest_file: None, block_bytes: 1 };
    let lab = Lab { library: lab.library.with_capacity(tight), ..lab };
    let plan = planned(&lab, &ALL, &Selection::AllNew);
    assert!(matches!(lab.run(&plan), Err(ImportError::NoSpace { .. })));
    lab.renditions.set(Renditions::LeftOut);
    lab.run(&plan).unwrap();
}

/// Whatever the call at which the drive goes: the next run ends where one without a fault would have.
#[test]
fn a_drive_that_goes_at_any_call_loses_nothing_and_saves_nothing_twice() {
    let (mut cut, mut settled) = (0, 0);
    for calls in 0..120 {
        let lab = phone();
        let plan = planned(&lab, &ALL, &Selection::AllNew);
        lab.library.gone_after(calls);
        cut += u32::from(lab.run(&plan).is_ok_and(|row| row.stop.is_some()));
        lab.library.heal();
        settled += u32::from(!lab.catalog.intents().unwrap().is_empty());
        import(&lab, &ALL);
        assert_eq!(saved(&lab), ["U1 IMG_1.rendition.jpg", "U3 IMG_3.rendition.jpg"], "{calls} calls");
        let past = lab.catalog.past_imports(0, 9).unwrap();
        assert!(past.iter().all(|past| past.imported == 0), "{calls} calls: {past:?}");
        lab.assert_sound(2);

        let plan = planned(&lab, &ALL[2..], &Selection::AllNew);
        lab.library.gone_after(calls);
        cut += u32::from(lab.run(&plan).is_ok_and(|row| row.stop.is_some()));
        lab.library.heal();
        settled += u32::from(!lab.catalog.removals().unwrap().is_empty());
        let totals = import(&lab, &ALL[2..]).totals;
        assert_eq!((totals.imported + totals.already_imported, totals.only_in_icloud), (2, 1), "{calls} calls");
        assert_eq!(saved(&lab), ["U3 IMG_3.rendition.jpg"], "{calls} calls");
        lab.assert_sound(4);
    }
    assert!(cut > 20 && settled > 5, "only {cut} runs were cut, {settled} had something to settle");
}

#[test]
fn a_photo_found_by_its_bytes_is_known_when_only_its_identity_is_left() {
    let lab = phone();
    // Another phone brought the same photo.
    let other = MemorySource::new("iphone:other").with_file("/x/IMG_9.HEIC", *b"first photo", 5);
    let lab = Lab { source: other, ..lab };
    lab.import();
    let lab = Lab { source: phone().source, ..lab };
    assert_eq!(books(&import(&lab, &[])), (2, 1, 0, 0));
    // The phone has given its original to iCloud since: its path, size and time say nothing any more.
    let gone = planned(&lab, &["/a/IMG_1.HEIC"], &Selection::AllNew);
    let of_it = gone.items.iter().find(|item| item.asset.details.uuid.as_deref() == Some("U1")).unwrap();
    assert_eq!(of_it.decision, Decision::Skip(SkipReason::AlreadyImported));
}
