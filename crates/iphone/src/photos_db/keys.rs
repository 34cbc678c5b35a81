//! `ZDATASTOREKEYDATA`: where a resource's file is, or by which rule its name is made.

use super::paths::is_safe;

/// What a key says. A hint: the file system decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileKey {
    /// A path, complete but for the folder it is relative to.
    Path {
        /// The number of that folder.
        relation: u8,
        /// The path below the media folder; not checked.
        path: String,
    },
    /// The file's name follows from the asset's by rule.
    Rule {
        /// As in `ZVERSION`.
        version: u8,
        /// As in `ZRESOURCETYPE`.
        kind: u8,
        /// As in `ZRECIPEID`.
        recipe: u32,
        /// The letters of the extension: 0 none, 1 small, 2 capital.
        extension_case: u8,
        /// As in `ZCOMPACTUTI`.
        file_type: u8,
    },
    /// A kind of key that is not known, by its first byte.
    Other(u8),
}

const FOLDERS: [&str; 8] = [
    "",
    "PhotoData/",
    "DCIM/",
    "PhotoData/Thumbnails/V2/PhotoData/",
    "PhotoData/Metadata/PhotoData/CPLAssets/group",
    "PhotoData/Thumbnails/V2/PhotoData/CPLAssets/group",
    "PhotoData/CPLAssets/group",
    "",
];

impl FileKey {
    /// Reads a key. None when there are no bytes.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let first = *bytes.first()?;
        match (first, bytes) {
            (3, [_, _, _, _, _, _, ..]) => Some(Self::rule(bytes)),
            (16.., [low, high, suffix @ ..]) => {
                let relation = (high >> 2) & 7;
                let suffix = suffix.get(..usize::from(*low)).unwrap_or(suffix);
                let suffix = suffix.split(|b| *b == 0).next().unwrap_or_default();
                let path = format!("{}{}", FOLDERS[usize::from(relation)], String::from_utf8_lossy(suffix));
                Some(Self::Path { relation, path })
            }
            _ => Some(Self::Other(first)),
        }
    }

    fn rule(bytes: &[u8]) -> Self {
        let bits = bytes.iter().take(6).rev().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let field = |at: u32, width: u32| bits >> at & ((1 << width) - 1);
        let recipe = field(17, 4) << 16 | field(21, 15) << 1 | field(36, 1);
        Self::Rule {
            version: field(10, 2) as u8,
            kind: field(12, 5) as u8,
            recipe: recipe as u32,
            extension_case: field(37, 2) as u8,
            file_type: field(39, 8) as u8,
        }
    }

    /// Returns the path below the media folder if the key has one that leads nowhere else.
    pub fn path(&self) -> Option<&str> {
        match self {
            // Paths of another folder than the media folder are of no use over the cable.
            Self::Path { relation: 1..=6, path } if is_safe(path) => Some(path),
            _ => None,
        }
    }
}
