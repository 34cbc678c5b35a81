//! A second judge: osxphotos, which knows each version of the format by a table of its own.

use crate::{archives, judge};
use iphone::photos_db::{AlbumKind, PhotosAsset, PhotosLibrary, ReadLimits};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use unicode_normalization::UnicodeNormalization;

/// The Python environment with osxphotos, which `make setup` makes.
fn python() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let venv = std::env::var_os("KEEPSAKE_OSXPHOTOS_VENV").map_or(root.join(".cache/venv-osxphotos"), PathBuf::from);
    let python = venv.join("bin/python");
    assert!(python.exists(), "{} is missing: run scripts/setup.sh test", python.display());
    python
}

fn theirs(folder: &Path) -> BTreeMap<String, Value> {
    let script = crate::fixtures().join("tools/osx.py");
    let output = Command::new(python()).arg("-B").arg(script).arg(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn ours(library: &PhotosLibrary, asset: &PhotosAsset) -> Value {
    // It counts shared albums among the albums.
    let own = library.albums.iter().filter(|album| matches!(album.kind, AlbumKind::Album | AlbumKind::Shared));
    let there = own.filter(|album| album.trashed == 0);
    let mut albums: Vec<&str> =
        there.filter(|a| a.assets.contains(&asset.key)).filter_map(|a| a.title.as_deref()).collect();
    albums.sort_unstable();
    let mut keywords = asset.keywords.clone();
    keywords.sort();
    json!({
        "original_name": asset.original_name, "taken": asset.created_ns.map(|ns| ns.div_euclid(1_000_000)),
        "offset": asset.zone_offset, "favorite": asset.favorite, "hidden": asset.hidden,
        "deleted": asset.trashed != 0, "edited": asset.is_edited(), "title": not_empty(&asset.title),
        "caption": not_empty(&asset.caption), "keywords": keywords, "people": asset.people,
        "place": asset.place().map(|(north, east)| [north, east]), "video": asset.is_video(),
        "pixels": [asset.width, asset.height], "albums": albums, "burst": asset.burst.is_some(),
    })
}

fn not_empty(text: &Option<String>) -> Option<&String> {
    text.as_ref().filter(|text| !text.is_empty())
}

fn same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        // It composes characters; what the database has is kept here.
        (Value::String(a), Value::String(b)) => a.nfc().eq(b.nfc()),
        // Theirs is rounded to the nearest millisecond, ours cut.
        (Value::Number(a), Value::Number(b)) => (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() <= 1.0,
        _ => ours == theirs,
    }
}

#[test]
fn real_libraries_are_read_as_osxphotos_reads_them() {
    let mut fields = 0;
    for archive in archives() {
        let folder = TempDir::new().unwrap();
        judge(&["unpack", archive.to_str().unwrap(), folder.path().to_str().unwrap()]);
        let theirs = theirs(folder.path());
        let library = PhotosLibrary::read(&folder.path().join("Photos.sqlite"), ReadLimits::default()).unwrap();
        let mut apart = Vec::new();
        for (uuid, theirs) in &theirs {
            let asset = library.assets.iter().find(|a| a.uuid.as_ref() == Some(uuid)).unwrap();
            let ours = ours(&library, asset);
            for (name, theirs) in theirs.as_object().unwrap() {
                // Where it knows no date or zone, it takes others: 1970, UTC.
                let unknown = match name.as_str() {
                    "taken" => asset.created_ns.is_none(),
                    "offset" => *theirs == 0,
                    _ => false,
                };
                if !unknown && !same(&ours[name], theirs) {
                    apart.push(format!("{uuid}.{name}: {} and {theirs}", ours[name]));
                }
                fields += usize::from(!unknown);
            }
        }
        assert_eq!(apart, Vec::<String>::new(), "{}", archive.display());
        assert!(theirs.len() > 10);
    }
    assert!(fields > 2000, "only {fields} fields were compared");
}
