//! The commands of the window, in the order a person's clicks give them.

use api::ErrorCode;
use engine::Lab;
use iphone_sim::{Fault, Status};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/media")
}

fn page(lab: &Lab, section: &str) -> Vec<Value> {
    let args = json!({"source": lab.source(), "section": section, "offset": 0, "limit": 500});
    lab.call("grid_rows", args).as_array().unwrap().clone()
}

fn days(lab: &Lab, section: &str) -> u64 {
    let days = lab.call("grid_days", json!({"source": lab.source(), "section": section}));
    days.as_array().unwrap().iter().map(|d| d["count"].as_u64().unwrap()).sum()
}

fn picture(lab: &Lab, token: &str) -> Option<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    lab.app.picture(token, Box::new(move |bytes| sender.send(bytes.map(|b| b.to_vec())).unwrap()));
    receiver.recv_timeout(Duration::from_secs(60)).unwrap()
}

#[test]
fn a_phone_is_seen_looked_through_and_imported() {
    let lab = Lab::with_phone(&fixtures());
    assert_eq!(lab.call("sources", json!({}))["sources"][0]["id"], lab.source());
    let scan = lab.listed();
    assert_eq!((&scan["phase"], &scan["already_imported"]), (&json!("done"), &json!(0)));
    let new = scan["new"].as_u64().unwrap();
    assert!(new > 30, "{scan}");
    assert_eq!(days(&lab, "new"), new);
    let rows = page(&lab, "new");
    let ids = lab.call("grid_ids", json!({"source": lab.source(), "section": "new", "offset": 0, "limit": 10_000}));
    assert_eq!(ids.as_array().unwrap(), &rows.iter().map(|r| r["id"].clone()).collect::<Vec<_>>());

    let plan = lab.call("plan_import", json!({"source": lab.source(), "selection": {"kind": "all_new"}}));
    assert_eq!(plan["problem"]["code"], "no_library");
    let choice = lab.choose_library("Photos");
    assert_eq!((&choice["kind"], &choice["made"]), (&json!("used"), &json!(true)));
    let library = &choice["library"];
    assert_eq!((&library["name"], &library["current"]), (&json!("Photos"), &json!(true)));
    lab.listed();
    let plan = lab.call("plan_import", json!({"source": lab.source(), "selection": {"kind": "all_new"}}));
    assert_eq!((&plan["problem"], &plan["assets"]), (&Value::Null, &json!(new)));

    let two: Vec<Value> = page(&lab, "new").iter().take(2).map(|r| r["id"].clone()).collect();
    let first = lab.imported(&json!({"kind": "assets", "ids": two}));
    assert_eq!(
        first["totals"],
        json!({"seen": new, "imported": 2, "already_imported": 0, "only_in_icloud": 0, "not_selected": new - 2, "failed": 0, "put_aside": 0})
    );
    assert_eq!((days(&lab, "new"), days(&lab, "already_imported"), days(&lab, "last_import")), (new - 2, 2, 2));
    let rest = lab.imported(&json!({"kind": "all_new"}));
    assert_eq!((&rest["totals"]["imported"], &rest["totals"]["already_imported"]), (&json!(new - 2), &json!(2)));
    assert_eq!((days(&lab, "new"), days(&lab, "already_imported"), days(&lab, "last_import")), (0, new, new - 2));
    let list = |list: &str| {
        let list = json!({"kind": "import", "session": rest["session"], "list": list});
        lab.call("list_items", json!({"list": list, "offset": 0, "limit": 500})).as_array().unwrap().len() as u64
    };
    assert_eq!((list("imported"), list("already_imported"), list("failed")), (new - 2, 2, 0));

    // The next day: everything is asked again, nothing is new.
    let lab = lab.restarted();
    let scan = lab.listed();
    assert_eq!((&scan["new"], &scan["already_imported"]), (&json!(0), &json!(new)));
    assert_eq!(lab.call("import_status", json!({}))["totals"], rest["totals"]);
}

#[test]
fn pictures_come_by_token_and_from_the_copy_when_the_phone_is_gone() {
    let lab = Lab::with_phone(&fixtures());
    lab.choose_library("Photos");
    lab.listed();
    let heic = |rows: Vec<Value>| rows.into_iter().find(|r| r["name"] == "perkeep__IMG_8062.HEIC").unwrap();
    let token = heic(page(&lab, "new"))["thumbnail"].as_str().unwrap().to_owned();
    let shown = picture(&lab, &token).unwrap();
    assert_eq!(shown[..3], [0xFF, 0xD8, 0xFF]);
    for stray in ["", "1", "1-", "999999-00000000", "../../etc/passwd", "x-y", &format!("{token}0")] {
        assert_eq!(picture(&lab, stray), None, "{stray}");
    }
    // The next day the rows are there before the phone is open again: the picture waits for it.
    let lab = lab.restarted();
    lab.call("open_source", json!({"source": lab.source()}));
    assert_eq!(picture(&lab, &token).map(|p| p.len()), Some(shown.len()));
    lab.listed();
    lab.imported(&json!({"kind": "all_new"}));
    let mut lab = lab.restarted();
    lab.phone = None;
    let lab = lab.restarted();
    let args = json!({"session": "", "source": "iphone:00008110-000A1B2C3D4E801E", "section": "last_import", "offset": 0, "limit": 500});
    let rows = lab.call("grid_rows", args).as_array().unwrap().clone();
    assert!(picture(&lab, heic(rows)["thumbnail"].as_str().unwrap()).is_some());
}

