//! What befalls an import from outside: drives that come back, another program in the way, a panic.

use api::ErrorCode;
use engine::Lab;
use iphone_sim::{Phone, Trust};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const ALL_NEW: &str = "all_new";

fn with_photos(count: u8) -> (tempfile::TempDir, Lab) {
    let media = tempfile::tempdir().unwrap();
    lay_out(media.path(), count, 3000);
    let lab = Lab::with_phone(media.path());
    (media, lab)
}

/// A phone whose import takes a while, listed for a library.
fn with_a_long_import() -> (tempfile::TempDir, Lab) {
    let (media, lab) = with_photos(0);
    lay_out(media.path(), 200, 400_000);
    lab.choose_library("Photos");
    lab.listed();
    (media, lab)
}

fn lay_out(media: &Path, count: u8, bytes: usize) {
    let camera = media.join("DCIM/100APPLE");
    std::fs::create_dir_all(&camera).unwrap();
    for number in 0..count {
        std::fs::write(camera.join(format!("IMG_{number:04}.JPG")), vec![number; bytes]).unwrap();
    }
}

fn new_ids(lab: &Lab, count: usize) -> Vec<Value> {
    let args = json!({"source": lab.source(), "section": "new", "offset": 0, "limit": count});
    lab.call("grid_ids", args).as_array().unwrap().clone()
}

fn start(lab: &Lab, selection: &Value, catalog: &Value) -> Result<Value, api::ErrorDto> {
    lab.app.call("start_import", json!({"source": lab.source(), "selection": selection, "catalog": catalog}))
}

#[test]
fn a_library_that_comes_back_is_listed_against_before_anything_is_imported_into_it() {
    let (_media, lab) = with_photos(6);
    lab.choose_library("Photos");
    let library = lab.listed()["catalog"].clone();
    let two = new_ids(&lab, 2);
    lab.imported(&json!({"kind": "assets", "ids": two}));
    let lab = lab.restarted_after(|home| std::fs::rename(home.join("Photos"), home.join("away")).unwrap());
    let without = lab.listed();
    assert_eq!((&without["new"], &without["catalog"]), (&json!(6), &json!("none")));
    let picked = json!({"kind": "assets", "ids": new_ids(&lab, 2)});

    std::fs::rename(lab.path("away"), lab.path("Photos")).unwrap();
    let plan = json!({"source": lab.source(), "selection": picked, "catalog": without["catalog"]});
    assert_eq!(lab.call("plan_import", plan)["problem"]["code"], "busy");
    for selection in [&picked, &json!({"kind": ALL_NEW})] {
        assert_eq!(start(&lab, selection, &without["catalog"]).unwrap_err().code, ErrorCode::Busy);
    }
    let again = lab.until("the new listing", || Some(lab.listed()).filter(|scan| scan["catalog"] == library));
    assert_eq!((&again["new"], &again["already_imported"]), (&json!(4), &json!(2)));
    let started = start(&lab, &json!({"kind": ALL_NEW}), &library).unwrap();
    assert_eq!(started["total_assets"], 4);
}

#[test]
fn a_library_that_comes_back_is_noticed_when_nobody_asks() {
    let (_media, lab) = with_photos(3);
    lab.choose_library("Photos");
    let library = lab.listed()["catalog"].clone();
    let lab = lab.restarted_after(|home| std::fs::rename(home.join("Photos"), home.join("away")).unwrap());
    assert_eq!(lab.listed()["catalog"], "none");
    std::fs::rename(lab.path("away"), lab.path("Photos")).unwrap();
    lab.until("the new listing", || (lab.listed()["catalog"] == library).then_some(()));
    let told = lab.events.lock().unwrap();
    assert!(told.iter().any(|event| event["scan"]["catalog"] == library), "the page hears of it");
}

#[test]
fn an_import_that_cannot_begin_is_refused_and_leaves_nothing_to_continue() {
    let (_media, lab) = with_photos(5);
    lab.choose_library("Photos");
    lab.listed();
    let first = lab.imported(&json!({"kind": "assets", "ids": new_ids(&lab, 2)}));
    let catalogs = std::fs::read_dir(lab.path("home/catalogs")).unwrap().map(|entry| entry.unwrap().path());
    let lock = catalogs.into_iter().find(|path| path.extension().is_some_and(|e| e == "lock")).unwrap();
    let other_program = std::fs::File::open(lock).unwrap();
    other_program.lock().unwrap();
    assert_eq!(start(&lab, &json!({"kind": ALL_NEW}), &Value::Null).unwrap_err().code, ErrorCode::Busy);
    assert_eq!(lab.call("import_status", json!({}))["session"], first["session"]);
    let stray = lab.events.lock().unwrap().iter().any(|e| e["type"] == "import" && !e["import"]["stopped"].is_null());
    assert!(!stray, "no result of an import that never was");
    drop(other_program);

    for session in ["0123456789abcdef0123456789abcdef", "x"] {
        for kind in ["unfinished", "failed"] {
            let unknown = json!({"kind": kind, "session": session});
            assert_eq!(start(&lab, &unknown, &Value::Null).unwrap_err().code, ErrorCode::BadRequest);
        }
    }
    assert_eq!(lab.imported(&json!({"kind": ALL_NEW}))["totals"]["imported"], 3);
}

