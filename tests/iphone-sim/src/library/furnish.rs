//! The resources of an asset, as rows and as files.

use super::cast::Part;
use super::dice::For;
use super::expected::{Availability, ExpectedAsset, ExpectedResource, Kind, Role};
use super::fingerprint;
use super::roll::{Roll, SEEDS};
use crate::media::{Content, MOST_HEAD, Recipe};

const SIDECAR: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict/></plist>\n";
/// What phones leave beside an edit: steps on the way to it, and smaller ones.
const BY_PRODUCTS: [&str; 3] =
    ["PenultimateFullSizeRender.jpg", "SubstandardFullSizeRender.jpg", "AsyncRenderPreview.JPG"];
/// Of a thousand originals from the camera, how many iCloud has as well.
const UPLOADED: u64 = 500;

/// Of a thousand originals that are only in iCloud, how many have no smaller picture here but the thumbnail.
const WITHOUT_RENDITION: u64 = 70;

/// Where the bytes of a resource are, by its row and in truth.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Here,
    HereAndInICloud,
    InICloud,
    Nowhere,
    SaidToBeHere,
}

impl Roll {
    /// Gives an asset its resources and files.
    pub(super) fn furnish(&mut self, number: u64, part: Part, asset: &mut ExpectedAsset) {
        let uploaded = self.dice.per_mille(For::Fingerprint, number, UPLOADED);
        let state = match part {
            Part::CloudPhoto | Part::CloudLive | Part::CloudMovie | Part::Evicted => State::InICloud,
            Part::Downloaded | Part::DownloadedLive | Part::Shared => State::HereAndInICloud,
            Part::Lost => State::Nowhere,
            Part::Gone => State::SaidToBeHere,
            _ if uploaded => State::HereAndInICloud,
            _ => State::Here,
        };
        let primary = match part {
            Part::Shared => Role::SharedPhoto,
            _ if asset.seconds.is_some() => Role::OriginalVideo,
            _ => Role::OriginalPhoto,
        };
        self.add(number, asset, primary, state);
        if asset.kind == Kind::Live {
            self.add(number, asset, Role::LiveVideo, state);
        }
        match part {
            Part::RawAndJpeg => self.add(number, asset, Role::Alternate, state),
            Part::Portrait => self.add(number, asset, Role::Sidecar, state),
            _ => {}
        }
        if state == State::InICloud && !self.dice.per_mille(For::Rendition, number, WITHOUT_RENDITION) {
            self.add(number, asset, Role::Rendition, State::HereAndInICloud);
        }
        self.edit(number, part, asset);
        // Phones have the one or the other.
        let name = if self.plan.seed.is_multiple_of(2) { "5005.JPG" } else { "5003.JPG" };
        asset.thumbnail = format!("PhotoData/Thumbnails/V2/{}/{}/{name}", asset.directory, asset.file_name);
        self.place(number, asset.thumbnail.clone(), 0, Content::Thumbnail);
    }

    fn edit(&mut self, number: u64, part: Part, asset: &mut ExpectedAsset) {
        let renders: &[Role] = match part {
            Part::EditedPhoto => &[Role::EditedPhoto],
            Part::EditedMovie => &[Role::EditedVideo],
            Part::EditedLive => &[Role::EditedPhoto, Role::EditedLiveVideo],
            _ => return,
        };
        for role in renders {
            self.add(number, asset, *role, State::Here);
        }
        let list = format!("{}Adjustments.plist", adjustments(asset));
        self.place(number, list.clone(), 1, Content::Text(SIDECAR));
        asset.beside.push(list);
        for (seed, name) in (2..).zip(BY_PRODUCTS) {
            let path = format!("{}{name}", adjustments(asset));
            self.place(number, path.clone(), seed, Content::Photo);
            asset.by_products.push(path);
        }
    }

    /// A file of its head alone.
    fn place(&mut self, number: u64, path: String, seed: u64, content: Content) {
        let recipe = Recipe { content, seed: number * SEEDS + seed, taken: self.taken(number), size: None };
        self.files.push((path, recipe));
    }

