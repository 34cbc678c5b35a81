//! A phone that was restored, or replaced by another one: its photos are in the library, and nothing of them is read to find
//! that out.

use engine::Lab;
use iphone_sim::{Availability, ExpectedAsset, Fault, Origin, Phone, PhotosLibrary, Role};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn library() -> PhotosLibrary {
    PhotosLibrary { assets: 200, mean_bytes: 3_000, model: 18_600, seed: 3 }
}

/// Tells whether Apple's library has the fingerprint of everything that is copied of a photo.
fn is_known(asset: &ExpectedAsset) -> bool {
    let original = |role| matches!(role, Role::OriginalPhoto | Role::OriginalVideo | Role::LiveVideo | Role::Alternate);
    let here = asset.resources.iter().filter(|r| r.role != Role::Rendition && r.availability == Availability::OnDevice);
    let files: Vec<_> = here.collect();
    let plain = asset.beside.is_empty() && files.iter().all(|r| original(r.role) && r.fingerprint.is_some());
    plain && !files.is_empty() && asset.origin != Origin::SharedAlbum
}

#[test]
fn what_was_copied_from_the_phone_before_is_here_without_a_look_into_it() {
    let lab = Lab::beside(Phone::builder().photos_library(library()).start().unwrap());
    lab.choose_library("Photos");
    lab.listed();
    let first = lab.imported(&json!({"kind": "all_new"}));
    assert!(first["totals"]["imported"].as_u64().unwrap() > 150, "{first}");

    let restored = Phone::builder().photos_library(library().restored()).udid("00008110-00FFFFFFFFFFFFFF");
    let lab = lab.beside_another(restored.start().unwrap());
    let phone = lab.phone.as_ref().unwrap();
    // Whoever would read an original now gets nothing of it.
    for folder in ["/DCIM/", "/PhotoData/CPLAssets/"] {
        phone.inject(Fault::EarlyEnd { path: folder.into(), at: 0 });
    }
    let listing = lab.listed();
    let args = json!({"source": lab.source(), "section": "already_imported", "offset": 0, "limit": 10_000});
    let cells = lab.call("grid_ids", args);
    let ids = cells.as_array().unwrap().iter().flat_map(|cell| cell.as_array().cloned().unwrap_or(vec![cell.clone()]));
    let photos: Vec<Value> = ids.map(|id| lab.call("photo", json!({"id": id}))).collect();
    let found: BTreeSet<&str> = photos.iter().map(|photo| photo["source_path"].as_str().unwrap()).collect();
    let shown = |asset: &&ExpectedAsset| !asset.hidden && asset.deleted.is_none();
    let expected = phone.expected().unwrap().assets.iter().filter(shown);
    let wanted: BTreeSet<&str> =
        expected.filter(|a| is_known(a)).map(|asset| asset.resources[0].path.as_str()).collect();
    assert_eq!(found, wanted);
    assert!(wanted.len() > 60 && listing["already_imported"] == wanted.len(), "{listing}");
    assert!(photos.iter().all(|photo| photo["copy"]["matched"] == "apple_fingerprint"), "{photos:?}");
}
