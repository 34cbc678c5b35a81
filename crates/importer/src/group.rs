//! From files to assets: which files are one photo.
//!
//! Pure. Looks at one folder at a time, for names mean nothing across folders. The surest sign comes first: Apple's content
//! identifier; a shared name only where there is none, and never across unlike times.

use crate::hashing::asset_id;
use crate::inspect::Inspected;
use catalog::ScannedAsset;
use domain::{
    Asset, AssetDetails, AssetKind, Availability, CaptureTime, MediaKind, Resource, ResourceRole, SourceId, file_stem,
};
use jiff::tz::TimeZone;
use std::collections::HashMap;

/// How far apart the clocks of two files of one photo may stand. An iPhone stamps the video of a Live Photo up to 3 s
/// beside its still.
const NEAR_SECONDS: i64 = 3;

/// Files of one asset, at most; real ones have a dozen. All of them are open until the asset is filed, and some systems allow
/// 256 open files.
pub(crate) const MOST_FILES: usize = 32;

/// Groups the files of one folder. The order of the result is that of the primary files' paths; what is too much for one
/// asset comes last.
pub(crate) fn group(source: &SourceId, files: &[Inspected], zone: &TimeZone) -> Vec<ScannedAsset> {
    let mut grouping = Grouping::new(files);
    grouping.pair_by_identifier();
    grouping.pair_by_name();
    grouping.attach_edits();
    grouping.attach_raw();
    grouping.attach_companions();
    grouping.finish(source, zone)
}

/// Files with what is known of their names; each belongs to itself until it is attached to another.
struct Grouping<'a> {
    files: Vec<&'a Inspected>,
    keys: Vec<String>,
    /// For each file the file it belongs to, and as what. `None`: it stands for itself.
    owner: Vec<Option<(usize, ResourceRole)>>,
    /// The other way round: the files that belong to each.
    children: Vec<Vec<usize>>,
    by_key: HashMap<String, Vec<usize>>,
}

