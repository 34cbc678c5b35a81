//! Importing again what is in the library already: further copies, and nothing of what is there is touched.

use super::*;
use crate::{Undo, undo};
use domain::{AssetId, LibraryPath};

const FILES: [(&str, &[u8], i64); 3] =
    [("/DCIM/a/IMG_1.JPG", b"one", DAY), ("/DCIM/a/IMG_2.JPG", b"two", DAY), ("/DCIM/a/IMG_3.MOV", b"film", DAY)];

fn named(lab: &Lab, name: &str) -> HashSet<AssetId> {
    let plan = lab.plan(&Selection::AllNew);
    plan.items.iter().filter(|item| item.asset.name() == name).map(|item| item.asset.id.clone()).collect()
}

fn again(lab: &Lab, name: &str) -> SessionRow {
    lab.run(&lab.plan(&Selection::Again(named(lab, name)))).unwrap()
}

fn undone(lab: &Lab, row: &SessionRow) {
    let (cancel, progress) = (CancelFlag::default(), |_, _| {});
    let env = Undo { destination: &lab.library, catalog: &lab.catalog, cancel: &cancel, progress: &progress };
    undo(&env, &row.id, "2024-01-02T00:00:00Z").unwrap();
}

fn day(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("Originals/1970/1970-01-02/{name}")).collect()
}

#[test]
fn a_photo_is_copied_again_under_a_name_of_its_own_and_the_books_stay_exact() {
    let lab = lab(&FILES);
    lab.import();
    let before = lab.paths();
    let row = again(&lab, "IMG_2.JPG");
    assert_eq!(row.totals, totals(1, 2, 0, 0), "the others are left alone");
    assert_eq!(lab.paths(), day(&["IMG_1.JPG", "IMG_2.JPG", "IMG_2_1.JPG", "IMG_3.MOV"]));
    assert!(before.iter().all(|path| lab.paths().contains(path)));
    lab.assert_sound(4);
    // Once more, and it is still one photo that is here.
    again(&lab, "IMG_2.JPG");
    lab.assert_sound(5);
    assert_eq!(lab.import().totals, totals(0, 3, 0, 0));
    // A catalog that was lost knows of every copy.
    let fresh = Catalog::open(&lab.dir.path().join("fresh.sqlite")).unwrap();
    catch_up(&fresh, &lab.library).unwrap();
    let lab = Lab { catalog: fresh, ..lab };
    assert_eq!(lab.import().totals, totals(0, 3, 0, 0));
    let plan = lab.plan(&Selection::AllNew);
    let photo = plan.items.iter().find(|item| item.asset.name() == "IMG_2.JPG").unwrap().asset.primary();
    assert_eq!(lab.catalog.known(lab.source.id(), &photo.fingerprint).unwrap().len(), 3);
}

#[test]
fn undoing_it_leaves_the_first_copy_and_the_photo_is_not_new() {
    let lab = lab(&FILES);
    let first = lab.import();
    let second = again(&lab, "IMG_2.JPG");
    undone(&lab, &second);
    assert_eq!(lab.plan(&Selection::AllNew).imports().count(), 0, "its first copy is there");
    undone(&lab, &first);
    assert_eq!(lab.plan(&Selection::AllNew).imports().count(), 3);
    // The other way round: the second copy stands for it.
    lab.import();
    again(&lab, "IMG_2.JPG");
    let first = LibraryPath::parse("Originals/1970/1970-01-02/IMG_2.JPG").unwrap();
    lab.library.remove(&first);
    assert_eq!(lab.plan(&Selection::AllNew).imports().count(), 0);
}

#[test]
fn one_that_was_cut_short_goes_on_and_makes_no_third_copy() {
    for calls in 0..60 {
        let lab = lab(&FILES);
        lab.import();
        let wanted = named(&lab, "IMG_2.JPG");
        let plan = lab.plan(&Selection::Again(wanted.clone()));
        lab.library.gone_after(calls);
        let cut = lab.run(&plan);
        lab.library.heal();
        let Some(session) = lab.catalog.last_session().unwrap() else { continue };
        let done = matches!(&cut, Ok(row) if row.totals.imported == 1);
        if lab.catalog.repeats(&session.id).unwrap() == Repeats::Filed && !done {
            let left: HashSet<_> = lab.catalog.unfinished(&session.id).unwrap().into_iter().collect();
            assert_eq!(left, wanted, "after {calls} calls");
            lab.run(&lab.plan(&Selection::Again(left))).unwrap();
            lab.assert_sound(4);
        }
    }
}
