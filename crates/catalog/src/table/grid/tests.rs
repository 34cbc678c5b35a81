use super::*;
use crate::ScannedAsset;
use domain::{
    Asset, AssetDetails, Burst, CaptureTime, Fingerprint, LibraryPath, Resource, ResourceRole, SourcePath,
    TimeProvenance,
};

struct Seen {
    catalog: Catalog,
    source: SourceId,
    _dir: tempfile::TempDir,
}

/// A photo taken at this second of one morning.
fn photo(second: u32, details: AssetDetails) -> ScannedAsset {
    let taken = CaptureTime::parse_rfc3339(&format!("2024-03-01T10:00:{second:02}"), TimeProvenance::Exif).unwrap();
    let path = SourcePath::new(format!("DCIM/100APPLE/IMG_{second:04}.HEIC"));
    let resource = Resource {
        role: ResourceRole::Original,
        fingerprint: Fingerprint { path, bytes: 10, modified_ns: 5 },
        taken: None,
        availability: Availability::OnDevice,
        name: None,
        apple: None,
    };
    let id = AssetId::new(second.to_string());
    let asset = Asset { id, kind: AssetKind::Photo, taken, resources: vec![resource], details };
    ScannedAsset { asset, duration_ms: None, warning: None, library_path: None }
}

fn frame(second: u32, picked: bool) -> ScannedAsset {
    photo(second, AssetDetails { burst: Some(Burst { id: "B".into(), picked }), ..AssetDetails::default() })
}

fn in_albums(second: u32, albums: &[&[&str]]) -> ScannedAsset {
    let albums = albums.iter().map(|path| path.iter().map(ToString::to_string).collect()).collect();
    photo(second, AssetDetails { albums, ..AssetDetails::default() })
}

fn seen(assets: &[ScannedAsset]) -> Seen {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(&dir.path().join("c.sqlite")).unwrap();
    let source = SourceId::new("iphone:x");
    let seen = Seen { catalog, source, _dir: dir };
    seen.list(assets);
    seen
}

impl Seen {
    fn list(&self, assets: &[ScannedAsset]) {
        let scan = self.catalog.begin_scan(&self.source).unwrap();
        self.catalog.put_assets(&self.source, scan, assets).unwrap();
        self.catalog.finish_scan(&self.source, scan).unwrap();
    }

    fn part(&self, section: GridSection, album: Option<u32>) -> GridPart {
        GridPart { source: self.source.clone(), section, album, bursts: Bursts::Stacked }
    }

    /// The names of the cells of a part, without what all have in common.
    fn cells(&self, part: &GridPart) -> Vec<u32> {
        let rows = self.catalog.rows(part, 0, 100).unwrap();
        rows.iter().map(|row| row.id.as_str().parse().unwrap()).collect()
    }

    /// Path, assets and new ones of each album.
    fn albums(&self) -> Vec<(String, u32, u32)> {
        let albums = self.catalog.albums(&self.source, 0, 100).unwrap();
        albums.into_iter().map(|album| (album.path.join("/"), album.assets, album.new)).collect()
    }

    fn album(&self, title: &str) -> Option<u32> {
        let albums = self.catalog.albums(&self.source, 0, 100).unwrap();
        albums.iter().find(|album| album.path.last().is_some_and(|last| last == title)).map(|album| album.number)
    }
}

fn copied(mut scanned: ScannedAsset) -> ScannedAsset {
    scanned.library_path = LibraryPath::parse(&format!("Originals/{}.HEIC", scanned.asset.id)).ok();
    scanned
}

#[test]
fn a_burst_is_one_cell_with_what_was_picked_on_top() {
    let plain = |second| photo(second, AssetDetails::default());
    let seen = seen(&[plain(1), frame(2, false), frame(3, true), frame(4, false), frame(5, true), plain(6)]);
    let new = seen.part(GridSection::New, None);
    assert_eq!(seen.cells(&new), [6, 3, 1]);
    let rows = seen.catalog.rows(&new, 0, 9).unwrap();
    let burst = rows[1].burst.clone().unwrap();
    assert_eq!((burst.rows.len(), burst.rows[0], burst.picked), (4, rows[1].row, 2));
    let names = burst.rows.iter().map(|row| seen.catalog.row(*row).unwrap().unwrap().id.to_string());
    assert_eq!(names.collect::<Vec<_>>(), ["3", "5", "2", "4"], "picks first, then by time");
    assert_eq!((&rows[0].burst, &rows[2].burst), (&None, &None));
    // Ids and days go with the cells, and say how much there is behind them.
    let ids = seen.catalog.row_numbers(&new, 0, 9).unwrap();
    assert_eq!(ids, [vec![rows[0].row], burst.rows, vec![rows[2].row]]);
    assert_eq!(seen.catalog.row_numbers(&new, 2, 9).unwrap(), [[rows[2].row]]);
    let days = seen.catalog.days(&new).unwrap();
    assert_eq!((days[0].cells, days[0].assets), (3, 6));
    // A list shows everything.
    let all = GridPart::all(&seen.source, GridSection::New);
    assert_eq!(seen.cells(&all), [6, 5, 4, 3, 2, 1]);
    assert_eq!(seen.catalog.days(&all).unwrap()[0].cells, 6);
}

