//! The role of whatever photos go to, and the record that lies beside them.

use crate::{
    AppleFingerprint, AssetDetails, CaptureTime, ContentHash, Derivation, Evidence, LibraryId, LibraryPath,
    ManifestLine, Removal, RenditionOf, ResourceRole, SessionId, SourceId, SourcePath,
};
use std::ops::ControlFlow;

/// A library that takes verified copies. Nothing in it is ever overwritten.
///
/// The order of calls that makes a copy durable is the importer's; each method here is durable when it returns, or says not.
pub trait Destination: Send + Sync {
    /// Returns the library's identity, read from its own folder.
    fn library_id(&self) -> &LibraryId;

    /// Makes sure that the same library is still there: its drive was not pulled or replaced.
    fn check(&self) -> Result<(), DestinationError>;

    /// Keeps every other program from changing the library for as long as the result lives, also one that keeps a catalog
    /// elsewhere. Errors with `Busy` when one is at work. `None` where the file system has no locks, or nothing can be written.
    fn lock(&self) -> Result<Option<Box<dyn Send>>, DestinationError>;

    /// Returns what fits.
    fn capacity(&self) -> Result<Capacity, DestinationError>;

    /// Returns the names in a folder, none when it does not exist.
    fn names_in(&self, folder: &LibraryPath) -> Result<Vec<String>, DestinationError>;

    /// Starts a file that nobody can see until it is published. Errors when the name is taken.
    fn create(&self, name: &StagingName, expected_bytes: u64) -> Result<Box<dyn PendingFile>, DestinationError>;

    /// Opens a staged file that an earlier run left behind, `None` when there is none.
    fn adopt(&self, name: &StagingName) -> Result<Option<Box<dyn PendingFile>>, DestinationError>;

    /// Lists the staged files that earlier runs left behind.
    fn staged(&self) -> Result<Vec<StagingName>, DestinationError>;

    /// Removes a staged file; fine when there is none.
    fn discard(&self, name: &StagingName) -> Result<(), DestinationError>;

    /// Returns the size of a published file, `None` when there is none. Anything that is not a plain file is an error.
    fn size_of(&self, path: &LibraryPath) -> Result<Option<u64>, DestinationError>;

    /// Reads a published file from the medium, not from memory where the system allows that, into `sink`, to its end or until
    /// that has enough.
    fn read(&self, path: &LibraryPath, sink: &mut Sink<'_>) -> Result<ReadBackGrade, DestinationError>;

    /// Flushes a published file and its folder once more.
    fn flush(&self, path: &LibraryPath) -> Result<(), DestinationError>;

    /// Makes the names of files published just now last: flushes the folders they went to, each once, and then the one they
    /// came from.
    fn flush_names(&self, published: &[&LibraryPath]) -> Result<(), DestinationError>;

    /// Removes a published file of zero bytes: the leftover of an interrupted publication. Refuses any other.
    fn remove_empty(&self, path: &LibraryPath) -> Result<(), DestinationError>;

    /// Appends lines to the manifest of an import and flushes it.
    fn record(&self, session: &SessionId, entries: &[ManifestEntry]) -> Result<(), DestinationError>;

    /// Moves published files to other names in the library, never over another file, and flushes their folders. A day's
    /// folder that is empty then is removed. The results are in the order of the moves; what failed stayed where it was.
    fn set_aside(&self, moves: &[Removal]) -> Vec<Result<(), DestinationError>>;

    /// Appends lines to the manifest of an import that say what of it was set aside, and flushes it.
    fn record_removals(&self, session: &SessionId, removals: &[Removal]) -> Result<(), DestinationError>;

    /// Returns the size of all manifests, in bytes: another number means news, from here or from another computer.
    fn manifest_bytes(&self) -> Result<u64, DestinationError>;

    /// Reads every manifest, oldest import first, line by line. Lines that were cut by a power failure are left out.
    fn manifest_lines(&self, found: &mut dyn FnMut(&SessionId, ManifestLine)) -> Result<(), DestinationError>;

    /// Reads every copy that was ever recorded, oldest import first, also of imports that were undone.
    fn manifest(&self, found: &mut dyn FnMut(ManifestEntry)) -> Result<(), DestinationError> {
        self.manifest_lines(&mut |_, line| {
            if let ManifestLine::Copied(entry) = line {
                found(entry);
            }
        })
    }

    /// Lists every file that lies in the library's own folders, manifests and internals apart. Where a folder cannot be read
    /// it errors in the end, after all that can be seen.
    fn files(&self, found: &mut dyn FnMut(LibraryFile)) -> Result<(), DestinationError>;
}

/// Takes block after block of a file; `Break` when no more is wanted.
pub type Sink<'a> = dyn FnMut(&[u8]) -> ControlFlow<()> + 'a;

/// A file being written, invisible to others. Dropping it leaves nothing behind.
pub trait PendingFile: Send {
    /// Appends bytes.
    fn write(&mut self, bytes: &[u8]) -> Result<(), DestinationError>;

    /// Sets the modification time (nanoseconds since 1970 UTC, coarser where the file system is) and flushes to the medium.
    fn seal(&mut self, modified_ns: i64) -> Result<(), DestinationError>;

