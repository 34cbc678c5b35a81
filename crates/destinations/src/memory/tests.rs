use super::*;
use std::ops::ControlFlow;

const BYTES: &[u8] = b"a photo";

fn library() -> MemoryLibrary {
    MemoryLibrary::new(LibraryId::new("0123456789abcdef0123456789abcdef"))
}

fn name(index: u64) -> StagingName {
    StagingName::new(&SessionId::new("fedcba9876543210fedcba9876543210"), index)
}

fn path(text: &str) -> LibraryPath {
    LibraryPath::parse(text).unwrap()
}

#[test]
fn a_full_library_says_so_in_the_middle_and_leaves_nothing() {
    let library = library();
    library.full_after(10);
    let mut file = library.create(&name(0), 14).unwrap();
    file.write(BYTES).unwrap();
    assert_eq!(file.write(BYTES), Err(DestinationError::Full("memory".into())));
    drop(file);
    assert_eq!(library.staged(), Ok(vec![]));
}

#[test]
fn a_pulled_library_keeps_what_was_staged_until_it_is_back() {
    let library = library();
    library.gone_after(2);
    let mut file = library.create(&name(0), 7).unwrap();
    file.write(BYTES).unwrap();
    assert_eq!(file.seal(5), Err(DestinationError::Gone("memory".into())));
    assert!(library.check().is_err());
    drop(file);
    library.heal();
    assert_eq!(library.staged(), Ok(vec![name(0)]));
}

#[test]
fn the_ordered_seal_fails_and_spoils_the_file() {
    let library = library();
    library.fail_seal_after(1);
    let mut file = library.create(&name(0), 7).unwrap();
    assert!(file.seal(5).is_ok());
    assert!(file.seal(5).is_err() && file.seal(5).is_err() && file.publish(&path("a.jpg")).is_err());
    drop(file);
    assert!(library.create(&name(0), 7).unwrap().seal(5).is_ok());
}

#[test]
fn the_ordered_read_back_lies_once() {
    let library = library();
    library.flip_read_back_after(1);
    let mut file = library.create(&name(0), 7).unwrap();
    file.write(BYTES).unwrap();
    for want in [b'a', b'a' ^ 1, b'a'] {
        let mut first = None;
        file.read_back(&mut |bytes| {
            first = bytes.first().copied();
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(first, Some(want));
    }
}

#[test]
fn a_name_taken_meanwhile_leaves_the_file_pending() {
    let library = library();
    library.take_name(&path("a.jpg"));
    let mut file = library.create(&name(0), 7).unwrap();
    file.write(BYTES).unwrap();
    assert_eq!(file.publish(&path("a.jpg")), Err(DestinationError::Taken("a.jpg".into())));
    file.publish(&path("b.jpg")).unwrap();
    drop(file);
    assert_eq!((library.paths(), library.bytes_of(&path("b.jpg"))), (vec![path("b.jpg")], Some(BYTES.to_vec())));
}
