//! The phone's library in the window: what is only in iCloud, albums, bursts, where a copy is from, and importing again.

use engine::Lab;
use iphone_sim::{Availability, ExpectedAsset, Phone, PhotosLibrary, Role};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc;
use std::time::Duration;

fn lab() -> Lab {
    let library = PhotosLibrary { assets: 300, mean_bytes: 3_000, model: 18_600, seed: 3 };
    let lab = Lab::beside(Phone::builder().photos_library(library).start().unwrap());
    lab.choose_library("Photos");
    lab.listed();
    lab
}

fn rows(lab: &Lab, section: &str, album: Option<u64>) -> Vec<Value> {
    let args = json!({"source": lab.source(), "section": section, "album": album, "offset": 0, "limit": 500});
    lab.call("grid_rows", args).as_array().unwrap().clone()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn albums(lab: &Lab) -> BTreeMap<String, Value> {
    let albums = lab.call("albums", json!({"source": lab.source(), "offset": 0, "limit": 500}));
    let named = albums.as_array().unwrap().iter().map(|album| {
        let path: Vec<&str> = album["path"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
        (path.join("|"), album.clone())
    });
    named.collect()
}

#[test]
fn the_window_is_told_how_far_the_phones_library_is_read_before_anything_is_found() {
    let lab = lab();
    let events = lab.events.lock().unwrap().clone();
    let scans: Vec<&Value> =
        events.iter().filter(|event| event["type"] == "scan").map(|event| &event["scan"]).collect();
    let reading: Vec<_> = scans.iter().filter(|scan| !scan["reading"].is_null()).collect();
    assert_eq!(reading[0]["reading"]["done_bytes"], 0);
    for scan in reading {
        assert!(number(&scan["reading"]["bytes"]) > 100_000, "{scan}");
        assert_eq!((&scan["phase"], number(&scan["assets"])), (&json!("listing"), 0));
    }
    let last = scans.last().unwrap();
    assert_eq!((&last["phase"], last["reading"].is_null()), (&json!("done"), true));
}

fn ids(rows: &[Value]) -> Vec<Value> {
    rows.iter().map(|row| row["id"].clone()).collect()
}

fn picture(lab: &Lab, row: &Value) -> Option<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    let reply = move |bytes: Option<std::sync::Arc<Vec<u8>>>| sender.send(bytes.map(|b| b.to_vec())).unwrap();
    lab.app.picture(row["thumbnail"].as_str().unwrap(), Box::new(reply));
    receiver.recv_timeout(Duration::from_secs(60)).unwrap()
}

/// What the phone shows of an album, in the owner's eyes.
fn shown<'a>(lab: &'a Lab, title: &str) -> Vec<&'a ExpectedAsset> {
    let expected = lab.phone.as_ref().unwrap().expected().unwrap();
    let album = expected.albums.iter().find(|a| a.title.as_deref() == Some(title) && !a.trashed).unwrap();
    let inside = expected.assets.iter().filter(|a| album.assets.contains(&a.uuid));
    inside.filter(|a| !a.hidden && a.deleted.is_none()).collect()
}

fn is_here(asset: &ExpectedAsset) -> bool {
    let original = |role| matches!(role, Role::OriginalPhoto | Role::OriginalVideo);
    asset.resources.iter().any(|r| original(r.role) && r.availability == Availability::OnDevice)
}

#[test]
fn what_is_only_in_icloud_is_in_the_grid_with_the_phones_picture_and_cannot_be_imported() {
    let lab = lab();
    let cloud = rows(&lab, "only_in_icloud", None);
    assert!(cloud.len() > 5 && cloud.iter().all(|row| row["availability"] == "only_in_icloud"), "{cloud:?}");
    assert_eq!(picture(&lab, &cloud[0]).unwrap()[..3], [0xFF, 0xD8, 0xFF]);
    let import = lab.imported(&json!({"kind": "assets", "ids": ids(&cloud[..3])}));
    assert_eq!(import["totals"]["imported"], 0, "{import}");
    let expected = lab.phone.as_ref().unwrap().expected().unwrap();
    let new = rows(&lab, "new", None);
    let favourites = |rows: &[Value]| rows.iter().filter(|row| row["favorite"] == true).count();
    assert!(favourites(&new) > 0 && new.iter().any(|row| row["edited"] == true));
    assert!(expected.assets.iter().filter(|a| a.favorite).count() >= favourites(&new));
}

