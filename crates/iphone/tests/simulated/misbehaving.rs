//! Phones that stall, lie, fall silent or vanish at any message: every call ends in time, with an error that says what to
//! do, and nothing wrong is handed on.

use crate::{describe, eventually, media, phones_at};
use domain::CancelFlag;
use iphone::{FileInfo, FileKind, Limits, Listing, MuxAddress, Phone, PhoneError, PhoneState, Phones};
use iphone_sim::{At, Fault, Hang, LockState, RunningPhone, Status, Trust};
use sha1::{Digest, Sha1};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PHOTO: &[u8] = b"/DCIM/100APPLE/IMG_0001.JPG";

/// Messages on the way to an open phone, and those of using it.
const OPENING: [&str; 6] = ["ListDevices", "Connect", "ReadPairRecord", "GetValue", "StartSession", "StartService"];
const USING: [&str; 6] = ["ReadDir", "GetFileInfo", "FileOpen", "FileRead", "GetFileHash", "GetDeviceInfo"];

fn photos() -> TempDir {
    media(&[("DCIM/100APPLE/IMG_0001.JPG", &[7; 3000]), ("DCIM/100APPLE/IMG_0002.JPG", b"second")])
}

/// A paired phone, and a door to it with limits that a test can wait for.
fn paired(media: &TempDir) -> (RunningPhone, Phones) {
    paired_with(describe(media.path()))
}

fn paired_with(phone: iphone_sim::Builder) -> (RunningPhone, Phones) {
    let sim = phone.start().unwrap();
    phones_at(sim.addr()).ask(sim.udid()).unwrap();
    let short = Duration::from_millis(700);
    let limits = Limits { mux: short, probe: short, connect: short, request: short, trust: short };
    let phones = Phones::with_limits(MuxAddress::Tcp(sim.addr()), limits).unwrap();
    (sim, phones)
}

/// Does everything once and returns the first error.
fn use_all(phone: &Phone) -> Result<(), PhoneError> {
    phone.disk()?;
    phone.list_dir(b"/DCIM/100APPLE")?;
    phone.file_info(PHOTO)?;
    phone.file_infos(&vec![PHOTO.to_vec(); 300])?.into_iter().collect::<Result<Vec<_>, _>>()?;
    assert_eq!(phone.open_file(PHOTO)?.read_at(0, 5000)?, [7; 3000]);
    assert_eq!(phone.read_small(PHOTO, 5000)?, [7; 3000]);
    hash(phone, PHOTO).map(|hash| assert!(hash.is_some()))
}

/// Has the phone hash a small file.
fn hash(phone: &Phone, path: &[u8]) -> Result<Option<[u8; 20]>, PhoneError> {
    phone.hash(path, 5000)
}

fn listing(phone: &Phone) -> Listing {
    Listing::of(phone, &CancelFlag::default())
}

fn in_time<T>(what: &str, call: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = call();
    assert!(start.elapsed() < Duration::from_secs(8), "{what} took {:?}", start.elapsed());
    result
}

#[test]
fn a_phone_that_stalls_while_it_is_opened_is_timed_out() {
    let media = photos();
    let (sim, phones) = paired(&media);
    for message in OPENING {
        sim.inject(Fault::Stalls(At::next(message)));
        let opened = in_time(message, || phones.open(sim.udid())).map(|phone| phone.info().name.clone());
        // Its name is all that such values are needed for.
        let expected = if message == "GetValue" { Ok("iPhone".to_owned()) } else { Err(PhoneError::TimedOut) };
        assert_eq!(opened, expected, "{message}");
        let listed = in_time(message, || phones.devices());
        let states = listed.map(|phones| phones.iter().map(|p| p.state).collect::<Vec<_>>());
        match message {
            "ListDevices" => assert_eq!(states, Err(PhoneError::TimedOut)),
            "GetValue" | "StartService" => assert_eq!(states, Ok(vec![PhoneState::Ready]), "{message}"),
            _ => assert_eq!(states, Ok(vec![PhoneState::Unreachable]), "{message}"),
        }
        sim.behave();
        assert!(phones.open(sim.udid()).is_ok(), "{message}");
    }
}

