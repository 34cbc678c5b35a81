//! Undoing, against a library that fails at any call.

use crate::run::tests::{Lab, lab};
use crate::{ImportError, Selection, Undo, UndoReport, catch_up, undo};
use catalog::{Catalog, SessionRow};
use domain::{CancelFlag, Destination, LibraryPath};
use std::collections::BTreeMap;

const FILES: [(&str, &[u8], i64); 4] =
    [("/a/1.JPG", b"1", 0), ("/a/2.JPG", b"22", 0), ("/b/3.JPG", b"333", 86_400_000_000_000), ("/b/empty.JPG", b"", 0)];

fn undone(lab: &Lab, row: &SessionRow) -> Result<UndoReport, ImportError> {
    let env =
        Undo { destination: &lab.library, catalog: &lab.catalog, cancel: &CancelFlag::default(), progress: &|_, _| {} };
    undo(&env, &row.id, "2024-01-02T00:00:00Z")
}

/// Every file of the library with its bytes.
fn tree(lab: &Lab) -> BTreeMap<String, Vec<u8>> {
    let paths = lab.library.paths();
    paths.iter().map(|path| (path.to_string(), lab.library.bytes_of(path).unwrap())).collect()
}

/// What lies under a folder, without its name.
fn below(lab: &Lab, folder: &str) -> BTreeMap<String, Vec<u8>> {
    let inside = tree(lab).into_iter();
    inside.filter_map(|(path, bytes)| Some((path.strip_prefix(folder)?.to_owned(), bytes))).collect()
}

#[test]
fn an_import_that_was_undone_can_be_repeated_and_gives_the_same_library() {
    let lab = lab(&FILES);
    let row = lab.import();
    let before = below(&lab, "Originals/");
    assert_eq!(undone(&lab, &row).unwrap(), UndoReport { moved: 4, left: vec![], not_reached: 0 });
    assert_eq!(below(&lab, "Originals/"), BTreeMap::new());
    assert_eq!(below(&lab, &format!("Removed/{}/", row.id)), before);
    lab.assert_sound(4);
    let again = lab.import();
    assert_eq!((again.totals.imported, again.totals.already_imported), (4, 0));
    assert_eq!(below(&lab, "Originals/"), before);
    lab.assert_sound(8);
    assert_eq!(lab.import().totals.already_imported, 4);
    assert_eq!(undone(&lab, &row).unwrap(), UndoReport::default(), "its files belong to another import now");
    assert_eq!(undone(&lab, &again).unwrap().moved, 4);
}

#[test]
fn only_the_files_of_that_import_are_touched() {
    let lab = lab(&FILES[..1]);
    let first = lab.import();
    let lab = Lab { source: FILES[1..].iter().fold(lab.source, |s, (p, b, t)| s.with_file(p, *b, *t)), ..lab };
    let second = lab.import();
    let stranger = LibraryPath::parse("Originals/1970/1970-01-01/notes.txt").unwrap();
    lab.library.put(&stranger, "mine");
    let edited = LibraryPath::parse("Originals/1970/1970-01-01/2.JPG").unwrap();
    lab.library.put(&edited, "edited by hand");
    let report = undone(&lab, &second).unwrap();
    assert_eq!((report.moved, report.left.len()), (2, 1));
    assert_eq!(report.left[0].0, edited);
    let left: Vec<String> = below(&lab, "Originals/").into_keys().collect();
    assert_eq!(left, ["1970/1970-01-01/1.JPG", "1970/1970-01-01/2.JPG", "1970/1970-01-01/notes.txt"]);
    assert_eq!(lab.catalog.files_of(&first.id).unwrap().len(), 1);
    assert!(lab.catalog.undone_at(&second.id).unwrap().is_some());
    assert!(lab.catalog.undone_at(&first.id).unwrap().is_none());
}

