//! A phone that hashes with a processor of its own: its answers cost the computer it is plugged into nothing but time. What
//! its files hash to is worked out before anybody is let in. One file is hashed after the other.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::{Change, FileInfo, FileKind, OpenFile, OpenMode, PhonePath, Tree};
use crate::library::Expected;
use crate::shaping::Shaping;
use crate::status::Status;

pub(crate) struct OwnProcessor {
    tree: Arc<dyn Tree>,
    work: Shaping,
    known: HashMap<PhonePath, Known>,
}

struct Known {
    size: u64,
    modified: i128,
    sha1: Vec<u8>,
}

impl OwnProcessor {
    /// Hashes every file there is. `rate` is in bytes hashed a second.
    pub(crate) fn new(tree: Arc<dyn Tree>, rate: f64) -> Result<Self, Status> {
        let (mut known, mut folders) = (HashMap::new(), vec![PhonePath::parse(b"/")]);
        while let Some(folder) = folders.pop() {
            for name in tree.list(&folder)? {
                let path = PhonePath::parse(&[folder.to_bytes().as_slice(), name.as_slice()].join(&b'/'));
                let info = tree.stat(&path)?;
                match info.kind {
                    FileKind::Directory => folders.push(path),
                    FileKind::Regular => {
                        let sha1 = tree.sha1(&path, 0, u64::MAX)?;
                        known.insert(path, Known { size: info.size, modified: info.modified, sha1 });
                    }
                    FileKind::Link { .. } => {}
                }
            }
        }
        Ok(Self { tree, work: Shaping::new(Duration::ZERO, Some(rate)), known })
    }
}

impl Tree for OwnProcessor {
    fn list(&self, folder: &PhonePath) -> Result<Vec<Vec<u8>>, Status> {
        self.tree.list(folder)
    }

    fn stat(&self, path: &PhonePath) -> Result<FileInfo, Status> {
        self.tree.stat(path)
    }

    fn open(&self, path: &PhonePath, mode: OpenMode) -> Result<Box<dyn OpenFile>, Status> {
        self.tree.open(path, mode)
    }

    fn sha1(&self, path: &PhonePath, start: u64, length: u64) -> Result<Vec<u8>, Status> {
        let info = self.tree.stat(path)?;
        let unchanged = |known: &&Known| (known.size, known.modified) == (info.size, info.modified);
        match self.known.get(path).filter(unchanged) {
            Some(known) if start == 0 && length >= known.size => {
                let done = self.work.carry(Instant::now(), known.size as usize);
                thread::sleep(done.saturating_duration_since(Instant::now()));
                Ok(known.sha1.clone())
            }
            _ => self.tree.sha1(path, start, length),
        }
    }

    fn change(&self, change: Change<'_>) -> Result<(), Status> {
        self.tree.change(change)
    }

    fn database(&self) -> Option<PathBuf> {
        self.tree.database()
    }

    fn expected(&self) -> Option<&Expected> {
        self.tree.expected()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{DiskTree, Writes};
    use super::*;

    #[test]
    fn it_takes_its_time_and_notices_a_change() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("DCIM/a/1.JPG");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, [7; 2000]).unwrap();
        let disk: Arc<dyn Tree> = Arc::new(DiskTree::new(folder.path().to_path_buf(), Writes::Refused));
        let phone = OwnProcessor::new(Arc::clone(&disk), 20_000.0).unwrap();
        let path = PhonePath::parse(b"/DCIM/a/1.JPG");
        let (begun, honest) = (Instant::now(), disk.sha1(&path, 0, u64::MAX));
        assert_eq!(phone.sha1(&path, 0, u64::MAX), honest);
        assert!(begun.elapsed() >= Duration::from_millis(100));
        std::fs::write(&file, b"other").unwrap();
        assert_ne!(phone.sha1(&path, 0, u64::MAX), honest);
        assert_eq!(phone.sha1(&path, 0, u64::MAX), disk.sha1(&path, 0, u64::MAX));
    }
}
