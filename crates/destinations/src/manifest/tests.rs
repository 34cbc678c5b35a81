use super::read::each_line;
use super::*;
use crate::LibraryFolder;
use domain::{
    CaptureTime, ContentHash, Destination, Evidence, LibraryId, LibraryPath, ManifestLine, ReadBackGrade, ResourceRole,
    SourceId, SourcePath, TimeProvenance,
};
use proptest::prelude::*;

const WHEN: &str = "2024-03-02T10:00:00Z";

fn entry(source_path: &str) -> ManifestEntry {
    let path = LibraryPath::parse("Originals/2024/2024-03-02/IMG_1.HEIC").unwrap();
    ManifestEntry {
        asset: path.clone(),
        path,
        bytes: 7,
        hash: ContentHash::new([7; 32]),
        role: ResourceRole::PairedVideo,
        source: SourceId::new("folder:/card"),
        source_path: SourcePath::new(source_path),
        source_modified_ns: 1,
        taken: CaptureTime::parse_rfc3339("2024-03-02T23:30:05", TimeProvenance::FileTime).unwrap(),
        evidence: Evidence::ReadBack,
        grade: ReadBackGrade::Warm,
        apple: None,
        details: None,
        derived: None,
        rendition_of: None,
    }
}

fn library() -> (tempfile::TempDir, LibraryFolder, SessionId) {
    let temp = tempfile::tempdir().unwrap();
    let id = LibraryId::parse("0123456789abcdef0123456789abcdef").unwrap();
    let library = LibraryFolder::create_or_open(temp.path(), id, WHEN).unwrap();
    (temp, library, SessionId::parse("fedcba9876543210fedcba9876543210").unwrap())
}

/// What a line is about, in a word.
fn told(line: ManifestLine) -> String {
    match line {
        ManifestLine::Copied(entry) => entry.source_path.to_string(),
        ManifestLine::Removed(removal) => format!("removed {}", removal.path.file_name()),
    }
}

fn copied(line: &[u8]) -> Option<ManifestEntry> {
    line::parse(line).and_then(|line| match line {
        ManifestLine::Copied(entry) => Some(entry),
        ManifestLine::Removed(_) => None,
    })
}

fn read(library: &LibraryFolder) -> (Vec<String>, Vec<u64>) {
    let (mut found, mut rejected) = (Vec::new(), Vec::new());
    library.checked_lines(&mut |_, line| found.push(told(line)), &mut |line| rejected.push(line.number)).unwrap();
    (found, rejected)
}

fn manifest_file(library: &LibraryFolder, session: &SessionId) -> std::path::PathBuf {
    library.root().join(format!("{MANIFESTS}/{session}.jsonl"))
}

#[test]
fn a_line_says_what_anyone_needs_to_check_the_copy() {
    let line = String::from_utf8(line::format(&entry("DCIM/IMG_1.MOV")).unwrap()).unwrap();
    let hash = "07".repeat(32);
    let content = format!(
        "{{\"path\":\"Originals/2024/2024-03-02/IMG_1.HEIC\",\"bytes\":7,\"blake3\":\"{hash}\",\"role\":\"paired_video\",\
         \"asset\":\"Originals/2024/2024-03-02/IMG_1.HEIC\",\"source\":\"folder:/card\",\
         \"source_path\":\"DCIM/IMG_1.MOV\",\"source_modified_ns\":1,\"taken_at\":\"2024-03-02T23:30:05\",\
         \"taken_from\":\"file_time\",\"evidence\":\"read_back\",\"read_back\":\"warm\""
    );
    let check = &blake3::hash(content.as_bytes()).to_hex()[..16];
    assert_eq!(line, format!("{content},\"check\":\"{check}\"}}\n"));
}

#[test]
fn a_torn_last_line_is_left_out_and_the_next_one_starts_afresh() {
    let (_temp, library, session) = library();
    library.record(&session, &[entry("a"), entry("b")]).unwrap();
    let file = manifest_file(&library, &session);
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() - 9]).unwrap();
    library.record(&session, &[entry("c")]).unwrap();
    assert_eq!(read(&library), (vec!["a".to_owned(), "c".to_owned()], vec![2]));
}

#[test]
fn a_changed_line_is_left_out() {
    let (_temp, library, session) = library();
    library.record(&session, &[entry("a"), entry("b")]).unwrap();
    let file = manifest_file(&library, &session);
    let changed = std::fs::read_to_string(&file).unwrap().replacen("\"bytes\":7", "\"bytes\":8", 1);
    std::fs::write(&file, changed).unwrap();
    assert_eq!(read(&library), (vec!["b".to_owned()], vec![1]));
}

