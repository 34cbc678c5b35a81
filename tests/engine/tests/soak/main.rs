//! Whole imports from a phone that misbehaves at random, from a seed: no hang, no panic, no leak, nothing wrong filed.
//!
//! Each round imports while the cable is pulled, the phone locked, trust taken back, bytes are wrong and answers lies or never
//! come; then all is calm, and one more import must bring the library to exactly what the phone holds. After that the library
//! is verified, the books balance, nothing half-way lies about, and the process has no more files, threads and memory than
//! before.
//!
//! `KEEPSAKE_SOAK_SECONDS` says for how long (10), `KEEPSAKE_SOAK_SEED` repeats the dice of another run. It mostly waits.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on ends, and one of hours says how it goes"
)]

mod dice;
mod gauges;
mod mischief;
mod world;

use dice::Dice;
use gauges::Gauges;
use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use world::World;

const USUAL: u64 = 10;
/// Every limit of a round together is far less.
const LONGEST_ROUND: Duration = Duration::from_secs(240);
/// By then everything that is made once has been made.
const WARM: u32 = 15;
const NEWS_EVERY: Duration = Duration::from_secs(60);

/// What threads said when they panicked: one that is contained somewhere is a mistake all the same.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

fn panics() -> Vec<String> {
    PANICS.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn note_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.lock().unwrap_or_else(PoisonError::into_inner).push(info.to_string());
        usual(info);
    }));
}

#[test]
fn imports_from_a_phone_that_misbehaves_at_random() {
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(1, |time| time.as_secs());
    let seconds = number("KEEPSAKE_SOAK_SECONDS").unwrap_or(USUAL);
    let seed = number("KEEPSAKE_SOAK_SEED").unwrap_or(clock);
    println!("soak: KEEPSAKE_SOAK_SEED={seed}, {seconds} s");
    note_panics();
    let (done, rounds) = mpsc::channel();
    let worker = std::thread::spawn(move || work(Dice::new(seed), Duration::from_secs(seconds), &done));
    let mut round = 0;
    loop {
        match rounds.recv_timeout(LONGEST_ROUND) {
            Ok(number) => round = number,
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("seed {seed}: round {} hangs", round + 1),
        }
    }
    let summary = worker.join();
    assert!(summary.is_ok(), "seed {seed}, round {}: {:#?}", round + 1, panics());
    println!("soak: {round} rounds, {}", summary.unwrap_or_default());
}

/// Runs round after round until the time is over; tells the number of each that ended well.
fn work(mut dice: Dice, time: Duration, done: &mpsc::Sender<u32>) -> String {
    let begun = Instant::now();
    let mut world = World::new(&mut dice);
    let (mut baseline, mut told) = (None, Instant::now());
    for round in 1.. {
        world.round(&mut dice);
        assert_eq!(panics(), Vec::<String>::new(), "something panicked and was contained");
        if round >= WARM {
            Gauges::settle(baseline.get_or_insert_with(Gauges::read));
        }
        done.send(round).unwrap();
        if told.elapsed() > NEWS_EVERY {
            println!("soak: round {round}, {}, {}", world.tally, Gauges::read());
            told = Instant::now();
        }
        if begun.elapsed() >= time {
            break;
        }
        // So that others get their turn.
        std::thread::sleep(Duration::from_millis(200));
    }
    format!(
        "{}, {} at the beginning, {} at the end",
        world.tally,
        baseline.unwrap_or_else(Gauges::read),
        Gauges::read()
    )
}
