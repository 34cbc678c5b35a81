//! Listing and reading what a phone holds.

use crate::{describe, eventually, media, open};
use iphone::{FileKind, Limits, MuxAddress, PhoneError, Phones};
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

fn pattern(size: usize) -> Vec<u8> {
    (0..size).map(|i| (i * i % 251) as u8).collect()
}

#[test]
fn a_folder_is_listed_without_its_dots() {
    let media = media(&[("DCIM/100APPLE/a", b""), ("DCIM/100APPLE/b c", b"")]);
    let sim = describe(media.path()).start().unwrap();
    let phone = open(&sim);
    let mut names = phone.list_dir(b"/DCIM/100APPLE").unwrap();
    names.sort();
    assert_eq!(names, [b"a".to_vec(), b"b c".to_vec()]);
    assert_eq!(phone.list_dir(b"/DCIM/none"), Err(PhoneError::NotFound));
    assert_eq!(phone.list_dir(b"/DCIM/100APPLE/a"), Err(PhoneError::Refused(4)));
    assert_eq!(phone.list_dir(b"/DCIM\0/none"), Err(PhoneError::NotFound), "no path is cut short");
    assert!(phone.disk().unwrap().total_bytes > 0);
}

#[test]
fn attributes_come_in_the_order_asked_for() {
    let media = media(&[]);
    for i in 0..400 {
        fs::write(media.path().join(format!("DCIM/{i}")), vec![0; i]).unwrap();
    }
    let sim = describe(media.path()).start().unwrap();
    let phone = open(&sim);
    let paths: Vec<Vec<u8>> = (0..500).map(|i| format!("/DCIM/{i}").into_bytes()).collect();
    let infos = phone.file_infos(&paths).unwrap();
    assert_eq!(infos.len(), 500);
    for (i, info) in infos.into_iter().enumerate() {
        match info {
            Ok(info) => assert_eq!((info.kind, info.bytes), (FileKind::File, i as u64)),
            Err(error) => assert!(i >= 400 && error == PhoneError::NotFound, "{i}: {error}"),
        }
    }
    assert_eq!(phone.file_info(b"/DCIM").unwrap().kind, FileKind::Folder);
    assert_eq!(phone.file_infos::<&[u8]>(&[]), Ok(vec![]));
}

#[test]
fn questions_do_not_wait_for_each_other() {
    let media = media(&[]);
    (0..2000).for_each(|i| fs::write(media.path().join(format!("DCIM/{i}")), "").unwrap());
    let sim = describe(media.path()).latency(Duration::from_millis(10)).start().unwrap();
    let phone = open(&sim);
    let paths: Vec<Vec<u8>> = (0..2000).map(|i| format!("/DCIM/{i}").into_bytes()).collect();
    let start = Instant::now();
    assert!(phone.file_infos(&paths).unwrap().iter().all(Result::is_ok));
    assert!(
        start.elapsed() < Duration::from_secs(8),
        "one after the other they would take 20 s: {:?}",
        start.elapsed()
    );
}

#[test]
fn a_file_is_read_forwards_backwards_and_past_its_end() {
    let bytes = pattern(2_500_000);
    let media = media(&[("DCIM/big.mov", &bytes), ("DCIM/empty", b"")]);
    let sim = describe(media.path()).start().unwrap();
    let phone = open(&sim);
    let mut file = phone.open_file(b"/DCIM/big.mov").unwrap();
    assert_eq!(file.info().bytes, bytes.len() as u64);
    let mut read = Vec::new();
    loop {
        let piece = file.read_at(read.len() as u64, 4 << 20).unwrap();
        if piece.is_empty() {
            break;
        }
        read.extend(piece);
    }
    assert!(read == bytes);
    assert_eq!(file.read_at(5, 10).unwrap(), bytes[5..15]);
    assert_eq!(file.read_at(1 << 40, 10), Ok(vec![]));
    assert_eq!(phone.open_file(b"/DCIM/empty").unwrap().read_at(0, 10), Ok(vec![]));
    assert_eq!(phone.open_file(b"/DCIM/none").map(|_| ()).unwrap_err(), PhoneError::NotFound);
    assert!(phone.open_file(b"/DCIM").is_err(), "a folder is no file");
}

