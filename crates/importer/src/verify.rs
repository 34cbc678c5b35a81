//! Does the library still hold what it was given? Reads every file from the medium and compares with the manifests.

use crate::ImportError;
use crate::hashing::{published_hash, published_hash_telling};
use crate::standing::{Standing, standing};
use domain::{CancelFlag, ContentHash, Destination, LibraryFile, LibraryPath, Removal, SourceError};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Files whose bytes are what the manifest says, those that were moved within the library included.
    pub ok: u64,
    /// Photos and videos that the manifests tell of and that were not put aside, in assets.
    pub photos: u64,
    /// Bytes of the files that the manifests tell of.
    pub bytes: u64,
    /// Files with other bytes, or that cannot be read.
    pub changed: Vec<ChangedFile>,
    /// Files that are not there.
    pub missing: Vec<LibraryPath>,
    /// Files that their owner moved within the library or gave another name: where they were filed and where they are.
    pub moved: Vec<(LibraryPath, LibraryPath)>,
    /// Files that no manifest knows, relative to the library.
    pub unknown: Vec<String>,
    /// Whole copies of which only this computer's catalog knows: the lines that told of them are damaged or gone.
    pub unrecorded: Vec<LibraryPath>,
    /// Files that were not looked at, as it was stopped before. Then nothing is known of what was moved.
    pub not_reached: u64,
}

/// A file with other bytes than it was filed with: damaged, or somebody's work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedFile {
    /// Where it is.
    pub path: LibraryPath,
    /// Its size and the hash of its bytes as they are; `None` when it cannot be read.
    pub found: Option<(u64, ContentHash)>,
}

/// How far a verification is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VerifyProgress {
    /// Files looked at.
    pub done_files: u64,
    /// Files in all.
    pub files: u64,
    /// Bytes read, those of files that cannot be read included.
    pub done_bytes: u64,
    /// Bytes in all.
    pub bytes: u64,
    /// Files found changed so far.
    pub changed: u64,
    /// Files not found at their places so far.
    pub missing: u64,
}

impl VerifyReport {
    /// Tells whether every file of the manifests is there unchanged, and none of them lost its line.
    pub fn is_sound(&self) -> bool {
        self.changed.is_empty() && self.missing.is_empty() && self.unrecorded.is_empty() && self.not_reached == 0
    }

    /// Counts the files that the manifests tell of.
    pub fn files(&self) -> u64 {
        self.ok + self.changed.len() as u64 + self.missing.len() as u64 + self.not_reached
    }
}

/// Verifies a library. `progress` hears how far it is, after each block that is read. Errors when the library goes away; on
/// `cancel` the report says how many files were not reached.
pub fn verify(
    destination: &dyn Destination,
    progress: &mut dyn FnMut(&VerifyProgress),
    cancel: &CancelFlag,
) -> Result<VerifyReport, ImportError> {
    let expected = standing(destination)?;
    let mut strays = strays(destination, &expected)?;
    let (files, bytes) = (expected.len() as u64, expected.values().map(|file| file.bytes).fold(0, u64::saturating_add));
    let photos = expected.values().filter(|file| file.is_photo && !file.held).count() as u64;
    let mut verifying = Verifying {
        destination,
        cancel,
        progress,
        at: VerifyProgress { files, bytes, ..VerifyProgress::default() },
        missing: BTreeMap::new(),
        report: VerifyReport { photos, bytes, ..VerifyReport::default() },
    };
    let mut stopped = verifying.look_at_all(&expected)?;
    if !stopped && (!verifying.missing.is_empty() || !strays.is_empty()) {
        let now = standing(destination)?;
        strays.retain(|file| !is_known(&file.path, &now));
        stopped = verifying.look_again((&expected, &now))?;
    }
    let Verifying { at, missing, mut report, .. } = verifying;
    if stopped {
        report.not_reached = at.files.saturating_sub(at.done_files).max(1);
    }
    look_elsewhere((destination, cancel), missing, strays, &mut report)?;
    Ok(report)
}

/// A verification that runs.
struct Verifying<'a> {
    destination: &'a dyn Destination,
    cancel: &'a CancelFlag,
    progress: &'a mut dyn FnMut(&VerifyProgress),
    at: VerifyProgress,
    missing: BTreeMap<LibraryPath, (u64, ContentHash)>,
    report: VerifyReport,
}

