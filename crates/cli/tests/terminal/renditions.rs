//! With the user's consent: smaller pictures of what is only in iCloud, saved as what they are, and put aside when the
//! originals come.

use crate::phone_library::media_with_library;
use crate::stage::{Run, Stage, UDID, sha256, tree};
use iphone_sim::{Availability, Phone, PhotosLibrary, Role};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const IMPORT: [&str; 8] = ["import", "--source", "iphone", "--library", "library", "--create", "--all-new", "--json"];

fn import(stage: &Stage) -> Run {
    stage.run(&[&IMPORT[..], &["--renditions"]].concat())
}

/// The manifest's lines of smaller pictures, by the identity of their photos.
fn recorded(stage: &Stage) -> BTreeMap<String, Value> {
    let folder = std::fs::read_dir(stage.path("library/.keepsake/manifests")).unwrap();
    let texts = folder.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    let lines: Vec<Value> =
        texts.flat_map(|text| text.lines().map(|l| serde_json::from_str(l).unwrap()).collect::<Vec<_>>()).collect();
    let renditions = lines.into_iter().filter(|line| line["role"] == "rendition");
    renditions.map(|line| (line["rendition_of"]["uuid"].as_str().unwrap().to_owned(), line)).collect()
}

fn listed(stage: &Stage) -> Vec<Value> {
    stage.run(&["list", "--source", "iphone", "--library", "library", "--json"]).lines()
}

/// The identities of photos of which `list` tells a smaller picture, with its place.
fn listed_renditions(stage: &Stage) -> BTreeMap<String, String> {
    let small = listed(stage).into_iter().filter(|line| line["rendition"].is_string());
    small
        .map(|line| (line["uuid"].as_str().unwrap().to_owned(), line["rendition"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn the_largest_picture_at_hand_is_saved_of_every_photo_that_is_only_in_icloud() {
    let mut stage = Stage::new();
    let library = PhotosLibrary { assets: 300, mean_bytes: 2000, model: 18600, seed: 4 };
    stage.phone = Some(Phone::builder().photos_library(library).udid(UDID).start().unwrap());
    let without = stage.import("iphone").finished();
    assert!(recorded(&stage).is_empty(), "nobody asked for it");

    let run = import(&stage);
    let finished = run.finished();
    for number in ["seen", "only_in_icloud", "failed", "not_selected"] {
        assert_eq!(finished[number], without[number], "{number}: the books say what they said");
    }
    assert_eq!((&finished["imported"], &finished["already_imported"]), (&0.into(), &without["imported"]));
    assert!(finished["evidence"].as_object().unwrap().is_empty(), "nothing was verified");
    let cloud = finished["only_in_icloud"].as_u64().unwrap();
    assert!(cloud > 10);
    assert_eq!(finished["made"]["renditions"], cloud, "{}", run.err);
    assert_eq!(run.lines().iter().filter(|line| line["event"] == "rendition").count() as u64, cloud);

    let recorded = recorded(&stage);
    let small: BTreeMap<String, String> =
        recorded.iter().map(|(uuid, line)| (uuid.clone(), line["path"].as_str().unwrap().to_owned())).collect();
    assert_eq!(listed_renditions(&stage), small);
    let mut sorts = BTreeSet::new();
    for asset in &stage.phone.as_ref().unwrap().expected().unwrap().assets {
        let Some(line) = recorded.get(&asset.uuid) else { continue };
        let better = asset.resources.iter().find(|r| r.role == Role::Rendition);
        let best = better.map_or(&asset.thumbnail, |better| &better.path);
        assert_eq!(line["source_path"], best.as_str(), "{asset:?}");
        let original = asset.resources.iter().find(|r| r.role == Role::OriginalPhoto || r.role == Role::OriginalVideo);
        assert_eq!(original.unwrap().availability, Availability::OnlyInICloud);
        let path = line["path"].as_str().unwrap();
        assert!(path.contains(".rendition."), "{path}");
        sorts.insert((better.is_some(), path.rsplit('.').next().unwrap().to_owned()));
    }
    let sorts: Vec<(bool, &str)> = sorts.iter().map(|(better, extension)| (*better, extension.as_str())).collect();
    assert_eq!(sorts, [(false, "jpg"), (true, "jpg"), (true, "mp4")], "every sort of smaller picture is among them");

    // Once is enough, also for a catalog that was lost.
    let before = tree(&stage.path("library/Originals"));
    for _ in 0..2 {
        let again = import(&stage).finished();
        assert_eq!((&again["only_in_icloud"], &again["made"]["renditions"]), (&cloud.into(), &Value::Null));
        assert_eq!(tree(&stage.path("library/Originals")), before);
        assert_eq!(listed_renditions(&stage), small);
        stage.verified();
        std::fs::remove_dir_all(stage.path("home/keepsake/catalogs")).unwrap();
    }
}

#[test]
fn the_original_takes_its_place_when_it_comes_and_an_import_of_pictures_can_be_undone() {
    let media = media_with_library();
    let stage = Stage::with_phone(media.path());
    let first = import(&stage).finished();
    assert_eq!((&first["only_in_icloud"], &first["made"]["renditions"]), (&2.into(), &2.into()), "{first}");
    let text = stage.run(&["list", "--source", "iphone", "--library", "library"]).out;
    assert!(text.contains("2 only in iCloud (2 of them here as smaller pictures)"), "{text}");
    let small = listed_renditions(&stage);

    // The owner has the phone fetch one of them.
    let photo =
        listed(&stage).into_iter().find(|line| line["rendition"].is_string() && line["kind"] == "photo").unwrap();
    let path = photo["resources"][0]["path"].as_str().unwrap();
    std::fs::write(media.path().join(path), "the original").unwrap();
    let run = stage.import("iphone");
    let second = run.finished();
    assert_eq!((&second["imported"], &second["only_in_icloud"]), (&1.into(), &1.into()), "{second} {}", run.err);
    assert_eq!((&second["made"]["renditions"], &second["made"]["renditions_replaced"]), (&Value::Null, &1.into()));
    let gone = small[photo["uuid"].as_str().unwrap()].as_str();
    assert!(!stage.path("library").join(gone).exists());
    let held = tree(&stage.path("library/Removed"));
    let name = gone.rsplit('/').next().unwrap();
    assert!(held.len() == 1 && held.keys().all(|path| path.ends_with(name)), "{held:?}");
    assert_eq!(listed_renditions(&stage).len(), 1);
    let all = stage.verified();

    let sessions = stage.run(&["history", "--library", "library", "--json"]).lines();
    let oldest = sessions.last().unwrap()["session"].as_str().unwrap();
    let undone = stage.run(&["undo", oldest, "--library", "library", "--json"]).lines().remove(0);
    assert_eq!(undone["left"], 0, "{undone}");
    assert!(listed_renditions(&stage).is_empty());
    let originals = tree(&stage.path("library/Originals"));
    assert_eq!(originals.into_values().collect::<Vec<_>>(), [sha256(&media.path().join(path))]);
    assert_eq!(stage.verified(), all, "what was put aside is whole");
    assert_eq!(import(&stage).finished()["made"]["renditions"], 1, "it is saved again");
}
