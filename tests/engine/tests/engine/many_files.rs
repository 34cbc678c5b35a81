//! An import of very many files: each is closed on the phone as soon as it is copied.

use engine::Lab;
use iphone_sim::{Phone, Synthetic};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const FILES: u64 = 10_000;
/// So many calls are under way at once, each with its file and one that is being closed; what they ask the phone for is read
/// from the same files.
const OPEN_AT_ONCE: u64 = 24;

/// Were one in fifty left open, the phone would refuse to open any more.
#[test]
fn ten_thousand_files_are_imported_from_a_phone_with_two_hundred_slots() {
    let roll = Synthetic { assets: FILES, mean_bytes: 500 };
    let lab = Lab::in_memory(Phone::builder().synthetic(roll).most_open_files(200).start().unwrap());
    let phone = lab.phone.as_ref().unwrap();
    lab.choose_library("Photos");
    assert_eq!(lab.listed()["files"], FILES);
    lab.call("start_import", json!({"source": lab.source(), "selection": {"kind": "all_new"}}));
    let (began, mut most) = (Instant::now(), 0);
    let import = loop {
        most = most.max(phone.activity().open_handles);
        let import = lab.call("import_status", json!({}));
        if import["phase"] == "finished" {
            break import;
        }
        assert!(began.elapsed() < Duration::from_secs(300), "{import}");
        std::thread::sleep(Duration::from_millis(5));
    };
    let totals = &import["totals"];
    assert_eq!((&import["stopped"], &totals["failed"]), (&Value::Null, &json!(0)), "{import}");
    assert_eq!(totals["imported"], totals["seen"]);
    assert!((1..=OPEN_AT_ONCE).contains(&most), "{most} files were open at once");
    lab.until("every file to be closed", || (phone.activity().open_handles == 0).then_some(()));
}
