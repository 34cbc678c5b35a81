//! What a thumbnail is of.

use domain::{SourceId, SourcePath};

/// Identifies a thumbnail: a file in one state at one source, and a size.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ThumbnailKey {
    /// Where the file comes from.
    pub source: SourceId,
    /// Where it is there.
    pub path: SourcePath,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its modification time there, in nanoseconds since 1970 UTC.
    pub modified_ns: i64,
    /// Longer side of the thumbnail in pixels, at most.
    pub edge: u32,
}

/// Raised when thumbnails are drawn differently, so that old ones are not found any more.
const VERSION: u32 = 2;

/// From this side on a picture is for looking at closely, on its own.
const LARGE: u32 = 1024;

impl ThumbnailKey {
    /// Tells whether it is for looking at closely, and not one of many.
    pub(crate) fn is_large(&self) -> bool {
        self.edge >= LARGE
    }

    /// Returns a name for the thumbnail's file: 64 hexadecimal digits.
    pub(crate) fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&VERSION.to_le_bytes());
        for text in [self.source.as_str(), self.path.as_str()] {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        }
        hasher.update(&self.bytes.to_le_bytes());
        hasher.update(&self.modified_ns.to_le_bytes());
        hasher.update(&self.edge.to_le_bytes());
        hasher.finalize().to_hex().to_string()
    }
}

/// Identifies one request, to cancel it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub(crate) u64);

#[cfg(test)]
mod tests {
    use super::*;

    fn key(path: &str, bytes: u64, modified_ns: i64, edge: u32) -> ThumbnailKey {
        ThumbnailKey { source: SourceId::new("folder:/a"), path: SourcePath::new(path), bytes, modified_ns, edge }
    }

    #[test]
    fn whatever_changes_changes_the_name() {
        let all = [key("a", 1, 2, 3), key("b", 1, 2, 3), key("a", 2, 2, 3), key("a", 1, 3, 3), key("a", 1, 2, 4)];
        let names: std::collections::BTreeSet<_> = all.iter().map(ThumbnailKey::digest).collect();
        assert_eq!(names.len(), all.len());
        assert!(names.iter().all(|name| name.len() == 64));
    }
}