#[test]
fn an_unplugged_phone_is_said_and_the_import_continued() {
    let media = tempfile::tempdir().unwrap();
    let folder = media.path().join("DCIM/100APPLE");
    std::fs::create_dir_all(&folder).unwrap();
    for number in 0..20_u8 {
        std::fs::write(folder.join(format!("IMG_{number:04}.JPG")), vec![number; 300_000]).unwrap();
    }
    let lab = Lab::with_phone(media.path());
    lab.choose_library("Photos");
    lab.listed();
    let phone = lab.phone.as_ref().unwrap();
    phone.inject(Fault::UnplugAfterBytes { bytes: 2_000_000 });
    let cut = lab.imported(&json!({"kind": "all_new"}));
    assert_eq!(cut["stopped"]["code"], "source_gone", "{cut}");
    let done = cut["totals"]["imported"].as_u64().unwrap();
    assert!(done < 20);
    assert_eq!(cut["totals"]["failed"], json!(20 - done));
    phone.behave();
    phone.replug();
    lab.until("the phone", || (lab.call("sources", json!({}))["sources"].as_array().unwrap().len() == 1).then_some(()));
    lab.listed();
    let rest = lab.imported(&json!({"kind": "unfinished", "session": cut["session"]}));
    assert_eq!((&rest["totals"]["imported"], &rest["stopped"]), (&json!(20 - done), &Value::Null), "{rest}");
}

#[test]
fn an_import_can_be_cancelled_and_says_so() {
    let media = tempfile::tempdir().unwrap();
    let folder = media.path().join("DCIM/100APPLE");
    std::fs::create_dir_all(&folder).unwrap();
    for number in 0..200_u8 {
        std::fs::write(folder.join(format!("IMG_{number:04}.JPG")), vec![number; 400_000]).unwrap();
    }
    let lab = Lab::with_phone(media.path());
    lab.choose_library("Photos");
    lab.listed();
    lab.call("start_import", json!({"source": lab.source(), "selection": {"kind": "all_new"}}));
    let again = lab.app.call("start_import", json!({"source": lab.source(), "selection": {"kind": "all_new"}}));
    assert_eq!(again.unwrap_err().code, ErrorCode::Busy);
    lab.call("cancel_import", json!({}));
    let import = lab.until("the end", || {
        let import = lab.call("import_status", json!({}));
        (import["phase"] == "finished").then_some(import)
    });
    assert_eq!(import["stopped"]["code"], "cancelled");
    let totals = &import["totals"];
    assert_eq!(totals["imported"].as_u64().unwrap() + totals["failed"].as_u64().unwrap(), 200);
    assert!(lab.events.lock().unwrap().iter().any(|e| e["type"] == "import"));
}

#[test]
fn the_door_is_narrow() {
    let lab = Lab::with_phone(&fixtures());
    lab.choose_library("Photos");
    // A folder that nobody picked, however it is named.
    let folder = format!("folder:{}", fixtures().display());
    for (name, args) in [
        ("no_such_command", json!({})),
        ("grid_rows", json!({"source": 5})),
        ("use_library", json!({"library": "../../etc"})),
        ("list_items", json!({"list": {"kind": "import", "session": "x", "list": "failed"}, "offset": 0, "limit": 1})),
        ("open_source", json!({"source": folder})),
        ("open_source", json!({"source": "iphone"})),
        ("open_source", json!({"source": "iphone:../x"})),
        ("rescan", json!({"source": fixtures()})),
        ("plan_import", json!({"source": folder, "selection": {"kind": "all_new"}})),
        ("start_import", json!({"source": folder, "selection": {"kind": "all_new"}})),
    ] {
        assert_eq!(lab.app.call(name, args).unwrap_err().code, ErrorCode::BadRequest, "{name}");
    }
    let many = lab.call("grid_rows", json!({"source": lab.source(), "section": "new", "offset": 0, "limit": u32::MAX}));
    assert!(many.as_array().unwrap().len() <= 500);
    *lab.chosen.lock().unwrap() = Some(fixtures().canonicalize().unwrap());
    let picked = lab.call("pick_source", json!({}));
    assert_eq!(lab.call("open_source", json!({"source": picked["id"]}))["source"], picked["id"]);
}

