//! Has the pool and its decoders draw files from disk again and again, to be timed from outside:
//! `pool EDGE THREADS RUNS FILE…`. `scripts/bench_pictures.py` holds it against vipsthumbnail.
#![allow(clippy::expect_used, reason = "a measurement")]

use decoder::{Decoders, Launch, Limits};
use domain::{
    CancelFlag, Fingerprint, ListEntry, ResourceReader, Source, SourceError, SourceHash, SourceId, SourcePath,
};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::{Arc, mpsc};
use thumbnails::{ThumbnailKey, Thumbnails};

/// Files by their paths on this computer.
struct Disk(SourceId);

impl Source for Disk {
    fn id(&self) -> &SourceId {
        &self.0
    }
    fn name(&self) -> String {
        "disk".to_owned()
    }
    fn concurrency(&self) -> usize {
        8
    }
    fn list(&self, _found: &mut dyn FnMut(Vec<ListEntry>), _cancel: &CancelFlag) -> Result<(), SourceError> {
        Ok(())
    }
    fn open(&self, path: &SourcePath) -> Result<Box<dyn ResourceReader>, SourceError> {
        let file = File::open(path.as_str()).map_err(unusable)?;
        let size = file.metadata().map_err(unusable)?.len();
        Ok(Box::new(Open { file, size }))
    }
    fn stat(&self, path: &SourcePath) -> Result<Fingerprint, SourceError> {
        Err(SourceError::NotFound(path.to_string()))
    }
    fn thumbnail(&self, _path: &SourcePath) -> Result<Option<Vec<u8>>, SourceError> {
        Ok(None)
    }
    fn hash(&self, _: &Fingerprint) -> Result<Option<SourceHash>, SourceError> {
        Ok(None)
    }
}

fn unusable(error: std::io::Error) -> SourceError {
    SourceError::Unusable(error.to_string())
}

struct Open {
    file: File,
    size: u64,
}

impl ResourceReader for Open {
    fn size(&self) -> u64 {
        self.size
    }
    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        let mut bytes = Vec::with_capacity(length);
        self.file.seek(SeekFrom::Start(offset)).map_err(unusable)?;
        (&self.file).take(length as u64).read_to_end(&mut bytes).map_err(unusable)?;
        Ok(bytes)
    }
}

fn main() {
    decoder::serve_if_asked();
    let mut arguments = std::env::args().skip(1);
    let mut number = || arguments.next().and_then(|n| n.parse().ok()).expect("pool EDGE THREADS RUNS FILE…");
    let (edge, threads, runs): (u32, u32, u32) = (number(), number(), number());
    let files: Vec<String> = arguments.collect();
    let cache = tempfile::tempdir().expect("a folder");
    let decoders = Decoders::new(Launch::this_program(), Limits::default());
    let pool = Thumbnails::new(cache.path().to_owned(), threads as usize, decoders);
    let source: Arc<Disk> = Arc::new(Disk(SourceId::new("folder:/")));
    let (sender, receiver) = mpsc::channel();
    for run in 0..runs {
        for path in &files {
            let path = SourcePath::new(path.as_str());
            // Each run is another state of the file, or the second one would be kept from the first.
            let key = ThumbnailKey { source: source.0.clone(), path, bytes: 1, modified_ns: run.into(), edge };
            let sender = sender.clone();
            let reply = move |answer| sender.send(answer).expect("someone waits");
            pool.request(key, Arc::clone(&source) as Arc<dyn Source>, Box::new(reply));
        }
    }
    drop(sender);
    receiver.iter().for_each(|answer| drop(answer.expect("a picture")));
}
