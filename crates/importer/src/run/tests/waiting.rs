//! A phone that is locked while it is read.

use super::*;
use sources::memory::MemorySource;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Runs an import and does something to the phone once it was asked so often whether it is locked. Returns what was told of
/// waiting, besides how the import ended and how many bytes it counted.
fn run_beside(
    lab: &Lab,
    plan: &ImportPlan,
    (asked, act): (usize, fn(&MemorySource, &CancelFlag)),
) -> (SessionRow, u64, Vec<Option<String>>) {
    let (source, cancel) = (lab.source.clone(), lab.cancel.clone());
    let someone = std::thread::spawn(move || {
        let begun = Instant::now();
        while source.times_asked_whether_locked() < asked {
            assert!(begun.elapsed() < Duration::from_secs(60), "nobody asks whether the phone is locked");
            std::thread::sleep(Duration::from_millis(5));
        }
        act(&source, &cancel);
    });
    let (told, bytes) = (Mutex::new(Vec::new()), Mutex::new(0));
    let news = |news: ImportNews<'_>| match news {
        ImportNews::Waiting(error) => told.lock().unwrap().push(error.map(ToString::to_string)),
        ImportNews::Bytes(more) => *bytes.lock().unwrap() += more,
        ImportNews::Again(less) => *bytes.lock().unwrap() -= less,
        _ => {}
    };
    let row = lab.run_hearing(plan, &news).unwrap();
    someone.join().unwrap();
    (row, bytes.into_inner().unwrap(), told.into_inner().unwrap())
}

fn once() -> Vec<Option<String>> {
    vec![Some("iphone:test is locked: unlock it and try again".into()), None]
}

/// Three files, of which the second is the longest, and how many bytes they have.
fn phone() -> (Lab, u64) {
    let film = vec![7; 9 << 20];
    let lab = lab(&[("/a/1.JPG", b"1", 0), ("/a/2.MOV", &film, 0), ("/a/3.JPG", b"333", 0)]);
    (lab, film.len() as u64 + 4)
}

#[test]
fn it_is_waited_for_and_the_reading_goes_on_where_it_was() {
    for thoroughness in [Thoroughness::ReadBack, Thoroughness::SecondRead] {
        let (lab, all) = phone();
        lab.thoroughness.set(thoroughness);
        let plan = lab.plan(&Selection::AllNew);
        // In the middle of copying, or of the second reading.
        lab.source.lock_after(if thoroughness == Thoroughness::ReadBack { 5 << 20 } else { 14 << 20 });
        let before = lab.source.times_opened("/a/2.MOV");
        let (row, bytes, told) = run_beside(&lab, &plan, (2, |source, _| source.unlock()));
        assert_eq!((row.totals, row.stop, bytes), (totals(3, 0, 0, 0), None, all));
        assert_eq!(told, once());
        let opened = if thoroughness == Thoroughness::ReadBack { 2 } else { 3 };
        assert_eq!(lab.source.times_opened("/a/2.MOV") - before, opened);
        lab.assert_sound(3);
        assert_eq!(lab.source.open_readers(), 0);
    }
}

#[test]
fn one_that_does_not_say_for_a_moment_whether_it_is_locked_is_waited_for() {
    for (silences, stop) in [(2, None), (3, Some(FailureCode::TimedOut))] {
        let (lab, _) = phone();
        let plan = lab.plan(&Selection::AllNew);
        lab.source.lock_after(5 << 20);
        lab.source.say_nothing_of_being_locked(silences);
        let (row, _, told) = run_beside(&lab, &plan, (3, |source, _| source.unlock()));
        assert_eq!(row.stop.as_ref().map(|stop| stop.code), stop);
        // When it came to nothing, nobody waits again.
        assert_eq!(told, if stop.is_none() { once() } else { once()[..1].to_vec() });
    }
}

#[test]
fn several_that_wait_tell_it_once() {
    let files: Vec<(String, Vec<u8>)> = (0..40).map(|n| (format!("/a/{n}.JPG"), vec![n; 100_000])).collect();
    let files: Vec<(&str, &[u8], i64)> =
        files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice(), 0)).collect();
    let lab = lab(&files);
    let plan = lab.plan(&Selection::AllNew);
    lab.source.lock_after(1_050_000);
    let (row, bytes, told) = run_beside(&lab, &plan, (3, |source, _| source.unlock()));
    assert_eq!((row.totals, bytes, told), (totals(40, 0, 0, 0), 4_000_000, once()));
    assert_eq!(lab.source.times_asked_whether_locked(), 4, "three times locked, then not any more");
    lab.assert_sound(40);
}

#[test]
fn a_file_that_changed_meanwhile_is_read_again_from_its_beginning() {
    let (lab, _) = phone();
    let plan = lab.plan(&Selection::AllNew);
    lab.source.lock_after(5 << 20);
    let change = |source: &MemorySource, _: &CancelFlag| {
        source.put("/a/2.MOV", vec![8; 9 << 20], 5);
        source.unlock();
    };
    let (row, ..) = run_beside(&lab, &plan, (1, change));
    assert_eq!((row.totals, row.stop), (totals(3, 0, 0, 0), None));
    lab.assert_sound(3);
    let film = lab.library.paths().into_iter().find(|path| path.to_string().ends_with(".MOV")).unwrap();
    let bytes = lab.library.bytes_of(&film).unwrap();
    assert!(bytes.iter().all(|byte| *byte == 8), "half of it is the file of before");
}

#[test]
fn who_does_not_want_to_wait_stops_it() {
    let (lab, _) = phone();
    let plan = lab.plan(&Selection::AllNew);
    lab.source.lock_after(5 << 20);
    let (row, _, told) = run_beside(&lab, &plan, (2, |_, cancel| cancel.cancel()));
    assert_eq!((row.stop.unwrap().code, &told[..]), (FailureCode::Cancelled, &once()[..1]));
    assert_eq!(row.totals.imported + row.totals.failed, 3);
    lab.assert_sound(row.totals.imported);
    assert_eq!(lab.source.open_readers(), 0);
}

#[test]
fn one_that_is_unplugged_is_not_waited_for() {
    let (lab, _) = phone();
    let plan = lab.plan(&Selection::AllNew);
    lab.source.lock_after(5 << 20);
    let (row, _, told) = run_beside(&lab, &plan, (2, |source, _| source.unplug_after(0)));
    assert_eq!((row.stop.unwrap().code, &told[..]), (FailureCode::SourceGone, &once()[..1]));
    lab.assert_sound(row.totals.imported);
    assert_eq!(lab.source.open_readers(), 0);
}