#[test]
fn each_copy_says_how_it_was_verified_and_a_second_reading_is_remembered() {
    let media = tempfile::tempdir().unwrap();
    let folder = media.path().join("DCIM/100APPLE");
    std::fs::create_dir_all(&folder).unwrap();
    for number in 0..3_u8 {
        std::fs::write(folder.join(format!("IMG_{number:04}.JPG")), vec![number; 3000]).unwrap();
    }
    let lab = Lab::with_phone(media.path());
    lab.choose_library("Photos");
    lab.listed();
    let imported = |lab: &Lab, rows: usize| {
        let ids: Vec<Value> = page(lab, "new").iter().take(rows).map(|r| r["id"].clone()).collect();
        let import = lab.imported(&json!({"kind": "assets", "ids": ids}));
        let list = json!({"kind": "import", "session": import["session"], "list": "imported"});
        let args = json!({"list": list, "offset": 0, "limit": 500});
        assert_eq!(lab.call("list_items", args)[0]["evidence"], page(lab, "last_import")[0]["evidence"]);
        (page(lab, "last_import")[0]["evidence"].clone(), import["evidence"].clone())
    };
    let counts = |way: &str| {
        let mut counts = json!({"phone_hash": 0, "photos_fingerprint": 0, "second_read": 0, "read_back": 0});
        counts[way] = json!(1);
        (json!(way), counts)
    };
    assert_eq!(imported(&lab, 1), counts("phone_hash"));
    lab.phone.as_ref().unwrap().inject(Fault::RefusesHash { status: Status::Unsupported });
    assert_eq!(imported(&lab, 1), counts("read_back"));
    assert_eq!(lab.call("settings", json!({}))["thoroughness"], "read_back");
    lab.call("choose_thoroughness", json!({"thoroughness": "second_read"}));
    let lab = lab.restarted();
    assert_eq!(lab.call("settings", json!({}))["thoroughness"], "second_read");
    lab.listed();
    assert_eq!(imported(&lab, 1), counts("second_read"));
}

#[test]
fn every_number_has_a_list_that_can_be_saved_and_an_import_can_be_undone() {
    let media = tempfile::tempdir().unwrap();
    let folder = media.path().join("DCIM/100APPLE");
    std::fs::create_dir_all(&folder).unwrap();
    for number in 0..5_u8 {
        std::fs::write(folder.join(format!("IMG_{number:04}.JPG")), vec![number; 3000]).unwrap();
    }
    let lab = Lab::with_phone(media.path());
    lab.choose_library("Photos");
    let scan = lab.listed();
    let ids: Vec<Value> = page(&lab, "new").iter().take(3).map(|r| r["id"].clone()).collect();
    let import = lab.imported(&json!({"kind": "assets", "ids": ids}));
    let of_import = |list: &str| json!({"kind": "import", "session": import["session"], "list": list});
    let of_source = |section: &str| json!({"kind": "source", "source": lab.source(), "section": section});
    let count = |list: Value| {
        let items = lab.call("list_items", json!({"list": list, "offset": 0, "limit": 500}));
        items.as_array().unwrap().len()
    };
    assert_eq!((count(of_import("imported")), count(of_import("not_selected"))), (3, 2));
    assert_eq!((count(of_import("already_imported")), count(of_import("only_in_icloud"))), (0, 0));
    assert_eq!((count(of_source("new")), count(of_source("already_imported")), count(of_source("missing"))), (2, 3, 0));
    assert_eq!(scan["missing"], 0);

    *lab.chosen.lock().unwrap() = Some(lab.path("list"));
    let saved = lab.call("export_list", json!({"list": of_import("imported")}));
    assert_eq!(saved, json!({"name": "list.csv", "rows": 3}));
    let text = std::fs::read_to_string(lab.path("list.csv")).unwrap();
    assert_eq!(text.lines().filter(|line| line.contains(",phone_hash,")).count(), 3, "{text}");
    *lab.chosen.lock().unwrap() = None;
    assert_eq!(lab.call("export_list", json!({"list": of_source("new")})), Value::Null);

    let past = lab.call("past_imports", json!({"offset": 0, "limit": 10}));
    assert_eq!((&past[0]["session"], &past[0]["files"]), (&import["session"], &json!(3)));
    let undone = lab.call("undo_import", json!({"session": import["session"]}));
    assert_eq!((&undone["moved"], &undone["left"]), (&json!(3), &json!(0)));
    let told: Vec<Value> = lab.events.lock().unwrap().iter().filter(|e| e["type"] == "undo").cloned().collect();
    assert_eq!(told[0]["undoing"], json!({"session": import["session"], "done": 3, "total": 3}));
    assert_eq!(told.last().unwrap()["undoing"], Value::Null, "that it ended is told");
    assert_eq!((days(&lab, "new"), days(&lab, "already_imported"), days(&lab, "last_import")), (5, 0, 0));
    assert!(lab.call("import_status", json!({}))["undone_at"].is_string());
    assert_eq!(lab.call("past_imports", json!({"offset": 0, "limit": 10}))[0]["files"], 0);
    assert_eq!(lab.imported(&json!({"kind": "all_new"}))["totals"]["imported"], 5);
}
