//! Several assets are fetched at once; what comes of it must not depend on which is faster.

use super::*;
use std::sync::Mutex;
use std::time::Duration;

/// The first of each three files takes its time, so that later ones overtake it.
fn dawdle(news: &ImportNews<'_>) {
    if matches!(news, ImportNews::Copying { name } if name.starts_with("IMG")) {
        std::thread::sleep(Duration::from_millis(30));
    }
}

#[test]
fn names_and_endings_follow_the_plan_whoever_is_faster() {
    let names = ["/100/IMG_1.JPG", "/101/img_1.jpg", "/102/Img_1.jpg", "/103/IMG_1.JPG", "/104/img_1.jpg"];
    let files: Vec<(&str, &[u8], i64)> = names.iter().map(|name| (*name, name.as_bytes(), 0)).collect();
    let lab = lab(&files);
    let told = Mutex::new(Vec::new());
    let row = lab.run_hearing(&lab.plan(&Selection::AllNew), &|news| {
        dawdle(&news);
        if let ImportNews::Ended { path: Some(path), .. } = news {
            told.lock().unwrap().push(path.file_name().to_owned());
        }
    });
    assert_eq!(row.unwrap().totals, totals(5, 0, 0, 0));
    assert_eq!(
        *told.lock().unwrap(),
        ["IMG_1.JPG", "img_1_1.jpg", "Img_1_2.jpg", "IMG_1_3.JPG", "img_1_4.jpg"],
        "in the order of the folders"
    );
    lab.assert_sound(5);
}

#[test]
fn a_failure_in_the_middle_is_told_in_its_turn_and_holds_nothing_up() {
    let names: Vec<String> = (0..200).map(|i| format!("/a/IM_{i:03}.JPG")).collect();
    let files: Vec<(&str, &[u8], i64)> = names.iter().map(|name| (name.as_str(), name.as_bytes(), 0)).collect();
    let lab = lab(&files);
    let error = || SourceError::Unreadable { path: "bad".into(), reason: "I/O error".into() };
    (0..200).step_by(7).for_each(|i| lab.source.fail_read(&names[i], error()));
    let told = Mutex::new(Vec::new());
    let row = lab.run_hearing(&lab.plan(&Selection::AllNew), &|news| {
        if let ImportNews::Ended { asset, .. } = news {
            told.lock().unwrap().push(asset.name().to_owned());
        }
    });
    assert_eq!(row.unwrap().totals, totals(171, 0, 0, 29));
    let mut sorted = told.lock().unwrap().clone();
    sorted.sort();
    assert_eq!(*told.lock().unwrap(), sorted);
    lab.assert_sound(171);
}

#[test]
fn an_unplugged_phone_ends_every_reader_and_the_books_balance() {
    let names: Vec<String> = (0..300).map(|i| format!("/a/IM_{i:03}.JPG")).collect();
    let files: Vec<(&str, &[u8], i64)> = names.iter().map(|name| (name.as_str(), name.as_bytes(), 0)).collect();
    for bytes in [1, 500, 1500, 3000] {
        let lab = lab(&files);
        let plan = lab.plan(&Selection::AllNew);
        lab.source.unplug_after(bytes);
        let row = lab.run(&plan).unwrap();
        assert_eq!((row.totals.seen(), row.stop.unwrap().code), (300, FailureCode::SourceGone));
        assert_eq!(lab.source.open_readers(), 0);
        lab.assert_sound(row.totals.imported);
        lab.source.replug();
        assert_eq!(lab.import().totals, totals(300 - row.totals.imported, row.totals.imported, 0, 0));
        lab.assert_sound(300);
    }
}

#[test]
fn skipped_reasons_have_words_of_their_own() {
    let outcomes = [Outcome::Skipped(SkipReason::OnlyInICloud), Outcome::Imported];
    let totals: Totals = outcomes.iter().collect();
    assert_eq!((totals.only_in_icloud, totals.seen()), (1, 2));
}
