//! What a picture costs more in a child process than in this one: `cargo run --release -p decoder --example overhead FILE…`.
//!
//! Prints for each file the shortest of many runs in milliseconds, taken in turns, so that a busy computer disturbs both.
#![allow(clippy::print_stdout, clippy::expect_used, reason = "a measurement for people")]

use decoder::{Decoders, Launch, Limits};
use domain::{ResourceReader, SourceError};
use std::time::{Duration, Instant};

const RUNS: usize = 40;
const EDGE: u32 = 320;

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
    decoder::serve_if_asked();
    let decoders = Decoders::new(Launch::this_program(), Limits::default());
    println!("{:>8} {:>8} {:>8}  file", "here ms", "child ms", "more ms");
    for path in std::env::args().skip(1) {
        let mut file = File(std::fs::read(&path).expect("a readable file"));
        let (mut here, mut child) = (Duration::MAX, Duration::MAX);
        for _ in 0..RUNS {
            let began = Instant::now();
            if media::preview(&path, &mut file, EDGE).is_err() {
                break;
            }
            here = here.min(began.elapsed());
            let began = Instant::now();
            drop(decoders.preview(&path, &mut file, EDGE));
            child = child.min(began.elapsed());
        }
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        println!("{:8.2} {:8.2} {:8.2}  {path}", ms(here), ms(child), ms(child) - ms(here));
    }
}
