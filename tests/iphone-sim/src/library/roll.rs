//! Invents the assets of a library and the files they have on the phone. How often something befalls an asset is said
//! by the shares here, in thousandths, and by the parts in [`super::cast`].

use super::cast::{Part, deal};
use super::dice::{Dice, For};
use super::expected::{Burst, ExpectedAsset, Kind, Origin, Zone};
use super::{PhotosLibrary, RESTORED};
use crate::media::{Content, MOST_HEAD, Recipe};

const FAVORITES: u64 = 50;
const HIDDEN: u64 = 20;
const DELETED: u64 = 20;
const CAPTIONS: u64 = 40;
const TITLES: u64 = 10;
const KEYWORDS: u64 = 20;
const WITH_PEOPLE: u64 = 200;
const WITH_PLACE: u64 = 600;
/// Rows without a date, or with one that makes no sense.
const UNDATED: u64 = 2;
/// Every so many assets there is a file that no row stands for; every so many of these is not in the camera folder.
const STRAY_EVERY: u64 = 150;
const ELSEWHERE_EVERY: u64 = 4;

/// Phones begin the next folder after this many files.
const PER_FOLDER: u64 = 999;
/// Folders 100 to 999, with strays.
const MOST_ASSETS: u64 = 890_000;
/// 2015-01-01, in seconds since 1970; the roll spans ten years from there.
const FIRST_SECOND: u64 = 1_420_070_400;
const SPAN: u64 = 10 * 365 * 86_400;
const GROUPS: u64 = 400;
const DAY: u64 = 86_400;

const ZONES: [(i32, &str); 4] =
    [(32_400, "Asia/Tokyo"), (-18_000, "America/Bogota"), (3600, "Africa/Lagos"), (19_800, "GMT+0530")];
const WORDS: [&str; 6] = ["animals", "family", "garden", "mountains", "sea", "Été"];
const PEOPLE: [&str; 6] = ["Ana Example", "Bo Example", "Chidi Example", "Dana", "Émile", "Фёдор"];
const SHARED_FOLDER: &str = "PhotoData/PhotoCloudSharingData/17193901029/3E6613B3-1310-43D7-9E4D-56CA29BAA85B/100CLOUD";
/// What the head of every computed movie says.
const MOVIE_SECONDS: f64 = 10.0;
/// A burst frame nobody picked.
const NOT_PICKED: i64 = 2;
/// By how many places the camera's names differ on a phone that was restored.
const SHIFTED: u64 = 5;
/// Seeds for files of one asset.
pub(super) const SEEDS: u64 = 16;

/// What was invented.
pub(super) struct Roll {
    pub(super) assets: Vec<ExpectedAsset>,
    pub(super) files: Vec<(String, Recipe)>,
    pub(super) unknown: Vec<String>,
    pub(super) plan: PhotosLibrary,
    pub(super) dice: Dice,
    identity: For,
    camera: u64,
    shared: u64,
}

impl Roll {
    pub(super) fn invent(mut plan: PhotosLibrary) -> Self {
        plan.assets = plan.assets.min(MOST_ASSETS);
        let (identity, camera) = if plan.seed & RESTORED == 0 { (For::Uuid, 0) } else { (For::UuidRestored, SHIFTED) };
        plan.seed &= !RESTORED;
        let (count, dice) = (plan.assets, Dice(plan.seed));
        let (assets, files, unknown) = (Vec::new(), Vec::new(), Vec::new());
        let mut roll = Self { assets, files, unknown, plan, dice, identity, camera, shared: 0 };
        let parts = (0..count.div_ceil(100)).flat_map(|hundred| deal(dice, hundred));
        for (number, part) in (0..count).zip(parts) {
            let asset = roll.asset(number, part);
            roll.assets.push(asset);
            if number % STRAY_EVERY == 3 {
                roll.stray(number);
            }
        }
        let marker = Recipe { content: Content::Text(""), seed: 0, taken: FIRST_SECOND, size: None };
        roll.files.push(("PhotoData/cpl_enabled_marker".into(), marker));
        roll
    }

    fn asset(&mut self, number: u64, part: Part) -> ExpectedAsset {
        let mut asset = self.bare(number, part);
        self.remark(number, &mut asset);
        self.furnish(number, part, &mut asset);
        asset
    }

    /// An asset with its name and nature.
    fn bare(&mut self, number: u64, part: Part) -> ExpectedAsset {
        let (kind, extension) = kind(part);
        let uuid = self.dice.uuid(self.identity, number);
        let origin = origin(part);
        let (directory, stem) = match origin {
            Origin::ICloud => (self.group(number), uuid.clone()),
            Origin::Camera if part == Part::ScreenRecording => {
                (self.next_of_camera().0, format!("RPReplay_Final{}", self.taken(number)))
            }
            Origin::Camera => self.next_of_camera(),
            Origin::SharedAlbum => {
                self.shared += 1;
                (SHARED_FOLDER.into(), format!("IMG_{:04}", self.shared))
            }
        };
        let file_name = format!("{stem}.{extension}");
        let original_name = match origin {
            Origin::ICloud => format!("IMG_{:04}.{extension}", number % 9999 + 1),
            _ => file_name.clone(),
        };
        let movie = matches!(extension, "MOV" | "MP4");
        let burst = if let Part::Burst(place) = part { Some(self.burst(number, place)) } else { None };
        ExpectedAsset {
            visible: burst.as_ref().is_none_or(|burst| burst.pick != NOT_PICKED),
            created: Some(self.taken(number) as f64),
            seconds: movie.then_some(MOVIE_SECONDS),
            edited: matches!(part, Part::EditedPhoto | Part::EditedLive | Part::EditedMovie | Part::SlowMotion),
            ..ExpectedAsset { uuid, directory, file_name, original_name, kind, origin, burst, ..Default::default() }
        }
    }

