//! A library that fails, as a whole or at one of its files.

use super::*;
use domain::LibraryPath;

/// The journal says of an import what its books say.
fn assert_told_alike(lab: &Lab, plan: &ImportPlan, row: &SessionRow, when: &str) {
    let skipped =
        plan.items.iter().filter(|i| i.decision == Decision::Skip(SkipReason::AlreadyImported)).count() as u64;
    let length = |state: &str| lab.catalog.items(&row.id, state, 0, 100).unwrap().len() as u64;
    let told = (length("imported"), length("already_imported") + skipped, length("not_imported"));
    assert_eq!(told, (row.totals.imported, row.totals.already_imported, row.totals.failed), "{when}");
}

#[test]
fn a_drive_that_goes_away_at_any_call_loses_and_doubles_nothing() {
    for calls in 0..120 {
        let lab = lab(&[("/k/0.JPG", b"known", 0)]);
        lab.import();
        let files: [(&str, &[u8]); 7] = [
            ("/a/0.JPG", b"known"),
            ("/a/1.JPG", b"1"),
            ("/a/1.AAE", b"r"),
            ("/b/1.JPG", b"other"),
            ("/b/2.JPG", b"22"),
            ("/c/0.JPG", b""),
            ("/d/9.JPG", b"22"),
        ];
        files.iter().for_each(|(path, bytes)| lab.source.put(path, *bytes, 0));
        let plan = lab.plan(&Selection::AllNew);
        lab.library.gone_after(calls);
        let first = lab.run(&plan);
        let when = format!("after {calls} calls");
        if let Ok(row) = &first {
            assert_eq!(row.totals.seen(), 7, "{when}");
            assert_told_alike(&lab, &plan, row, &when);
        }
        lab.library.heal();
        let row = lab.import();
        assert_eq!((row.totals.failed, row.totals.seen()), (0, 7), "{when}");
        lab.assert_sound(6);
        let mut contents: Vec<_> = lab.library.paths().iter().filter_map(|p| lab.library.bytes_of(p)).collect();
        contents.sort();
        let wanted: [&[u8]; 6] = [b"", b"1", b"22", b"known", b"other", b"r"];
        assert_eq!(contents, wanted, "{when}");
    }
}

#[test]
fn a_library_file_that_cannot_be_looked_at_counts_as_gone_and_keeps_nothing_from_being_imported() {
    let lab = lab(&[("/a/1.JPG", b"1", 0), ("/a/2.JPG", b"22", 0)]);
    lab.import();
    lab.library.spoil(&lab.library.paths()[0]);
    lab.source.put("/a/3.JPG", *b"333", 0);
    // The same bytes from elsewhere are asked for by content.
    lab.source.put("/b/1.JPG", *b"1", 5);
    let row = lab.import();
    assert_eq!((row.totals, row.stop), (totals(2, 2, 0, 0), None));
    lab.library.heal();
    lab.assert_sound(4);
}

#[test]
fn a_day_that_cannot_be_looked_into_fails_alone() {
    let lab = lab(&[("/a/1.JPG", b"1", 0), ("/a/2.JPG", b"22", DAY)]);
    lab.library.spoil(&LibraryPath::parse("Originals/1970/1970-01-01").unwrap());
    let row = lab.import();
    assert_eq!((row.totals, row.stop), (totals(1, 0, 0, 1), None));
    lab.library.heal();
    assert_eq!(lab.import().totals, totals(1, 1, 0, 0));
    lab.assert_sound(2);
}

#[test]
fn what_cannot_be_settled_keeps_no_import_from_beginning() {
    let mut spoilt = 0;
    for calls in 0..80 {
        let lab = cut_after(calls);
        for file in lab.catalog.intents().unwrap().iter().flat_map(|item| &item.files) {
            lab.library.spoil(&file.entry.path);
            spoilt += 1;
        }
        let row = lab.run(&lab.plan(&Selection::AllNew)).unwrap();
        assert_eq!((row.totals.failed, row.stop), (0, None), "after {calls} calls");
        assert!(lab.catalog.intents().unwrap().is_empty());
        let contents: HashSet<_> = lab.library.paths().iter().filter_map(|p| lab.library.bytes_of(p)).collect();
        assert_eq!(contents, [b"1".to_vec(), b"22".to_vec()].into(), "after {calls} calls");
    }
    assert!(spoilt > 0, "no run was cut between intent and end");
}

#[test]
fn what_was_settled_is_in_the_history_of_its_import() {
    let mut settled = 0;
    for calls in 0..80 {
        let lab = lab(&[("/a/1.JPG", b"1", 0), ("/b/2.JPG", b"22", 0)]);
        let plan = lab.plan(&Selection::AllNew);
        lab.library.gone_after(calls);
        let Ok(row) = lab.run(&plan) else { continue };
        lab.library.heal();
        settled += crate::recover::recover(&lab.catalog, &lab.library, &CancelFlag::default()).unwrap().filed.len();
        let now = lab.catalog.last_session().unwrap().unwrap();
        assert_told_alike(&lab, &plan, &now, &format!("after {calls} calls"));
        assert_eq!(now.totals.seen(), row.totals.seen());
        let past = lab.catalog.past_imports(0, 1).unwrap().remove(0);
        assert_eq!((past.imported, past.bytes), (now.totals.imported, now.bytes));
        let there = lab.library.paths().iter().map(|p| lab.library.bytes_of(p).unwrap().len() as u64).sum::<u64>();
        assert_eq!(past.bytes, there, "after {calls} calls");
    }
    assert!(settled > 0, "no run was cut between intent and end");
}

