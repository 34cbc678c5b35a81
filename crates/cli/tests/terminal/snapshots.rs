//! Whole outputs, as people see them.

use crate::stage::{Run, Stage};
use std::path::Path;

/// A phone whose files have fixed names, bytes and times.
fn phone_with_few() -> (Stage, tempfile::TempDir) {
    let media = tempfile::tempdir().unwrap();
    let folder = media.path().join("DCIM/100APPLE");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in
        [("IMG_0001.JPG", &b"not really a photo"[..]), ("IMG_0002.MOV", b"nor a film"), ("IMG_0003.HEIC", b"")]
    {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        set_time(&path, 1_700_000_000);
    }
    (Stage::with_phone(media.path()), media)
}

fn set_time(path: &Path, seconds: u64) {
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
    std::fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

/// Everything a run printed, with what differs from run to run replaced.
fn shown(stage: &Stage, run: &Run) -> String {
    let text = format!("{}--- standard error\n{}--- exit code {}\n", run.out, run.err, run.code);
    let place = stage.dir.path().canonicalize().unwrap();
    let text = text.replace(place.to_str().unwrap(), "$STAGE").replace(stage.dir.path().to_str().unwrap(), "$STAGE");
    let text = masked(&text, "\"session\":\"", "\"");
    let text = masked(&text, "\"seconds\":", "}");
    let text = masked(&text, " in ", " s)");
    masked(&text, "\"bytes_per_second\":", ",")
}

/// Replaces what stands between two marks.
fn masked(text: &str, from: &str, to: &str) -> String {
    let mut parts = text.split(from);
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.find(to).map_or(part, |at| &part[at..]);
        result = result + from + "…" + rest;
    }
    result
}

macro_rules! snapshot {
    ($stage:expr, $name:literal, $($arg:expr),+) => {
        let run = $stage.run(&[$($arg),+]);
        // Progress depends on the machine's pace.
        let lines: Vec<&str> = run.out.lines().filter(|l| !l.contains("\"event\":\"progress\"") && !l.contains("\"event\":\"listing\"")).collect();
        let run = Run { out: lines.iter().map(|l| format!("{l}\n")).collect(), ..run };
        insta::assert_snapshot!($name, shown(&$stage, &run));
    };
}

#[test]
fn help() {
    let stage = Stage::new();
    snapshot!(stage, "help", "--help");
    snapshot!(stage, "help_import", "import", "--help");
    snapshot!(stage, "help_list", "list", "--help");
}

#[test]
fn the_way_of_three_files() {
    let (stage, _media) = phone_with_few();
    snapshot!(stage, "devices_before_trust", "devices");
    snapshot!(stage, "list_new", "list", "--source", "iphone");
    snapshot!(stage, "devices", "devices");
    snapshot!(stage, "devices_json", "devices", "--json");
    snapshot!(stage, "list_json", "list", "--source", "iphone", "--json");
    snapshot!(
        stage,
        "dry_run",
        "import",
        "--source",
        "iphone",
        "--library",
        "library",
        "--create",
        "--all-new",
        "--dry-run",
        "--json"
    );
    snapshot!(
        stage,
        "import_json",
        "import",
        "--source",
        "iphone",
        "--library",
        "library",
        "--create",
        "--all-new",
        "--json"
    );
    snapshot!(stage, "import_again", "import", "--source", "iphone", "--library", "library", "--all-new");
    snapshot!(stage, "library_above", "list", "--source", "iphone", "--library", "library/Originals/2023");
    snapshot!(stage, "list_imported", "list", "--source", "iphone", "--library", "library");
    snapshot!(stage, "list_imported_json", "list", "--source", "iphone", "--library", "library", "--json");
    snapshot!(stage, "verify", "verify", "--library", "library");
    let photo = stage.path("library/Originals/2023/2023-11-14/IMG_0001.JPG");
    std::fs::write(&photo, "touched by somebody").unwrap();
    std::fs::remove_file(photo.with_file_name("IMG_0002.MOV")).unwrap();
    std::fs::write(photo.with_file_name("stranger.txt"), "?").unwrap();
    snapshot!(stage, "verify_damage", "verify", "--library", "library");
    snapshot!(stage, "verify_damage_json", "verify", "--library", "library", "--json");
    snapshot!(stage, "verify_set_aside", "verify", "--library", "library", "--set-aside");
    snapshot!(
        stage,
        "import_after_damage",
        "import",
        "--source",
        "iphone",
        "--library",
        "library",
        "--all-new",
        "--json"
    );
    snapshot!(stage, "verify_mended", "verify", "--library", "library");
}

#[test]
fn what_goes_wrong_is_said() {
    let (stage, _media) = phone_with_few();
    std::fs::write(stage.path("file"), "x").unwrap();
    snapshot!(stage, "no_such_source", "list", "--source", "nowhere");
    snapshot!(stage, "source_is_a_file", "list", "--source", "file");
    snapshot!(stage, "library_is_a_file", "import", "--source", "iphone", "--library", "file", "--all-new");
    snapshot!(
        stage,
        "library_without_parent",
        "import",
        "--source",
        "iphone",
        "--library",
        "no/such/place",
        "--create",
        "--all-new"
    );
    snapshot!(stage, "not_a_library", "verify", "--library", ".");
    snapshot!(stage, "no_library_to_import_into", "import", "--source", "iphone", "--library", "library", "--all-new");
    snapshot!(stage, "no_library_to_list_against", "list", "--source", "iphone", "--library", "library");
    snapshot!(
        stage,
        "no_such_asset",
        "import",
        "--source",
        "iphone",
        "--library",
        "library",
        "--create",
        "--assets",
        "0123456789abcdef"
    );
    snapshot!(stage, "nothing_chosen", "import", "--source", "iphone", "--library", "library");
    snapshot!(stage, "no_such_phone", "list", "--source", "iphone:00000000-0000000000000000");
    let alone = Stage::new();
    let run = alone.run(&["list", "--source", "iphone"]);
    assert_eq!(run.code, 3, "{}", run.err);
}
