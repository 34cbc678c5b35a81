//! The library folder as a destination.

use super::LibraryFolder;
use super::set_aside::set_aside;
use crate::cold_read::{Flushed, read_from_medium};
use crate::flush::{flush_file, flush_folder};
use crate::marker::{INCOMING, LOCK, MANIFESTS};
use crate::pending::StagedFile;
use crate::root::{io_error, open_plain};
use crate::{manifest, space, walk};
use cap_std::fs::OpenOptions;
use domain::{
    Capacity, Destination, DestinationError, LibraryFile, LibraryId, LibraryPath, ManifestEntry, ManifestLine,
    PendingFile, ReadBackGrade, Removal, SessionId, Sink, StagingName,
};
use std::collections::BTreeMap;
use std::fs::TryLockError;
use std::io::{self, ErrorKind};
use std::sync::Arc;

impl Destination for LibraryFolder {
    fn library_id(&self) -> &LibraryId {
        &self.root.id
    }

    fn check(&self) -> Result<(), DestinationError> {
        self.root.check()
    }

    fn lock(&self) -> Result<Option<Box<dyn Send>>, DestinationError> {
        let new = OpenOptions::new().write(true).create_new(true).clone();
        let _ = self.root.dir.open_with(LOCK, &new);
        let Ok(file) = open_plain(&self.root.dir, LOCK, OpenOptions::new().write(true)) else { return Ok(None) };
        match file.try_lock() {
            Ok(()) => Ok(Some(Box::new(file))),
            Err(TryLockError::WouldBlock) => Err(DestinationError::Busy),
            Err(TryLockError::Error(_)) => Ok(None),
        }
    }

    fn capacity(&self) -> Result<Capacity, DestinationError> {
        space::capacity(&self.root.dir, &self.root.path).map_err(|error| self.root.explain("free space", &error))
    }

    fn names_in(&self, folder: &LibraryPath) -> Result<Vec<String>, DestinationError> {
        let names = || -> io::Result<Vec<String>> {
            let entries = self.root.dir.read_dir(folder.as_str())?;
            entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
        };
        if_there(names()).map(Option::unwrap_or_default).map_err(|error| self.root.explain(folder.as_str(), &error))
    }

    fn create(&self, name: &StagingName, expected_bytes: u64) -> Result<Box<dyn PendingFile>, DestinationError> {
        if self.root.file_system.largest_file.is_some_and(|largest| expected_bytes > largest) {
            return Err(DestinationError::TooLarge);
        }
        let options = OpenOptions::new().read(true).write(true).create_new(true).clone();
        let incoming = self.root.make_folder(INCOMING);
        let file =
            incoming.and_then(|folder| folder.open_with(name.as_str(), &options)).map_err(|error| {
                match error.kind() {
                    ErrorKind::PermissionDenied => DestinationError::ReadOnly(self.root.place()),
                    _ => self.root.explain(name.as_str(), &error),
                }
            })?;
        Ok(Box::new(StagedFile::created(Arc::clone(&self.root), file.into_std(), name.clone(), expected_bytes)))
    }

    fn adopt(&self, name: &StagingName) -> Result<Option<Box<dyn PendingFile>>, DestinationError> {
        let path = format!("{INCOMING}/{}", name.as_str());
        let file = if_there(open_plain(&self.root.dir, &path, OpenOptions::new().read(true).write(true)));
        let file = file.map_err(|error| self.root.explain(name.as_str(), &error))?;
        Ok(file.map(|file| {
            let staged = StagedFile::adopted(Arc::clone(&self.root), file, name.clone());
            Box::new(staged) as Box<dyn PendingFile>
        }))
    }

    fn staged(&self) -> Result<Vec<StagingName>, DestinationError> {
        let names = || -> io::Result<Vec<StagingName>> {
            let mut names = Vec::new();
            for entry in self.root.dir.read_dir(INCOMING)? {
                names.extend(entry?.file_name().to_str().and_then(StagingName::parse));
            }
            Ok(names)
        };
        if_there(names()).map(Option::unwrap_or_default).map_err(|error| self.root.explain(INCOMING, &error))
    }

