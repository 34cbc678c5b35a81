use super::*;
use crate::{Opening, SourceSpec, open};
use iphone::{Limits, MuxAddress};
use iphone_sim::{At, Builder, Fault, Hang, LockState, RunningPhone, Status, Trust};
use std::fs;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

mod leaks;

fn media(files: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir_all(folder.path().join("DCIM")).unwrap();
    files.iter().for_each(|file| put(folder.path(), file, b"bytes"));
    folder
}

fn put(folder: &Path, file: &str, bytes: &[u8]) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn describe(media: &Path) -> Builder {
    iphone_sim::Phone::builder().media(media).name("Ada's phone")
}

fn phones(sim: &RunningPhone) -> Phones {
    Phones::new(MuxAddress::Tcp(sim.addr())).unwrap()
}

fn source(sim: &RunningPhone) -> IphoneSource {
    phones(sim).ask(sim.udid()).unwrap();
    // These phones have no database: nothing is ever copied.
    IphoneSource::open(&phones(sim), sim.udid(), Path::new("/nowhere")).unwrap()
}

fn opened(sim: &RunningPhone, spec: &str) -> Result<String, SourceError> {
    let opening = Opening {
        phones: &phones(sim),
        cache: Path::new("/nowhere"),
        shared: crate::SharedAlbums::LeftOut,
        locked: crate::WhenLocked::Refused,
        cancel: &CancelFlag::default(),
    };
    let opened = open(&SourceSpec::parse(spec), &opening, &mut |_| ());
    opened.map(|source| source.id().to_string())
}

fn list(source: &IphoneSource) -> Vec<Vec<String>> {
    let mut batches: Vec<Vec<String>> = Vec::new();
    source.list(&mut |batch| batches.push(batch.iter().map(shown).collect()), &CancelFlag::default()).unwrap();
    let note = batches.remove(0);
    assert!(note.len() == 1 && note[0].starts_with("note the phone shows no photo library: only the"), "{note:?}");
    batches
}

fn shown(entry: &ListEntry) -> String {
    match entry {
        ListEntry::File(file) => file.fingerprint.path.to_string(),
        ListEntry::Ignored(path) => format!("ignored {path}"),
        ListEntry::Asset(asset) => format!("asset {}", asset.resources[0].path()),
        ListEntry::Note(note) => format!("note {note}"),
        ListEntry::Reading(read) => format!("{read:?}"),
        ListEntry::Unreadable { path, error } => format!("unreadable {path}: {error}"),
    }
}

#[test]
fn everything_below_the_camera_folder_is_listed_and_nothing_else() {
    let media = media(&[
        "DCIM/100APPLE/IMG_0001.HEIC",
        "DCIM/100APPLE/IMG_0001.odd",
        "DCIM/100APPLE/.hidden",
        "DCIM/102IMPRT/deep/er/a.mov",
        "DCIM/101APPLE/z",
        "DCIM/top.jpg",
        "PhotoData/secret.jpg",
    ]);
    let sim = describe(media.path()).start().unwrap();
    let expected = [
        vec!["DCIM/top.jpg"],
        vec!["DCIM/100APPLE/IMG_0001.HEIC", "DCIM/100APPLE/IMG_0001.odd", "DCIM/101APPLE/z"],
        vec!["DCIM/102IMPRT/deep/er/a.mov"],
    ];
    assert_eq!(list(&source(&sim)), expected);
}

#[cfg(unix)]
#[test]
fn odd_names_and_links_are_no_danger() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let media = media(&["DCIM/100APPLE/back\\slash: \u{F7E9}.jpg", "PhotoData/secret.jpg"]);
    let folder = media.path().join("DCIM/100APPLE");
    fs::write(folder.join(OsStr::from_bytes(b"caf\xE9.jpg")), b"coffee").unwrap();
    std::os::unix::fs::symlink("../../PhotoData", folder.join("link")).unwrap();
    let sim = describe(media.path()).start().unwrap();
    let source = source(&sim);
    let batches = list(&source);
    assert_eq!(batches.len(), 1);
    assert_eq!(batches[0].len(), 3, "{batches:?}");
    assert_eq!(batches[0][1..], ["DCIM/100APPLE/caf\u{F7E9}.jpg", "ignored DCIM/100APPLE/link"]);
    assert_eq!(source.stat(&SourcePath::new(&batches[0][0])).unwrap().bytes, 5);
    let mut reader = source.open(&SourcePath::new(&batches[0][1])).unwrap();
    assert_eq!(reader.read_at(0, 10).unwrap(), b"coffee");
}

