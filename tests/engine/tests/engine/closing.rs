//! Closing the window while something runs: who is asked, and what is there afterwards.

use crate::checking::with_photos;
use engine::Lab;
use iphone_sim::Fault;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::time::Duration;

fn importing(count: usize) -> (tempfile::TempDir, Lab) {
    let (media, lab) = with_photos(count);
    lab.phone.as_ref().unwrap().inject(Fault::HashesSlowly { path: "/".into(), ms: 1000 });
    lab.call("start_import", json!({"source": lab.source(), "selection": {"kind": "all_new"}}));
    (media, lab)
}

/// How often the page was to ask, and about what.
fn asked(lab: &Lab) -> Vec<Value> {
    let events = lab.events.lock().unwrap();
    events.iter().filter(|event| event["type"] == "close_asked").map(|event| event["running"].clone()).collect()
}

fn closed(lab: &Lab) -> u32 {
    lab.closed.load(Ordering::SeqCst)
}

#[test]
fn a_window_in_which_nothing_runs_closes_without_a_word() {
    let lab = Lab::with_phone(tempfile::tempdir().unwrap().path());
    assert!(lab.app.may_close());
    assert!(asked(&lab).is_empty());
}

#[test]
fn an_import_is_asked_about_goes_on_when_the_window_stays_and_ends_in_good_order_when_it_does_not() {
    let (_media, lab) = importing(12);
    assert!(!lab.app.may_close());
    assert!(!lab.app.may_close(), "a double click is one wish");
    assert_eq!(asked(&lab), ["import", "import"]);
    lab.call("stay_open", json!({}));
    std::thread::sleep(Duration::from_millis(3100));
    assert!(!lab.app.may_close(), "the answer to an old question was no");
    assert_eq!((closed(&lab), &lab.call("import_status", json!({}))["phase"]), (0, &json!("copying")));

    lab.call("stop_and_close", json!({}));
    assert_eq!(closed(&lab), 1);
    let import = lab.call("import_status", json!({}));
    assert_eq!((&import["phase"], &import["stopped"]["code"]), (&json!("finished"), &json!("cancelled")));
    let incoming = std::fs::read_dir(lab.path("Photos/.keepsake/incoming")).unwrap();
    assert_eq!(incoming.count(), 0, "half-copied files were left behind");
    let totals = &import["totals"];
    let (imported, failed) = (totals["imported"].as_u64().unwrap(), totals["failed"].as_u64().unwrap());
    assert!(failed > 0 && imported + failed == 12, "{totals}");
    assert!(lab.app.may_close());

    lab.phone.as_ref().unwrap().behave();
    let session = import["session"].clone();
    let rest = lab.imported(&json!({"kind": "unfinished", "session": session}));
    assert_eq!(rest["totals"]["imported"], failed);
}

#[test]
fn who_insists_is_let_go_even_where_there_is_no_page_that_could_ask() {
    let (_media, lab) = importing(12);
    assert!(!lab.app.may_close());
    std::thread::sleep(Duration::from_millis(3100));
    assert!(lab.app.may_close());
}
