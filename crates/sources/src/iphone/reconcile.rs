//! The library's photos and the phone's files, held against each other. Pure: nothing is asked of the phone here.

use super::SharedAlbums;
use super::albums::{self, AlbumPath};
use super::files::{Files, absent};
use super::paths::{EDITS, ELSEWHERE, is_safe};
use super::{details, moment, words};
use crate::byte_names;
use domain::{
    AppleFingerprint, AssetKind, Availability, Fingerprint, ListEntry, ListedAsset, Resource, ResourceRole,
    SourceError, file_stem,
};
use iphone::photos_db::{Listed, PhotosAsset, PhotosLibrary, PhotosResource, PhotosRole};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

const NEVER_READ: &str = "the phone's library says that it lies where Keepsake never reads";
const UNNAMED: &str = "unnamed";
const UNFINISHED: &str =
    "the phone is still working on this photo: its file will change, and can then be imported again";

/// Returns the folder in which the phone keeps the edits of a photo.
pub(super) fn edits_folder(asset: &PhotosAsset) -> Option<String> {
    let (directory, filename) = (asset.directory.as_deref()?, asset.filename.as_deref()?);
    let folder = format!("{EDITS}{directory}/{}/Adjustments", file_stem(filename));
    super::paths::on_phone(&domain::SourcePath::new(format!("{folder}/x"))).is_ok().then_some(folder)
}

/// A library, the files found so far, and which rows belong to which photo.
pub(super) struct Reconciling<'a> {
    library: &'a PhotosLibrary,
    shared: SharedAlbums,
    /// In the order of the photos they belong to.
    rows: Vec<&'a PhotosResource>,
    /// Where the rows of each photo are.
    places: HashMap<i64, Range<usize>>,
    albums: HashMap<i64, Vec<AlbumPath>>,
    doubtful: HashSet<AppleFingerprint>,
    pub(super) files: Files,
}

impl<'a> Reconciling<'a> {
    pub(super) fn new(library: &'a PhotosLibrary, files: Files, shared: SharedAlbums) -> Self {
        let mut rows: Vec<&PhotosResource> = library.resources.iter().collect();
        rows.sort_by_key(|row| row.asset);
        let (mut places, mut from) = (HashMap::with_capacity(library.assets.len()), 0);
        for rows in rows.chunk_by(|one, other| one.asset == other.asset) {
            places.extend(rows.first().map(|row| (row.asset, from..from + rows.len())));
            from += rows.len();
        }
        let mut albums = albums::of_assets(&library.albums);
        let of_others = library.assets.iter().filter(|asset| asset.listed() == Listed::OnlyShared);
        let mut titles = albums::shared_of_assets(&library.albums);
        albums.extend(of_others.filter_map(|asset| Some((asset.key, titles.remove(&asset.key)?))));
        Self { library, shared, rows, places, albums, doubtful: doubtful(&library.resources), files }
    }

    fn rows_of(&self, asset: &PhotosAsset) -> &[&'a PhotosResource] {
        self.places.get(&asset.key).and_then(|place| self.rows.get(place.clone())).unwrap_or_default()
    }

    /// Lists the paths of originals that were not found and deserve a second look: they are in a folder that was not
    /// walked, or the library says that they are on the phone, and their folder may not have been readable.
    pub(super) fn unseen(&mut self) -> Vec<String> {
        let shared = self.shared;
        let listed = self.library.assets.iter().filter(|asset| is_wanted(asset, shared));
        let paths = listed.filter_map(|asset| Some((asset, original_path(asset)?)));
        let wanted = paths.filter(|(asset, path)| {
            let outside = ELSEWHERE.iter().any(|folder| path.starts_with(folder));
            (outside || self.claims_to_be_here(asset)) && !self.files.knows(path)
        });
        wanted.map(|(_, path)| path).collect()
    }

    fn claims_to_be_here(&self, asset: &PhotosAsset) -> bool {
        let rows = self.rows_of(asset);
        let original = |row: &&&PhotosResource| {
            use PhotosRole::{OriginalPhoto, OriginalVideo, SharedPhoto, SharedVideo};
            matches!(row.role, OriginalPhoto | OriginalVideo | SharedPhoto | SharedVideo)
        };
        rows.iter().find(original).is_none_or(|row| row.local != Some(-1))
    }

    /// Makes an entry of every photo that its owner sees as part of the library, and claims its files. What is only shared
    /// with the owner is left out, and so are its files.
    pub(super) fn assets(&mut self) -> impl Iterator<Item = ListEntry> {
        let mut order: Vec<&PhotosAsset> = self.library.assets.iter().collect();
        order.sort_by(|a, b| (&a.directory, &a.filename, a.key).cmp(&(&b.directory, &b.filename, b.key)));
        let mut seen = HashSet::new();
        order.into_iter().filter_map(move |asset| self.entry(asset, &mut seen))
    }