#[test]
fn a_full_folder_comes_in_batches_that_can_be_stopped_between() {
    let media = media(&[]);
    (0..4200).for_each(|i| put(media.path(), &format!("DCIM/100APPLE/IMG_{i:04}.JPG"), b""));
    let sim = describe(media.path()).start().unwrap();
    let source = source(&sim);
    let sizes: Vec<usize> = list(&source).iter().map(Vec::len).collect();
    assert_eq!(sizes, [4096, 104]);
    let (cancel, mut seen) = (CancelFlag::default(), 0);
    let stopped = source.list(
        &mut |batch| {
            if !matches!(batch[..], [ListEntry::Note(_)]) {
                seen += batch.len();
                cancel.cancel();
            }
        },
        &cancel,
    );
    assert_eq!((stopped, seen), (Err(SourceError::Cancelled), 4096));
}

#[test]
fn thumbnails_are_the_phones_own() {
    let media = media(&["DCIM/100APPLE/a.HEIC", "DCIM/100APPLE/b.HEIC"]);
    put(media.path(), "PhotoData/Thumbnails/V2/DCIM/100APPLE/a.HEIC/5005.JPG", b"small picture");
    let sim = describe(media.path()).start().unwrap();
    let source = source(&sim);
    let thumbnail = |name: &str| source.thumbnail(&SourcePath::new(format!("DCIM/100APPLE/{name}"))).unwrap();
    assert_eq!(thumbnail("a.HEIC").as_deref(), Some(b"small picture".as_slice()));
    assert_eq!(thumbnail("b.HEIC"), None);
}

#[test]
fn several_thumbnails_come_together_and_what_is_missing_or_large_by_itself() {
    let names = ["a", "b", "c", "d"].map(|name| format!("DCIM/100APPLE/{name}.HEIC"));
    let media = media(&names.each_ref().map(String::as_str));
    let large = vec![7; THUMBNAIL_PIECE + 1];
    for (name, bytes) in names.iter().zip([b"small".as_slice(), b"picture", &large]) {
        put(media.path(), &format!("PhotoData/Thumbnails/V2/{name}/5005.JPG"), bytes);
    }
    let sim = describe(media.path()).start().unwrap();
    let source = source(&sim);
    let paths = names.map(SourcePath::new);
    let together = source.thumbnails(&paths.each_ref()).unwrap();
    assert_eq!(together, [Some(b"small".to_vec()), Some(b"picture".to_vec()), None, None]);
    let alone = paths.each_ref().map(|path| source.thumbnail(path).unwrap());
    assert_eq!(alone, [Some(b"small".to_vec()), Some(b"picture".to_vec()), Some(large), None]);
}

#[test]
fn a_phone_with_the_other_thumbnails_is_not_asked_for_those_it_has_not() {
    let media = media(&["DCIM/100APPLE/a.HEIC", "DCIM/100APPLE/b.HEIC"]);
    put(media.path(), "PhotoData/Thumbnails/V2/DCIM/100APPLE/a.HEIC/5003.JPG", b"small picture");
    let sim = describe(media.path()).start().unwrap();
    let source = source(&sim);
    let path = SourcePath::new("DCIM/100APPLE/a.HEIC");
    let asked_for = |path| {
        let before = sim.activity().afc_requests;
        assert_eq!(source.thumbnail(path).unwrap().as_deref(), Some(b"small picture".as_slice()));
        sim.activity().afc_requests - before
    };
    let first = asked_for(&path);
    assert!(asked_for(&path) < first - 1, "the listing, and the name it has not");
}

