//! A source that is asked whether the copies are right.

use super::*;

/// SHA-1 of a content, as a phone would tell it.
fn sha1(content: &[u8]) -> [u8; 20] {
    use sha1::{Digest, Sha1};
    Sha1::digest(content).into()
}

fn evidence(lab: &Lab) -> Vec<&'static str> {
    let mut found = Vec::new();
    lab.library.manifest(&mut |entry| found.push(entry.evidence.as_str())).unwrap();
    found
}

#[test]
fn a_phone_that_hashes_its_files_is_asked_about_each_copy() {
    let lab = lab(&[("/a/1.JPG", b"one", 0), ("/a/2.JPG", b"number two", 0)]);
    let source = lab.source.with_hash("/a/1.JPG", sha1(b"one")).with_hash("/a/2.JPG", sha1(b"number two"));
    let lab = Lab { source, ..lab };
    let plan = lab.plan(&Selection::AllNew);
    // The second file arrives wrong, time and again: what was read is well written and reads back fine.
    lab.source.corrupt("/a/2.JPG", 3, 1000);
    let row = lab.run(&plan).unwrap();
    assert_eq!((row.totals, row.stop), (totals(1, 0, 0, 1), None));
    assert_eq!(
        lab.catalog.items(&row.id, "failed", 0, 1).unwrap()[0].failure.as_ref().unwrap().0,
        FailureCode::VerifyMismatch
    );
    assert_eq!((lab.paths().len(), evidence(&lab)), (1, vec!["phone_hash"]));
    // The next time it is the only one to import, and what the phone answers about it is believed all the same.
    assert_eq!((lab.import().totals, evidence(&lab)), (totals(0, 1, 0, 1), vec!["phone_hash"]));
    lab.source.heal("/a/2.JPG");
    assert_eq!(lab.import().totals, totals(1, 1, 0, 0));
    assert_eq!(lab.library.bytes_of(&lab.library.paths()[1]), Some(b"number two".to_vec()));
}

#[test]
fn a_wrong_byte_that_came_once_is_mended_by_a_fresh_copy() {
    let lab = lab(&[("/a/1.JPG", b"one", 0), ("/a/2.JPG", b"number two", 0)]);
    let source = lab.source.with_hash("/a/1.JPG", sha1(b"one")).with_hash("/a/2.JPG", sha1(b"number two"));
    let lab = Lab { source, ..lab };
    let plan = lab.plan(&Selection::AllNew);
    lab.source.corrupt("/a/2.JPG", 3, 1);
    assert_eq!(lab.run(&plan).unwrap().totals, totals(2, 0, 0, 0));
    assert_eq!(lab.library.bytes_of(&lab.library.paths()[1]), Some(b"number two".to_vec()));
}

#[test]
fn hashes_of_another_kind_are_not_believed() {
    let lab = lab(&[("/a/1.JPG", b"one", 0), ("/a/2.JPG", b"number two", 0)]);
    let source = lab.source.with_hash("/a/1.JPG", [7; 20]).with_hash("/a/2.JPG", [8; 20]);
    let lab = Lab { source, ..lab };
    assert_eq!(lab.import().totals, totals(2, 0, 0, 0));
    assert_eq!(evidence(&lab), ["read_back", "read_back"]);
}

#[test]
fn a_second_read_finds_a_wrong_byte_where_the_phone_cannot_hash() {
    let lab = lab(&[("/a/1.JPG", b"one", 0), ("/a/2.JPG", b"number two", 0)]);
    lab.thoroughness.set(Thoroughness::SecondRead);
    let plan = lab.plan(&Selection::AllNew);
    lab.source.corrupt("/a/2.JPG", 3, 1);
    assert_eq!(lab.run(&plan).unwrap().totals, totals(2, 0, 0, 0));
    assert_eq!(evidence(&lab), ["second_read", "second_read"]);
    assert_eq!(lab.library.bytes_of(&lab.library.paths()[1]), Some(b"number two".to_vec()));
}

/// Two photos on a phone that hashes its files.
fn lab_that_hashes() -> Lab {
    let lab = lab(&[("/a/1.JPG", b"one", 0), ("/a/2.JPG", b"number two", 0)]);
    let source = lab.source.with_hash("/a/1.JPG", sha1(b"one")).with_hash("/a/2.JPG", sha1(b"number two"));
    Lab { source, ..lab }
}