#[test]
fn planted_content_is_bounded_and_never_leads_out_of_the_library() {
    let (_temp, library, session) = library();
    library.record(&session, &[entry("a")]).unwrap();
    let file = manifest_file(&library, &session);
    let good = std::fs::read_to_string(&file).unwrap();
    let evil = good.trim_end().replace("Originals/2024/2024-03-02/IMG_1.HEIC", "../../etc/passwd");
    let content = evil.split(",\"check\"").next().unwrap();
    let evil = format!("{content},\"check\":\"{}\"}}", &blake3::hash(content.as_bytes()).to_hex()[..16]);
    let text = format!("{evil}\n{}\n\n{}\n{good}", "[".repeat(200_000), "x".repeat(LONGEST_LINE - 1));
    std::fs::write(&file, text).unwrap();
    std::fs::write(file.with_file_name("._fedcba9876543210fedcba9876543210.jsonl"), &good).unwrap();
    assert_eq!(read(&library), (vec!["a".to_owned()], vec![1, 2, 3, 4]));
}

#[test]
fn a_name_too_long_to_be_read_again_is_refused_before_anything_is_written() {
    let (_temp, library, session) = library();
    assert!(library.record(&session, &[entry("a"), entry(&"\"".repeat(40_000))]).is_err());
    assert_eq!(read(&library), (vec![], vec![]));
}

#[test]
fn a_session_that_is_no_file_name_is_refused() {
    let (_temp, library, _) = library();
    assert!(library.record(&SessionId::new("../../x"), &[entry("a")]).is_err());
}

#[test]
fn a_fraction_of_a_second_does_not_cost_the_line() {
    let mut with_fraction = entry("a");
    with_fraction.taken.local = with_fraction.taken.local.with().subsec_nanosecond(5).build().unwrap();
    let line = line::format(&with_fraction).unwrap();
    assert_eq!(copied(line.trim_ascii_end()), Some(entry("a")));
}

#[test]
fn what_was_put_aside_is_a_line_of_its_own() {
    let (_temp, library, session) = library();
    let removal = Removal {
        path: entry("a").path,
        to: Removal::place(&session, &entry("a").path, 0).unwrap(),
        bytes: 7,
        hash: ContentHash::new([7; 32]),
    };
    library.record(&session, &[entry("a")]).unwrap();
    library.record_removals(&session, std::slice::from_ref(&removal)).unwrap();
    assert_eq!(read(&library), (vec!["a".to_owned(), "removed IMG_1.HEIC".to_owned()], vec![]));
    let line = String::from_utf8(line::format_removal(&removal).unwrap()).unwrap();
    let hash = "07".repeat(32);
    let content = format!(
        "{{\"removed\":\"Originals/2024/2024-03-02/IMG_1.HEIC\",\
         \"to\":\"Removed/fedcba9876543210fedcba9876543210/2024/2024-03-02/IMG_1.HEIC\",\"bytes\":7,\"blake3\":\"{hash}\""
    );
    assert_eq!(line.split(",\"check\"").next(), Some(content.as_str()));
    assert_eq!(line::parse(line.trim_end().as_bytes()), Some(ManifestLine::Removed(removal)));
    let evil = content.replace("Removed/", "../");
    let evil = format!("{evil},\"check\":\"{}\"}}", &blake3::hash(evil.as_bytes()).to_hex()[..16]);
    assert_eq!(line::parse(evil.as_bytes()), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn any_source_path_survives(source_path in "\\PC{0,60}|[\"\\\\{}:,\u{0}-\u{1f}\u{202e}é]{0,40}") {
        let line = line::format(&entry(&source_path)).unwrap();
        prop_assert_eq!(line.iter().filter(|b| **b == b'\n').count(), 1);
        prop_assert_eq!(copied(&line[..line.len() - 1]), Some(entry(&source_path)));
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_noticed(at in 0_usize..400, bit in 0_u8..8) {
        let line = line::format(&entry("DCIM/IMG_1.MOV")).unwrap();
        let line = &line[..line.len() - 1];
        let at = at % line.len();
        prop_assert_eq!(line::parse(&line[..at]), None);
        let mut flipped = line.to_vec();
        flipped[at] ^= 1 << bit;
        prop_assert_eq!(line::parse(&flipped), None);
    }

    #[test]
    fn lines_are_cut_where_they_end(text in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'x')], 0..50)) {
        let mut lines = Vec::new();
        each_line(&text[..], &mut |line| lines.push(line.unwrap().to_vec())).unwrap();
        let want = text.split_inclusive(|b| *b == b'\n').map(|l| l.strip_suffix(b"\n").unwrap_or(l).to_vec());
        prop_assert_eq!(lines, want.collect::<Vec<_>>());
    }
}