impl<'a> Grouping<'a> {
    fn new(files: &'a [Inspected]) -> Self {
        let mut files: Vec<&Inspected> = files.iter().collect();
        files.sort_by(|a, b| a.file.path.cmp(&b.file.path));
        let keys: Vec<String> = files.iter().map(|f| name_key(f.file.path.file_name())).collect();
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, key) in keys.iter().enumerate() {
            by_key.entry(key.clone()).or_default().push(index);
        }
        Self { owner: vec![None; files.len()], children: vec![Vec::new(); files.len()], files, keys, by_key }
    }

    fn kind(&self, index: usize) -> MediaKind {
        self.files[index].facts.kind
    }

    fn identifier(&self, index: usize) -> Option<&'a str> {
        self.files[index].facts.content_identifier.as_deref()
    }

    /// Tells whether a file stands for itself and nothing was attached to it as `role`.
    fn lacks(&self, index: usize, role: ResourceRole) -> bool {
        self.owner[index].is_none() && !self.children[index].iter().any(|&c| self.owner[c] == Some((index, role)))
    }

    fn attach(&mut self, file: usize, to: usize, role: ResourceRole) {
        self.owner[file] = Some((to, role));
        self.children[to].push(file);
    }

    /// Returns the files of a name, without extension, that stand for themselves and are of a kind.
    fn named(&self, key: &str, kind: MediaKind) -> Vec<usize> {
        let all = self.by_key.get(key).map(Vec::as_slice).unwrap_or_default();
        all.iter().copied().filter(|&i| self.owner[i].is_none() && self.kind(i) == kind).collect()
    }

    /// A Live Photo's two files carry the same identifier, whatever their names.
    fn pair_by_identifier(&mut self) {
        let mut groups: HashMap<&str, (Vec<usize>, Vec<usize>)> = HashMap::new();
        for index in 0..self.files.len() {
            let Some(identifier) = self.identifier(index) else { continue };
            let (stills, films) = groups.entry(identifier).or_default();
            match self.kind(index) {
                MediaKind::Photo | MediaKind::Raw => stills.push(index),
                MediaKind::Video => films.push(index),
                _ => {}
            }
        }
        for (stills, films) in groups.into_values() {
            self.pair_group(stills, films);
        }
    }

    /// Where copies of a pair lie side by side, like names go together first; a raw still yields to a developed one.
    fn pair_group(&mut self, mut stills: Vec<usize>, mut films: Vec<usize>) {
        stills.sort_by_key(|&s| (self.kind(s) == MediaKind::Raw, s));
        let mut unmatched = Vec::new();
        for still in stills {
            match films.iter().position(|&film| self.keys[film] == self.keys[still]) {
                Some(at) => self.attach(films.remove(at), still, ResourceRole::PairedVideo),
                None => unmatched.push(still),
            }
        }
        for (still, film) in unmatched.into_iter().zip(films) {
            self.attach(film, still, ResourceRole::PairedVideo);
        }
    }

    /// Without identifiers a shared name and a shared moment must do.
    fn pair_by_name(&mut self) {
        for film in 0..self.files.len() {
            if self.kind(film) != MediaKind::Video || self.owner[film].is_some() {
                continue;
            }
            let stills = self.named(&self.keys[film], MediaKind::Photo);
            let fits = |&still: &usize| {
                self.lacks(still, ResourceRole::PairedVideo)
                    && (self.identifier(still).is_none() || self.identifier(film).is_none())
                    && self.seconds_apart(still, film).is_some_and(|s| s <= NEAR_SECONDS)
            };
            if let Some(still) = stills.into_iter().find(fits) {
                self.attach(film, still, ResourceRole::PairedVideo);
            }
        }
    }

    /// `IMG_E1234` is what Photos made of `IMG_1234`.
    fn attach_edits(&mut self) {
        for edit in 0..self.files.len() {
            let Some(base_key) = edited_base(&self.keys[edit]) else { continue };
            if self.owner[edit].is_some() {
                continue;
            }
            if !matches!(self.kind(edit), MediaKind::Photo | MediaKind::Video) {
                continue;
            }
            let bases = [MediaKind::Photo, MediaKind::Raw, MediaKind::Video].map(|k| self.named(&base_key, k)).concat();
            let like = |&base: &usize| self.seconds_apart(base, edit).is_none_or(|s| s <= NEAR_SECONDS);
            if let Some(base) = bases.into_iter().find(like) {
                self.attach_whole(edit, base, ResourceRole::Edited);
            }
        }
    }

    /// Attaches a file and everything that was attached to it before: an edited still brings its edited video along.
    fn attach_whole(&mut self, file: usize, to: usize, role: ResourceRole) {
        for child in std::mem::take(&mut self.children[file]) {
            self.attach(child, to, role);
        }
        self.attach(file, to, role);
    }

    /// A raw file beside a developed one of the same name and moment is its alternate.
    fn attach_raw(&mut self) {
        for raw in 0..self.files.len() {
            if self.kind(raw) != MediaKind::Raw || self.owner[raw].is_some() {
                continue;
            }
            let stills = self.named(&self.keys[raw], MediaKind::Photo);
            let like = |&still: &usize| self.seconds_apart(still, raw).is_none_or(|s| s <= NEAR_SECONDS);
            if let Some(still) = stills.into_iter().find(like) {
                self.attach_whole(raw, still, ResourceRole::RawAlternate);
                self.restore_pair(still);
            }
        }
    }

    /// The video that came over with a raw file is the pair of the developed one.
    fn restore_pair(&mut self, still: usize) {
        for &child in &self.children[still] {
            if self.kind(child) == MediaKind::Video && self.owner[child] == Some((still, ResourceRole::RawAlternate)) {
                self.owner[child] = Some((still, ResourceRole::PairedVideo));
            }
        }
    }

    /// `.AAE` and `.XMP` go with the file of their name: `IMG_1.AAE`, `IMG_O1.AAE` and `IMG_E1.AAE` with `IMG_1`, `IMG_1.HEIC.xmp`
    /// with `IMG_1.HEIC`.
    fn attach_companions(&mut self) {
        for companion in 0..self.files.len() {
            let role = match self.kind(companion) {
                MediaKind::Adjustments => ResourceRole::Adjustments,
                MediaKind::Sidecar => ResourceRole::Sidecar,
                _ => continue,
            };
            let key = &self.keys[companion];
            let candidates = [Some(key.clone()), edited_base(key), original_base(key), Some(name_key(key))];
            let kinds = [MediaKind::Photo, MediaKind::Raw, MediaKind::Video];
            let owner = candidates.into_iter().flatten().find_map(|k| {
                kinds.iter().find_map(|&kind| {
                    let named = self.by_key.get(&k)?;
                    named.iter().copied().find(|&i| self.kind(i) == kind)
                })
            });
            if let Some(owner) = owner {
                let owner = self.owner[owner].map_or(owner, |(of, _)| of);
                self.attach(companion, owner, role);
            }
        }
    }

    /// Returns how far apart two files were taken, `None` when one does not tell. Where one lacks the offset, the local
    /// clocks are compared.
    fn seconds_apart(&self, a: usize, b: usize) -> Option<i64> {
        let (a, b) = (self.files[a].facts.taken?, self.files[b].facts.taken?);
        let instants = a.offset_minutes.is_some() && b.offset_minutes.is_some();
        let seconds = |t: CaptureTime| {
            let t = if instants { t } else { CaptureTime { offset_minutes: Some(0), ..t } };
            t.instant_ns(&TimeZone::UTC) / 1_000_000_000
        };
        Some((seconds(a) - seconds(b)).abs())
    }

    fn finish(self, source: &SourceId, zone: &TimeZone) -> Vec<ScannedAsset> {
        let mut members: Vec<Vec<(ResourceRole, usize)>> = vec![Vec::new(); self.files.len()];
        for (index, owner) in self.owner.iter().enumerate() {
            let (of, role) = owner.unwrap_or((index, ResourceRole::Original));
            members[of].push((role, index));
        }
        let mut surplus = Vec::new();
        for files in &mut members {
            files.sort_by_key(|&(role, index)| (role, index));
            let rest = files.split_off(files.len().min(MOST_FILES));
            surplus.extend(rest.into_iter().map(|(_, index)| vec![(ResourceRole::Original, index)]));
        }
        members
            .into_iter()
            .chain(surplus)
            .filter(|m| !m.is_empty())
            .map(|m| scanned(source, &m.iter().map(|&(role, i)| (role, self.files[i])).collect::<Vec<_>>(), zone))
            .collect()
    }
}

