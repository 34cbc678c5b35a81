//! The role of whatever photos come from: a phone, a folder, a card, a backup.

use crate::{AssetKind, CancelFlag, Fingerprint, ListedAsset, SourceId, SourcePath};

/// A place that photos come from. No method changes anything there.
///
/// Everything it hands over is untrusted: names, sizes and bytes are checked by whoever uses them.
pub trait Source: Send + Sync {
    /// Returns the identity under which what was imported is remembered.
    fn id(&self) -> &SourceId;

    /// Returns the name the user gave it.
    fn name(&self) -> String;

    /// Returns how many calls at once suit it; at least 1.
    fn concurrency(&self) -> usize;

    /// Returns the same source for one piece of work: whatever waits for the source, in the files that it opens as well, then
    /// ends with `Cancelled` as soon as the user wants no more. `None` where no call waits.
    fn until(&self, cancel: &CancelFlag) -> Option<Box<dyn Source>> {
        let _ = cancel;
        None
    }

    /// Lists every file, folder by folder, without opening any. `found` is called with one batch after the other as they
    /// come in, so that a window can fill. An entry that cannot be read is reported and does not end the listing.
    /// Errors when the source as a whole cannot be listed, or with `Cancelled`.
    fn list(&self, found: &mut dyn FnMut(Vec<ListEntry>), cancel: &CancelFlag) -> Result<(), SourceError>;

    /// Opens a file for reading at any offset. Errors when it is gone or refused.
    fn open(&self, path: &SourcePath) -> Result<Box<dyn ResourceReader>, SourceError>;

    /// Opens a file for a look at it, such as for its picture, in a way that waits for no file that is being copied. The same
    /// as `open` where copies do not stand in the way.
    fn open_aside(&self, path: &SourcePath) -> Result<Box<dyn ResourceReader>, SourceError> {
        self.open(path)
    }

    /// Reads the first `length` bytes of a few files together, where that is quicker than one after the other. `None` for a
    /// file that must be opened instead, which then says why. Errors when the source as a whole fails.
    fn heads(&self, paths: &[&SourcePath], length: usize) -> Result<Vec<Option<FileHead>>, SourceError> {
        let _ = length;
        Ok(vec![None; paths.len()])
    }

    /// Looks a file up again, to see whether it changed since it was listed.
    fn stat(&self, path: &SourcePath) -> Result<Fingerprint, SourceError>;

    /// Hands over a ready-made small picture (JPEG bytes, untrusted), if the source keeps one.
    fn thumbnail(&self, path: &SourcePath) -> Result<Option<Vec<u8>>, SourceError>;

    /// Hands over those of several files, in their order, where that is quicker than one after the other. `None` for a file
    /// that must be asked for by itself. Errors when the source as a whole fails.
    fn thumbnails(&self, paths: &[&SourcePath]) -> Result<Vec<Option<Vec<u8>>>, SourceError> {
        Ok(vec![None; paths.len()])
    }

    /// Returns how many small pictures are best asked for together; 1 where [`Source::thumbnails`] gains nothing.
    fn thumbnails_at_once(&self) -> usize {
        1
    }

    /// Looks for the best picture at hand of each of these originals, which are not at the source, such as one made for the
    /// screen; of a film for the best film, else for a picture of it. The answers are in the order of the originals: a file
    /// that can be opened, or `None`. Errors when the source as a whole fails, or with `Cancelled`.
    fn renditions(
        &self,
        originals: &[(&SourcePath, AssetKind)],
        cancel: &CancelFlag,
    ) -> Result<Vec<Option<Fingerprint>>, SourceError> {
        let _ = cancel;
        Ok(vec![None; originals.len()])
    }

    /// Lets go of whatever is held at the source, such as connections, so that it can be unplugged; the next call takes it
    /// up again. Errors when a call that is under way does not end.
    fn release(&self) -> Result<(), SourceError> {
        Ok(())
    }

    /// Tells whether its owner must unlock it before it can be read, after a call said `Locked`. Errors when it is gone or
    /// does not answer.
    fn is_locked(&self) -> Result<bool, SourceError> {
        Ok(false)
    }