#[test]
fn what_could_not_be_copied_is_tried_again_and_nothing_else() {
    let (media, lab) = with_photos(4);
    lab.choose_library("Photos");
    lab.listed();
    let photo = media.path().join("DCIM/100APPLE/IMG_0002.JPG");
    let away = media.path().join("away");
    std::fs::rename(&photo, &away).unwrap();
    let picked = json!({"kind": "assets", "ids": new_ids(&lab, 3)});
    let first = lab.imported(&picked);
    assert_eq!((&first["totals"]["imported"], &first["totals"]["failed"]), (&json!(2), &json!(1)), "{first}");
    assert_eq!(first["stopped"], Value::Null);

    std::fs::rename(&away, &photo).unwrap();
    let again = lab.imported(&json!({"kind": "failed", "session": first["session"]}));
    let totals = &again["totals"];
    assert_eq!((&totals["imported"], &totals["failed"], &totals["not_selected"]), (&json!(1), &json!(0), &json!(1)));
}

/// Panics at the first event of a kind, once.
fn panics_at(lab: &Lab, kind: &'static str) {
    let done = AtomicBool::new(false);
    *lab.hook.lock().unwrap() = Some(Arc::new(move |event| {
        if event["type"] == kind && !done.swap(true, Ordering::SeqCst) {
            panic!("a panic that a test wished for");
        }
    }));
}

#[test]
fn a_panic_ends_what_was_being_done_and_nothing_else() {
    let (_media, lab) = with_photos(40);
    lab.choose_library("Photos");
    panics_at(&lab, "scan");
    // A listing that failed is tried again.
    lab.until("the listing", || (lab.listed()["phase"] == "done").then_some(()));
    let broken = "Something went wrong inside Keepsake. Nothing was deleted; please try again.";
    let failed = |event: &Value| event["scan"]["phase"] == "failed" && event["scan"]["error"]["message"] == broken;
    assert!(lab.events.lock().unwrap().iter().any(failed));

    let first = lab.imported(&json!({"kind": "assets", "ids": new_ids(&lab, 20)}));
    panics_at(&lab, "undo");
    let undo = lab.app.call("undo_import", json!({"session": first["session"]}));
    assert_eq!(undo.unwrap_err().message, broken);
    let undone = lab.call("undo_import", json!({"session": first["session"]}));
    assert_eq!(undone["left"], 0, "{undone}");

    panics_at(&lab, "scan");
    lab.imported(&json!({"kind": ALL_NEW}));
    let told = |event: &Value| event["type"] == "import" && event["import"]["stopped"]["message"] == broken;
    lab.until("its end", || lab.events.lock().unwrap().iter().any(told).then_some(()));
    lab.call("eject", json!({"source": lab.source()}));
}

#[test]
fn an_import_does_not_wait_for_trust() {
    let media = tempfile::tempdir().unwrap();
    lay_out(media.path(), 2, 3000);
    let lab = Lab::beside(Phone::builder().media(media.path()).trust(Trust::Pending).start().unwrap());
    lab.choose_library("Photos");
    assert_eq!(start(&lab, &json!({"kind": ALL_NEW}), &Value::Null).unwrap_err().code, ErrorCode::TrustPending);
}

fn length(lab: &Lab, session: &Value, list: &str) -> u64 {
    let list = json!({"kind": "import", "session": session, "list": list});
    lab.call("list_items", json!({"list": list, "offset": 0, "limit": 500})).as_array().unwrap().len() as u64
}

fn balanced(lab: &Lab, import: &Value) {
    let totals = import["totals"].as_object().unwrap();
    let terms = totals.iter().filter(|(term, _)| *term != "seen");
    assert_eq!(terms.map(|(_, n)| n.as_u64().unwrap()).sum::<u64>(), totals["seen"].as_u64().unwrap(), "{import}");
    for term in ["imported", "put_aside", "failed", "not_selected"] {
        assert_eq!(length(lab, &import["session"], term), totals[term].as_u64().unwrap(), "{term} of {import}");
    }
}

