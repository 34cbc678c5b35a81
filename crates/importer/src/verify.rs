//! Does the library still hold what it was given? Reads every file from the medium and compares with the manifests.

use crate::ImportError;
use crate::hashing::published_hash;
use crate::standing::{Standing, standing};
use domain::{CancelFlag, Destination, LibraryPath, SourceError};
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
    let mut expected = standing(destination)?;
    let mut report = VerifyReport { unknown: unknown(destination, &expected)?, ..VerifyReport::default() };
    let total = expected.values().map(|file| file.bytes).fold(0, u64::saturating_add);
    let mut done = 0_u64;
    for (path, file) in &expected {
        look_at((destination, cancel), path, file, &mut report)?;
        done = done.saturating_add(file.bytes);
        progress(done, total);
    }
    if !report.missing.is_empty() || !report.unknown.is_empty() {
        let before = std::mem::replace(&mut expected, standing(destination)?);
        look_again((destination, cancel), (&before, &expected), &mut report)?;
    }
    Ok(report)
}

/// Lists the files that no manifest knows, by any form of their names.
fn unknown(
    destination: &dyn Destination,
    expected: &BTreeMap<LibraryPath, Standing>,
) -> Result<Vec<String>, ImportError> {
    let mut unknown = Vec::new();
    destination.files(&mut |file| {
        if !is_known(&file.path, expected) {
            unknown.push(file.path);
        }
    })?;
    unknown.sort();
    Ok(unknown)
}

fn is_known(path: &str, expected: &BTreeMap<LibraryPath, Standing>) -> bool {
    LibraryPath::found(path).is_ok_and(|path| expected.contains_key(&path) || expected.contains_key(&path.composed()))
}

/// What an import filed meanwhile is not unknown, and what was put aside meanwhile is not missing: it is read where it is now.
fn look_again(
    at: (&dyn Destination, &CancelFlag),
    (before, now): (&BTreeMap<LibraryPath, Standing>, &BTreeMap<LibraryPath, Standing>),
    report: &mut VerifyReport,
) -> Result<(), ImportError> {
    report.unknown.retain(|path| !is_known(path, now));
    let missing = std::mem::take(&mut report.missing);
    let missing = missing.iter().filter_map(|path| now.get_key_value(path));
    let put_aside = now.iter().filter(|(path, file)| file.held && !before.contains_key(path));
    missing.chain(put_aside).try_for_each(|(path, file)| look_at(at, path, file, report))
}

fn look_at(
    at: (&dyn Destination, &CancelFlag),
    path: &LibraryPath,
    file: &Standing,
    report: &mut VerifyReport,
) -> Result<(), ImportError> {
    if at.1.is_cancelled() {
        return Err(SourceError::Cancelled.into());
    }
    match state_of(at, path, file)? {
        State::Ok => report.ok += 1,
        State::Changed => report.changed.push(path.clone()),
        // What was put aside is the user's to throw away: it is looked at while it is there.
        State::Missing if file.held => {}
        State::Missing => report.missing.push(path.clone()),
    }
    Ok(())
}

enum State {
    Ok,
    Changed,
    Missing,
}

fn state_of(
    (destination, cancel): (&dyn Destination, &CancelFlag),
    path: &LibraryPath,
    file: &Standing,
) -> Result<State, ImportError> {
    let read = match destination.size_of(path) {
        Ok(None) => return Ok(State::Missing),
        Ok(Some(size)) if size != file.bytes => return Ok(State::Changed),
        Ok(Some(_)) => published_hash(destination, path, cancel),
        Err(error) => Err(error.into()),
    };
    match read {
        Ok((found, _)) if found == file.hash => Ok(State::Ok),
        Ok(_) => Ok(State::Changed),
        Err(error) if error.ends_everything() => Err(error),
        Err(_) => Ok(State::Changed),
    }
}

#[cfg(test)]
mod tests;
