//! The one hash by which files are told apart and found whole: BLAKE3-256.

use domain::{AssetId, ContentHash, DestinationError, Fingerprint, LibraryPath, PendingFile, ReadBackGrade, SourceId};

/// Hashes a stream block by block.
#[derive(Default)]
pub(crate) struct ContentHasher(blake3::Hasher);

impl ContentHasher {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn finish(&self) -> ContentHash {
        ContentHash::new(*self.0.finalize().as_bytes())
    }
}

/// Hashes what is on the medium under a pending file's name.
pub(crate) fn pending_hash(file: &mut dyn PendingFile) -> Result<(ContentHash, ReadBackGrade), DestinationError> {
    let mut hasher = ContentHasher::default();
    let grade = file.read_back(&mut |block| hasher.update(block))?;
    Ok((hasher.finish(), grade))
}

/// Does the same, and keeps the bytes.
pub(crate) fn pending_bytes(
    file: &mut dyn PendingFile,
) -> Result<((ContentHash, ReadBackGrade), Vec<u8>), DestinationError> {
    let (mut hasher, mut bytes) = (ContentHasher::default(), Vec::new());
    let grade = file.read_back(&mut |block| {
        hasher.update(block);
        bytes.extend_from_slice(block);
    })?;
    Ok(((hasher.finish(), grade), bytes))
}

/// Hashes a published file, read from the medium.
pub(crate) fn published_hash(
    destination: &dyn domain::Destination,
    path: &LibraryPath,
) -> Result<(ContentHash, ReadBackGrade), DestinationError> {
    let mut hasher = ContentHasher::default();
    let grade = destination.read(path, &mut |block| hasher.update(block))?;
    Ok((hasher.finish(), grade))
}

/// Makes the identity of an asset from its own in the library of its source: the same wherever its files lie.
pub(crate) fn asset_id_of(source: &SourceId, uuid: &str) -> AssetId {
    let mut hasher = blake3::Hasher::new();
    for part in [source.as_str(), "uuid", uuid] {
        hasher.update(part.as_bytes()).update(&[0]);
    }
    AssetId::new(&hasher.finalize().to_hex()[..16])
}

/// Makes the identity of an asset from its primary file: the same as long as that file keeps path, size and time.
pub(crate) fn asset_id(source: &SourceId, primary: &Fingerprint) -> AssetId {
    let mut hasher = blake3::Hasher::new();
    for part in [source.as_str().as_bytes(), primary.path.as_str().as_bytes()] {
        hasher.update(part).update(&[0]);
    }
    hasher.update(&primary.bytes.to_le_bytes()).update(&primary.modified_ns.to_le_bytes());
    AssetId::new(&hasher.finalize().to_hex()[..16])
}