#[test]
fn a_phone_that_stalls_while_it_is_used_is_timed_out_and_used_again() {
    let media = photos();
    let (sim, phones) = paired(&media);
    let phone = phones.open(sim.udid()).unwrap();
    assert_eq!(use_all(&phone), Ok(()));
    for message in USING {
        sim.inject(Fault::Stalls(At::next(message)));
        assert_eq!(in_time(message, || use_all(&phone)), Err(PhoneError::TimedOut), "{message}");
        sim.behave();
        assert_eq!(use_all(&phone), Ok(()), "{message}");
    }
    eventually("every handle is closed", || sim.activity().open_handles == 0);
}

#[test]
fn lengths_that_cannot_be_are_not_believed() {
    let media = photos();
    let (sim, phones) = paired(&media);
    let phone = phones.open(sim.udid()).unwrap();
    for length in [0, 39, 1 << 20, u64::MAX] {
        for message in USING {
            sim.inject(Fault::LiesAboutLength { at: At::next(message), length });
            let error = in_time(message, || use_all(&phone)).unwrap_err();
            // A length that may be is waited for.
            let fine = matches!(error, PhoneError::Nonsense(_) | PhoneError::TimedOut | PhoneError::Disconnected);
            assert!(fine, "{message} {length}: {error:?}");
            sim.behave();
        }
        assert_eq!(use_all(&phone), Ok(()));
    }
    for length in [3, u64::from(u32::MAX)] {
        for message in OPENING {
            sim.inject(Fault::LiesAboutLength { at: At::next(message), length });
            // Opening asks some things twice, and some that it can do without.
            if let Ok(phone) = in_time(message, || phones.open(sim.udid())) {
                assert_eq!(use_all(&phone), Ok(()), "{message} {length}");
            }
            sim.behave();
        }
    }
}

#[test]
fn an_answer_to_another_question_is_not_taken() {
    let media = photos();
    let (sim, phones) = paired(&media);
    let phone = phones.open(sim.udid()).unwrap();
    for message in USING {
        sim.inject(Fault::WrongNumber(At::next(message)));
        assert!(matches!(use_all(&phone), Err(PhoneError::Nonsense(_))), "{message}");
        sim.behave();
        assert_eq!(use_all(&phone), Ok(()));
    }
}

#[test]
fn a_phone_that_goes_at_any_request_is_gone_and_comes_back() {
    let media = photos();
    let (sim, phones) = paired(&media);
    let phone = phones.open(sim.udid()).unwrap();
    for requests in [0, 1, 2, 5, 100, 305, 306, 307, 308, 310] {
        sim.inject(Fault::UnplugAfterRequests { requests });
        assert_eq!(in_time("unplugged", || use_all(&phone)), Err(PhoneError::Unplugged), "after {requests}");
        sim.behave();
        sim.replug();
        assert_eq!(use_all(&phone), Ok(()), "after {requests}");
    }
    sim.inject(Fault::UnplugAfterBytes { bytes: 1000 });
    let mut file = phone.open_file(PHOTO).unwrap();
    assert_eq!(file.read_at(0, 1000), Ok(vec![7; 1000]));
    assert_eq!(file.read_at(1000, 1000), Err(PhoneError::Unplugged));
}

#[test]
fn a_link_that_is_reset_on_trust_and_questions_that_stall() {
    let media = photos();
    let sim = describe(media.path()).trust(Trust::Pending).start().unwrap();
    let phones = phones_at(sim.addr());
    sim.inject(Fault::ResetsOnTrust);
    std::thread::scope(|threads| {
        let pairing = threads.spawn(|| phones.pair(sim.udid(), &CancelFlag::default()));
        eventually("it is asked", || sim.activity().pair_requests > 0);
        sim.set_trust(Trust::Granted);
        assert_eq!(pairing.join().unwrap(), Ok(()));
    });
    for message in ["ReadBUID", "Pair", "SavePairRecord"] {
        let sim = describe(media.path()).start().unwrap();
        sim.inject(Fault::Stalls(At::next(message)));
        let limits = Limits { mux: Duration::from_secs(1), trust: Duration::from_secs(4), ..Limits::default() };
        let phones = Phones::with_limits(MuxAddress::Tcp(sim.addr()), limits).unwrap();
        let paired = in_time(message, || phones.pair(sim.udid(), &CancelFlag::default()));
        assert_eq!(paired, Err(PhoneError::TimedOut), "{message}");
    }
}

