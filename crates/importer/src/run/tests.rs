use super::*;
use crate::{Presence, ScanRequest, Selection, catch_up, plan, scan, verify};
use converting::FakeConverter;
use destinations::memory::MemoryLibrary;
use domain::{Capacity, Conversion, DestinationError, LibraryId, LibraryPath, SessionId, SourceError, Totals};
use sources::memory::MemorySource;
use std::collections::HashSet;

mod again;
mod apple;
mod asking;
mod converting;
mod faults;
mod moving;
mod order;
mod renditions;
mod sidecars;
mod stopping;
mod waiting;

const DAY: i64 = 86_400_000_000_000;

/// One library, one phone, one computer; each `import` is a new run of the program.
pub(crate) struct Lab {
    pub(crate) source: MemorySource,
    pub(crate) library: MemoryLibrary,
    pub(crate) catalog: Catalog,
    pub(crate) dir: tempfile::TempDir,
    pub(crate) runs: std::cell::Cell<u32>,
    pub(crate) cancel: CancelFlag,
    pub(crate) thoroughness: std::cell::Cell<Thoroughness>,
    pub(crate) converting: std::cell::Cell<Option<Conversion>>,
    pub(crate) sidecars: std::cell::Cell<domain::Sidecars>,
    pub(crate) renditions: std::cell::Cell<domain::Renditions>,
}

pub(crate) fn lab(files: &[(&str, &[u8], i64)]) -> Lab {
    let source = files.iter().fold(MemorySource::new("iphone:test"), |s, (p, b, t)| s.with_file(p, *b, *t));
    let dir = tempfile::tempdir().unwrap();
    Lab {
        source,
        library: MemoryLibrary::new(LibraryId::new("0123456789abcdef0123456789abcdef")),
        catalog: Catalog::open(&dir.path().join("c.sqlite")).unwrap(),
        dir,
        runs: Default::default(),
        cancel: CancelFlag::default(),
        thoroughness: Default::default(),
        converting: Default::default(),
        sidecars: Default::default(),
        renditions: Default::default(),
    }
}

impl Lab {
    pub(crate) fn plan(&self, selection: &Selection) -> ImportPlan {
        let presence = Presence::new(&self.catalog, &self.library);
        let cancel = CancelFlag::default();
        let request = ScanRequest {
            source: &self.source,
            facts: None,
            presence: Some(&presence),
            zone: &TimeZone::UTC,
            cancel: &cancel,
        };
        let report = scan(&request, &mut |_| {}).unwrap();
        plan(report.assets.into_iter().map(|s| (s.asset, s.library_path)), selection)
    }

    pub(crate) fn run(&self, plan: &ImportPlan) -> Result<SessionRow, ImportError> {
        self.run_hearing(plan, &|_| {})
    }

