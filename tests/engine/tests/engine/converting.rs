//! JPEGs made of a phone's photos because the window's options ask for them.

use api::ErrorCode;
use engine::Lab;
use serde_json::{Value, json};
use std::path::Path;

/// Photos of the phone: two that can be converted, one that is cut, and a JPEG.
const PHOTOS: [(&str, &str); 4] = [
    ("perkeep__IMG_8062.HEIC", "IMG_8062.HEIC"),
    ("pigallery2__IMG_7943.HEIC", "IMG_7943.HEIC"),
    ("perkeep__black-seattle-truncated.heic", "IMG_0003.heic"),
    ("digicam_corpus__IMG_3614.JPG", "IMG_3614.JPG"),
];

fn lab() -> (Lab, tempfile::TempDir) {
    let media = tempfile::tempdir().unwrap();
    let folder = media.path().join("DCIM/100APPLE");
    std::fs::create_dir_all(&folder).unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/media");
    for (fixture, name) in PHOTOS {
        std::fs::copy(fixtures.join(fixture), folder.join(name)).unwrap();
    }
    let lab = Lab::with_phone(media.path());
    lab.choose_library("Photos");
    lab.listed();
    (lab, media)
}

fn wish(heic: bool, originals: bool) -> Value {
    json!({"conversion": {"heic": heic, "smaller": false, "longest_edge": 2048, "quality": 80, "originals": originals}})
}

/// Every file below a folder, by name.
fn names(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            found.extend(names(&entry.path()));
        } else {
            found.push(entry.file_name().into_string().unwrap());
        }
    }
    found.sort();
    found
}

fn manifest(library: &Path) -> String {
    let folder = library.join(".keepsake/manifests");
    names(&folder).iter().map(|name| std::fs::read_to_string(folder.join(name)).unwrap()).collect()
}

fn listed(lab: &Lab, import: &Value, list: &str) -> Vec<Value> {
    let list = json!({"kind": "import", "session": import["session"], "list": list});
    lab.call("list_items", json!({"list": list, "offset": 0, "limit": 500})).as_array().unwrap().clone()
}

/// What an import made: JPEGs, originals they stand for, photos with a warning.
fn made(import: &Value) -> (u64, u64, u64) {
    let count = |what: &str| import["made"][what].as_u64().unwrap();
    (count("files"), count("originals_left_out"), count("warned"))
}

#[test]
fn jpegs_are_made_where_the_options_ask_for_them_and_only_once() {
    let (lab, _media) = lab();
    assert_eq!(lab.call("settings", json!({}))["conversion"]["heic"], false);
    let set = lab.call("choose_conversion", wish(true, true));
    let import = lab.imported(&json!({"kind": "all_new"}));
    assert_eq!((&import["totals"]["imported"], &import["totals"]["failed"]), (&json!(4), &json!(0)), "{import}");
    assert_eq!(made(&import), (2, 0, 1));
    let all = ["IMG_0003.heic", "IMG_3614.JPG", "IMG_7943.HEIC", "IMG_7943.JPG", "IMG_8062.HEIC", "IMG_8062.JPG"];
    let library = lab.path("Photos");
    assert_eq!(names(&library.join("Originals")), all);
    assert_eq!(manifest(&library).matches("\"converted\"").count(), 2);
    let warned = listed(&lab, &import, "warned");
    let message = json!("No JPEG was made of IMG_0003.heic: The file is cut short.");
    assert_eq!((warned.len(), &warned[0]["warning"], &warned[0]["error"]), (1, &message, &Value::Null));
    let imported = listed(&lab, &import, "imported");
    assert_eq!(imported.iter().filter(|item| item["warning"] == message).count(), 1);

    // The next day the options are what they were, the import is told the same, and nothing is made twice.
    let lab = lab.restarted();
    assert_eq!(lab.call("settings", json!({}))["conversion"], set["conversion"]);
    assert_eq!(lab.call("import_status", json!({}))["made"], import["made"]);
    lab.listed();
    let again = lab.imported(&json!({"kind": "all_new"}));
    assert_eq!(made(&again), (0, 0, 0));
    assert_eq!(names(&library.join("Originals")), all);
}

#[test]
fn originals_are_left_out_only_where_that_was_chosen_and_a_jpeg_was_made() {
    let (lab, _media) = lab();
    lab.call("choose_conversion", wish(true, false));
    let import = lab.imported(&json!({"kind": "all_new"}));
    // Of one more the brightness of HDR is lost, and no original has it.
    assert_eq!(made(&import), (2, 2, 2));
    let left = ["IMG_0003.heic", "IMG_3614.JPG", "IMG_7943.JPG", "IMG_8062.JPG"];
    assert_eq!(names(&lab.path("Photos/Originals")), left);
    let scan = lab.listed();
    assert_eq!((&scan["already_imported"], &scan["jpeg_only"]), (&json!(4), &json!(2)));
}

#[test]
fn numbers_out_of_bounds_are_refused_and_nothing_is_remembered() {
    let (lab, _media) = lab();
    let before = lab.call("settings", json!({}));
    for (edge, quality) in [(15, 80), (65_536, 80), (2048, 0), (2048, 101)] {
        let wish = json!({"heic": true, "smaller": true, "longest_edge": edge, "quality": quality, "originals": false});
        let refused = lab.app.call("choose_conversion", json!({"conversion": wish})).unwrap_err();
        assert_eq!(refused.code, ErrorCode::BadRequest, "{edge} {quality}");
    }
    assert_eq!(lab.call("settings", json!({})), before);
}