#[test]
fn short_reads_and_missing_attributes_are_no_harm() {
    let media = photos();
    let (sim, phones) = paired(&media);
    let phone = phones.open(sim.udid()).unwrap();
    sim.inject(Fault::ShortReads { path: "/".into(), most: 700 });
    assert_eq!(phone.read_small(PHOTO, 5000), Ok(vec![7; 3000]));
    assert_eq!(phone.open_file(PHOTO).unwrap().read_at(0, 5000), Ok(vec![7; 700]));
    for attribute in ["st_birthtime", "st_nlink", "st_blocks", "st_mtime"] {
        sim.inject(Fault::Withholds { path: "/".into(), attribute: attribute.into() });
    }
    let info = phone.file_info(PHOTO).unwrap();
    assert_eq!((info.kind, info.bytes, info.modified_ns), (FileKind::File, 3000, 0));
    sim.inject(Fault::Withholds { path: "/".into(), attribute: "st_size".into() });
    assert!(matches!(phone.file_info(PHOTO), Err(PhoneError::Nonsense(_))));
    assert_eq!(phone.list_dir(b"/DCIM"), Ok(vec![b"100APPLE".to_vec()]));
}

#[test]
fn folders_listed_one_by_one_do_not_each_wait_for_a_phone_that_fell_silent() {
    let media = photos();
    let (sim, phones) = paired(&media);
    let phone = phones.open(sim.udid()).unwrap();
    // Together they give an answer that makes no sense, and then there is none.
    sim.inject(Fault::LiesAboutLength { at: At::next("ReadDir"), length: 1 << 40 });
    sim.inject(Fault::Stalls(At { message: "ReadDir".into(), skip: 1 }));
    let folders = vec![b"/DCIM/100APPLE".to_vec(); 30];
    assert_eq!(in_time("listing", || listing(&phone).names(&folders)), Err(PhoneError::TimedOut));
}

#[test]
fn whoever_waits_behind_the_hash_of_a_long_film_is_not_timed_out() {
    let film = "/DCIM/100APPLE/IMG_0002.JPG";
    let media = media(&[(&film[1..], &[1; 1_300_000]), ("DCIM/100APPLE/IMG_0001.JPG", &[7; 3000])]);
    // It takes 6.5 seconds, and the photos come after it on whichever connection.
    let (sim, phones) = paired_with(describe(media.path()).hashes_by_itself(200_000.0));
    let phone = phones.open(sim.udid()).unwrap();
    // Ten seconds are allowed for it, six are waited for a lane that nobody works on.
    std::thread::scope(|threads| {
        let long = threads.spawn(|| phone.hash(film.as_bytes(), 100_000_000));
        std::thread::sleep(Duration::from_millis(300));
        let photos: Vec<_> = (0..2).map(|_| threads.spawn(|| hash(&phone, PHOTO))).collect();
        assert!(photos.into_iter().all(|photo| matches!(photo.join().unwrap(), Ok(Some(_)))));
        assert!(matches!(long.join().unwrap(), Ok(Some(_))));
    });
}

#[test]
fn whoever_does_not_want_to_wait_for_a_hash_is_heard_at_once_and_leaves_the_next_one_its_turn() {
    let media = photos();
    let (sim, phones) = paired(&media);
    let phone = phones.open(sim.udid()).unwrap();
    let film = "/DCIM/100APPLE/IMG_0002.JPG";
    sim.inject(Fault::HashesSlowly { path: film.into(), ms: 20_000 });
    let cancel = CancelFlag::default();
    std::thread::scope(|threads| {
        // A film of four gigabytes is given minutes.
        let long = threads.spawn(|| phone.until(&cancel).hash(film.as_bytes(), 1 << 32));
        std::thread::sleep(Duration::from_millis(300));
        let given_up = Instant::now();
        cancel.cancel();
        assert_eq!(long.join().unwrap(), Err(PhoneError::Cancelled));
        assert!(given_up.elapsed() < Duration::from_secs(2), "{:?}", given_up.elapsed());
    });
    // On a connection of its own: the old one would give the film's hash.
    assert_eq!(in_time("the next", || hash(&phone, PHOTO)), Ok(Some(Sha1::digest([7; 3000]).into())));
}

