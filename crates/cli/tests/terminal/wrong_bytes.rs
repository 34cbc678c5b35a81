//! A phone that sends a wrong byte without an error, as real ones have done.

use crate::stage::{Stage, contents};
use iphone_sim::{Fault, Phone, Status};
use std::collections::BTreeMap;

const PHOTOS: usize = 40;

fn stage() -> Stage {
    let mut stage = Stage::new();
    let folder = stage.path("media/DCIM/100APPLE");
    std::fs::create_dir_all(&folder).unwrap();
    for number in 0..PHOTOS {
        std::fs::write(folder.join(format!("IMG_{number:04}.JPG")), format!("{number} ").repeat(40_000)).unwrap();
    }
    stage.phone = Some(Phone::builder().media(stage.path("media")).start().unwrap());
    stage.run(&["list", "--source", "iphone"]);
    let path = "/DCIM/100APPLE/IMG_0017.JPG".to_owned();
    stage.phone.as_ref().unwrap().inject(Fault::WrongByte { path, offset: 70_000 });
    stage
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

fn check(stage: &Stage, args: &[&str], kind: &str) {
    let run = stage.run(args);
    let finished = run.finished();
    assert_eq!((run.code, finished["failed"].as_u64()), (1, Some(1)), "{finished}");
    let failed = run.lines().into_iter().find(|l| l["event"] == "failed").unwrap();
    assert_eq!((&failed["name"], &failed["code"]), (&"IMG_0017.JPG".into(), &"verify_mismatch".into()));
    assert_eq!(evidence(stage), BTreeMap::from([(kind.to_owned(), PHOTOS - 1)]));
    let source = contents(&stage.path("media"));
    assert!(contents(&stage.path("library/Originals")).iter().all(|hash| source.contains(hash)));
    stage.phone.as_ref().unwrap().behave();
    assert_eq!(stage.run(args).finished()["imported"].as_u64(), Some(1));
    assert_eq!(contents(&stage.path("library/Originals")), source);
}

#[test]
fn the_phones_own_hash_finds_it() {
    let stage = stage();
    check(&stage, &["import", "--source", "iphone", "--library", "library", "--all-new", "--json"], "phone_hash");
}

#[test]
fn a_phone_that_does_not_hash_is_read_twice_if_wished() {
    for (status, args, kind) in
        [(Status::Unsupported, &["--second-read"][..], "second_read"), (Status::UnknownPacket, &[], "read_back")]
    {
        let stage = stage();
        let phone = stage.phone.as_ref().unwrap();
        phone.behave();
        phone.inject(Fault::RefusesHash { status });
        let all = ["import", "--source", "iphone", "--library", "library", "--all-new", "--json"];
        let run = stage.run(&[&all[..], args].concat());
        assert_eq!(run.finished()["imported"].as_u64(), Some(PHOTOS as u64), "{}", run.err);
        assert_eq!(evidence(&stage), BTreeMap::from([(kind.to_owned(), PHOTOS)]));
    }
}
