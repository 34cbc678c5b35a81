//! Paths between the two worlds: bytes below `/` on the phone, text relative to the media folder here.

use crate::byte_names;
use domain::{SourceError, SourcePath};

/// Where the camera's files are, as a source path and on the phone.
pub(crate) const CAMERA: &str = "DCIM";

/// Returns the path on the phone. `NotFound` for a path that no listing can have given: outside the camera's folders or
/// with `.` or `..` in it.
pub(crate) fn on_phone(path: &SourcePath) -> Result<Vec<u8>, SourceError> {
    let text = path.as_str();
    let mut parts = text.split('/');
    let inside = parts.next() == Some(CAMERA);
    let fine = inside && byte_names::is_canonical(text) && parts.all(|part| is_safe(part.as_bytes()));
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
    fn only_the_cameras_folders_can_be_reached() {
        let path = |text: &str| on_phone(&SourcePath::new(text));
        assert_eq!(path("DCIM/100APPLE/IMG_1.HEIC"), Ok(b"/DCIM/100APPLE/IMG_1.HEIC".to_vec()));
        assert_eq!(path("DCIM/caf\u{F7E9}.jpg"), Ok(b"/DCIM/caf\xE9.jpg".to_vec()));
        for bad in ["", "/DCIM/a", "DCIMX/a", "PhotoData/a", "DCIM/../PhotoData/a", "DCIM//a", "DCIM/./a", "DCIM/a\0b"]
        {
            assert!(path(bad).is_err(), "{bad:?}");
        }
    }
}