#[test]
fn a_phone_that_does_not_hash_says_nothing() {
    let media = photos();
    let (sim, phones) = paired(&media);
    let phone = phones.open(sim.udid()).unwrap();
    for status in [Status::Unsupported, Status::UnknownPacket] {
        sim.inject(Fault::RefusesHash { status });
        assert_eq!(hash(&phone, PHOTO), Ok(None));
        sim.behave();
    }
    sim.inject(Fault::Fails { path: "/DCIM/100APPLE/IMG_0001.JPG".into(), status: Status::NoResources });
    assert_eq!(phone.open_file(PHOTO).map(|_| ()), Err(PhoneError::Refused(3)));
}

#[test]
fn a_phone_that_is_locked_while_it_is_read_says_so_and_goes_on_when_unlocked() {
    let media = photos();
    let (sim, phones) = paired(&media);
    let phone = phones.open(sim.udid()).unwrap();
    let mut file = phone.open_file(PHOTO).unwrap();
    sim.inject(Fault::RefusesReadsWhileLocked);
    sim.inject(Fault::LocksAfterBytes { bytes: 999 });
    assert_eq!(file.read_at(0, 1000), Ok(vec![7; 1000]));
    assert_eq!(file.read_at(1000, 1000), Err(PhoneError::Locked));
    assert_eq!(phone.open_file(PHOTO).map(|_| ()), Err(PhoneError::Locked));
    assert_eq!(phone.read_small(PHOTO, 5000), Err(PhoneError::Locked));
    sim.behave();
    sim.set_locked(LockState::Unlocked);
    assert_eq!(file.read_at(1000, 1000), Ok(vec![7; 1000]));
    sim.inject(Fault::Fails { path: "/DCIM/100APPLE/IMG_0001.JPG".into(), status: Status::PermissionDenied });
    assert_eq!(phone.open_file(PHOTO).map(|_| ()), Err(PhoneError::Refused(10)));
}

#[test]
fn a_locked_phone_that_refuses_to_be_listed_says_so_once_for_all() {
    let (media, paths) = many(300);
    let (sim, phones) = paired(&media);
    let phone = phones.open(sim.udid()).unwrap();
    assert_eq!(phone.list_dir(b"/DCIM").unwrap().len(), 1);
    sim.inject(Fault::RefusesAllWhileLocked);
    sim.set_locked(LockState::Locked);
    let made = sim.connections_made();
    assert_eq!(phone.file_infos(&paths), Err(PhoneError::Locked));
    assert_eq!(sim.connections_made() - made, 1, "one question for three hundred files");
    let folders = [b"/DCIM/100APPLE".to_vec(), b"/DCIM".to_vec()];
    assert_eq!(listing(&phone).names(&folders), Err(PhoneError::Locked));
    assert_eq!(phone.list_dir(b"/DCIM"), Err(PhoneError::Locked));
    assert_eq!(phone.file_info(&paths[0]), Err(PhoneError::Locked));
    sim.set_locked(LockState::Unlocked);
    assert_eq!(phone.file_infos(&paths).unwrap().len(), 300);
    // What a phone that is not locked refuses concerns that one alone.
    sim.inject(Fault::Fails { path: "/DCIM/100APPLE/IMG_0001.JPG".into(), status: Status::PermissionDenied });
    let infos = phone.file_infos(&paths).unwrap();
    assert_eq!((infos[1].clone(), infos.iter().filter(|i| i.is_ok()).count()), (Err(PhoneError::Refused(10)), 299));
}

/// So many photos, and their paths.
fn many(count: u32) -> (TempDir, Vec<Vec<u8>>) {
    let names: Vec<String> = (0..count).map(|number| format!("DCIM/100APPLE/IMG_{number:04}.JPG")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"photo".as_slice())).collect();
    (media(&files), names.iter().map(|name| format!("/{name}").into_bytes()).collect())
}