#[test]
fn the_books_of_an_import_hold_when_undoing_it_is_stopped() {
    let (_media, lab) = with_photos(50);
    lab.choose_library("Photos");
    lab.listed();
    let import = lab.imported(&json!({"kind": "assets", "ids": new_ids(&lab, 45)}));
    let app = Arc::downgrade(&lab.app);
    *lab.hook.lock().unwrap() = Some(Arc::new(move |event| {
        if let Some(app) = app.upgrade().filter(|_| event["undoing"].is_object()) {
            let busy = app.call(
                "start_import",
                json!({"source": "iphone:00008110-000A1B2C3D4E801E", "selection": {"kind": ALL_NEW}}),
            );
            assert_eq!(busy.unwrap_err().code, ErrorCode::Busy, "nothing is imported meanwhile");
            app.call("cancel_undo", json!({})).unwrap();
        }
    }));
    let undone = lab.call("undo_import", json!({"session": import["session"]}));
    *lab.hook.lock().unwrap() = None;
    assert_eq!((&undone["moved"], &undone["not_reached"]), (&json!(32), &json!(13)), "{undone}");
    let part = lab.call("import_status", json!({}));
    assert_eq!((&part["totals"]["imported"], &part["totals"]["put_aside"]), (&json!(13), &json!(32)));
    assert_eq!(part["undone_at"], Value::Null);
    balanced(&lab, &part);
    let past = lab.call("past_imports", json!({"offset": 0, "limit": 1}));
    assert_eq!((&past[0]["put_aside"], &past[0]["files"]), (&json!(32), &json!(13)));
    lab.call("undo_import", json!({"session": import["session"]}));
    let whole = lab.call("import_status", json!({}));
    assert_eq!((&whole["totals"]["imported"], &whole["totals"]["put_aside"]), (&json!(0), &json!(45)));
    balanced(&lab, &whole);
}

#[test]
fn the_books_of_an_import_hold_when_it_is_cut_short() {
    let (_media, lab) = with_a_long_import();
    lab.imported(&json!({"kind": "assets", "ids": new_ids(&lab, 5)}));
    panics_at(&lab, "import");
    let cut = lab.imported(&json!({"kind": "assets", "ids": new_ids(&lab, 150)}));
    let totals = &cut["totals"];
    assert_eq!(
        (&totals["seen"], &totals["already_imported"], &totals["not_selected"]),
        (&json!(200), &json!(5), &json!(45))
    );
    assert!(totals["failed"].as_u64().unwrap() > 0, "{totals}");
    balanced(&lab, &cut);
    let rest = lab.imported(&json!({"kind": "unfinished", "session": cut["session"]}));
    assert_eq!(rest["totals"]["not_selected"], 45);
}

#[test]
fn closing_the_window_ends_what_runs_and_waits_for_it_within_bounds() {
    let (_media, lab) = with_a_long_import();
    let phase = |lab: &Lab| lab.call("import_status", json!({}))["phase"].clone();
    start(&lab, &json!({"kind": ALL_NEW}), &Value::Null).unwrap();
    lab.app.wind_up(Duration::ZERO);
    assert_ne!(phase(&lab), "finished", "it was not waited for");
    lab.app.wind_up(Duration::from_secs(60));
    assert_eq!(phase(&lab), "finished");
    lab.call("rescan", json!({"source": lab.source()}));
    lab.app.wind_up(Duration::ZERO);
    let cancelled = |event: &Value| event["scan"]["error"]["code"] == "cancelled";
    lab.until("the listing's end", || lab.events.lock().unwrap().iter().any(cancelled).then_some(()));
}

#[test]
fn choices_made_at_once_are_all_written_down() {
    let (_media, lab) = with_photos(1);
    for _ in 0..10 {
        std::thread::scope(|scope| {
            for number in 0..8 {
                let lab = &lab;
                scope.spawn(move || match number % 2 {
                    0 => lab.call("choose_sidecars", json!({"written": number % 4 == 0})),
                    _ => lab.call("choose_shared_albums", json!({"listed": number % 4 == 1})),
                });
            }
        });
        let written = std::fs::read(lab.path("home/settings.json")).unwrap();
        let written: Value = serde_json::from_slice(&written).unwrap();
        let chosen = lab.call("settings", json!({}));
        assert_eq!(
            (&written["writes_sidecars"], &written["lists_shared_albums"]),
            (&chosen["sidecars"], &chosen["shared_albums"])
        );
    }
    let lab = lab.restarted_after(|home| std::fs::write(home.join("home/settings.json"), "half a fi").unwrap());
    let told = lab.call("settings", json!({}))["problem"].clone();
    assert!(told.as_str().unwrap().contains("settings.json.unreadable-1"), "{told}");
    assert_eq!(std::fs::read_to_string(lab.path("home/settings.json.unreadable-1")).unwrap(), "half a fi");
}

#[test]
fn a_missing_phone_service_is_said_beside_the_folders() {
    let (media, mut lab) = with_photos(1);
    lab.phone = None;
    *lab.chosen.lock().unwrap() = Some(media.path().to_owned());
    lab.call("pick_source", json!({}));
    let told = lab.until("the end of the phone", || {
        Some(lab.call("sources", json!({}))).filter(|told| told["problem"].is_object())
    });
    assert_eq!((&told["problem"]["code"], &told["sources"][0]["kind"]), (&json!("no_phone_service"), &json!("folder")));
}