#[test]
fn what_would_make_a_line_too_long_is_left_out_of_it() {
    // Bounded by their readers, but each of these letters is written with six.
    let long = |length| "\u{1}".repeat(length);
    let mut long_winded = entry("DCIM/IMG_1.MOV");
    long_winded.details = Some(Box::new(domain::AssetDetails {
        uuid: Some("A-B".into()),
        caption: Some(long(20_000)),
        keywords: vec!["Sea".into()],
        ..domain::AssetDetails::default()
    }));
    let written = copied(line::format(&long_winded).unwrap().trim_ascii_end()).unwrap().details.unwrap();
    assert_eq!((written.uuid.as_deref(), written.caption, &written.keywords[0][..]), (Some("A-B"), None, "Sea"));
    let details = long_winded.details.as_mut().unwrap();
    details.uuid = Some(long(20_000));
    assert_eq!(copied(line::format(&long_winded).unwrap().trim_ascii_end()), Some(entry("DCIM/IMG_1.MOV")));
    assert!(line::format(&entry(&long(20_000))).is_err(), "a file cannot be found again without its path");
}

#[test]
fn what_the_phone_said_of_a_photo_is_recorded_and_read_again() {
    let details = domain::AssetDetails {
        uuid: Some("4B1C".into()),
        original_name: Some("IMG_7001.HEIC".into()),
        pixels: Some((4032, 3024)),
        duration_ms: Some(1500),
        favorite: true,
        hidden: true,
        burst: Some(domain::Burst { id: "B0".into(), picked: true }),
        title: Some("Eiffel".into()),
        caption: Some("Sunny \"day\"\n".into()),
        keywords: vec!["travel".into()],
        people: vec!["Ana Example".into()],
        place: domain::Place::new(48.8584, 2.2945),
        albums: vec![vec!["Trips".into(), "2024".into(), "Paris/Été ✨".into()], vec!["Twin".into()]],
        ..domain::AssetDetails::default()
    };
    let with_details = ManifestEntry { details: Some(Box::new(details)), ..entry("PhotoData/CPLAssets/group1/X.HEIC") };
    let line = line::format(&with_details).unwrap();
    let text = String::from_utf8(line.clone()).unwrap();
    assert!(text.contains("\"uuid\":\"4B1C\",\"original_name\":\"IMG_7001.HEIC\",\"albums\":[[\"Trips\""), "{text}");
    assert!(!text.contains("deleted") && !text.contains("edited"), "{text}");
    assert_eq!(line::parse(line.trim_ascii_end()), Some(ManifestLine::Copied(with_details)));
}

#[cfg(unix)]
#[test]
fn odd_entries_among_the_internals_of_a_library_keep_nobody_from_its_photos() {
    let (_temp, library, session) = library();
    library.record(&session, &[entry("a")]).unwrap();
    let internals = library.root().join(".keepsake");
    let manifest = |digit: &str| internals.join(format!("manifests/{}.jsonl", digit.repeat(32)));
    std::fs::create_dir(manifest("0")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", manifest("1")).unwrap();
    std::os::unix::fs::symlink("nowhere", manifest("2")).unwrap();
    std::fs::create_dir(internals.join("incoming/library-0123")).unwrap();
    let staged = format!("{}-1.part", "3".repeat(32));
    std::fs::create_dir(internals.join("incoming").join(&staged)).unwrap();
    let again = LibraryFolder::create_or_open(library.root(), library.library_id().clone(), WHEN).unwrap();
    assert_eq!(read(&again), (vec!["a".to_owned()], vec![0, 0, 0]));
    let refused = again.discard(&domain::StagingName::parse(&staged).unwrap());
    assert!(matches!(refused, Err(domain::DestinationError::Io { .. })), "{refused:?}");
}

#[test]
fn apples_fingerprint_comes_back_and_is_left_out_where_there_is_none() {
    let apple = Some(domain::AppleFingerprint::new([7; 20]));
    let with_apple = ManifestEntry { apple, ..entry("DCIM/100APPLE/IMG_1.HEIC") };
    let line = String::from_utf8(line::format(&with_apple).unwrap()).unwrap();
    let field = ",\"apple_fingerprint\":\"AQcHBwcHBwcHBwcHBwcHBwcHBwcH\"";
    assert!(line.contains(field), "{line}");
    assert_eq!(line::parse(line.trim_end().as_bytes()), Some(ManifestLine::Copied(with_apple)));
    let without = ManifestEntry { apple: None, ..entry("DCIM/100APPLE/IMG_1.HEIC") };
    let plain = String::from_utf8(line::format(&without).unwrap()).unwrap();
    assert!(!plain.contains("apple_fingerprint"), "{plain}");
}

#[test]
fn the_newest_import_is_the_one_whose_manifest_is_read_last() {
    let (_temp, library, session) = library();
    assert_eq!(library.newest_import(), Ok(None));
    library.record(&session, &[entry("a")]).unwrap();
    library.record(&SessionId::parse(&"0".repeat(32)).unwrap(), &[entry("b")]).unwrap();
    std::fs::write(library.root().join(".keepsake/manifests/notes.jsonl"), "").unwrap();
    assert_eq!(library.newest_import(), Ok(Some(session)));
}