    /// What its owner, or the phone, noted down about it.
    fn remark(&self, number: u64, asset: &mut ExpectedAsset) {
        let (dice, befalls) = (self.dice, |what, share| self.dice.per_mille(what, number, share));
        if befalls(For::Date, UNDATED) {
            asset.created = None;
        }
        let zone = dice.below(For::Zone, number, ZONES.len() as u64 + 1) as usize;
        asset.zone = ZONES.get(zone).map(|(offset, name)| Zone { offset: *offset, name });
        if asset.origin == Origin::SharedAlbum {
            return;
        }
        asset.favorite = befalls(For::Favorite, FAVORITES);
        asset.hidden = befalls(For::Hidden, HIDDEN);
        let days_ago = dice.below(For::Deleted, number, 29 * 1000) / 1000;
        asset.deleted = befalls(For::Deleted, DELETED).then(|| (FIRST_SECOND + SPAN - days_ago * DAY) as f64);
        asset.caption = befalls(For::Caption, CAPTIONS).then(|| format!("Caption {number}: \"ça\", 日本\nnext line"));
        asset.title = befalls(For::Title, TITLES).then(|| format!("Title {number}"));
        if befalls(For::Keywords, KEYWORDS) {
            asset.keywords = self.some(For::Keywords, number, &WORDS);
        }
        if befalls(For::People, WITH_PEOPLE) {
            asset.people = self.some(For::People, number, &PEOPLE);
        }
        asset.place = befalls(For::Place, WITH_PLACE).then(|| {
            let part = |shift: u32| ((dice.word(For::Place, number) >> shift) % 10_000) as f64 / 10_000.0;
            (part(20) * 150.0 - 75.0, part(40) * 340.0 - 170.0)
        });
    }

    /// One to three of a list, in its order.
    fn some(&self, what: For, number: u64, list: &[&'static str]) -> Vec<&'static str> {
        let word = self.dice.word(what, number) >> 20;
        let wanted = [0, 8, 16].map(|shift| (word >> shift) as usize % list.len());
        list.iter().enumerate().filter(|(at, _)| wanted.contains(at)).map(|(_, text)| *text).collect()
    }

    /// A file that no row stands for.
    fn stray(&mut self, number: u64) {
        let elsewhere = number / STRAY_EVERY % ELSEWHERE_EVERY == 1;
        let path = if elsewhere {
            format!("{}/{}.JPG", self.group(number), self.dice.uuid(For::Stray, number))
        } else {
            let (folder, stem) = self.next_of_camera();
            format!("{folder}/{stem}.JPG")
        };
        let size = Some(self.size(number, For::Stray, 1));
        let recipe =
            Recipe { content: Content::Photo, seed: number * SEEDS + SEEDS - 1, taken: self.taken(number), size };
        self.unknown.push(path.clone());
        self.files.push((path, recipe));
    }

    fn next_of_camera(&mut self) -> (String, String) {
        let (folder, place) = (100 + self.camera / PER_FOLDER, self.camera % PER_FOLDER + 1);
        self.camera += 1;
        (format!("DCIM/{folder}APPLE"), format!("IMG_{place:04}"))
    }

    fn group(&self, number: u64) -> String {
        format!("PhotoData/CPLAssets/group{}", 1 + self.dice.below(For::Group, number, GROUPS))
    }

    /// All frames have the identifier of the first.
    fn burst(&self, number: u64, place: u8) -> Burst {
        let uuid = self.dice.uuid(For::Album, number - u64::from(place));
        Burst { uuid, pick: [20, NOT_PICKED, 8, NOT_PICKED][usize::from(place)] }
    }

    pub(super) fn taken(&self, number: u64) -> u64 {
        FIRST_SECOND + number * SPAN / self.plan.assets.max(1)
    }

    /// Between half and one and a half of a multiple of the mean.
    pub(super) fn size(&self, number: u64, what: For, times: u64) -> u64 {
        let mean = self.plan.mean_bytes.saturating_mul(times);
        (mean / 2).saturating_add(self.dice.below(what, number, mean)).max(MOST_HEAD)
    }
}

fn kind(part: Part) -> (Kind, &'static str) {
    match part {
        Part::Live | Part::EditedLive | Part::DownloadedLive | Part::CloudLive => (Kind::Live, "JPG"),
        Part::Movie | Part::EditedMovie | Part::CloudMovie => (Kind::Movie, "MOV"),
        Part::SlowMotion => (Kind::SlowMotion, "MOV"),
        Part::TimeLapse => (Kind::TimeLapse, "MOV"),
        Part::Screenshot => (Kind::Screenshot, "PNG"),
        Part::Panorama => (Kind::Panorama, "JPG"),
        Part::ScreenRecording => (Kind::ScreenRecording, "MP4"),
        Part::Animation => (Kind::Animation, "GIF"),
        Part::Portrait => (Kind::Portrait, "JPG"),
        Part::Raw => (Kind::Photo, "DNG"),
        _ => (Kind::Photo, "JPG"),
    }
}

fn origin(part: Part) -> Origin {
    match part {
        Part::Downloaded | Part::DownloadedLive | Part::CloudPhoto | Part::CloudLive | Part::CloudMovie => {
            Origin::ICloud
        }
        Part::Shared => Origin::SharedAlbum,
        _ => Origin::Camera,
    }
}
