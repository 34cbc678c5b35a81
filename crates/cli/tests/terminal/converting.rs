//! JPEGs made of what a phone sends, in the program's own locked-in decoders.

use crate::stage::{Run, Stage, fixtures};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// Photos of the phone: two that can be converted, one that is cut, a film and a JPEG.
const PHOTOS: [(&str, &str); 5] = [
    ("perkeep__IMG_8062.HEIC", "IMG_8062.HEIC"),
    ("pigallery2__IMG_7943.HEIC", "IMG_7943.HEIC"),
    ("pigallery2__IMG_7943_HEVC.MOV", "IMG_7943.MOV"),
    ("perkeep__black-seattle-truncated.heic", "IMG_0003.heic"),
    ("digicam_corpus__IMG_3614.JPG", "IMG_3614.JPG"),
];

fn phone() -> (Stage, tempfile::TempDir) {
    let media = tempfile::tempdir().unwrap();
    let folder = media.path().join("DCIM/100APPLE");
    std::fs::create_dir_all(&folder).unwrap();
    for (fixture, name) in PHOTOS {
        std::fs::copy(fixtures().join(fixture), folder.join(name)).unwrap();
    }
    (Stage::with_phone(media.path()), media)
}

fn import(stage: &Stage, more: &[&str]) -> Run {
    let plain = ["import", "--source", "iphone", "--library", "library", "--create", "--all-new", "--json"];
    stage.run(&[&plain, more].concat())
}

/// Names of the library's files.
fn names(stage: &Stage) -> Vec<String> {
    let tree = crate::stage::tree(&stage.path("library/Originals"));
    let mut names: Vec<String> = tree.keys().map(|path| path.rsplit('/').next().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn find(folder: &Path, name: &str) -> std::path::PathBuf {
    let tree = crate::stage::tree(folder);
    folder.join(tree.keys().find(|path| path.ends_with(name)).unwrap_or_else(|| panic!("{name} is there")))
}

fn tag(file: &Path, tag: &str) -> String {
    let said = Command::new("exiftool").args(["-s3", "-n", tag]).arg(file).output().expect("exiftool is installed");
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

#[test]
fn photos_are_converted_beside_their_originals_and_only_once() {
    let (stage, _media) = phone();
    let run = import(&stage, &["--convert-to-jpeg"]);
    let finished = run.finished();
    assert_eq!((run.code, &finished["failed"]), (0, &Value::from(0)), "{}", run.out);
    assert_eq!(finished["made"], serde_json::json!({"files": 2, "originals_left_out": 0, "warnings": 1}));
    let warnings: Vec<Value> = run.lines().into_iter().filter(|line| line["event"] == "warning").collect();
    assert_eq!(warnings[0]["message"], "No JPEG was made of IMG_0003.heic: The file is cut short.", "{warnings:?}");
    let all = [
        "IMG_0003.heic",
        "IMG_3614.JPG",
        "IMG_7943.HEIC",
        "IMG_7943.JPG",
        "IMG_7943.MOV",
        "IMG_8062.HEIC",
        "IMG_8062.JPG",
    ];
    assert_eq!(names(&stage), all);
    assert_eq!(stage.verified(), 7);
    let library = stage.path("library");
    let (original, jpeg) = (find(&library, "IMG_8062.HEIC"), find(&library, "IMG_8062.JPG"));
    for name in ["-DateTimeOriginal", "-OffsetTimeOriginal", "-GPSLatitude", "-Model", "-ProfileDescription"] {
        assert_eq!(tag(&jpeg, name), tag(&original, name), "{name}");
    }
    assert_eq!((tag(&jpeg, "-Orientation"), tag(&jpeg, "-ImageSize")), ("1".into(), "3024 4032".into()));
    let modified = |path: &Path| path.metadata().unwrap().modified().unwrap();
    assert_eq!(modified(&jpeg), modified(&original));
    let listed = stage.run(&["list", "--source", "iphone", "--library", "library", "--json"]).lines();
    let photo = listed.iter().find(|asset| asset["name"] == "IMG_8062.HEIC").unwrap();
    assert_eq!(photo["made"][0]["role"], "converted", "{photo}");
    let session = stage.run(&["history", "--library", "library", "--json"]).lines().remove(0);
    let items =
        stage.run(&["history", "--library", "library", "--items", session["session"].as_str().unwrap(), "--json"]);
    let told: Vec<Value> = items.lines().into_iter().filter(|item| !item["warning"].is_null()).collect();
    assert_eq!((told.len(), &told[0]["name"], &told[0]["state"]), (1, &"IMG_0003.heic".into(), &"imported".into()));
    assert_eq!((&told[0]["warning"], &told[0]["error"]), (&warnings[0]["message"], &Value::Null));
    let again = import(&stage, &["--convert-to-jpeg"]).finished();
    assert_eq!((&again["imported"], &again["made"]["files"]), (&Value::from(0), &Value::from(0)));
    assert_eq!(names(&stage), all);
}

#[test]
fn nothing_is_called_verified_whose_original_was_left_out() {
    let (stage, _media) = phone();
    let wish = [
        "import",
        "--source",
        "iphone",
        "--library",
        "library",
        "--create",
        "--all-new",
        "--convert-to-jpeg",
        "--without-originals",
    ];
    let run = stage.run(&wish);
    assert!(
        run.out.contains(" imported") && run.out.contains("left out") && !run.out.contains("imported and verified"),
        "{}",
        run.out
    );
}

#[test]
fn small_copies_alone_are_known_by_the_next_import_and_on_another_computer() {
    let (stage, _media) = phone();
    let wish = ["--convert-to-jpeg", "--longest-edge", "800", "--jpeg-quality", "80", "--without-originals"];
    let finished = import(&stage, &wish).finished();
    assert_eq!(finished["made"], serde_json::json!({"files": 3, "originals_left_out": 3, "warnings": 2}));
    let left = ["IMG_0003.heic", "IMG_3614.JPG", "IMG_7943.JPG", "IMG_7943.MOV", "IMG_8062.JPG"];
    assert_eq!(names(&stage), left);
    assert_eq!(stage.verified(), 5);
    let jpeg = find(&stage.path("library"), "IMG_8062.JPG");
    assert_eq!(tag(&jpeg, "-ImageSize"), "600 800");
    let assets = finished["seen"].clone();
    assert_eq!(import(&stage, &[]).finished()["already_imported"], assets);
    std::fs::remove_dir_all(stage.path("home/keepsake")).unwrap();
    assert_eq!(import(&stage, &[]).finished()["already_imported"], assets);
    assert_eq!(names(&stage), left);
    let session = stage.run(&["history", "--library", "library", "--json"]).lines().pop().unwrap();
    let undone = stage.run(&["undo", session["session"].as_str().unwrap(), "--library", "library", "--json"]);
    assert_eq!(undone.lines()[0]["moved"], 5, "{}", undone.out);
    assert_eq!(import(&stage, &[]).finished()["imported"], assets);
    assert_eq!(names(&stage).len(), 5);
}