#[test]
fn an_album_is_a_part_of_the_grid_and_imported_by_its_id() {
    let lab = lab();
    let before = lab.listed();
    let paris = albums(&lab).remove("Trips|2024|Paris/Été ✨").unwrap();
    let wanted = shown(&lab, "Paris/Été ✨");
    assert_eq!(number(&paris["assets"]), wanted.len() as u64, "{paris}");
    let id = paris["id"].as_u64();
    let new = rows(&lab, "new", id);
    assert_eq!(
        (new.len() as u64, rows(&lab, "only_in_icloud", id).len()),
        (number(&paris["new"]), wanted.len() - new.len())
    );
    let days: Vec<&str> = new.iter().map(|row| row["taken_at"].as_str().unwrap()).collect();
    assert!(days.is_sorted_by(|a, b| a[..19] >= b[..19]), "an album is in the order of the grid: {days:?}");

    let here = wanted.iter().filter(|asset| is_here(asset)).count() as u64;
    let import = lab.imported(&json!({"kind": "album", "album": id}));
    assert_eq!(number(&import["totals"]["imported"]), here, "{import}");
    assert_eq!(rows(&lab, "already_imported", id).len() as u64, here);
    // The filter and the albums survive a listing; what the source holds is not changed by looking at a part of it.
    lab.call("rescan", json!({"source": lab.source()}));
    let after = lab.listed();
    assert_eq!(albums(&lab)["Trips|2024|Paris/Été ✨"]["id"].as_u64(), id);
    assert_eq!(rows(&lab, "already_imported", id).len() as u64, here);
    assert_eq!(after["assets"], before["assets"]);
    assert!(!albums(&lab).contains_key("Empty") && !albums(&lab).contains_key("Deleted"));
    assert_eq!(lab.imported(&json!({"kind": "album", "album": 0}))["totals"]["imported"], 0, "no such album");
}

#[test]
fn a_burst_is_one_cell_and_all_its_frames_are_imported() {
    let lab = lab();
    let new = rows(&lab, "new", None);
    let bursts: Vec<&Value> = new.iter().filter(|row| !row["burst"].is_null()).collect();
    assert!(!bursts.is_empty(), "no burst is in the roll");
    let expected = lab.phone.as_ref().unwrap().expected().unwrap();
    let picks: BTreeSet<&str> = expected
        .assets
        .iter()
        .filter(|a| a.burst.as_ref().is_some_and(|b| b.pick & 28 != 0))
        .map(|a| a.original_name.as_str())
        .collect();
    for cell in &bursts {
        let frames = lab.call("grid_assets", json!({"ids": cell["burst"]["ids"]}));
        let frames = frames.as_array().unwrap();
        assert!(frames.len() > 1 && frames[0]["id"] == cell["id"], "{cell}");
        let picked = number(&cell["burst"]["picked"]) as usize;
        let names: Vec<&str> = frames.iter().map(|frame| frame["name"].as_str().unwrap()).collect();
        assert!(names.iter().enumerate().all(|(n, name)| picks.contains(name) == (n < picked)), "{names:?} {picked}");
    }
    let args = json!({"source": lab.source(), "section": "new", "offset": 0, "limit": 10_000});
    let cells = lab.call("grid_ids", args);
    let all: usize = cells.as_array().unwrap().iter().map(|cell| cell.as_array().map_or(1, Vec::len)).sum();
    let scan = lab.listed();
    assert_eq!(all as u64, number(&scan["new"]), "every frame is counted");
    let days = lab.call("grid_days", json!({"source": lab.source(), "section": "new"}));
    let sum = |field: &str| days.as_array().unwrap().iter().map(|day| number(&day[field])).sum::<u64>();
    assert_eq!((sum("assets"), sum("count")), (all as u64, new.len() as u64));
}

#[test]
fn a_copy_says_where_it_is_from_and_can_be_made_again() {
    let lab = lab();
    let two = ids(&rows(&lab, "new", None)[..2]);
    let first = lab.imported(&json!({"kind": "assets", "ids": two}));
    let photo = || lab.call("photo", json!({"id": two[0]}));
    let copy = photo()["copy"].clone();
    assert_eq!((&copy["matched"], &copy["imported_at"]), (&json!("place"), &first["started_at"]), "{copy}");
    assert!(copy["evidence"].is_string() && copy["path"].as_str().unwrap().starts_with("Originals/"), "{copy}");
    assert_eq!(lab.call("photo", json!({"id": 4_000_000})), Value::Null);

    assert_eq!(lab.imported(&json!({"kind": "assets", "ids": two}))["totals"]["imported"], 0);
    let plan = lab.call("plan_import", json!({"source": lab.source(), "selection": {"kind": "again", "ids": two}}));
    assert_eq!(plan["assets"], 2);
    let again = lab.imported(&json!({"kind": "again", "ids": two}));
    assert_eq!((&again["totals"]["imported"], &again["stopped"]), (&json!(2), &Value::Null), "{again}");
    let second = photo()["copy"].clone();
    assert_ne!(second["path"], copy["path"]);
    assert!(lab.path("Photos").join(copy["path"].as_str().unwrap()).is_file());
    assert!(lab.path("Photos").join(second["path"].as_str().unwrap()).is_file());
    assert_eq!(lab.listed()["already_imported"], 2, "it is two photos still");

    lab.call("undo_import", json!({"session": again["session"]}));
    assert_eq!(photo()["copy"], copy, "the first copy is what it was");
    lab.call("rescan", json!({"source": lab.source()}));
    assert_eq!(lab.listed()["already_imported"], 2);
}