    fn discard(&self, name: &StagingName) -> Result<(), DestinationError> {
        let removed = self.root.dir.remove_file(format!("{INCOMING}/{}", name.as_str()));
        if_there(removed).map(drop).map_err(|error| self.root.explain(name.as_str(), &error))
    }

    fn size_of(&self, path: &LibraryPath) -> Result<Option<u64>, DestinationError> {
        let found = if_there(self.root.dir.symlink_metadata(path.as_str()));
        match found.map_err(|error| self.root.explain(path.as_str(), &error))? {
            Some(metadata) if metadata.is_file() => Ok(Some(metadata.len())),
            Some(_) => Err(io_error(path.as_str(), "it is not a plain file")),
            None => Ok(None),
        }
    }

    fn read(&self, path: &LibraryPath, sink: &mut Sink<'_>) -> Result<ReadBackGrade, DestinationError> {
        read_from_medium(&self.root, path.as_str(), Flushed::Unknown, sink)
            .map_err(|error| self.root.explain(path.as_str(), &error))
    }

    fn flush(&self, path: &LibraryPath) -> Result<(), DestinationError> {
        let options = OpenOptions::new().read(true).write(cfg!(windows)).clone();
        let flushed = open_plain(&self.root.dir, path.as_str(), &mut options.clone())
            .and_then(|file| flush_file(&file))
            .and_then(|()| flush_folder(&self.root.folder_of(path)?));
        flushed.map_err(|error| self.root.explain(path.as_str(), &error))
    }

    fn flush_names(&self, published: &[&LibraryPath]) -> Result<(), DestinationError> {
        let folders: BTreeMap<_, _> = published.iter().map(|path| (path.folder(), *path)).collect();
        for path in folders.into_values() {
            let flushed = self.root.folder_of(path).and_then(|folder| flush_folder(&folder));
            flushed.map_err(|error| self.root.explain(path.as_str(), &error))?;
        }
        let incoming = self.root.dir.open_dir(INCOMING).and_then(|incoming| flush_folder(&incoming));
        incoming.map_err(|error| self.root.explain(INCOMING, &error))
    }

    fn remove_empty(&self, path: &LibraryPath) -> Result<(), DestinationError> {
        match self.size_of(path)? {
            None => Ok(()),
            Some(0) => (|| {
                let folder = self.root.folder_of(path)?;
                folder.remove_file(path.file_name())?;
                flush_folder(&folder)
            })()
            .map_err(|error| self.root.explain(path.as_str(), &error)),
            Some(_) => Err(io_error(path.as_str(), "it is not empty and was left alone")),
        }
    }

    fn record(&self, session: &SessionId, entries: &[ManifestEntry]) -> Result<(), DestinationError> {
        let name = SessionId::parse(session.as_str()).map_err(|error| io_error(MANIFESTS, error.to_string()))?;
        manifest::append(&self.root, &name, entries)
            .map_err(|error| self.root.explain(&format!("{MANIFESTS}/{name}"), &error))
    }

    fn manifest_bytes(&self) -> Result<u64, DestinationError> {
        manifest::total_bytes(&self.root).map_err(|error| self.root.explain(MANIFESTS, &error))
    }

    fn set_aside(&self, moves: &[Removal]) -> Vec<Result<(), DestinationError>> {
        set_aside(&self.root, moves)
    }

    fn record_removals(&self, session: &SessionId, removals: &[Removal]) -> Result<(), DestinationError> {
        let name = SessionId::parse(session.as_str()).map_err(|error| io_error(MANIFESTS, error.to_string()))?;
        manifest::append_removals(&self.root, &name, removals)
            .map_err(|error| self.root.explain(&format!("{MANIFESTS}/{name}"), &error))
    }

    fn manifest_lines(&self, found: &mut dyn FnMut(&SessionId, ManifestLine)) -> Result<(), DestinationError> {
        self.checked_lines(found, &mut |_| {})
    }

    fn files(&self, found: &mut dyn FnMut(LibraryFile)) -> Result<(), DestinationError> {
        walk::files(&self.root.dir, found).map_err(|error| self.root.explain(&self.root.place(), &error))
    }
}

/// Turns "there is none" into a value.
fn if_there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}
