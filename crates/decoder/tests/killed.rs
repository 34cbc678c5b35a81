//! Decoders that something else ends while they rest, and those that do not rest. Apart from the other tests: it counts and
//! ends all children of its process.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod file;

use decoder::{Decoders, Launch, Limits};
use file::{File, photo};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

#[test]
fn one_that_was_ended_at_rest_is_replaced() {
    let _alone = ALONE.lock();
    let decoders = Decoders::new(Launch::program(env!("CARGO_BIN_EXE_decoder-offender")), Limits::default());
    let draw = || decoders.preview("IMG_8062.HEIC", &mut File(photo(), None), 256).map(|preview| preview.width);
    assert_eq!(draw(), Ok(192));
    let before = children();
    assert_eq!(before.len(), 1);
    Command::new("kill").args(["-9", &before[0].to_string()]).status().unwrap();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(draw(), Ok(192));
    drop(decoders);
    for _ in 0..100 {
        std::thread::sleep(Duration::from_millis(20));
        if children().is_empty() {
            return;
        }
    }
    assert_eq!(children(), [0u32; 0], "dropped decoders end, and nobody waits for them in vain");
}

#[test]
fn a_decoder_that_made_what_stands_for_a_photo_makes_nothing_else() {
    let _alone = ALONE.lock();
    let decoders = Decoders::new(Launch::program(env!("CARGO_BIN_EXE_decoder-offender")), Limits::default());
    let convert =
        || decoders.convert(("IMG_8062.HEIC", &mut File(photo(), None)), Some(64), 80).map(|made| made.height);
    let draw = || decoders.preview("IMG_8062.HEIC", &mut File(photo(), None), 256).map(|preview| preview.width);
    assert_eq!(convert(), Ok(64));
    eventually(0);
    assert_eq!(draw(), Ok(192));
    let resting = children();
    assert_eq!((convert(), resting.len()), (Ok(64), 1));
    eventually(1);
    assert_eq!(children(), resting, "nor is it made by one that drew before");
}

/// One of the two at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn eventually(count: usize) {
    for _ in 0..200 {
        if children().len() == count {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(children().len(), count);
}

/// Processes that any thread of this one started and did not see off yet.
fn children() -> Vec<u32> {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()).collect()
}
