use super::*;

fn one() -> MemorySource {
    MemorySource::new("memory:one").with_file("DCIM/a.jpg", *b"0123456789", 7)
}

fn path() -> SourcePath {
    SourcePath::new("DCIM/a.jpg")
}

#[test]
fn the_cable_is_pulled_after_so_many_bytes() {
    let source = one();
    source.unplug_after(4);
    let mut reader = source.open(&path()).unwrap();
    assert_eq!(reader.read_at(0, 10).unwrap(), b"0123");
    let gone = SourceError::Unplugged("memory:one".into());
    assert_eq!(reader.read_at(4, 10), Err(gone.clone()));
    assert_eq!(source.stat(&path()), Err(gone.clone()));
    assert_eq!(source.list(&mut |_| (), &CancelFlag::default()), Err(gone));
    source.replug();
    assert_eq!(reader.read_at(4, 10).unwrap(), b"456789");
}

#[test]
fn a_file_changes_after_it_was_looked_at() {
    let source = one();
    source.change_on_open("DCIM/a.jpg", *b"new", 8);
    assert_eq!(source.stat(&path()).unwrap().bytes, 10);
    let mut reader = source.open(&path()).unwrap();
    assert_eq!((reader.size(), reader.read_at(0, 10).unwrap()), (3, b"new".to_vec()));
    assert_eq!(source.stat(&path()).unwrap().modified_ns, 8);
}

#[test]
fn a_wrong_byte_comes_as_often_as_ordered() {
    let source = one();
    source.corrupt("DCIM/a.jpg", 3, 1);
    let mut reader = source.open(&path()).unwrap();
    assert_eq!(reader.read_at(0, 3).unwrap(), b"012");
    assert_eq!(reader.read_at(2, 2).unwrap(), [b'2', !b'3']);
    assert_eq!(reader.read_at(2, 2).unwrap(), b"23");
}

#[test]
fn reads_are_short_and_readers_are_counted() {
    let source = one();
    source.shorten_reads(4);
    let mut reader = source.open(&path()).unwrap();
    assert_eq!(reader.read_at(8, 10).unwrap(), b"89");
    assert_eq!(reader.read_at(0, 10).unwrap(), b"0123");
    assert_eq!((source.open_readers(), source.times_opened("DCIM/a.jpg")), (1, 1));
    drop(reader);
    assert_eq!(source.open_readers(), 0);
    source.fail_read("DCIM/a.jpg", SourceError::Locked("memory:one".into()));
    assert_eq!(source.open(&path()).unwrap().read_at(0, 1), Err(SourceError::Locked("memory:one".into())));
}
