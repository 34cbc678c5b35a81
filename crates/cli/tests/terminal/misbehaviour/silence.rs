//! Phones and muxes that never answer a message.

use super::reads::failed;
use super::*;
use iphone_sim::{At, Fault, Hang};

const SILENT: &str = "Simulated iPhone does not answer: unplug it, plug it in again and retry";

/// What is said when a message of this kind is not answered from the start; `None` where it is not needed.
const OPENING: [(&str, Option<&str>); 7] = [
    ("GetDeviceInfo", Some(SILENT)),
    ("ListDevices", Some("The iPhone does not answer: unplug it, plug it in again and retry")),
    ("Connect", Some("iPhone does not answer: unplug it, plug it in again and retry")),
    ("ReadPairRecord", Some(SILENT)),
    ("GetValue", None),
    ("StartSession", Some(SILENT)),
    ("StartService", Some(SILENT)),
];

/// Those of the file service, met while an import is under way.
const READING: [&str; 5] = ["ReadDir", "GetFileInfo", "FileOpen", "FileRead", "GetFileHash"];

/// All at once: there is nothing to do but to wait.
#[test]
fn at_any_message() {
    std::thread::scope(|threads| {
        for (message, told) in OPENING {
            threads.spawn(move || while_it_is_opened(message, told));
        }
        for message in READING {
            threads.spawn(move || while_it_is_read(message));
        }
        threads.spawn(in_the_middle_of_a_photo);
        threads.spawn(from_the_tenth_hash_on);
        threads.spawn(over_what_is_listed);
        threads.spawn(over_its_library);
        for message in ["ReadBUID", "SavePairRecord"] {
            threads.spawn(move || while_it_pairs(message));
        }
        threads.spawn(|| over_one_photo(listed(4, 1000), Hang::Stalls));
        threads.spawn(|| over_one_photo(stage_of(4, 1000, |phone| phone), Hang::Drops));
    });
}

fn in_time(stage: &Stage, what: &str) -> Run {
    let start = Instant::now();
    let run = stage.import("iphone");
    // 20 s for the file that is read, 20 for one that waits for its connection, and 20 for the one that is begun before it
    // is known that not one file is at fault but the phone.
    assert!(start.elapsed() < Duration::from_secs(90), "{what}: {:?}", start.elapsed());
    run
}

fn while_it_is_opened(message: &str, told: Option<&str>) {
    let stage = listed(2, 1000);
    phone(&stage).inject(Fault::Stalls(At::next(message)));
    let run = in_time(&stage, message);
    match told {
        Some(told) => assert_eq!((run.code, run.err.trim()), (3, &*format!("keepsake: {told}")), "{message}"),
        None => assert_eq!((run.code, imported(&run)), (0, 2), "{message}"),
    }
    all_is_well_afterwards(&stage);
}

fn while_it_is_read(message: &str) {
    let stage = listed(2, 1000);
    phone(&stage).inject(Fault::Stalls(At::next(message)));
    let run = in_time(&stage, message);
    match message {
        // Without a listing there is nothing to import; what was to be imported has its books.
        "ReadDir" | "GetFileInfo" => {
            assert_eq!((run.code, run.err.trim()), (3, &*format!("keepsake: {SILENT}")), "{message}");
        }
        // What cannot be hashed is read a second time.
        "GetFileHash" => assert_eq!((run.code, imported(&run)), (0, 2), "{} {}", run.out, run.err),
        _ => assert_eq!(stopped(&run), (3, "timed_out".into(), SILENT.into()), "{message}"),
    }
    assert_eq!(nothing_wrong(&stage), if message == "GetFileHash" { 2 } else { 0 });
    all_is_well_afterwards(&stage);
}

fn in_the_middle_of_a_photo() {
    let stage = listed(8, 3_000_000);
    phone(&stage).inject(Fault::Stalls(At { message: "FileRead".into(), skip: 9 }));
    let run = in_time(&stage, "in the middle");
    assert_eq!(stopped(&run), (3, "timed_out".into(), SILENT.into()));
    assert!((1..8).contains(&nothing_wrong(&stage)));
    all_is_well_afterwards(&stage);
}

