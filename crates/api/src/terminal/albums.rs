//! The albums of a source, as `keepsake albums` prints them.

use super::listed::Listing;
use serde::Serialize;
use std::collections::BTreeMap;

/// An album with something in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListedAlbum {
    /// What names it in `keepsake import --album`: its folders and its title with `/` between them.
    pub album: String,
    /// The folders it lies in and its own title.
    pub path: Vec<String>,
    /// Assets in it; as on the phone, not those that are hidden or deleted.
    pub assets: u64,
    /// Of these, those that are not in the library.
    pub new: u64,
}

/// Counts what is in the albums of a listing, in the order of their paths.
pub(super) fn of(listing: &Listing) -> Vec<ListedAlbum> {
    let mut counts: BTreeMap<&Vec<String>, (u64, u64)> = BTreeMap::new();
    for asset in &listing.assets {
        let Some(facts) = asset.library.as_ref().filter(|facts| !facts.hidden && !facts.deleted) else { continue };
        for path in &facts.albums {
            let (assets, new) = counts.entry(path).or_default();
            *assets += 1;
            *new += u64::from(asset.state == "new");
        }
    }
    let listed = |(path, (assets, new)): (&Vec<String>, (u64, u64))| ListedAlbum {
        album: path.join("/"),
        path: path.clone(),
        assets,
        new,
    };
    counts.into_iter().map(listed).collect()
}
