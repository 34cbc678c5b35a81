//! Checks of a library in memory, and what the next import makes of what they found.

use super::{Check, check, set_changed_aside};
use crate::run::tests::{Lab, lab};
use crate::{ImportError, Undo, UndoReport, VerifyReport, catch_up, undo, verify};
use catalog::{Catalog, FindingCounts, FindingKind};
use domain::{CancelFlag, DestinationError, LibraryPath};
use std::collections::BTreeMap;

const FILES: [(&str, &[u8], i64); 3] = [("/a/1.JPG", b"one", 0), ("/a/2.JPG", b"two", 0), ("/a/3.JPG", b"three", 0)];
const DAY: &str = "Originals/1970/1970-01-01";

fn at(name: &str) -> LibraryPath {
    LibraryPath::parse(&format!("{DAY}/{name}")).unwrap()
}

fn checked(lab: &Lab) -> VerifyReport {
    checked_until(lab, &CancelFlag::default(), &|_| {}).unwrap()
}

fn checked_until(lab: &Lab, cancel: &CancelFlag, hear: &dyn Fn(u64)) -> Result<VerifyReport, ImportError> {
    let now = || "2024-11-03T10:00:00Z".to_owned();
    let env = Check { destination: &lab.library, catalog: &lab.catalog, cancel, now: &now };
    check(&env, &mut |progress| hear(progress.done_files))
}

fn set_aside(lab: &Lab) -> Result<UndoReport, ImportError> {
    let cancel = CancelFlag::default();
    let env = Undo { destination: &lab.library, catalog: &lab.catalog, cancel: &cancel, progress: &|_, _| {} };
    set_changed_aside(&env)
}

fn counts(lab: &Lab) -> (u64, u64, u64, u64) {
    let FindingCounts { changed, missing, unknown, new_again } = lab.catalog.finding_counts().unwrap();
    (changed, missing, unknown, new_again)
}

fn tree(lab: &Lab) -> BTreeMap<String, Vec<u8>> {
    lab.library.paths().iter().map(|path| (path.to_string(), lab.library.bytes_of(path).unwrap())).collect()
}

#[test]
fn a_copy_whose_line_is_gone_is_held_against_the_catalog() {
    let lab = lab(&FILES);
    lab.import();
    lab.library.lose_manifests();
    lab.library.put(&at("2.JPG"), "tvo");
    lab.library.put(&at("mine.JPG"), "my own");
    let report = checked(&lab);
    assert_eq!((report.ok, report.is_sound(), &report.unknown[..]), (0, false, &[at("mine.JPG").to_string()][..]));
    assert_eq!(report.unrecorded, [at("1.JPG"), at("3.JPG")]);
    assert_eq!(report.changed.iter().map(|file| &file.path).collect::<Vec<_>>(), [&at("2.JPG")]);
    assert_eq!(counts(&lab), (1, 0, 1, 1));
    let row = lab.import();
    assert_eq!((row.totals.imported, row.totals.already_imported), (1, 2), "the damaged one is new again");
}

#[test]
fn a_copy_that_was_found_changed_is_new_again_and_the_fresh_one_lies_beside_it() {
    let lab = lab(&FILES);
    lab.import();
    lab.library.put(&at("2.JPG"), "tvo");
    assert_eq!(lab.import().totals.already_imported, 3, "its length is what it was");
    let report = checked(&lab);
    assert_eq!((report.ok, report.photos, report.files(), report.bytes), (2, 3, 3, 11));
    assert_eq!(report.changed[0].path, at("2.JPG"));
    assert_eq!(counts(&lab), (1, 0, 0, 1));
    assert_eq!(lab.catalog.last_check().unwrap().unwrap().at, "2024-11-03T10:00:00Z");

    let row = lab.import();
    assert_eq!((row.totals.imported, row.totals.already_imported), (1, 2));
    assert_eq!(lab.library.bytes_of(&at("2.JPG")).unwrap(), b"tvo", "somebody's work, perhaps");
    assert_eq!(lab.library.bytes_of(&at("2_1.JPG")).unwrap(), b"two");
    assert_eq!(lab.import().totals.already_imported, 3);
    assert_eq!(counts(&lab), (1, 0, 0, 0), "it is still changed, and nothing needs to be copied");
    checked(&lab);
    assert_eq!((counts(&lab), lab.import().totals.already_imported), ((1, 0, 0, 0), 3));
}

#[test]
fn what_was_found_changed_and_put_back_is_not_imported_but_there() {
    let lab = lab(&FILES);
    lab.import();
    lab.library.put(&at("2.JPG"), "tvo");
    checked(&lab);
    lab.library.put(&at("2.JPG"), "two");
    let row = lab.import();
    assert_eq!((row.totals.imported, row.totals.already_imported, row.bytes), (0, 3, 0), "nothing was filed");
    assert_eq!((counts(&lab), lab.paths().len()), ((0, 0, 0, 0), 3));
    assert_eq!(lab.import().totals.already_imported, 3);
}

