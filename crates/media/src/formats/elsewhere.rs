//! Formats that are known and imported, but not looked into.

use super::Format;
use domain::MediaKind;

/// JPEG XL, bare or in boxes.
pub(crate) struct JpegXl;

impl Format for JpegXl {
    fn name(&self) -> &'static str {
        "JPEG XL"
    }

    fn magic(&self, head: &[u8]) -> bool {
        head.starts_with(&[0xFF, 0x0A]) || head.starts_with(b"\0\0\0\x0cJXL \r\n\x87\n")
    }
}

/// AVI films.
pub(crate) struct Avi;

impl Format for Avi {
    fn name(&self) -> &'static str {
        "AVI"
    }

    fn kind(&self, _head: &[u8]) -> MediaKind {
        MediaKind::Video
    }

    fn magic(&self, head: &[u8]) -> bool {
        head.starts_with(b"RIFF") && head.get(8..12) == Some(b"AVI ")
    }
}

/// Matroska and WebM films.
pub(crate) struct Matroska;

impl Format for Matroska {
    fn name(&self) -> &'static str {
        "Matroska"
    }

    fn kind(&self, _head: &[u8]) -> MediaKind {
        MediaKind::Video
    }

    fn magic(&self, head: &[u8]) -> bool {
        head.starts_with(&[0x1A, 0x45, 0xDF, 0xA3])
    }
}

/// MPEG films as discs, AVCHD and old cameras write them.
pub(crate) struct Mpeg;

impl Format for Mpeg {
    fn name(&self) -> &'static str {
        "MPEG"
    }

    fn kind(&self, _head: &[u8]) -> MediaKind {
        MediaKind::Video
    }

    fn magic(&self, head: &[u8]) -> bool {
        // A transport stream has its sync byte in every packet of 188 bytes, AVCHD puts four bytes before each.
        let packets = |first: usize, size: usize| (0..4).all(|at| head.get(first + at * size) == Some(&0x47));
        head.starts_with(&[0, 0, 1, 0xBA]) || head.starts_with(&[0, 0, 1, 0xB3]) || packets(0, 188) || packets(4, 192)
    }
}
