//! Manifests: one file per import beside the photos, a line per copy, and one per file that was put aside when the import
//! was undone; from them a catalog can be rebuilt anywhere.
//!
//! A line is JSON and ends with a check over itself, so that a line cut by a power failure, or changed since, is recognised.

mod line;
mod read;
#[cfg(test)]
mod tests;

pub(crate) use read::{newest, read_all, total_bytes};

use crate::flush::{flush_file, flush_folder};
use crate::marker::MANIFESTS;
use crate::root::{Root, open_plain};
use cap_std::fs::OpenOptions;
use domain::{ManifestEntry, Removal, SessionId};
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};

/// Longest line in bytes, its end included. Longer ones are neither written nor read.
const LONGEST_LINE: usize = 64 << 10;
/// What manifests end with.
const EXTENSION: &str = "jsonl";

/// Tells of a line that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedLine {
    /// The manifest's file name.
    pub manifest: String,
    /// The line, counted from 1; 0 where the manifest as a whole cannot be read.
    pub number: u64,
}

/// Reads bytes as a manifest, for fuzzers.
#[cfg(feature = "fuzzing")]
pub(crate) fn read_bytes(bytes: &[u8]) {
    drop(read::each_line(bytes, &mut |line| line.into_iter().for_each(line::parse_checked)));
}

/// Appends lines to an import's manifest; they are on the medium when this returns. All of them, or none that counts.
pub(crate) fn append(root: &Root, session: &SessionId, entries: &[ManifestEntry]) -> io::Result<()> {
    append_lines(root, session, entries.iter().map(line::format))
}

/// Does the same for what was put aside.
pub(crate) fn append_removals(root: &Root, session: &SessionId, removals: &[Removal]) -> io::Result<()> {
    append_lines(root, session, removals.iter().map(line::format_removal))
}

fn append_lines(root: &Root, session: &SessionId, lines: impl Iterator<Item = io::Result<Vec<u8>>>) -> io::Result<()> {
    let mut text = Vec::new();
    for line in lines {
        text.extend(line?);
    }
    let folder = root.make_folder(MANIFESTS)?;
    let name = format!("{session}.{EXTENSION}");
    let mut options = OpenOptions::new().read(true).append(true).clone();
    let (mut file, is_new) = match folder.open_with(&name, options.clone().create_new(true)) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => (open_plain(&folder, &name, &mut options)?, false),
        created => (created?.into_std(), true),
    };
    if ends_torn(&mut file)? {
        text.insert(0, b'\n');
    }
    file.write_all(&text)?;
    flush_file(&file)?;
    if is_new { flush_folder(&folder) } else { Ok(()) }
}

/// Tells whether the last line has no end.
fn ends_torn(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}
