//! Smaller pictures of what is only in iCloud: which of them the phone has, the best first. The files have the last word.

use super::errors::whole;
use super::library::{go_on, look_up, on_phone};
use super::paths::{self, METADATA, THUMBNAILS};
use crate::byte_names;
use domain::{AssetKind, CancelFlag, Fingerprint, SourceError, SourcePath, file_stem};
use iphone::{FOLDERS_AT_ONCE, Listing, Phone};
use std::collections::{BTreeSet, HashMap};

/// How the names of stills end after the original's without its extension: all pixels first, in small letters.
const STILLS: [&str; 4] = [".full.jpg", ".large.jpg", ".jpg", ".medium.jpg"];
/// The same of films.
const FILMS: [&str; 6] = [".full.mov", ".large.mov", ".medium.mp4", ".medium.mov", ".small.mp4", ".small.mov"];
/// The phone's own small pictures, in a folder that is named like the original.
const SMALL: [&str; 2] = ["5005.JPG", "5003.JPG"];

/// Finds the best rendition of each original. See [`domain::Source::renditions`].
pub(super) fn find(
    phone: &Phone,
    originals: &[(&SourcePath, AssetKind)],
    cancel: &CancelFlag,
) -> Result<Vec<Option<Fingerprint>>, SourceError> {
    let listing = Listing::of(phone, cancel);
    let kept = Kept::list(&listing, originals, cancel)?;
    let candidates: Vec<Vec<String>> = originals.iter().map(|(path, kind)| kept.candidates(path, *kind)).collect();
    let mut found: Vec<Option<Fingerprint>> = vec![None; originals.len()];
    // What is best is there as a rule; only what was not found is looked for any further.
    for place in 0.. {
        let open = found.iter_mut().zip(&candidates).filter(|(found, _)| found.is_none());
        let open: Vec<_> = open.filter_map(|(found, paths)| Some((found, paths.get(place)?))).collect();
        if open.is_empty() {
            break;
        }
        let wanted: Vec<String> = open.iter().map(|(_, path)| (*path).clone()).collect();
        let looks = look_up(&listing, &wanted, cancel)?.into_iter().filter_map(Result::ok);
        let mut there: HashMap<String, Fingerprint> =
            looks.filter(|file| file.bytes > 0).map(|file| (file.path.to_string(), file)).collect();
        open.into_iter().for_each(|(found, path)| *found = there.remove(path));
    }
    Ok(found)
}

/// What the phone keeps beside its originals, by folder and by name in small letters.
struct Kept(HashMap<String, HashMap<String, String>>);

impl Kept {
    fn list(
        listing: &Listing,
        originals: &[(&SourcePath, AssetKind)],
        cancel: &CancelFlag,
    ) -> Result<Self, SourceError> {
        let folders: BTreeSet<String> =
            originals.iter().map(|(path, _)| format!("{METADATA}{}", path.folder())).collect();
        let folders: Vec<String> = folders.into_iter().filter(|folder| is_reachable(&format!("{folder}/x"))).collect();
        let mut kept = HashMap::new();
        for folders in folders.chunks(FOLDERS_AT_ONCE) {
            go_on(cancel)?;
            let absolute: Vec<Vec<u8>> = folders.iter().map(|folder| on_phone(folder)).collect();
            let listed = listing.names(&absolute).map_err(|e| whole(e, &listing.phone().info().name))?;
            for (folder, names) in folders.iter().zip(listed) {
                // A folder that cannot be listed has nothing to offer.
                let names = names.unwrap_or_default();
                let safe = names.iter().filter(|name| paths::is_safe(name)).map(|name| byte_names::to_text(name));
                kept.insert(folder.clone(), safe.map(|name| (name.to_lowercase(), name)).collect());
            }
        }
        Ok(Self(kept))
    }

    /// Lists where a rendition of an original is, or may be, the best first.
    fn candidates(&self, original: &SourcePath, kind: AssetKind) -> Vec<String> {
        let folder = format!("{METADATA}{}", original.folder());
        let stem = file_stem(original.file_name()).to_lowercase();
        let films = if kind == AssetKind::Video { FILMS.as_slice() } else { &[] };
        let named = |ending: &&str| {
            let actual = self.0.get(&folder)?.get(&format!("{stem}{ending}"))?;
            Some(format!("{folder}/{actual}"))
        };
        let beside = films.iter().chain(&STILLS).filter_map(named);
        let small = SMALL.iter().map(|name| format!("{THUMBNAILS}{original}/{name}"));
        beside.chain(small).filter(|path| is_reachable(path)).collect()
    }
}

fn is_reachable(path: &str) -> bool {
    paths::readable(&SourcePath::new(path)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(names: &[&str], original: &str, kind: AssetKind) -> Vec<String> {
        let names = names.iter().map(|name| (name.to_lowercase(), (*name).to_owned())).collect();
        let kept = Kept(HashMap::from([("PhotoData/Metadata/DCIM/100APPLE".to_owned(), names)]));
        let shorter = |path: String| path.rsplit('/').take(2).collect::<Vec<_>>().join(" of ");
        kept.candidates(&SourcePath::new(original), kind).into_iter().map(shorter).collect()
    }

    #[test]
    fn the_best_comes_first_and_a_film_of_a_film_before_a_picture_of_it() {
        let names = ["IMG_1.medium.MP4", "IMG_1.JPG", "IMG_1.large.jpg", "IMG_1.THM", "IMG_12.full.JPG"];
        let small = ["5005.JPG of IMG_1.HEIC", "5003.JPG of IMG_1.HEIC"];
        let still = ["IMG_1.large.jpg of 100APPLE", "IMG_1.JPG of 100APPLE"];
        let found = |path, kind| candidates(&names, path, kind);
        assert_eq!(found("DCIM/100APPLE/IMG_1.HEIC", AssetKind::LivePhoto), [still, small].concat());
        assert_eq!(found("DCIM/100APPLE/IMG_1.MOV", AssetKind::Video)[..2], ["IMG_1.medium.MP4 of 100APPLE", still[0]]);
        assert_eq!(found("DCIM/101APPLE/IMG_1.HEIC", AssetKind::Photo), small);
    }

    #[test]
    fn no_name_of_an_original_leads_elsewhere() {
        for original in ["../../Photos.sqlite", "DCIM/../x.JPG", ""] {
            assert_eq!(candidates(&["x.jpg"], original, AssetKind::Photo), Vec::<String>::new(), "{original}");
        }
    }
}
