//! A phone with a photo library, listed over real sockets: what comes out is what `synth.py` put in, for every generation
//! of the format. The expectations are written from that script, not from a listing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod invented;
mod reading;
mod refused;

use domain::{Availability, CancelFlag, ListEntry, ListedAsset, Source};
use iphone::{MuxAddress, Phones};
use iphone_sim::{Fault, RunningPhone, Status};
use sources::IphoneSource;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const MODELS: [&str; 20] = [
    "13537", "13703", "14104", "14204", "14208", "15134", "15323", "15502", "16119", "16320", "16502", "17120",
    "17401", "17600", "18164", "18204", "18508", "18600", "19063", "19320",
];

/// One photo a line: kind, name, its files with the names they get, and what is known of it.
const EXPECTED: &str = "\
photo IMG_0001.HEIC: original DCIM/100APPLE/IMG_0001.HEIC | 2024-05-01T12:00:00Z +120 favorite title=Eiffel \
caption=Sunny day keywords=travel people=Ana Example place=48.8584,2.2945 albums=Trips>2024>Paris/Été ✨;Twin
live_photo IMG_0002.HEIC: original DCIM/100APPLE/IMG_0002.HEIC, paired_video DCIM/100APPLE/IMG_0002.MOV \
| 2024-05-01T12:00:00Z +120 albums=Trips>2024>Paris/Été ✨
live_photo IMG_0003.HEIC: original DCIM/100APPLE/IMG_0003.HEIC, paired_video DCIM/100APPLE/IMG_0003.MOV, \
edited PhotoData/Mutations/DCIM/100APPLE/IMG_0003/Adjustments/FullSizeRender.heic as IMG_E0003.heic, \
edited PhotoData/Mutations/DCIM/100APPLE/IMG_0003/Adjustments/FullSizeRender.mov as IMG_E0003.mov, \
adjustments PhotoData/Mutations/DCIM/100APPLE/IMG_0003/Adjustments/Adjustments.plist as IMG_0003.AAE \
| 2024-05-01T12:00:00Z +120 edited
photo IMG_0009.JPG: original DCIM/100APPLE/IMG_0009.JPG missing | 2024-05-01T12:00:00Z +120 warned
photo IMG_0010.DNG: original DCIM/100APPLE/IMG_0010.DNG | 2024-05-01T12:00:00Z +120
photo IMG_0011.JPG: original DCIM/100APPLE/IMG_0011.JPG, raw_alternate DCIM/100APPLE/IMG_0011.DNG \
| 2024-05-01T12:00:00Z +120
video IMG_0012.MOV: original DCIM/100APPLE/IMG_0012.MOV | 2024-05-01T12:00:00Z +120 2650ms edited
video IMG_0013.MOV: original DCIM/100APPLE/IMG_0013.MOV | 2024-05-01T12:00:00Z +120 9000ms
photo IMG_0014.PNG: original DCIM/100APPLE/IMG_0014.PNG | 2024-05-01T12:00:00Z +120
photo IMG_0015.HEIC: original DCIM/100APPLE/IMG_0015.HEIC, adjustments DCIM/100APPLE/IMG_0015.AAE \
| 2024-05-01T12:00:00Z +120
photo IMG_0016.HEIC: original DCIM/100APPLE/IMG_0016.HEIC | 2024-05-01T12:00:00Z +120
photo IMG_0017.JPG: original DCIM/100APPLE/IMG_0017.JPG | 2024-05-01T12:00:00Z +120 burst picked
photo IMG_0018.JPG: original DCIM/100APPLE/IMG_0018.JPG | 2024-05-01T12:00:00Z +120 burst picked
photo IMG_0019.JPG: original DCIM/100APPLE/IMG_0019.JPG | 2024-05-01T12:00:00Z +120 burst
photo IMG_0020.HEIC: original DCIM/100APPLE/IMG_0020.HEIC | 2024-05-01T12:00:00Z +120 hidden albums=twin
photo IMG_0021.HEIC: original DCIM/100APPLE/IMG_0021.HEIC | 2024-05-01T12:00:00Z +120 deleted
video IMG_0022.MOV: original DCIM/100APPLE/IMG_0022.MOV | 2024-05-01T12:00:00Z +120
video IMG_0023.MOV: original DCIM/100APPLE/IMG_0023.MOV, adjustments DCIM/100APPLE/IMG_0023.AAE \
| 2024-05-01T12:00:00Z +120
photo IMG_0024.GIF: original DCIM/100APPLE/IMG_0024.GIF | 2024-05-01T12:00:00Z +120
photo IMG_0025.WEBP: original DCIM/100APPLE/IMG_0025.WEBP | 2024-05-01T12:00:00Z +120
photo IMG_0026.JPG: original DCIM/100APPLE/IMG_0026.JPG | undated
photo IMG_0099.HEIC: original DCIM/100APPLE/IMG_0099.HEIC | 2024-05-01T12:00:00Z +120
video RPReplay_Final1714557600.MP4: original DCIM/100APPLE/RPReplay_Final1714557600.MP4 | 2024-05-01T12:00:00Z +120
photo IMG_0001.HEIC: original DCIM/101APPLE/IMG_0001.HEIC | 1999-12-31T23:59:59Z -300
photo IMG_0002.HEIC: original DCIM/101APPLE/IMG_0002.HEIC | 2024-05-01T12:00:00Z +120
photo IMG_7003.JPG: original PhotoData/CPLAssets/group42/00000000-0000-0000-0000-000000000111.JPG as IMG_7003.JPG \
| 2024-05-01T12:00:00Z +120
photo IMG_7001.HEIC: original PhotoData/CPLAssets/group42/00000000-0000-0000-0000-000000000ABC.HEIC as IMG_7001.HEIC \
only_in_icloud | 2024-05-01T12:00:00Z +120
video IMG_7002.MOV: original PhotoData/CPLAssets/group42/00000000-0000-0000-0000-000000000DEF.MOV as IMG_7002.MOV \
only_in_icloud | 2024-05-01T12:00:00Z +120
";

