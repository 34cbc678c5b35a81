//! The sort of file, by its name and by its first bytes.

use crate::formats;
use domain::MediaKind;

/// The formats that extensions promise, with what they hold. Names of formats are those of [`formats`].
const BY_EXTENSION: &[(&str, MediaKind, &[&str])] = &[
    ("JPEG", MediaKind::Photo, &["jpg", "jpeg", "jpe", "jfif", "mpo", "thm", "insp"]),
    ("HEIF", MediaKind::Photo, &["heic", "heif", "hif", "heics", "heifs", "avif", "avci"]),
    ("PNG", MediaKind::Photo, &["png", "apng"]),
    ("GIF", MediaKind::Photo, &["gif"]),
    ("WebP", MediaKind::Photo, &["webp"]),
    ("JPEG XL", MediaKind::Photo, &["jxl"]),
    ("TIFF", MediaKind::Photo, &["tif", "tiff"]),
    ("BMP", MediaKind::Photo, &["bmp", "dib"]),
    ("TIFF", MediaKind::Raw, &["dng", "cr2", "nef", "nrw", "arw", "sr2", "srf", "pef", "srw", "orf", "rw2", "gpr"]),
    ("TIFF", MediaKind::Raw, &["3fr", "erf", "iiq", "kdc", "mef", "mos", "raw", "rwl"]),
    ("CR3", MediaKind::Raw, &["cr3"]),
    ("RAF", MediaKind::Raw, &["raf"]),
    ("QuickTime", MediaKind::Video, &["mov", "mp4", "m4v", "qt", "3gp", "3g2", "insv", "lrv", "360"]),
    ("AVI", MediaKind::Video, &["avi"]),
    ("MPEG", MediaKind::Video, &["mts", "m2ts", "m2t", "ts", "mpg", "mpeg", "vob", "mod", "tod"]),
    ("Matroska", MediaKind::Video, &["mkv", "webm"]),
    ("AAE", MediaKind::Adjustments, &["aae"]),
    ("XMP", MediaKind::Sidecar, &["xmp"]),
];

/// Returns the sort of file that a name promises.
pub fn kind_by_name(name: &str) -> MediaKind {
    by_extension(name).map_or(MediaKind::Unknown, |(_, kind)| kind)
}

/// Returns the sort of file that its first bytes show; `None` if they say nothing. 64 bytes are enough for most, a TIFF
/// tells raw from picture in its first few KiB.
pub fn sniff(head: &[u8]) -> Option<MediaKind> {
    formats::of(head).map(|format| format.kind(head))
}

/// Returns format and kind that a name promises.
pub(crate) fn by_extension(name: &str) -> Option<(&'static str, MediaKind)> {
    let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
    let row = BY_EXTENSION.iter().find(|(_, _, extensions)| extensions.contains(&extension.as_str()))?;
    Some((row.0, row.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_promise_kinds() {
        for (name, want) in [
            ("IMG_0001.HEIC", MediaKind::Photo),
            ("a.b.JPeG", MediaKind::Photo),
            ("x.dng", MediaKind::Raw),
            ("x.Cr3", MediaKind::Raw),
            ("x.MOV", MediaKind::Video),
            ("x.m2ts", MediaKind::Video),
            ("x.AAE", MediaKind::Adjustments),
            ("x.xmp", MediaKind::Sidecar),
            ("x.txt", MediaKind::Unknown),
            ("jpg", MediaKind::Unknown),
            ("", MediaKind::Unknown),
        ] {
            assert_eq!(kind_by_name(name), want, "{name}");
        }
    }

    #[test]
    fn every_extension_promises_a_format_that_exists_once() {
        let mut seen = std::collections::BTreeSet::new();
        for (format, _, extensions) in BY_EXTENSION {
            assert!(formats::ALL.iter().any(|f| f.name() == *format), "{format}");
            assert!(extensions.iter().all(|extension| seen.insert(*extension)), "{format}");
        }
    }
}