    fn entry(&mut self, asset: &PhotosAsset, seen: &mut HashSet<String>) -> Option<ListEntry> {
        if !is_wanted(asset, self.shared) {
            let claimed = original_path(asset).and_then(|path| self.files.claim(&path));
            return claimed.map(|file| ListEntry::Ignored(file.path));
        }
        let mut listed = self.asset(asset)?;
        // Two rows with one identity cannot both be that photo.
        if !listed.details.uuid.as_ref().is_none_or(|uuid| seen.insert(uuid.clone())) {
            listed.details.uuid = None;
        }
        Some(ListEntry::Asset(Box::new(listed)))
    }

    fn asset(&mut self, asset: &PhotosAsset) -> Option<ListedAsset> {
        let rows = self.rows_of(asset).to_vec();
        let mut parts = Parts::collect(asset, &rows, &mut self.files)?;
        // A file that the phone will write anew is not the one that it has a fingerprint of.
        let deferred = asset.deferred_photo || asset.deferred_video;
        parts.resources.iter_mut().for_each(|r| r.apple = r.apple.filter(|a| !deferred && !self.doubtful.contains(a)));
        let details = details::of(asset, &self.albums.remove(&asset.key).unwrap_or_default());
        let live = parts.resources.iter().any(|r| r.role == ResourceRole::PairedVideo);
        let kind = match (asset.is_video(), live || asset.is_live()) {
            (true, _) => AssetKind::Video,
            (false, true) => AssetKind::LivePhoto,
            (false, false) => AssetKind::Photo,
        };
        Some(ListedAsset {
            kind,
            taken_ns: asset.created_ns,
            offset_minutes: moment::offset_minutes(asset),
            warning: parts.lacking().or_else(|| deferred.then(|| UNFINISHED.to_owned())),
            resources: parts.resources,
            details,
        })
    }
}

/// Lists the fingerprints that several originals have. Either one is a copy of the other, or one of them is wrong; which it
/// is only their bytes tell.
fn doubtful(rows: &[PhotosResource]) -> HashSet<AppleFingerprint> {
    let mut seen = HashSet::new();
    let known = rows.iter().filter(|row| is_written_once(row)).filter_map(|row| row.apple);
    known.filter(|apple| !seen.insert(*apple)).collect()
}

/// Tells whether the phone never writes a file of this kind a second time. Recipes and edits change under one name.
fn is_written_once(row: &PhotosResource) -> bool {
    use PhotosRole::{Alternate, LiveVideo, OriginalPhoto, OriginalVideo};
    matches!(row.role, OriginalPhoto | OriginalVideo | LiveVideo | Alternate)
}

/// Returns Apple's fingerprint of a file, if it can be of that file: of this size.
fn apple_of(row: &PhotosResource, file: &Fingerprint) -> Option<AppleFingerprint> {
    let of_this = row.bytes.is_none_or(|bytes| u64::try_from(bytes) == Ok(file.bytes));
    row.apple.filter(|_| of_this && is_written_once(row))
}

/// Tells whether a photo is listed: one of the library, or of a shared album where these are wished for.
fn is_wanted(asset: &PhotosAsset, shared: SharedAlbums) -> bool {
    asset.listed() == Listed::Yes || (shared == SharedAlbums::Listed && asset.is_in_shared_album())
}

/// Returns where the original is, `None` where the library names no place, or one that is never read.
fn original_path(asset: &PhotosAsset) -> Option<String> {
    let path = format!("{}/{}", asset.directory.as_deref()?, asset.filename.as_deref()?);
    super::paths::on_phone(&domain::SourcePath::new(&path)).is_ok().then_some(path)
}

/// Names the place of a photo that cannot be read there: as the library does, else by its identity.
fn place_of(asset: &PhotosAsset, name: &str) -> String {
    let told = asset.directory.as_deref().zip(asset.filename.as_deref());
    let told = told.map(|(directory, filename)| format!("{directory}/{filename}"));
    let harmless =
        |path: &String| path.split('/').all(|part| is_safe(part.as_bytes())) && byte_names::is_canonical(path);
    told.filter(harmless).unwrap_or_else(|| match words::line(asset.uuid.as_deref()) {
        Some(uuid) => format!("{uuid}/{name}"),
        None => format!("{}/{name}", asset.key),
    })
}

/// The files of one photo, as they come together.
struct Parts<'a> {
    asset: &'a PhotosAsset,
    resources: Vec<Resource>,
    /// The name its owner knows, without extension.
    stem: String,
    /// Why one of its files could not be looked at.
    failure: Option<String>,
}