#[test]
fn a_catalog_that_is_rebuilt_knows_what_was_undone() {
    let lab = lab(&FILES);
    let row = lab.import();
    undone(&lab, &row).unwrap();
    let rebuilt = |name: &str| {
        let catalog = Catalog::open(&lab.dir.path().join(name)).unwrap();
        catch_up(&catalog, &lab.library).unwrap();
        catalog
    };
    assert_eq!(rebuilt("1.sqlite").files_of(&row.id).unwrap(), []);
    let again = lab.import();
    let catalog = rebuilt("2.sqlite");
    assert_eq!(catalog.files_of(&row.id).unwrap(), []);
    assert_eq!(catalog.files_of(&again.id).unwrap().len(), 4);
    // With another computer's catalog, which knew the first import only.
    let lab = Lab { catalog, ..lab };
    assert_eq!(undone(&lab, &again).unwrap().moved, 4);
    assert_eq!(lab.import().totals.imported, 4);
}

#[test]
fn a_library_that_goes_away_at_any_call_loses_nothing() {
    let mut cut = 0;
    for calls in 0..80 {
        let lab = lab(&FILES);
        let row = lab.import();
        let before = below(&lab, "Originals/");
        lab.library.gone_after(calls);
        cut += usize::from(undone(&lab, &row).is_err());
        lab.library.heal();
        let mut everything: Vec<Vec<u8>> = tree(&lab).into_values().collect();
        everything.sort();
        let mut wanted: Vec<Vec<u8>> = before.values().cloned().collect();
        wanted.sort();
        assert_eq!(everything, wanted, "after {calls} calls");
        // The next import settles it, and brings back exactly what was moved.
        lab.run(&lab.plan(&Selection::AllNew)).unwrap();
        assert_eq!(below(&lab, "Originals/"), before, "after {calls} calls");
        assert!(lab.catalog.removals().unwrap().is_empty());
        let held = below(&lab, "Removed/").len() as u64;
        lab.assert_sound(4 + held);
    }
    assert!(cut > 10, "only {cut} were cut short");
}

#[test]
fn both_names_after_a_crash_mean_that_nothing_was_moved() {
    let lab = lab(&FILES[..1]);
    let row = lab.import();
    let file = lab.catalog.files_of(&row.id).unwrap().remove(0);
    let to = domain::Removal::place(&row.id, &file.path, 0).unwrap();
    let removal = domain::Removal { path: file.path.clone(), to: to.clone(), bytes: file.bytes, hash: file.hash };
    lab.catalog.intend_removals(&row.id, std::slice::from_ref(&removal)).unwrap();
    // The empty file that reserves a name where renames can replace.
    lab.library.put(&to, "");
    assert_eq!(crate::recover::recover(&lab.catalog, &lab.library, &CancelFlag::default()).unwrap().settled, 1);
    assert_eq!(lab.paths(), [file.path.to_string()]);
    lab.assert_sound(1);
    // Two links to one file, where the old one could not be removed in time.
    lab.catalog.intend_removals(&row.id, &[removal]).unwrap();
    lab.library.put(&to, "1");
    crate::recover::recover(&lab.catalog, &lab.library, &CancelFlag::default()).unwrap();
    assert_eq!(lab.library.size_of(&file.path), Ok(Some(1)));
    assert_eq!(undone(&lab, &row).unwrap().moved, 1);
    assert_eq!(lab.paths(), [to.to_string(), to.to_string().replace("1.JPG", "1_1.JPG")]);
}

#[test]
fn one_that_is_stopped_says_how_far_it_came_and_can_go_on() {
    let names: Vec<String> = (0..40).map(|number| format!("/a/{number}.JPG")).collect();
    let files: Vec<(&str, &[u8], i64)> = names.iter().map(|name| (name.as_str(), name.as_bytes(), 0)).collect();
    let lab = lab(&files);
    let row = lab.import();
    let (cancel, heard) = (CancelFlag::default(), std::cell::Cell::new((0, 0)));
    let progress = |done, total| {
        heard.set((done, total));
        cancel.cancel();
    };
    let env = Undo { destination: &lab.library, catalog: &lab.catalog, cancel: &cancel, progress: &progress };
    let report = undo(&env, &row.id, "2024-01-02T00:00:00Z").unwrap();
    assert_eq!((report.moved, report.not_reached, heard.get()), (32, 8, (32, 40)));
    assert!(lab.catalog.undone_at(&row.id).unwrap().is_none());
    let told = lab.catalog.last_session().unwrap().unwrap();
    assert_eq!((told.totals.imported, told.put_aside), (8, 32));
    assert_eq!(lab.catalog.past_imports(0, 1).unwrap()[0].put_aside, 32);
    lab.assert_sound(40);
    assert_eq!(undone(&lab, &row).unwrap().moved, 8);
    assert_eq!(lab.import().totals.imported, 40);
}

