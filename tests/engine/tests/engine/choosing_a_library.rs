//! Choosing a library: the one that is meant is found, none is made by a slip, and a list that can be put right.

use api::ErrorCode;
use engine::Lab;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// A phone with nothing on it, and the folder that it shows.
fn lab() -> (Lab, tempfile::TempDir) {
    let media = tempfile::tempdir().unwrap();
    fs::create_dir_all(media.path().join("DCIM")).unwrap();
    (Lab::with_phone(media.path()), media)
}

fn id(choice: &Value) -> String {
    choice["library"]["id"].as_str().unwrap_or_else(|| panic!("{choice}")).to_owned()
}

fn libraries_below(folder: &Path) -> usize {
    let here = usize::from(folder.join(".keepsake/library.json").is_file());
    let folders = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
    here + folders.map(|path| libraries_below(&path)).sum::<usize>()
}

#[test]
fn a_folder_in_a_library_or_around_it_means_that_library() {
    let (lab, _media) = lab();
    fs::create_dir(lab.path("drive")).unwrap();
    let made = lab.choose_library("drive/Keepsake");
    assert_eq!((&made["made"], &made["note"]), (&json!(true), &Value::Null));
    fs::create_dir_all(lab.path("drive/Keepsake/Originals/2024")).unwrap();
    for (picked, note) in [
        ("drive/Keepsake", Value::Null),
        ("drive/Keepsake/Originals/2024", json!("“2024” lies in the library “Keepsake”, which is used now.")),
        ("drive", json!("The library “Keepsake” is in “drive” already, and is used now.")),
    ] {
        lab.choose_library("other");
        let choice = lab.choose_library(picked);
        assert_eq!((id(&choice), &choice["made"], &choice["note"]), (id(&made), &json!(false), &note), "{picked}");
        assert_eq!(choice["library"]["current"], true);
    }
    assert_eq!(libraries_below(&lab.path("drive")), 1);
}

#[test]
fn a_folder_with_other_things_in_it_becomes_a_library_only_when_its_owner_agrees() {
    let (lab, _media) = lab();
    fs::create_dir(lab.path("Documents")).unwrap();
    fs::write(lab.path("Documents/taxes.pdf"), "x").unwrap();
    let asked = lab.choose_library("Documents");
    assert_eq!((&asked["kind"], &asked["name"]), (&json!("asks"), &json!("Documents")));
    assert_eq!(libraries_below(&lab.path("Documents")), 0);
    assert_eq!(lab.call("libraries", json!({})), json!([]));
    let made = lab.call("make_library", json!({}));
    assert_eq!((&made["made"], &made["library"]["name"]), (&json!(true), &json!("Documents")));
    assert_eq!(libraries_below(&lab.path("Documents")), 1);
    // Agreed to once is not agreed to for ever.
    let refused = lab.app.call("make_library", json!({})).unwrap_err();
    assert_eq!(refused.code, ErrorCode::BadRequest);
}

#[test]
fn a_library_that_was_moved_is_found_again_and_no_other_is_taken_for_it() {
    let (lab, _media) = lab();
    fs::create_dir(lab.path("old")).unwrap();
    let made = lab.choose_library("old/Keepsake");
    let other = lab.choose_library("Other");
    fs::create_dir(lab.path("new")).unwrap();
    fs::rename(lab.path("old/Keepsake"), lab.path("new/Photos 2026")).unwrap();
    let args = json!({"library": id(&made)});
    let gone = lab.app.call("use_library", args.clone()).unwrap_err();
    assert_eq!(gone.code, ErrorCode::DestinationGone);
    assert!(gone.message.ends_with("connect its drive, or choose where it is now"), "{}", gone.message);
    for (wrong, words) in [("Other", "another library is in “Other”"), ("old", "there is no library in “old”")]
    {
        *lab.chosen.lock().unwrap() = Some(lab.path(wrong));
        let error = lab.app.call("find_library", args.clone()).unwrap_err();
        assert!(error.message.to_lowercase().contains(&words.to_lowercase()), "{}", error.message);
    }
    assert_eq!(id(&json!({"library": lab.call("libraries", json!({}))[0]})), id(&other), "nothing changed");
    *lab.chosen.lock().unwrap() = Some(lab.path("new"));
    let found = lab.call("find_library", args);
    assert_eq!((id(&found), &found["library"]["name"]), (id(&made), &json!("Photos 2026")));
    let listed = lab.call("libraries", json!({}));
    assert_eq!(listed.as_array().unwrap().len(), 2, "{listed}");
}

