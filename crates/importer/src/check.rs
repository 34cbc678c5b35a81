//! Checking a library, and what becomes of what was found: a copy with other bytes is no copy any more, so that the next
//! import brings a fresh one beside it. The file itself may be somebody's work and is touched only when its owner asks: it is
//! then put aside as the files of an import are that is undone.

use crate::alone::alone;
use crate::error::of_one_file;
use crate::hashing::published_hash;
use crate::recover::recover;
use crate::standing::standing;
use crate::undo::{BATCH, find_other_copies, note_own_lines, put_aside};
use crate::verify::ChangedFile;
use crate::{ImportError, Undo, UndoReport, VerifyProgress, VerifyReport, verify};
use catalog::{Catalog, ChangedCopy, CheckRow, Finding, FindingKind, SessionFile};
use domain::{CancelFlag, ContentHash, Destination, LibraryPath, SessionId, SourceError};
use std::collections::{BTreeMap, HashSet};

/// What checking a library needs.
pub struct Check<'a> {
    /// The library.
    pub destination: &'a dyn Destination,
    /// Its catalog, in which is written down what was found.
    pub catalog: &'a Catalog,
    /// Stops within the block at hand.
    pub cancel: &'a CancelFlag,
    /// Tells the time, RFC 3339.
    pub now: &'a dyn Fn() -> String,
}

/// Reads every file of a library and writes down what was found. Of one that was stopped only what is changed is kept. No
/// import, undoing or other check runs into the library meanwhile. Errors with `Busy` while one does, and when the library goes
/// away.
pub fn check(env: &Check<'_>, progress: &mut dyn FnMut(&VerifyProgress)) -> Result<VerifyReport, ImportError> {
    let _alone = alone(env.catalog, env.destination)?;
    if !env.catalog.intents()?.is_empty() || !env.catalog.removals()?.is_empty() {
        // What a crash left half done would be called missing, or unknown.
        recover(env.catalog, env.destination, env.cancel)?;
    }
    let mut report = verify(env.destination, progress, env.cancel)?;
    hold_against_catalog(env, &mut report)?;
    let finding = |kind, path: String| Finding { kind, path, found: None };
    let mut findings: Vec<Finding> = Vec::new();
    for changed in &report.changed {
        findings.push(Finding { found: changed.found, ..finding(FindingKind::Changed, changed.path.to_string()) });
    }
    if report.not_reached > 0 {
        env.catalog.note_findings(&findings)?;
        return Ok(report);
    }
    findings.extend(report.missing.iter().map(|path| finding(FindingKind::Missing, path.to_string())));
    findings.extend(report.unknown.iter().map(|path| finding(FindingKind::Unknown, path.clone())));
    let (photos, files, moved) = (report.photos, report.files(), report.moved.len() as u64);
    env.catalog.note_check(&CheckRow { at: (env.now)(), photos, files, bytes: report.bytes, moved }, &findings)?;
    Ok(report)
}

/// What no manifest knows may be a copy whose line is damaged or gone with its manifest. The catalog of the computer that made
/// it knows better: such a copy is held against that.
fn hold_against_catalog(env: &Check<'_>, report: &mut VerifyReport) -> Result<(), ImportError> {
    let mut filed = BTreeMap::new();
    for path in report.unknown.iter().filter_map(|path| LibraryPath::found(path).ok()) {
        if let Some(copy) = env.catalog.filed(&path)? {
            filed.insert(path, copy);
        }
    }
    if filed.is_empty() {
        return Ok(());
    }
    // One that its owner moved is told of where it was filed.
    let recorded: HashSet<_> = standing(env.destination)?.into_values().map(|file| (file.bytes, file.hash)).collect();
    filed.retain(|_, copy| !recorded.contains(copy));
    for (path, copy) in &filed {
        let size = of_one_file(env.destination.size_of(path))?.flatten();
        let hash = match of_one_file(published_hash(env.destination, path, env.cancel)) {
            Err(ImportError::Source(SourceError::Cancelled)) => {
                report.not_reached += 1;
                return Ok(());
            }
            hash => hash?.map(|(hash, _)| hash),
        };
        let found = size.zip(hash);
        report.unknown.retain(|unknown| unknown != path.as_str());
        if found == Some(*copy) {
            report.unrecorded.push(path.clone());
        } else {
            report.changed.push(ChangedFile { path: path.clone(), found });
        }
    }
    Ok(())
}

