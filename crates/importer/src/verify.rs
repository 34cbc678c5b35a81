//! Does the library still hold what it was given? Reads every file from the medium and compares with the manifests.

use crate::ImportError;
use crate::hashing::published_hash;
use domain::{CancelFlag, ContentHash, Destination, LibraryPath, ManifestLine, SourceError};
use std::collections::BTreeMap;

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Files whose bytes are what the manifest says.
    pub ok: u64,
    /// Files with other bytes, or that cannot be read.
    pub changed: Vec<LibraryPath>,
    /// Files that are not there.
    pub missing: Vec<LibraryPath>,
    /// Files that no manifest knows, relative to the library.
    pub unknown: Vec<String>,
}

impl VerifyReport {
    /// Tells whether every file of the manifests is there unchanged.
    pub fn is_sound(&self) -> bool {
        self.changed.is_empty() && self.missing.is_empty()
    }
}

/// Verifies a library. `progress` hears bytes done and bytes in all. Errors when the library goes away or on `cancel`.
pub fn verify(
    destination: &dyn Destination,
    progress: &mut dyn FnMut(u64, u64),
    cancel: &CancelFlag,
) -> Result<VerifyReport, ImportError> {
    let mut expected: BTreeMap<LibraryPath, (u64, ContentHash)> = BTreeMap::new();
    // What was put aside is the user's to throw away: it is looked at while it is there.
    let mut held: BTreeMap<LibraryPath, (u64, ContentHash)> = BTreeMap::new();
    // Later lines win: a file that was settled after a crash is recorded twice.
    destination.manifest_lines(&mut |_, line| match line {
        ManifestLine::Copied(entry) => {
            expected.insert(entry.path, (entry.bytes, entry.hash));
        }
        ManifestLine::Removed(removal) => {
            expected.remove(&removal.path);
            held.insert(removal.to, (removal.bytes, removal.hash));
        }
    })?;
    for (path, file) in held {
        if destination.size_of(&path)?.is_some() {
            expected.insert(path, file);
        }
    }
    let mut report = VerifyReport::default();
    destination.files(&mut |file| {
        let known = LibraryPath::parse(&file.path).is_ok_and(|path| expected.contains_key(&path));
        if !known {
            report.unknown.push(file.path);
        }
    })?;
    report.unknown.sort();
    let total = expected.values().map(|(bytes, _)| *bytes).fold(0, u64::saturating_add);
    let mut done = 0_u64;
    for (path, (bytes, hash)) in expected {
        if cancel.is_cancelled() {
            return Err(SourceError::Cancelled.into());
        }
        match state_of((destination, cancel), &path, bytes, hash)? {
            State::Ok => report.ok += 1,
            State::Changed => report.changed.push(path),
            State::Missing => report.missing.push(path),
        }
        done = done.saturating_add(bytes);
        progress(done, total);
    }
    Ok(report)
}

enum State {
    Ok,
    Changed,
    Missing,
}

fn state_of(
    (destination, cancel): (&dyn Destination, &CancelFlag),
    path: &LibraryPath,
    bytes: u64,
    hash: ContentHash,
) -> Result<State, ImportError> {
    let read = match destination.size_of(path) {
        Ok(None) => return Ok(State::Missing),
        Ok(Some(size)) if size != bytes => return Ok(State::Changed),
        Ok(Some(_)) => published_hash(destination, path, cancel),
        Err(error) => Err(error.into()),
    };
    match read {
        Ok((found, _)) if found == hash => Ok(State::Ok),
        Ok(_) => Ok(State::Changed),
        Err(error) if error.ends_everything() => Err(error),
        Err(_) => Ok(State::Changed),
    }
}
