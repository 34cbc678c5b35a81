use super::*;
use crate::table::grid::GridPart;
use crate::{IntendedFile, ItemOutcome, SessionStart};
use domain::{
    AssetDetails, ContentHash, Evidence, FailureCode, ManifestEntry, ReadBackGrade, Repeats, SessionId, StagingName,
    TimeProvenance, Totals,
};

struct Fixture {
    catalog: Catalog,
    source: SourceId,
    _dir: tempfile::TempDir,
}

fn fixture() -> Fixture {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(&dir.path().join("c.sqlite")).unwrap();
    Fixture { catalog, source: SourceId::new("iphone:x"), _dir: dir }
}

fn asset(id: &str, taken: &str, roles: &[ResourceRole]) -> Asset {
    let taken = CaptureTime::parse_rfc3339(taken, TimeProvenance::Exif).unwrap();
    let resources = roles.iter().enumerate().map(|(i, role)| Resource {
        role: *role,
        fingerprint: Fingerprint { path: SourcePath::new(format!("/DCIM/{id}-{i}.HEIC")), bytes: 10, modified_ns: 5 },
        taken: Some(taken),
        availability: Availability::OnDevice,
        name: None,
        apple: None,
    });
    Asset {
        id: AssetId::new(id),
        kind: AssetKind::Photo,
        taken,
        resources: resources.collect(),
        details: AssetDetails::default(),
    }
}

fn seen(asset: Asset) -> ScannedAsset {
    ScannedAsset { asset, duration_ms: None, warning: None, library_path: None }
}

fn entry(path: &str, asset: &Asset) -> ManifestEntry {
    let path = LibraryPath::parse(path).unwrap();
    ManifestEntry {
        path: path.clone(),
        bytes: 10,
        hash: ContentHash::new([7; 32]),
        role: ResourceRole::Original,
        asset: path,
        source: SourceId::new("iphone:x"),
        source_path: asset.primary().path().clone(),
        source_modified_ns: 5,
        taken: asset.taken,
        evidence: Evidence::ReadBack,
        grade: ReadBackGrade::Cold,
        apple: None,
        details: None,
        derived: None,
        rendition_of: None,
    }
}

