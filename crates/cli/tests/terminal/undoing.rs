//! Undoing an import, as a person would, and with the program killed in the middle.

use crate::stage::{Stage, contents, tree};
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};

const PHOTOS: usize = 240;
const KILLS: u32 = 40;

fn make_photos(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for number in 0..PHOTOS {
        let path = folder.join(format!("IMG_{number:04}.JPG"));
        std::fs::write(&path, format!("{number} ").repeat(number)).unwrap();
        let day = Duration::from_secs(1_700_000_000 + 86_400 * (number as u64 / 10));
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(std::time::UNIX_EPOCH + day).unwrap();
    }
}

fn history(stage: &Stage) -> Vec<Value> {
    stage.run(&["history", "--library", "library", "--json"]).lines()
}

fn latest(stage: &Stage) -> String {
    history(stage)[0]["session"].as_str().unwrap().to_owned()
}

fn undo(stage: &Stage, session: &str) -> Value {
    let run = stage.run(&["undo", session, "--library", "library", "--json"]);
    assert_eq!(run.code, 0, "{} {}", run.out, run.err);
    run.lines().remove(0)
}

#[test]
fn an_import_is_undone_and_repeated_and_a_lost_catalog_knows_of_both() {
    let stage = Stage::in_memory();
    make_photos(&stage.path("media"));
    stage.import("media");
    let originals = stage.path("library/Originals");
    let before = tree(&originals);
    let session = latest(&stage);
    let undone = undo(&stage, &session);
    assert_eq!((&undone["moved"], &undone["left"]), (&Value::from(PHOTOS), &Value::from(0)));
    assert_eq!(
        contents(&stage.path("library").join(undone["folder"].as_str().unwrap())),
        contents(&stage.path("media"))
    );
    assert!(tree(&originals).is_empty());
    let twice = stage.run(&["undo", &session, "--library", "library"]);
    assert!(twice.code == 0 && twice.out.starts_with("There is nothing left to undo."), "{}", twice.out);
    assert_eq!(std::fs::read_dir(&originals).unwrap().count(), 0, "empty folders were left behind");
    assert!(history(&stage)[0]["undone_at"].is_string());
    let items = |form: &str| stage.run(&["history", "--library", "library", "--items", &session, form]);
    assert!(items("--json").lines().iter().all(|item| item["state"] == "undone"));
    let csv = items("--csv").out;
    assert_eq!(csv.lines().count(), PHOTOS + 1);
    assert!(csv.contains("\r\nundone,IMG_0007.JPG,IMG_0007.JPG,Originals/2023/"), "{}", &csv[..300]);
    assert_eq!(stage.verified(), PHOTOS as u64);

    let again = stage.import("media").finished();
    assert_eq!((&again["imported"], &again["already_imported"]), (&Value::from(PHOTOS), &Value::from(0)));
    assert_eq!(tree(&originals), before);
    assert_eq!(stage.verified(), 2 * PHOTOS as u64);

    // The holding folder is the user's to empty.
    std::fs::remove_dir_all(stage.path("library/Removed")).unwrap();
    assert_eq!(stage.verified(), PHOTOS as u64);
    std::fs::remove_dir_all(stage.path("home/keepsake/catalogs")).unwrap();
    assert_eq!(stage.import("media").finished()["already_imported"], PHOTOS);
    let known: Vec<_> = history(&stage).iter().map(|i| i["files"].as_u64().unwrap()).collect();
    assert_eq!(known, [0, PHOTOS as u64], "the import that was undone is not among them");
}

#[test]
fn what_cannot_be_undone_is_said() {
    let stage = Stage::new();
    std::fs::create_dir(stage.path("media")).unwrap();
    stage.import("media");
    for stray in ["x", "0123456789abcdef0123456789abcdef", "../../etc"] {
        let run = stage.run(&["undo", stray, "--library", "library"]);
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(run.err.contains("There is no import"), "{}", run.err);
    }
    assert_eq!(stage.run(&["undo", "x", "--library", "nowhere"]).code, 3);
    assert!(!stage.path("nowhere").exists());
}

/// Whatever the moment of the kill: every photo is there once, at one place or the other, and importing again completes
/// the library.
#[test]
fn killed_at_any_moment_nothing_is_lost() {
    let stage = Stage::in_memory();
    make_photos(&stage.path("media"));
    stage.import("media");
    let wanted = contents(&stage.path("media"));
    let before = tree(&stage.path("library/Originals"));
    let calm = Instant::now();
    undo(&stage, &latest(&stage));
    let longest = calm.elapsed();
    let mut both = 0;
    for kill in 0..KILLS {
        for folder in ["library", "home/keepsake/catalogs"] {
            std::fs::remove_dir_all(stage.path(folder)).unwrap();
        }
        stage.import("media");
        let mut child = stage.start(&["undo", &latest(&stage), "--library", "library"]);
        std::thread::sleep(longest * (kill + 1) / KILLS);
        child.kill().unwrap();
        child.wait().unwrap();
        let held = stage.path("library/Removed");
        let (here, there) =
            (tree(&stage.path("library/Originals")), if held.exists() { contents(&held) } else { vec![] });
        both += u32::from(!here.is_empty() && !there.is_empty());
        let mut everything: Vec<String> = here.into_values().chain(there).collect();
        everything.sort();
        // A rename by two links may have been cut between them; nothing is missing, nothing else is there.
        everything.dedup();
        assert_eq!(everything, wanted, "kill {kill}");
        stage.import("media").finished();
        assert_eq!(tree(&stage.path("library/Originals")), before, "kill {kill}");
        stage.verified();
    }
    assert!(both >= 5, "only {both} of {KILLS} undoings were cut in the middle");
}

#[test]
fn what_a_clock_that_was_ahead_put_aside_hides_nothing_that_came_later() {
    let stage = Stage::in_memory();
    make_photos(&stage.path("media"));
    stage.import("media");
    let session = latest(&stage);
    undo(&stage, &session);
    // As if another computer had done this, in the year 2527.
    let manifests = stage.path("library/.keepsake/manifests");
    let manifest = |session: &str| manifests.join(format!("{session}.jsonl"));
    std::fs::rename(manifest(&session), manifest(&format!("0fff{}", &session[4..]))).unwrap();
    let forget = || std::fs::remove_dir_all(stage.path("home/keepsake/catalogs")).unwrap();
    forget();
    assert_eq!(stage.import("media").finished()["imported"], PHOTOS);
    assert_eq!(stage.verified(), 2 * PHOTOS as u64);
    let day = std::fs::read_dir(stage.path("library/Originals/2023")).unwrap().next().unwrap().unwrap().path();
    std::fs::remove_dir_all(&day).unwrap();
    let run = stage.run(&["verify", "--library", "library", "--json"]);
    assert_eq!((run.code, run.lines()[0]["missing"].as_array().unwrap().len()), (1, 10));
    forget();
    let books = stage.import("media").finished();
    assert_eq!((&books["imported"], &books["already_imported"]), (&Value::from(10), &Value::from(PHOTOS - 10)));
}
