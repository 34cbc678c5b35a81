//! Decoders that crash, hang, hoard, lie and try to get out: each costs one picture, and the next one is fine.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is missing")]

mod file;

use decoder::{Confinement, DecodeError, Decoders, Launch, Limits};
use domain::SourceError;
use file::{File, photo};
use media::{Preview, PreviewError};
use std::time::{Duration, Instant};

fn decoders() -> Decoders {
    let limits = Limits { time: Duration::from_secs(3), ..Limits::default() };
    Decoders::new(Launch::program(env!("CARGO_BIN_EXE_decoder-offender")), limits)
}

fn draw(decoders: &Decoders, name: &str) -> Result<Preview, DecodeError> {
    decoders.preview(name, &mut File(photo(), None), 256)
}

/// The picture that comes after a misfortune.
fn next_is_fine(decoders: &Decoders, after: &str) {
    let preview = draw(decoders, "IMG_8062.HEIC").unwrap_or_else(|error| panic!("after {after}: {error}"));
    assert_eq!(preview.width.max(preview.height), 256, "after {after}");
}

#[test]
fn the_picture_is_that_of_a_decoder_in_this_process() {
    let want = media::preview("IMG_8062.HEIC", &mut File(photo(), None), 256).unwrap();
    assert_eq!(draw(&decoders(), "IMG_8062.HEIC"), Ok(want));
}

#[test]
fn a_crash_costs_one_picture() {
    // A gigabyte takes a busy computer longer than the others' limit.
    let decoders = Decoders::new(Launch::program(env!("CARGO_BIN_EXE_decoder-offender")), Limits::default());
    for crime in ["abort", "exit", "deep", "memory", "lie"] {
        next_is_fine(&decoders, "the start");
        assert_eq!(draw(&decoders, crime), Err(DecodeError::Crashed), "{crime}");
        next_is_fine(&decoders, crime);
    }
}

#[test]
fn a_decoder_that_hangs_is_ended() {
    let decoders = decoders();
    next_is_fine(&decoders, "the start");
    let began = Instant::now();
    assert_eq!(draw(&decoders, "loop"), Err(DecodeError::TooSlow));
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    next_is_fine(&decoders, "a hang");
}

#[test]
fn a_decoder_that_never_stops_reading_is_ended() {
    let decoders = decoders();
    assert_eq!(draw(&decoders, "greedy"), Err(DecodeError::Crashed));
    next_is_fine(&decoders, "greed");
}

#[cfg(target_os = "linux")]
#[test]
fn there_is_no_way_out() {
    let decoders = decoders();
    assert_eq!(decoders.confinement(), Ok(Confinement { files: true, calls: true, resources: true }));
    for crime in ["socket", "connect", "read", "write", "program"] {
        let refused = PreviewError::Corrupt("PermissionDenied".to_owned());
        assert_eq!(draw(&decoders, crime), Err(refused.into()), "{crime}");
        next_is_fine(&decoders, crime);
    }
    assert!(!std::env::temp_dir().join("keepsake-offender").exists());
}

#[test]
fn the_source_says_itself_why_it_failed() {
    let decoders = decoders();
    let pulled = SourceError::Unplugged("Anna's iPhone".to_owned());
    let drawn = decoders.preview("a.heic", &mut File(photo(), Some(pulled.clone())), 256);
    assert_eq!(drawn, Err(DecodeError::from(pulled)));
    next_is_fine(&decoders, "a pulled cable");
}

#[test]
fn what_is_no_decoder_is_not_waited_for() {
    let none = Decoders::new(Launch::program("/nonexistent/keepsake"), Limits::default());
    assert!(matches!(draw(&none, "a.heic"), Err(DecodeError::NoDecoder(_))));
    let other = Decoders::new(Launch::program("/bin/true"), Limits::default());
    assert!(matches!(draw(&other, "a.heic"), Err(DecodeError::NoDecoder(_))));
}
