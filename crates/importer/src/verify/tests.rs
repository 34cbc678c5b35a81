//! A library that is used while it is verified.

use crate::run::tests::{Lab, lab};
use crate::{Undo, VerifyReport, undo, verify};
use domain::{CancelFlag, Destination, LibraryPath};
use std::cell::Cell;

const FILES: [(&str, &[u8], i64); 3] = [("/a/1.JPG", b"1", 0), ("/a/2.JPG", b"22", 0), ("/a/3.JPG", b"333", 0)];

/// Verifies, and does something after the first file.
fn verified(lab: &Lab, meanwhile: &dyn Fn()) -> VerifyReport {
    let done = Cell::new(false);
    let mut progress = |_: &crate::VerifyProgress| {
        if !done.replace(true) {
            meanwhile();
        }
    };
    verify(&lab.library, &mut progress, &CancelFlag::default()).unwrap()
}

fn undo_all(lab: &Lab, session: &domain::SessionId) {
    let env =
        Undo { destination: &lab.library, catalog: &lab.catalog, cancel: &CancelFlag::default(), progress: &|_, _| {} };
    assert_eq!(undo(&env, session, "2024-01-02T00:00:00Z").unwrap().moved, 3);
}

#[test]
fn what_is_put_aside_meanwhile_is_read_where_it_is() {
    let lab = lab(&FILES);
    let row = lab.import();
    let report = verified(&lab, &|| undo_all(&lab, &row.id));
    assert!(report.is_sound() && report.unknown.is_empty(), "{report:?}");
    assert!(report.ok >= 3, "{report:?}");
}

#[test]
fn what_is_thrown_away_meanwhile_is_not_missing() {
    let lab = lab(&FILES);
    let row = lab.import();
    undo_all(&lab, &row.id);
    let throw_away = || lab.library.paths().iter().for_each(|path| lab.library.remove(path));
    let report = verified(&lab, &throw_away);
    assert_eq!((report.ok, report.is_sound()), (1, true), "{report:?}");
}

#[test]
fn what_is_no_file_any_more_in_the_holding_folder_keeps_nothing_from_being_verified() {
    let lab = lab(&FILES);
    let row = lab.import();
    undo_all(&lab, &row.id);
    let held = lab.library.paths().remove(0);
    // A folder or a link took its place.
    lab.library.spoil(&held);
    let report = verified(&lab, &|| ());
    assert_eq!((report.ok, report.changed.len(), report.missing.len()), (2, 1, 0), "{report:?}");
}

#[test]
fn what_is_really_missing_is_told() {
    let lab = lab(&FILES);
    lab.import();
    let path = LibraryPath::parse("Originals/1970/1970-01-01/3.JPG").unwrap();
    assert!(lab.library.size_of(&path).unwrap().is_some());
    let report = verified(&lab, &|| lab.library.remove(&path));
    assert_eq!((report.ok, report.missing), (2, vec![path]));
}
