//! Sidecars of what a phone's own library says, read by exiftool.

use crate::stage::{Run, Stage, UDID, tree};
use iphone_sim::PhotosLibrary;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

fn stage() -> Stage {
    let library = PhotosLibrary { assets: 150, mean_bytes: 3_000, model: 18600, seed: 5 };
    let mut stage = Stage::new();
    stage.phone = Some(iphone_sim::Phone::builder().photos_library(library).udid(UDID).start().unwrap());
    stage
}

fn import(stage: &Stage) -> Run {
    stage.run(&[
        "import",
        "--source",
        "iphone",
        "--library",
        "library",
        "--create",
        "--all-new",
        "--sidecars",
        "--json",
    ])
}

/// The lines of the manifest, by path.
fn manifest(stage: &Stage) -> BTreeMap<String, Value> {
    let folder = std::fs::read_dir(stage.path("library/.keepsake/manifests")).unwrap();
    let texts = folder.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    let lines: Vec<Value> =
        texts.flat_map(|text| text.lines().map(|l| serde_json::from_str(l).unwrap()).collect::<Vec<_>>()).collect();
    lines.into_iter().map(|line| (line["path"].as_str().unwrap().to_owned(), line)).collect()
}

/// What exiftool reads in every sidecar, by path in the library.
fn read_by_exiftool(stage: &Stage) -> BTreeMap<String, Value> {
    let mut command = Command::new("exiftool");
    command.args(["-j", "-n", "-r", "-ext", "xmp", "Originals"]).current_dir(stage.path("library"));
    let said = command.output().expect("exiftool is installed");
    let read: Vec<Value> = serde_json::from_slice(&said.stdout).unwrap();
    read.into_iter().map(|file| (file["SourceFile"].as_str().unwrap().to_owned(), file)).collect()
}

/// exiftool writes a list of one as that one, and texts that look like numbers as numbers.
fn texts(value: &Value) -> BTreeSet<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Value::Null => BTreeSet::new(),
        Value::Array(values) => values.iter().map(text).collect(),
        value => [text(value)].into(),
    }
}

fn albums(line: &Value) -> BTreeSet<String> {
    let albums = line["albums"].as_array().into_iter().flatten();
    let part = |part: &Value| part.as_str().unwrap().replace('|', "¦");
    albums
        .map(|album| {
            let parts: Vec<String> = album.as_array().unwrap().iter().map(part).collect();
            format!("Albums|{}", parts.join("|"))
        })
        .collect()
}

/// Compares what exiftool reads with what the manifest says of the photo; returns the names of what there was to compare.
fn compare(read: &Value, line: &Value) -> Vec<&'static str> {
    let mut seen = Vec::new();
    for (tag, detail) in [
        ("Title", "title"),
        ("Description", "caption"),
        ("Subject", "keywords"),
        ("PersonInImage", "people"),
        ("PreservedFileName", "original_name"),
    ] {
        assert_eq!(texts(&read[tag]), texts(&line[detail]), "{tag}: {read} {line}");
        seen.extend((!line[detail].is_null()).then_some(detail));
    }
    assert_eq!(texts(&read["HierarchicalSubject"]), albums(line), "{read} {line}");
    seen.extend((!line["albums"].is_null()).then_some("albums"));
    assert_eq!(read["Rating"] == 5, line["favorite"] == true, "{read}");
    seen.extend((line["favorite"] == true).then_some("favorite"));
    for (index, tag) in ["GPSLatitude", "GPSLongitude"].into_iter().enumerate() {
        let (found, wanted) = (read[tag].as_f64(), line["place"][index].as_f64());
        assert_eq!(found.is_some(), wanted.is_some(), "{read} {line}");
        assert!((found.unwrap_or(0.0) - wanted.unwrap_or(0.0)).abs() < 1e-7, "{read} {line}");
        seen.extend(wanted.map(|_| tag));
    }
    let taken = line["taken_at"].as_str().unwrap().replacen('-', ":", 2).replace('T', " ");
    if line["taken_from"] != "file_time" {
        assert_eq!((&read["DateCreated"], &read["DateTimeOriginal"]), (&taken.clone().into(), &taken.into()), "{line}");
        seen.push("taken_at");
    }
    seen
}