    /// Reads the sealed bytes back, from the medium where the system allows that, to their end or until `sink` has enough.
    fn read_back(&mut self, sink: &mut Sink<'_>) -> Result<ReadBackGrade, DestinationError>;

    /// Gives the file its final name, never over another file. `Taken` when the name exists; the file is then still pending
    /// and another name can be tried. The name lasts only after [`PendingFile::flush_published`] and then
    /// [`Destination::flush_names`], so that many files can share the flush of their folder.
    fn publish(&mut self, to: &LibraryPath) -> Result<(), DestinationError>;

    /// Flushes the file once more under its final name: FAT fills in its size and place only now.
    fn flush_published(&mut self) -> Result<(), DestinationError>;

    /// Leaves the file staged for the next run, which will decide by the journal what to do with it.
    fn leave(self: Box<Self>);
}

/// Names a staged file: a journal token, safe as a file name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StagingName(String);

impl StagingName {
    /// Makes the name of the `index`th file of an import.
    pub fn new(session: &SessionId, index: u64) -> Self {
        Self(format!("{session}-{index}.part"))
    }

    /// Checks a name found on a drive; `None` when it is not one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let (session, index) = text.strip_suffix(".part")?.split_once('-')?;
        SessionId::parse(session).ok()?;
        let digits = !index.is_empty() && index.len() <= 20 && index.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| Self(text.to_owned()))
    }

    /// Returns the file name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How sure we can be that a read came from the medium.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadBackGrade {
    /// The system dropped its copy in memory first, or was told to read past it.
    Cold,
    /// The system may have answered from memory (FUSE file systems, memory disks).
    Warm,
}

/// What a library's volume can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// Bytes an ordinary user can still write.
    pub free_bytes: u64,
    /// Size of the volume in bytes.
    pub total_bytes: u64,
    /// Largest file the file system can hold, where it is smaller than the volume (FAT32: 4 GiB - 1).
    pub largest_file: Option<u64>,
    /// What the file system gives out space in, in bytes: each file takes a whole number of these. 1 where that is not known.
    pub block_bytes: u64,
}

impl Capacity {
    /// Tells whether a file of this size could be there at all, were the volume empty. A phone that lies about one file's
    /// size must not keep the others from being imported.
    pub fn can_hold(&self, bytes: u64) -> bool {
        bytes <= self.total_bytes && self.largest_file.is_none_or(|largest| bytes <= largest)
    }

    /// Returns how many bytes of the volume a file of this size takes.
    pub fn taken_by(&self, bytes: u64) -> u64 {
        bytes.checked_next_multiple_of(self.block_bytes.max(1)).unwrap_or(u64::MAX)
    }
}

/// A file found in a library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibraryFile {
    /// Where it is, relative to the library, `/` between components. Not checked: another program may have put it there.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// One line of a manifest: a verified copy, or a file made of one, and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct ManifestEntry {
    /// Where it was filed.
    pub path: LibraryPath,
    /// Its size.
    pub bytes: u64,
    /// The hash of its bytes.
    pub hash: ContentHash,
    /// What it is to its asset.
    pub role: ResourceRole,
    /// Ties the files of one asset together: the path of the asset's primary file.
    pub asset: LibraryPath,
    /// The source it came from.
    pub source: SourceId,
    /// Where it was at the source.
    pub source_path: SourcePath,
    /// Its modification time at the source, nanoseconds since 1970 UTC.
    pub source_modified_ns: i64,
    /// When it was taken.
    pub taken: CaptureTime,
    /// How the copy was verified.
    pub evidence: Evidence,
    /// Whether the copy was read back from the medium or perhaps from memory.
    pub grade: ReadBackGrade,
    /// What Apple's library knew the copied bytes by, where it did.
    pub apple: Option<AppleFingerprint>,
    /// What the phone's own library said of its asset; with the primary file only, and only where it said something.
    pub details: Option<Box<AssetDetails>>,
    /// How it was made, if it is no copy; it is then what its source's file was made into.
    pub derived: Option<Box<Derivation>>,
    /// Which original it is a smaller picture of, if it is a rendition.
    pub rendition_of: Option<Box<RenditionOf>>,
}

/// What can go wrong at a destination, by what the caller can do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DestinationError {
    /// The drive was pulled, or another one is at its place.
    #[error("the library at {0} is gone: connect its drive again")]
    Gone(String),
    /// The place cannot hold a library: no such folder, a file, a folder inside the source.
    #[error("{0}")]
    Unusable(String),
    /// Nothing can be written there.
    #[error("{0} is read-only: choose another library or make it writable")]
    ReadOnly(String),
    /// The drive is full.
    #[error("{0} is full")]
    Full(String),
    /// The volume cannot hold a file this large, or its file system cannot.
    #[error("the file is too large for the drive (FAT32 holds files up to 4 GB)")]
    TooLarge,
    /// The name is taken; another must be chosen.
    #[error("{0} exists already")]
    Taken(String),
    /// Another run of Keepsake imports into this library, puts something of it aside or checks it.
    #[error("Keepsake is at work in this library already: wait for that import or check, or stop it")]
    Busy,
    /// The system reported an error for one file.
    #[error("{path}: {reason}")]
    Io {
        /// The file.
        path: String,
        /// The system's words.
        reason: String,
    },
}

impl DestinationError {
    /// Tells whether the whole destination is affected, so that going on with other files is useless.
    pub fn ends_everything(&self) -> bool {
        matches!(self, Self::Gone(_) | Self::Unusable(_) | Self::ReadOnly(_) | Self::Full(_) | Self::Busy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_staging_names_are_recognised() {
        let session = SessionId::new("0123456789abcdef0123456789abcdef");
        let name = StagingName::new(&session, 42);
        assert_eq!(StagingName::parse(name.as_str()), Some(name));
        for other in ["photo.part", "../x-1.part", "0123456789abcdef0123456789abcdef-.part", ".DS_Store", "x"] {
            assert_eq!(StagingName::parse(other), None, "{other}");
        }
    }
}