#[test]
fn what_files_begin_with_comes_for_many_at_once() {
    let bytes = pattern(100_000);
    let media = media(&[("DCIM/a.jpg", &bytes), ("DCIM/b.jpg", b"short"), ("DCIM/empty", b""), ("DCIM/in/x", b"")]);
    let sim = describe(media.path()).most_open_files(4).start().unwrap();
    let phone = open(&sim);
    let heads = |names: &[&str]| {
        let paths: Vec<Vec<u8>> = names.iter().map(|name| format!("/DCIM/{name}").into_bytes()).collect();
        phone.heads(&paths, 1000).unwrap()
    };
    for _ in 0..20 {
        let mut told = heads(&["none", "a.jpg", "in", "empty", "b.jpg"]).into_iter();
        assert_eq!(told.next(), Some(Err(PhoneError::NotFound)));
        let a = told.next().unwrap().unwrap();
        assert_eq!((a.info.bytes, a.bytes.as_slice()), (100_000, &bytes[..1000]));
        assert!(told.next().unwrap().is_err(), "a folder is no file");
        assert_eq!(told.next().unwrap().map(|head| head.bytes), Ok(vec![]));
        assert_eq!(told.next().unwrap().map(|head| head.bytes), Ok(b"short".to_vec()));
    }
    let many = heads(&["a.jpg", "b.jpg", "a.jpg", "b.jpg", "a.jpg", "b.jpg"]);
    assert_eq!(many.iter().filter(|head| **head == Err(PhoneError::Refused(3))).count(), 2, "{many:?}");
    assert_eq!((many[0].is_ok(), many[3].as_ref().map(|head| head.bytes.len())), (true, Ok(5)));
    assert_eq!(sim.activity().open_handles, 0);
}

/// As a copy is made: whole pieces, and what is left.
#[test]
fn no_byte_of_a_copy_travels_twice() {
    let bytes = pattern(3_500_000);
    let media = media(&[("DCIM/big.mov", &bytes)]);
    let sim = describe(media.path()).start().unwrap();
    let mut file = open(&sim).open_file(b"/DCIM/big.mov").unwrap();
    let mut read = Vec::new();
    while read.len() < bytes.len() {
        read.extend(file.read_at(read.len() as u64, (bytes.len() - read.len()).min(1 << 20)).unwrap());
    }
    assert!(read == bytes);
    assert_eq!(sim.activity().bytes_read, bytes.len() as u64);
}

#[test]
fn a_reader_that_jumps_about_gets_what_it_asked_for() {
    let bytes = pattern(1_000_000);
    let media = media(&[("DCIM/big.mov", &bytes)]);
    let sim = describe(media.path()).start().unwrap();
    let mut file = open(&sim).open_file(b"/DCIM/big.mov").unwrap();
    let lengths = [1000, 1000, 1000, 70_000];
    let mut offset = 0;
    for step in 0..600 {
        // Onwards for a while, so that pieces are fetched ahead; then elsewhere, or on with another length.
        let length = lengths[(step / 7) % 4];
        if step % 5 == 4 {
            offset = (step * 7919) % bytes.len();
        }
        let piece = file.read_at(offset as u64, length).unwrap();
        let expected = &bytes[offset..bytes.len().min(offset + length)];
        assert!(piece == expected, "step {step}: {length} bytes at {offset}");
        offset += piece.len();
    }
}

#[test]
fn a_film_of_more_than_four_gigabytes_is_read_where_it_is_asked_for() {
    let media = media(&[]);
    let film = fs::File::create(media.path().join("DCIM/film.mov")).unwrap();
    let size = (5 << 30) + 7;
    film.set_len(size).unwrap();
    let sim = describe(media.path()).start().unwrap();
    let mut file = open(&sim).open_file(b"/DCIM/film.mov").unwrap();
    assert_eq!(file.info().bytes, size);
    assert_eq!(file.read_at(size - 3, 10), Ok(vec![0; 3]));
    assert_eq!(file.read_at(1 << 32, 2), Ok(vec![0; 2]));
    assert_eq!(file.read_at(u64::MAX, 2).map(|piece| piece.len()).unwrap_or(0), 0, "no seek leads nowhere");
}

#[test]
fn no_handle_stays_open() {
    let media = media(&[("DCIM/a.jpg", b"a")]);
    let sim = describe(media.path()).most_open_files(8).start().unwrap();
    let phone = open(&sim);
    let open_and_drop = || {
        for _ in 0..150 {
            assert_eq!(phone.open_file(b"/DCIM/a.jpg").unwrap().read_at(0, 10), Ok(b"a".to_vec()));
            phone.open_file(b"/DCIM/a.jpg").unwrap();
        }
    };
    thread::scope(|threads| (0..3).for_each(|_| drop(threads.spawn(open_and_drop))));
    assert_eq!(phone.open_file(b"/DCIM/none").map(|_| ()).unwrap_err(), PhoneError::NotFound);
    (0..20).for_each(|_| assert!(phone.open_file(b"/DCIM").is_err()));
    eventually("every handle is closed", || sim.activity().open_handles == 0);
    phone.hang_up().unwrap();
    assert!(phone.list_dir(b"/DCIM").is_ok());
}

