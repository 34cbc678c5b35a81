//! Drives that are full, write-protected, pulled or exchanged.

use super::lab::{Mounted, run};
use crate::contract::samples::*;
use destinations::LibraryFolder;
use domain::{Destination, DestinationError, LibraryId};
use std::ops::ControlFlow;

const PHOTO: &str = "Originals/2024/2024-03-02/IMG_1.HEIC";

fn full(mounted: &Mounted) -> DestinationError {
    DestinationError::Full(mounted.library().display().to_string())
}

fn read_only(mounted: &Mounted) -> DestinationError {
    DestinationError::ReadOnly(mounted.library().display().to_string())
}

fn gone(mounted: &Mounted) -> DestinationError {
    DestinationError::Gone(mounted.library().display().to_string())
}

fn other_id() -> LibraryId {
    LibraryId::parse("ffffffffffffffffffffffffffffffff").unwrap()
}

#[test]
fn a_full_drive_says_so_keeps_what_it_has_and_goes_on_when_there_is_room() {
    let mounted = Mounted::tmpfs("size=1m");
    let library = library_at(&mounted.library());
    publish(&library, 0, BYTES, PHOTO);
    let mut file = library.create(&name(1), 2 << 20).unwrap();
    assert_eq!(file.write(&vec![7; 2 << 20]), Err(full(&mounted)));
    assert!(library.capacity().unwrap().free_bytes < 4096);
    drop(file);
    assert_eq!((library.staged(), read(&library, PHOTO)), (Ok(vec![]), BYTES.to_vec()));
    publish(&library, 2, &vec![7; 100_000], "small.jpg");
}

#[test]
fn a_library_is_not_made_on_a_full_drive() {
    let mounted = Mounted::tmpfs("size=64k");
    std::fs::create_dir(mounted.library()).unwrap();
    let _ = std::fs::write(mounted.path().join("filler"), vec![7; 1 << 20]);
    let error = LibraryFolder::create_or_open(&mounted.library(), id(), WHEN).unwrap_err();
    assert_eq!(error, full(&mounted));
    assert_eq!(LibraryFolder::identify(&mounted.library()), Ok(None));
}

#[test]
fn a_drive_without_room_for_another_file_is_full() {
    let mounted = Mounted::tmpfs("size=1m,nr_inodes=8");
    let library = library_at(&mounted.library());
    let files: Vec<_> = (0..8).map(|index| library.create(&name(index), 0)).collect();
    assert_eq!(files.into_iter().find_map(Result::err), Some(full(&mounted)));
}

#[test]
fn a_write_protected_drive_is_told_before_and_during_an_import_and_can_be_verified() {
    let mounted = Mounted::tmpfs("size=1m");
    let library = library_at(&mounted.library());
    publish(&library, 0, BYTES, PHOTO);
    mounted.make_read_only();
    assert_eq!(library.create(&name(1), 1).err(), Some(read_only(&mounted)));
    assert_eq!(library.record(&session(), &[entry(1)]), Err(read_only(&mounted)));
    assert_eq!(LibraryFolder::create_or_open(&mounted.library(), id(), WHEN).err(), Some(read_only(&mounted)));
    let new = mounted.path().join("New");
    let error = LibraryFolder::create_or_open(&new, id(), WHEN).unwrap_err();
    assert_eq!(error, DestinationError::ReadOnly(new.display().to_string()));
    assert_eq!(read(&LibraryFolder::open(&mounted.library()).unwrap(), PHOTO), BYTES);
}

#[test]
fn a_folder_that_may_not_be_written_to_is_read_only() {
    let mounted = Mounted::ext4(32);
    std::fs::create_dir(mounted.library()).unwrap();
    run(&format!("chattr +i {}", mounted.library().display()));
    assert_eq!(LibraryFolder::create_or_open(&mounted.library(), id(), WHEN).err(), Some(read_only(&mounted)));
}

#[test]
fn a_flush_that_fails_spoils_the_file_for_good() {
    let below = Mounted::tmpfs("size=24m");
    let mounted = Mounted::ext4_over(below.path(), 96);
    let library = library_at(&mounted.library());
    let mut file = library.create(&name(0), 0).unwrap();
    let block = vec![7; 1 << 20];
    assert!((0..48).all(|_| file.write(&block).is_ok()), "the drive claims to have the room");
    file.seal(0).unwrap_err();
    let again = file.seal(0).unwrap_err().to_string();
    assert!(again.contains("must be copied again"), "{again}");
    assert!(file.read_back(&mut |_| ControlFlow::Continue(())).is_err());
    assert!(file.publish(&path(PHOTO)).is_err());
    assert_eq!(library.size_of(&path(PHOTO)), Ok(None));
}

#[test]
fn nothing_is_written_beneath_a_drive_that_was_unmounted() {
    let mounted = Mounted::tmpfs("size=1m");
    let library = library_at(&mounted.library());
    mounted.detach();
    assert_eq!(library.check(), Err(gone(&mounted)));
    publish(&library, 0, BYTES, PHOTO);
    library.record(&session(), &[entry(1)]).unwrap();
    assert_eq!(std::fs::read_dir(mounted.path()).unwrap().count(), 0);
}

#[test]
fn another_drive_at_the_same_path_is_not_written_to() {
    let mounted = Mounted::tmpfs("size=1m");
    let library = library_at(&mounted.library());
    run(&format!("mount -t tmpfs none {}", mounted.path().display()));
    let other = LibraryFolder::create_or_open(&mounted.library(), other_id(), WHEN).unwrap();
    assert_eq!(library.check(), Err(gone(&mounted)));
    publish(&library, 0, BYTES, PHOTO);
    assert_eq!(files(&other), []);
    drop(other);
    run(&format!("umount {}", mounted.path().display()));
    assert_eq!((library.check(), files(&library).len()), (Ok(()), 1));
}

#[test]
fn a_copy_of_the_library_at_the_same_path_is_another_drive() {
    let mounted = Mounted::tmpfs("size=1m");
    let library = library_at(&mounted.library());
    run(&format!("mount -t tmpfs none {}", mounted.path().display()));
    drop(library_at(&mounted.library()));
    assert_eq!(library.check(), Err(gone(&mounted)));
    run(&format!("umount {}", mounted.path().display()));
}

#[test]
fn a_pulled_drive_is_gone_whatever_is_asked() {
    let mut mounted = Mounted::ntfs_by_child(32);
    let library = library_at(&mounted.library());
    publish(&library, 0, BYTES, PHOTO);
    let mut file = sealed(&library, 1, BYTES);
    assert_eq!(library.check(), Ok(()));
    mounted.kill_driver();
    let is = Err(gone(&mounted));
    assert_eq!(library.check(), is);
    assert_eq!(file.publish(&path("b.jpg")), is);
    assert_eq!(library.create(&name(2), 1).map(drop), is);
    assert_eq!(library.record(&session(), &[entry(1)]), is);
    assert_eq!(library.read(&path(PHOTO), &mut |_| ControlFlow::Continue(())).map(drop), is);
    assert_eq!(library.capacity().map(drop), is);
    assert_eq!(library.files(&mut |_| {}), is);
    drop(file);
}
