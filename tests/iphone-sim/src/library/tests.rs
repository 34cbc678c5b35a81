//! A library is what it says it is: in its database, in every generation, and in its files.

use std::collections::BTreeSet;
use std::fs;

use rusqlite::Connection;

use super::*;
use crate::media::{FileKind, PhonePath, Tree};

fn library(model: u32) -> PhotosLibrary {
    PhotosLibrary { assets: 400, mean_bytes: 50_000, model, seed: 1 }
}

fn path(text: &str) -> PhonePath {
    PhonePath::parse(text.as_bytes())
}

fn walk(tree: &dyn Tree, folder: &str, found: &mut BTreeSet<String>) {
    for name in tree.list(&path(folder)).unwrap() {
        let inner = format!("{folder}/{}", String::from_utf8(name).unwrap());
        match tree.stat(&path(&inner)).unwrap().kind {
            FileKind::Directory => walk(tree, &inner, found),
            _ => assert!(found.insert(inner.clone()), "{inner} is listed twice"),
        }
    }
}

fn count(database: &Connection, from: &str) -> usize {
    database.query_row(&format!("SELECT count(*) FROM {from}"), [], |row| row.get::<_, i64>(0)).unwrap() as usize
}

#[test]
fn every_generation_has_the_rows_of_the_same_library() {
    for model in PhotosLibrary::models() {
        let (tree, schema) = (library(model).build().unwrap(), Schema::of(model).unwrap());
        let database = Connection::open(tree.database().unwrap()).unwrap();
        let expected = tree.expected().unwrap();
        let asset = schema.asset_table();
        let attributes = format!(
            "{asset} a JOIN ZADDITIONALASSETATTRIBUTES x ON x.ZASSET = a.Z_PK AND a.ZADDITIONALATTRIBUTES = x.Z_PK"
        );
        assert_eq!(count(&database, &attributes), 400, "{model}");
        let resources = expected.assets.iter().map(|asset| asset.resources.len()).sum::<usize>();
        let known = format!("ZINTERNALRESOURCE r JOIN {asset} a ON a.Z_PK = r.ZASSET");
        assert_eq!(count(&database, &known), resources, "{model}");
        let members = expected.albums.iter().map(|album| album.assets.len()).sum::<usize>();
        let join = format!("Z_{}ASSETS", schema.entity("Album"));
        assert_eq!((count(&database, &join), count(&database, "ZGENERICALBUM")), (members, expected.albums.len() + 1));
        let words = expected.assets.iter().map(|asset| asset.keywords.len()).sum::<usize>();
        assert_eq!(count(&database, "Z_1KEYWORDS"), words, "{model}");
        assert_eq!(database.query_row("PRAGMA quick_check", [], |row| row.get::<_, String>(0)).unwrap(), "ok");
    }
}

#[test]
fn files_are_where_they_are_expected_and_nowhere_else() {
    let tree = library(18600).build().unwrap();
    let expected = tree.expected().unwrap();
    let mut wanted: BTreeSet<String> = expected.unknown_files.iter().map(|file| format!("/{file}")).collect();
    for asset in &expected.assets {
        wanted.extend(asset.beside.iter().chain(&asset.by_products).map(|file| format!("/{file}")));
        for resource in &asset.resources {
            let found = tree.stat(&path(&resource.path));
            if resource.availability == Availability::OnDevice {
                assert_eq!(found.unwrap().size, resource.size, "{}", resource.path);
                wanted.insert(format!("/{}", resource.path));
            } else {
                assert!(found.is_err(), "{}", resource.path);
            }
        }
        assert!(tree.stat(&path(&asset.thumbnail)).unwrap().size > 500);
    }
    let mut found = BTreeSet::new();
    walk(&tree, "", &mut found);
    let database = ["", "-shm", "-wal"].map(|end| format!("/PhotoData/Photos.sqlite{end}"));
    assert!(database.iter().all(|file| found.remove(file)), "{database:?}");
    found.retain(|file| !file.starts_with("/PhotoData/Thumbnails/") && file != "/PhotoData/cpl_enabled_marker");
    assert_eq!(found, wanted);
}

#[test]
fn a_hundred_assets_have_everything() {
    let plan = PhotosLibrary { assets: 100, ..library(17600) };
    let expected = plan.expected().unwrap();
    let text = serde_json::to_string(&expected).unwrap();
    let words = "panorama live screen-recording animation screenshot portrait slow-motion time-lapse i-cloud shared-album on-device only-in-i-cloud \
                 missing live-video alternate sidecar edited-photo edited-video edited-live-video rendition shared-photo";
    for word in words.split_whitespace() {
        assert!(text.contains(&format!("\"{word}\"")), "{word}");
    }
    let some = |is: fn(&ExpectedAsset) -> bool| expected.assets.iter().filter(|asset| is(asset)).count();
    assert_eq!(some(|asset| asset.burst.is_some()), 4);
    assert_eq!(some(|asset| !asset.visible), 2);
    assert!(some(|asset| asset.favorite) > 0 && some(|asset| asset.place.is_some()) > 30);
    assert!(!expected.unknown_files.is_empty());
    assert_eq!(expected, plan.expected().unwrap());
    assert_ne!(expected, PhotosLibrary { seed: 2, ..plan }.expected().unwrap());
}

#[test]
fn a_restored_phone_has_the_same_bytes_under_other_names_and_identities() {
    let (before, after) = (library(18600), library(18600).restored());
    let (phones, libraries) =
        ([before.build().unwrap(), after.build().unwrap()], [before, after].map(|l| l.expected().unwrap()));
    let [before, after] = &libraries;
    for (a, b) in before.assets.iter().zip(&after.assets) {
        assert_ne!(a.uuid, b.uuid);
        for (a, b) in a.resources.iter().zip(&b.resources).filter(|(a, _)| a.role == Role::OriginalPhoto) {
            assert_ne!(a.path, b.path);
            assert_eq!((&a.fingerprint, a.size, a.availability), (&b.fingerprint, b.size, b.availability));
            if a.availability == Availability::OnDevice {
                let [a, b] = [(&phones[0], a), (&phones[1], b)]
                    .map(|(phone, file)| phone.sha1(&path(&file.path), 0, u64::MAX).unwrap());
                assert_eq!(a, b);
            }
        }
    }
    assert!(before.assets.iter().any(|asset| asset.resources[0].fingerprint.is_some()));
}

#[test]
fn without_its_log_the_database_lacks_the_last_assets() {
    let tree = library(19320).build().unwrap();
    let alone = tempfile::tempdir().unwrap();
    let copy = alone.path().join("Photos.sqlite");
    fs::copy(tree.database().unwrap(), &copy).unwrap();
    assert_eq!(count(&Connection::open(&copy).unwrap(), "ZASSET"), 396);
}

#[test]
fn a_model_nobody_has_seen_is_refused() {
    let error = library(12).expected().unwrap_err();
    assert!(error.to_string().starts_with("model 12 is not known; these are: [13537, "), "{error}");
}
