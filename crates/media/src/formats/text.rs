//! What lies beside a photo as text: Apple's edit recipe and XMP sidecars.

use super::Format;
use crate::xmp;
use domain::MediaKind;

/// How much of a text's start is looked at.
const LOOKED_AT: usize = 4096;

/// Apple's edit recipe, a property list.
pub(crate) struct Aae;

impl Format for Aae {
    fn name(&self) -> &'static str {
        "AAE"
    }

    fn kind(&self, _head: &[u8]) -> MediaKind {
        MediaKind::Adjustments
    }

    fn magic(&self, head: &[u8]) -> bool {
        let list = head.starts_with(b"bplist00") || start(head).starts_with(b"<?xml");
        list && xmp::find(start(head), b"adjustmentFormat").is_some()
    }
}

/// XMP sidecars.
pub(crate) struct Xmp;

impl Format for Xmp {
    fn name(&self) -> &'static str {
        "XMP"
    }

    fn kind(&self, _head: &[u8]) -> MediaKind {
        MediaKind::Sidecar
    }

    fn magic(&self, head: &[u8]) -> bool {
        start(head).starts_with(b"<") && xmp::find(start(head), b"<x:xmpmeta").is_some()
    }
}

/// Returns the start of a text without a byte order mark.
fn start(head: &[u8]) -> &[u8] {
    let head = &head[..head.len().min(LOOKED_AT)];
    head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start()
}