/// Two answers are waited for, and no more: each wait is 20 s long.
fn from_the_tenth_hash_on() {
    let stage = listed(30, 1000);
    phone(&stage).inject(Fault::Stalls(At { message: "GetFileHash".into(), skip: 10 }));
    let run = in_time(&stage, "GetFileHash in the middle");
    assert_eq!((run.code, imported(&run), failures(&run)), (0, 30, vec![]), "{} {}", run.out, run.err);
    // The first was a trial. Those that had come by then are read a second time, and the others are proven as they come.
    let evidence = run.finished()["evidence"].clone();
    let [hashed, read_again, read_back] =
        ["phone_hash", "second_read", "read_back"].map(|kind| evidence[kind].as_u64().unwrap());
    assert_eq!((hashed, hashed + read_again + read_back), (9, 30), "{evidence}");
    assert!((2..10).contains(&read_again), "{evidence}");
    assert_eq!(nothing_wrong(&stage), 30);
    all_is_well_afterwards(&stage);
}

/// A photo and a folder that nothing can be learnt about.
fn over_what_is_listed() {
    let stage = stage_of(4, 1000, |phone| phone);
    for folder in ["101APPLE", "102APPLE"] {
        std::fs::create_dir(stage.path("media/DCIM").join(folder)).unwrap();
        std::fs::write(stage.path("media/DCIM").join(folder).join("IMG_0009.JPG"), folder).unwrap();
    }
    for (path, message) in [(photo(1), "GetFileInfo"), ("/DCIM/101APPLE".into(), "ReadDir")] {
        phone(&stage).inject(Fault::SilentOver { path, message: message.into(), how: Hang::Stalls });
    }
    // Each is waited for twice: four times 20 s, and as many new connections.
    let run = stage.import("iphone");
    let told = "could not be read: the phone falls silent over it: unplug it, plug it in again and retry";
    assert_eq!((run.code, imported(&run)), (1, 4), "{} {}", run.out, run.err);
    let mut failed_ones = failures(&run);
    failed_ones.sort();
    // The folder was tried as what it might have been, a photo.
    let folder = "DCIM/101APPLE could not be read: it is a folder whose photos could not be listed: unplug the phone, plug \
                  it in again and retry";
    let folder = ("101APPLE".to_owned(), "source_read".to_owned(), folder.to_owned());
    assert_eq!(failed_ones, [folder, failed(1, "source_read", told)]);
    all_is_well_afterwards(&stage);
}

/// The photos are there without it.
fn over_its_library() {
    let stage = stage_of(2, 1000, |phone| phone);
    std::fs::create_dir(stage.path("media/PhotoData")).unwrap();
    std::fs::write(stage.path("media/PhotoData/Photos.sqlite"), "no database").unwrap();
    phone(&stage).inject(Fault::Hangs { path: "/PhotoData/Photos.sqlite".into(), how: Hang::Stalls });
    let run = in_time(&stage, "its library");
    assert_eq!((run.code, imported(&run), failures(&run)), (0, 2, vec![]), "{} {}", run.out, run.err);
    let notes: Vec<Value> = run.lines().into_iter().filter(|line| line["event"] == "note").collect();
    let told = "the phone's photo library cannot be copied: the phone falls silent over it: only the camera's folders are \
                listed, without albums, edits and what is only in iCloud, and with what was deleted or hidden on the phone";
    assert_eq!(notes.iter().map(|note| note["message"].as_str().unwrap()).collect::<Vec<_>>(), [told]);
    assert_eq!(nothing_wrong(&stage), 2);
}

fn over_one_photo(stage: Stage, how: Hang) {
    phone(&stage).inject(Fault::Hangs { path: photo(1), how });
    let run = stage.import("iphone");
    let told = "could not be read: the phone falls silent over it: unplug it, plug it in again and retry";
    assert_eq!((run.code, imported(&run), failures(&run)), (1, 3, vec![failed(1, "source_read", told)]), "{how:?}");
    all_is_well_afterwards(&stage);
}

fn while_it_pairs(message: &str) {
    let stage = stage_of(1, 10, |phone| phone);
    phone(&stage).inject(Fault::Stalls(At::next(message)));
    let run = in_time(&stage, message);
    assert_eq!((run.code, run.err.trim()), (3, &*format!("keepsake: {SILENT}")), "{message}");
    all_is_well_afterwards(&stage);
}
