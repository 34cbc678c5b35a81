//! Files that are computed as they are read: a head that means something, and noise that makes up the size.

use super::{exif, gif, jpeg, movie, noise, png};
use crate::media::{FileLock, OpenFile};
use crate::status::Status;

/// More than the meaningful part of any file.
pub(crate) const MOST_HEAD: u64 = 8 << 10;

/// What a computed file begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// A JPEG with the time it was taken.
    Photo,
    /// A JPEG without.
    Thumbnail,
    /// A PNG.
    Screenshot,
    /// A GIF that moves.
    Animation,
    /// A TIFF block that says it is a DNG.
    Raw,
    /// A QuickTime movie.
    Movie,
    /// Just this.
    Text(&'static str),
}

/// A file to compute. No two with different seeds are the same.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recipe {
    pub(crate) content: Content,
    pub(crate) seed: u64,
    /// In seconds since 1970.
    pub(crate) taken: u64,
    /// `None` is just the head.
    pub(crate) size: Option<u64>,
}

impl Recipe {
    pub(crate) fn size(&self) -> u64 {
        self.size.unwrap_or_else(|| self.head().len() as u64)
    }

    pub(crate) fn open(&self) -> Box<dyn OpenFile> {
        let head = self.head();
        Box::new(Computed { size: self.size.unwrap_or(head.len() as u64), head, seed: self.seed })
    }

    /// All of the file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; usize::try_from(self.size()).unwrap_or(0)];
        // Nothing that is computed can fail to be read.
        let _ = self.open().read_at(0, &mut bytes);
        bytes
    }

    fn head(&self) -> Vec<u8> {
        match self.content {
            Content::Photo => jpeg::photo(self.seed, Some(self.taken)),
            Content::Thumbnail => jpeg::photo(self.seed, None),
            Content::Screenshot => png::picture(self.seed),
            Content::Animation => gif::picture(self.seed),
            Content::Raw => exif::raw(self.taken),
            Content::Movie => movie::head(self.taken, self.size.unwrap_or(movie::HEAD)),
            Content::Text(text) => text.into(),
        }
    }
}

/// An open file that is computed as it is read.
struct Computed {
    head: Vec<u8>,
    size: u64,
    seed: u64,
}

impl OpenFile for Computed {
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize, Status> {
        let wanted = buffer.len().min(usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX));
        let buffer = &mut buffer[..wanted];
        noise::fill(self.seed, offset, buffer);
        let head = usize::try_from(offset).ok().and_then(|offset| self.head.get(offset..)).unwrap_or_default();
        let kept = head.len().min(wanted);
        buffer[..kept].copy_from_slice(&head[..kept]);
        Ok(wanted)
    }

    fn write_at(&mut self, _offset: u64, _bytes: &[u8]) -> Result<(), Status> {
        Err(Status::PermissionDenied)
    }

    fn size(&self) -> Result<u64, Status> {
        Ok(self.size)
    }

    fn resize(&mut self, _size: u64) -> Result<(), Status> {
        Err(Status::PermissionDenied)
    }

    fn lock(&mut self, _lock: FileLock) -> Result<(), Status> {
        Ok(())
    }
}
