//! The one hash by which files are told apart and found whole: BLAKE3-256.

use crate::ImportError;
use domain::{
    AssetId, CancelFlag, ContentHash, Destination, DestinationError, Fingerprint, LibraryPath, PendingFile,
    ReadBackGrade, Sink, SourceError, SourceId,
};
use sha1::{Digest, Sha1};
use std::ops::ControlFlow;

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

/// What a pending file was read back as.
pub(crate) struct ReadBack {
    pub(crate) hash: ContentHash,
    pub(crate) grade: ReadBackGrade,
    /// The source's way of hashing, where that was wanted.
    pub(crate) sha1: Option<[u8; 20]>,
    /// All of it, where that was wanted.
    pub(crate) bytes: Option<Vec<u8>>,
}

/// What is wanted of a pending file besides its hash.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted {
    pub(crate) sha1: bool,
    pub(crate) bytes: bool,
}

/// Hashes what is on the medium under a pending file's name. Errors with `Cancelled` when it is to stop.
pub(crate) fn pending_hash(
    file: &mut dyn PendingFile,
    cancel: &CancelFlag,
) -> Result<(ContentHash, ReadBackGrade), ImportError> {
    hashed(cancel, &mut |sink| file.read_back(sink), &mut |_| {})
}

/// Does the same, and what is wanted besides.
pub(crate) fn read_back(
    file: &mut dyn PendingFile,
    wanted: Wanted,
    cancel: &CancelFlag,
) -> Result<ReadBack, ImportError> {
    let (mut sha1, mut bytes) = (wanted.sha1.then(Sha1::new), wanted.bytes.then(Vec::new));
    let (hash, grade) = hashed(cancel, &mut |sink| file.read_back(sink), &mut |block| {
        if let Some(sha1) = &mut sha1 {
            sha1.update(block);
        }
        if let Some(bytes) = &mut bytes {
            bytes.extend_from_slice(block);
        }
    })?;
    Ok(ReadBack { hash, grade, sha1: sha1.map(|sha1| sha1.finalize().into()), bytes })
}

/// Hashes a published file, read from the medium. Errors with `Cancelled` when it is to stop.
pub(crate) fn published_hash(
    destination: &dyn Destination,
    path: &LibraryPath,
    cancel: &CancelFlag,
) -> Result<(ContentHash, ReadBackGrade), ImportError> {
    published_hash_telling((destination, cancel), path, &mut |_| {})
}

/// Does the same, and tells how many bytes each block has that was read.
pub(crate) fn published_hash_telling(
    (destination, cancel): (&dyn Destination, &CancelFlag),
    path: &LibraryPath,
    read: &mut dyn FnMut(u64),
) -> Result<(ContentHash, ReadBackGrade), ImportError> {
    hashed(cancel, &mut |sink| destination.read(path, sink), &mut |block| read(block.len() as u64))
}

/// A film takes minutes to be read: whoever stops the work does not wait for its end.
fn hashed(
    cancel: &CancelFlag,
    read: &mut dyn FnMut(&mut Sink<'_>) -> Result<ReadBackGrade, DestinationError>,
    keep: &mut dyn FnMut(&[u8]),
) -> Result<(ContentHash, ReadBackGrade), ImportError> {
    let (mut hasher, mut stopped) = (ContentHasher::default(), false);
    let grade = read(&mut |block| {
        stopped = cancel.is_cancelled();
        if stopped {
            return ControlFlow::Break(());
        }
        hasher.update(block);
        keep(block);
        ControlFlow::Continue(())
    })?;
    if stopped { Err(SourceError::Cancelled.into()) } else { Ok((hasher.finish(), grade)) }
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