struct World {
    media: TempDir,
    cache: TempDir,
}

impl World {
    /// Makes the media folder of a phone of a generation, with a log that has one photo the database has not.
    fn new(model: &str) -> Self {
        let world = Self { media: TempDir::new().unwrap(), cache: TempDir::new().unwrap() };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/photos-db/tools/judge.py");
        let mut python = Command::new("python3");
        python.arg("-B").arg(script).args(["make", model]).arg(world.media.path()).arg("--wal");
        let made = python.output().expect("python3 is needed");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        world
    }

    fn put(&self, path: &str) {
        let path = self.media.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, b"bytes").unwrap();
    }

    fn phone(&self) -> RunningPhone {
        iphone_sim::Phone::builder().media(self.media.path()).start().unwrap()
    }

    fn source(&self, sim: &RunningPhone) -> IphoneSource {
        let phones = Phones::new(MuxAddress::Tcp(sim.addr())).unwrap();
        phones.ask(sim.udid()).unwrap();
        IphoneSource::open(&phones, sim.udid(), self.cache.path()).unwrap()
    }

    fn list(&self) -> Vec<ListEntry> {
        let sim = self.phone();
        listed(&self.source(&sim))
    }
}

fn listed(source: &IphoneSource) -> Vec<ListEntry> {
    let mut entries = Vec::new();
    source.list(&mut |batch| entries.extend(batch), &CancelFlag::default()).unwrap();
    entries.retain(|entry| !matches!(entry, ListEntry::Reading(_)));
    entries
}

fn assets(entries: &[ListEntry]) -> Vec<&ListedAsset> {
    let mut assets = Vec::new();
    for entry in entries {
        if let ListEntry::Asset(asset) = entry {
            assets.push(asset.as_ref());
        }
    }
    assets
}

/// What is no photo of the library; that some are in shared albums is taken as read.
fn others(entries: &[ListEntry]) -> Vec<&ListEntry> {
    let is_other = |entry: &ListEntry| !matches!(entry, ListEntry::Asset(_)) && !is_about_shared_albums(entry);
    entries.iter().filter(|entry| is_other(entry)).collect()
}

fn is_about_shared_albums(entry: &ListEntry) -> bool {
    matches!(entry, ListEntry::Note(note) if note.contains(" in shared albums left out"))
}

fn described(asset: &ListedAsset) -> String {
    let files: Vec<String> = asset
        .resources
        .iter()
        .map(|r| {
            let name = r.name.as_ref().map_or(String::new(), |name| format!(" as {name}"));
            let there = match r.availability {
                Availability::OnDevice => String::new(),
                other => format!(" {}", other.as_str()),
            };
            format!("{} {}{name}{there}", r.role.as_str(), r.path())
        })
        .collect();
    let taken = asset.taken_ns.map_or("undated".to_owned(), |ns| {
        let instant = jiff::Timestamp::from_nanosecond(ns.into()).unwrap();
        format!("{instant} {:+}", asset.offset_minutes.unwrap())
    });
    let facts = facts(asset).into_iter().map(|fact| format!(" {fact}")).collect::<String>();
    format!("{} {}: {} | {taken}{facts}", asset.kind.as_str(), asset.resources[0].file_name(), files.join(", "))
}