#[test]
fn a_phone_without_thumbnails_is_asked_for_them_once() {
    let media = media(&["DCIM/100APPLE/a.HEIC"]);
    let sim = describe(media.path()).start().unwrap();
    let source = source(&sim);
    let path = SourcePath::new("DCIM/100APPLE/a.HEIC");
    assert_eq!(source.thumbnail(&path), Ok(None));
    let asked = sim.activity().afc_requests;
    (0..10).for_each(|_| assert_eq!(source.thumbnail(&path), Ok(None)));
    assert_eq!(sim.activity().afc_requests, asked);
}

#[test]
fn a_refusal_is_not_taken_for_having_no_thumbnails() {
    let media = media(&["DCIM/100APPLE/a.HEIC"]);
    put(media.path(), "PhotoData/Thumbnails/V2/DCIM/100APPLE/a.HEIC/5005.JPG", b"small picture");
    let sim = describe(media.path()).start().unwrap();
    let source = source(&sim);
    let path = SourcePath::new("DCIM/100APPLE/a.HEIC");
    sim.inject(Fault::Fails { path: "/PhotoData/Thumbnails/".into(), status: Status::PermissionDenied });
    assert_eq!((source.thumbnail(&path), source.thumbnails(&[&path])), (Ok(None), Ok(vec![None])));
    sim.behave();
    assert_eq!(source.thumbnail(&path).unwrap().as_deref(), Some(b"small picture".as_slice()));
}

/// A source that waits for half a second.
fn impatient(sim: &RunningPhone) -> IphoneSource {
    phones(sim).ask(sim.udid()).unwrap();
    let limits = Limits { request: Duration::from_millis(500), ..Limits::default() };
    let phones = Phones::with_limits(MuxAddress::Tcp(sim.addr()), limits).unwrap();
    IphoneSource::open(&phones, sim.udid(), Path::new("/nowhere")).unwrap()
}

#[test]
fn one_file_that_silences_the_phone_does_not_hide_those_behind_it() {
    let names = ["a", "b", "c"].map(|name| format!("DCIM/100APPLE/{name}.HEIC"));
    let media = media(&names.each_ref().map(String::as_str));
    let sim = describe(media.path()).start().unwrap();
    let source = impatient(&sim);
    let paths = names.map(SourcePath::new);
    let read = |path: &SourcePath| source.open(path).and_then(|mut reader| reader.read_at(0, 100));
    let unreadable = |read: Result<Vec<u8>, SourceError>| matches!(read, Err(SourceError::Unreadable { .. }));
    for ends in [Hang::Stalls, Hang::Drops] {
        let path = "/DCIM/100APPLE/a.HEIC".into();
        sim.inject(Fault::Hangs { path, how: ends });
        // Together none of them is known, and each is asked by itself.
        assert_eq!(source.heads(&paths.each_ref(), 100).unwrap().len(), 3);
        for _ in 0..2 {
            assert!(unreadable(read(&paths[0])), "{ends:?}");
            assert_eq!(read(&paths[1]), Ok(b"bytes".to_vec()));
        }
        // Whatever is read, the phone says nothing: it is not the files.
        sim.inject(Fault::Hangs { path: "/".into(), how: ends });
        assert!(unreadable(read(&paths[1])));
        assert_eq!(read(&paths[2]), Err(SourceError::TimedOut("Ada's phone".into())));
        sim.behave();
        assert_eq!(read(&paths[0]), Ok(b"bytes".to_vec()));
    }
    sim.inject(Fault::Stalls(At::next("AnyFileRequest")));
    assert_eq!(read(&paths[0]), Err(SourceError::TimedOut("Ada's phone".into())));
}

#[test]
fn one_file_and_one_folder_that_silence_the_phone_do_not_end_the_listing() {
    let media =
        media(&["DCIM/100APPLE/a.HEIC", "DCIM/100APPLE/b.HEIC", "DCIM/101APPLE/c.HEIC", "DCIM/102APPLE/d.HEIC"]);
    let sim = describe(media.path()).start().unwrap();
    for how in [Hang::Stalls, Hang::Drops] {
        for (path, message) in [("/DCIM/100APPLE/a.HEIC", "GetFileInfo"), ("/DCIM/101APPLE", "ReadDir")] {
            sim.inject(Fault::SilentOver { path: path.into(), message: message.into(), how });
        }
        let over = |path: &str| {
            format!(
                "unreadable {path}: {path} could not be read: the phone falls silent over it: unplug it, plug it in again \
                 and retry"
            )
        };
        let mut listed = list(&impatient(&sim)).concat();
        listed.sort();
        let expected =
            ["DCIM/100APPLE/b.HEIC", "DCIM/102APPLE/d.HEIC", &over("DCIM/100APPLE/a.HEIC"), &over("DCIM/101APPLE")];
        assert_eq!(listed, expected, "{how:?}");
        sim.behave();
    }
}