#[test]
fn a_file_whose_path_no_manifest_could_hold_fails_alone() {
    let deep = format!("/{}/1.JPG", "a/".repeat(30_000));
    let lab = lab(&[(&deep, b"1", 0), ("/a/2.JPG", b"22", 0)]);
    let row = lab.import();
    assert_eq!((row.totals, row.stop), (totals(1, 0, 0, 1), None));
    lab.assert_sound(1);
}

#[test]
fn a_manifest_with_sizes_that_cannot_be_is_verified_to_its_end() {
    let lab = lab(&[("/a/1.JPG", b"1", 0)]);
    let row = lab.import();
    let mut entries = Vec::new();
    lab.library.manifest(&mut |entry| entries.push(entry)).unwrap();
    for name in ["x", "y"] {
        let path = LibraryPath::parse(name).unwrap();
        let planted = domain::ManifestEntry { bytes: u64::MAX, path, ..entries[0].clone() };
        lab.library.record(&row.id, &[planted]).unwrap();
    }
    let report = verify(&lab.library, &mut |at| assert_eq!(at.bytes, u64::MAX), &CancelFlag::default()).unwrap();
    assert_eq!((report.ok, report.missing.len()), (1, 2));
}

#[test]
fn a_photo_is_not_called_imported_when_the_drive_had_no_room_for_its_jpeg_and_sidecar() {
    let mut full = 0;
    for bytes in (0..400).step_by(9) {
        let lab = lab(&[("/a/IMG_1.HEIC", &converting::heic("one"), 0)]);
        lab.converting.set(Some(converting::WISH));
        lab.sidecars.set(domain::Sidecars::Written);
        let described = || {
            let mut plan = lab.plan(&Selection::AllNew);
            plan.items[0].asset.details.title = Some("A title".into());
            plan
        };
        lab.library.full_after(bytes);
        let row = lab.run(&described()).unwrap();
        full += u32::from(row.stop.is_some_and(|stop| stop.code == FailureCode::DestinationFull));
        lab.library.heal();
        lab.run(&described()).unwrap();
        assert_eq!(converting::names(&lab), ["IMG_1.HEIC", "IMG_1.HEIC.xmp", "IMG_1.JPG"], "after {bytes} bytes");
        lab.assert_sound(3);
    }
    assert!(full > 10, "the drive was full only {full} times");
}

#[test]
fn a_photo_that_grew_after_it_was_listed_is_not_held_in_memory_to_be_converted() {
    let mut photo = converting::heic("grown");
    let lab = lab(&[("/a/IMG_1.HEIC", &photo, 0)]);
    lab.converting.set(Some(converting::WISH));
    let plan = lab.plan(&Selection::AllNew);
    photo.resize(usize::try_from(crate::convert::LONGEST).unwrap() + 1, 0);
    lab.source.put("/a/IMG_1.HEIC", photo, 1);
    assert_eq!(lab.run(&plan).unwrap().totals, totals(1, 0, 0, 0));
    assert_eq!(converting::names(&lab), ["IMG_1.HEIC"]);
}

#[test]
fn a_staged_file_outlives_a_drive_that_takes_no_names() {
    let mut staged = 0;
    for calls in 0..80 {
        for foreign in [false, true] {
            let lab = cut_after(calls);
            let files: Vec<_> = lab.catalog.intents().unwrap().into_iter().flat_map(|item| item.files).collect();
            let there = |lab: &Lab| lab.library.staged().unwrap();
            if foreign {
                files.iter().for_each(|file| lab.library.put(&file.entry.path, *b"somebody else's"));
            }
            let before: Vec<_> =
                there(&lab).into_iter().filter(|name| files.iter().any(|f| f.staging == *name)).collect();
            lab.library.make_read_only();
            let _ = crate::recover::recover(&lab.catalog, &lab.library, &CancelFlag::default());
            lab.library.heal();
            let left = there(&lab);
            assert!(before.iter().all(|name| left.contains(name)), "after {calls} calls: {before:?}, then {left:?}");
            staged += before.len();
        }
    }
    assert!(staged > 0, "no run was cut between intent and end");
}

#[test]
fn a_library_of_which_one_folder_cannot_be_read_is_walked_once_for_all_that_was_moved() {
    let lab = lab(&[("/a/1.JPG", b"one", 0), ("/a/2.JPG", b"two", 0), ("/a/3.JPG", b"six", 0)]);
    lab.import();
    let path = |text: &str| LibraryPath::parse(text).unwrap();
    for number in 1..=3 {
        let filed = path(&format!("Originals/1970/1970-01-01/{number}.JPG"));
        lab.library.put(&path(&format!("Best/{number}.jpg")), lab.library.bytes_of(&filed).unwrap());
        lab.library.remove(&filed);
    }
    lab.library.put(&path("Closed/x"), *b"x");
    lab.library.spoil(&path("Closed"));
    let (plan, walks) = (lab.plan(&Selection::AllNew), lab.library.walks());
    assert_eq!(lab.run(&plan).unwrap().totals, totals(0, 3, 0, 0));
    assert_eq!(lab.library.walks() - walks, 1);
    assert!(verify(&lab.library, &mut |_| {}, &CancelFlag::default()).is_err(), "what was not seen is not sound");
}

#[test]
fn a_name_that_the_drive_takes_for_another_is_given_up_for_the_next() {
    let lab = lab(&[("/a/1.JPG", b"1", 0)]);
    // As with the two small sigmas on NTFS: nothing of that name is listed.
    lab.library.take_name(&LibraryPath::parse("Originals/1970/1970-01-01/1.JPG").unwrap());
    assert_eq!(lab.import().totals, totals(1, 0, 0, 0));
    assert_eq!(lab.paths(), ["Originals/1970/1970-01-01/1_1.JPG"]);
}
