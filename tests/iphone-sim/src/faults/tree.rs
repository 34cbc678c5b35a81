//! A tree whose files misbehave as told; the tree behind it stays honest.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::{Fault, Faults, Hang};
use crate::library::Expected;
use crate::media::{Change, FileInfo, FileLock, OpenFile, OpenMode, PhonePath, Tree};
use crate::status::Status;

pub(crate) struct FaultyTree {
    honest: Arc<dyn Tree>,
    faults: Arc<Faults>,
}

impl FaultyTree {
    pub(crate) fn new(honest: Arc<dyn Tree>, faults: Arc<Faults>) -> Self {
        Self { honest, faults }
    }

    fn fail(&self, path: &PhonePath) -> Result<Vec<Fault>, Status> {
        let faults = self.faults.about(path);
        let failure = faults.iter().find_map(|fault| match fault {
            Fault::Fails { status, .. } => Some(*status),
            _ => None,
        });
        failure.map_or(Ok(faults), Err)
    }
}

impl Tree for FaultyTree {
    fn list(&self, folder: &PhonePath) -> Result<Vec<Vec<u8>>, Status> {
        let faults = self.fail(folder)?;
        let mut names = self.honest.list(folder)?;
        for fault in faults {
            if let Fault::Lists { name, .. } = fault {
                names.push(name.into_bytes());
            }
        }
        Ok(names)
    }

    fn stat(&self, path: &PhonePath) -> Result<FileInfo, Status> {
        let faults = self.fail(path)?;
        let mut info = self.honest.stat(path)?;
        for fault in faults {
            match fault {
                Fault::TellsSize { size, .. } => info.size = size,
                Fault::TellsTime { nanoseconds, .. } => info.modified = nanoseconds.into(),
                Fault::Withholds { attribute, .. } => info.withheld.push(attribute),
                _ => {}
            }
        }
        Ok(info)
    }

    fn open(&self, path: &PhonePath, mode: OpenMode) -> Result<Box<dyn OpenFile>, Status> {
        self.fail(path)?;
        let honest = self.honest.open(path, mode)?;
        Ok(Box::new(FaultyFile { honest, path: path.clone(), faults: self.faults.clone() }))
    }

    fn change(&self, change: Change<'_>) -> Result<(), Status> {
        self.honest.change(change)
    }

    fn database(&self) -> Option<PathBuf> {
        self.honest.database()
    }

    fn expected(&self) -> Option<&Expected> {
        self.honest.expected()
    }

    /// Hashes what is really there: a wrong byte on the way is what a hash is to find.
    fn sha1(&self, path: &PhonePath, start: u64, length: u64) -> Result<Vec<u8>, Status> {
        if let Some(refusal) = self.faults.hash_refusal() {
            return Err(refusal);
        }
        let faults = self.fail(path)?;
        for fault in &faults {
            if let Fault::HashesSlowly { ms, .. } = fault {
                std::thread::sleep(Duration::from_millis(*ms));
            }
        }
        let mut hash = self.honest.sha1(path, start, length)?;
        if faults.iter().any(|fault| matches!(fault, Fault::LiesAboutHash { .. })) {
            hash.iter_mut().for_each(|byte| *byte = !*byte);
        }
        Ok(hash)
    }
}

struct FaultyFile {
    honest: Box<dyn OpenFile>,
    path: PhonePath,
    faults: Arc<Faults>,
}

impl OpenFile for FaultyFile {
    fn hang(&self) -> Option<Hang> {
        self.faults.about(&self.path).iter().find_map(|fault| match fault {
            Fault::Hangs { how, .. } => Some(*how),
            _ => None,
        })
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize, Status> {
        let faults = self.faults.about(&self.path);
        let mut wanted = buffer.len() as u64;
        for fault in &faults {
            match fault {
                Fault::ShortReads { most, .. } => wanted = wanted.min(*most),
                Fault::EarlyEnd { at, .. } => wanted = wanted.min(at.saturating_sub(offset)),
                _ => {}
            }
        }
        let end = offset.saturating_add(wanted);
        for fault in &faults {
            match fault {
                Fault::ReadFails { offset: bad, status, .. } if (offset..end).contains(bad) => return Err(*status),
                _ => {}
            }
        }
        let filled = self.honest.read_at(offset, &mut buffer[..wanted as usize])?;
        for fault in &faults {
            match fault {
                Fault::WrongByte { offset: wrong, .. } if (offset..offset + filled as u64).contains(wrong) => {
                    buffer[(wrong - offset) as usize] ^= 0xff;
                }
                _ => {}
            }
        }
        if let Some(wrong) = self.faults.wrong_this_time(&self.path, offset..offset + filled as u64) {
            buffer[(wrong.start - offset) as usize..(wrong.end - offset) as usize]
                .iter_mut()
                .for_each(|byte| *byte ^= 0x5a);
        }
        Ok(filled)
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Status> {
        self.honest.write_at(offset, bytes)
    }

    fn size(&self) -> Result<u64, Status> {
        self.honest.size()
    }

    fn resize(&mut self, size: u64) -> Result<(), Status> {
        self.honest.resize(size)
    }

    fn lock(&mut self, lock: FileLock) -> Result<(), Status> {
        self.honest.lock(lock)
    }
}