fn scanned(source: &SourceId, members: &[(ResourceRole, &Inspected)], zone: &TimeZone) -> ScannedAsset {
    let (primary_role, primary) = members[0];
    let dated = members.iter().filter(|(role, _)| *role <= ResourceRole::RawAlternate).find_map(|(_, f)| f.facts.taken);
    let taken = dated.unwrap_or_else(|| CaptureTime::from_file_time(primary.file.modified_ns, zone));
    let live = members.iter().any(|(role, _)| *role == ResourceRole::PairedVideo);
    let kind = match (primary.facts.kind, live) {
        (MediaKind::Photo | MediaKind::Raw, true) => AssetKind::LivePhoto,
        (MediaKind::Photo | MediaKind::Raw, false) => AssetKind::Photo,
        (MediaKind::Video, _) => AssetKind::Video,
        _ => AssetKind::Other,
    };
    let resources = members.iter().map(|(role, f)| Resource {
        role: *role,
        fingerprint: f.file.clone(),
        taken: f.facts.taken,
        availability: Availability::OnDevice,
        name: None,
        apple: None,
    });
    debug_assert_eq!(primary_role, ResourceRole::Original);
    ScannedAsset {
        asset: Asset {
            id: asset_id(source, &primary.file),
            kind,
            taken,
            resources: resources.collect(),
            details: AssetDetails::default(),
        },
        duration_ms: if kind == AssetKind::Video { primary.facts.duration_ms } else { None },
        warning: members.iter().find_map(|(_, f)| f.facts.warning.clone()),
        library_path: None,
    }
}

/// Names are compared without extension and case: phones write `.HEIC` beside `.mov`.
fn name_key(name: &str) -> String {
    file_stem(name).to_lowercase()
}

/// `..img_e1234` -> `..img_1234`.
fn edited_base(key: &str) -> Option<String> {
    marked_base(key, 'e')
}

/// `..img_o1234` -> `..img_1234`: the recipe of an unedited portrait.
fn original_base(key: &str) -> Option<String> {
    marked_base(key, 'o')
}

fn marked_base(key: &str, mark: char) -> Option<String> {
    let digits_at = key.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    let (head, digits) = key.split_at_checked(digits_at)?;
    let base = head.strip_suffix(mark)?;
    (digits.len() >= 4 && base.ends_with("img_")).then(|| format!("{base}{digits}"))
}

#[cfg(test)]
mod tests;
