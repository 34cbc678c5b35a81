//! Sidecars of what a phone's library says, against a phone, a library and a drive that fail at any call.

use super::converting::{entries, heic, names};
use super::*;
use crate::{Undo, undo};
use domain::{AssetDetails, LibraryPath, Originals, Recipe, ResourceRole, Sidecars, Wanted};

/// A phone with a Live Photo and a film of which its library has a title, and a photo of which it has none.
fn phone() -> Lab {
    let lab = lab(&[
        ("/a/IMG_1.HEIC", &heic("one"), 0),
        ("/a/IMG_1.MOV", b"film of one", 0),
        ("/a/IMG_2.MOV", b"film", 0),
        ("/a/IMG_3.JPG", b"jpeg", 0),
    ]);
    lab.sidecars.set(Sidecars::Written);
    lab
}

/// A plan in which the phone's library has a title for each asset but `IMG_3`.
fn described(lab: &Lab, selection: &Selection) -> ImportPlan {
    let mut plan = lab.plan(selection);
    for item in plan.items.iter_mut().filter(|item| item.asset.name() != "IMG_3.JPG") {
        let title = Some(format!("Title of {}", item.asset.name()));
        item.asset.details = AssetDetails { title, ..AssetDetails::default() };
    }
    plan
}

fn import(lab: &Lab) -> SessionRow {
    lab.run(&described(lab, &Selection::AllNew)).unwrap()
}

fn text(lab: &Lab, name: &str) -> String {
    String::from_utf8(lab.library.bytes_of(&entries(lab)[name].path).unwrap()).unwrap()
}

/// As many assets as the grouping makes of these files; which film is whose is its business.
fn assets(lab: &Lab) -> u64 {
    lab.plan(&Selection::AllNew).items.len() as u64
}

#[test]
fn a_sidecar_lies_beside_its_photo_and_is_recorded_as_made() {
    let lab = phone();
    let told = std::sync::Mutex::new(0);
    let plan = described(&lab, &Selection::AllNew);
    let row = lab
        .run_hearing(&plan, &|news| {
            if let ImportNews::Made { sidecars, jpegs, left_out } = news {
                assert_eq!((jpegs, left_out), (0, 0));
                *told.lock().unwrap() += sidecars;
            }
        })
        .unwrap();
    assert_eq!(row.totals, totals(assets(&lab), 0, 0, 0), "a sidecar is no asset");
    let with_title = plan.items.iter().filter(|item| item.asset.details.title.is_some()).count() as u64;
    assert_eq!(told.into_inner().unwrap(), with_title);
    lab.assert_sound(4 + with_title);
    let entries = entries(&lab);
    let (original, made) = (&entries["IMG_1.HEIC"], &entries["IMG_1.HEIC.xmp"]);
    assert_eq!((made.role, &made.asset, &made.details), (ResourceRole::Details, &original.path, &None));
    let derived = made.derived.as_ref().unwrap();
    assert_eq!((derived.original_hash, derived.recipe), (original.hash, Recipe::Details));
    assert_eq!(lab.library.modified_ns(&made.path), lab.library.modified_ns(&original.path));
    assert!(text(&lab, "IMG_1.HEIC.xmp").contains("Title of IMG_1.HEIC"));
    assert!(!entries.contains_key("IMG_3.JPG.xmp"));
    let counts = lab.catalog.evidence_counts(&row.id).unwrap();
    assert_eq!(counts.values().sum::<u64>(), row.totals.imported);
    let before = names(&lab);
    assert_eq!(import(&lab).totals, totals(0, assets(&lab), 0, 0));
    // And with a catalog that was rebuilt.
    let catalog = Catalog::open(&lab.dir.path().join("2.sqlite")).unwrap();
    catch_up(&catalog, &lab.library).unwrap();
    let lab = Lab { catalog, ..lab };
    let rebuilt = lab.catalog.made_of(original.path.as_str()).unwrap();
    assert_eq!(rebuilt, [(made.path.to_string(), "details".to_owned())]);
    assert_eq!(import(&lab).totals, totals(0, assets(&lab), 0, 0));
    assert_eq!(names(&lab), before);
}