#[test]
fn the_phone_hashes_a_file_while_it_is_copied_and_read_back() {
    let lab = lab_that_hashes();
    lab.library.hold_read_backs(true);
    let (source, library) = (lab.source.clone(), lab.library.clone());
    let holding = std::thread::spawn(move || {
        let begun = std::time::Instant::now();
        let asked = || source.times_hashed("/a/2.JPG") > 0;
        while !asked() && begun.elapsed().as_secs() < 20 {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        let asked = asked();
        library.hold_read_backs(false);
        asked
    });
    assert_eq!(lab.import().totals, totals(2, 0, 0, 0));
    assert!(holding.join().unwrap(), "it was asked only afterwards");
    assert_eq!(evidence(&lab), ["phone_hash", "phone_hash"]);
}

#[test]
fn about_a_file_that_is_another_than_was_listed_the_phone_is_asked_again() {
    let lab = lab_that_hashes();
    let plan = lab.plan(&Selection::AllNew);
    lab.source.put("/a/2.JPG", b"number two, cropped", 7);
    let lab = Lab { source: lab.source.clone().with_hash("/a/2.JPG", sha1(b"number two, cropped")), ..lab };
    lab.source.corrupt("/a/2.JPG", 3, 2);
    assert_eq!(lab.run(&plan).unwrap().totals, totals(1, 0, 0, 1), "both copies came wrong");
    assert_eq!(lab.source.times_hashed("/a/2.JPG"), 4, "before and after each");
    lab.source.heal("/a/2.JPG");
    assert_eq!(lab.run(&plan).unwrap().totals, totals(1, 1, 0, 0));
    assert_eq!(evidence(&lab), ["phone_hash", "phone_hash"]);
    assert_eq!(lab.library.bytes_of(&lab.library.paths()[1]), Some(b"number two, cropped".to_vec()));
}

/// The phone has no hash of the last two, and is then not asked any more: only reading again shows that one comes wrong.
#[test]
fn a_copy_that_came_wrong_once_is_not_believed_for_being_kept_well() {
    let lab = lab(&[("/a/1.JPG", b"one", 0), ("/a/2.JPG", b"two", 0), ("/a/3.JPG", b"three", 0)]);
    let lab = Lab { source: lab.source.with_hash("/a/1.JPG", sha1(b"one")).one_at_a_time(), ..lab };
    let plan = lab.plan(&Selection::AllNew);
    lab.source.corrupt_every_second("/a/3.JPG", 3);
    let row = lab.run(&plan).unwrap();
    assert_eq!((row.totals, evidence(&lab)), (totals(2, 0, 0, 1), vec!["phone_hash", "second_read"]));
}

#[test]
fn nobody_waits_for_the_hash_of_a_file_that_cannot_be_copied() {
    let lab = lab_that_hashes();
    let plan = lab.plan(&Selection::AllNew);
    lab.source.fail_read("/a/2.JPG", SourceError::Unreadable { path: "2".into(), reason: "status 20".into() });
    lab.source.hold_hash("/a/2.JPG");
    let begun = std::time::Instant::now();
    assert_eq!(lab.run(&plan).unwrap().totals, totals(1, 0, 0, 1));
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}

fn first_failure(lab: &Lab, row: &SessionRow) -> (FailureCode, String) {
    lab.catalog.items(&row.id, "failed", 0, 1).unwrap()[0].failure.clone().unwrap()
}

#[test]
fn what_the_phone_says_is_held_against_what_the_drive_gave_back() {
    let lab = lab_that_hashes();
    lab.library.flip_read_back_after(1);
    assert_eq!(lab.import().totals, totals(2, 0, 0, 0), "copied again");
    assert_eq!(evidence(&lab), ["phone_hash", "phone_hash"]);
    lab.assert_sound(2);
}

#[test]
fn the_drive_is_blamed_for_what_it_did_and_the_phone_for_what_it_sent() {
    let lab = lab_that_hashes();
    lab.library.flip_every_read_back();
    let row = lab.import();
    assert_eq!((row.totals, row.stop.is_none()), (totals(0, 0, 0, 2), true));
    let (code, message) = first_failure(&lab, &row);
    assert_eq!(code, FailureCode::VerifyMismatch);
    assert!(message.contains("this drive"), "{message}");

    lab.library.heal();
    let plan = lab.plan(&Selection::AllNew);
    lab.source.corrupt("/a/2.JPG", 3, 1000);
    let row = lab.run(&plan).unwrap();
    let (code, message) = first_failure(&lab, &row);
    assert_eq!((row.totals, code), (totals(1, 0, 0, 1), FailureCode::VerifyMismatch));
    assert!(message.contains("the phone says"), "{message}");
}