#[test]
fn exiftool_reads_in_a_sidecar_what_the_manifest_says() {
    let stage = stage();
    let run = import(&stage);
    let finished = run.finished();
    assert_eq!(run.code, i32::from(finished["failed"] != 0), "{}", run.err);
    let (lines, read) = (manifest(&stage), read_by_exiftool(&stage));
    let made: Vec<&Value> = lines.values().filter(|line| line["role"] == "details").collect();
    assert_eq!(finished["made"]["sidecars"], made.len());
    assert_eq!(finished["made"]["warnings"], 0);
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for line in &made {
        let (path, photo) = (line["path"].as_str().unwrap(), line["asset"].as_str().unwrap());
        assert_eq!(path, format!("{photo}.xmp"));
        assert_eq!(line["made_from"], lines[photo]["blake3"]);
        compare(&read[path], &lines[photo]).into_iter().for_each(|detail| *seen.entry(detail).or_default() += 1);
    }
    let all = ["GPSLatitude", "GPSLongitude", "albums", "caption", "favorite", "keywords", "original_name", "people"];
    assert!(all.iter().chain(&["taken_at", "title"]).all(|detail| seen.contains_key(detail)), "{seen:?}");
    // Whoever has a word about it, an album or a star has a sidecar.
    let with_words = lines.values().filter(|line| line["title"].is_string() || line["favorite"] == true);
    let described: BTreeSet<&str> = made.iter().map(|line| line["asset"].as_str().unwrap()).collect();
    assert!(with_words.map(|line| line["path"].as_str().unwrap()).all(|path| described.contains(path)));
}

#[test]
fn sidecars_are_written_once_verified_and_undone() {
    let stage = stage();
    let finished = import(&stage).finished();
    let sidecars = finished["made"]["sidecars"].as_u64().unwrap();
    assert!(sidecars > 20, "{finished}");
    let files = stage.verified();
    assert_eq!(files, manifest(&stage).len() as u64);
    let before = tree(&stage.path("library/Originals"));
    let again = import(&stage).finished();
    assert_eq!((&again["imported"], &again["made"]["sidecars"]), (&Value::from(0), &Value::Null));
    // On another computer, too.
    std::fs::remove_dir_all(stage.path("home/keepsake")).unwrap();
    assert_eq!(import(&stage).finished()["imported"], 0);
    assert_eq!(tree(&stage.path("library/Originals")), before);
    let listed = stage.run(&["list", "--source", "iphone", "--library", "library", "--json"]).lines();
    let made = listed.iter().filter(|asset| asset["made"][0]["role"] == "details").count() as u64;
    assert_eq!(made, sidecars);
    let sessions = stage.run(&["history", "--library", "library", "--json"]).lines();
    let session = sessions.iter().find(|import| import["imported"] == finished["imported"]).unwrap();
    let undone = stage.run(&["undo", session["session"].as_str().unwrap(), "--library", "library", "--json"]);
    assert_eq!(undone.lines()[0]["moved"], files, "{}", undone.out);
    assert!(tree(&stage.path("library/Originals")).is_empty());
}

#[test]
fn a_person_is_told_and_a_spoilt_sidecar_is_found() {
    let stage = stage();
    let run =
        stage.run(&["import", "--source", "iphone", "--library", "library", "--create", "--all-new", "--sidecars"]);
    assert!(run.out.contains(" sidecars were written and verified; they are beside their photos."), "{}", run.out);
    let lines = manifest(&stage);
    let sidecar = lines.values().find(|line| line["role"] == "details").unwrap()["path"].as_str().unwrap();
    std::fs::write(stage.path("library").join(sidecar), "<x/>").unwrap();
    let verified = stage.run(&["verify", "--library", "library", "--json"]);
    assert!(verified.code == 1 && verified.out.contains(sidecar), "{}", verified.out);
}
