//! Files made of verified copies, against a phone, a library and a drive that fail at any call.

use super::*;
use crate::{Converter, Undo, undo};
use domain::{Destination, LibraryPath, ManifestLine, Originals, ResourceReader, ResourceRole, Wanted};
use media::Converted;
use std::collections::BTreeMap;

/// Makes of a photo what says which photo it was made of; of one that has `broken` in it nothing.
pub(super) struct FakeConverter;

impl Converter for FakeConverter {
    fn convert(
        &self,
        (_, file): (&str, &mut dyn ResourceReader),
        edge: Option<u32>,
        quality: u8,
    ) -> Result<Converted, String> {
        let size = usize::try_from(file.size()).unwrap();
        let bytes = file.read_at(0, size).unwrap();
        if bytes.windows(6).any(|word| word == b"broken") {
            return Err("The file is damaged.".to_owned());
        }
        let jpeg = [format!("JPEG {quality} {edge:?} of ").as_bytes(), &bytes].concat();
        Ok(Converted { jpeg, width: 1, height: 1, lost: Vec::new(), left_out: Vec::new() })
    }
}

/// The head of a HEIC file, and a few letters.
pub(super) fn heic(letters: &str) -> Vec<u8> {
    [b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", letters.as_bytes()].concat()
}

pub(super) const WISH: Conversion = Conversion { wanted: Wanted::Heic, quality: 90, originals: Originals::Kept };

/// A phone with two photos in HEIC, a Live Photo's film, a JPEG and a photo that cannot be converted.
fn phone(originals: Originals) -> Lab {
    let photos = [heic("one"), heic("two"), heic("broken")];
    let lab = lab(&[
        ("/a/IMG_1.HEIC", &photos[0], 0),
        ("/a/IMG_2.HEIC", &photos[1], 0),
        ("/a/IMG_2.MOV", b"film", 0),
        ("/a/IMG_3.JPG", b"jpeg", 0),
        ("/a/IMG_4.HEIC", &photos[2], 0),
    ]);
    lab.converting.set(Some(Conversion { originals, ..WISH }));
    lab
}

pub(super) fn names(lab: &Lab) -> Vec<String> {
    lab.paths().iter().map(|path| path.rsplit('/').next().unwrap().to_owned()).collect()
}

pub(super) fn entries(lab: &Lab) -> BTreeMap<String, domain::ManifestEntry> {
    let mut entries = BTreeMap::new();
    lab.library
        .manifest_lines(&mut |_, line| {
            if let ManifestLine::Copied(entry) = line {
                entries.insert(entry.path.file_name().to_owned(), entry);
            }
        })
        .unwrap();
    entries
}

const ALL: [&str; 7] = ["IMG_1.HEIC", "IMG_1.JPG", "IMG_2.HEIC", "IMG_2.JPG", "IMG_2.MOV", "IMG_3.JPG", "IMG_4.HEIC"];
const JPEGS: [&str; 5] = ["IMG_1.JPG", "IMG_2.JPG", "IMG_2.MOV", "IMG_3.JPG", "IMG_4.HEIC"];

fn assets(lab: &Lab) -> u64 {
    lab.plan(&Selection::AllNew).items.len() as u64
}

#[test]
fn what_is_made_lies_beside_the_original_and_is_recorded_as_made() {
    let lab = phone(Originals::Kept);
    let told = std::sync::Mutex::new(Vec::new());
    let row = lab
        .run_hearing(&lab.plan(&Selection::AllNew), &|news| match news {
            ImportNews::Warning { message, .. } => told.lock().unwrap().push(message.to_owned()),
            ImportNews::Made { jpegs, left_out, .. } => told.lock().unwrap().push(format!("{jpegs} {left_out}")),
            _ => {}
        })
        .unwrap();
    assert_eq!(row.totals, totals(assets(&lab), 0, 0, 0), "what is made is no asset");
    assert_eq!(names(&lab), ALL);
    lab.assert_sound(7);
    let mut told = told.into_inner().unwrap();
    told.sort();
    assert_eq!(told, ["1 0", "1 0", "No JPEG was made of IMG_4.HEIC: The file is damaged."]);
    let entries = entries(&lab);
    let (original, made) = (&entries["IMG_1.HEIC"], &entries["IMG_1.JPG"]);
    assert_eq!((made.role, &made.asset, original.derived.is_none()), (ResourceRole::Converted, &original.path, true));
    let derived = made.derived.as_ref().unwrap();
    assert_eq!((derived.original_hash, derived.original_bytes), (original.hash, original.bytes));
    assert_eq!(lab.library.modified_ns(&made.path), lab.library.modified_ns(&original.path));
    // Neither a converted photo nor one that cannot be is looked at again.
    assert_eq!(lab.import().totals, totals(0, assets(&lab), 0, 0));
    assert_eq!(names(&lab), ALL);
}

#[test]
fn what_was_made_and_could_not_be_recorded_is_not_told() {
    let lab = phone(Originals::Kept);
    let plan = lab.plan(&Selection::AllNew);
    let told = std::sync::atomic::AtomicU64::new(0);
    lab.library.fail_record_after(0);
    let row = lab.run_hearing(&plan, &|news| {
        if let ImportNews::Made { jpegs, .. } = news {
            told.fetch_add(jpegs, std::sync::atomic::Ordering::Relaxed);
        }
    });
    assert_eq!((row.unwrap().totals.imported, told.into_inner()), (0, 0));
}

#[test]
fn what_is_wanted_is_made_again_of_a_photo_whose_copy_was_thrown_away() {
    let lab = phone(Originals::Kept);
    lab.converting.set(None);
    lab.import();
    lab.library.paths().iter().for_each(|path| lab.library.remove(path));
    lab.converting.set(Some(WISH));
    assert_eq!(lab.import().totals, totals(assets(&lab), 0, 0, 0));
    assert_eq!(names(&lab), ALL);
}

#[test]
fn an_original_that_is_left_out_is_known_and_never_called_verified() {
    let lab = phone(Originals::LeftOut);
    let row = lab.import();
    assert_eq!(names(&lab), JPEGS);
    lab.assert_sound(5);
    let made = entries(&lab).remove("IMG_1.JPG").unwrap();
    assert_eq!(lab.catalog.evidence(made.path.as_str()).unwrap(), None);
    let counts = lab.catalog.evidence_counts(&row.id).unwrap();
    assert_eq!(counts.values().sum::<u64>() + 2, row.totals.imported, "two have no verified original");
    let again = |lab: &Lab| {
        assert_eq!(lab.import().totals, totals(0, assets(lab), 0, 0));
        assert_eq!(names(lab), JPEGS);
    };
    again(&lab);
    // By its bytes, too: the same photo from another place.
    lab.source.remove("/a/IMG_1.HEIC");
    lab.source.put("/b/IMG_9.HEIC", heic("one"), 5);
    again(&lab);
    // And with a catalog that was rebuilt.
    let catalog = Catalog::open(&lab.dir.path().join("2.sqlite")).unwrap();
    catch_up(&catalog, &lab.library).unwrap();
    again(&Lab { catalog, ..lab });
}

#[test]
fn a_photo_whose_jpeg_was_deleted_is_new_again() {
    let lab = phone(Originals::LeftOut);
    lab.import();
    lab.library.remove(&LibraryPath::parse("Originals/1970/1970-01-01/IMG_1.JPG").unwrap());
    assert_eq!(lab.import().totals, totals(1, assets(&lab) - 1, 0, 0));
}

#[test]
fn undoing_moves_what_was_made_along() {
    let lab = phone(Originals::Kept);
    let row = lab.import();
    let cancel = CancelFlag::default();
    let env = Undo { destination: &lab.library, catalog: &lab.catalog, cancel: &cancel, progress: &|_, _| {} };
    assert_eq!(undo(&env, &row.id, "2024-01-02T00:00:00Z").unwrap().moved, 7);
    assert!(lab.paths().iter().all(|path| path.starts_with("Removed/")));
    assert_eq!(lab.import().totals, totals(assets(&lab), 0, 0, 0));
    lab.assert_sound(14);
}

#[test]
fn a_drive_that_errs_on_what_is_made_costs_only_that() {
    // The first four are the copies of one asset at a time; what is made of the first photo is read back second.
    for flips in 0..12 {
        let lab = phone(Originals::LeftOut);
        lab.library.flip_read_back_after(flips);
        let row = lab.import();
        assert_eq!(row.totals, totals(assets(&lab), 0, 0, 0), "after {flips} reads");
        lab.assert_sound(5);
    }
}

/// Makes a JPEG, and from then on the drive gives back other bytes than it was given.
struct Spoiler(MemoryLibrary);

impl Converter for Spoiler {
    fn convert(
        &self,
        photo: (&str, &mut dyn ResourceReader),
        edge: Option<u32>,
        quality: u8,
    ) -> Result<Converted, String> {
        self.0.flip_every_read_back();
        FakeConverter.convert(photo, edge, quality)
    }
}

#[test]
fn what_reads_back_differently_is_never_filed_and_its_original_is() {
    let lab = lab(&[("/a/IMG_1.HEIC", &heic("one"), 0)]);
    let (mut plan, told) = (lab.plan(&Selection::AllNew), std::sync::Mutex::new(Vec::new()));
    plan.items[0].asset.details.favorite = true;
    let spoiler = Spoiler(lab.library.clone());
    let env = ImportRun {
        source: &lab.source,
        destination: &lab.library,
        catalog: &lab.catalog,
        zone: &TimeZone::UTC,
        thoroughness: Thoroughness::ReadBack,
        converting: Some(Converting {
            wish: Conversion { originals: Originals::LeftOut, ..WISH },
            converter: &spoiler,
        }),
        sidecars: domain::Sidecars::Written,
        renditions: domain::Renditions::LeftOut,
        wait: None,
        cancel: &lab.cancel,
        news: &|news| {
            if let ImportNews::Warning { message, .. } = news {
                told.lock().unwrap().push(message.to_owned());
            }
        },
    };
    let start = SessionStart {
        id: SessionId::new("0123456789abcdef0123456789abcdef"),
        source: lab.source.id().clone(),
        source_name: "Test".into(),
        started_at: "2024-01-01T00:00:00Z".into(),
    };
    assert_eq!(run(&env, &start, &plan).unwrap().totals, totals(1, 0, 0, 0));
    assert_eq!(names(&lab), ["IMG_1.HEIC"]);
    let told = told.into_inner().unwrap();
    for (told, what) in told.iter().zip(["No JPEG was made", "No sidecar was written"]) {
        let wanted = format!("{what} of IMG_1.HEIC: what the drive gave back is not what was written");
        assert!(told.starts_with(&wanted), "{told}");
    }
    assert_eq!(told.len(), 2);
    lab.library.heal();
    lab.assert_sound(1);
}

#[test]
fn a_library_that_goes_away_at_any_call_has_nothing_that_was_not_verified() {
    for originals in [Originals::Kept, Originals::LeftOut] {
        let wanted: &[&str] = if originals == Originals::Kept { &ALL } else { &JPEGS };
        let mut cut = 0;
        for calls in 0..90 {
            let lab = phone(originals);
            let lab = Lab { source: lab.source.one_at_a_time(), ..lab };
            let plan = lab.plan(&Selection::AllNew);
            lab.library.gone_after(calls);
            cut += usize::from(lab.run(&plan).map_or(true, |row| row.stop.is_some()));
            lab.library.heal();
            let report = verify(&lab.library, &mut |_| {}, &CancelFlag::default()).unwrap();
            assert_eq!((report.changed, report.missing), (vec![], vec![]), "after {calls} calls");
            lab.import();
            assert_eq!(names(&lab), wanted, "after {calls} calls");
            lab.assert_sound(wanted.len() as u64);
            assert_eq!(lab.import().totals, totals(0, assets(&lab), 0, 0), "after {calls} calls");
        }
        assert!(cut > 20, "only {cut} were cut short");
    }
}

#[test]
fn who_stops_in_between_gets_the_rest_converted_later() {
    let lab = phone(Originals::Kept);
    let plan = lab.plan(&Selection::AllNew);
    lab.run_hearing(&plan, &|news| {
        if matches!(news, ImportNews::Bytes(_)) {
            lab.cancel.cancel();
        }
    })
    .unwrap();
    let lab = Lab { cancel: CancelFlag::default(), ..lab };
    lab.import();
    assert_eq!(names(&lab), ALL);
}