fn facts(asset: &ListedAsset) -> Vec<String> {
    let d = &asset.details;
    let flag = |on: bool, word: &str| on.then(|| word.to_owned());
    let list = |name: &str, words: &[String]| (!words.is_empty()).then(|| format!("{name}={}", words.join(";")));
    let albums: Vec<String> = d.albums.iter().map(|path| path.join(">")).collect();
    let burst = d.burst.as_ref().map(|b| if b.picked { "burst picked".to_owned() } else { "burst".to_owned() });
    let facts = [
        d.duration_ms.map(|ms| format!("{ms}ms")),
        flag(d.favorite, "favorite"),
        flag(d.hidden, "hidden"),
        flag(d.deleted, "deleted"),
        flag(d.edited, "edited"),
        burst,
        d.title.as_ref().map(|t| format!("title={t}")),
        d.caption.as_ref().map(|t| format!("caption={t}")),
        list("keywords", &d.keywords),
        list("people", &d.people),
        d.place.map(|p| format!("place={},{}", p.latitude, p.longitude)),
        list("albums", &albums),
        flag(asset.warning.is_some(), "warned"),
    ];
    facts.into_iter().flatten().collect()
}

#[test]
fn every_generation_lists_exactly_what_was_put_in() {
    for model in MODELS {
        let entries = World::new(model).list();
        let lines: Vec<String> = assets(&entries).into_iter().map(described).collect();
        let expected: Vec<&str> = EXPECTED.lines().collect();
        assert_eq!(lines, expected, "{model}");
        assert_eq!(others(&entries), Vec::<&ListEntry>::new(), "{model}");
        let uuids: std::collections::HashSet<_> = assets(&entries).iter().map(|a| a.details.uuid.clone()).collect();
        assert_eq!(uuids.len(), lines.len(), "each has an identity of its own");
        assert!(assets(&entries).iter().all(|a| a.details.pixels == Some((4032, 3024))));
    }
}

#[test]
fn sizes_are_those_of_the_files_and_every_file_that_is_there_can_be_read() {
    let world = World::new("18600");
    fs::write(world.media.path().join("DCIM/100APPLE/IMG_0001.HEIC"), vec![7; 4321]).unwrap();
    let sim = world.phone();
    let source = world.source(&sim);
    let entries = listed(&source);
    for resource in assets(&entries).iter().flat_map(|asset| &asset.resources) {
        let stat = source.stat(resource.path());
        match resource.availability {
            Availability::OnDevice => assert_eq!(stat.as_ref(), Ok(&resource.fingerprint)),
            _ => assert!(stat.is_err(), "{}", resource.path()),
        }
    }
    assert_eq!(assets(&entries)[0].resources[0].fingerprint.bytes, 4321);
}

#[test]
fn what_the_library_does_not_know_is_listed_as_files() {
    let world = World::new("19320");
    let unknown = ["DCIM/100APPLE/IMG_0500.JPG", "DCIM/102APPLE/IMG_0600.MOV", "PhotoData/CPLAssets/group9/F00D.HEIC"];
    unknown.iter().for_each(|path| world.put(path));
    // Beside a known photo, and of its name: it belongs to it.
    world.put("DCIM/100APPLE/IMG_0001.AAE");
    // No part of the library.
    world.put("PhotoData/Metadata/DCIM/100APPLE/IMG_0001.medium.MP4");
    let entries = world.list();
    let files: Vec<String> =
        others(&entries)
            .into_iter()
            .map(|entry| {
                if let ListEntry::File(file) = entry { file.fingerprint.path.to_string() } else { format!("{entry:?}") }
            })
            .collect();
    assert_eq!(files, unknown);
    let first = assets(&entries)[0];
    assert_eq!(first.resources[1].path().as_str(), "DCIM/100APPLE/IMG_0001.AAE");
}

#[test]
fn the_file_system_has_the_last_word() {
    let world = World::new("18600");
    // The library says that it is only in iCloud, but its file has come meanwhile, in other letters.
    world.put("PhotoData/CPLAssets/group42/00000000-0000-0000-0000-000000000abc.heic");
    fs::remove_file(world.media.path().join("DCIM/100APPLE/IMG_0002.MOV")).unwrap();
    fs::remove_file(world.media.path().join("DCIM/100APPLE/IMG_0001.HEIC")).unwrap();
    let entries = world.list();
    let find = |name: &str| *assets(&entries).iter().find(|a| a.resources[0].file_name().starts_with(name)).unwrap();
    assert_eq!(find("IMG_7001").resources[0].availability, Availability::OnDevice);
    assert_eq!(find("IMG_0001").resources[0].availability, Availability::Missing);
    let live = find("IMG_0002");
    assert_eq!(live.resources[1].availability, Availability::Missing);
    assert_eq!(live.warning.as_deref(), Some("the film of this Live Photo is not on the phone"));
}