#[test]
fn a_library_that_silences_the_phone_is_left_aside_with_a_note() {
    let media = media(&["DCIM/100APPLE/a.HEIC", "PhotoData/Photos.sqlite"]);
    let sim = describe(media.path()).start().unwrap();
    let copies = TempDir::new().unwrap();
    let source = IphoneSource { copies: copies.path().to_owned(), ..impatient(&sim) };
    let database = || "/PhotoData/Photos.sqlite".to_owned();
    let silent = |message: &str| Fault::SilentOver { path: database(), message: message.into(), how: Hang::Stalls };
    let hangs = [Hang::Stalls, Hang::Drops].map(|how| Fault::Hangs { path: database(), how });
    for fault in hangs.into_iter().chain([silent("GetFileInfo"), silent("FileOpen")]) {
        sim.inject(fault.clone());
        let mut listed = Vec::new();
        source.list(&mut |batch| listed.extend(batch.iter().map(shown)), &CancelFlag::default()).unwrap();
        listed.retain(|line| !line.starts_with("LibraryRead"));
        let note = "note the phone's photo library cannot be copied: the phone falls silent over it: only the camera's \
                    folders are listed, without albums, edits and what is only in iCloud, and with what was deleted or \
                    hidden on the phone";
        assert_eq!(listed, [note, "DCIM/100APPLE/a.HEIC"], "{fault:?}");
        sim.behave();
    }
    // Where it says nothing else either, there is no listing.
    sim.inject(Fault::Hangs { path: database(), how: Hang::Stalls });
    sim.inject(Fault::Stalls(At { message: "GetFileInfo".into(), skip: 2 }));
    let listed = source.list(&mut |_| (), &CancelFlag::default());
    assert_eq!(listed, Err(SourceError::TimedOut("Ada's phone".into())));
}

#[test]
fn a_phone_that_never_answers_the_question_of_trust_is_given_up() {
    let media = media(&[]);
    let sim = describe(media.path()).start().unwrap();
    let brief = Duration::from_millis(500);
    let phones =
        Phones::with_limits(MuxAddress::Tcp(sim.addr()), Limits { trust: brief, ..Limits::default() }).unwrap();
    let opening = Opening {
        phones: &phones,
        cache: Path::new("/nowhere"),
        shared: crate::SharedAlbums::LeftOut,
        locked: crate::WhenLocked::Refused,
        cancel: &CancelFlag::default(),
    };
    sim.inject(Fault::Stalls(At::next("Pair")));
    let opened = open(&SourceSpec::AnyIphone, &opening, &mut |_| ()).map(|_| ());
    let told = "Ada's phone does not answer: unplug it, plug it in again and retry";
    assert_eq!(opened.map_err(|error| error.to_string()), Err(told.to_owned()));
}

#[test]
fn a_hash_that_does_not_come_is_none_and_the_file_can_still_be_read() {
    let media = media(&["DCIM/100APPLE/a.HEIC"]);
    let sim = describe(media.path()).start().unwrap();
    let source = impatient(&sim);
    let path = SourcePath::new("DCIM/100APPLE/a.HEIC");
    let file = source.stat(&path).unwrap();
    let hash = || source.hash(&file);
    assert!(matches!(hash(), Ok(Some(_))));
    sim.inject(Fault::Stalls(At::next("GetFileHash")));
    assert_eq!(hash(), Ok(None));
    assert_eq!(source.open(&path).unwrap().read_at(0, 100).unwrap(), b"bytes");
    sim.unplug();
    assert_eq!(hash(), Err(SourceError::Unplugged("Ada's phone".into())));
}

