//! A phone that sends a wrong byte without an error, as real ones have done.

use crate::stage::{Stage, contents};
use iphone_sim::{Fault, Phone, Status};
use std::collections::BTreeMap;

const MANY: usize = 1000;
const FEW: usize = 40;
const WRONG: &str = "/DCIM/100APPLE/IMG_0017.JPG";
const PLACE: u64 = 70_000;

const HASHED: [&str; 8] = ["import", "--source", "iphone", "--library", "library", "--create", "--all-new", "--json"];
const READ_TWICE: [&str; 9] =
    ["import", "--source", "iphone", "--library", "library", "--create", "--all-new", "--json", "--second-read"];

/// A stage with a phone of so many photos, listed once.
fn stage(photos: usize) -> Stage {
    let mut stage = Stage::in_memory();
    let folder = stage.path("media/DCIM/100APPLE");
    std::fs::create_dir_all(&folder).unwrap();
    for number in 0..photos {
        std::fs::write(folder.join(format!("IMG_{number:04}.JPG")), format!("{number} ").repeat(30_000)).unwrap();
    }
    stage.phone = Some(Phone::builder().media(stage.path("media")).start().unwrap());
    stage.run(&["list", "--source", "iphone"]);
    stage
}

fn inject(stage: &Stage, faults: &[Fault]) {
    let phone = stage.phone.as_ref().unwrap();
    phone.behave();
    faults.iter().for_each(|fault| phone.inject(fault.clone()));
}

/// How often each kind of evidence stands in the manifests.
fn evidence(stage: &Stage) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for manifest in std::fs::read_dir(stage.path("library/.keepsake/manifests")).unwrap() {
        for line in std::fs::read_to_string(manifest.unwrap().path()).unwrap().lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            *found.entry(line["evidence"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    found
}

/// The one photo is reported and nothing of it is filed; all others are, by this evidence.
fn one_is_reported(stage: &Stage, args: &[&str], kind: &str) {
    let run = stage.run(args);
    let finished = run.finished();
    let counts = ["imported", "failed"].map(|name| finished[name].as_u64().unwrap());
    assert_eq!((run.code, counts), (1, [MANY as u64 - 1, 1]), "{finished}");
    let failed = run.lines().into_iter().find(|l| l["event"] == "failed").unwrap();
    let why = "the phone says that its file has other bytes than it sent, twice: try another cable or port";
    assert_eq!((&failed["source_path"], &failed["code"]), (&WRONG[1..].into(), &"verify_mismatch".into()));
    assert_eq!(failed["message"], why);
    assert_eq!(evidence(stage), BTreeMap::from([(kind.to_owned(), MANY - 1)]));
    assert_eq!(stage.verified(), MANY as u64 - 1);
    let source = contents(&stage.path("media"));
    let library = contents(&stage.path("library/Originals"));
    assert!(library.len() == MANY - 1 && library.iter().all(|hash| source.contains(hash)));
    // Asked for again it is the only one left, and as wrong as before.
    let again = stage.run(args).finished();
    assert_eq!(["imported", "failed"].map(|name| again[name].as_u64().unwrap()), [0, 1], "{again}");
    inject(stage, &[]);
    assert_eq!(stage.run(args).finished()["imported"].as_u64(), Some(1));
    assert_eq!(contents(&stage.path("library/Originals")), source);
}

#[test]
fn one_wrong_byte_in_one_of_a_thousand_photos_is_found_by_the_phones_own_hash() {
    let stage = stage(MANY);
    inject(&stage, &[Fault::WrongByte { path: WRONG.into(), offset: PLACE }]);
    one_is_reported(&stage, &HASHED, "phone_hash");
}

#[test]
fn one_wrong_byte_in_one_of_a_thousand_photos_is_found_by_reading_twice() {
    let stage = stage(MANY);
    let wrong = Fault::WrongEverySecondTime { path: WRONG.into(), offset: PLACE };
    inject(&stage, &[Fault::RefusesHash { status: Status::Unsupported }, wrong]);
    one_is_reported(&stage, &READ_TWICE, "second_read");
}

fn all_arrive(stage: &Stage, args: &[&str], kind: &str) {
    let run = stage.run(args);
    assert_eq!((run.code, run.finished()["imported"].as_u64()), (0, Some(FEW as u64)), "{}", run.err);
    assert_eq!(evidence(stage), BTreeMap::from([(kind.to_owned(), FEW)]));
}

#[test]
fn a_byte_that_was_wrong_once_is_copied_again_and_right() {
    let refuses = Fault::RefusesHash { status: Status::UnknownPacket };
    for (refusal, args, kind) in [(None, &HASHED[..], "phone_hash"), (Some(refuses), &READ_TWICE[..], "second_read")] {
        let stage = stage(FEW);
        let wrong = Fault::WrongAtFirst { path: WRONG.into(), offset: PLACE, bytes: 1, times: 1 };
        inject(&stage, &refusal.into_iter().chain([wrong]).collect::<Vec<_>>());
        all_arrive(&stage, args, kind);
        assert_eq!(contents(&stage.path("library/Originals")), contents(&stage.path("media")));
    }
}

#[test]
fn a_phone_that_does_not_hash_is_read_twice_if_wished() {
    for (status, args, kind) in
        [(Status::Unsupported, &READ_TWICE[..], "second_read"), (Status::UnknownPacket, &HASHED[..], "read_back")]
    {
        let stage = stage(FEW);
        inject(&stage, &[Fault::RefusesHash { status }]);
        all_arrive(&stage, args, kind);
    }
}