#[test]
fn an_original_stays_with_the_import_that_filed_it() {
    let lab = lab(&FILES[..1]);
    let first = lab.import();
    lab.source.put("/a/1.AAE", *b"edit", 0);
    let second = lab.import();
    assert_eq!(second.totals.imported, 1, "the photo was edited on the phone");
    let original = LibraryPath::parse("Originals/1970/1970-01-01/1.JPG").unwrap();
    let rebuilt = Catalog::open(&lab.dir.path().join("rebuilt.sqlite")).unwrap();
    catch_up(&rebuilt, &lab.library).unwrap();
    for catalog in [&lab.catalog, &rebuilt] {
        assert_eq!(catalog.files_of(&first.id).unwrap().iter().map(|f| &f.path).collect::<Vec<_>>(), [&original]);
    }
    assert_eq!(undone(&lab, &second).unwrap().moved, 1);
    assert_eq!(lab.library.bytes_of(&original), Some(b"1".to_vec()));
    lab.assert_sound(2);
    assert_eq!(lab.import().totals.imported, 1, "with its edit it is new again");
    assert_eq!(undone(&lab, &first).unwrap().moved, 1);
    lab.assert_sound(3);
}

#[test]
fn what_was_thrown_away_belongs_to_the_import_that_brought_it_back() {
    let lab = lab(&FILES[..1]);
    let first = lab.import();
    lab.library.remove(&lab.library.paths()[0]);
    let second = lab.import();
    assert_eq!((second.totals.imported, undone(&lab, &first).unwrap()), (1, UndoReport::default()));
    assert_eq!(undone(&lab, &second).unwrap().moved, 1);
}

#[test]
fn what_cannot_be_settled_keeps_neither_an_import_nor_an_undoing_from_beginning() {
    let mut spoilt = 0;
    for calls in 0..80 {
        let lab = lab(&FILES);
        let row = lab.import();
        lab.library.gone_after(calls);
        let _ = undone(&lab, &row);
        lab.library.heal();
        for (_, removal) in lab.catalog.removals().unwrap() {
            lab.library.spoil(&removal.path);
            lab.library.spoil(&removal.to);
            spoilt += 1;
        }
        lab.run(&lab.plan(&Selection::AllNew)).unwrap();
        undone(&lab, &row).unwrap();
        let contents: Vec<Vec<u8>> = tree(&lab).into_values().collect();
        assert!(FILES.iter().all(|(_, bytes, _)| contents.iter().any(|there| there == bytes)), "after {calls} calls");
    }
    assert!(spoilt > 10, "only {spoilt}");
}

#[test]
fn a_file_that_the_medium_cut_on_its_way_stays_in_the_journal() {
    let lab = lab(&FILES[1..2]);
    let row = lab.import();
    let file = lab.catalog.files_of(&row.id).unwrap().remove(0);
    let to = domain::Removal::place(&row.id, &file.path, 0).unwrap();
    let removal = domain::Removal { path: file.path.clone(), to: to.clone(), bytes: file.bytes, hash: file.hash };
    lab.catalog.intend_removals(&row.id, std::slice::from_ref(&removal)).unwrap();
    lab.library.remove(&file.path);
    lab.library.put(&to, "");
    crate::recover::recover(&lab.catalog, &lab.library, &CancelFlag::default()).unwrap();
    assert_eq!(lab.catalog.removals().unwrap(), [(row.id.clone(), removal)]);
    assert_eq!(lab.library.bytes_of(&to), Some(vec![]), "whatever is there may be all that is left of it");
    // As after the file system was mended.
    lab.library.put(&to, "22");
    crate::recover::recover(&lab.catalog, &lab.library, &CancelFlag::default()).unwrap();
    assert_eq!(lab.catalog.removals().unwrap(), []);
    lab.assert_sound(1);
}
