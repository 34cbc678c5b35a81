//! Every way in which phones misbehave: what the user is told, word for word, and that nothing wrong is ever filed.
//!
//! | misbehaviour | test |
//! |---|---|
//! | unplugged at a byte of a transfer | `cable::pulled_in_the_middle_of_a_photo` |
//! | unplugged in the middle of a listing | `cable::pulled_while_it_is_listed` |
//! | unplugged during pairing | `cable::pulled_while_it_asks` |
//! | restricted after an hour: not there at all | `cable::not_there_at_all` |
//! | plugged in again under a new number | `cable::back_under_another_number` |
//! | two phones at once | `cable::two_phones_at_once` |
//! | a slow cable | `cable::a_slow_cable_is_only_slow` |
//! | trust delayed; lockdown that hangs up on silence | `trust::given_late` |
//! | trust denied, prohibited | `trust::denied_and_prohibited` |
//! | trust revoked before, and in mid-use | `trust::revoked`, `trust::revoked_in_the_middle` |
//! | the link is reset on Trust | `trust::a_reset_on_trust_is_waited_for` |
//! | not unlocked since it was switched on | `trust::never_unlocked` |
//! | locked while it is listed, and unlocked again | `trust::locked_while_it_is_listed` |
//! | locked while it is read, and unlocked again, given up or unplugged | `trust::locked_in_the_middle`, `…_and_given_up`, `…_and_unplugged`; open files go on: `iphone/tests/simulated/misbehaving.rs` |
//! | silent for ever at any message | `silence::at_any_message`; at `Pair`, which its owner may take minutes to answer: `sources/src/iphone/tests.rs` |
//! | silent over one photo, folder or library | `silence::at_any_message` |
//! | wrong lengths and packet numbers | `lies::lengths_and_numbers`; lockdown's: `iphone/src/lockdown/message/tests.rs` |
//! | lists nested without end | `iphone/tests/simulated/hostile.rs` |
//! | a size that is not the file's | `lies::a_size_that_is_not_the_files` |
//! | missing attributes | `lies::attributes_left_out` |
//! | answers about some files that belong to other questions | `lies::answers_to_other_questions_about_some_files` |
//! | odd times, files of no bytes | `lies::times_that_cannot_be` |
//! | a clock far off | `lies::a_clock_that_is_far_off` |
//! | a hash that is not the file's, of one and of all | `lies::hashes_that_are_not_the_files` |
//! | a photo library that changes all the time | `phone_library.rs` |
//! | a wrong byte, always and once | `wrong_bytes.rs` |
//! | a read that ends early at a multiple of 64 KiB | `reads::ends_early`, `reads::ends_early_and_says_that_is_all` |
//! | short reads | `reads::short_but_honest` |
//! | status 3 after so many open files | `reads::few_open_files_at_a_time` |
//! | status 10 on a path, 20 at an offset | `reads::refused` |
//! | a file that grows, shrinks or goes between question and reading | `reads::changed_meanwhile` |
//! | names that are no text, decomposed, too long, of other systems' devices | `folders::nasty_names` |
//! | names that lead elsewhere | `trouble.rs` |
//! | 10,000 entries in one folder | `folders::ten_thousand_in_one_folder` |
//! | files over 4 GiB | `folders::a_film_of_more_than_four_gigabytes`; their bytes: `iphone/tests/simulated/reading.rs` |

mod cable;
mod folders;
mod lies;
mod reads;
mod silence;
mod trust;

use crate::stage::{Run, Stage, contents, sha256, tree};
use iphone_sim::{Builder, Phone, RunningPhone};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The name of the phone in what the user is told.
const PHONE: &str = "Simulated iPhone";

/// A stage with a phone of so many photos, all different, each a little larger than `bytes`. It was listed once, so that a
/// misbehaviour meets the import and not the listing's look into the files.
fn listed(count: u32, bytes: usize) -> Stage {
    let stage = stage_of(count, bytes, |phone| phone);
    assert_eq!(stage.run(&["list", "--source", "iphone"]).code, 0);
    stage
}

