//! Which albums a photo is in, as paths of folders and titles.

use super::words;
use iphone::photos_db::{AlbumKind, PhotosAlbum};
use std::collections::HashMap;
use std::rc::Rc;

/// Deeper than anyone nests folders; a circle ends here.
const DEEPEST: usize = 16;

/// The folders above an album and its title. Albums may have many photos: all of them share it.
pub(super) type AlbumPath = Rc<Vec<String>>;

/// Returns the paths of the albums of each asset, in the order of the paths, each album once. Only what the owner made, and
/// did not delete.
pub(super) fn of_assets(albums: &[PhotosAlbum]) -> HashMap<i64, Vec<AlbumPath>> {
    // Shared albums of iOS 26 are rows of another table, whose keys may be those of folders.
    let folders = albums.iter().filter(|album| album.kind == AlbumKind::Folder);
    let by_key: HashMap<i64, &PhotosAlbum> = folders.map(|folder| (folder.key, folder)).collect();
    let own = albums.iter().filter(|album| album.kind == AlbumKind::Album);
    let mut paths: Vec<(Vec<String>, &PhotosAlbum)> =
        own.filter_map(|album| Some((path(album, &by_key)?, album))).collect();
    paths.sort_by(|a, b| a.0.cmp(&b.0));
    let mut of_assets = HashMap::new();
    for (path, album) in paths {
        add(album, Rc::new(path), &mut of_assets);
    }
    of_assets
}

/// Returns the shared albums of each asset by their titles.
pub(super) fn shared_of_assets(albums: &[PhotosAlbum]) -> HashMap<i64, Vec<AlbumPath>> {
    let mut of_assets = HashMap::new();
    for album in albums.iter().filter(|album| album.kind == AlbumKind::Shared && album.trashed == 0) {
        if let Some(title) = words::line(album.title.as_deref()) {
            add(album, Rc::new(vec![title]), &mut of_assets);
        }
    }
    of_assets
}

fn add(album: &PhotosAlbum, path: AlbumPath, of_assets: &mut HashMap<i64, Vec<AlbumPath>>) {
    for asset in &album.assets {
        let paths: &mut Vec<AlbumPath> = of_assets.entry(*asset).or_default();
        if paths.last().is_none_or(|last| !Rc::ptr_eq(last, &path)) {
            paths.push(Rc::clone(&path));
        }
    }
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

    fn paths(albums: &[PhotosAlbum]) -> Vec<Vec<String>> {
        of_assets(albums)[&7].iter().map(|path| path.as_ref().clone()).collect()
    }

    #[test]
    fn folders_in_a_circle_are_no_path() {
        let albums = [
            album(1, AlbumKind::Folder, "a", Some(2)),
            album(2, AlbumKind::Folder, "b", Some(1)),
            album(3, AlbumKind::Album, "lost", Some(1)),
            album(4, AlbumKind::Album, "found", Some(99)),
        ];
        assert_eq!(paths(&albums), [["found"]]);
    }

    #[test]
    fn a_share_with_the_key_of_a_folder_is_not_that_folder() {
        let albums = [
            album(1, AlbumKind::Folder, "Trips", None),
            album(2, AlbumKind::Album, "Paris", Some(1)),
            album(1, AlbumKind::Shared, "Family", None),
        ];
        assert_eq!(paths(&albums), [["Trips", "Paris"]]);
    }

    #[test]
    fn a_photo_that_is_in_an_album_many_times_is_in_it_once() {
        let mut many = album(2, AlbumKind::Album, "Paris", None);
        many.assets = vec![7, 8, 7, 7];
        let shared = PhotosAlbum { kind: AlbumKind::Shared, ..many.clone() };
        assert_eq!(paths(&[many]), [["Paris"]]);
        assert_eq!(shared_of_assets(&[shared])[&7].len(), 1);
    }
}