    fn run_hearing(
        &self,
        plan: &ImportPlan,
        news: &(dyn Fn(ImportNews<'_>) + Sync),
    ) -> Result<SessionRow, ImportError> {
        let start = SessionStart {
            id: SessionId::new(format!("{:032x}", self.runs.replace(self.runs.get() + 1) + 1)),
            source: self.source.id().clone(),
            source_name: "Test".into(),
            started_at: "2024-01-01T00:00:00Z".into(),
        };
        let env = ImportRun {
            source: &self.source,
            destination: &self.library,
            catalog: &self.catalog,
            zone: &TimeZone::UTC,
            thoroughness: self.thoroughness.get(),
            converting: self.converting.get().map(|wish| Converting { wish, converter: &FakeConverter }),
            sidecars: self.sidecars.get(),
            renditions: self.renditions.get(),
            wait: None,
            cancel: &self.cancel,
            news,
        };
        run(&env, &start, plan)
    }

    pub(crate) fn import(&self) -> SessionRow {
        let row = self.run(&self.plan(&Selection::AllNew)).unwrap();
        assert_eq!(self.catalog.last_session().unwrap().unwrap(), row);
        row
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.library.paths().iter().map(ToString::to_string).collect()
    }

    /// Nothing staged is left, every file is in a manifest and whole.
    pub(crate) fn assert_sound(&self, files: u64) {
        assert!(self.library.staged().unwrap().is_empty());
        let report = verify(&self.library, &mut |_| {}, &CancelFlag::default()).unwrap();
        assert_eq!((report.ok, report.is_sound(), report.unknown), (files, true, vec![]));
    }
}

fn totals(imported: u64, already_imported: u64, not_selected: u64, failed: u64) -> Totals {
    Totals { imported, already_imported, only_in_icloud: 0, not_selected, failed }
}

#[test]
fn everything_is_filed_by_day_and_the_second_run_finds_nothing() {
    let lab =
        lab(&[("/DCIM/a/IMG_1.MOV", b"one", DAY), ("/DCIM/a/IMG_2.JPG", b"two", 2 * DAY), ("/DCIM/a/x.AAE", b"x", 0)]);
    let row = lab.import();
    assert_eq!((row.totals, row.bytes, row.stop), (totals(3, 0, 0, 0), 7, None));
    assert_eq!(
        lab.paths(),
        [
            "Originals/1970/1970-01-01/x.AAE",
            "Originals/1970/1970-01-02/IMG_1.MOV",
            "Originals/1970/1970-01-03/IMG_2.JPG"
        ]
    );
    assert_eq!(lab.library.modified_ns(&lab.library.paths()[1]), Some(DAY));
    lab.assert_sound(3);
    let before = lab.source.times_opened("/DCIM/a/IMG_1.MOV");
    assert_eq!(lab.import().totals, totals(0, 3, 0, 0));
    assert_eq!(lab.source.times_opened("/DCIM/a/IMG_1.MOV"), before + 1, "looked into without a cache, not copied");
}

#[test]
fn only_what_was_chosen_is_imported_and_the_books_balance() {
    let lab = lab(&[("/a/1.JPG", b"1", 0), ("/a/2.JPG", b"2", 0)]);
    let all = lab.plan(&Selection::AllNew);
    let chosen = HashSet::from([all.items[1].asset.id.clone()]);
    let row = lab.run(&lab.plan(&Selection::Assets(chosen))).unwrap();
    assert_eq!(row.totals, totals(1, 0, 1, 0));
    assert_eq!(lab.import().totals, totals(1, 1, 0, 0));
}

#[test]
fn like_names_get_numbers_and_like_bytes_are_one() {
    let lab = lab(&[
        ("/100APPLE/IMG_1.JPG", b"first", 0),
        ("/101APPLE/IMG_1.JPG", b"second", 0),
        ("/102APPLE/img_1.jpg", b"third", 0),
        ("/103APPLE/IMG_1.JPG", b"first", 0),
        ("/104APPLE/other.JPG", b"second", DAY),
        ("/105APPLE/EMPTY.JPG", b"", 0),
        ("/106APPLE/EMPTY.JPG", b"", 0),
    ]);
    assert_eq!(lab.import().totals, totals(5, 2, 0, 0));
    let names: Vec<String> = lab.paths().iter().map(|p| p.rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!(names, ["EMPTY.JPG", "EMPTY_1.JPG", "IMG_1.JPG", "IMG_1_1.JPG", "img_1_2.jpg"]);
    lab.assert_sound(5);
    assert_eq!(lab.import().totals, totals(0, 7, 0, 0), "the twins are remembered too");
}

#[test]
fn the_files_of_one_asset_keep_one_number() {
    let lab = lab(&[("/a/IMG_1.JPG", b"other", 0)]);
    lab.import();
    lab.source.remove("/a/IMG_1.JPG");
    lab.source.put("/b/IMG_1.JPG", *b"photo", 5);
    lab.source.put("/b/IMG_1.AAE", *b"recipe", 6);
    assert_eq!(lab.import().totals, totals(1, 0, 0, 0));
    let day = "Originals/1970/1970-01-01";
    assert_eq!(lab.paths(), [format!("{day}/IMG_1.JPG"), format!("{day}/IMG_1_1.AAE"), format!("{day}/IMG_1_1.JPG")]);
}

#[test]
fn a_broken_file_fails_alone_and_succeeds_later() {
    let lab = lab(&[("/a/1.JPG", b"1", 0), ("/a/2.JPG", b"22", 0), ("/a/3.JPG", b"3", 0)]);
    lab.source.fail_read("/a/2.JPG", SourceError::Unreadable { path: "/a/2.JPG".into(), reason: "I/O error".into() });
    let row = lab.import();
    assert_eq!((row.totals, row.stop), (totals(2, 0, 0, 1), None));
    let failed = lab.catalog.items(&row.id, "failed", 0, 10).unwrap();
    assert_eq!(failed[0].failure.as_ref().unwrap().0, FailureCode::SourceRead);
    lab.assert_sound(2);
    lab.source.heal("/a/2.JPG");
    assert_eq!(lab.import().totals, totals(1, 2, 0, 0));
    lab.assert_sound(3);
}

#[test]
fn an_unplugged_phone_stops_the_run_and_the_next_one_finishes() {
    let big = vec![7; 3 << 20];
    let lab = lab(&[("/a/1.JPG", b"1", 0), ("/a/2.MOV", &big, 0), ("/a/3.JPG", b"3", 0)]);
    let lab = Lab { source: lab.source.one_at_a_time(), ..lab };
    let plan = lab.plan(&Selection::AllNew);
    lab.source.unplug_after(2 << 20);
    let row = lab.run(&plan).unwrap();
    assert_eq!(row.totals, totals(1, 0, 0, 2));
    assert_eq!(row.stop.unwrap().code, FailureCode::SourceGone);
    assert_eq!(lab.catalog.unfinished(&row.id).unwrap().len(), 2);
    lab.assert_sound(1);
    assert_eq!(lab.source.open_readers(), 0);
    lab.source.replug();
    assert_eq!(lab.import().totals, totals(2, 1, 0, 0));
    lab.assert_sound(3);
}

#[test]
fn short_reads_are_not_the_end_but_an_early_end_is_a_failure() {
    let lab = lab(&[("/a/1.MOV", &[1; 5000], 0)]);
    lab.source.shorten_reads(7);
    assert_eq!(lab.import().totals, totals(1, 0, 0, 0));
    assert_eq!(lab.library.bytes_of(&lab.library.paths()[0]), Some(vec![1; 5000]));
}

#[test]
fn a_file_that_changes_meanwhile_is_copied_as_it_is_now() {
    let lab = lab(&[("/a/1.AAE", b"before", 1)]);
    let plan = lab.plan(&Selection::AllNew);
    lab.source.put("/a/1.AAE", *b"after, and longer", 2);
    let row = lab.run(&plan).unwrap();
    assert_eq!(row.totals, totals(1, 0, 0, 0));
    assert_eq!(lab.library.bytes_of(&lab.library.paths()[0]), Some(b"after, and longer".to_vec()));
    assert_eq!(lab.import().totals, totals(0, 1, 0, 0));
}

#[test]
fn a_file_that_changes_under_the_copy_is_copied_whole_again() {
    let lab = lab(&[("/a/1.AAE", &[1; 3 << 20], 1)]);
    let plan = lab.plan(&Selection::AllNew);
    // Same size, so only a second look tells; the copy at hand has the old bytes.
    let row = lab.run_hearing(&plan, &|news| {
        if matches!(news, ImportNews::Bytes(_)) {
            lab.source.put("/a/1.AAE", vec![2; 3 << 20], 2);
        }
    });
    assert_eq!(row.unwrap().totals, totals(1, 0, 0, 0));
    assert_eq!(lab.library.bytes_of(&lab.library.paths()[0]), Some(vec![2; 3 << 20]));
    assert_eq!(lab.import().totals, totals(0, 1, 0, 0), "remembered with the time it has now");
}

#[test]
fn a_copy_that_was_cut_is_not_called_imported() {
    let lab = lab(&[("/a/1.JPG", b"whole", 0)]);
    lab.import();
    let path = lab.library.paths()[0].clone();
    lab.library.put(&path, *b"cut");
    assert_eq!(lab.import().totals, totals(1, 0, 0, 0));
    assert_eq!(lab.library.bytes_of(&path), Some(b"cut".to_vec()), "nothing is overwritten");
    assert_eq!(lab.library.bytes_of(&lab.library.paths()[1]), Some(b"whole".to_vec()));
}

#[test]
fn what_reads_back_differently_is_copied_again() {
    let lab = lab(&[("/a/1.JPG", b"1", 0), ("/a/2.JPG", b"22", 0)]);
    let lab = Lab { source: lab.source.one_at_a_time(), ..lab };
    let plan = lab.plan(&Selection::AllNew);
    let before = lab.source.times_opened("/a/2.JPG");
    lab.library.flip_read_back_after(1);
    assert_eq!(lab.run(&plan).unwrap().totals, totals(2, 0, 0, 0));
    assert_eq!(lab.source.times_opened("/a/2.JPG"), before + 2);
    lab.assert_sound(2);
}

#[test]
fn what_reads_back_differently_twice_is_never_filed() {
    let lab = lab(&[("/a/1.JPG", b"1", 0), ("/a/2.JPG", b"22", 0)]);
    lab.library.flip_every_read_back();
    let row = lab.import();
    assert_eq!((row.totals, row.stop), (totals(0, 0, 0, 2), None));
    let failed = lab.catalog.items(&row.id, "failed", 0, 1).unwrap();
    assert_eq!(failed[0].failure.as_ref().unwrap().0, FailureCode::VerifyMismatch);
    assert!(lab.paths().is_empty());
    lab.library.heal();
    assert_eq!(lab.import().totals, totals(2, 0, 0, 0));
}

#[test]
fn a_flush_that_fails_once_is_survived_by_a_fresh_copy() {
    let lab = lab(&[("/a/1.JPG", b"1", 0), ("/a/2.JPG", b"22", 0)]);
    lab.library.fail_seal_after(1);
    assert_eq!(lab.import().totals, totals(2, 0, 0, 0));
    lab.assert_sound(2);
}

#[test]
fn a_manifest_that_cannot_be_written_stops_the_run_and_is_written_by_the_next() {
    let lab = lab(&[("/a/1.JPG", b"1", 0), ("/a/2.JPG", b"22", 0)]);
    lab.library.fail_record_after(0);
    let row = lab.import();
    assert_eq!((row.totals.imported, row.stop.unwrap().code), (0, FailureCode::DestinationIo));
    lab.library.heal();
    lab.import();
    lab.assert_sound(2);
}

/// A library whose drive went away at a call in the middle of an import of two photos, and is back.
fn cut_after(calls: u64) -> Lab {
    let lab = lab(&[("/a/1.JPG", b"1", 0), ("/b/2.JPG", b"22", 0)]);
    let plan = lab.plan(&Selection::AllNew);
    lab.library.gone_after(calls);
    let _ = lab.run(&plan);
    lab.library.heal();
    lab
}

#[test]
fn what_was_staged_and_intended_is_filed_without_the_phone() {
    let mut filed = 0;
    for calls in 0..80 {
        let lab = cut_after(calls);
        let intended = lab.catalog.intents().unwrap().len();
        crate::recover::recover(&lab.catalog, &lab.library, &CancelFlag::default()).unwrap();
        assert!(lab.catalog.intents().unwrap().is_empty());
        assert!(lab.paths().len() >= intended, "after {calls} calls");
        lab.assert_sound(lab.paths().len() as u64);
        filed += intended;
    }
    assert!(filed > 0, "no run was cut between intent and end");
}

#[test]
fn a_full_drive_is_refused_before_the_start_and_survived_in_the_middle() {
    let small = lab(&[("/a/1.MOV", &[1; 4000], 0)]);
    let capacity = Capacity { free_bytes: 4000, total_bytes: 9000, largest_file: None, block_bytes: 1 };
    let small = Lab {
        library: MemoryLibrary::new(LibraryId::new("0123456789abcdef0123456789abcdef")).with_capacity(capacity),
        ..small
    };
    let refused = small.run(&small.plan(&Selection::AllNew));
    assert!(matches!(refused, Err(ImportError::NoSpace { needed: 1_052_656, free: 4000 })), "{refused:?}");
    assert!(small.catalog.last_session().unwrap().is_none());

    let lab = lab(&[("/a/1.JPG", b"1", 0), ("/a/2.MOV", &[2; 4000], 0), ("/a/3.JPG", b"3", 0)]);
    lab.library.full_after(100);
    let row = lab.import();
    assert_eq!(row.stop.unwrap().code, FailureCode::DestinationFull);
    assert_eq!(row.totals.seen(), 3);
    lab.library.heal();
    lab.import();
    lab.assert_sound(3);
}

#[test]
fn a_phone_that_lies_about_one_size_keeps_nothing_else_from_being_imported() {
    let lab = lab(&[("/a/1.JPG", b"1", 0), ("/a/2.JPG", b"2", 0)]);
    let mut plan = lab.plan(&Selection::AllNew);
    plan.items[1].asset.resources[0].fingerprint.bytes = u64::MAX;
    let row = lab.run(&plan).unwrap();
    assert_eq!((row.totals, row.stop), (totals(1, 0, 0, 1), None));
    assert_eq!(
        lab.catalog.items(&row.id, "failed", 0, 1).unwrap()[0].failure.as_ref().unwrap().0,
        FailureCode::TooLarge
    );
}

#[test]
fn cancelling_keeps_what_is_done_and_balances() {
    let lab = lab(&[("/a/1.JPG", b"1", 0), ("/a/2.JPG", b"2", 0)]);
    let plan = lab.plan(&Selection::AllNew);
    lab.cancel.cancel();
    let row = lab.run(&plan).unwrap();
    assert_eq!((row.totals, row.stop.unwrap().code), (totals(0, 0, 0, 2), FailureCode::Cancelled));
    assert_eq!(lab.catalog.unfinished(&row.id).unwrap().len(), 2);
    lab.assert_sound(0);
}

#[test]
fn a_lost_catalog_comes_back_from_the_manifests_and_lost_manifests_from_the_bytes() {
    let mut lab = lab(&[("/a/1.JPG", b"1", 0), ("/a/1.AAE", b"r", 0), ("/b/2.JPG", b"2", 0)]);
    lab.import();
    lab.catalog = Catalog::open(&lab.dir.path().join("second.sqlite")).unwrap();
    catch_up(&lab.catalog, &lab.library).unwrap();
    assert_eq!(lab.import().totals, totals(0, 2, 0, 0));

    let bare = MemoryLibrary::new(LibraryId::new("0123456789abcdef0123456789abcdef"));
    lab.library.paths().iter().for_each(|p| bare.put(p, lab.library.bytes_of(p).unwrap()));
    lab.library = bare;
    lab.catalog = Catalog::open(&lab.dir.path().join("third.sqlite")).unwrap();
    let before = lab.paths();
    lab.import();
    assert_eq!(lab.paths(), before, "nothing twice");
    lab.assert_sound(3);
}

#[test]
fn a_photo_deleted_from_the_library_is_new_again() {
    let lab = lab(&[("/a/1.JPG", b"1", 0), ("/a/2.JPG", b"2", 0)]);
    lab.import();
    lab.library.remove(&lab.library.paths()[0]);
    assert_eq!(lab.import().totals, totals(1, 1, 0, 0));
    lab.assert_sound(2);
}

#[test]
fn what_went_out_of_the_library_since_it_was_planned_is_imported() {
    let lab = lab(&[("/a/1.JPG", b"1", 0), ("/a/2.JPG", b"2", 0), ("/a/3.JPG", b"3", 0)]);
    lab.import();
    let plan = lab.plan(&Selection::AllNew);
    let chosen = HashSet::from([plan.items[1].asset.id.clone()]);
    let (some, again) = (lab.plan(&Selection::Assets(chosen.clone())), lab.plan(&Selection::Again(chosen)));
    let remove_two = || lab.paths()[..2].iter().for_each(|p| lab.library.remove(&LibraryPath::parse(p).unwrap()));
    remove_two();
    assert_eq!(lab.run(&plan).unwrap().totals, totals(2, 1, 0, 0));
    remove_two();
    assert_eq!(lab.run(&some).unwrap().totals, totals(1, 1, 1, 0), "what was not chosen is not imported");
    lab.library.remove(&LibraryPath::parse(&lab.paths()[1]).unwrap());
    assert_eq!(lab.run(&again).unwrap().totals.seen(), 3);
}

#[test]
fn two_imports_at_once_are_refused() {
    let lab = lab(&[("/a/1.JPG", b"1", 0)]);
    let lock = lab.catalog.lock_for_import().unwrap();
    let refused = lab.run(&lab.plan(&Selection::AllNew));
    assert!(matches!(refused, Err(ImportError::Destination(DestinationError::Busy))));
    drop(lock);
    lab.import();
}

#[test]
fn a_program_with_another_catalog_is_kept_out_and_then_heard() {
    let one = lab(&[("/a/1.JPG", b"1", 0), ("/a/2.JPG", b"22", 0)]);
    let other = Lab { library: one.library.clone(), source: one.source.clone(), ..lab(&[]) };
    let plan = other.plan(&Selection::AllNew);
    let lock = one.library.lock().unwrap();
    let refused = other.run(&plan);
    assert!(matches!(refused, Err(ImportError::Destination(DestinationError::Busy))));
    drop(lock);
    one.import();
    assert_eq!(other.run(&plan).unwrap().totals, totals(0, 2, 0, 0), "planned when they were new");
    let mut lines = 0;
    one.library.manifest(&mut |_| lines += 1).unwrap();
    assert_eq!(lines, 2);
}

#[test]
fn what_cannot_be_looked_at_is_in_the_books() {
    let lab = lab(&[("/a/1.JPG", b"1", 0)]);
    let error = SourceError::Unreadable { path: "/a/bad".into(), reason: "permission denied".into() };
    let lab = Lab { source: lab.source.with_unreadable("/a/bad", error), ..lab };
    assert_eq!(lab.import().totals, totals(1, 0, 0, 1));
    assert_eq!(lab.source.times_opened("/a/bad"), 1, "the listing has waited for it");
}