impl<'a> Parts<'a> {
    /// Claims the files of a photo; the original first, whether it is there or not. `None` where the library has not taken
    /// the photo in yet and there is no file.
    fn collect(asset: &'a PhotosAsset, rows: &[&PhotosResource], files: &mut Files) -> Option<Self> {
        let named = asset.original_name.as_deref().or(asset.filename.as_deref()).unwrap_or(UNNAMED);
        let known = named.rsplit('/').next().unwrap_or(named);
        let mut parts = Self { asset, resources: Vec::new(), stem: file_stem(known).to_owned(), failure: None };
        let wanted = match (asset.is_in_shared_album(), asset.is_video()) {
            (false, false) => PhotosRole::OriginalPhoto,
            (false, true) => PhotosRole::OriginalVideo,
            (true, false) => PhotosRole::SharedPhoto,
            (true, true) => PhotosRole::SharedVideo,
        };
        let original = rows.iter().copied().find(|row| row.role == wanted);
        let path = original_path(asset).unwrap_or_else(|| {
            let path = place_of(asset, known);
            files.fail(&path, SourceError::Unreadable { path: path.clone(), reason: NEVER_READ.to_owned() });
            path
        });
        let candidates = original.map(|row| row.candidates(asset)).unwrap_or_default();
        parts.add(ResourceRole::Original, (original, &path, candidates), files);
        let here = parts.resources.iter().any(|r| r.availability == Availability::OnDevice);
        if !asset.complete && !here && parts.failure.is_none() {
            return None;
        }
        for row in rows {
            if let Some(role) = role_beside(row) {
                let candidates = row.candidates(asset);
                let Some(first) = candidates.first().cloned() else { continue };
                parts.add(role, (Some(row), &first, candidates), files);
            }
        }
        parts.add_neighbours(&path, files);
        parts.add_edits(rows, files);
        parts.resources.sort_by_key(|r| r.role);
        Some(parts)
    }

    /// Adds the first candidate that is there; else a resource that is not.
    fn add(
        &mut self,
        role: ResourceRole,
        (row, path, candidates): (Option<&PhotosResource>, &str, Vec<String>),
        files: &mut Files,
    ) {
        let all: Vec<&str> = candidates.iter().map(String::as_str).chain([path]).collect();
        let found = all.iter().filter(|path| is_reachable(path)).find_map(|path| files.claim(path));
        let failure = all.iter().filter_map(|path| files.take_failure(path)).next();
        let in_icloud = row.is_some_and(|row| row.remote == Some(1));
        let (fingerprint, availability) = match found {
            Some(file) => (file, Availability::OnDevice),
            // It may well be there: an import that tries it says what is wrong.
            None if failure.is_some() => {
                self.failure = failure.map(|error| error.to_string());
                (absent(path, expected(self.asset, row)), Availability::Missing)
            }
            None if in_icloud => (absent(path, expected(self.asset, row)), Availability::OnlyInICloud),
            // What neither the phone nor iCloud has was never promised, unless it is the photo itself.
            None if role == ResourceRole::Original || row.is_some_and(|row| row.local == Some(1)) => {
                (absent(path, expected(self.asset, row)), Availability::Missing)
            }
            None => return,
        };
        let apple = row.and_then(|row| apple_of(row, &fingerprint));
        self.push(role, fingerprint, availability, apple);
    }

    fn push(
        &mut self,
        role: ResourceRole,
        fingerprint: Fingerprint,
        availability: Availability,
        apple: Option<AppleFingerprint>,
    ) {
        let name = self.library_name(role, fingerprint.path.file_name());
        let name = (name != fingerprint.path.file_name()).then_some(name);
        self.resources.push(Resource { role, fingerprint, taken: None, availability, name, apple });
    }

    /// Takes along what lies beside the original under its name and no row tells of: the film of a Live Photo, recipes,
    /// sidecars.
    fn add_neighbours(&mut self, original: &str, files: &mut Files) {
        let stem = original.rsplit_once('.').map_or(original, |(stem, _)| stem);
        let has_film = self.resources.iter().any(|r| r.role == ResourceRole::PairedVideo);
        let film = (self.asset.is_live() && !has_film).then_some(("MOV", ResourceRole::PairedVideo));
        let others = [("AAE", ResourceRole::Adjustments), ("XMP", ResourceRole::Sidecar)];
        for (extension, role) in film.into_iter().chain(others) {
            if let Some(file) = files.claim(&format!("{stem}.{extension}")) {
                self.push(role, file, Availability::OnDevice, None);
            }
        }
    }

