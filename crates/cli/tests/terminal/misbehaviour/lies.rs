//! Phones that say what cannot be.

use super::*;
use iphone_sim::{At, Fault};

/// One answer of each kind, in the middle of an import: it costs a second try, at worst the photo or the listing, and nothing
/// of it is believed.
const ONE: [&str; 2] = [
    "Simulated iPhone gave an answer that makes no sense: a reply ",
    "keepsake: Simulated iPhone cannot be read: the phone gave an answer that makes no sense: a reply ",
];

#[test]
fn lengths_and_numbers() {
    let stage = listed(6, 2_500_000);
    let all = [0, 15, 39, (1 << 32) - 1, u64::MAX];
    for (message, lengths) in
        [("FileRead", &all[..]), ("FileOpen", &[15]), ("GetFileInfo", &[0]), ("GetFileHash", &[39])]
    {
        let at = || At { message: message.into(), skip: 4 };
        let lengths = lengths.iter().map(|length| Fault::LiesAboutLength { at: at(), length: *length });
        for lie in lengths.chain([Fault::WrongNumber(at())]) {
            phone(&stage).inject(lie.clone());
            let run = stage.import("iphone");
            let stop = run.lines().pop().unwrap()["stopped"]["message"].as_str().unwrap_or_default().to_owned();
            let told = failures(&run).into_iter().map(|(_, _, message)| message).chain([stop]);
            for message in told.chain([run.err.clone()]).filter(|message| !message.is_empty()) {
                assert!(ONE.iter().any(|begin| message.trim().starts_with(begin)), "{lie:?}: {message}");
            }
            all_is_well_afterwards(&stage);
            std::fs::remove_dir_all(stage.path("library")).unwrap();
            std::fs::remove_dir_all(stage.path("home/keepsake/catalogs")).unwrap();
        }
    }
}

#[test]
fn a_size_that_is_not_the_files() {
    let stage = listed(4, 300_000);
    let others = "the phone says that its file has other bytes than it sent, twice: try another cable or port";
    for (size, code, told) in [
        (0, "verify_mismatch", others),
        (100_000, "verify_mismatch", others),
        (300_005, "source_read", "DCIM/100APPLE/IMG_0002.JPG could not be read: it ended after 300004 of 300005 bytes"),
        (1 << 60, "too_large", "the file is too large for the drive (FAT32 holds files up to 4 GB)"),
    ] {
        phone(&stage).inject(Fault::TellsSize { path: photo(2), size });
        let run = stage.import("iphone");
        assert_eq!((run.code, failures(&run)), (1, vec![("IMG_0002.JPG".into(), code.into(), told.into())]), "{size}");
        assert_eq!(nothing_wrong(&stage), 3);
        phone(&stage).behave();
    }
    all_is_well_afterwards(&stage);
}

#[test]
fn hashes_that_are_not_the_files() {
    let stage = listed(20, 1000);
    phone(&stage).inject(Fault::LiesAboutHash { path: photo(3) });
    let run = stage.import("iphone");
    let others = "the phone says that its file has other bytes than it sent, twice: try another cable or port";
    let told = vec![("IMG_0003.JPG".into(), "verify_mismatch".into(), others.into())];
    assert_eq!((run.code, imported(&run), failures(&run)), (1, 19, told));
    assert_eq!(run.finished()["evidence"], serde_json::json!({"phone_hash": 19}));
    all_is_well_afterwards(&stage);
    // Where none agrees they are taken for something else than hashes: nothing rests on them.
    for (args, evidence) in [(&[][..], "read_back"), (&["--second-read"][..], "second_read")] {
        let stage = listed(20, 1000);
        phone(&stage).inject(Fault::LiesAboutHash { path: "/".into() });
        let import = ["import", "--source", "iphone", "--library", "library", "--create", "--all-new", "--json"];
        let run = stage.run(&[&import, args].concat());
        assert_eq!((run.code, imported(&run), failures(&run)), (0, 20, vec![]), "{}", run.err);
        assert_eq!(run.finished()["evidence"], serde_json::json!({evidence: 20}));
        assert_eq!(nothing_wrong(&stage), 20);
    }
}

