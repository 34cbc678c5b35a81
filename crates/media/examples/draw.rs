//! Draws files again and again on one thread and keeps nothing, to be timed from outside: `draw EDGE RUNS FILE…`.
//! `scripts/bench_pictures.py` holds it against vipsthumbnail.
#![allow(clippy::expect_used, reason = "a measurement")]

use domain::{ResourceReader, SourceError};

struct File(Vec<u8>);

impl ResourceReader for File {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }
    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.0.len());
        Ok(self.0[start..start.saturating_add(length).min(self.0.len())].to_vec())
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = || arguments.next().and_then(|n| n.parse().ok()).expect("draw EDGE RUNS FILE…");
    let (edge, runs): (u32, u32) = (number(), number());
    for path in arguments {
        for _ in 0..runs {
            let mut file = File(std::fs::read(&path).expect("a readable file"));
            media::preview(&path, &mut file, edge).expect("a picture");
        }
    }
}