#[test]
fn files_that_lie_there_are_never_replaced_and_numbers_stay_with_the_photo() {
    let own = b"<x:xmpmeta>of the phone</x:xmpmeta>";
    for name in ["IMG_1.HEIC.xmp", "IMG_1.HEIC.XMP", "img_1.heic.xmp"] {
        let lab = phone();
        let there = LibraryPath::parse(&format!("Originals/1970/1970-01-01/{name}")).unwrap();
        lab.library.put(&there, own.to_vec());
        import(&lab);
        assert_eq!(lab.library.bytes_of(&there).unwrap(), own);
        let entries = entries(&lab);
        assert!(entries.contains_key("IMG_1_1.HEIC") && entries.contains_key("IMG_1_1.HEIC.xmp"), "{entries:?}");
    }
    // One that the phone itself has beside the photo is part of the same import.
    for name in ["IMG_1.HEIC.xmp", "IMG_1.XMP"] {
        let lab = phone();
        lab.source.put(&format!("/a/{name}"), own.to_vec(), 0);
        import(&lab);
        let entries = entries(&lab);
        let copies: Vec<_> = entries.values().filter(|entry| entry.derived.is_none()).collect();
        assert_eq!(copies.len(), 5, "{name}");
        assert!(copies.iter().any(|copy| lab.library.bytes_of(&copy.path).unwrap() == own), "{name}");
        let made = entries.values().find(|e| e.derived.is_some() && e.path.file_name().starts_with("IMG_1")).unwrap();
        assert!(text(&lab, made.path.file_name()).contains("Title of IMG_1.HEIC"), "{name}");
        assert_eq!(import(&lab).totals.imported, 0);
    }
}

#[test]
fn beside_a_jpeg_that_stands_for_its_original_it_is_that_ones() {
    let lab = phone();
    lab.converting.set(Some(Conversion { wanted: Wanted::Heic, quality: 90, originals: Originals::LeftOut }));
    import(&lab);
    let entries = entries(&lab);
    let (jpeg, sidecar) = (&entries["IMG_1.JPG"], &entries["IMG_1.JPG.xmp"]);
    assert!(!entries.contains_key("IMG_1.HEIC"));
    assert_eq!((&sidecar.asset, sidecar.derived.as_ref().unwrap().stands_for()), (&jpeg.path, None));
    assert_eq!(import(&lab).totals, totals(0, assets(&lab), 0, 0));
    // It is the JPEG that is known, not the sidecar.
    lab.library.remove(&jpeg.path);
    assert_eq!(lab.plan(&Selection::AllNew).imports().count(), 1);
}

#[test]
fn a_sidecar_that_once_reads_back_differently_is_written_anew() {
    for flips in 0..12 {
        let lab = phone();
        lab.library.flip_read_back_after(flips);
        assert_eq!(import(&lab).totals, totals(assets(&lab), 0, 0, 0), "after {flips} reads");
        assert!(entries(&lab).contains_key("IMG_1.HEIC.xmp"), "after {flips} reads");
        lab.assert_sound(entries(&lab).len() as u64);
    }
}

#[test]
fn undoing_moves_sidecars_along() {
    let lab = phone();
    let row = import(&lab);
    let files = lab.paths().len() as u64;
    let cancel = CancelFlag::default();
    let env = Undo { destination: &lab.library, catalog: &lab.catalog, cancel: &cancel, progress: &|_, _| {} };
    assert_eq!(undo(&env, &row.id, "2024-01-02T00:00:00Z").unwrap().moved, files);
    assert!(lab.paths().iter().all(|path| path.starts_with("Removed/")));
    assert_eq!(import(&lab).totals, totals(assets(&lab), 0, 0, 0));
    lab.assert_sound(2 * files);
}

#[test]
fn a_library_that_goes_away_at_any_call_gets_each_sidecar_once() {
    let whole = phone();
    import(&whole);
    let mut cut = 0;
    for calls in 0..60 {
        let lab = phone();
        let lab = Lab { source: lab.source.one_at_a_time(), ..lab };
        let plan = described(&lab, &Selection::AllNew);
        lab.library.gone_after(calls);
        cut += usize::from(lab.run(&plan).map_or(true, |row| row.stop.is_some()));
        lab.library.heal();
        import(&lab);
        assert_eq!(names(&lab), names(&whole), "after {calls} calls");
        lab.assert_sound(names(&whole).len() as u64);
    }
    assert!(cut > 20, "only {cut} were cut short");
}