    fn add(&mut self, number: u64, asset: &mut ExpectedAsset, role: Role, state: State) {
        let (path, uti) = (path(role, asset), uti(role, asset));
        let recipe = self.recipe(number, role, uti);
        let (local, remote, availability) = match state {
            State::Here => (1, 0, Availability::OnDevice),
            State::HereAndInICloud => (1, 1, Availability::OnDevice),
            State::InICloud => (-1, 1, Availability::OnlyInICloud),
            State::Nowhere => (-1, 0, Availability::Missing),
            State::SaidToBeHere => (1, 0, Availability::Missing),
        };
        let fingerprint = (remote == 1).then(|| fingerprint::of(&recipe));
        let size = recipe.size();
        if availability == Availability::OnDevice {
            self.files.push((path.clone(), recipe));
        }
        asset.resources.push(ExpectedResource { role, path, availability, local, remote, size, uti, fingerprint });
    }

    fn recipe(&self, number: u64, role: Role, uti: &str) -> Recipe {
        // A thumbnail shows the picture of its photo, so both have seed 0.
        let seed = match role {
            Role::OriginalPhoto | Role::OriginalVideo | Role::SharedPhoto => 0,
            other => other as u64,
        };
        let (content, times) = match (role, uti) {
            (Role::Sidecar, _) => (Content::Text(SIDECAR), 0),
            (Role::Rendition, JPEG) => (Content::Thumbnail, 0),
            (Role::OriginalVideo | Role::EditedVideo, _) => (Content::Movie, 10),
            (_, MOVIE | MPEG) => (Content::Movie, 1),
            (_, RAW) => (Content::Raw, 3),
            (_, GIF) => (Content::Animation, 1),
            (_, PNG) => (Content::Screenshot, 1),
            _ => (Content::Photo, 1),
        };
        let seed = number * SEEDS + seed;
        let size = (times > 0).then(|| self.size(seed, For::Size, times).max(MOST_HEAD));
        Recipe { content, seed, taken: self.taken(number), size }
    }
}

const JPEG: &str = "public.jpeg";
const GIF: &str = "com.compuserve.gif";
const PNG: &str = "public.png";
const RAW: &str = "com.adobe.raw-image";
const MOVIE: &str = "com.apple.quicktime-movie";
const MPEG: &str = "public.mpeg-4";
const ENVELOPE: &str = "com.apple.photos.apple-adjustment-envelope";

fn stem_and_extension(asset: &ExpectedAsset) -> (&str, &str) {
    asset.file_name.rsplit_once('.').unwrap_or((&asset.file_name, ""))
}

/// The folder of an asset's edits, with a slash at its end.
fn adjustments(asset: &ExpectedAsset) -> String {
    format!("PhotoData/Mutations/{}/{}/Adjustments/", asset.directory, stem_and_extension(asset).0)
}

fn path(role: Role, asset: &ExpectedAsset) -> String {
    let (directory, (stem, extension)) = (&asset.directory, stem_and_extension(asset));
    match role {
        Role::OriginalPhoto | Role::OriginalVideo | Role::SharedPhoto => format!("{directory}/{}", asset.file_name),
        Role::LiveVideo => format!("{directory}/{stem}.MOV"),
        Role::Alternate => format!("{directory}/{stem}.DNG"),
        Role::Sidecar => format!("{directory}/{stem}.AAE"),
        Role::EditedPhoto => format!("{}FullSizeRender.jpg", adjustments(asset)),
        Role::EditedVideo | Role::EditedLiveVideo => format!("{}FullSizeRender.mov", adjustments(asset)),
        Role::Rendition if extension == "MOV" => format!("PhotoData/Metadata/{directory}/{stem}.medium.MP4"),
        Role::Rendition => format!("PhotoData/Metadata/{directory}/{stem}.JPG"),
    }
}

/// The type of an asset's primary file.
pub(super) fn primary_uti(asset: &ExpectedAsset) -> &'static str {
    match stem_and_extension(asset).1 {
        "MOV" => MOVIE,
        "MP4" => MPEG,
        "GIF" => GIF,
        "DNG" => RAW,
        "PNG" => PNG,
        _ => JPEG,
    }
}

fn uti(role: Role, asset: &ExpectedAsset) -> &'static str {
    match role {
        Role::OriginalPhoto | Role::OriginalVideo | Role::SharedPhoto => primary_uti(asset),
        Role::LiveVideo | Role::EditedVideo | Role::EditedLiveVideo => MOVIE,
        Role::Alternate => RAW,
        Role::Sidecar => ENVELOPE,
        Role::EditedPhoto => JPEG,
        Role::Rendition if primary_uti(asset) == MOVIE => MPEG,
        Role::Rendition => JPEG,
    }
}
