//! Makes a JPEG of each photo in turn and prints what it took: `convert FOLDER QUALITY EDGE FILE…`.
#![allow(clippy::print_stdout, clippy::expect_used, reason = "for measuring by hand")]

use domain::{ResourceReader, SourceError};
use std::path::Path;
use std::time::Instant;

struct InMemory(Vec<u8>);

impl ResourceReader for InMemory {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }
    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.0.len());
        Ok(self.0.get(start..self.0.len().min(start.saturating_add(length))).unwrap_or_default().to_vec())
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().expect("convert FOLDER QUALITY EDGE FILE…");
    let (folder, quality) = (next(), next().parse().expect("a quality"));
    let edge = next().parse().expect("an edge in pixels");
    for path in arguments {
        let mut file = InMemory(std::fs::read(&path).expect("a readable file"));
        let began = Instant::now();
        let drawing = media::develop(&path, &mut file, edge).expect("a picture");
        let decoded = began.elapsed();
        let made = media::jpeg_of(&drawing, (&path, &mut file), quality).expect("a JPEG");
        let encoded = began.elapsed() - decoded;
        let stem = Path::new(&path).file_stem().expect("a name");
        std::fs::write(Path::new(&folder).join(stem).with_extension("jpg"), &made.jpeg).expect("a writable folder");
        println!(
            "{path} {}x{} {} -> {} bytes, {decoded:?} + {encoded:?}",
            made.width,
            made.height,
            file.0.len(),
            made.jpeg.len()
        );
    }
}
