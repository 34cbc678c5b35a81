//! Paths between the two worlds: bytes below `/` on the phone, text relative to the media folder here.

use crate::byte_names;
use domain::{SourceError, SourcePath};

/// Where the camera's files are, as a source path and on the phone.
pub(crate) const CAMERA: &str = "DCIM";

/// Where the pictures of shared albums are.
const SHARED: &str = "PhotoData/PhotoCloudSharingData/";

/// Where edits are, and what the phone made on the way to them.
pub(super) const EDITS: &str = "PhotoData/Mutations/";

/// Where photos may be in folders that are not walked: what came from a computer, the photo stream, shared albums.
pub(super) const ELSEWHERE: [&str; 3] = ["PhotoData/Sync/", "PhotoData/PhotoStreamsData/", SHARED];

/// Where smaller pictures and posters are that the phone made, by the path of the original.
pub(super) const METADATA: &str = "PhotoData/Metadata/";
/// Where the phone's own small pictures are, by the path of the original.
pub(super) const THUMBNAILS: &str = "PhotoData/Thumbnails/V2/";

/// Returns the path on the phone of a photo's own file. `NotFound` for a path that no listing can have given: outside the folders of photos or
/// with `.` or `..` in it.
pub(crate) fn on_phone(path: &SourcePath) -> Result<Vec<u8>, SourceError> {
    let text = path.as_str();
    let camera = text.strip_prefix(CAMERA).is_some_and(|rest| rest.starts_with('/'));
    let library = ["PhotoData/CPLAssets/", EDITS].iter().chain(&ELSEWHERE).any(|folder| text.starts_with(folder));
    checked(path, camera || library)
}

/// The same, also for the smaller pictures: these can be read, and are never taken for a photo's own file.
pub(super) fn readable(path: &SourcePath) -> Result<Vec<u8>, SourceError> {
    let rendition = [METADATA, THUMBNAILS].iter().any(|folder| path.as_str().starts_with(folder));
    if rendition { checked(path, true) } else { on_phone(path) }
}

fn checked(path: &SourcePath, inside: bool) -> Result<Vec<u8>, SourceError> {
    let text = path.as_str();
    let fine = inside && byte_names::is_canonical(text) && text.split('/').all(|part| is_safe(part.as_bytes()));
    fine.then(|| [b"/", byte_names::to_bytes(text).as_slice()].concat())
        .ok_or_else(|| SourceError::NotFound(text.to_owned()))
}

/// Tells whether a name leads to something in its folder and nowhere else.
pub(crate) fn is_safe(name: &[u8]) -> bool {
    !name.is_empty() && name != b"." && name != b".." && !name.contains(&b'/') && !name.contains(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_folders_of_photos_can_be_reached() {
        let path = |text: &str| on_phone(&SourcePath::new(text));
        assert_eq!(path("PhotoData/CPLAssets/group1/a.HEIC"), Ok(b"/PhotoData/CPLAssets/group1/a.HEIC".to_vec()));
        for bad in ["DCIM", "PhotoData/Photos.sqlite", "PhotoData/CPLAssets/../Photos.sqlite", "PhotoData/Metadata/a"] {
            assert!(path(bad).is_err(), "{bad:?}");
        }
        assert_eq!(path("DCIM/100APPLE/IMG_1.HEIC"), Ok(b"/DCIM/100APPLE/IMG_1.HEIC".to_vec()));
        assert_eq!(path("DCIM/caf\u{F7E9}.jpg"), Ok(b"/DCIM/caf\xE9.jpg".to_vec()));
        for rendition in ["PhotoData/Metadata/DCIM/a.JPG", "PhotoData/Thumbnails/V2/DCIM/a.HEIC/5005.JPG"] {
            let path = SourcePath::new(rendition);
            assert_eq!((on_phone(&path).is_err(), readable(&path).is_ok()), (true, true), "{rendition}");
        }
        assert!(readable(&SourcePath::new("PhotoData/Metadata/../Photos.sqlite")).is_err());
        assert!(readable(&SourcePath::new("PhotoData/Photos.sqlite")).is_err());
        for bad in ["", "/DCIM/a", "DCIMX/a", "PhotoData/a", "DCIM/../PhotoData/a", "DCIM//a", "DCIM/./a", "DCIM/a\0b"]
        {
            assert!(path(bad).is_err(), "{bad:?}");
        }
    }
}