#[test]
fn one_senseless_answer_costs_one_file_at_most() {
    let (media, paths) = many(700);
    let (sim, phones) = paired(&media);
    let phone = phones.open(sim.udid()).unwrap();
    let at = || At { message: "GetFileInfo".into(), skip: 50 };
    for once in [Fault::WrongNumber(at()), Fault::LiesAboutLength { at: at(), length: 15 }] {
        sim.inject(once.clone());
        let infos = listing(&phone).infos(&paths).unwrap();
        assert!(infos.len() == 700 && infos.iter().all(Result::is_ok), "{once:?}");
        sim.behave();
    }
    let path = |number: usize| String::from_utf8(paths[number].clone()).unwrap();
    sim.inject(Fault::Misnumbers { path: path(3) });
    sim.inject(Fault::Misnumbers { path: path(650) });
    sim.inject(Fault::Withholds { path: path(40), attribute: "st_size".into() });
    sim.inject(Fault::Withholds { path: path(41), attribute: "st_ifmt".into() });
    let infos = listing(&phone).infos(&paths).unwrap();
    let bad: Vec<usize> = (0..infos.len()).filter(|i| infos[*i].is_err()).collect();
    assert_eq!((infos.len(), bad), (700, vec![3, 40, 41, 650]));
    assert!(infos.iter().flat_map(Result::as_ref).all(|info| info.bytes == 5));
    assert!(infos.iter().flat_map(|info| info.as_ref().err()).all(|e| matches!(e, PhoneError::Nonsense(_))));
}

#[test]
fn a_phone_that_talks_nothing_but_nonsense_is_not_asked_for_ever() {
    let (media, paths) = many(200);
    let (sim, phones) = paired(&media);
    let phone = phones.open(sim.udid()).unwrap();
    let misnumber = |some: &[Vec<u8>]| {
        some.iter().for_each(|path| sim.inject(Fault::Misnumbers { path: String::from_utf8(path.clone()).unwrap() }));
    };
    misnumber(&paths[..32]);
    let infos = listing(&phone).infos(&paths).unwrap();
    assert_eq!(infos.iter().filter(|info| info.is_err()).count(), 32);
    misnumber(&paths[32..33]);
    let listing = listing(&phone);
    let made = sim.connections_made();
    // The limit is that of a whole listing, however its files are asked about.
    assert!(listing.infos(&paths[..20]).unwrap().iter().all(Result::is_err));
    assert!(matches!(listing.infos(&paths[20..]), Err(PhoneError::Nonsense(_))));
    let connections = sim.connections_made() - made;
    assert!(connections < 300, "{connections} connections for 33 files");
}

/// The places of what the phone fell silent over; all else must be known.
fn silent(infos: &[Result<FileInfo, PhoneError>]) -> Vec<usize> {
    let places = infos.iter().enumerate().filter(|(_, info)| info.is_err());
    places.inspect(|(_, info)| assert_eq!(**info, Err(PhoneError::Silent))).map(|(place, _)| place).collect()
}

fn fall_silent(sim: &RunningPhone, path: &[u8], message: &str, how: Hang) {
    sim.inject(Fault::SilentOver { path: String::from_utf8(path.to_vec()).unwrap(), message: message.into(), how });
}

#[test]
fn files_that_silence_the_phone_cost_themselves_and_not_the_others() {
    let (media, paths) = many(700);
    let (sim, phones) = paired(&media);
    let phone = phones.open(sim.udid()).unwrap();
    for how in [Hang::Stalls, Hang::Drops] {
        // Far from each other, side by side, first and last; on one connection and on several.
        for (bad, asked) in [([3, 650], 700), ([300, 301], 700), ([0, 199], 200), ([40, 41], 200), ([198, 199], 200)] {
            bad.iter().for_each(|place| fall_silent(&sim, &paths[*place], "GetFileInfo", how));
            let infos = in_time("two", || listing(&phone).infos(&paths[..asked]).unwrap());
            assert_eq!((infos.len(), silent(&infos)), (asked, bad.to_vec()), "{how:?}");
            sim.behave();
        }
    }
}