#[test]
fn a_library_is_forgotten_and_nothing_of_it_is_touched() {
    let (lab, _media) = lab();
    let made = lab.choose_library("Photos");
    lab.listed();
    lab.call("forget_library", json!({"library": id(&made)}));
    assert_eq!(lab.call("libraries", json!({})), json!([]));
    assert_eq!(libraries_below(&lab.path("Photos")), 1);
    let plan = lab.app.call("plan_import", json!({"source": lab.source(), "selection": {"kind": "all_new"}})).unwrap();
    assert_eq!(plan["problem"]["code"], "no_library");
    assert_eq!(id(&lab.choose_library("Photos")), id(&made), "choosing its folder brings it back");
    let stranger = lab.app.call("forget_library", json!({"library": "../x"})).unwrap_err();
    assert_eq!(stranger.code, ErrorCode::BadRequest);
}

#[test]
fn an_import_makes_no_library_where_the_current_one_was() {
    let (lab, _media) = lab();
    lab.choose_library("Photos");
    lab.listed();
    fs::remove_dir_all(lab.path("Photos")).unwrap();
    fs::create_dir(lab.path("Photos")).unwrap();
    let args = json!({"source": lab.source(), "selection": {"kind": "all_new"}});
    let error = lab.app.call("start_import", args).unwrap_err();
    assert_eq!(error.code, ErrorCode::DestinationGone);
    assert!(fs::read_dir(lab.path("Photos")).unwrap().next().is_none());
}

#[test]
fn what_was_picked_before_a_library_was_chosen_is_found_in_its_catalog() {
    let media = tempfile::tempdir().unwrap();
    let folder = media.path().join("DCIM/100APPLE");
    fs::create_dir_all(&folder).unwrap();
    for number in 0..5_u8 {
        fs::write(folder.join(format!("IMG_{number:04}.JPG")), vec![number; 300]).unwrap();
    }
    let lab = Lab::with_phone(media.path());
    lab.listed();
    let rows = |lab: &Lab| -> Vec<(Value, Value)> {
        let args = json!({"source": lab.source(), "section": "new", "offset": 0, "limit": 500});
        let rows = lab.call("grid_rows", args);
        rows.as_array().unwrap().iter().map(|row| (row["id"].clone(), row["name"].clone())).collect()
    };
    let (picked, names): (Vec<Value>, Vec<Value>) = rows(&lab).into_iter().skip(1).step_by(2).unzip();
    let carried = |lab: &Lab, from: &str| {
        lab.call("carried_ids", json!({"source": lab.source(), "catalog": from, "ids": picked}))
    };
    let first = lab.choose_library("Photos");
    // Other photos first, so that the numbers differ.
    fs::write(folder.join("IMG_0000.JPG"), "another photo now").unwrap();
    lab.listed();
    let named = |lab: &Lab, ids: &Value| -> Vec<Value> {
        rows(lab).into_iter().filter(|(id, _)| ids.as_array().unwrap().contains(id)).map(|(_, name)| name).collect()
    };
    let here = carried(&lab, "none");
    assert_eq!(named(&lab, &here), names);
    let first = id(&first);
    lab.choose_library("Second");
    lab.listed();
    let args = json!({"source": lab.source(), "catalog": first, "ids": here});
    assert_eq!(named(&lab, &lab.call("carried_ids", args)), names);
    assert_eq!(carried(&lab, "0123456789abcdef0123456789abcdef"), json!([]), "nobody knows that library");
    let odd = lab.app.call("carried_ids", json!({"source": "x", "catalog": "../../x", "ids": []})).unwrap_err();
    assert_eq!(odd.code, ErrorCode::BadRequest);
}

#[test]
fn a_library_that_cannot_be_remembered_is_used_all_the_same_and_an_option_is_not_half_chosen() {
    let (lab, _media) = lab();
    let source = lab.listed();
    // Where the settings are written before they get their name, nothing can be written.
    let in_the_way = lab.path("home").join(format!("settings.json.{}.new", std::process::id()));
    fs::create_dir(&in_the_way).unwrap();
    let choice = lab.choose_library("Photos");
    assert!(choice["note"].as_str().unwrap().contains("has to be chosen again"), "{choice}");
    let listed =
        lab.until("listing into it", || Some(lab.listed()).filter(|scan| scan["catalog"] == choice["library"]["id"]));
    assert_ne!(listed["catalog"], source["catalog"]);
    let refused = lab.app.call("choose_sidecars", json!({"written": true})).unwrap_err();
    assert!(refused.message.contains("could not be written"), "{}", refused.message);
    assert_eq!(lab.call("settings", json!({}))["sidecars"], false);
    fs::remove_dir(&in_the_way).unwrap();
    assert_eq!(lab.call("choose_sidecars", json!({"written": true}))["sidecars"], true);
}