#[test]
fn attributes_left_out() {
    let stage = listed(3, 1000);
    for attribute in ["st_birthtime", "st_nlink", "st_blocks"] {
        phone(&stage).inject(Fault::Withholds { path: "/".into(), attribute: attribute.into() });
    }
    phone(&stage).inject(Fault::Withholds { path: photo(1), attribute: "st_size".into() });
    phone(&stage).inject(Fault::Withholds { path: photo(2), attribute: "st_ifmt".into() });
    let run = stage.import("iphone");
    let told = |number, what| {
        let sentence = format!("Simulated iPhone gave an answer that makes no sense: a file without a {what}");
        (format!("IMG_000{number}.JPG"), "source_read".to_owned(), sentence)
    };
    assert_eq!((run.code, imported(&run), failures(&run)), (1, 1, vec![told(1, "size"), told(2, "kind")]));
    all_is_well_afterwards(&stage);
}

#[test]
fn answers_to_other_questions_about_some_files() {
    let stage = listed(40, 1000);
    phone(&stage).inject(Fault::WrongNumber(At { message: "GetFileInfo".into(), skip: 7 }));
    phone(&stage).inject(Fault::Misnumbers { path: photo(1) });
    let run = stage.import("iphone");
    let failed = failures(&run);
    assert_eq!((run.code, imported(&run), failed.len()), (1, 39, 1), "{} {}", run.out, run.err);
    let (name, code, told) = &failed[0];
    assert_eq!((name.as_str(), code.as_str()), ("IMG_0001.JPG", "source_read"));
    assert!(told.starts_with(ONE[0]), "{told}");
    assert_eq!(nothing_wrong(&stage), 39);
    // A phone that says little else is not listed at all.
    (0..33).for_each(|number| phone(&stage).inject(Fault::Misnumbers { path: photo(number) }));
    let run = stage.import("iphone");
    assert!(run.code == 3 && run.err.starts_with(ONE[1]), "{} {}", run.code, run.err);
    all_is_well_afterwards(&stage);
}

/// What a phone takes the time to be concerns nobody: photos are filed by what is in them and by the times of their files.
#[test]
fn a_clock_that_is_far_off() {
    const DAY: i64 = 24 * 3600;
    for seconds in [-20_000 * DAY, -400 * DAY, 400 * DAY, 200_000 * DAY] {
        let stage = stage_of(3, 1000, |phone| phone);
        for number in 0..3 {
            let taken = 1_700_000_000_000_000_000 + i64::from(number) * DAY * 1_000_000_000;
            phone(&stage).inject(Fault::TellsTime { path: photo(number), nanoseconds: taken });
        }
        phone(&stage).inject(Fault::ClockAhead { seconds });
        let run = stage.import("iphone");
        assert_eq!((run.code, imported(&run), failures(&run)), (0, 3, vec![]), "{seconds}: {}", run.err);
        let days = ["2023-11-14", "2023-11-15", "2023-11-16"];
        let filed: Vec<String> = tree(&stage.path("library/Originals")).into_keys().collect();
        assert!(filed.iter().zip(days).all(|(path, day)| path.contains(day)), "{filed:?}");
        assert_eq!(nothing_wrong(&stage), 3);
        assert_eq!(imported(&stage.import("iphone")), 0, "the same files");
    }
}

#[test]
fn times_that_cannot_be() {
    let stage = stage_of(6, 0, |phone| phone);
    std::fs::write(stage.path("media/DCIM/100APPLE/IMG_0000.JPG"), "").unwrap();
    stage.run(&["list", "--source", "iphone"]);
    // Never, before 1970, the day before, in 2106, and the ends of what can be said.
    for (number, nanoseconds) in
        [0, -1, -86_400_000_000_000, 4_291_747_200_000_000_000, i64::MAX, i64::MIN].into_iter().enumerate()
    {
        phone(&stage).inject(Fault::TellsTime { path: photo(number as u32), nanoseconds });
    }
    let run = stage.import("iphone");
    assert_eq!((run.code, imported(&run)), (0, 6), "{} {}", run.out, run.err);
    let days = ["1677-09-21", "1969-12-31", "1969-12-31", "1970-01-01", "2106-01-01", "2262-04-11"];
    let filed: Vec<String> = tree(&stage.path("library/Originals")).into_keys().collect();
    assert!(filed.iter().zip(days).all(|(path, day)| path.contains(day)), "{filed:?}");
    assert_eq!(nothing_wrong(&stage), 6);
    let again = stage.import("iphone");
    assert_eq!((again.code, imported(&again)), (0, 0), "the same times mean the same files");
}
