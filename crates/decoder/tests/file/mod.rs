//! A file in memory, and a photo to put into it.

use domain::{ResourceReader, SourceError};
use std::path::Path;

/// Bytes, and what the source says instead of them.
pub struct File(pub Vec<u8>, pub Option<SourceError>);

impl ResourceReader for File {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }
    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        if let Some(error) = &self.1 {
            return Err(error.clone());
        }
        let start = (offset as usize).min(self.0.len());
        Ok(self.0[start..(start + length).min(self.0.len())].to_vec())
    }
}

/// A photo of a phone with a small one inside.
pub fn photo() -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/media");
    std::fs::read(folder.join("perkeep__IMG_8062.HEIC")).unwrap()
}
