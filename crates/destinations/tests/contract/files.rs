//! Promises about files.

use super::samples::*;
use domain::{Destination, DestinationError};
use std::ops::ControlFlow;

const PHOTO: &str = "Originals/2024/2024-03-02/IMG_1.HEIC";
const OTHER: &str = "Originals/2024/2024-03-02/IMG_1_1.HEIC";

pub fn a_published_file_has_its_bytes_and_no_staged_twin(library: &dyn Destination) {
    let mut file = sealed(library, 0, BYTES);
    assert_eq!(read_back(&mut *file), BYTES);
    file.publish(&path(PHOTO)).unwrap();
    file.flush_published().unwrap();
    library.flush_names(&[&path(PHOTO)]).unwrap();
    drop(file);
    assert_eq!(read(library, PHOTO), BYTES);
    assert_eq!(library.size_of(&path(PHOTO)), Ok(Some(7)));
    assert_eq!(library.staged(), Ok(vec![]));
    assert_eq!(files(library), [(PHOTO.to_owned(), 7)]);
    library.flush(&path(PHOTO)).unwrap();
    library.check().unwrap();
}

pub fn nothing_is_seen_before_it_is_published(library: &dyn Destination) {
    let file = sealed(library, 0, BYTES);
    assert_eq!(files(library), []);
    assert_eq!(library.staged(), Ok(vec![name(0)]));
    drop(file);
}

pub fn a_dropped_file_leaves_nothing(library: &dyn Destination) {
    drop(sealed(library, 0, BYTES));
    assert_eq!(library.staged(), Ok(vec![]));
    assert!(library.adopt(&name(0)).unwrap().is_none());
    assert_eq!(files(library), []);
}

pub fn a_left_file_can_be_adopted_and_published(library: &dyn Destination) {
    sealed(library, 0, BYTES).leave();
    assert_eq!(library.staged(), Ok(vec![name(0)]));
    let mut file = library.adopt(&name(0)).unwrap().unwrap();
    assert_eq!(read_back(&mut *file), BYTES);
    file.publish(&path(PHOTO)).unwrap();
    drop(file);
    assert_eq!(read(library, PHOTO), BYTES);
    assert_eq!(library.staged(), Ok(vec![]));
}

pub fn a_taken_name_is_told_and_the_file_can_have_another(library: &dyn Destination) {
    publish(library, 0, b"the first", PHOTO);
    let mut file = sealed(library, 1, BYTES);
    assert_eq!(file.publish(&path(PHOTO)), Err(DestinationError::Taken(PHOTO.to_owned())));
    assert_eq!(read_back(&mut *file), BYTES);
    file.publish(&path(OTHER)).unwrap();
    assert_eq!((read(library, PHOTO), read(library, OTHER)), (b"the first".to_vec(), BYTES.to_vec()));
}

pub fn a_staging_name_is_given_once(library: &dyn Destination) {
    let first = sealed(library, 0, BYTES);
    assert!(matches!(library.create(&name(0), 1), Err(DestinationError::Taken(_))));
    drop(first);
    assert!(library.create(&name(0), 1).is_ok());
}

pub fn discarding_is_fine_twice(library: &dyn Destination) {
    sealed(library, 0, BYTES).leave();
    library.discard(&name(0)).unwrap();
    library.discard(&name(0)).unwrap();
    assert_eq!(library.staged(), Ok(vec![]));
}

pub fn only_empty_files_are_removed(library: &dyn Destination) {
    publish(library, 0, b"", PHOTO);
    publish(library, 1, BYTES, OTHER);
    library.remove_empty(&path(PHOTO)).unwrap();
    library.remove_empty(&path(PHOTO)).unwrap();
    assert!(library.remove_empty(&path(OTHER)).is_err());
    assert_eq!(files(library), [(OTHER.to_owned(), 7)]);
}

pub fn an_empty_photo_is_a_photo(library: &dyn Destination) {
    publish(library, 0, b"", PHOTO);
    assert_eq!((library.size_of(&path(PHOTO)), read(library, PHOTO)), (Ok(Some(0)), vec![]));
}

pub fn names_are_those_of_one_folder(library: &dyn Destination) {
    publish(library, 0, BYTES, PHOTO);
    publish(library, 1, BYTES, "Originals/2024/2024-03-03/IMG_2.HEIC");
    assert_eq!(library.names_in(&path("Originals/2024/2024-03-02")), Ok(vec!["IMG_1.HEIC".to_owned()]));
    let mut days = library.names_in(&path("Originals/2024")).unwrap();
    days.sort();
    assert_eq!(days, ["2024-03-02", "2024-03-03"]);
}

pub fn what_is_not_there_is_not_there(library: &dyn Destination) {
    assert_eq!(library.size_of(&path(PHOTO)), Ok(None));
    assert_eq!(library.names_in(&path("Originals/1999")), Ok(vec![]));
    assert!(library.adopt(&name(9)).unwrap().is_none());
    assert!(library.flush(&path(PHOTO)).is_err());
    assert!(matches!(library.read(&path(PHOTO), &mut |_| ControlFlow::Continue(())), Err(DestinationError::Io { .. })));
}

pub fn a_large_file_is_read_back_whole(library: &dyn Destination) {
    let bytes: Vec<u8> = (0..5_000_000_u32).map(|i| (i % 251) as u8).collect();
    let mut file = sealed(library, 0, &bytes);
    assert!(read_back(&mut *file) == bytes);
    assert!(read_back(&mut *file) == bytes, "a second time as well");
}

pub fn what_is_put_aside_is_whole_and_replaces_nothing(library: &dyn Destination) {
    const HELD: &str = "Removed/x/2024/2024-03-02/IMG_1.HEIC";
    let moving = |from: &str, to: &str| removal(from, to);
    publish(library, 0, BYTES, PHOTO);
    assert_eq!(library.set_aside(&[moving(PHOTO, HELD)]), [Ok(())]);
    assert_eq!(files(library), [(HELD.to_owned(), 7)]);
    assert_eq!(read(library, HELD), BYTES);
    // Its folder may be gone, and is there again when it is needed.
    publish(library, 1, b"another", PHOTO);
    publish(library, 2, b"neighbour", OTHER);
    let results = library.set_aside(&[moving(PHOTO, HELD), moving(OTHER, "Removed/x/OTHER.HEIC"), moving("none", "x")]);
    assert!(matches!(results[0], Err(DestinationError::Taken(_))), "{results:?}");
    assert_eq!(results[1], Ok(()));
    assert!(matches!(results[2], Err(DestinationError::Io { .. })), "{results:?}");
    assert_eq!((read(library, HELD), read(library, PHOTO)), (BYTES.to_vec(), b"another".to_vec()));
    assert_eq!(read(library, "Removed/x/OTHER.HEIC"), b"neighbour");
}

pub fn one_program_at_a_time_changes_it(library: &dyn Destination) {
    let lock = library.lock().unwrap();
    assert!(lock.is_some());
    assert_eq!(library.lock().err(), Some(DestinationError::Busy));
    assert!(files(library).is_empty(), "it is no photo");
    drop(lock);
    assert!(library.lock().unwrap().is_some());
}
