//! A library that does not hold what it was given any more: found, said, and made good by the next import.

use crate::stage::{Run, Stage, contents, tree};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

const PHOTOS: usize = 120;
const KILLS: u32 = 25;

fn make_photos(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for number in 0..PHOTOS {
        let path = folder.join(format!("IMG_{number:04}.JPG"));
        std::fs::write(&path, format!("photo {number} ").repeat(number + 1)).unwrap();
        let day = Duration::from_secs(1_700_000_000 + 86_400 * (number as u64 / 40));
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(std::time::UNIX_EPOCH + day).unwrap();
    }
}

fn stage() -> Stage {
    let stage = Stage::in_memory();
    make_photos(&stage.path("media"));
    stage.import("media");
    stage
}

/// Other bytes, the same length.
fn damage(path: &Path) -> Vec<u8> {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[0] ^= 1;
    std::fs::write(path, &bytes).unwrap();
    bytes
}

fn verify(stage: &Stage, more: &[&str]) -> (i32, Value) {
    let run = stage.run(&[&["verify", "--library", "library", "--json"], more].concat());
    (run.code, serde_json::from_str(&run.out).unwrap_or_else(|e| panic!("{e}: {} {}", run.out, run.err)))
}

fn listed(stage: &Stage, name: &str) -> Value {
    let run = stage.run(&["list", "--source", "media", "--library", "library", "--json"]);
    run.lines().into_iter().find(|asset| asset["name"] == name).unwrap()
}

#[test]
fn what_was_found_changed_is_copied_again_and_stays_where_it_is() {
    let stage = stage();
    let before = listed(&stage, "IMG_0007.JPG");
    let path = before["library_path"].as_str().unwrap();
    let copy = stage.path("library").join(path);
    assert_eq!(std::fs::read(&copy).unwrap(), std::fs::read(stage.path("media/IMG_0007.JPG")).unwrap());
    let damaged = damage(&copy);
    assert_eq!(listed(&stage, "IMG_0007.JPG")["state"], "already_imported", "nobody looked yet");

    let (code, found) = verify(&stage, &[]);
    assert_eq!((code, &found["changed"], &found["new_again"]), (1, &json!([path]), &json!(1)));
    assert_eq!(found["advice"]["code"], "import_again");
    let now = listed(&stage, "IMG_0007.JPG");
    assert_eq!((&now["state"], now.get("library_path")), (&json!("new"), None));

    assert_eq!(stage.import("media").finished()["imported"], 1);
    assert_eq!(std::fs::read(&copy).unwrap(), damaged);
    let fresh = listed(&stage, "IMG_0007.JPG")["library_path"].as_str().unwrap().to_owned();
    assert!(fresh.ends_with("IMG_0007_1.JPG"), "{fresh}");
    let (code, found) = verify(&stage, &["--set-aside"]);
    assert_eq!((code, &found["new_again"], &found["advice"]["code"]), (1, &json!(0), &json!("nothing")));
    assert_eq!((&found["set_aside"]["moved"], &found["set_aside"]["left"]), (&json!(1), &json!(0)));
    assert!(!copy.exists());
    assert_eq!(contents(&stage.path("library/Removed")).len(), 1);
    assert_eq!(stage.verified(), PHOTOS as u64 + 1);
    assert_eq!(stage.import("media").finished()["already_imported"], PHOTOS);

    // Another computer, which never checked, knows as much.
    std::fs::remove_dir_all(stage.path("home/keepsake/catalogs")).unwrap();
    assert_eq!(stage.import("media").finished()["already_imported"], PHOTOS);
}