#[test]
fn an_unreadable_library_is_named_and_the_folders_are_walked() {
    let world = World::new("18600");
    fs::write(world.media.path().join("PhotoData/Photos.sqlite"), vec![b'x'; 40_960]).unwrap();
    fs::remove_file(world.media.path().join("PhotoData/Photos.sqlite-wal")).unwrap();
    let entries = world.list();
    let ListEntry::Note(note) = &entries[0] else { panic!("{:?}", entries[0]) };
    assert!(
        note.starts_with("the phone's photo library cannot be read") && note.contains("only the camera's folders"),
        "{note}"
    );
    assert_eq!(assets(&entries), Vec::<&ListedAsset>::new());
    let files = |folder: &str| fs::read_dir(world.media.path().join("DCIM").join(folder)).unwrap().count();
    assert_eq!(entries.len(), 1 + files("100APPLE") + files("101APPLE"));
}

/// Writes other fingerprints of Apple's into the database, in both columns; texts of one length take each other's place.
fn give(world: &World, prints: &[(u32, &str)]) {
    let path = world.media.path().join("PhotoData/Photos.sqlite");
    // It has the same pages, and would have the last word.
    fs::remove_file(world.media.path().join("PhotoData/Photos.sqlite-wal")).ok();
    let mut bytes = fs::read(&path).unwrap();
    for (key, print) in prints {
        let old = format!("A{key:027}").into_bytes();
        assert_eq!(old.len(), print.len());
        for at in 0..bytes.len() - old.len() {
            if bytes[at..].starts_with(&old) {
                bytes[at..at + old.len()].copy_from_slice(print.as_bytes());
            }
        }
    }
    fs::write(path, bytes).unwrap();
}

#[test]
fn apples_fingerprint_is_taken_only_where_nothing_speaks_against_it() {
    let [one, other] = ["AQcUIS47SFVib3yJlqOwvcrX5PH+", "AQcUIS47SFVib3yJlqOwvcrX5PH/"];
    let world = World::new("18600");
    let told = |world: &World| {
        let entries = world.list();
        let of = |name: &str| {
            let found = *assets(&entries).iter().find(|a| a.resources[0].file_name() == name).unwrap();
            found.resources[0].apple.map(|apple| apple.to_string())
        };
        ["IMG_7001.HEIC", "IMG_7002.MOV", "IMG_7003.JPG", "IMG_0001.HEIC"].map(of)
    };
    assert_eq!(told(&world), [None, None, None, None], "these are not by Apple's formula");
    give(&world, &[(4, one), (6, other)]);
    assert_eq!(told(&world), [Some(one.to_owned()), None, None, None], "a file of another size is another file");
    let file = world.media.path().join("PhotoData/CPLAssets/group42/00000000-0000-0000-0000-000000000111.JPG");
    fs::write(file, [7; 1000]).unwrap();
    assert_eq!(told(&world), [Some(one.to_owned()), None, Some(other.to_owned()), None]);
    // Of two photos with one fingerprint nobody knows whose it is.
    give(&world, &[(5, one)]);
    assert_eq!(told(&world), [None, None, Some(other.to_owned()), None]);
}

#[test]
fn an_unchanged_library_is_copied_once() {
    let world = World::new("18600");
    let sim = world.phone();
    let source = world.source(&sim);
    let bytes = |sim: &RunningPhone| sim.activity().bytes_read;
    let before = bytes(&sim);
    listed(&source);
    let first = bytes(&sim) - before;
    let database = fs::metadata(world.media.path().join("PhotoData/Photos.sqlite")).unwrap().len();
    assert!(first > database, "{first} of {database}");
    let again = bytes(&sim);
    assert_eq!(assets(&listed(&source)).len(), 28);
    assert!(bytes(&sim) - again < database / 2);
}

