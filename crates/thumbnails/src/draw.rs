//! One thumbnail: of the source's own small picture if that is good enough, else of the file.

use crate::error::ThumbnailError;
use crate::gate::Gated;
use crate::key::ThumbnailKey;
use decoder::Decoders;
use domain::{ResourceReader, SourceError};
use media::Preview;

/// Longest small picture that is taken from a source, in bytes. A phone's have 10 to 60 KB.
const LONGEST: usize = 2 << 20;

/// Draws a thumbnail. What the source hands over is decoded and drawn anew, so that only pictures made here are shown.
pub(crate) fn draw(decoders: &Decoders, source: &Gated, key: &ThumbnailKey) -> Result<Vec<u8>, ThumbnailError> {
    let ready = ready_made(decoders, source, key)?;
    if let Some(small) = ready.as_ref().filter(|small| is_large_enough(small, key.edge)) {
        return Ok(small.jpeg.clone());
    }
    let drawn = match source.open(&key.path) {
        Ok(mut file) => decoders.preview(key.path.file_name(), &mut file, key.edge).map_err(ThumbnailError::from),
        Err(error) => Err(error.into()),
    };
    match (drawn, ready) {
        (Ok(drawn), _) => Ok(drawn.jpeg),
        (Err(error), Some(small)) if error.is_permanent() => Ok(small.jpeg),
        (Err(error), _) => Err(error),
    }
}

/// Asks the source for its own picture. One that is no picture is passed over, and so is a failure of this one file.
fn ready_made(decoders: &Decoders, source: &Gated, key: &ThumbnailKey) -> Result<Option<Preview>, ThumbnailError> {
    let bytes = match source.thumbnail(&key.path) {
        Ok(bytes) => bytes,
        Err(error) if error.ends_everything() => return Err(error.into()),
        Err(_) => None,
    };
    let fitting = bytes.filter(|bytes| bytes.len() <= LONGEST && bytes.starts_with(&[0xFF, 0xD8, 0xFF]));
    Ok(fitting.and_then(|bytes| decoders.preview("thumbnail.jpg", &mut InMemory(bytes), key.edge).ok()))
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
