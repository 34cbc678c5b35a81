//! What every source must do, run over each of them.

use crate::memory::MemorySource;
use crate::{FolderSource, Opening, SourceSpec};
use domain::{CancelFlag, ListEntry, Source, SourceError, SourcePath};
use iphone::{MuxAddress, Phones};
use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};
use tempfile::TempDir;

/// Folder, name and size of each file; the bytes follow from the size.
const FILES: [(&str, usize); 6] = [
    ("DCIM/100APPLE/IMG_0001.HEIC", 3_000_000),
    ("DCIM/100APPLE/IMG_0001.MOV", 1_048_576),
    ("DCIM/100APPLE/IMG_0002.JPG", 1),
    ("DCIM/100APPLE/empty.jpg", 0),
    ("DCIM/101APPLE/IMG_0003.JPG", 70_000),
    ("DCIM/101APPLE/À côté 写真.jpg", 5),
];
const MODIFIED_S: u64 = 1_700_000_000;

fn bytes(size: usize) -> Vec<u8> {
    (0..size).map(|i| (i % 251) as u8).collect()
}

fn tree() -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, size) in FILES {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes(size)).unwrap();
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_secs(MODIFIED_S)).unwrap();
    }
    folder
}

fn holds(source: &dyn Source) {
    lists_everything_once(source);
    reads_every_byte_at_any_offset(source);
    knows_what_is_missing(source);
    stops_when_asked(source);
    serves_several_at_once(source);
}

fn lists_everything_once(source: &dyn Source) {
    let mut listed = Vec::new();
    source.list(&mut |batch| listed.extend(batch), &CancelFlag::default()).unwrap();
    listed.retain(|entry| !matches!(entry, ListEntry::Note(_) | ListEntry::Reading(_)));
    let listed: Vec<(String, u64, i64)> = listed
        .into_iter()
        .map(|entry| match entry {
            ListEntry::File(file) => file.fingerprint,
            other => panic!("{other:?}"),
        })
        .inspect(|listed| assert_eq!(source.stat(&listed.path).as_ref(), Ok(listed)))
        .map(|f| (f.path.to_string(), f.bytes, f.modified_ns))
        .collect();
    let expected = FILES.map(|(path, size)| (path.to_owned(), size as u64, MODIFIED_S as i64 * 1_000_000_000));
    assert_eq!(listed, expected, "{}", source.id());
}

fn reads_every_byte_at_any_offset(source: &dyn Source) {
    for (path, size) in FILES {
        let mut reader = source.open(&SourcePath::new(path)).unwrap();
        assert_eq!(reader.size(), size as u64);
        let mut whole = Vec::new();
        loop {
            let piece = reader.read_at(whole.len() as u64, 1 << 20).unwrap();
            assert!(piece.len() <= 1 << 20);
            if piece.is_empty() {
                break;
            }
            whole.extend(piece);
        }
        assert!(whole == bytes(size), "{path}");
        for offset in [size / 2, 0, size, size + 10] {
            let piece = reader.read_at(offset as u64, 100).unwrap();
            let expected = bytes(size).get(offset..).unwrap_or_default().to_vec();
            assert_eq!(piece, expected[..expected.len().min(100)], "{path} at {offset}");
        }
    }
}

fn knows_what_is_missing(source: &dyn Source) {
    for path in ["DCIM/100APPLE/none.jpg", "DCIM/none/a.jpg", "DCIM/100APPLE/../101APPLE/IMG_0003.JPG", ""] {
        let path = SourcePath::new(path);
        assert!(matches!(source.stat(&path), Err(SourceError::NotFound(_))), "{path}");
        assert!(matches!(source.open(&path).map(|_| ()), Err(SourceError::NotFound(_))), "{path}");
    }
}

fn stops_when_asked(source: &dyn Source) {
    let cancel = CancelFlag::default();
    cancel.cancel();
    assert_eq!(source.list(&mut |_| (), &cancel), Err(SourceError::Cancelled));
    let later = CancelFlag::default();
    assert_eq!(source.list(&mut |_| later.cancel(), &later), Err(SourceError::Cancelled));
}

fn serves_several_at_once(source: &dyn Source) {
    assert!(source.concurrency() >= 1);
    std::thread::scope(|threads| {
        for _ in 0..2 * source.concurrency() {
            threads.spawn(|| {
                let mut reader = source.open(&SourcePath::new(FILES[0].0)).unwrap();
                assert_eq!(reader.read_at(1000, 1000).unwrap(), bytes(3000)[1000..2000]);
            });
        }
    });
}

#[test]
fn in_memory() {
    let mut source = MemorySource::new("memory:contract");
    for (path, size) in FILES {
        source = source.with_file(path, bytes(size), MODIFIED_S as i64 * 1_000_000_000);
    }
    holds(&source);
    assert_eq!(source.open_readers(), 0);
}

#[test]
fn a_folder() {
    let tree = tree();
    holds(&FolderSource::open(tree.path()).unwrap());
}

#[test]
fn a_phone() {
    let tree = tree();
    let sim = phone(tree.path());
    let phones = phones(&sim);
    let mut asked = 0;
    let opening = Opening {
        phones: &phones,
        cache: Path::new("/nowhere"),
        shared: crate::SharedAlbums::LeftOut,
        locked: crate::WhenLocked::Refused,
        cancel: &CancelFlag::default(),
    };
    let opened = crate::open(&SourceSpec::AnyIphone, &opening, &mut |_| asked += 1);
    let source = opened.unwrap();
    assert_eq!((source.name().as_str(), asked), ("Simulated iPhone", 1));
    assert_eq!(source.id().as_str(), format!("iphone:{}", sim.udid()));
    holds(source.as_ref());
}

fn phone(media: &Path) -> iphone_sim::RunningPhone {
    iphone_sim::Phone::builder().media(media).start().unwrap()
}

fn phones(sim: &iphone_sim::RunningPhone) -> Phones {
    Phones::new(MuxAddress::parse(Some(&sim.addr().to_string())).unwrap()).unwrap()
}
