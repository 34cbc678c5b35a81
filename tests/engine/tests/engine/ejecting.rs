//! Unplugging: what the phone itself sees of it.

use api::ErrorCode;
use engine::Lab;
use iphone_sim::{Fault, Hang, RunningPhone};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

/// Long enough for every watch, timer and late answer to come round at least once.
const QUIET: Duration = Duration::from_millis(4500);

fn with_photos(folder: &Path, count: u8) -> Lab {
    let camera = folder.join("DCIM/100APPLE");
    std::fs::create_dir_all(&camera).unwrap();
    for number in 0..count {
        std::fs::write(camera.join(format!("IMG_{number:04}.JPG")), vec![number; 400_000]).unwrap();
    }
    let lab = Lab::with_phone(folder);
    lab.choose_library("Photos");
    lab.listed();
    lab
}

fn phone(lab: &Lab) -> &RunningPhone {
    lab.phone.as_ref().unwrap()
}

fn hung_up(lab: &Lab) {
    lab.until("the last connection", || (phone(lab).open_connections() == 0).then_some(()));
}

fn state(lab: &Lab) -> Value {
    lab.call("sources", json!({}))["sources"][0]["state"].clone()
}

/// Asks for the pictures of every row, and waits for all answers.
fn ask_for_pictures(lab: &Lab) {
    let answers = ask(lab);
    while answers.recv_timeout(Duration::from_secs(60)).is_ok() {}
}

fn ask(lab: &Lab) -> mpsc::Receiver<()> {
    let args = json!({"source": lab.source(), "section": "new", "offset": 0, "limit": 500});
    let rows = lab.call("grid_rows", args);
    let (sender, receiver) = mpsc::channel();
    for row in rows.as_array().unwrap() {
        let sender = sender.clone();
        lab.app.picture(row["thumbnail"].as_str().unwrap(), Box::new(move |_| sender.send(()).unwrap_or_default()));
    }
    receiver
}

#[test]
fn after_an_import_no_connection_is_left() {
    let media = tempfile::tempdir().unwrap();
    let lab = with_photos(media.path(), 4);
    assert_eq!(lab.imported(&json!({"kind": "all_new"}))["released"], true);
    hung_up(&lab);
    assert_eq!(state(&lab), "ready");
    assert_eq!(lab.listed()["already_imported"], 4);
}

const STILL_READ: u8 = 64;

/// A phone of which four handfuls of small pictures are being read, for each of which 20 s are waited, one after the other.
fn still_being_read(media: &Path) -> (Lab, mpsc::Receiver<()>) {
    for number in 0..STILL_READ {
        let folder = media.join(format!("PhotoData/Thumbnails/V2/DCIM/100APPLE/IMG_{number:04}.JPG"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("5005.JPG"), "small picture").unwrap();
    }
    let lab = with_photos(media, STILL_READ);
    let path = "/PhotoData/Thumbnails/".into();
    phone(&lab).inject(Fault::SilentOver { path, message: "FileOpen".into(), how: Hang::Stalls });
    let answers = ask(&lab);
    std::thread::sleep(Duration::from_secs(1));
    (lab, answers)
}

#[test]
fn a_phone_that_is_still_being_read_is_not_called_safe_to_unplug_after_an_import() {
    let media = tempfile::tempdir().unwrap();
    let (lab, _answers) = still_being_read(media.path());
    let import = lab.imported(&json!({"kind": "all_new"}));
    assert_eq!((&import["totals"]["imported"], &import["released"]), (&STILL_READ.into(), &false.into()), "{import}");
    phone(&lab).unplug();
}

/// What waits behind the first handful is not begun any more.
#[test]
fn a_phone_that_is_still_being_read_is_ejected_once_that_is_over() {
    let media = tempfile::tempdir().unwrap();
    let (lab, _answers) = still_being_read(media.path());
    lab.call("eject", json!({"source": lab.source()}));
    assert_eq!(state(&lab), "ejected");
    hung_up(&lab);
}

#[test]
fn connections_that_nobody_uses_are_closed_and_made_again_when_they_are_needed() {
    let media = tempfile::tempdir().unwrap();
    let lab = with_photos(media.path(), 6);
    ask_for_pictures(&lab);
    assert!(phone(&lab).open_connections() > 0, "nothing was open before");
    hung_up(&lab);
    assert_eq!(state(&lab), "ready");
    assert_eq!(lab.imported(&json!({"kind": "all_new"}))["totals"]["imported"], 6);
}

#[test]
fn an_ejected_phone_is_left_in_peace_until_it_is_opened_again() {
    let media = tempfile::tempdir().unwrap();
    let lab = with_photos(media.path(), 6);
    ask_for_pictures(&lab);
    assert!(phone(&lab).open_connections() > 0, "nothing was open before");
    lab.call("eject", json!({"source": lab.source()}));
    hung_up(&lab);
    let made = phone(&lab).connections_made();
    assert_eq!(state(&lab), "ejected");
    assert_eq!(lab.call("sources", json!({}))["sources"][0]["name"], "Simulated iPhone");
    ask_for_pictures(&lab);
    std::thread::sleep(QUIET);
    assert_eq!((phone(&lab).open_connections(), phone(&lab).connections_made()), (0, made));
    assert!(lab.events.lock().unwrap().iter().any(|e| e["type"] == "sources_changed"));

    lab.call("open_source", json!({"source": lab.source()}));
    assert_eq!(state(&lab), "ready");
    assert_eq!(lab.listed()["new"], 6);
}

#[test]
fn an_ejected_phone_is_used_again_once_it_was_plugged_in_anew() {
    let media = tempfile::tempdir().unwrap();
    let lab = with_photos(media.path(), 1);
    lab.call("eject", json!({"source": lab.source()}));
    phone(&lab).unplug();
    phone(&lab).replug();
    lab.until("the phone", || (state(&lab) == "ready").then_some(()));
}

#[test]
fn a_phone_is_not_ejected_while_photos_are_imported_from_it() {
    let media = tempfile::tempdir().unwrap();
    let lab = with_photos(media.path(), 120);
    lab.call("start_import", json!({"source": lab.source(), "selection": {"kind": "all_new"}}));
    let refused = lab.app.call("eject", json!({"source": lab.source()})).unwrap_err();
    assert_eq!(refused.code, ErrorCode::Busy, "{refused:?}");
    lab.call("cancel_import", json!({}));
    // One that is stopped before it copied anything leaves no trace.
    let over = |status: &Value| status.is_null() || status["phase"] == "finished";
    lab.until("the end", || over(&lab.call("import_status", json!({}))).then_some(()));
    lab.call("eject", json!({"source": lab.source()}));
    hung_up(&lab);
    let folder = lab.app.call("eject", json!({"source": "folder:/tmp"})).unwrap_err();
    assert_eq!(folder.code, ErrorCode::BadRequest);
}

#[test]
fn a_listing_that_runs_ends_when_its_phone_is_ejected() {
    let media = tempfile::tempdir().unwrap();
    let lab = with_photos(media.path(), 200);
    lab.call("rescan", json!({"source": lab.source()}));
    lab.call("eject", json!({"source": lab.source()}));
    hung_up(&lab);
    let made = phone(&lab).connections_made();
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!((phone(&lab).open_connections(), phone(&lab).connections_made()), (0, made));
    assert_eq!(state(&lab), "ejected");
}