#[test]
fn a_phone_that_goes_while_it_is_listed_is_named() {
    let media = media(&["DCIM/100APPLE/a.HEIC", "DCIM/101APPLE/b.HEIC"]);
    let sim = describe(media.path()).start().unwrap();
    let gone = source(&sim).list(&mut |_| sim.unplug(), &CancelFlag::default());
    assert_eq!(gone, Err(SourceError::Unplugged("Ada's phone".into())));
}

#[test]
fn without_a_camera_folder_the_user_is_told_what_to_do() {
    let media = media(&["PhotoData/x"]);
    let sim = describe(media.path()).start().unwrap();
    let source = source(&sim);
    let told = || match source.list(&mut |_| (), &CancelFlag::default()) {
        Err(SourceError::Unusable(words)) => words,
        other => panic!("there is nothing to list: {other:?}"),
    };
    // Some phones say 4 of what is not there.
    sim.inject(Fault::Fails { path: "/DCIM".into(), status: Status::ReadError });
    let words = told();
    sim.behave();
    fs::remove_dir(media.path().join("DCIM")).unwrap();
    assert_eq!(told(), words);
    assert!(words.contains("Ada's phone") && words.contains("unlock"), "{words}");
}

#[test]
fn the_right_phone_is_found_or_the_reason_given() {
    let media = media(&[]);
    let sim = describe(media.path()).start().unwrap();
    assert_eq!(opened(&sim, "iphone"), Ok(format!("iphone:{}", sim.udid())));
    let other = describe(media.path()).udid("00000000-000A1B2C3D4E801E").start_beside(&sim).unwrap();
    assert_eq!(opened(&sim, "iphone"), Ok(format!("iphone:{}", sim.udid())), "the one that is ready");
    assert_eq!(opened(&sim, &format!("iphone:{}", other.udid())), Ok(format!("iphone:{}", other.udid())));
    let several = opened(&sim, "iphone").unwrap_err().to_string();
    assert!(several.contains("several") && several.contains(other.udid()), "{several}");
    let none = opened(&sim, "iphone:0000").unwrap_err();
    assert_eq!(none, SourceError::Unplugged("iPhone 0000".into()));
    sim.unplug();
    other.unplug();
    let none = opened(&sim, "iphone").unwrap_err().to_string();
    assert!(none.contains("no iPhone is connected"), "{none}");
}

#[test]
fn what_stands_in_the_way_is_said_with_the_phones_name() {
    let media = media(&[]);
    let sim = describe(media.path()).trust(Trust::Denied).start().unwrap();
    assert_eq!(opened(&sim, "iphone"), Err(SourceError::NotTrusted("Ada's phone".into())));
    sim.set_locked(LockState::BeforeFirstUnlock);
    let locked = opened(&sim, "iphone").unwrap_err();
    assert!(matches!(&locked, SourceError::Locked(_)), "{locked}");
    sim.set_locked(LockState::Unlocked);
    sim.set_trust(Trust::Pending);
    let (cancel, mut said) = (CancelFlag::default(), Vec::new());
    let stop_waiting = &mut |what| {
        said.push(what);
        cancel.cancel();
    };
    let opening = Opening {
        phones: &phones(&sim),
        cache: Path::new("/nowhere"),
        shared: crate::SharedAlbums::LeftOut,
        locked: crate::WhenLocked::Refused,
        cancel: &cancel,
    };
    let stopped = open(&SourceSpec::AnyIphone, &opening, stop_waiting);
    assert_eq!(stopped.map(|_| ()).unwrap_err(), SourceError::Cancelled);
    assert_eq!(said, [SourceError::TrustPending("Ada's phone".into())]);
}

