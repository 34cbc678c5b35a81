//! Reading manifests that may have been cut, changed or planted.

use super::{EXTENSION, LONGEST_LINE, RejectedLine, line};
use crate::marker::MANIFESTS;
use crate::root::{Root, open_plain};
use cap_std::fs::{Dir, OpenOptions};
use domain::{ManifestLine, SessionId};
use std::io::{self, BufRead, BufReader, ErrorKind, Read};

/// Reads every manifest of a library in the order of their names. Files of other names are not manifests. One that is no
/// plain file, or lies on a bad sector, is rejected as a whole; one that must not be read is an error, for that can be mended.
pub(crate) fn read_all(
    root: &Root,
    found: &mut dyn FnMut(&SessionId, ManifestLine),
    rejected: &mut dyn FnMut(RejectedLine),
) -> io::Result<()> {
    let folder = match root.dir.open_dir(MANIFESTS) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        folder => folder?,
    };
    for manifest in manifest_names(&folder)? {
        let Some(session) = session_of(&manifest) else { continue };
        let mut number = 0;
        let mut take = |line: Option<&[u8]>| {
            number += 1;
            match line.and_then(line::parse) {
                Some(line) => found(&session, line),
                None => rejected(RejectedLine { manifest: manifest.clone(), number }),
            }
        };
        let file = open_plain(&folder, &manifest, OpenOptions::new().read(true));
        match file.and_then(|file| each_line(BufReader::new(file), &mut take)) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::PermissionDenied || root.check().is_err() => {
                return Err(io::Error::new(error.kind(), format!("{manifest}: {error}")));
            }
            Err(_) => rejected(RejectedLine { manifest: manifest.clone(), number: 0 }),
        }
    }
    Ok(())
}

/// Returns the import whose manifest is read last.
pub(crate) fn newest(root: &Root) -> io::Result<Option<SessionId>> {
    let folder = match root.dir.open_dir(MANIFESTS) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        folder => folder?,
    };
    Ok(manifest_names(&folder)?.last().and_then(|name| session_of(name)))
}

/// Returns the size of all manifests, in bytes.
pub(crate) fn total_bytes(root: &Root) -> io::Result<u64> {
    let folder = match root.dir.open_dir(MANIFESTS) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        folder => folder?,
    };
    let sizes = manifest_names(&folder)?.into_iter().map(|name| Ok(folder.symlink_metadata(name)?.len()));
    sizes.sum()
}

fn manifest_names(folder: &Dir) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in folder.entries()? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if session_of(&name).is_some() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Tells whose manifest a file is by its name.
fn session_of(name: &str) -> Option<SessionId> {
    let (session, extension) = name.rsplit_once('.')?;
    SessionId::parse(session).ok().filter(|_| extension == EXTENSION)
}

/// Hands over line after line without its end, `None` for one that is too long. Never holds more than the longest line.
pub(super) fn each_line(mut reader: impl BufRead, take: &mut dyn FnMut(Option<&[u8]>)) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = (&mut reader).take(LONGEST_LINE as u64).read_until(b'\n', &mut line)?;
        if length == 0 {
            return Ok(());
        }
        if line.last() == Some(&b'\n') {
            line.pop();
            take(Some(&line));
        } else if length < LONGEST_LINE {
            take(Some(&line));
        } else {
            take(None);
            reader.skip_until(b'\n')?;
        }
    }
}