#[test]
fn a_phone_that_is_silent_over_whatever_it_is_asked_is_given_up() {
    let (media, paths) = many(700);
    let (sim, phones) = paired(&media);
    let phone = phones.open(sim.udid()).unwrap();
    // Three are more than a phone is waited for, in one question or in several.
    let some = || {
        let listing = listing(&phone);
        let few = [10, 20, 30].map(|place| listing.infos(&paths[place - 1..=place]).map(|infos| silent(&infos)));
        assert_eq!(few, [Ok(vec![1]), Ok(vec![1]), Err(PhoneError::TimedOut)]);
    };
    [10, 20, 30].iter().for_each(|place| fall_silent(&sim, &paths[*place], "GetFileInfo", Hang::Stalls));
    in_time("three", some);
    assert_eq!(in_time("three", || listing(&phone).infos(&paths[..200])), Err(PhoneError::TimedOut));
    sim.behave();
    // Whatever is asked, there is no answer: three limits are waited for and no more.
    sim.inject(Fault::Stalls(At::next("GetFileInfo")));
    for asked in [200, 700] {
        let begun = Instant::now();
        assert_eq!(listing(&phone).infos(&paths[..asked]), Err(PhoneError::TimedOut));
        assert!(begun.elapsed() < Duration::from_millis(3500), "{:?}", begun.elapsed());
    }
    sim.behave();
    sim.inject(Fault::Stalls(At::next("AnyFileRequest")));
    assert_eq!(in_time("dead", || listing(&phone).infos(&paths)), Err(PhoneError::TimedOut));
    sim.unplug();
    assert_eq!(in_time("gone", || listing(&phone).infos(&paths)), Err(PhoneError::Unplugged));
}

#[test]
fn a_folder_that_silences_the_phone_costs_itself() {
    let media = media(&[("DCIM/a/1", b"1"), ("DCIM/b/2", b"2"), ("DCIM/c/3", b"3")]);
    let (sim, phones) = paired(&media);
    let phone = phones.open(sim.udid()).unwrap();
    let folders = ["/DCIM/a", "/DCIM/b", "/DCIM/c"].map(|folder| folder.as_bytes().to_vec());
    let names = |name: &str| Ok(vec![name.as_bytes().to_vec()]);
    for how in [Hang::Stalls, Hang::Drops] {
        fall_silent(&sim, b"/DCIM/b", "ReadDir", how);
        let listed = in_time("listing", || listing(&phone).names(&folders).unwrap());
        assert_eq!(listed, [names("1"), Err(PhoneError::Silent), names("3")], "{how:?}");
        assert_eq!(listing(&phone).names_in(&folders[1]), Err(PhoneError::Silent));
        sim.behave();
    }
}

#[test]
fn whoever_does_not_want_to_wait_for_a_silent_phone_is_heard() {
    let (media, paths) = many(10);
    let (sim, phones) = paired(&media);
    let limits = Limits { request: Duration::from_secs(60), ..Limits::default() };
    let patient = Phones::with_limits(MuxAddress::Tcp(sim.addr()), limits).unwrap();
    drop(phones);
    let phone = patient.open(sim.udid()).unwrap();
    sim.inject(Fault::Stalls(At::next("GetFileInfo")));
    sim.inject(Fault::Stalls(At::next("ReadDir")));
    let cancel = CancelFlag::default();
    let listing = Listing::of(&phone, &cancel);
    in_time("stopping", || {
        std::thread::scope(|threads| {
            let infos = threads.spawn(|| listing.infos(&paths));
            let names = threads.spawn(|| listing.names_in(b"/DCIM"));
            let file = threads.spawn(|| phone.until(&cancel).open_file(PHOTO).map(drop));
            std::thread::sleep(Duration::from_millis(300));
            cancel.cancel();
            assert_eq!(infos.join().unwrap(), Err(PhoneError::Cancelled));
            assert_eq!(names.join().unwrap(), Err(PhoneError::Cancelled));
            assert_eq!(file.join().unwrap(), Err(PhoneError::Cancelled));
        });
        // And nothing is left under way that would keep the cable in use.
        assert_eq!(phone.hang_up(), Ok(()));
        eventually("closed", || sim.open_connections() == 0);
    });
}
