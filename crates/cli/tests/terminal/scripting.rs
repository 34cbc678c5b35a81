//! What scripts rely on: exit codes, errors as JSON, filters, waiting no longer than was said, an orderly end by a signal.

use crate::stage::{Run, Stage, UDID, fixtures, tree};
use iphone_sim::{Fault, LockState, Phone, PhotosLibrary, Trust};
use serde_json::Value;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn photos(stage: &Stage, count: u32, bytes: usize) {
    let folder = stage.path("media/DCIM/100APPLE");
    std::fs::create_dir_all(&folder).unwrap();
    for number in 0..count {
        let content: Vec<u8> = number.to_le_bytes().into_iter().cycle().take(bytes).collect();
        std::fs::write(folder.join(format!("IMG_{number:04}.JPG")), content).unwrap();
    }
}

fn with_phone(count: u32, bytes: usize) -> Stage {
    let mut stage = Stage::new();
    photos(&stage, count, bytes);
    stage.phone = Some(Phone::builder().media(stage.path("media")).start().unwrap());
    stage
}

fn error_of(run: &Run) -> Value {
    let last = run.lines().pop().unwrap_or_else(|| panic!("nothing was printed: {}", run.err));
    assert_eq!(last["event"], "error", "{last}");
    last
}

#[test]
fn every_command_ends_with_an_error_a_program_can_read() {
    let stage = Stage::new();
    for args in [
        &["devices", "--json"][..],
        &["list", "--json"],
        &["albums", "--json"],
        &["import", "--library", "library", "--create", "--all-new", "--json"],
        &["verify", "--library", "library", "--json"],
        &["history", "--library", "library", "--json"],
        &["undo", "x", "--library", "library", "--json"],
        &["device-report", "--json"],
    ] {
        let run = stage.run(args);
        assert_eq!(run.code, 3, "{args:?}: {} {}", run.out, run.err);
        let error = error_of(&run);
        assert!(error["code"].is_string() && run.err.contains(error["message"].as_str().unwrap()), "{args:?} {error}");
    }
    let unknown = stage.run(&["list", "--source", "nowhere", "--json"]);
    assert_eq!(error_of(&unknown)["code"], "source_unusable");
}

#[test]
fn the_phone_and_the_library_need_not_be_named_each_time() {
    let stage = with_phone(2, 100);
    let run = |args: &[&str]| Run::of(stage.command(args).env("KEEPSAKE_LIBRARY", "library").output().unwrap());
    let finished = run(&["import", "--create", "--all-new", "--json"]).finished();
    assert_eq!(finished["imported"], 2);
    assert!(run(&["list"]).out.ends_with("0 new, 2 already imported\n"));
    assert_eq!(run(&["verify"]).code, 0);
    assert_eq!(run(&["history", "--json"]).lines().len(), 1);
}

#[test]
fn nobody_is_waited_for_longer_than_was_said() {
    let stage = with_phone(2, 100);
    let phone = stage.phone.as_ref().unwrap();
    let list = |wait: &str| stage.run(&["list", "--wait", wait, "--json"]);
    phone.set_trust(Trust::Pending);
    let begun = Instant::now();
    let refused = list("0");
    assert_eq!((refused.code, error_of(&refused)["code"].as_str()), (3, Some("not_trusted")), "{}", refused.err);
    assert_eq!(phone.activity().pair_requests, 0, "it was not asked anything");
    // Long enough for making a key pair and asking.
    let waited = list("12");
    assert_eq!((waited.code, error_of(&waited)["code"].as_str()), (3, Some("trust_pending")), "{}", waited.err);
    assert!(phone.activity().pair_requests > 0);
    phone.set_trust(Trust::Granted);
    assert_eq!(list("30").code, 0);
    phone.set_locked(LockState::BeforeFirstUnlock);
    for (wait, asked) in [("0", 0), ("1", 1)] {
        let import = stage.run(&["import", "--wait", wait, "--library", "library", "--create", "--all-new", "--json"]);
        assert_eq!((import.code, error_of(&import)["code"].as_str()), (3, Some("source_locked")), "{}", import.err);
        let waits = import.lines().iter().filter(|line| line["event"] == "waiting").count();
        assert_eq!(waits, asked, "{}", import.out);
    }
    assert!(begun.elapsed() < Duration::from_secs(60), "it waited for {:?}", begun.elapsed());
    assert!(!stage.path("library").exists());
}