fn stage_of(count: u32, bytes: usize, describe: impl Fn(Builder) -> Builder) -> Stage {
    let mut stage = Stage::in_memory();
    std::fs::create_dir_all(stage.path("media/DCIM/100APPLE")).unwrap();
    take_photos(&stage, count, bytes);
    stage.phone = Some(describe(Phone::builder().media(stage.path("media"))).start().unwrap());
    stage
}

fn take_photos(stage: &Stage, count: u32, bytes: usize) {
    for number in 0..count {
        let mut content = vec![number as u8; bytes];
        content.extend(number.to_le_bytes());
        std::fs::write(stage.path(&format!("media/{}", photo(number))), content).unwrap();
    }
}

fn phone(stage: &Stage) -> &RunningPhone {
    stage.phone.as_ref().unwrap()
}

fn photo(number: u32) -> String {
    format!("/DCIM/100APPLE/IMG_{number:04}.JPG")
}

/// Why an import stopped: exit code, code, sentence.
fn stopped(run: &Run) -> (i32, String, String) {
    let stopped = &run.finished()["stopped"];
    let text = |name: &str| stopped[name].as_str().unwrap_or_default().to_owned();
    (run.code, text("code"), text("message"))
}

/// What was said of each photo that failed: name, code, sentence.
fn failures(run: &Run) -> Vec<(String, String, String)> {
    let failed = run.lines().into_iter().filter(|line| line["event"] == "failed");
    let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    failed.map(|line| (text(&line, "name"), text(&line, "code"), text(&line, "message"))).collect()
}

fn imported(run: &Run) -> u64 {
    run.finished()["imported"].as_u64().unwrap()
}

/// Whatever went before: each file of the library is a whole file of the phone, stands in a manifest as that one, and
/// nothing is half-way. Returns how many there are.
fn nothing_wrong(stage: &Stage) -> usize {
    if !stage.path("library/Originals").exists() {
        return 0;
    }
    let library = tree(&stage.path("library/Originals"));
    assert_eq!(stage.verified(), library.len() as u64);
    assert!(tree(&stage.path("library/.keepsake/incoming")).is_empty());
    let recorded = manifests(stage);
    assert_eq!(recorded.len(), library.len(), "{recorded:?}");
    for (path, hash) in &library {
        let source = &recorded[&format!("Originals/{path}")];
        assert_eq!(*hash, sha256(&stage.path("media").join(source)), "{path} is not {source}");
    }
    library.len()
}

/// Where each file of the library came from, by the manifests.
fn manifests(stage: &Stage) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for manifest in std::fs::read_dir(stage.path("library/.keepsake/manifests")).unwrap() {
        for line in std::fs::read_to_string(manifest.unwrap().path()).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| line[name].as_str().unwrap().to_owned();
            found.insert(text("path"), text("source_path"));
        }
    }
    found
}

/// Ends the misbehaviour; the next import makes the library what the phone holds.
fn all_is_well_afterwards(stage: &Stage) {
    let before = nothing_wrong(stage);
    phone(stage).behave();
    let run = stage.import("iphone");
    assert_eq!((run.code, failures(&run)), (0, vec![]), "{} {}", run.out, run.err);
    assert_eq!(contents(&stage.path("library/Originals")), contents(&stage.path("media")));
    assert!(nothing_wrong(stage) >= before);
}

/// Runs the program and does something to the phone meanwhile.
fn while_it_runs<T>(stage: &Stage, args: &[&str], act: impl FnOnce(&RunningPhone) -> T) -> (Run, T) {
    std::thread::scope(|threads| {
        let mut command = stage.command(args);
        let running = threads.spawn(move || command.output().unwrap());
        let acted = act(phone(stage));
        (Run::of(running.join().unwrap()), acted)
    })
}

/// Waits until something is so.
fn until(mut so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < Duration::from_secs(60), "it did not come to that");
        std::thread::sleep(Duration::from_millis(5));
    }
}