#[test]
fn a_photo_of_another_phone_is_not_taken_for_a_copy_that_was_found_changed() {
    let lab = lab(&FILES);
    lab.import();
    lab.library.put(&at("1.JPG"), "eno");
    checked(&lab);
    lab.source.remove("/a/1.JPG");
    lab.source.put("/b/IMG_9.JPG", *b"one", 0);
    assert_eq!(lab.import().totals.imported, 1, "its bytes are nowhere else");
    assert_eq!(lab.library.bytes_of(&at("IMG_9.JPG")).unwrap(), b"one");
}

#[test]
fn what_was_found_changed_and_is_mended_is_known_again_after_the_next_check() {
    let lab = lab(&FILES);
    lab.import();
    lab.library.put(&at("2.JPG"), "tvo");
    checked(&lab);
    lab.library.put(&at("2.JPG"), "two");
    assert!(set_aside(&lab).unwrap().left[0].1.contains("as it was when it was copied"));
    assert!(checked(&lab).is_sound());
    assert_eq!((counts(&lab), lab.import().totals.already_imported), ((0, 0, 0, 0), 3));
}

#[test]
fn changed_files_that_are_put_aside_make_room_and_every_computer_knows() {
    let lab = lab(&FILES);
    let row = lab.import();
    lab.library.put(&at("2.JPG"), "tvo");
    lab.library.put(&at("3.JPG"), "a picture turned round");
    checked(&lab);
    assert_eq!(set_aside(&lab).unwrap(), UndoReport { moved: 2, left: vec![], not_reached: 0 });
    assert_eq!(counts(&lab), (0, 0, 0, 0));
    let held = |name: &str| lab.library.bytes_of(&held_at(&row.id, name)).unwrap();
    assert_eq!((held("2.JPG"), held("3.JPG")), (b"tvo".to_vec(), b"a picture turned round".to_vec()));
    let past = lab.catalog.past_imports(0, 1).unwrap().remove(0);
    assert_eq!((past.imported, past.put_aside, past.files), (3, 2, 1));
    // What lies in the holding folder is what the manifest says of it.
    assert!(checked(&lab).is_sound());

    let rebuilt = Catalog::open(&lab.dir.path().join("other.sqlite")).unwrap();
    catch_up(&rebuilt, &lab.library).unwrap();
    for catalog in [&lab.catalog, &rebuilt] {
        assert_eq!(catalog.files_of(&row.id).unwrap().iter().map(|f| &f.path).collect::<Vec<_>>(), [&at("1.JPG")]);
    }
    let lab = Lab { catalog: rebuilt, ..lab };
    let again = lab.import();
    assert_eq!((again.totals.imported, again.totals.already_imported), (2, 1));
    assert_eq!(lab.library.bytes_of(&at("2.JPG")).unwrap(), b"two");
    lab.assert_sound(5);
    // An import whose files were put aside is undone like any other.
    let (cancel, progress) = (CancelFlag::default(), |_, _| {});
    let env = Undo { destination: &lab.library, catalog: &lab.catalog, cancel: &cancel, progress: &progress };
    assert_eq!(undo(&env, &row.id, "2024-11-04T10:00:00Z").unwrap().moved, 1);
    lab.assert_sound(5);
}

fn held_at(session: &domain::SessionId, name: &str) -> LibraryPath {
    LibraryPath::parse(&format!("Removed/{session}/1970/1970-01-01/{name}")).unwrap()
}

#[test]
fn a_photo_that_was_written_over_with_another_of_its_import_stays_and_puts_nothing_else_aside() {
    let lab = lab(&FILES);
    lab.import();
    lab.library.put(&at("1.JPG"), "two");
    checked(&lab);
    let report = set_aside(&lab).unwrap();
    assert_eq!((report.moved, report.left.len()), (0, 1));
    assert!(report.left[0].1.contains("a copy of another photo"), "{report:?}");
    assert_eq!(lab.import().totals.imported, 1);
}

#[test]
fn the_sound_half_of_an_asset_stays_where_it_is() {
    let lab = lab(&[("/a/1.JPG", b"photo", 0), ("/a/1.AAE", b"edits", 0)]);
    lab.import();
    lab.library.put(&at("1.JPG"), "phota");
    checked(&lab);
    assert_eq!(set_aside(&lab).unwrap().moved, 1);
    assert_eq!(lab.import().totals.imported, 1);
    assert_eq!(lab.library.bytes_of(&at("1.JPG")).unwrap(), b"photo");
    assert_eq!(lab.paths().iter().filter(|path| path.ends_with("AAE")).count(), 1);
    lab.assert_sound(3);
}