    /// Takes the edits that lie in their folder, and notes those that are only in iCloud.
    fn add_edits(&mut self, rows: &[&PhotosResource], files: &mut Files) {
        let folder = edits_folder(self.asset).unwrap_or_default();
        let refused = files.take_failure(&folder).map(|error| error.to_string());
        let inside = files.unclaimed_in(&folder);
        let mut rendered: HashSet<bool> = HashSet::new();
        for path in inside {
            let name = path.rsplit('/').next().unwrap_or_default().to_lowercase();
            let role = match name.as_str() {
                "adjustments.plist" | "adjustments.data" | "adjustmentssecondary.data" => ResourceRole::Adjustments,
                name if name.starts_with("fullsizerender.") => ResourceRole::Edited,
                _ => continue,
            };
            if let Some(file) = files.claim(&path) {
                if role == ResourceRole::Edited {
                    rendered.insert(is_film(&name));
                }
                self.push(role, file, Availability::OnDevice, None);
            }
        }
        for row in rows {
            let film = match row.role {
                PhotosRole::EditedPhoto => false,
                PhotosRole::EditedVideo | PhotosRole::EditedLiveVideo => true,
                _ => continue,
            };
            let candidates = row.candidates(self.asset);
            let (Some(first), true) = (candidates.first(), rendered.insert(film)) else { continue };
            match refused {
                // It may well be there.
                Some(_) => {
                    let file = absent(first, expected(self.asset, Some(row)));
                    self.push(ResourceRole::Edited, file, Availability::Missing, None);
                }
                None => self.add(ResourceRole::Edited, (Some(row), first, Vec::new()), files),
            }
        }
        self.failure = self.failure.take().or(refused);
    }

    /// Names a file in the library: as its owner knows it, edits marked as the phone marks them for other programs.
    fn library_name(&self, role: ResourceRole, actual: &str) -> String {
        let extension = actual.rsplit_once('.').map_or("", |(_, extension)| extension);
        let stem = &self.stem;
        let taken = |name: &str| self.resources.iter().any(|r| r.file_name().eq_ignore_ascii_case(name));
        match role {
            ResourceRole::Edited => format!("{}.{extension}", edited_stem(stem)),
            ResourceRole::Adjustments if extension.eq_ignore_ascii_case("plist") => {
                let plain = format!("{stem}.AAE");
                if taken(&plain) { format!("{}.AAE", edited_stem(stem)) } else { plain }
            }
            ResourceRole::Adjustments if extension.eq_ignore_ascii_case("data") => format!("{stem}.{actual}"),
            _ if extension.is_empty() => stem.clone(),
            _ => format!("{stem}.{extension}"),
        }
    }

    /// Says what of the photo cannot be had, `None` when it is whole or its original is wanting.
    fn lacking(&self) -> Option<String> {
        if self.failure.is_some() {
            return self.failure.clone();
        }
        let (original, others) = self.resources.split_first()?;
        if original.availability == Availability::Missing {
            return Some("the phone lists this photo, but has no file for it, and neither has iCloud".to_owned());
        }
        let wanting = others.iter().find(|r| r.availability != Availability::OnDevice)?;
        let what = match wanting.role {
            ResourceRole::PairedVideo => "the film of this Live Photo",
            ResourceRole::RawAlternate => "the raw file of this photo",
            ResourceRole::Edited => "the edited version of this photo",
            _ => "a part of this photo",
        };
        let place =
            if wanting.availability == Availability::OnlyInICloud { "only in iCloud" } else { "not on the phone" };
        Some(format!("{what} is {place}"))
    }
}

fn is_film(name: &str) -> bool {
    [".mov", ".mp4", ".m4v"].iter().any(|end| name.ends_with(end))
}

/// Paths that may be opened later; others lead nowhere.
fn is_reachable(path: &str) -> bool {
    super::paths::on_phone(&domain::SourcePath::new(path)).is_ok()
}

/// `IMG_0007` becomes `IMG_E0007`, as the phone calls it itself; other names get a word at their end.
fn edited_stem(stem: &str) -> String {
    match stem.split_once('_') {
        Some((head @ "IMG", digits)) if digits.len() >= 4 && digits.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{head}_E{digits}")
        }
        _ => format!("{stem}_edited"),
    }
}

/// Returns what a row's file is to the photo, `None` for the original, for edits, and for what is not taken along.
fn role_beside(row: &PhotosResource) -> Option<ResourceRole> {
    Some(match row.role {
        PhotosRole::LiveVideo => ResourceRole::PairedVideo,
        PhotosRole::Alternate => ResourceRole::RawAlternate,
        PhotosRole::Sidecar if row.uti.as_deref() == Some("public.data") => ResourceRole::Sidecar,
        PhotosRole::Sidecar => ResourceRole::Adjustments,
        PhotosRole::Audio => ResourceRole::Sidecar,
        _ => return None,
    })
}

/// Returns how large a file should be that is not there.
fn expected(asset: &PhotosAsset, row: Option<&PhotosResource>) -> u64 {
    let told = row.and_then(|row| row.bytes).or(asset.original_bytes);
    told.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0)
}
