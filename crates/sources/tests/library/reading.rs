//! The copy of the phone's database, which on a slow cable takes long: it shows how far it is, and can be cancelled.

use domain::{CancelFlag, LibraryRead, ListEntry, Source, SourceError};
use iphone::{MuxAddress, Phones};
use iphone_sim::{PhotosLibrary, RunningPhone};
use sources::IphoneSource;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A phone whose database is some blocks long and takes a few seconds.
fn slow_phone() -> (RunningPhone, u64) {
    let library = PhotosLibrary { assets: 8_000, mean_bytes: 2000, model: 18_600, seed: 7 };
    let phone = iphone_sim::Phone::builder().photos_library(library).bytes_per_second(4e6).start().unwrap();
    let database = phone.database().unwrap();
    let log = database.with_file_name("Photos.sqlite-wal");
    let bytes = fs::metadata(database).unwrap().len() + fs::metadata(log).map_or(0, |log| log.len());
    assert!(bytes > 4 << 20, "the database is too small for this test: {bytes} bytes");
    (phone, bytes)
}

fn source(phone: &RunningPhone, cache: &Path) -> IphoneSource {
    let phones = Phones::new(MuxAddress::Tcp(phone.addr())).unwrap();
    phones.ask(phone.udid()).unwrap();
    IphoneSource::open(&phones, phone.udid(), cache).unwrap()
}

/// Lists, and returns how far the copy was said to be, and whether anything else was told before it was done.
fn told_of(source: &IphoneSource) -> (Vec<LibraryRead>, bool) {
    let (mut told, mut mixed, mut others) = (Vec::new(), false, false);
    let found = &mut |batch: Vec<ListEntry>| {
        for entry in batch {
            match entry {
                ListEntry::Reading(read) => {
                    mixed |= others;
                    told.push(read);
                }
                _ => others = true,
            }
        }
    };
    source.list(found, &CancelFlag::default()).unwrap();
    (told, mixed)
}

#[test]
fn a_copy_says_how_far_it_is_before_anything_is_listed_and_one_that_is_kept_says_nothing() {
    let (phone, bytes) = slow_phone();
    let cache = TempDir::new().unwrap();
    let source = source(&phone, cache.path());
    let (told, mixed) = told_of(&source);
    assert!(!mixed, "photos were told of in between");
    assert!(told.iter().all(|read| read.total_bytes == bytes), "{told:?} of {bytes}");
    assert!(told.is_sorted_by(|a, b| a.done_bytes < b.done_bytes), "{told:?}");
    assert_eq!((told[0].done_bytes, told.last().unwrap().done_bytes), (0, bytes));
    assert!(told.len() > 3, "only the beginning and the end were told: {told:?}");
    assert_eq!(told_of(&source).0, []);
}

#[test]
fn a_cancelled_copy_ends_with_its_block_and_leaves_nothing_behind() {
    let (phone, bytes) = slow_phone();
    let cache = TempDir::new().unwrap();
    let source = source(&phone, cache.path());
    let (cancel, mut read_until_then) = (CancelFlag::default(), None);
    let found = &mut |batch: Vec<ListEntry>| {
        if matches!(&batch[..], [ListEntry::Reading(read)] if read.done_bytes > 0) && !cancel.is_cancelled() {
            let copying = folders(&cache.path().join(phone.udid()));
            assert!(copying.len() == 1 && copying[0].starts_with("copying-"), "{copying:?}");
            read_until_then = Some(phone.activity().bytes_read);
            cancel.cancel();
        }
    };
    assert_eq!(source.list(found, &cancel), Err(SourceError::Cancelled));
    let after = phone.activity().bytes_read - read_until_then.expect("the copy told nothing");
    assert!(after <= 1 << 20 && after < bytes / 2, "{after} bytes were read after it was cancelled");
    assert_eq!(folders(&cache.path().join(phone.udid())), Vec::<String>::new());
}

fn folders(parent: &Path) -> Vec<String> {
    fs::read_dir(parent).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
