//! Sidecars of what the phone's library says, written because the window's options ask for them.

use engine::Lab;
use iphone_sim::{Phone, PhotosLibrary};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Every file of the library's photos, by path.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn sidecars(lab: &Lab) -> Vec<PathBuf> {
    files(&lab.path("Photos/Originals"))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "xmp"))
        .collect()
}

#[test]
fn sidecars_are_written_from_the_import_after_the_option_was_chosen_and_remembered() {
    let library = PhotosLibrary { assets: 60, mean_bytes: 3_000, model: 18_600, seed: 5 };
    let lab = Lab::beside(Phone::builder().photos_library(library).start().unwrap());
    lab.choose_library("Photos");
    lab.listed();
    assert_eq!(lab.call("settings", json!({}))["sidecars"], false);
    let rows = lab.call("grid_rows", json!({"source": lab.source(), "section": "new", "offset": 0, "limit": 1}));
    let first = &rows[0]["id"];
    let without = lab.imported(&json!({"kind": "assets", "ids": [first]}));
    assert_eq!((&without["totals"]["imported"], &without["made"]["sidecars"]), (&json!(1), &json!(0)), "{without}");
    assert_eq!(sidecars(&lab), Vec::<PathBuf>::new());

    assert_eq!(lab.call("choose_sidecars", json!({"written": true}))["sidecars"], true);
    let lab = lab.restarted();
    assert_eq!(lab.call("settings", json!({}))["sidecars"], true);
    lab.listed();
    let import = lab.imported(&json!({"kind": "all_new"}));
    assert_eq!(import["stopped"], json!(null), "{import}");
    let written = sidecars(&lab);
    // A sidecar is no JPEG and no photo, and lies beside the photo whose name it has.
    assert_eq!(
        import["made"],
        json!({"files": 0, "sidecars": written.len(), "renditions": 0, "renditions_replaced": 0, "originals_left_out": 0, "warned": 0})
    );
    assert!(import["totals"]["imported"].as_u64().unwrap() >= written.len() as u64 && written.len() > 20, "{import}");
    for path in written {
        assert!(path.with_extension("").exists(), "{path:?} lies beside nothing");
        assert!(std::fs::read_to_string(&path).unwrap().starts_with("<?xpacket"), "{path:?}");
    }
    assert_eq!(lab.imported(&json!({"kind": "all_new"}))["made"]["sidecars"], 0);
}