#[test]
fn one_bad_entry_does_not_end_the_listing() {
    let media = media(&["DCIM/100APPLE/a.JPG", "DCIM/100APPLE/b.JPG", "DCIM/101APPLE/c.JPG", "DCIM/102APPLE/d.JPG"]);
    let sim = describe(media.path()).start().unwrap();
    let source = source(&sim);
    sim.inject(Fault::Fails { path: "/DCIM/100APPLE/a.JPG".into(), status: Status::IoError });
    sim.inject(Fault::Fails { path: "/DCIM/101APPLE/c.JPG".into(), status: Status::PermissionDenied });
    sim.inject(Fault::Withholds { path: "/DCIM/102APPLE/d.JPG".into(), attribute: "st_size".into() });
    let expected = [
        "unreadable DCIM/100APPLE/a.JPG: DCIM/100APPLE/a.JPG could not be read: the phone reports an error (status 20): \
         unlock it, unplug it, plug it in again and retry",
        "DCIM/100APPLE/b.JPG",
        "unreadable DCIM/101APPLE/c.JPG: DCIM/101APPLE/c.JPG could not be read: the phone does not permit it: unlock it and retry",
        "unreadable DCIM/102APPLE/d.JPG: Ada's phone gave an answer that makes no sense: a file without a size",
    ];
    assert_eq!(list(&source), [expected]);
    sim.inject(Fault::Fails { path: "/DCIM/101APPLE".into(), status: Status::PermissionDenied });
    assert_eq!(
        list(&source)[0],
        [
            "unreadable DCIM/101APPLE: DCIM/101APPLE could not be read: the phone does not permit it: unlock it and retry"
        ]
    );
}

#[test]
fn a_locked_phone_that_refuses_to_be_listed_is_one_reason_and_not_many_unreadable_folders() {
    let media = media(&["DCIM/100APPLE/a.JPG", "DCIM/101APPLE/b.JPG"]);
    let sim = describe(media.path()).start().unwrap();
    let source = source(&sim);
    sim.inject(Fault::RefusesAllWhileLocked);
    // In the middle: the folders were listed, and what is in them is asked for next.
    let lock = &mut |batch: Vec<ListEntry>| {
        assert!(batch.iter().all(|entry| !matches!(entry, ListEntry::Unreadable { .. })), "{batch:?}");
        sim.set_locked(LockState::Locked);
    };
    let locked = source.list(lock, &CancelFlag::default());
    assert_eq!(locked, Err(SourceError::Locked("Ada's phone".into())));
    sim.set_locked(LockState::Unlocked);
    assert_eq!(list(&source), [["DCIM/100APPLE/a.JPG", "DCIM/101APPLE/b.JPG"]]);
}

#[test]
fn names_that_lead_elsewhere_are_reported_and_not_followed() {
    let media = media(&["DCIM/100APPLE/a.JPG", "PhotoData/secret.jpg"]);
    let sim = describe(media.path()).start().unwrap();
    let source = source(&sim);
    for name in ["../PhotoData", "../../PhotoData/secret.jpg", "..", "/", "/PhotoData/secret.jpg", "gone.JPG"] {
        sim.inject(Fault::Lists { path: "/DCIM/100APPLE".into(), name: name.into() });
    }
    let listed: Vec<String> = list(&source).concat();
    let (fine, reported): (Vec<&String>, Vec<&String>) = listed.iter().partition(|l| !l.starts_with("unreadable"));
    assert_eq!(fine, ["DCIM/100APPLE/a.JPG"]);
    assert_eq!(reported.len(), 5, "{reported:?}");
    assert!(reported.iter().filter(|r| r.contains("a file name with a slash")).count() == 4, "{reported:?}");
}

#[test]
fn odd_times_and_sizes_are_passed_on_as_they_are() {
    let media = media(&["DCIM/a.JPG"]);
    let sim = describe(media.path()).start().unwrap();
    let source = source(&sim);
    let path = SourcePath::new("DCIM/a.JPG");
    for time in [0, -1, i64::MAX, i64::MIN, 4_291_747_200_000_000_000] {
        sim.behave();
        sim.inject(Fault::TellsTime { path: "/DCIM/a.JPG".into(), nanoseconds: time });
        assert_eq!(source.stat(&path).unwrap().modified_ns, time);
    }
    sim.inject(Fault::TellsSize { path: "/DCIM/a.JPG".into(), size: 1 << 42 });
    let mut reader = source.open(&path).unwrap();
    assert_eq!((reader.size(), reader.read_at(0, 100).unwrap()), (1 << 42, b"bytes".to_vec()));
    assert_eq!(reader.read_at(5, 100).unwrap(), b"");
}