#[test]
fn a_small_file_is_read_whole_and_a_large_one_is_refused() {
    let bytes = pattern(700_000);
    let media = media(&[("PhotoData/5005.JPG", &bytes), ("PhotoData/empty", b"")]);
    let sim = describe(media.path()).start().unwrap();
    let phone = open(&sim);
    assert!(phone.read_small(b"/PhotoData/5005.JPG", 1 << 20).unwrap() == bytes);
    assert_eq!(phone.read_small(b"/PhotoData/empty", 10), Ok(vec![]));
    assert!(matches!(phone.read_small(b"/PhotoData/5005.JPG", 600_000), Err(PhoneError::Nonsense(_))));
    assert_eq!(phone.read_small(b"/PhotoData/none", 10), Err(PhoneError::NotFound));
    eventually("every handle is closed", || sim.activity().open_handles == 0);
}

#[test]
fn the_phone_hashes_a_file_itself() {
    let media = media(&[("DCIM/abc", b"abc")]);
    let sim = describe(media.path()).start().unwrap();
    let phone = open(&sim);
    let hash = phone.hash(b"/DCIM/abc", 3).unwrap().map(|h| h.map(|b| format!("{b:02x}")).concat());
    // The SHA-1 of "abc" as its standard gives it (FIPS 180).
    assert_eq!(hash.as_deref(), Some("a9993e364706816aba3e25717850c26c9cd0d89d"));
    assert_eq!(phone.hash(b"/DCIM/none", 3), Err(PhoneError::NotFound));
}

#[test]
fn a_thumbnail_does_not_wait_for_a_copy() {
    let media = media(&[("DCIM/big.mov", &pattern(3 << 20)), ("PhotoData/5005.JPG", b"jpeg")]);
    let sim = describe(media.path()).start().unwrap();
    let phone = open(&sim);
    let mut file = phone.open_file(b"/DCIM/big.mov").unwrap();
    assert_eq!(file.read_at(0, 1 << 20).unwrap().len(), 1 << 20);
    assert_eq!(phone.read_small(b"/PhotoData/5005.JPG", 10), Ok(b"jpeg".to_vec()));
    assert_eq!(file.read_at(1 << 20, 1 << 20).unwrap().len(), 1 << 20);
}

#[test]
fn what_is_looked_at_travels_beside_the_copies_on_one_connection() {
    let media = media(&[("DCIM/a", &pattern(3000)), ("DCIM/b", &pattern(5000))]);
    let sim = describe(media.path()).start().unwrap();
    let phone = open(&sim);
    let _copies: Vec<_> = (0..3).map(|_| phone.open_file(b"/DCIM/a").unwrap()).collect();
    let copying = sim.open_connections();
    let mut looked_at: Vec<_> = (0..4).map(|_| phone.open_file_aside(b"/DCIM/b").unwrap()).collect();
    eventually("one connection more", || sim.open_connections() == copying + 1);
    assert_eq!(looked_at[3].read_at(4000, 4096).unwrap(), pattern(5000)[4000..]);
    assert_eq!(phone.open_file_aside(b"/DCIM/none").unwrap_err(), PhoneError::NotFound);
    eventually("no other", || sim.open_connections() == copying + 1);
}

#[test]
fn a_late_answer_is_never_taken_for_another() {
    let media = media(&[("DCIM/big.mov", &pattern(1 << 20)), ("DCIM/small", b"small")]);
    let sim = describe(media.path()).bytes_per_second(1e6).start().unwrap();
    open(&sim);
    let limits = Limits { request: Duration::from_millis(400), ..Limits::default() };
    let phones = Phones::with_limits(MuxAddress::Tcp(sim.addr()), limits).unwrap();
    let phone = phones.open(sim.udid()).unwrap();
    let mut files = ["/DCIM/big.mov", "/DCIM/small"].map(|path| phone.open_file(path.as_bytes()).unwrap());
    assert_eq!(files[0].read_at(0, 1 << 20), Err(PhoneError::TimedOut));
    // The cable is still busy with the answer that nobody waits for.
    eventually("the phone answers again", || match phone.open_file(b"/DCIM/big.mov").map(|mut f| f.read_at(5, 10)) {
        Ok(Ok(piece)) => piece == pattern(15)[5..],
        Ok(Err(PhoneError::TimedOut)) | Err(PhoneError::TimedOut) => false,
        other => panic!("{other:?}"),
    });
    assert_eq!(files[1].read_at(0, 10), Ok(b"small".to_vec()));
    assert_eq!(files[0].read_at(5, 10).unwrap(), pattern(15)[5..]);
}