#[test]
fn the_grid_is_ordered_by_local_day_newest_first() {
    let f = fixture();
    let scan = f.catalog.begin_scan(&f.source).unwrap();
    let assets = [
        seen(asset("a", "2024-03-01T23:00:00-08:00", &[ResourceRole::Original])),
        seen(asset("b", "2024-03-02T01:00:00+09:00", &[ResourceRole::Original, ResourceRole::PairedVideo])),
        seen(asset("c", "2024-03-02T09:00:00", &[ResourceRole::Original])),
    ];
    f.catalog.put_assets(&f.source, scan, &assets).unwrap();
    let days = f.catalog.days(&GridPart::all(&f.source, GridSection::New)).unwrap();
    assert_eq!(
        days.iter().map(|d| (d.day.as_str(), d.cells)).collect::<Vec<_>>(),
        [("2024-03-02", 2), ("2024-03-01", 1)]
    );
    let rows = f.catalog.rows(&GridPart::all(&f.source, GridSection::New), 1, 10).unwrap();
    assert_eq!(rows.iter().map(|r| r.id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(rows[0].roles, ["original", "paired_video"]);
    assert_eq!(rows[0].bytes, 20);
    assert_eq!(f.catalog.row_numbers(&GridPart::all(&f.source, GridSection::New), 1, 1).unwrap(), [[rows[0].row]]);
    assert_eq!(f.catalog.asset(rows[0].row).unwrap(), Some(assets[1].asset.clone()));
}

#[test]
fn a_second_listing_keeps_row_numbers_and_drops_what_is_gone() {
    let f = fixture();
    let (a, b) = (
        asset("a", "2024-03-01T23:00:00", &[ResourceRole::Original]),
        asset("b", "2024-03-02T01:00:00", &[ResourceRole::Original]),
    );
    let scan = f.catalog.begin_scan(&f.source).unwrap();
    f.catalog.put_assets(&f.source, scan, &[seen(a.clone()), seen(b)]).unwrap();
    f.catalog.finish_scan(&f.source, scan).unwrap();
    let before = f.catalog.rows(&GridPart::all(&f.source, GridSection::New), 0, 10).unwrap();
    let scan = f.catalog.begin_scan(&f.source).unwrap();
    f.catalog.put_assets(&f.source, scan, &[seen(a)]).unwrap();
    assert_eq!(f.catalog.counts(&f.source).unwrap().new, 2, "still visible while listing");
    f.catalog.finish_scan(&f.source, scan).unwrap();
    let after = f.catalog.rows(&GridPart::all(&f.source, GridSection::New), 0, 10).unwrap();
    assert_eq!(after, before[1..]);
}

#[test]
fn the_journal_leads_from_plan_to_library() {
    let f = fixture();
    let scan = f.catalog.begin_scan(&f.source).unwrap();
    let (a, b) = (
        asset("a", "2024-03-01T23:00:00", &[ResourceRole::Original]),
        asset("b", "2024-03-02T01:00:00", &[ResourceRole::Original]),
    );
    f.catalog.put_assets(&f.source, scan, &[seen(a.clone()), seen(b.clone())]).unwrap();
    let session = SessionId::new("0123456789abcdef0123456789abcdef");
    let start =
        SessionStart { id: session.clone(), source: f.source.clone(), source_name: "P".into(), started_at: "t".into() };
    let skipped = Totals { already_imported: 3, only_in_icloud: 4, not_selected: 5, ..Totals::default() };
    f.catalog.start_session(&start, Repeats::Dropped, &skipped, [&a, &b]).unwrap();
    assert_eq!(f.catalog.unfinished(&session).unwrap().len(), 2);

    let intended = [IntendedFile { staging: StagingName::new(&session, 0), entry: entry("Originals/a.HEIC", &a) }];
    f.catalog.intend(&session, [(0, &intended[..])]).unwrap();
    let intents = f.catalog.intents().unwrap();
    assert_eq!(intents.len(), 1);
    assert_eq!((intents[0].item, &intents[0].asset, &intents[0].files[..]), (0, &a.id, &intended[..]));

    let done = ItemOutcome::Imported(vec![intended[0].entry.clone()]);
    let failed = ItemOutcome::Failed(FailureCode::SourceGone, "gone".into());
    f.catalog.conclude(&session, &f.source, &[(0, a.id.clone(), done), (1, b.id.clone(), failed)]).unwrap();
    assert!(f.catalog.intents().unwrap().is_empty());
    assert_eq!(f.catalog.failed(&session).unwrap(), f.catalog.unfinished(&session).unwrap());
    assert_eq!(f.catalog.unfinished(&session).unwrap(), [b.id]);
    // The program ends here: what the import did is told all the same.
    let last = f.catalog.last_session().unwrap().unwrap();
    assert_eq!((last.finished, last.bytes), (false, 10));
    assert_eq!(last.totals, Totals { imported: 1, failed: 1, ..skipped });
    let past = f.catalog.past_imports(0, 10).unwrap().remove(0);
    assert_eq!((past.imported, past.bytes, past.files), (1, 10, 1));
    assert_eq!(f.catalog.known(&f.source, &a.resources[0].fingerprint).unwrap()[0].path.as_str(), "Originals/a.HEIC");
    assert_eq!(f.catalog.with_content(&ContentHash::new([7; 32])).unwrap().len(), 1);
    assert_eq!(
        f.catalog.counts(&f.source).unwrap(),
        ScanCounts { new: 1, new_bytes: 10, already_imported: 1, ..ScanCounts::default() }
    );
    let section = GridSection::Session(session.clone());
    assert_eq!(
        f.catalog.rows(&GridPart::all(&f.source, section), 0, 9).unwrap()[0].library_path.as_deref(),
        Some("Originals/a.HEIC")
    );
    assert_eq!(
        f.catalog.items(&session, "failed", 0, 9).unwrap()[0].failure,
        Some((FailureCode::SourceGone, "gone".into()))
    );
}

#[test]
fn what_failed_for_a_reason_that_passes_is_left_to_do() {
    let f = fixture();
    let scan = f.catalog.begin_scan(&f.source).unwrap();
    let a = asset("a", "2024-03-01T23:00:00", &[ResourceRole::Original]);
    f.catalog.put_assets(&f.source, scan, &[seen(a.clone())]).unwrap();
    let left = |number: u8, code: FailureCode| {
        let id = SessionId::new(format!("{number:032x}"));
        let start =
            SessionStart { id: id.clone(), source: f.source.clone(), source_name: "P".into(), started_at: "t".into() };
        f.catalog.start_session(&start, Repeats::Dropped, &Totals::default(), [&a]).unwrap();
        let failed = ItemOutcome::Failed(code, "why".into());
        f.catalog.conclude(&id, &f.source, &[(0, a.id.clone(), failed)]).unwrap();
        assert_eq!(f.catalog.items(&id, "failed", 0, 9).unwrap()[0].failure, Some((code, "why".into())));
        f.catalog.unfinished(&id).unwrap().len()
    };
    use FailureCode::{Cancelled, DestinationFull, NotTrusted, SourceGone, SourceLocked, SourceRead, TimedOut};
    let passing = [SourceGone, SourceLocked, NotTrusted, TimedOut, DestinationFull, Cancelled];
    for (number, code) in (0..).zip(passing) {
        assert_eq!(left(number, code), 1, "{code:?}");
    }
    assert_eq!(left(99, SourceRead), 0, "the same file again would fail again");
}

#[test]
fn an_asset_is_verified_as_well_as_its_worst_file() {
    let f = fixture();
    let asset = asset("a", "2024-03-01T23:00:00", &[ResourceRole::Original]);
    let session = SessionId::new("0123456789abcdef0123456789abcdef");
    let start =
        SessionStart { id: session.clone(), source: f.source.clone(), source_name: "P".into(), started_at: "t".into() };
    f.catalog.start_session(&start, Repeats::Dropped, &Totals::default(), [&asset]).unwrap();
    let photo = ManifestEntry { evidence: Evidence::PhoneHash, ..entry("Originals/a.HEIC", &asset) };
    let film = ManifestEntry {
        path: LibraryPath::parse("Originals/a.MOV").unwrap(),
        evidence: Evidence::SecondRead,
        source_path: SourcePath::new("/DCIM/a.MOV"),
        ..photo.clone()
    };
    let done = ItemOutcome::Imported(vec![photo, film]);
    f.catalog.conclude(&session, &f.source, &[(0, asset.id.clone(), done)]).unwrap();
    assert_eq!(f.catalog.evidence("Originals/a.HEIC").unwrap(), Some(Evidence::SecondRead));
    assert_eq!(f.catalog.evidence("Originals/a.MOV").unwrap(), Some(Evidence::SecondRead));
    assert_eq!(f.catalog.evidence("Originals/b.HEIC").unwrap(), None);
    assert_eq!(f.catalog.evidence_counts(&session).unwrap(), [(Evidence::SecondRead, 1)].into());
}

#[test]
fn what_the_phone_says_comes_back_and_decides_where_an_asset_is_counted() {
    let f = fixture();
    let mut full = asset("full", "2024-03-01T23:00:00", &[ResourceRole::Original, ResourceRole::Edited]);
    full.resources[0].name = Some("IMG_7.HEIC".into());
    full.resources[0].apple = Some(AppleFingerprint::new([9; 20]));
    full.resources[1].availability = Availability::OnlyInICloud;
    full.details = AssetDetails {
        uuid: Some("U".into()),
        original_name: Some("o.HEIC".into()),
        pixels: Some((3, 4)),
        duration_ms: Some(5),
        favorite: true,
        edited: true,
        burst: Some(domain::Burst { id: "B".into(), picked: true }),
        title: Some("t".into()),
        caption: Some("c\n2".into()),
        keywords: vec!["b".into(), "a".into()],
        people: vec!["Ana".into()],
        place: domain::Place::new(1.5, -2.5),
        albums: vec![vec!["Trips".into(), "Paris/Été ✨".into()], vec!["Twin".into()]],
        ..AssetDetails::default()
    };
    let mut hidden = asset("hidden", "2024-03-01T22:00:00", &[ResourceRole::Original]);
    hidden.details.hidden = true;
    let mut deleted = asset("deleted", "2024-03-01T21:00:00", &[ResourceRole::Original]);
    deleted.details = AssetDetails { hidden: true, deleted: true, ..AssetDetails::default() };
    let mut cloud = asset("cloud", "2024-03-01T20:00:00", &[ResourceRole::Original]);
    cloud.resources[0].availability = Availability::OnlyInICloud;
    let scan = f.catalog.begin_scan(&f.source).unwrap();
    let all = [full.clone(), hidden, deleted, cloud];
    let scanned = all.map(|asset| ScannedAsset { asset, duration_ms: None, warning: None, library_path: None });
    f.catalog.put_assets(&f.source, scan, &scanned).unwrap();
    let counts = f.catalog.counts(&f.source).unwrap();
    assert_eq!((counts.new, counts.hidden, counts.recently_deleted, counts.only_in_icloud), (1, 1, 1, 1));
    assert_eq!(counts.new_bytes, 10, "what is in iCloud is not copied");
    let names = |section| -> Vec<String> {
        f.catalog
            .rows(&GridPart::all(&f.source, section), 0, 10)
            .unwrap()
            .into_iter()
            .map(|r| r.id.to_string())
            .collect()
    };
    assert_eq!(names(GridSection::New), ["full"]);
    assert_eq!(names(GridSection::Apart(Shelf::Hidden)), ["hidden"]);
    assert_eq!(names(GridSection::Apart(Shelf::RecentlyDeleted)), ["deleted"]);
    assert_eq!(names(GridSection::OnlyInICloud), ["cloud"]);
    let row = f.catalog.rows(&GridPart::all(&f.source, GridSection::New), 0, 1).unwrap().remove(0);
    assert_eq!((row.name.as_str(), f.catalog.asset(row.row).unwrap()), ("IMG_7.HEIC", Some(full)));
}

#[test]
fn what_has_no_bytes_is_counted_and_listed_apart_from_what_can_be_had() {
    let f = fixture();
    let scan = f.catalog.begin_scan(&f.source).unwrap();
    let mut missing = asset("m", "2024-03-01T10:00:00", &[ResourceRole::Original]);
    missing.resources[0].availability = Availability::Missing;
    let fine = asset("f", "2024-03-02T10:00:00", &[ResourceRole::Original]);
    f.catalog.put_assets(&f.source, scan, &[seen(missing), seen(fine)]).unwrap();
    let counts = f.catalog.counts(&f.source).unwrap();
    assert_eq!((counts.new, counts.missing), (2, 1));
    let names = |section| {
        f.catalog.rows(&GridPart::all(&f.source, section), 0, 9).unwrap().into_iter().map(|r| r.id).collect::<Vec<_>>()
    };
    assert_eq!(names(GridSection::Missing), [AssetId::new("m")]);
    assert_eq!(names(GridSection::Readable), [AssetId::new("f")]);
}

#[test]
fn an_item_that_a_crash_cut_short_is_recorded_with_what_the_phone_said() {
    let f = fixture();
    let mut asset = asset("a", "2024-03-01T23:00:00", &[ResourceRole::Original]);
    asset.details = AssetDetails { title: Some("t".into()), favorite: true, ..AssetDetails::default() };
    let scan = f.catalog.begin_scan(&f.source).unwrap();
    let scanned = ScannedAsset { asset: asset.clone(), duration_ms: None, warning: None, library_path: None };
    f.catalog.put_assets(&f.source, scan, &[scanned]).unwrap();
    let session = SessionId::new("0123456789abcdef0123456789abcdef");
    let start =
        SessionStart { id: session.clone(), source: f.source.clone(), source_name: "P".into(), started_at: "t".into() };
    f.catalog.start_session(&start, Repeats::Dropped, &Totals::default(), [&asset]).unwrap();
    let apple = Some(AppleFingerprint::new([9; 20]));
    let entry = ManifestEntry { apple, ..entry("Originals/a.HEIC", &asset) };
    let intended = [IntendedFile { staging: StagingName::new(&session, 0), entry }];
    f.catalog.intend(&session, [(0, &intended[..])]).unwrap();
    let found = f.catalog.intents().unwrap().remove(0).files.remove(0).entry;
    assert_eq!((found.details.as_deref(), found.apple), (Some(&asset.details), apple));
}

#[test]
fn apples_fingerprint_finds_copies_of_one_kind_and_size_until_two_copies_contradict_it() {
    let f = fixture();
    let asset = asset("a", "2024-03-01T23:00:00", &[ResourceRole::Original]);
    let session = SessionId::new("0123456789abcdef0123456789abcdef");
    let apple = AppleFingerprint::new([9; 20]);
    let copy = |path: &str, hash: u8| {
        let hash = ContentHash::new([hash; 32]);
        let source_path = SourcePath::new(path);
        (session.clone(), ManifestEntry { apple: Some(apple), hash, source_path, ..entry(path, &asset) })
    };
    let known = |role, bytes| -> Vec<String> {
        let found = f.catalog.known_by_apple(&apple, (role, bytes)).unwrap();
        found.into_iter().map(|file| file.path.to_string()).collect()
    };
    f.catalog.take_in(&[copy("Originals/a.HEIC", 7), copy("Originals/b.HEIC", 7)]).unwrap();
    assert_eq!(known(ResourceRole::Original, 10), ["Originals/a.HEIC", "Originals/b.HEIC"]);
    assert!(known(ResourceRole::Original, 11).is_empty() && known(ResourceRole::PairedVideo, 10).is_empty());
    f.catalog.take_in(&[copy("Originals/c.HEIC", 8)]).unwrap();
    assert!(known(ResourceRole::Original, 10).is_empty(), "one fingerprint, two contents");
}

#[test]
fn a_copy_that_was_looked_for_again_does_not_overwrite_what_an_import_wrote_meanwhile() {
    let f = fixture();
    let scan = f.catalog.begin_scan(&f.source).unwrap();
    f.catalog
        .put_assets(&f.source, scan, &[seen(asset("a", "2024-03-01T23:00:00", &[ResourceRole::Original]))])
        .unwrap();
    let path = |text| LibraryPath::parse(text).ok();
    let copy = || f.catalog.assets(&f.source).unwrap().remove(0).2;
    let note = |listed, now| f.catalog.note_copies(&[CopySeen { row: 1, listed, now }]).unwrap();
    note(None, path("Originals/a.HEIC"));
    assert_eq!(copy(), path("Originals/a.HEIC"));
    note(None, path("Originals/b.HEIC"));
    assert_eq!(copy(), path("Originals/a.HEIC"));
    note(path("Originals/a.HEIC"), None);
    assert_eq!(copy(), None);
}

#[test]
fn sizes_that_no_number_holds_together_are_added_up_all_the_same() {
    let f = fixture();
    let scan = f.catalog.begin_scan(&f.source).unwrap();
    let lie = |id: &str, bytes: u64| {
        let mut asset = asset(id, "2024-03-01T23:00:00", &[ResourceRole::Original]);
        asset.resources[0].fingerprint.bytes = bytes;
        seen(asset)
    };
    let lies = [lie("a", u64::MAX), lie("b", u64::MAX >> 1), lie("c", u64::MAX >> 1), lie("d", 10)];
    f.catalog.put_assets(&f.source, scan, &lies).unwrap();
    let counts = f.catalog.counts(&f.source).unwrap();
    assert_eq!((counts.new, counts.new_bytes), (4, 9_000_000_000_000_000_000));
    let session = SessionId::new("0123456789abcdef0123456789abcdef");
    let entries = ["Originals/a.HEIC", "Originals/b.HEIC", "Originals/c.HEIC"]
        .map(|path| ManifestEntry { bytes: u64::MAX >> 1, ..entry(path, &lies[0].asset) });
    f.catalog.take_in(&entries.map(|entry| (session.clone(), entry))).unwrap();
    assert_eq!(f.catalog.past_imports(0, 1).unwrap()[0].bytes, 9_000_000_000_000_000_000);
}
