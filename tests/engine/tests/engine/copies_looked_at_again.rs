//! While a listing stands, files of the library come and go: an import goes by what is there now.

use engine::Lab;
use serde_json::json;
use std::path::Path;

const PHOTOS: u64 = 20;

fn fill(media: &Path) {
    for number in 0..PHOTOS {
        let folder = media.join(format!("DCIM/{}APPLE", 100 + number / 5));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("IMG_{number:04}.JPG")), format!("photo {number}")).unwrap();
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn what_was_thrown_out_of_the_library_is_imported_again_without_a_new_listing() {
    let media = tempfile::tempdir().unwrap();
    fill(media.path());
    let lab = Lab::with_phone(media.path());
    lab.choose_library("Photos");
    lab.listed();
    assert_eq!(lab.imported(&json!({"kind": "all_new"}))["totals"]["imported"], PHOTOS);
    files(&lab.path("Photos/Originals")).iter().take(3).for_each(|file| std::fs::remove_file(file).unwrap());
    let totals = &lab.imported(&json!({"kind": "all_new"}))["totals"];
    assert_eq!((&totals["imported"], &totals["already_imported"]), (&json!(3), &json!(PHOTOS - 3)));
    assert_eq!(files(&lab.path("Photos/Originals")).len() as u64, PHOTOS);
}
