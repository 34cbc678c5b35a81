//! The report of a phone: what the simulated one answers, and that neither faults nor photos get into it.

use crate::stage::{Stage, UDID, contents};
use iphone_sim::{Builder, Fault, LockState, Phone, RunningPhone, Status, Trust};
use serde_json::{Value, json};
use std::path::Path;

fn stage(media: &Path) -> Stage {
    let stage = stranger(media, |phone| phone);
    stage.run(&["list", "--source", "iphone"]);
    stage
}

/// A phone that this computer never saw.
fn stranger(media: &Path, describe: impl FnOnce(Builder) -> Builder) -> Stage {
    let folder = media.join("DCIM/100APPLE");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::create_dir_all(media.join("PhotoData")).unwrap();
    std::fs::write(folder.join("IMG_7777.JPG"), "a secret ".repeat(200_000)).unwrap();
    std::fs::write(folder.join("IMG_0001.JPG"), "small").unwrap();
    std::fs::write(media.join("PhotoData/Photos.sqlite"), b"SQLite format 3\0 and more").unwrap();
    let mut stage = Stage::new();
    let phone = Phone::builder().media(media).udid(UDID).name("Secret Name").most_open_files(200);
    stage.phone = Some(describe(phone).start().unwrap());
    stage
}

fn phone(stage: &Stage) -> &RunningPhone {
    stage.phone.as_ref().unwrap()
}

fn report(stage: &Stage) -> Value {
    report_by(stage, &["device-report", "--json"])
}

fn report_by(stage: &Stage, args: &[&str]) -> Value {
    let run = stage.run(args);
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
        text.out.starts_with("iPhone 13, iOS 17.5.1, on linux over tcp\n\nWhich service finds the phone"),
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

const PAIR: [&str; 3] = ["device-report", "--json", "--pair"];

/// What was found out, and why other things were not.
fn told<'a>(report: &'a Value, key: &str) -> (&'a Value, &'a str) {
    let answer = answer(report, key);
    (&answer["facts"], answer["could_not_ask"].as_str().unwrap_or_default())
}

#[test]
fn a_phone_that_does_not_trust_this_computer_is_asked_what_any_may_ask() {
    let media = tempfile::tempdir().unwrap();
    let stage = stranger(media.path(), |phone| phone.trust(Trust::Pending));
    let report = report(&stage);
    assert_eq!(phone(&stage).activity().pair_requests, 0, "its owner was asked");
    let facts = told(&report, "before_trust").0;
    assert_eq!(
        (&facts["name"], &facts["pair_record"], &facts["locked"]),
        (&json!("told"), &json!("none"), &json!("no"))
    );
    assert_eq!(facts["session"], "refused: not trusted");
    let cable = told(&report, "cable").0;
    assert_eq!((&cable["megabits"], &cable["charging"]), (&json!(480), &json!("not told")));
    assert_eq!(told(&report, "trust").1, "its owner was not to be asked: that takes --pair");
    for key in ["hash", "throughput", "photos_database"] {
        assert_eq!(told(&report, key), (&json!({}), "the phone does not trust this computer"));
    }
    assert_eq!((&report["model"], &report["os"]), (&json!("iPhone 13"), &json!("17.5.1")));
    assert!(!report.to_string().contains("Secret"));
}

#[test]
fn asking_for_trust_tells_what_it_does_and_asks_the_rest_if_it_was_given() {
    let media = tempfile::tempdir().unwrap();
    let stage = stranger(media.path(), |phone| phone);
    phone(&stage).inject(Fault::ResetsOnTrust);
    let report = report_by(&stage, &PAIR);
    let facts = told(&report, "trust").0;
    assert_eq!((&facts["pairing"], &facts["usb_reset"]), (&json!("accepted"), &json!("yes")), "{report}");
    assert_eq!((&facts["private_key_sent"], phone(&stage).activity().private_keys), (&json!("no"), 0));
    assert!(facts["answered_after_seconds"].is_number());
    assert_eq!(told(&report, "hash").0["agrees_with_sha1"], "yes");
    let again = report_by(&stage, &PAIR);
    assert_eq!(told(&again, "trust").1, "it trusts this computer already; no private key is ever sent");
    assert_eq!(phone(&stage).activity().pair_requests, 1);
}

#[test]
fn an_owner_who_says_no_and_a_phone_that_is_locked_cost_what_needs_trust() {
    for (trust, outcome) in [(Trust::Denied, "refused: not trusted"), (Trust::Prohibited, "refused: prohibited")] {
        let media = tempfile::tempdir().unwrap();
        let report = report_by(&stranger(media.path(), |phone| phone.trust(trust)), &PAIR);
        let facts = told(&report, "trust").0;
        assert_eq!((&facts["pairing"], &facts["usb_reset"]), (&json!(outcome), &json!("no")));
        assert_eq!(told(&report, "hash").1, "the phone does not trust this computer");
    }
    let media = tempfile::tempdir().unwrap();
    let report = report_by(&stranger(media.path(), |phone| phone.lock_state(LockState::Locked)), &PAIR);
    assert_eq!(told(&report, "before_trust").0["locked"], "yes");
    assert_eq!((told(&report, "trust").1, told(&report, "latency").1), ("it is locked", "the phone is locked"));
}

#[test]
fn without_a_phone_there_is_no_report() {
    let stage = Stage::new();
    assert_eq!(stage.run(&["device-report"]).code, 3);
    assert_eq!(stage.run(&["device-report", "--source", "."]).code, 3);
}
