//! Which albums a photo is in, as paths of folders and titles.

use super::words;
use iphone::photos_db::{AlbumKind, PhotosAlbum};
use std::collections::HashMap;

/// Deeper than anyone nests folders; a circle ends here.
const DEEPEST: usize = 16;

/// Returns the paths of the albums of each asset, in the order of the paths. Only what the owner made, and did not delete.
pub(super) fn of_assets(albums: &[PhotosAlbum]) -> HashMap<i64, Vec<Vec<String>>> {
    // Shared albums of iOS 26 are rows of another table, whose keys may be those of folders.
    let folders = albums.iter().filter(|album| album.kind == AlbumKind::Folder);
    let by_key: HashMap<i64, &PhotosAlbum> = folders.map(|folder| (folder.key, folder)).collect();
    let own = albums.iter().filter(|album| album.kind == AlbumKind::Album);
    let mut paths: Vec<(Vec<String>, &PhotosAlbum)> =
        own.filter_map(|album| Some((path(album, &by_key)?, album))).collect();
    paths.sort_by(|a, b| a.0.cmp(&b.0));
    let mut of_assets: HashMap<i64, Vec<Vec<String>>> = HashMap::new();
    for (path, album) in paths {
        for asset in &album.assets {
            of_assets.entry(*asset).or_default().push(path.clone());
        }
    }
    of_assets
}

/// Returns the shared albums of each asset by their titles.
pub(super) fn shared_of_assets(albums: &[PhotosAlbum]) -> HashMap<i64, Vec<Vec<String>>> {
    let mut of_assets: HashMap<i64, Vec<Vec<String>>> = HashMap::new();
    for album in albums.iter().filter(|album| album.kind == AlbumKind::Shared && album.trashed == 0) {
        if let Some(title) = words::line(album.title.as_deref()) {
            album.assets.iter().for_each(|asset| of_assets.entry(*asset).or_default().push(vec![title.clone()]));
        }
    }
    of_assets
}

/// Returns the folders above an album and its title, `None` when one of them was deleted.
fn path(album: &PhotosAlbum, by_key: &HashMap<i64, &PhotosAlbum>) -> Option<Vec<String>> {
    let mut path = vec![words::line(album.title.as_deref())?];
    let (mut at, mut seen) = (album, 0);
    while at.trashed == 0 && seen < DEEPEST {
        let Some(above) = at.parent.and_then(|key| by_key.get(&key)) else {
            path.reverse();
            return Some(path);
        };
        path.extend(words::line(above.title.as_deref()));
        (at, seen) = (above, seen + 1);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn album(key: i64, kind: AlbumKind, title: &str, parent: Option<i64>) -> PhotosAlbum {
        PhotosAlbum {
            key,
            entity: None,
            kind,
            title: Some(title.to_owned()),
            parent,
            order: None,
            trashed: 0,
            uuid: None,
            sort: None,
            ascending: None,
            cloud_id: None,
            assets: vec![7],
        }
    }

    #[test]
    fn folders_in_a_circle_are_no_path() {
        let albums = [
            album(1, AlbumKind::Folder, "a", Some(2)),
            album(2, AlbumKind::Folder, "b", Some(1)),
            album(3, AlbumKind::Album, "lost", Some(1)),
            album(4, AlbumKind::Album, "found", Some(99)),
        ];
        assert_eq!(of_assets(&albums)[&7], [["found".to_owned()]]);
    }

    #[test]
    fn a_share_with_the_key_of_a_folder_is_not_that_folder() {
        let albums = [
            album(1, AlbumKind::Folder, "Trips", None),
            album(2, AlbumKind::Album, "Paris", Some(1)),
            album(1, AlbumKind::Shared, "Family", None),
        ];
        assert_eq!(of_assets(&albums)[&7], [["Trips".to_owned(), "Paris".to_owned()]]);
    }
}