/// Puts aside the copies that the last check found changed, and that are still as it found them. What was made of copies stays:
/// no import would bring it back. Errors when the library goes away; what was moved until then is recorded, now or when it is
/// settled.
pub fn set_changed_aside(env: &Undo<'_>) -> Result<UndoReport, ImportError> {
    let _alone = alone(env.catalog, env.destination)?;
    // Settled to its end, as each batch is.
    recover(env.catalog, env.destination, &CancelFlag::default())?;
    let copies = env.catalog.changed_copies()?;
    let (total, mut report) = (copies.len() as u64, UndoReport::default());
    for of_one_import in copies.chunk_by(|a, b| a.session == b.session) {
        let others = contents_of(env.catalog, &of_one_import[0].session)?;
        for batch in of_one_import.chunks(BATCH) {
            match as_they_are(env, (batch, &others), &mut report.left) {
                Err(ImportError::Source(SourceError::Cancelled)) => {}
                Err(error) => return Err(error),
                Ok(files) => put_aside(env, &batch[0].session, &files, &mut report)?,
            }
            let done = report.moved + report.left.len() as u64;
            if env.cancel.is_cancelled() {
                report.not_reached = total.saturating_sub(done);
                find_other_copies(env, &batch[0].session)?;
                note_own_lines(env.catalog, env.destination)?;
                return Ok(report);
            }
            (env.progress)(done, total);
        }
        find_other_copies(env, &of_one_import[0].session)?;
    }
    note_own_lines(env.catalog, env.destination)?;
    Ok(report)
}

/// Looks at files once more: each with the size and hash that it has now. What is not as the check found it is left alone.
fn as_they_are(
    env: &Undo<'_>,
    (batch, others): (&[ChangedCopy], &HashSet<(u64, ContentHash)>),
    left: &mut Vec<(LibraryPath, String)>,
) -> Result<Vec<SessionFile>, ImportError> {
    let (mut files, mut stay) = (Vec::with_capacity(batch.len()), Vec::new());
    for copy in batch {
        let path = &copy.filed.path;
        let Some(Some(bytes)) = of_one_file(env.destination.size_of(path))? else {
            stay.push((path.clone(), format!("{path}: it is not there any more")));
            continue;
        };
        let now = of_one_file(published_hash(env.destination, path, env.cancel))?.map(|(hash, _)| (bytes, hash));
        let reason = match (now, copy.found) {
            (Some(now), _) if now == (copy.filed.bytes, copy.filed.hash) => "it is as it was when it was copied",
            (Some(now), Some(found)) if now != found => "it was changed again since the check",
            // The manifest's line would be read as one of that photo.
            (Some(now), _) if others.contains(&now) => "it is a copy of another photo of the same import now",
            _ => {
                // Of one that cannot be read nobody knows the bytes; it is recorded as what it should be.
                let hash = now.map_or(copy.filed.hash, |(_, hash)| hash);
                files.push(SessionFile { path: path.clone(), bytes, hash });
                continue;
            }
        };
        stay.push((path.clone(), format!("{path}: {reason}")));
    }
    left.append(&mut stay);
    Ok(files)
}

/// What an import filed, by size and hash.
fn contents_of(catalog: &Catalog, session: &SessionId) -> Result<HashSet<(u64, ContentHash)>, ImportError> {
    Ok(catalog.files_of(session)?.into_iter().map(|file| (file.bytes, file.hash)).collect())
}

#[cfg(test)]
mod tests;