    /// Has the source hash a file on its own side, which it is given time for by the file's size. `None` where it cannot, or
    /// does not answer.
    fn hash(&self, file: &Fingerprint) -> Result<Option<SourceHash>, SourceError>;
}

/// One file of a listing, or a reason why there is none.
#[derive(Debug, Clone, PartialEq)]
pub enum ListEntry {
    /// A file that may be imported.
    File(SourceFile),
    /// A photo whose files the source knows to be one. None of them is listed as a file besides.
    Asset(Box<ListedAsset>),
    /// Something about the listing as a whole that the user must know, in a sentence.
    Note(String),
    /// How far the source is with reading its own library, before there is anything to list.
    Reading(LibraryRead),
    /// Something that should be a file or folder but could not be looked at.
    Unreadable {
        /// Where it is.
        path: SourcePath,
        /// Why.
        error: SourceError,
    },
    /// A file that is not a photo or video; counted, not imported.
    Ignored(SourcePath),
}

/// How far the reading of a source's own library is. It ends with both the same, or with the next entry of another sort;
/// one that begins again begins at 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LibraryRead {
    /// Bytes read; never more than in all.
    pub done_bytes: u64,
    /// Bytes in all.
    pub total_bytes: u64,
}

/// A listed file: what is known of it without opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Where, how large, how old.
    pub fingerprint: Fingerprint,
}

/// What a file begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileHead {
    /// The size in bytes that the source reported when it was read.
    pub size: u64,
    /// Its first bytes; fewer than asked for at its end, and when the source gives less at a time.
    pub bytes: Vec<u8>,
}

/// An open file at a source. Dropping it closes it there.
pub trait ResourceReader: Send {
    /// Returns the size in bytes that the source reported when it was opened.
    fn size(&self) -> u64;

    /// Reads up to `length` bytes at `offset`. Shorter only at the end of the file or when the source gives less at a
    /// time; empty at the end. Errors leave the reader unusable.
    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError>;

    /// Takes back what was read and is not needed any more, so that the next bytes can be read into it. Nobody must.
    fn take_back(&mut self, bytes: Vec<u8>) {
        drop(bytes);
    }
}

/// A hash computed by the source itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceHash {
    /// SHA-1 of the whole file, as AFC's `GetFileHash` answers it.
    Sha1([u8; 20]),
}

/// What can go wrong at a source, by what the caller can do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The cable was pulled, the card removed, the folder deleted. Nothing more can be read; come back later.
    #[error("{0} is not connected: plug it in")]
    Unplugged(String),
    /// The phone does not trust this computer.
    #[error("this computer is not trusted by {0}: unlock it and tap Trust")]
    NotTrusted(String),
    /// The trust question is on the phone's screen.
    #[error("{0} is asking whether to trust this computer: tap Trust on it")]
    TrustPending(String),
    /// The phone must be unlocked first.
    #[error("{0} is locked: unlock it and try again")]
    Locked(String),
    /// No answer came in time.
    #[error("{0} does not answer: unplug it, plug it in again and retry")]
    TimedOut(String),
    /// There is nothing at this place (any more).
    #[error("{0} does not exist")]
    NotFound(String),
    /// The place is not what it should be, such as a file instead of a folder.
    #[error("{0}")]
    Unusable(String),
    /// One file or folder could not be read; others may be fine.
    #[error("{path} could not be read: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// The reason in words.
        reason: String,
    },
    /// The source answered something that cannot be true; nothing of that answer was used.
    #[error("{0} gave an answer that makes no sense: {1}")]
    Nonsense(String, String),
    /// The user asked to stop.
    #[error("stopped")]
    Cancelled,
}

impl SourceError {
    /// Tells whether the whole source is affected, so that going on with other files is useless.
    pub fn ends_everything(&self) -> bool {
        !matches!(self, Self::Unreadable { .. } | Self::NotFound(_) | Self::Nonsense(..))
    }
}