#[test]
fn frames_that_are_not_where_the_rest_is_have_a_cell_of_their_own() {
    let mut hidden = frame(4, false);
    hidden.asset.details.hidden = true;
    let seen = seen(&[frame(2, false), copied(frame(3, true)), hidden, frame(5, false)]);
    assert_eq!(seen.cells(&seen.part(GridSection::New, None)), [2]);
    assert_eq!(seen.cells(&seen.part(GridSection::AlreadyImported, None)), [3]);
    let alone = seen.catalog.rows(&seen.part(GridSection::Apart(Shelf::Hidden), None), 0, 9).unwrap();
    assert_eq!((alone.len(), &alone[0].burst), (1, &None));
}

#[test]
fn an_album_shows_what_is_in_it_by_date_and_counts_what_is_new() {
    let trips: &[&str] = &["Trips", "Rome"];
    let mut frame = frame(4, false);
    frame.asset.details.albums = vec![vec!["Best".into()]];
    let mut hidden = in_albums(6, &[&["Best"], &["Secret"]]);
    hidden.asset.details.hidden = true;
    let seen = seen(&[
        in_albums(1, &[trips, &["Best"]]),
        in_albums(2, &[trips]),
        copied(in_albums(3, &[trips])),
        frame,
        in_albums(5, &[]),
        hidden,
    ]);
    assert_eq!(seen.albums(), [("Best".into(), 2, 2), ("Trips/Rome".into(), 3, 2)]);
    let rome = seen.album("Rome");
    assert_eq!(seen.cells(&seen.part(GridSection::New, rome)), [2, 1]);
    assert_eq!(seen.cells(&seen.part(GridSection::AlreadyImported, rome)), [3]);
    let best = seen.album("Best");
    assert_eq!(seen.cells(&seen.part(GridSection::New, best)), [4, 1], "a frame in an album is shown there");
    assert_eq!(seen.cells(&seen.part(GridSection::Apart(Shelf::Hidden), best)), [6]);
    assert_eq!(seen.catalog.days(&seen.part(GridSection::New, rome)).unwrap()[0].assets, 2);
    assert_eq!(seen.catalog.in_album(&seen.source, rome.unwrap()).unwrap().len(), 3);
    assert_eq!(seen.catalog.in_album(&SourceId::new("iphone:other"), rome.unwrap()).unwrap(), []);
    assert_eq!(seen.catalog.row_numbers(&seen.part(GridSection::New, Some(999)), 0, 9).unwrap().len(), 0);
}

#[test]
fn an_album_keeps_its_number_as_long_as_it_has_something_in_it() {
    let seen = seen(&[in_albums(1, &[&["Rome"]]), in_albums(2, &[&["Paris"]])]);
    let (rome, paris) = (seen.album("Rome"), seen.album("Paris"));
    seen.list(&[in_albums(1, &[&["Rome"], &["Rome"]]), in_albums(2, &[])]);
    assert_eq!((seen.album("Rome"), seen.album("Paris")), (rome, None));
    assert_eq!(seen.albums(), [("Rome".into(), 1, 1)], "two of one name are one");
    seen.list(&[in_albums(1, &[&["Rome"]]), in_albums(2, &[&["Oslo"]])]);
    assert_ne!(seen.album("Oslo"), paris, "whoever looks at the one must not see the other");
}

#[test]
fn marks_come_with_the_cells() {
    let details = AssetDetails { favorite: true, edited: true, ..AssetDetails::default() };
    let mut cloud = photo(2, AssetDetails { edited: true, ..AssetDetails::default() });
    cloud.asset.resources[0].availability = Availability::OnlyInICloud;
    let seen = seen(&[photo(1, details), cloud, photo(3, AssetDetails::default())]);
    let marks = |section| {
        let rows = seen.catalog.rows(&seen.part(section, None), 0, 9).unwrap();
        rows.iter().map(|r| (r.favorite, r.edited, r.availability)).collect::<Vec<_>>()
    };
    let here = Availability::OnDevice;
    assert_eq!(marks(GridSection::New), [(false, false, here), (true, true, here)]);
    assert_eq!(marks(GridSection::OnlyInICloud), [(false, true, Availability::OnlyInICloud)]);
}
