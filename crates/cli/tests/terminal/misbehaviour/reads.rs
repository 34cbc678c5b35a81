//! Files that cannot be read to their end, or are others by then.

use super::*;
use iphone_sim::{Fault, Status};

pub(super) fn failed(number: u32, code: &str, why: &str) -> (String, String, String) {
    let path = photo(number);
    let name = path.rsplit('/').next().unwrap().to_owned();
    (name, code.into(), format!("{} {why}", &path[1..]))
}

#[test]
fn ends_early() {
    let stage = listed(4, 300_000);
    phone(&stage).inject(Fault::EarlyEnd { path: photo(1), at: 3 * 65_536 });
    let run = stage.import("iphone");
    let told = failed(1, "source_read", "could not be read: it ended after 196608 of 300004 bytes");
    assert_eq!((run.code, imported(&run), failures(&run)), (1, 3, vec![told]));
    all_is_well_afterwards(&stage);
}

/// It looks whole; that it is not, only the phone's own hash of what it really has can tell.
#[test]
fn ends_early_and_says_that_is_all() {
    let stage = listed(4, 300_000);
    phone(&stage).inject(Fault::EarlyEnd { path: photo(1), at: 65_536 });
    phone(&stage).inject(Fault::TellsSize { path: photo(1), size: 65_536 });
    let run = stage.import("iphone");
    let why = "the phone says that its file has other bytes than it sent, twice: try another cable or port";
    let told = ("IMG_0001.JPG".into(), "verify_mismatch".into(), why.into());
    assert_eq!((run.code, imported(&run), failures(&run)), (1, 3, vec![told]));
    all_is_well_afterwards(&stage);
}

#[test]
fn short_but_honest() {
    let stage = listed(4, 300_000);
    phone(&stage).inject(Fault::ShortReads { path: "/".into(), most: 9_999 });
    let run = stage.import("iphone");
    assert_eq!((run.code, imported(&run)), (0, 4), "{}", run.err);
    all_is_well_afterwards(&stage);
}

#[test]
fn few_open_files_at_a_time() {
    let stage = stage_of(60, 2000, |phone| phone.most_open_files(8));
    let run = stage.import("iphone");
    assert_eq!((run.code, imported(&run)), (0, 60), "{} {}", run.out, run.err);
    let stage = listed(4, 2000);
    phone(&stage).inject(Fault::Fails { path: photo(1), status: Status::NoResources });
    let run = stage.import("iphone");
    let told = "could not be read: the phone has too many open files: unplug it, plug it in again and retry";
    let told = failed(1, "source_read", told);
    assert_eq!((run.code, imported(&run), failures(&run)), (1, 3, vec![told]));
    all_is_well_afterwards(&stage);
}

#[test]
fn refused() {
    let stage = listed(6, 300_000);
    phone(&stage).inject(Fault::Fails { path: photo(1), status: Status::PermissionDenied });
    phone(&stage).inject(Fault::ReadFails { path: photo(3), offset: 299_999, status: Status::IoError });
    phone(&stage).inject(Fault::ReadFails { path: photo(4), offset: 0, status: Status::NotFound });
    let run = stage.import("iphone");
    let broken =
        "could not be read: the phone reports an error (status 20): unlock it, unplug it, plug it in again and retry";
    let told = vec![
        failed(1, "source_read", "could not be read: the phone does not permit it: unlock it and retry"),
        failed(3, "source_read", broken),
        failed(4, "source_read", "does not exist"),
    ];
    assert_eq!((run.code, imported(&run), failures(&run)), (1, 3, told));
    all_is_well_afterwards(&stage);
}

/// The phone's owner edits, deletes and takes photos while others are being copied.
#[test]
fn changed_meanwhile() {
    let stage = stage_of(12, 300_000, |phone| phone.bytes_per_second(3e6));
    stage.run(&["list", "--source", "iphone"]);
    let file = |number: u32| stage.path("media").join(&photo(number)[1..]);
    let args = ["import", "--source", "iphone", "--library", "library", "--create", "--all-new", "--json"];
    let (run, ()) = while_it_runs(&stage, &args, |phone| {
        let before = phone.activity().bytes_read;
        until(|| phone.activity().bytes_read > before + 1_500_000);
        std::fs::remove_file(file(9)).unwrap();
        std::fs::write(file(10), "shorter").unwrap();
        std::fs::write(file(11), vec![7; 400_000]).unwrap();
    });
    // What became another is copied as what it is now.
    assert_eq!((run.code, imported(&run), failures(&run)), (1, 11, vec![failed(9, "source_read", "does not exist")]));
    all_is_well_afterwards(&stage);
}