/// Whatever the moment of the kill: every file is there once, at one place or the other, and importing brings fresh copies.
#[test]
fn putting_aside_killed_at_any_moment_loses_nothing() {
    let stage = stage();
    let wanted = contents(&stage.path("media"));
    let originals = stage.path("library/Originals");
    let spoil = || -> Vec<String> {
        tree(&originals).keys().for_each(|path| drop(damage(&originals.join(path))));
        contents(&originals)
    };
    let mut damaged = spoil();
    damaged.sort();
    let calm = Instant::now();
    assert_eq!(verify(&stage, &["--set-aside"]).1["set_aside"]["moved"], PHOTOS);
    let longest = calm.elapsed();
    let mut both = 0;
    for kill in 0..KILLS {
        for folder in ["library", "home/keepsake/catalogs"] {
            std::fs::remove_dir_all(stage.path(folder)).unwrap();
        }
        stage.import("media");
        spoil();
        let mut child = stage.start(&["verify", "--library", "library", "--set-aside"]);
        std::thread::sleep(longest * (kill + 1) / KILLS);
        child.kill().unwrap();
        child.wait().unwrap();
        let held = stage.path("library/Removed");
        let aside = if held.exists() { contents(&held) } else { vec![] };
        both += u32::from(!aside.is_empty() && aside.len() < PHOTOS);
        let here = if originals.exists() { contents(&originals) } else { vec![] };
        let mut everything = [here, aside].concat();
        everything.sort();
        // A rename by two links may have been cut between them; nothing is missing, nothing else is there.
        everything.dedup();
        assert_eq!(everything, damaged, "kill {kill}");
        assert!(verify(&stage, &[]).0 <= 1);
        stage.import("media").finished();
        let there = contents(&originals);
        assert!(wanted.iter().all(|hash| there.contains(hash)), "kill {kill}");
        assert_eq!(verify(&stage, &[]).1["missing"], json!([]), "kill {kill}");
    }
    assert!(both >= 3, "only {both} of {KILLS} were cut in the middle");
}

#[test]
#[cfg(unix)]
fn a_check_that_is_stopped_says_neither_sound_nor_damaged() {
    let stage = stage();
    let film = stage.path("library/Originals/2023/2023-11-14/IMG_0000.JPG");
    // Long enough to be stopped within.
    std::fs::File::options().write(true).open(&film).unwrap().set_len(20 << 30).unwrap();
    let child =
        stage.command(&["verify", "--library", "library"]).stderr(std::process::Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let interrupt = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(interrupt.unwrap().success());
    let run = crate::stage::Run::of(child.wait_with_output().unwrap());
    assert_eq!(run.code, 130, "{}", run.err);
    assert!(run.err.contains("The check was stopped: 0 of 120 files were read"), "{}", run.err);
}

/// Whoever stops reading must not make of a damaged library a sound one, as `verify | head -1` would.
#[test]
fn what_went_wrong_is_in_the_exit_code_also_when_nobody_reads_on() {
    let stage = stage();
    let path = listed(&stage, "IMG_0007.JPG")["library_path"].as_str().unwrap().to_owned();
    damage(&stage.path("library").join(path));
    for more in [&[][..], &["--json"]] {
        let args = [&["verify", "--library", "library"], more].concat();
        let mut child = stage.command(&args).stdout(std::process::Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(1), "{more:?}");
    }
}

/// A drive behind the output that is full is no full library.
#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_called_that_and_the_work_is_done() {
    let stage = Stage::in_memory();
    make_photos(&stage.path("media"));
    let args = ["import", "--source", "media", "--library", "library", "--create", "--all-new"];
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let run = Run::of(stage.command(&args).stdout(full).output().unwrap());
    let told = "keepsake: the work is done, but its result could not be written: No space left on device";
    assert_eq!((run.code, run.err.contains(told)), (1, true), "{}", run.err);
    assert_eq!(stage.verified(), PHOTOS as u64);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_read_is_named_by_list_and_not_taken_for_an_empty_file() {
    use std::os::unix::fs::PermissionsExt;
    let stage = Stage::in_memory();
    make_photos(&stage.path("card/a"));
    make_photos(&stage.path("card/b"));
    std::fs::set_permissions(stage.path("card/b"), PermissionsExt::from_mode(0o000)).unwrap();
    let run = stage.run(&["list", "--source", "card"]);
    std::fs::set_permissions(stage.path("card/b"), PermissionsExt::from_mode(0o755)).unwrap();
    let told = "1 file or folder could not be looked at; nothing of what is in there is listed";
    assert_eq!((run.code, run.out.contains(told)), (1, true), "{}", run.out);
    assert!(run.err.contains("b could not be read"), "{}", run.err);
}