#[test]
fn a_phone_that_is_locked_in_the_middle_is_not_waited_for_either() {
    let stage = with_phone(40, 200_000);
    stage.run(&["list"]);
    let phone = stage.phone.as_ref().unwrap();
    phone.inject(Fault::HangsUpWhenLocked);
    phone.inject(Fault::LocksAfterBytes { bytes: 3_000_000 });
    let run = stage.run(&["import", "--wait", "1", "--library", "library", "--create", "--all-new", "--json"]);
    let finished = run.finished();
    assert_eq!((run.code, finished["stopped"]["code"].as_str()), (3, Some("source_locked")), "{}", run.out);
    assert_eq!(stage.verified(), finished["imported"].as_u64().unwrap());
    phone.set_locked(LockState::Unlocked);
    phone.behave();
    assert_eq!(stage.import("iphone").code, 0);
    assert_eq!(stage.verified(), 40);
}

#[cfg(unix)]
#[test]
fn a_signal_ends_an_import_in_an_orderly_way() {
    let stage = with_phone(300, 200_000);
    stage.run(&["list"]);
    let args = ["import", "--library", "library", "--create", "--all-new", "--json"];
    let mut child = stage.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut out = String::new();
    while !out.contains("\"imported\"") {
        assert!(std::io::BufRead::read_line(&mut told, &mut out).unwrap() > 0, "{out}");
    }
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    std::io::Read::read_to_string(&mut told, &mut out).unwrap();
    let run = Run { code: child.wait().unwrap().code().unwrap(), out, err: String::new() };
    let finished = run.finished();
    assert_eq!((run.code, finished["stopped"]["code"].as_str()), (130, Some("cancelled")), "{finished}");
    assert!(finished["imported"].as_u64() < Some(300), "{finished}");
    assert!(tree(&stage.path("library/.keepsake/incoming")).is_empty());
    assert_eq!(stage.verified(), finished["imported"].as_u64().unwrap());
}

#[test]
fn filters_choose_by_day_and_kind_in_lists_and_imports() {
    let stage = Stage::with_fixtures();
    let all = stage.run(&["list", "--json"]).lines();
    let day = |line: &Value| line["taken_at"].as_str().unwrap()[..10].to_owned();
    let wanted = |line: &&Value| {
        ("2018-01-01".to_owned()..="2019-12-31".to_owned()).contains(&day(line))
            && (line["kind"] == "photo" || line["kind"] == "live_photo")
    };
    let expected: Vec<&Value> = all.iter().filter(wanted).collect();
    assert!(!expected.is_empty() && expected.len() < all.len());
    let filters = ["--since", "2018-01-01", "--until", "2019-12-31", "--kind", "photo,live_photo"];
    let listed = stage.run(&[&["list", "--json"], &filters[..]].concat()).lines();
    assert_eq!(listed.iter().collect::<Vec<_>>(), expected);
    let args = ["import", "--library", "library", "--create", "--all-new", "--json"];
    let finished = stage.run(&[&args, &filters[..]].concat()).finished();
    assert_eq!((&finished["imported"], &finished["seen"]), (&expected.len().into(), &all.len().into()));
    assert_eq!(finished["not_selected"], all.len() - expected.len());
    for wrong in [["--since", "2018"], ["--kind", "picture"], ["--wait", "-1"]] {
        assert_eq!(stage.run(&[&["list"], &wrong[..]].concat()).code, 2, "{wrong:?}");
    }
    let backwards = stage.run(&["list", "--since", "2021-01-01", "--until", "2020-12-31"]);
    assert_eq!(backwards.code, 2, "rather than that there is nothing new");
}

