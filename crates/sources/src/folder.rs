//! A folder as a source: a camera's card, a backup of pictures, anything the system mounts.

mod errors;
mod os;
mod walk;

use domain::{
    CancelFlag, Fingerprint, ListEntry, ResourceReader, Source, SourceError, SourceHash, SourceId, SourcePath,
};
use errors::Place;
use std::fs::{File, Metadata};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// Cards and discs are read fastest nearly one after the other.
const CALLS_AT_ONCE: usize = 2;
const LARGEST_READ: usize = 8 << 20;
/// What makes a folder a library of ours.
const LIBRARY_MARK: &str = ".keepsake/library.json";

/// The photos below one folder. Paths are relative to it.
#[derive(Debug)]
pub struct FolderSource {
    id: SourceId,
    place: Place,
}

impl FolderSource {
    /// Opens a folder. `NotFound` when there is none, `Unusable` when it is something else or a library.
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        let shown = path.display();
        let root = path.canonicalize().map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => SourceError::NotFound(format!("the folder {shown}")),
            _ => SourceError::Unusable(format!("the folder {shown} cannot be opened: {e}")),
        })?;
        if !root.is_dir() {
            return Err(SourceError::Unusable(format!("the source {shown} is a file: choose the folder it is in")));
        }
        if is_library(&root) {
            return Err(SourceError::Unusable(format!(
                "{shown} is a Keepsake library: its photos are imported already; choose another folder"
            )));
        }
        let id = SourceId::new(format!("folder:{}", os::shown_path(&root)));
        Ok(Self { id, place: Place { root } })
    }

    /// Returns the path of a file. `NotFound` for a path that no listing can have given.
    fn path_of(&self, path: &SourcePath) -> Result<PathBuf, SourceError> {
        os::local_path(&self.place.root, path.as_str()).ok_or_else(|| SourceError::NotFound(path.to_string()))
    }
}

impl Source for FolderSource {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn name(&self) -> String {
        self.place.name()
    }

    fn concurrency(&self) -> usize {
        CALLS_AT_ONCE
    }

    fn list(&self, found: &mut dyn FnMut(Vec<ListEntry>), cancel: &CancelFlag) -> Result<(), SourceError> {
        walk::walk(&self.place, found, cancel)
    }

    fn open(&self, path: &SourcePath) -> Result<Box<dyn ResourceReader>, SourceError> {
        let local = self.path_of(path)?;
        let opened = os::open_file(&local).and_then(|file| file.metadata().map(|about| (file, about)));
        let (file, about) = opened.map_err(|e| self.place.error(&e, path))?;
        if !about.is_file() {
            return Err(SourceError::NotFound(path.to_string()));
        }
        Ok(Box::new(FileReader {
            place: self.place.clone(),
            path: path.clone(),
            file,
            bytes: about.len(),
            position: 0,
        }))
    }

    fn stat(&self, path: &SourcePath) -> Result<Fingerprint, SourceError> {
        let about = self.path_of(path)?.symlink_metadata().map_err(|e| self.place.error(&e, path))?;
        if about.is_file() { Ok(fingerprint(path, &about)) } else { Err(SourceError::NotFound(path.to_string())) }
    }

    fn thumbnail(&self, _path: &SourcePath) -> Result<Option<Vec<u8>>, SourceError> {
        Ok(None)
    }

    fn hash(&self, _: &Fingerprint) -> Result<Option<SourceHash>, SourceError> {
        Ok(None)
    }
}

fn fingerprint(path: &SourcePath, about: &Metadata) -> Fingerprint {
    Fingerprint { path: path.clone(), bytes: about.len(), modified_ns: modified_ns(about) }
}

/// Nanoseconds since 1970 UTC; 0 where the system does not know, the nearest number where it is out of reach.
fn modified_ns(about: &Metadata) -> i64 {
    let Ok(time) = about.modified() else { return 0 };
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |ns| -ns),
    }
}

fn is_library(folder: &Path) -> bool {
    folder.join(LIBRARY_MARK).symlink_metadata().is_ok()
}

struct FileReader {
    place: Place,
    path: SourcePath,
    file: File,
    bytes: u64,
    position: u64,
}

impl FileReader {
    fn read(&mut self, offset: u64, length: usize) -> std::io::Result<Vec<u8>> {
        if self.position != offset {
            self.file.seek(SeekFrom::Start(offset))?;
        }
        let mut bytes = Vec::with_capacity(length);
        (&mut self.file).take(length as u64).read_to_end(&mut bytes)?;
        self.position = offset + bytes.len() as u64;
        Ok(bytes)
    }
}

impl ResourceReader for FileReader {
    fn size(&self) -> u64 {
        self.bytes
    }

    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        self.read(offset, length.min(LARGEST_READ)).map_err(|e| self.place.error(&e, &self.path))
    }
}

#[cfg(test)]
mod tests;