#[test]
fn what_cannot_be_read_is_changed_and_can_be_put_aside() {
    let lab = lab(&FILES);
    lab.import();
    lab.library.spoil(&at("1.JPG"));
    assert_eq!(checked(&lab).changed[0].found, None);
    assert!(lab.catalog.findings(FindingKind::Changed, 0, 9).unwrap()[0].unreadable);
    assert_eq!(lab.import().totals.imported, 1);
    assert_eq!(lab.library.bytes_of(&at("1_1.JPG")).unwrap(), b"one");
}

#[test]
fn what_was_thrown_away_or_moved_is_told_apart() {
    let lab = lab(&FILES);
    lab.import();
    lab.library.remove(&at("1.JPG"));
    lab.library.remove(&at("2.JPG"));
    let new_home = LibraryPath::parse("Best/Sunset.JPG").unwrap();
    lab.library.put(&new_home, "two");
    lab.library.put(&LibraryPath::parse("Best/notes.txt").unwrap(), "mine");
    let report = checked(&lab);
    assert_eq!((report.ok, report.missing.clone()), (2, vec![at("1.JPG")]));
    assert_eq!((report.moved, report.unknown), (vec![(at("2.JPG"), new_home)], vec!["Best/notes.txt".to_owned()]));
    assert_eq!(counts(&lab), (0, 1, 1, 1));
    assert_eq!(lab.import().totals.imported, 1);
    assert_eq!(counts(&lab), (0, 0, 1, 0), "it is back");
}

#[test]
fn a_check_that_is_stopped_keeps_what_it_found_and_the_last_one_keeps_its_date() {
    let lab = lab(&FILES);
    lab.import();
    lab.library.put(&at("1.JPG"), "eno");
    lab.library.remove(&at("3.JPG"));
    let cancel = CancelFlag::default();
    let hear = |done| {
        if done == 1 {
            cancel.cancel();
        }
    };
    let report = checked_until(&lab, &cancel, &hear).unwrap();
    assert_eq!((report.changed.len(), report.not_reached, report.is_sound()), (1, 2, false));
    assert_eq!((counts(&lab), lab.catalog.last_check().unwrap()), ((1, 0, 0, 1), None));
    assert_eq!(lab.import().totals.imported, 2);
}

#[test]
fn nothing_else_happens_in_the_library_meanwhile() {
    let lab = lab(&FILES);
    let row = lab.import();
    let busy = |error: Result<VerifyReport, ImportError>| {
        matches!(error, Err(ImportError::Destination(DestinationError::Busy)))
    };
    let within = std::cell::Cell::new(0);
    let hear = |_| {
        assert!(busy(checked_until(&lab, &CancelFlag::default(), &|_| {})));
        assert!(set_aside(&lab).is_err());
        assert!(lab.run(&lab.plan(&crate::Selection::AllNew)).is_err());
        within.set(within.get() + 1);
    };
    assert!(checked_until(&lab, &CancelFlag::default(), &hear).unwrap().is_sound());
    assert!(within.get() > 3);
    let lock = lab.catalog.lock_for_import().unwrap();
    assert!(busy(checked_until(&lab, &CancelFlag::default(), &|_| {})));
    drop(lock);
    assert_eq!(lab.catalog.files_of(&row.id).unwrap().len(), 3);
}

#[test]
fn a_library_that_goes_away_while_files_are_put_aside_loses_nothing() {
    let mut cut = 0;
    for calls in 0..70 {
        let lab = lab(&FILES);
        lab.import();
        lab.library.put(&at("1.JPG"), "eno");
        lab.library.put(&at("3.JPG"), "turned");
        checked(&lab);
        let before: Vec<Vec<u8>> = sorted(&lab);
        lab.library.gone_after(calls);
        cut += usize::from(set_aside(&lab).is_err());
        lab.library.heal();
        assert_eq!(sorted(&lab), before, "after {calls} calls");
        // Settled by the next import, which brings fresh copies of both, wherever the changed ones are.
        assert_eq!(lab.import().totals.imported, 2, "after {calls} calls");
        assert!(lab.catalog.removals().unwrap().is_empty());
        assert!(before.iter().all(|bytes| tree(&lab).values().any(|there| there == bytes)), "after {calls} calls");
        for (_, bytes, _) in FILES {
            assert!(tree(&lab).values().any(|there| there == bytes), "after {calls} calls");
        }
        let report = verify(&lab.library, &mut |_| {}, &CancelFlag::default()).unwrap();
        assert_eq!((report.missing, report.unknown), (vec![], vec![]), "after {calls} calls");
        assert_eq!(lab.import().totals.already_imported, 3, "after {calls} calls");
    }
    assert!(cut > 10, "only {cut} were cut short");
}

fn sorted(lab: &Lab) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = tree(lab).into_values().collect();
    all.sort();
    all
}
