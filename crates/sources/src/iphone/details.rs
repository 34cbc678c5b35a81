//! What the library says of a photo, in the words of the domain.

use super::albums::AlbumPath;
use super::words;
use domain::{AssetDetails, Burst, Place};
use iphone::photos_db::PhotosAsset;

/// Returns the details of an asset that is in these albums.
pub(super) fn of(asset: &PhotosAsset, albums: &[AlbumPath]) -> AssetDetails {
    let number = |n: Option<i64>| n.and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
    let duration = asset.duration.filter(|seconds| (0.0..=86_400.0 * 30.0).contains(seconds) && *seconds > 0.0);
    AssetDetails {
        uuid: words::line(asset.uuid.as_deref()),
        original_name: words::line(asset.original_name.as_deref()),
        pixels: number(asset.width).zip(number(asset.height)),
        duration_ms: duration.map(|seconds| (seconds * 1000.0).round() as u64),
        favorite: asset.favorite,
        hidden: asset.hidden,
        deleted: asset.trashed != 0,
        shared: asset.is_in_shared_album(),
        edited: asset.is_edited(),
        burst: words::line(asset.burst.as_deref()).map(|id| Burst { id, picked: asset.is_burst_pick() }),
        title: words::line(asset.title.as_deref()),
        caption: words::text(asset.caption.as_deref()),
        keywords: words::lines(asset.keywords.iter().map(String::as_str)),
        people: words::lines(asset.people.iter().map(String::as_str)),
        place: asset.place().and_then(|(latitude, longitude)| Place::new(latitude, longitude)),
        albums: words::paths(albums),
    }
}
