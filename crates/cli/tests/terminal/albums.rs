//! Choosing by album, on a phone with a library of its own.

use crate::stage::{Stage, UDID};
use iphone_sim::{Availability, Expected, ExpectedAlbum, PhotosLibrary, Role};
use std::collections::BTreeSet;

fn stage() -> Stage {
    let library = PhotosLibrary { assets: 300, mean_bytes: 3_000, model: 18600, seed: 3 };
    let mut stage = Stage::new();
    stage.phone = Some(iphone_sim::Phone::builder().photos_library(library).udid(UDID).start().unwrap());
    stage
}

fn expected(stage: &Stage) -> &Expected {
    stage.phone.as_ref().unwrap().expected().unwrap()
}

fn album<'a>(expected: &'a Expected, title: &str) -> &'a ExpectedAlbum {
    expected.albums.iter().find(|album| album.title.as_deref() == Some(title) && !album.trashed).unwrap()
}

/// The members that an import of the album should bring, and those that are only in iCloud.
fn members(expected: &Expected, album: &ExpectedAlbum) -> (BTreeSet<String>, usize) {
    let shown = expected.assets.iter().filter(|a| !a.hidden && a.deleted.is_none() && album.assets.contains(&a.uuid));
    let original = |role: &Role| matches!(role, Role::OriginalPhoto | Role::OriginalVideo);
    let (here, elsewhere): (Vec<_>, Vec<_>) =
        shown.filter(|asset| asset.resources.iter().any(|r| original(&r.role))).partition(|asset| {
            asset.resources.iter().any(|r| original(&r.role) && r.availability == Availability::OnDevice)
        });
    (here.into_iter().map(|asset| asset.uuid.clone()).collect(), elsewhere.len())
}

#[test]
fn an_album_is_imported_and_nothing_else() {
    let stage = stage();
    let (wanted, _) = members(expected(&stage), album(expected(&stage), "Paris/Été ✨"));
    assert!(wanted.len() > 5, "too few to tell anything: {}", wanted.len());
    let name = "Trips/2024/Paris/Été ✨";
    let run =
        stage.run(&["import", "--source", "iphone", "--library", "library", "--create", "--album", name, "--json"]);
    let finished = run.finished();
    assert_eq!((run.code, finished["imported"].as_u64()), (0, Some(wanted.len() as u64)), "{finished} {}", run.err);

    let listed = stage.run(&["list", "--source", "iphone", "--library", "library", "--json"]);
    let lines = listed.lines();
    let imported: BTreeSet<String> = lines
        .iter()
        .filter(|asset| asset["state"] == "already_imported")
        .map(|asset| asset["uuid"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(imported, wanted);
    assert!(stage.verified() >= wanted.len() as u64);
}

#[test]
fn an_album_that_is_not_there_is_answered_with_those_that_are() {
    let stage = stage();
    let run = stage.run(&[
        "import",
        "--source",
        "iphone",
        "--library",
        "library",
        "--create",
        "--album",
        "Pari",
        "--dry-run",
    ]);
    assert!(run.code != 0 && run.err.contains("There is no album \"Pari\""), "{} {}", run.code, run.err);
    assert!(run.err.contains("\"Trips/2024/Paris/Été ✨\", "), "{}", run.err);
    assert!(!stage.path("library").exists());
}
