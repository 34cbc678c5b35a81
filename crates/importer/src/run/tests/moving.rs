//! Files that their owner moved within the library.

use super::*;
use crate::{Undo, UndoReport, undo};
use domain::LibraryPath;

fn moves(lab: &Lab, from: &str, to: &str) {
    let (from, to) = (LibraryPath::parse(from).unwrap(), LibraryPath::parse(to).unwrap());
    lab.library.put(&to, lab.library.bytes_of(&from).unwrap());
    lab.library.remove(&from);
}

#[test]
fn a_file_moved_within_the_library_is_found_by_its_bytes_and_not_copied() {
    let lab = lab(&[("/a/1.JPG", b"one", 0), ("/a/2.JPG", b"two", 0), ("/a/3.JPG", b"six", 0)]);
    lab.import();
    moves(&lab, "Originals/1970/1970-01-01/1.JPG", "Best/the one.jpg");
    let looked = lab.source.times_opened("/a/1.JPG");
    assert_eq!(lab.import().totals, totals(0, 3, 0, 0));
    // Looked into by the listing and when the import asks whether the phone hashes, but not copied.
    assert_eq!(lab.source.times_opened("/a/1.JPG"), looked + 1);
    let there = ["Best/the one.jpg", "Originals/1970/1970-01-01/2.JPG", "Originals/1970/1970-01-01/3.JPG"];
    assert_eq!(lab.paths(), there);
    let plan = lab.plan(&Selection::AllNew);
    assert_eq!(plan.imports().count(), 0, "its new place is known");
}

/// So many photos of one day and one size.
fn many(folder: &str) -> Vec<(String, Vec<u8>)> {
    (0..40).map(|number| (format!("/{folder}/{number}.JPG"), format!("photo {number:02}").into_bytes())).collect()
}

#[test]
fn many_of_one_size_that_were_moved_are_read_once_each() {
    let files = many("a");
    let lab = lab(&files.iter().map(|(path, bytes)| (path.as_str(), &bytes[..], 0)).collect::<Vec<_>>());
    lab.import();
    for number in 0..40 {
        moves(&lab, &format!("Originals/1970/1970-01-01/{number}.JPG"), &format!("Trip/{number}.JPG"));
    }
    let before = lab.library.reads();
    assert_eq!(lab.import().totals, totals(0, 40, 0, 0));
    assert_eq!(lab.library.reads() - before, 40);
}

#[test]
fn what_the_library_has_by_content_does_not_have_its_day_listed_each_time() {
    let files = many("a");
    let lab = lab(&files.iter().map(|(path, bytes)| (path.as_str(), &bytes[..], 0)).collect::<Vec<_>>());
    lab.import();
    for (path, _) in &files {
        lab.source.remove(path);
    }
    many("b").into_iter().for_each(|(path, bytes)| lab.source.put(&path, bytes, 0));
    let before = lab.library.listings();
    assert_eq!(lab.import().totals, totals(0, 40, 0, 0));
    assert!(lab.library.listings() - before <= 2, "{}", lab.library.listings() - before);
}

#[test]
fn a_file_moved_to_the_top_of_the_library_is_found_there() {
    let lab = lab(&[("/a/1.JPG", b"one", 0)]);
    lab.import();
    moves(&lab, "Originals/1970/1970-01-01/1.JPG", "1.JPG");
    assert_eq!(lab.import().totals, totals(0, 1, 0, 0));
    assert_eq!(lab.plan(&Selection::AllNew).imports().count(), 0, "its new place is known");
    assert_eq!(lab.paths(), ["1.JPG"]);
}

#[test]
fn what_was_moved_is_known_where_it_is_by_its_import_its_undoing_and_a_catalog_that_reads_the_manifests_again() {
    let lab = lab(&[("/a/1.JPG", b"one", 0), ("/a/1.AAE", b"recipe", 0)]);
    let first = lab.import();
    moves(&lab, "Originals/1970/1970-01-01/1.JPG", "Best/1.jpg");
    lab.import();
    let place = |item: &catalog::ItemRow| item.library_path.clone().unwrap();
    let filed = lab.catalog.items(&first.id, "imported", 0, 10).unwrap();
    assert_eq!(filed.iter().map(place).collect::<Vec<_>>(), ["Best/1.jpg"]);
    // As after an import on another computer.
    lab.catalog.note_manifest_bytes(0).unwrap();
    catch_up(&lab.catalog, &lab.library).unwrap();
    let files: Vec<String> = lab.catalog.files_of(&first.id).unwrap().iter().map(|f| f.path.to_string()).collect();
    assert_eq!(files, ["Best/1.jpg", "Originals/1970/1970-01-01/1.AAE"]);
    assert_eq!(lab.catalog.copies("Best/1.jpg").unwrap().len(), 2);
    let env = Undo { destination: &lab.library, catalog: &lab.catalog, cancel: &lab.cancel, progress: &|_, _| {} };
    assert_eq!(
        undo(&env, &first.id, "2024-01-02T00:00:00Z").unwrap(),
        UndoReport { moved: 2, left: vec![], not_reached: 0 }
    );
    assert_eq!(lab.catalog.items(&first.id, "undone", 0, 10).unwrap().len(), 1);
    assert_eq!(lab.import().totals, totals(1, 0, 0, 0));
}

