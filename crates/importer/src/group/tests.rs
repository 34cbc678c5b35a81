use super::*;
use domain::{Fingerprint, MediaFacts, SourcePath, TimeProvenance};

/// A file by name; kind by extension, `@seconds` its time, `#id` its content identifier.
fn file(spec: &str) -> Inspected {
    let (spec, identifier) = spec.split_once('#').map_or((spec, None), |(s, i)| (s, Some(i.to_owned())));
    let (name, seconds) = spec.split_once('@').map_or((spec, None), |(n, s)| (n, s.parse::<i64>().ok()));
    let mut facts = MediaFacts::bare(media::kind_by_name(name));
    facts.content_identifier = identifier;
    facts.taken = seconds.map(|s| CaptureTime {
        provenance: TimeProvenance::Exif,
        ..CaptureTime::from_file_time(1_700_000_000_000_000_000 + s * 1_000_000_000, &TimeZone::UTC)
    });
    let path = SourcePath::new(format!("/DCIM/100APPLE/{name}"));
    Inspected { file: Fingerprint { path, bytes: 1, modified_ns: 0 }, facts }
}

/// Groups and writes each asset as `kind: name(role) name(role)`.
fn grouped(specs: &[&str]) -> Vec<String> {
    let files: Vec<Inspected> = specs.iter().map(|s| file(s)).collect();
    let assets = group(&SourceId::new("test"), &files, &TimeZone::UTC);
    let count: usize = assets.iter().map(|a| a.asset.resources.len()).sum();
    assert_eq!(count, files.len(), "every file belongs to exactly one asset");
    assets
        .iter()
        .map(|a| {
            let files = a.asset.resources.iter().map(|r| format!(" {}({})", r.path().file_name(), r.role.as_str()));
            format!("{}:{}", a.asset.kind.as_str(), files.collect::<String>())
        })
        .collect()
}

#[test]
fn a_content_identifier_pairs_files_whatever_their_names() {
    assert_eq!(
        grouped(&["IMG_7943.HEIC@0#A", "IMG_7943_HEVC.MOV@900#A", "IMG_1.HEIC@0#B", "IMG_2.MOV@0#C"]),
        [
            "photo: IMG_1.HEIC(original)",
            "video: IMG_2.MOV(original)",
            "live_photo: IMG_7943.HEIC(original) IMG_7943_HEVC.MOV(paired_video)",
        ]
    );
}

#[test]
fn copies_of_a_pair_stay_pairs_by_their_names() {
    assert_eq!(
        grouped(&["a.HEIC#X", "a.MOV#X", "a 2.HEIC#X", "a 2.MOV#X"]),
        ["live_photo: a 2.HEIC(original) a 2.MOV(paired_video)", "live_photo: a.HEIC(original) a.MOV(paired_video)"]
    );
}

#[test]
fn a_name_pairs_only_within_the_same_moment() {
    assert_eq!(grouped(&["IMG_1.JPG@0", "IMG_1.mov@3"]), ["live_photo: IMG_1.JPG(original) IMG_1.mov(paired_video)"]);
    let apart = ["photo: IMG_1.JPG(original)", "video: IMG_1.MOV(original)"];
    assert_eq!(grouped(&["IMG_1.JPG@0", "IMG_1.MOV@4"]), apart);
    assert_eq!(grouped(&["IMG_1.JPG", "IMG_1.MOV@0"]), apart, "an unknown time proves nothing");
    assert_eq!(grouped(&["IMG_1.JPG@0#A", "IMG_1.MOV@0#B"]), apart, "different identifiers prove the contrary");
}

#[test]
fn edits_recipes_and_sidecars_go_with_their_photo() {
    assert_eq!(
        grouped(&[
            "IMG_1853.HEIC@0#A",
            "IMG_1853.MOV@1#A",
            "IMG_E1853.HEIC@0#B",
            "IMG_E1853.MOV@1#B",
            "IMG_1853.AAE",
            "IMG_O1853.AAE",
            "IMG_1853.HEIC.xmp",
        ]),
        [
            "live_photo: IMG_1853.HEIC(original) IMG_1853.MOV(paired_video) IMG_E1853.HEIC(edited) IMG_E1853.MOV(edited) \
          IMG_1853.AAE(adjustments) IMG_O1853.AAE(adjustments) IMG_1853.HEIC.xmp(sidecar)"
        ]
    );
}

