//! Albums and folders over the invented assets.

use super::dice::For;
use super::expected::{ExpectedAlbum, ExpectedShare, Origin};
use super::roll::Roll;

pub(super) const ALBUM: i64 = 2;
pub(super) const FOLDER: i64 = 4000;
pub(super) const SHARED: i64 = 1505;
pub(super) const IMPORT: i64 = 1506;
pub(super) const PROGRESS: i64 = 3571;
pub(super) const SMART: i64 = 1612;
/// One album for so many assets, within limits.
const ASSETS_PER_ALBUM: u64 = 250;
const MOST_ALBUMS: u64 = 300;
const ALBUMS_PER_FOLDER: u64 = 12;
/// Members of an album are found in a stretch of the roll this long.
const STRETCH: u64 = 120;

impl Roll {
    /// UUIDs of the assets in shared albums.
    pub(super) fn shared(&self) -> Vec<String> {
        let shared = self.assets.iter().filter(|asset| asset.origin == Origin::SharedAlbum);
        shared.map(|asset| asset.uuid.clone()).collect()
    }

    /// A share with these assets in it.
    pub(super) fn share(&self, assets: Vec<String>) -> ExpectedShare {
        ExpectedShare { uuid: self.dice.uuid(For::Album, u64::MAX / 4 + 1), title: "Family 26".into(), assets }
    }

    /// The albums, folders before what is in them.
    pub(super) fn albums(&self, shared: Vec<String>) -> Vec<ExpectedAlbum> {
        let mut list = Albums { roll: self, made: Vec::new() };
        list.folder("Trips", &[]);
        list.folder("2024", &["Trips"]);
        list.album(ALBUM, "Paris/Été ✨", &["Trips", "2024"], 40);
        list.album(ALBUM, "Empty", &[], 0);
        list.album(ALBUM, "Twin", &[], 7);
        list.album(ALBUM, "twin", &[], 5);
        list.album(ALBUM, "Deleted", &[], 3);
        if let Some(deleted) = list.made.last_mut() {
            deleted.trashed = true;
        }
        let more = (self.plan.assets / ASSETS_PER_ALBUM).min(MOST_ALBUMS);
        for number in 0..more {
            let folder = format!("Folder {}", number / ALBUMS_PER_FOLDER + 1);
            if number % ALBUMS_PER_FOLDER == 0 {
                list.folder(&folder, &[]);
            }
            list.album(ALBUM, &format!("Album {}", number + 1), &[&folder], 60);
        }
        list.shared("Family", shared);
        list.technical(IMPORT, None);
        list.technical(PROGRESS, Some("progress-sync"));
        list.technical(SMART, None);
        list.made
    }
}

struct Albums<'a> {
    roll: &'a Roll,
    made: Vec<ExpectedAlbum>,
}

impl Albums<'_> {
    fn bare(&self, kind: i64, title: Option<&str>, folders: &[&str]) -> ExpectedAlbum {
        let uuid = self.roll.dice.uuid(For::Album, u64::MAX / 4 - self.made.len() as u64);
        let folders = folders.iter().map(|title| (*title).to_owned()).collect();
        ExpectedAlbum { uuid, kind, title: title.map(str::to_owned), folders, trashed: false, assets: Vec::new() }
    }

    fn folder(&mut self, title: &str, folders: &[&str]) {
        self.made.push(self.bare(FOLDER, Some(title), folders));
    }

    /// An album with up to so many assets, in an order that is not that of their rows.
    fn album(&mut self, kind: i64, title: &str, folders: &[&str], most: u64) {
        let mut album = self.bare(kind, Some(title), folders);
        let (dice, number, assets) = (self.roll.dice, self.made.len() as u64, &self.roll.assets);
        let start = dice.below(For::Album, number, assets.len() as u64);
        let mut members = (0..STRETCH.min(assets.len() as u64))
            .map(|step| (start + step) % assets.len() as u64)
            .filter(|asset| assets[*asset as usize].origin != Origin::SharedAlbum)
            .collect::<Vec<_>>();
        members.sort_by_key(|asset| dice.word(For::Album, number << 32 | asset));
        members.truncate(most as usize);
        album.assets = members.iter().map(|asset| assets[*asset as usize].uuid.clone()).collect();
        self.made.push(album);
    }

    fn shared(&mut self, title: &str, assets: Vec<String>) {
        let mut album = self.bare(SHARED, Some(title), &[]);
        album.assets = assets;
        self.made.push(album);
    }

    fn technical(&mut self, kind: i64, title: Option<&str>) {
        self.made.push(self.bare(kind, title, &[]));
    }
}