#[test]
fn other_bytes_of_the_same_size_are_not_taken_for_it() {
    let lab = lab(&[("/a/1.JPG", b"one", 0)]);
    lab.import();
    moves(&lab, "Originals/1970/1970-01-01/1.JPG", "Best/1.jpg");
    lab.library.put(&LibraryPath::parse("Best/1.jpg").unwrap(), *b"two");
    assert_eq!(lab.import().totals, totals(1, 0, 0, 0));
}

#[test]
fn what_was_put_aside_is_not_found_again() {
    let lab = lab(&[("/a/1.JPG", b"one", 0)]);
    lab.import();
    moves(&lab, "Originals/1970/1970-01-01/1.JPG", "Removed/0123/1970/1970-01-01/1.JPG");
    assert_eq!(lab.import().totals, totals(1, 0, 0, 0));
}

#[test]
fn an_asset_of_which_one_file_is_gone_is_copied() {
    let lab = lab(&[("/a/1.JPG", b"one", 0), ("/a/1.AAE", b"recipe", 0)]);
    lab.import();
    moves(&lab, "Originals/1970/1970-01-01/1.JPG", "Best/1.jpg");
    lab.library.remove(&LibraryPath::parse("Originals/1970/1970-01-01/1.AAE").unwrap());
    assert_eq!(lab.import().totals, totals(1, 0, 0, 0));
    assert!(lab.paths().contains(&"Originals/1970/1970-01-01/1.AAE".to_owned()), "{:?}", lab.paths());
}

fn undone(lab: &Lab, row: &SessionRow) -> UndoReport {
    let env = Undo { destination: &lab.library, catalog: &lab.catalog, cancel: &lab.cancel, progress: &|_, _| {} };
    undo(&env, &row.id, "2024-01-02T00:00:00Z").unwrap()
}

#[test]
fn what_was_moved_and_then_put_aside_is_not_missing_where_it_was_filed() {
    for others in [0, 1] {
        let lab = lab(&[("/a/1.JPG", b"one", 0), ("/a/2.JPG", b"two", 0)]);
        let first = lab.import();
        moves(&lab, "Originals/1970/1970-01-01/1.JPG", "Best/1.jpg");
        assert_eq!(lab.import().totals, totals(0, 2, 0, 0));
        if others == 1 {
            // Another photo takes the name, and stays.
            lab.source.put("/b/1.JPG", *b"another", 0);
        }
        assert_eq!(lab.import().totals, totals(others, 2, 0, 0));
        assert_eq!(undone(&lab, &first).moved, 2);
        lab.assert_sound(2 + others);
        let rebuilt = Catalog::open(&lab.dir.path().join("rebuilt.sqlite")).unwrap();
        catch_up(&rebuilt, &lab.library).unwrap();
        assert_eq!(rebuilt.files_of(&first.id).unwrap(), []);
        let lab = Lab { catalog: rebuilt, ..lab };
        assert_eq!(lab.plan(&Selection::AllNew).imports().count(), 2);
    }
}

#[test]
fn a_file_moved_into_a_folder_of_any_name_is_found_and_can_be_put_aside() {
    // As macOS writes it on some drives; as only Linux allows it; as a family is one character.
    for folder in ["E\u{301}te\u{301}", "Trip: Rome", "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}", ".hidden"] {
        let lab = lab(&[("/a/1.JPG", b"one", 0)]);
        let first = lab.import();
        let to = LibraryPath::found(&format!("{folder}/1.JPG")).unwrap();
        let from = lab.library.paths().remove(0);
        lab.library.put(&to, lab.library.bytes_of(&from).unwrap());
        lab.library.remove(&from);
        assert_eq!(lab.import().totals, totals(0, 1, 0, 0), "{folder:?}");
        assert_eq!(lab.plan(&Selection::AllNew).imports().count(), 0, "its new place is known");
        assert_eq!(lab.paths(), [to.to_string()]);
        assert_eq!(undone(&lab, &first).moved, 1);
        assert!(LibraryPath::parse(&lab.paths()[0]).is_ok(), "{:?}", lab.paths());
        lab.assert_sound(1);
    }
}

#[test]
fn a_drive_that_writes_names_in_another_form_has_no_unknown_files() {
    let lab = lab(&[("/a/\u{e9}.JPG", b"one", 0)]);
    lab.import();
    let filed = lab.library.paths().remove(0);
    lab.library.list_as(&filed, "Originals/1970/1970-01-01/e\u{301}.JPG");
    lab.assert_sound(1);
}
