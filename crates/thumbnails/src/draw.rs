//! One thumbnail: of the source's own small picture if that is good enough, else of the file.

use crate::error::ThumbnailError;
use crate::gate::Gated;
use crate::key::ThumbnailKey;
use crate::queue::Ready;
use decoder::Decoders;
use domain::{ResourceReader, SourceError};
use media::Preview;

/// Longest small picture that is taken from a source, in bytes. A phone's have 10 to 60 KB.
const LONGEST: usize = 2 << 20;

/// Draws a thumbnail. What the source hands over is decoded and drawn anew, so that only pictures made here are shown.
pub(crate) fn draw(
    decoders: &Decoders,
    source: &Gated,
    key: &ThumbnailKey,
    ready: Ready,
) -> Result<Vec<u8>, ThumbnailError> {
    if key.is_large() {
        return draw_large(decoders, source, key);
    }
    let ready = match ready {
        Ready::Here(bytes) => redrawn(decoders, bytes, key),
        Ready::Unasked | Ready::Alone => ready_made(decoders, source, key)?,
    };
    if let Some(small) = ready.as_ref().filter(|small| is_large_enough(small, key.edge)) {
        return Ok(small.jpeg.clone());
    }
    match (of_file(decoders, source, key), ready) {
        (Err(error), Some(small)) if nothing_better(&error) => Ok(small.jpeg),
        (drawn, _) => drawn,
    }
}

/// Draws a picture for looking at closely: of the file. Where that cannot be drawn, or is not there because it is only in
/// iCloud, the source's own picture is shown, at its size.
fn draw_large(decoders: &Decoders, source: &Gated, key: &ThumbnailKey) -> Result<Vec<u8>, ThumbnailError> {
    match of_file(decoders, source, key) {
        Err(error) if nothing_better(&error) => ready_made(decoders, source, key)?.map(|small| small.jpeg).ok_or(error),
        drawn => drawn,
    }
}

fn of_file(decoders: &Decoders, source: &Gated, key: &ThumbnailKey) -> Result<Vec<u8>, ThumbnailError> {
    let mut file = source.open(&key.path)?;
    Ok(decoders.preview(key.path.file_name(), &mut file, key.edge)?.jpeg)
}

/// Tells whether asking for the file again is useless, so that a smaller picture is as good as it gets.
fn nothing_better(error: &ThumbnailError) -> bool {
    error.is_permanent() || matches!(error, ThumbnailError::Source(SourceError::NotFound(_)))
}

/// Asks the source for its own picture. One that is no picture is passed over, and so is a failure of this one file.
fn ready_made(decoders: &Decoders, source: &Gated, key: &ThumbnailKey) -> Result<Option<Preview>, ThumbnailError> {
    let bytes = match source.thumbnail(&key.path) {
        Ok(bytes) => bytes,
        Err(error) if error.ends_everything() => return Err(error.into()),
        Err(_) => None,
    };
    Ok(bytes.and_then(|bytes| redrawn(decoders, bytes, key)))
}

/// Draws a picture of the source's own anew, if it is one.
fn redrawn(decoders: &Decoders, bytes: Vec<u8>, key: &ThumbnailKey) -> Option<Preview> {
    let fitting = bytes.len() <= LONGEST && bytes.starts_with(&[0xFF, 0xD8, 0xFF]);
    let preview = || decoders.preview("thumbnail.jpg", &mut InMemory(bytes), key.edge).ok();
    fitting.then(preview).flatten()
}

/// Tells whether a picture can stand for one of that edge: a quarter smaller is hardly seen.
fn is_large_enough(picture: &Preview, edge: u32) -> bool {
    u64::from(picture.width.max(picture.height)) * 4 >= u64::from(edge) * 3
}

struct InMemory(Vec<u8>);

impl ResourceReader for InMemory {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.0.len());
        let end = start.saturating_add(length).min(self.0.len());
        Ok(self.0[start..end].to_vec())
    }
}
