//! The main job on real photos: every file arrives, under the day exiftool gives, pairs stay pairs, twice is once.

use crate::stage::{Stage, UDID, contents, fixtures, tree};
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;
use std::time::UNIX_EPOCH;

#[test]
fn every_file_of_the_phone_arrives_and_the_second_run_imports_nothing() {
    let stage = Stage::with_fixtures();
    let first = stage.import("iphone");
    let finished = first.finished();
    assert_eq!((first.code, finished["failed"].as_u64(), finished["already_imported"].as_u64()), (0, Some(0), Some(0)));
    assert_eq!(contents(&stage.path("library/Originals")), contents(&fixtures()));
    assert_eq!(stage.verified(), tree(&fixtures()).len() as u64);

    let second = stage.import(&format!("iphone:{UDID}")).finished();
    assert_eq!((second["imported"].as_u64(), second["bytes"].as_u64()), (Some(0), Some(0)));
    assert_eq!(second["already_imported"], finished["imported"]);
    assert_eq!(contents(&stage.path("library/Originals")), contents(&fixtures()));
}

#[test]
fn a_folder_of_photos_gives_the_same_library_as_the_phone() {
    let stage = Stage::with_fixtures();
    stage.import("iphone");
    let from_phone = tree(&stage.path("library/Originals"));
    let other = Stage::new();
    let run = other.import(fixtures().to_str().unwrap());
    assert_eq!(run.code, 0, "{}", run.err);
    let from_folder = tree(&other.path("library/Originals"));
    let photos_only: BTreeMap<_, _> =
        from_phone.into_iter().filter(|(path, _)| !path.ends_with(".md") && !path.ends_with(".csv")).collect();
    assert_eq!(from_folder, photos_only);
}

#[test]
fn photos_are_filed_under_the_day_that_exiftool_gives() {
    let stage = Stage::with_fixtures();
    stage.import("iphone");
    let days = exiftool_days();
    let mut dated = 0;
    for path in tree(&stage.path("library/Originals")).into_keys() {
        let mut parts = path.split('/');
        let (year, day, name) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        assert!(day.starts_with(year), "{path}");
        match days.get(name) {
            // A sidecar lies with its photo.
            Some(want) => {
                dated += 1;
                assert_eq!(day, want, "{name}");
            }
            None if name.to_lowercase().ends_with(".aae") => {}
            None => assert_eq!(day, file_day(name), "{name} has no date of its own"),
        }
    }
    assert!(dated >= 24, "exiftool dated only {dated} files");
}

#[test]
fn the_copys_time_is_the_time_of_capture() {
    let stage = Stage::with_fixtures();
    stage.import("iphone");
    let seconds = |path: &str| {
        let modified = std::fs::metadata(stage.path("library/Originals").join(path)).unwrap().modified().unwrap();
        modified.duration_since(UNIX_EPOCH).unwrap().as_secs()
    };
    // 2020-01-29 16:59:27 -05:00, and 2018-04-12 15:21:28 without an offset, read in this computer's zone (UTC here).
    assert_eq!(seconds("2020/2020-01-29/Nuke__img_751.heic"), 1_580_335_167);
    assert_eq!(seconds("2018/2018-04-12/perkeep__IMG_8062.HEIC"), 1_523_546_488);
}

#[test]
fn live_pairs_are_one_asset_and_can_be_imported_by_id() {
    let stage = Stage::with_fixtures();
    let listed = stage.run(&["list", "--source", "iphone", "--json"]).lines();
    let pairs: Vec<(&str, Vec<&str>)> = listed
        .iter()
        .filter(|a| a["kind"] == "live_photo")
        .map(|a| {
            let roles = a["resources"].as_array().unwrap().iter().map(|r| r["role"].as_str().unwrap());
            (a["name"].as_str().unwrap(), roles.collect())
        })
        .collect();
    assert_eq!(
        pairs,
        [
            ("digicam_corpus__IMG_3589.HEIC", vec!["original", "paired_video"]),
            ("photo-cli__leiden.HEIC", vec!["original", "paired_video", "adjustments"]),
            ("pigallery2__IMG_7943.HEIC", vec!["original", "paired_video"]),
        ]
    );
    let id = |name: &str| listed.iter().find(|a| a["name"] == name).unwrap()["id"].as_str().unwrap().to_owned();
    let chosen = [id("pigallery2__IMG_7943.HEIC"), id("elodie__no-exif.jpg")].join(",");
    let args = ["import", "--source", "iphone", "--library", "library", "--create", "--assets", &chosen, "--json"];
    let finished = stage.run(&args).finished();
    assert_eq!(
        (finished["imported"].as_u64(), finished["not_selected"].as_u64()),
        (Some(2), Some(listed.len() as u64 - 2))
    );
    assert_eq!(tree(&stage.path("library/Originals")).len(), 3);
    let again = stage.run(&["list", "--source", "iphone", "--library", "library", "--json"]).lines();
    assert_eq!(again.iter().filter(|a| a["state"] == "already_imported").count(), 2);
}

#[test]
fn a_dry_run_changes_nothing() {
    let stage = Stage::with_fixtures();
    let args = ["import", "--source", "iphone", "--library", "library", "--create", "--all-new", "--dry-run", "--json"];
    let finished = stage.run(&args).finished();
    assert_eq!(finished["dry_run"], true);
    assert!(finished["imported"].as_u64().unwrap() > 30);
    assert!(!stage.path("library").exists());
}

/// The local day of each fixture by exiftool, for files with a time of their own.
fn exiftool_days() -> BTreeMap<String, String> {
    let output = Command::new("exiftool")
        .args(["-j", "-DateTimeOriginal", "-CreationDate", "-CreateDate", "-DateCreated", "-ModifyDate"])
        .arg(fixtures())
        .output()
        .expect("exiftool (Debian: libimage-exiftool-perl)");
    let all: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let day = |file: &Value| {
        let tags = ["DateTimeOriginal", "CreationDate", "CreateDate", "DateCreated", "ModifyDate"];
        let text = tags.iter().find_map(|tag| file[*tag].as_str().filter(|t| t.get(..2) > Some("00")))?;
        text.get(..10).map(|d| d.replace(':', "-"))
    };
    let name = |file: &Value| file["SourceFile"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    all.iter().filter_map(|file| Some((name(file), day(file)?))).collect()
}

/// The day of a fixture by its file time, in UTC as the program was told.
fn file_day(name: &str) -> String {
    let path = fixtures().join(name);
    let output = Command::new("date").args(["-u", "+%F", "-r"]).arg(&path).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
