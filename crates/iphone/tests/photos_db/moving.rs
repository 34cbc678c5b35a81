//! A phone that writes to its photo library while it is copied over the cable.

use domain::CancelFlag;
use iphone::photos_db::{Certainty, Patience, PhotosLibrary, ReadLimits, Snapshots};
use iphone::{MuxAddress, Phones};
use iphone_sim::{DatabaseCopy, Pace, check_copy};
use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// Looks at a copy of the copy: the check works the log into the database.
fn check(copy: &Path) -> DatabaseCopy {
    let aside = TempDir::new().unwrap();
    for name in ["Photos.sqlite", "Photos.sqlite-wal"] {
        let from = copy.with_file_name(name);
        if from.exists() {
            fs::copy(from, aside.path().join(name)).unwrap();
        }
    }
    check_copy(&aside.path().join("Photos.sqlite"))
}

#[test]
fn copies_over_the_cable_of_a_library_being_written_to_are_of_one_moment_each() {
    let library = iphone_sim::PhotosLibrary { assets: 300, mean_bytes: 1000, model: 18600, seed: 1 };
    let sim = iphone_sim::Phone::builder().photos_library(library).start().unwrap();
    let phones = Phones::new(MuxAddress::Tcp(sim.addr())).unwrap();
    phones.ask(sim.udid()).unwrap();
    let phone = phones.open(sim.udid()).unwrap();
    let folder = TempDir::new().unwrap();
    let pause = Duration::from_millis(5);
    let snapshots = Snapshots::new(folder.path(), Patience { tries: 8, pause, longest: pause });
    let _writer = sim.write_database(Pace { every: Duration::from_millis(5), ..Pace::default() }).unwrap();
    let (mut moments, mut proven) = (HashSet::new(), 0);
    for _ in 0..100 {
        let copy = snapshots.take(&phone, &mut |_| {}, &CancelFlag::default()).unwrap();
        if copy.certainty == Certainty::Doubtful {
            continue;
        }
        match check(&copy.path) {
            DatabaseCopy::Whole(moment) => moments.insert(moment),
            torn => panic!("taken for whole: {torn:?}"),
        };
        assert!(PhotosLibrary::read(&copy.path, ReadLimits::default()).unwrap().assets.len() >= 300);
        proven += 1;
    }
    assert!(proven >= 50, "{proven} of 100 copies were proven");
    assert!(moments.len() > 10, "the library was hardly written to: {moments:?}");
}
