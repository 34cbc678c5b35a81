//! A phone with a photo library of its own: what is imported, what is left alone and why, and what is written down.

use crate::stage::{Stage, UDID};
use iphone_sim::{Availability, ExpectedAsset, Fault, Origin, Phone, PhotosLibrary, Role};
use serde_json::Value;
use std::collections::BTreeSet;

/// How an import of everything new must end for a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Imported,
    OnlyInICloud,
    NotSelected,
    Failed,
}

fn end(asset: &ExpectedAsset) -> End {
    if asset.hidden || asset.deleted.is_some() {
        return End::NotSelected;
    }
    let original =
        asset.resources.iter().find(|r| matches!(r.role, Role::OriginalPhoto | Role::OriginalVideo)).unwrap();
    match original.availability {
        Availability::OnDevice => End::Imported,
        Availability::OnlyInICloud => End::OnlyInICloud,
        Availability::Missing => End::Failed,
    }
}

fn stage() -> Stage {
    let mut stage = Stage::new();
    let library = PhotosLibrary { assets: 200, mean_bytes: 2000, model: 18600, seed: 3 };
    stage.phone = Some(Phone::builder().photos_library(library).udid(UDID).start().unwrap());
    stage
}

fn expected(stage: &Stage) -> Vec<ExpectedAsset> {
    let all = stage.phone.as_ref().unwrap().expected().unwrap().assets.iter();
    all.filter(|asset| asset.origin != Origin::SharedAlbum).cloned().collect()
}

fn unknown(stage: &Stage) -> u64 {
    stage.phone.as_ref().unwrap().expected().unwrap().unknown_files.len() as u64
}

/// The lines of every manifest with the primary file of an asset.
fn manifest(stage: &Stage) -> Vec<Value> {
    let folder = stage.path("library/.keepsake/manifests");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    let lines: Vec<Value> = files
        .flat_map(|text| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>())
        .collect();
    lines.into_iter().filter(|line| line["role"] == "original").collect()
}

#[test]
fn every_photo_of_a_phones_library_ends_as_it_should_and_the_books_balance() {
    let stage = stage();
    let assets = expected(&stage);
    let count = |wanted: End| assets.iter().filter(|asset| end(asset) == wanted).count() as u64;
    let run = stage.import("iphone");
    let finished = run.finished();
    let before = ["waiting", "resumed", "library_created"];
    let listing = |line: &serde_json::Value| !before.contains(&line["event"].as_str().unwrap());
    let first = run.lines().into_iter().find(listing).unwrap();
    assert_eq!((&first["event"], &first["done_bytes"]), (&"reading".into(), &0.into()), "{first}");
    assert!(first["bytes"].as_u64() > Some(100_000), "{first}");
    let told = |name: &str| finished[name].as_u64().unwrap();
    assert_eq!(told("seen"), assets.len() as u64 + unknown(&stage), "{}", run.err);
    assert_eq!(told("imported"), count(End::Imported) + unknown(&stage));
    assert_eq!(told("only_in_icloud"), count(End::OnlyInICloud));
    assert_eq!(told("not_selected"), count(End::NotSelected));
    assert_eq!(told("failed"), count(End::Failed));
    assert!(count(End::OnlyInICloud) > 5 && count(End::NotSelected) > 1 && count(End::Failed) > 1);

    let again = stage.import("iphone").finished();
    assert_eq!(again["imported"], 0);
    assert_eq!(again["already_imported"], finished["imported"]);
    assert_eq!(again["only_in_icloud"], finished["only_in_icloud"]);
}

/// Somebody uses the phone all the while, and the cable is slow: no copy of the library is of one moment.
#[test]
fn a_library_that_changes_all_the_time_is_used_and_the_user_told() {
    let mut stage = Stage::new();
    let library = PhotosLibrary { assets: 60, mean_bytes: 2000, model: 18600, seed: 3 };
    let slow = Phone::builder().photos_library(library).udid(UDID).bytes_per_second(2e6);
    stage.phone = Some(slow.start().unwrap());
    stage.phone.as_ref().unwrap().inject(Fault::WritesDatabase { every_ms: 0, assets: 20, seed: 1 });
    let run = stage.run(&["list", "--source", "iphone"]);
    let told = "the phone was changing its photo library all the time: what is listed may be slightly out of date";
    assert!(run.code == 0 && run.err.lines().any(|line| line == told), "{} {}", run.code, run.err);
    assert!(run.out.lines().last().unwrap().contains(" new, 0 already imported"), "{}", run.out);
}

