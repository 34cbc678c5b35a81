//! The report of a phone: what the simulated one answers, and that neither faults nor photos get into it.

use crate::stage::{Stage, UDID, contents};
use iphone_sim::{Fault, Phone, RunningPhone, Status};
use serde_json::{Value, json};
use std::path::Path;

fn stage(media: &Path) -> Stage {
    let folder = media.join("DCIM/100APPLE");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::create_dir_all(media.join("PhotoData")).unwrap();
    std::fs::write(folder.join("IMG_7777.JPG"), "a secret ".repeat(200_000)).unwrap();
    std::fs::write(folder.join("IMG_0001.JPG"), "small").unwrap();
    std::fs::write(media.join("PhotoData/Photos.sqlite"), b"SQLite format 3\0 and more").unwrap();
    let mut stage = Stage::new();
    let phone = Phone::builder().media(media).udid(UDID).name("Secret Name").most_open_files(200).start().unwrap();
    stage.phone = Some(phone);
    stage.run(&["list", "--source", "iphone"]);
    stage
}

fn phone(stage: &Stage) -> &RunningPhone {
    stage.phone.as_ref().unwrap()
}

fn report(stage: &Stage) -> Value {
    let run = stage.run(&["device-report", "--json"]);
    assert_eq!(run.code, 0, "{} {}", run.out, run.err);
    serde_json::from_str(&run.out).unwrap()
}

fn answer<'a>(report: &'a Value, key: &str) -> &'a Value {
    report["answers"].as_array().unwrap().iter().find(|a| a["key"] == key).unwrap()
}

/// Replaces what was measured: it depends on the machine.
fn without_figures(text: &str) -> String {
    let lines = text.lines().map(|line| match line.rsplit_once(": ") {
        Some((name, value)) if line.contains("milliseconds") || line.contains("per_second") => {
            format!("{name}: …{}", if value.ends_with(',') { "," } else { "" })
        }
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_report_answers_every_question_and_names_nothing() {
    let media = tempfile::tempdir().unwrap();
    let stage = stage(media.path());
    let before = contents(media.path());
    let run = stage.run(&["device-report", "--json"]);
    insta::assert_snapshot!("device_report_json", without_figures(&run.out));
    for secret in ["Secret", "IMG_", UDID, &UDID[9..], "secret", "100APPLE"] {
        assert!(!run.out.contains(secret), "{secret} is in the report");
    }
    let text = stage.run(&["device-report"]);
    assert_eq!(text.code, 0);
    assert!(
        text.out.starts_with("iPhone 13, iOS 17.5.1, on linux over tcp\n\nWhat does it say of a path"),
        "{}",
        text.out
    );
    assert!(text.err.contains("asking: How many files"), "{}", text.err);
    assert_eq!(contents(media.path()), before, "the phone was changed");
    assert_eq!(phone(&stage).activity().open_handles, 0);
}

#[test]
fn what_a_phone_refuses_or_never_answers_costs_one_answer() {
    let media = tempfile::tempdir().unwrap();
    let stage = stage(media.path());
    phone(&stage).inject(Fault::RefusesHash { status: Status::UnknownPacket });
    std::fs::remove_file(media.path().join("PhotoData/Photos.sqlite")).unwrap();
    let refusing = report(&stage);
    assert_eq!(answer(&refusing, "hash")["facts"], json!({"status": 6}));
    assert_eq!(answer(&refusing, "photos_database")["facts"]["info_status"], 8);
    assert_eq!(answer(&refusing, "open_files")["facts"], json!({"open_at_once": 200, "then_status": 3}));
    std::fs::remove_dir_all(media.path().join("DCIM")).unwrap();
    let empty = report(&stage);
    let why = answer(&empty, "throughput")["could_not_ask"].as_str().unwrap();
    assert!(why.contains("no photo or video"), "{why}");
    assert!(answer(&empty, "latency")["facts"]["milliseconds_each"].is_number());
}

#[test]
fn without_a_phone_there_is_no_report() {
    let stage = Stage::new();
    assert_eq!(stage.run(&["device-report"]).code, 3);
    assert_eq!(stage.run(&["device-report", "--source", "."]).code, 3);
}