#[test]
fn what_cannot_be_looked_at_is_told_once_and_never_called_only_in_icloud() {
    let world = World::new("18600");
    let sim = world.phone();
    let source = world.source(&sim);
    let fails = |path: &str, status| sim.inject(Fault::Fails { path: path.into(), status });
    fails("/DCIM/100APPLE/IMG_0001.HEIC", Status::IoError);
    // A folder whose original is both on the phone and in iCloud.
    fails("/PhotoData/CPLAssets/group42", Status::PermissionDenied);
    let entries = listed(&source);
    let find = |name: &str| *assets(&entries).iter().find(|a| a.resources[0].file_name() == name).unwrap();
    let plain = find("IMG_0001.HEIC");
    assert_eq!(plain.resources[0].availability, Availability::Missing);
    assert!(plain.warning.as_ref().unwrap().contains("status 20"), "{:?}", plain.warning);
    assert_eq!(find("IMG_7003.JPG").resources[0].availability, Availability::OnDevice, "a second look finds it");
    assert_eq!(assets(&entries).len(), EXPECTED.lines().count());
    let others: Vec<String> = others(&entries).into_iter().map(|entry| format!("{entry:?}")).collect();
    assert!(others.len() == 1 && others[0].contains("CPLAssets/group42"), "{others:?}");
}

#[test]
fn a_damaged_library_never_ends_the_listing() {
    let world = World::new("18600");
    let path = world.media.path().join("PhotoData/Photos.sqlite");
    let whole = fs::read(&path).unwrap();
    let sim = world.phone();
    let source = world.source(&sim);
    let (mut by_library, mut by_files) = (0, 0);
    for seed in 1..40_u64 {
        let mut bytes = whole.clone();
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        for _ in 0..seed * 3 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = (state >> 20) as usize % bytes.len();
            bytes[at] ^= 1 << (state >> 60 & 7);
        }
        fs::write(&path, bytes).unwrap();
        let entries = listed(&source);
        // Whatever became of the library, every file of the camera is in the listing once.
        let mut files: Vec<&str> = Vec::new();
        for entry in &entries {
            match entry {
                ListEntry::File(file) => files.push(file.fingerprint.path.as_str()),
                ListEntry::Ignored(path) => files.push(path.as_str()),
                ListEntry::Asset(asset) => {
                    let here = asset.resources.iter().filter(|r| r.availability == Availability::OnDevice);
                    files.extend(here.map(|r| r.path().as_str()));
                }
                _ => {}
            }
        }
        files.retain(|path| path.starts_with("DCIM/"));
        let listed = files.len();
        files.sort_unstable();
        files.dedup();
        assert_eq!((listed, files.len()), (29, 29), "seed {seed}");
        if assets(&entries).is_empty() { by_files += 1 } else { by_library += 1 }
    }
    assert!(by_library > 3 && by_files > 3, "{by_library} by the library, {by_files} by the files alone");
}

#[test]
fn shared_albums_are_counted_and_listed_only_where_that_is_wished() {
    let library = iphone_sim::PhotosLibrary { assets: 200, mean_bytes: 2000, model: 18_600, seed: 5 };
    let sim = iphone_sim::Phone::builder().photos_library(library).start().unwrap();
    let expected = sim.expected().unwrap().assets.clone();
    let of_others = |asset: &&iphone_sim::ExpectedAsset| asset.origin == iphone_sim::Origin::SharedAlbum;
    let shared: Vec<_> = expected.iter().filter(of_others).collect();
    assert!(shared.len() > 1, "{}", shared.len());
    let (cache, phones) = (TempDir::new().unwrap(), Phones::new(MuxAddress::Tcp(sim.addr())).unwrap());
    phones.ask(sim.udid()).unwrap();
    let open = || IphoneSource::open(&phones, sim.udid(), cache.path()).unwrap();

    let without = listed(&open());
    let note = format!("{} in shared albums left out", shared.len());
    assert!(matches!(&without[0], ListEntry::Note(said) if said.starts_with(&note)), "{:?}", without[0]);
    assert!(assets(&without).iter().all(|asset| !asset.details.shared));

    let with = listed(&open().listing(sources::SharedAlbums::Listed));
    assert!(!matches!(with[0], ListEntry::Note(_)), "{:?}", with[0]);
    let mut found: Vec<_> = assets(&with).into_iter().filter(|asset| asset.details.shared).collect();
    found.sort_by_key(|asset| asset.resources[0].path().clone());
    let mut paths: Vec<_> = shared.iter().map(|asset| format!("{}/{}", asset.directory, asset.file_name)).collect();
    paths.sort();
    assert_eq!(found.iter().map(|asset| asset.resources[0].path().to_string()).collect::<Vec<_>>(), paths);
    assert!(
        found.iter().all(|a| a.resources[0].availability == Availability::OnDevice && !a.details.albums.is_empty())
    );
    assert_eq!(assets(&with).len(), assets(&without).len() + shared.len(), "nothing else is different");
}