#[test]
fn what_the_phone_knows_of_a_photo_is_in_the_manifest() {
    let stage = stage();
    stage.import("iphone");
    let lines = manifest(&stage);
    let assets: Vec<ExpectedAsset> = expected(&stage).into_iter().filter(|a| end(a) == End::Imported).collect();
    for asset in &assets {
        let line = lines.iter().find(|line| line["uuid"] == asset.uuid.as_str()).unwrap_or_else(|| panic!("{asset:?}"));
        assert_eq!(line["original_name"], asset.original_name.as_str());
        assert_eq!(line["favorite"].as_bool().unwrap_or(false), asset.favorite, "{line}");
        assert_eq!(line["title"].as_str(), asset.title.as_deref());
        assert_eq!(line["caption"].as_str(), asset.caption.as_deref());
        let texts = |name: &str| -> BTreeSet<String> {
            line[name].as_array().into_iter().flatten().map(|t| t.as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(texts("keywords"), asset.keywords.iter().map(|k| (*k).to_owned()).collect());
        assert_eq!(texts("people"), asset.people.iter().map(|k| (*k).to_owned()).collect());
        let stem = asset.original_name.rsplit_once('.').unwrap().0;
        assert!(line["path"].as_str().unwrap().rsplit('/').next().unwrap().starts_with(stem), "{line}");
    }
    let albums = stage.phone.as_ref().unwrap().expected().unwrap().albums.clone();
    let own = albums.iter().filter(|album| album.kind == 2 && !album.trashed);
    let here: BTreeSet<&str> = assets.iter().map(|asset| asset.uuid.as_str()).collect();
    let wanted: usize = own.map(|album| album.assets.iter().filter(|a| here.contains(a.as_str())).count()).sum();
    let told: usize = lines.iter().map(|line| line["albums"].as_array().map_or(0, Vec::len)).sum();
    assert!(wanted > 10);
    assert_eq!(told, wanted);
}

#[test]
fn hidden_and_deleted_photos_are_imported_when_they_are_named() {
    let stage = stage();
    let listed = stage.run(&["list", "--source", "iphone", "--json"]);
    let ids: Vec<String> = listed
        .lines()
        .iter()
        .filter(|line| line["hidden"] == true || line["deleted"] == true)
        .filter(|line| line["availability"] == "on_device")
        .map(|line| line["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(ids.len() > 1, "{}", listed.err);
    let library = stage.path("library");
    let arguments =
        ["import", "--source", "iphone", "--library", library.to_str().unwrap(), "--create", "--json", "--assets"];
    let run = stage.run(&[&arguments[..], &[&ids.join(",")]].concat());
    assert_eq!(run.finished()["imported"], ids.len() as u64, "{}", run.err);
}

/// Has a phone give a file away, and its database say so.
fn offload(media: &std::path::Path, file: &str) {
    std::fs::remove_file(media.join(file)).unwrap();
    let name = file.rsplit('/').next().unwrap();
    let script = "import sqlite3, sys
c = sqlite3.connect(sys.argv[1] + '/PhotoData/Photos.sqlite')
c.execute('UPDATE ZINTERNALRESOURCE SET ZLOCALAVAILABILITY = -1, ZREMOTEAVAILABILITY = 1 WHERE ZRESOURCETYPE = 0 AND '
          'ZASSET IN (SELECT Z_PK FROM ZASSET WHERE ZFILENAME = ? AND ZDIRECTORY = ?)', sys.argv[2:])
c.commit()";
    let folder = file.strip_suffix(&format!("/{name}")).unwrap();
    let python = std::process::Command::new("python3").args(["-c", script]).arg(media).args([name, folder]).status();
    assert!(python.unwrap().success());
}

/// Makes the media folder of a phone with its library, whose files differ from each other.
pub fn media_with_library() -> tempfile::TempDir {
    let media = tempfile::tempdir().unwrap();
    let judge = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/photos-db/tools/judge.py");
    let made =
        std::process::Command::new("python3").arg("-B").arg(judge).args(["make", "18600"]).arg(media.path()).output();
    assert!(made.unwrap().status.success());
    for (number, file) in crate::stage::tree(media.path()).into_keys().enumerate() {
        if !file.ends_with(".sqlite") {
            std::fs::write(media.path().join(&file), format!("bytes of file {number}")).unwrap();
        }
    }
    media
}

#[test]
fn a_photo_that_was_imported_and_then_given_to_icloud_is_still_imported() {
    let media = media_with_library();
    let stage = Stage::with_phone(media.path());
    let first = stage.import("iphone").finished();
    assert_eq!((first["imported"].as_u64(), first["only_in_icloud"].as_u64()), (Some(22), Some(2)), "{first}");
    offload(media.path(), "DCIM/100APPLE/IMG_0016.HEIC");
    let second = stage.import("iphone").finished();
    assert_eq!(
        (second["already_imported"].as_u64(), second["only_in_icloud"].as_u64()),
        (Some(22), Some(2)),
        "{second}"
    );

    // What is not in the library any more is only in iCloud.
    let copy = crate::stage::tree(&stage.path("library/Originals"));
    let copy = copy.keys().find(|path| path.ends_with("IMG_0016.HEIC")).unwrap();
    std::fs::remove_file(stage.path("library/Originals").join(copy)).unwrap();
    let third = stage.import("iphone").finished();
    assert_eq!((third["already_imported"].as_u64(), third["only_in_icloud"].as_u64()), (Some(21), Some(3)), "{third}");
}