#[test]
fn an_edit_of_another_moment_or_without_its_original_stands_alone() {
    assert_eq!(
        grouped(&["IMG_1853.HEIC@0", "IMG_E1853.HEIC@86400", "IMG_E0001.JPG@0", "IMG_0002.AAE"]),
        [
            "other: IMG_0002.AAE(original)",
            "photo: IMG_1853.HEIC(original)",
            "photo: IMG_E0001.JPG(original)",
            "photo: IMG_E1853.HEIC(original)",
        ]
    );
}

#[test]
fn raw_and_developed_are_one_and_keep_their_video() {
    assert_eq!(
        grouped(&["IMG_1.DNG@0#A", "IMG_1.HEIC@0#A", "IMG_1.MOV@0#A", "IMG_2.DNG@0"]),
        [
            "live_photo: IMG_1.HEIC(original) IMG_1.MOV(paired_video) IMG_1.DNG(raw_alternate)",
            "photo: IMG_2.DNG(original)"
        ]
    );
}

#[test]
fn ten_thousand_files_of_one_folder_are_grouped_at_once() {
    let names: Vec<String> =
        (0..5000).flat_map(|i| [format!("IMG_{i:04}.HEIC@{i}"), format!("IMG_{i:04}.MOV@{i}")]).collect();
    let specs: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(grouped(&specs).len(), 5000);
}

/// The fixtures that say an identifier, looked into as they lie in one folder.
fn identified() -> Vec<Inspected> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/media");
    let source = sources::FolderSource::open(&folder).unwrap();
    let cancel = domain::CancelFlag::default();
    let inspector = crate::inspect::Inspector::new(&source, None, &cancel).unwrap();
    let mut files = Vec::new();
    let list = &mut |entries: Vec<domain::ListEntry>| {
        files.extend(entries.into_iter().filter_map(|entry| match entry {
            domain::ListEntry::File(file) => Some(file.fingerprint),
            _ => None,
        }));
    };
    domain::Source::list(&source, list, &cancel).unwrap();
    inspector.inspect(files).unwrap()
}

#[test]
fn live_photos_of_the_fixtures_are_those_that_exiftool_sees() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/media");
    let exiftool = std::process::Command::new("exiftool")
        .args(["-q", "-q", "-T", "-FileName", "-FileType", "-MediaGroupUUID", "-ContentIdentifier"])
        .arg(&folder)
        .output()
        .expect("exiftool is installed (Debian: libimage-exiftool-perl)");
    let mut halves: std::collections::BTreeMap<String, Vec<String>> = std::collections::BTreeMap::new();
    for line in String::from_utf8(exiftool.stdout).unwrap().lines() {
        let [name, _, still, film] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let identifier = if still == "-" { film } else { still };
        halves.entry(identifier.to_owned()).or_default().push(name.to_owned());
    }
    halves.remove("-");
    let want: Vec<Vec<String>> = halves.into_values().filter(|names| names.len() == 2).collect();
    let files = identified();
    let assets = group(&SourceId::new("test"), &files, &TimeZone::UTC);
    let live = assets.iter().filter(|a| a.asset.kind == AssetKind::LivePhoto);
    let names = |a: &ScannedAsset| {
        let paired = a.asset.resources.iter().filter(|r| r.role <= ResourceRole::PairedVideo);
        let mut names: Vec<_> = paired.map(|r| r.path().file_name().to_owned()).collect();
        names.sort();
        names
    };
    let mut found: Vec<_> = live.map(names).collect();
    let mut want: Vec<_> = want
        .into_iter()
        .map(|mut names| {
            names.sort();
            names
        })
        .collect();
    found.sort();
    want.sort();
    assert_eq!(found, want);
    assert_eq!(found.len(), 3);
}

#[test]
fn files_that_are_too_many_for_one_photo_stand_for_themselves() {
    // On a card that tells upper from lower case; no phone has such.
    let spelt = |number: u32| -> String {
        let letter = |(at, letter): (usize, char)| match number >> at & 1 {
            0 => letter,
            _ => letter.to_ascii_lowercase(),
        };
        "IMG_ABCDEF.AAE".chars().enumerate().map(letter).collect()
    };
    let mut specs = vec!["IMG_ABCDEF.JPG@0".to_owned()];
    specs.extend((0..50).map(|number| spelt(number << 4)));
    let assets = grouped(&specs.iter().map(String::as_str).collect::<Vec<_>>());
    let files = |asset: &String| asset.matches('(').count();
    assert_eq!(assets.iter().map(files).max(), Some(MOST_FILES));
    assert_eq!(assets.len(), 1 + 51 - MOST_FILES);
}
