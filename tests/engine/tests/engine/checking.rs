//! Checking a library in the window, and what the books say afterwards.

use api::ErrorCode;
use engine::Lab;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A phone with so many small photos, and a library.
pub(crate) fn with_photos(count: usize) -> (tempfile::TempDir, Lab) {
    let media = tempfile::tempdir().unwrap();
    let folder = media.path().join("DCIM/100APPLE");
    std::fs::create_dir_all(&folder).unwrap();
    for number in 0..count {
        std::fs::write(folder.join(format!("IMG_{number:04}.JPG")), format!("photo {number:04}")).unwrap();
    }
    let lab = Lab::with_phone(media.path());
    lab.choose_library("Photos");
    lab.listed();
    (media, lab)
}

fn checked(lab: &Lab) -> Value {
    lab.call("start_check", json!({}));
    lab.until("the check's end", || Some(status(lab)).filter(|check| check["running"].is_null()))
}

fn status(lab: &Lab) -> Value {
    lab.call("check_status", json!({}))
}

fn counts(check: &Value) -> [u64; 4] {
    ["changed", "missing", "unknown", "new_again"].map(|name| check[name].as_u64().unwrap())
}

fn list(lab: &Lab, which: &str) -> Vec<Value> {
    let list = json!({"kind": "check", "list": which});
    lab.call("list_items", json!({"list": list, "offset": 0, "limit": 500})).as_array().unwrap().clone()
}

fn original(lab: &Lab, name: &str) -> PathBuf {
    fn find(folder: &Path, name: &str) -> Option<PathBuf> {
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).find_map(|path| match path.is_dir() {
            true => find(&path, name),
            false => Some(path).filter(|path| path.ends_with(name)),
        })
    }
    find(&lab.path("Photos/Originals"), name).unwrap()
}

#[test]
fn a_library_is_checked_and_what_is_wrong_is_listed_and_brought_back() {
    let (_media, lab) = with_photos(6);
    assert_eq!(counts(&status(&lab)), [0; 4]);
    assert_eq!(status(&lab)["last"], Value::Null);
    lab.imported(&json!({"kind": "all_new"}));
    let sound = checked(&lab);
    assert_eq!((&sound["last"]["photos"], counts(&sound), &sound["problem"]), (&json!(6), [0; 4], &Value::Null));
    assert_eq!(lab.listed()["already_imported"], 6);

    let changed = original(&lab, "IMG_0002.JPG");
    std::fs::write(&changed, "photo 0OO2").unwrap();
    std::fs::remove_file(original(&lab, "IMG_0003.JPG")).unwrap();
    std::fs::write(changed.with_file_name("notes.txt"), "mine").unwrap();
    let found = checked(&lab);
    assert_eq!(counts(&found), [1, 1, 1, 2]);
    let scan = lab.listed();
    assert_eq!(
        (&scan["new"], &scan["already_imported"]),
        (&json!(2), &json!(4)),
        "the listing knows without a new one"
    );
    let item = &list(&lab, "changed")[0];
    assert_eq!((&item["name"], &item["source_path"]), (&json!("IMG_0002.JPG"), &json!("DCIM/100APPLE/IMG_0002.JPG")));
    assert_eq!(list(&lab, "unknown")[0]["name"], "notes.txt");
    for which in ["changed", "missing", "unknown"] {
        lab.call("reveal_item", json!({"list": {"kind": "check", "list": which}, "offset": 0}));
    }

    // The next day.
    let lab = lab.restarted();
    lab.listed();
    assert_eq!((counts(&status(&lab)), &status(&lab)["last"]), ([1, 1, 1, 2], &found["last"]));
    let aside = lab.call("set_changed_aside", json!({}));
    assert_eq!((&aside["moved"], &aside["left"], &aside["folder"]), (&json!(1), &json!(0), &json!("Removed")));
    assert!(!changed.exists());
    assert_eq!(counts(&status(&lab)), [0, 1, 1, 1]);
    let import = lab.imported(&json!({"kind": "all_new"}));
    assert_eq!((&import["totals"]["imported"], &import["totals"]["already_imported"]), (&json!(2), &json!(4)));
    assert_eq!(std::fs::read(&changed).unwrap(), b"photo 0002");
    assert_eq!(counts(&status(&lab)), [0, 0, 1, 0]);
    assert_eq!(counts(&checked(&lab)), [0, 0, 1, 0]);
    assert_eq!(lab.listed()["already_imported"], 6);
}

#[test]
fn one_thing_happens_in_a_library_at_a_time_and_a_check_can_be_stopped() {
    let (_media, lab) = with_photos(3);
    lab.imported(&json!({"kind": "all_new"}));
    // Takes long, and is empty on the disk.
    let film = original(&lab, "IMG_0001.JPG");
    std::fs::File::options().write(true).open(&film).unwrap().set_len(100 << 30).unwrap();
    let started = lab.call("start_check", json!({}));
    assert_eq!(started["running"]["stopping"], false, "{started}");
    let session = lab.call("import_status", json!({}))["session"].clone();
    let import = json!({"source": lab.source(), "selection": {"kind": "all_new"}});
    for (name, args) in [
        ("start_check", json!({})),
        ("set_changed_aside", json!({})),
        ("start_import", import),
        ("undo_import", json!({"session": session})),
        ("pick_library", json!({})),
    ] {
        let refused = lab.app.call(name, args).unwrap_err();
        assert_eq!((refused.code, name), (ErrorCode::Busy, name), "{}", refused.message);
    }
    lab.until("some of it is read", || Some(()).filter(|()| status(&lab)["running"]["done_files"] == 1));
    lab.call("stop_check", json!({}));
    let stopped = lab.until("the end", || Some(status(&lab)).filter(|check| check["running"].is_null()));
    assert_eq!((&stopped["problem"]["code"], &stopped["last"]), (&json!("cancelled"), &Value::Null));
    assert!(stopped["problem"]["message"].as_str().unwrap().contains("1 of 3 files"), "{stopped}");
    std::fs::File::options().write(true).open(&film).unwrap().set_len(10).unwrap();
    assert_eq!(counts(&checked(&lab)), [0; 4]);
    let told = |event: &Value| event["type"] == "check" && event["check"]["last"]["photos"] == 3;
    lab.until("the news", || lab.events.lock().unwrap().iter().any(told).then_some(()));
    // Closing the window ends it.
    std::fs::File::options().write(true).open(&film).unwrap().set_len(100 << 30).unwrap();
    lab.call("start_check", json!({}));
    lab.app.wind_up(std::time::Duration::from_secs(60));
    assert_eq!(status(&lab)["problem"]["code"], "cancelled");
}

#[test]
fn copies_that_lost_their_record_are_told_and_a_damaged_one_is_new_again() {
    let (_media, lab) = with_photos(4);
    lab.imported(&json!({"kind": "all_new"}));
    let manifests = lab.path("Photos/.keepsake/manifests");
    std::fs::read_dir(manifests).unwrap().for_each(|manifest| std::fs::remove_file(manifest.unwrap().path()).unwrap());
    std::fs::write(original(&lab, "IMG_0002.JPG"), "photo 0OO2").unwrap();
    let found = checked(&lab);
    assert_eq!(counts(&found), [1, 0, 0, 1]);
    let message = found["problem"]["message"].as_str().unwrap();
    assert!(message.starts_with("3 copies are whole, but the library's own records"), "{message}");
    assert_eq!(lab.listed()["already_imported"], 3);
}