impl Verifying<'_> {
    /// Reads files one after the other. Returns whether it was stopped.
    fn look_at_all(&mut self, expected: &BTreeMap<LibraryPath, Standing>) -> Result<bool, ImportError> {
        for (path, file) in expected {
            let before = self.at.done_bytes;
            if self.look_at(path, file)? {
                return Ok(true);
            }
            self.at.done_files += 1;
            self.at.done_bytes = before.saturating_add(file.bytes);
            (self.progress)(&self.at);
        }
        Ok(false)
    }

    /// What was put aside meanwhile is not missing: it is read where it is now. Returns whether it was stopped.
    fn look_again(
        &mut self,
        (before, now): (&BTreeMap<LibraryPath, Standing>, &BTreeMap<LibraryPath, Standing>),
    ) -> Result<bool, ImportError> {
        let missing = std::mem::take(&mut self.missing);
        let missing = missing.keys().filter_map(|path| now.get_key_value(path));
        let put_aside = now.iter().filter(|(path, file)| file.held && !before.contains_key(*path));
        for (path, file) in missing.chain(put_aside) {
            if self.look_at(path, file)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads a file and notes how it is. Returns whether it was stopped before that was known.
    fn look_at(&mut self, path: &LibraryPath, file: &Standing) -> Result<bool, ImportError> {
        let until = self.at.done_bytes.saturating_add(file.bytes);
        let Self { at, progress, .. } = self;
        let state = state_of((self.destination, self.cancel), path, file, &mut |block| {
            at.done_bytes = at.done_bytes.saturating_add(block).min(until);
            progress(at);
        });
        match state {
            Err(ImportError::Source(SourceError::Cancelled)) => return Ok(true),
            Err(error) => return Err(error),
            Ok(State::Ok) => self.report.ok += 1,
            Ok(State::Changed(found)) => self.report.changed.push(ChangedFile { path: path.clone(), found }),
            // What was put aside is the user's to throw away: it is looked at while it is there.
            Ok(State::Missing) if file.held => {}
            Ok(State::Missing) => drop(self.missing.insert(path.clone(), (file.bytes, file.hash))),
        }
        (self.at.changed, self.at.missing) = (self.report.changed.len() as u64, self.missing.len() as u64);
        Ok(false)
    }
}

/// Lists what lies in the library and no manifest knows, by any form of its name, in the order of the paths.
fn strays(
    destination: &dyn Destination,
    expected: &BTreeMap<LibraryPath, Standing>,
) -> Result<Vec<LibraryFile>, ImportError> {
    let mut strays = Vec::new();
    destination.files(&mut |file| {
        if !is_known(&file.path, expected) {
            strays.push(file);
        }
    })?;
    strays.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(strays)
}

fn is_known(path: &str, expected: &BTreeMap<LibraryPath, Standing>) -> bool {
    LibraryPath::found(path).is_ok_and(|path| expected.contains_key(&path) || expected.contains_key(&path.composed()))
}

/// Tells what was moved from what is missing, by its bytes: of what lies around only files of the right size are read. Empty
/// files are never taken for each other, and what was put aside stays put aside.
fn look_elsewhere(
    (destination, cancel): (&dyn Destination, &CancelFlag),
    missing: BTreeMap<LibraryPath, (u64, ContentHash)>,
    strays: Vec<LibraryFile>,
    report: &mut VerifyReport,
) -> Result<(), ImportError> {
    let mut wanted: HashMap<(u64, ContentHash), Vec<LibraryPath>> = HashMap::new();
    for (path, file) in missing {
        wanted.entry(file).or_default().push(path);
    }
    let sizes: HashSet<u64> = wanted.keys().map(|(bytes, _)| *bytes).filter(|n| *n > 0).collect();
    for file in strays {
        let path = LibraryPath::found(&file.path).ok().filter(|_| sizes.contains(&file.bytes));
        let path = path.filter(|_| !Removal::holds(&file.path) && report.not_reached == 0);
        let read = path.map(|path| (published_hash(destination, &path, cancel), path));
        let home = match read {
            Some((Ok((hash, _)), path)) => {
                let homes = wanted.get_mut(&(file.bytes, hash));
                homes.and_then(Vec::pop).map(|home| (home, path))
            }
            // Looked at no more: what is missing then was not found, and the rest is unknown.
            Some((Err(ImportError::Source(SourceError::Cancelled)), _)) => {
                report.not_reached = wanted.values().map(|paths| paths.len() as u64).sum();
                return Ok(());
            }
            Some((Err(error), _)) if error.ends_everything() => return Err(error),
            Some((Err(_), _)) | None => None,
        };
        match home {
            Some(moved) => report.moved.push(moved),
            None => report.unknown.push(file.path),
        }
    }
    report.ok += report.moved.len() as u64;
    report.moved.sort();
    report.missing = wanted.into_values().flatten().collect();
    report.missing.sort();
    Ok(())
}

enum State {
    Ok,
    Changed(Option<(u64, ContentHash)>),
    Missing,
}

fn state_of(
    (destination, cancel): (&dyn Destination, &CancelFlag),
    path: &LibraryPath,
    file: &Standing,
    read: &mut dyn FnMut(u64),
) -> Result<State, ImportError> {
    if cancel.is_cancelled() {
        return Err(SourceError::Cancelled.into());
    }
    let size: Result<u64, ImportError> = match destination.size_of(path) {
        Ok(None) => return Ok(State::Missing),
        Ok(Some(size)) => Ok(size),
        Err(error) => Err(error.into()),
    };
    let hashed = size.and_then(|size| Ok((size, published_hash_telling((destination, cancel), path, read)?.0)));
    match hashed {
        Ok(found) if found == (file.bytes, file.hash) => Ok(State::Ok),
        Ok(found) => Ok(State::Changed(Some(found))),
        Err(error) if error.ends_everything() => Err(error),
        Err(_) => Ok(State::Changed(None)),
    }
}

#[cfg(test)]
mod tests;
