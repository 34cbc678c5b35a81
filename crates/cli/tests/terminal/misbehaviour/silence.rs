//! Phones and muxes that never answer a message.

use super::reads::failed;
use super::*;
use iphone_sim::{At, Fault, Hang};

const SILENT: &str = "Simulated iPhone does not answer: unplug it, plug it in again and retry";

/// What is said when a message of this kind is not answered from the start; `None` where it is not needed.
const OPENING: [(&str, Option<&str>); 6] = [
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
        threads.spawn(while_it_pairs);
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

fn over_one_photo(stage: Stage, how: Hang) {
    phone(&stage).inject(Fault::Hangs { path: photo(1), how });
    let run = stage.import("iphone");
    let told = "could not be read: the phone falls silent over it: unplug it, plug it in again and retry";
    assert_eq!((run.code, imported(&run), failures(&run)), (1, 3, vec![failed(1, "source_read", told)]), "{how:?}");
    all_is_well_afterwards(&stage);
}

fn while_it_pairs() {
    let stage = stage_of(1, 10, |phone| phone);
    phone(&stage).inject(Fault::Stalls(At::next("SavePairRecord")));
    let run = in_time(&stage, "SavePairRecord");
    assert_eq!((run.code, run.err.trim()), (3, &*format!("keepsake: {SILENT}")));
    all_is_well_afterwards(&stage);
}
