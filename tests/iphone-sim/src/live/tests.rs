//! The writer is nasty enough: copies made without care are torn. And it is honest: those made with care are not.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::*;
use crate::library::PhotosLibrary;
use crate::media::{OpenMode, PhonePath, Tree};
use crate::{Fault, Phone, SimError};

const PATIENCE: Duration = Duration::from_secs(60);
/// The part of the log's header that changes when it is begun again.
const LOG_HEADER: u64 = 32;

fn library() -> impl Tree {
    PhotosLibrary { assets: 1500, mean_bytes: 1000, model: 18600, seed: 3 }.build().unwrap()
}

fn write(tree: &dyn Tree) -> DatabaseWriter {
    let pace = Pace { every: Duration::from_millis(1), ..Pace::default() };
    DatabaseWriter::start(&tree.database().unwrap(), pace).unwrap()
}

/// Copies a file of the phone piece by piece, as a cable does.
fn copy(tree: &dyn Tree, end: &str, most: u64, folder: &Path) -> Vec<u8> {
    let path = PhonePath::parse(format!("/PhotoData/Photos.sqlite{end}").as_bytes());
    let Ok(mut file) = tree.open(&path, OpenMode::Read) else { return Vec::new() };
    let (mut all, mut piece) = (Vec::new(), vec![0; 64 << 10]);
    while (all.len() as u64) < most {
        let read = file.read_at(all.len() as u64, &mut piece).unwrap();
        if read == 0 {
            break;
        }
        all.extend_from_slice(&piece[..read]);
        thread::sleep(Duration::from_micros(200));
    }
    all.truncate(most as usize);
    File::create(folder.join(format!("Photos.sqlite{end}"))).unwrap().write_all(&all).unwrap();
    all
}

fn header(tree: &dyn Tree) -> Vec<u8> {
    copy(tree, "-wal", LOG_HEADER, tempfile::tempdir().unwrap().path())
}

fn wait_for(writer: &DatabaseWriter, transactions: u64) {
    let end = Instant::now() + PATIENCE;
    while writer.transactions() < transactions {
        assert!(Instant::now() < end, "only {} transactions", writer.transactions());
        thread::yield_now();
    }
}

/// Copies until one is torn.
fn find_torn(order: [&str; 2]) -> String {
    let tree = library();
    let writer = write(&tree);
    let end = Instant::now() + PATIENCE;
    loop {
        let folder = tempfile::tempdir().unwrap();
        order.iter().for_each(|part| drop(copy(&tree, part, u64::MAX, folder.path())));
        if let DatabaseCopy::Torn(why) = check_copy(&folder.path().join("Photos.sqlite")) {
            assert!(writer.finish().unwrap() > 0);
            return why;
        }
        assert!(Instant::now() < end, "no copy was torn in {} transactions", writer.transactions());
    }
}

#[test]
fn a_copy_of_the_log_and_then_the_database_is_torn_sooner_or_later() {
    assert_ne!(find_torn(["-wal", ""]), "");
}

#[test]
fn a_copy_of_the_database_and_then_the_log_is_torn_sooner_or_later() {
    assert_ne!(find_torn(["", "-wal"]), "");
}

#[test]
fn a_copy_of_the_database_alone_is_torn_sooner_or_later() {
    assert_ne!(find_torn(["", ""]), "");
}

#[test]
fn what_the_database_gives_by_itself_is_always_whole() {
    let tree = library();
    let writer = write(&tree);
    let mut last = 0;
    for turn in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let (phone, copy) = (Connection::open(tree.database().unwrap()).unwrap(), folder.path().join("copy"));
        phone.busy_timeout(PATIENCE).unwrap();
        phone.execute("VACUUM INTO ?", [copy.to_str().unwrap()]).unwrap();
        let DatabaseCopy::Whole(written) = check_copy(&copy) else { panic!("{turn}: {:?}", check_copy(&copy)) };
        assert!(written >= last, "{turn}");
        last = written;
        thread::sleep(Duration::from_millis(5));
    }
    assert!(writer.finish().unwrap() >= last && last > 0);
}

#[test]
fn a_copy_between_two_equal_headers_of_the_log_is_whole() {
    let tree = library();
    let pace = Pace { every: Duration::from_millis(15), ..Pace::default() };
    let writer = DatabaseWriter::start(&tree.database().unwrap(), pace).unwrap();
    let (mut accepted, end) = (0, Instant::now() + PATIENCE);
    while accepted < 10 {
        assert!(Instant::now() < end, "only {accepted} copies were accepted");
        let folder = tempfile::tempdir().unwrap();
        let before = header(&tree);
        copy(&tree, "", u64::MAX, folder.path());
        let log = copy(&tree, "-wal", u64::MAX, folder.path());
        if log.is_empty() || before != header(&tree) || !log.starts_with(&before) {
            continue;
        }
        let state = check_copy(&folder.path().join("Photos.sqlite"));
        assert!(matches!(state, DatabaseCopy::Whole(_)), "{state:?} after {} transactions", writer.transactions());
        accepted += 1;
    }
}

#[test]
fn a_scenario_makes_the_phone_write_until_it_behaves() {
    let library = PhotosLibrary { assets: 100, mean_bytes: 1000, model: 14208, seed: 0 };
    let phone = Phone::builder().photos_library(library).start().unwrap();
    let database = phone.database().unwrap();
    assert!(matches!(check_copy(&database), DatabaseCopy::Torn(_)), "nobody has kept account yet");
    let faults = Fault::read_scenario(r#"[{"fault": "writes-database", "every_ms": 0}]"#).unwrap();
    faults.into_iter().for_each(|fault| phone.inject(fault));
    let end = Instant::now() + PATIENCE;
    while !matches!(check_copy(&database), DatabaseCopy::Whole(3..)) {
        assert!(Instant::now() < end, "nothing is written");
        thread::sleep(Duration::from_millis(5));
    }
    phone.behave();
    assert_eq!(check_copy(&database), check_copy(&database));
    let folder = tempfile::tempdir().unwrap();
    let without = Phone::builder().media(folder.path()).start().unwrap();
    assert!(matches!(without.write_database(Pace::default()), Err(SimError::NoDatabase)));
}

#[test]
fn every_generation_can_be_written() {
    for model in PhotosLibrary::models() {
        let tree = PhotosLibrary { assets: 100, mean_bytes: 1000, model, seed: 0 }.build().unwrap();
        let database = tree.database().unwrap();
        let writer = DatabaseWriter::start(&database, Pace { every: Duration::ZERO, ..Pace::default() }).unwrap();
        wait_for(&writer, 50);
        let written = writer.finish().unwrap();
        assert_eq!(check_copy(&database), DatabaseCopy::Whole(written), "{model}");
        let again = DatabaseWriter::start(&database, Pace::default()).unwrap();
        wait_for(&again, 5);
        assert_eq!(DatabaseCopy::Whole(written + again.finish().unwrap()), check_copy(&database), "{model}");
    }
}