#[test]
fn favourites_and_albums_are_those_of_the_phone() {
    let mut stage = Stage::new();
    let library = PhotosLibrary { assets: 120, mean_bytes: 2000, model: 18600, seed: 3 };
    stage.phone = Some(Phone::builder().photos_library(library).udid(UDID).start().unwrap());
    let all = stage.run(&["list", "--json"]).lines();
    let favourites = all.iter().filter(|line| line["favorite"] == true).count();
    assert!(favourites > 0 && favourites < all.len());
    assert_eq!(stage.run(&["list", "--favorites", "--json"]).lines().len(), favourites);
    let albums = stage.run(&["albums", "--json"]).lines();
    assert!(!albums.is_empty());
    for album in &albums {
        let inside = all.iter().filter(|line| line["hidden"] == false && line["deleted"] == false);
        let inside = inside.filter(|line| line["albums"].as_array().unwrap().contains(&album["path"])).count();
        assert_eq!(album["assets"], inside, "{album}");
        let name = album["album"].as_str().unwrap();
        let args = ["import", "--library", "library", "--create", "--dry-run", "--json", "--album", name];
        let finished = stage.run(&args).finished();
        let out_of_reach = finished["only_in_icloud"].as_u64().unwrap();
        assert!(finished["imported"].as_u64().unwrap() <= inside as u64 && out_of_reach < all.len() as u64);
    }
    let people = stage.run(&["albums"]);
    assert!(people.out.contains(albums[0]["album"].as_str().unwrap()), "{}", people.out);
}

#[test]
fn ids_come_from_standard_input() {
    let stage = with_phone(5, 100);
    let ids: Vec<String> =
        stage.run(&["list", "--json"]).lines().iter().map(|l| l["id"].as_str().unwrap().to_owned()).collect();
    let import = |input: &str| {
        let args = ["import", "--library", "library", "--create", "--assets", "-", "--json"];
        let mut child = stage.command(&args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Run::of(child.wait_with_output().unwrap())
    };
    let finished = import(&format!("{}\n{},{}\r\n\n", ids[0], ids[2], ids[4])).finished();
    assert_eq!((&finished["imported"], &finished["not_selected"]), (&3.into(), &2.into()));
    let nothing = import(" \n");
    assert_eq!((nothing.code, error_of(&nothing)["code"].as_str()), (2, Some("bad_request")));
}

#[test]
fn a_dry_run_says_what_it_would_copy_and_whether_there_is_room() {
    let stage = with_phone(30, 1000);
    let args = ["import", "--library", "library", "--create", "--all-new", "--dry-run"];
    let run = stage.run(&args);
    let lines: Vec<&str> = run.out.lines().filter(|line| line.starts_with("would import: ")).collect();
    assert_eq!((run.code, lines.len()), (0, 21), "{}", run.out);
    assert_eq!(lines.last(), Some(&"would import: 10 more; --json lists them all"));
    assert!(run.out.contains("Needs 1.") && run.out.contains(" are free."), "{}", run.out);
    let finished = stage.run(&[&args[..], &["--json"]].concat()).finished();
    // Files take whole blocks of the drive, whose size is its own.
    assert!((30_000 + 600 + (1 << 20)..3 << 20).contains(&finished["needed_bytes"].as_u64().unwrap()), "{finished}");
    assert!(finished["free_bytes"].as_u64() > Some(1 << 20) && finished["stopped"].is_null());
    assert!(fixtures().exists() && !stage.path("library").exists());
}

#[test]
fn shells_and_man_know_every_command_and_option() {
    let stage = Stage::new();
    let bare =
        |args: &[&str]| Run::of(stage.command(args).env_remove("HOME").env_remove("KEEPSAKE_HOME").output().unwrap());
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = bare(&["completions", shell]);
        assert!(
            run.code == 0 && run.out.contains("since") && run.out.contains("device-report"),
            "{shell}: {}",
            run.err
        );
    }
    let script = stage.path("keepsake.bash");
    std::fs::write(&script, bare(&["completions", "bash"]).out).unwrap();
    let ask = format!(
        ". {}; COMP_WORDS=(keepsake im); COMP_CWORD=1; _keepsake keepsake im keepsake; echo ${{COMPREPLY[@]}}",
        script.display()
    );
    let reply = Command::new("bash").args(["-c", &ask]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&reply.stdout), "import\n");
    let page = bare(&["man"]);
    for words in ["KEEPSAKE IMPORT", "KEEPSAKE UNDO", "without\\-originals", "Exit codes"] {
        assert!(page.code == 0 && page.out.contains(words), "{words} is not in {}", page.out);
    }
}
