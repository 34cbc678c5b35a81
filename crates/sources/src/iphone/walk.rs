//! The walk through a phone's folders. Everything the phone says is checked: names, depth, numbers.

use super::errors::{of_file, whole};
use super::paths::is_safe;
use crate::byte_names;
use domain::{CancelFlag, Fingerprint, ListEntry, SourceError, SourceFile, SourcePath};
use iphone::{FileInfo, FileKind, Phone, PhoneError};

/// Files asked for in one go; also the size of the batches that are handed on. A folder of the camera has at most 1000.
const BATCH: usize = 1024;
const DEEPEST: usize = 16;
/// More than any phone holds; a phone that makes up folders must come to an end.
const MOST_ENTRIES: usize = 2_000_000;

/// What it means that a phone does not have the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// It cannot be read at all.
    Error,
    /// There is nothing in it.
    Nothing,
}

/// Lists every file below a folder: folder by folder, in the order of names.
pub(super) fn walk(
    phone: &Phone,
    (folder, without): (&str, Ending),
    found: &mut dyn FnMut(Vec<ListEntry>),
    cancel: &CancelFlag,
) -> Result<(), SourceError> {
    let mut walk = Walk { phone, found, cancel, left: MOST_ENTRIES };
    let folder = [b"/", folder.as_bytes()].concat();
    if without == Ending::Nothing && matches!(phone.file_info(&folder), Err(PhoneError::NotFound)) {
        return Ok(());
    }
    walk.folder(&folder, 0)
}

struct Walk<'a> {
    phone: &'a Phone,
    found: &'a mut dyn FnMut(Vec<ListEntry>),
    cancel: &'a CancelFlag,
    left: usize,
}

impl Walk<'_> {
    /// Reports the files of a folder, then goes through its folders.
    fn folder(&mut self, path: &[u8], depth: usize) -> Result<(), SourceError> {
        let names = match self.names(path, depth) {
            Ok(names) => names,
            Err(error) if depth > 0 && !error.ends_everything() => {
                (self.found)(vec![ListEntry::Unreadable { path: source_path(path), error }]);
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let mut folders = Vec::new();
        for batch in names.chunks(BATCH) {
            self.go_on()?;
            folders.extend(self.batch(path, batch)?);
        }
        for folder in folders {
            self.folder(&folder, depth + 1)?;
        }
        Ok(())
    }

    fn go_on(&self) -> Result<(), SourceError> {
        if self.cancel.is_cancelled() { Err(SourceError::Cancelled) } else { Ok(()) }
    }

    fn names(&mut self, path: &[u8], depth: usize) -> Result<Vec<Vec<u8>>, SourceError> {
        self.go_on()?;
        let owner = &self.phone.info().name;
        if depth > DEEPEST {
            return Err(SourceError::Nonsense(owner.clone(), format!("folders more than {DEEPEST} deep")));
        }
        let mut names = self.phone.list_dir(path).map_err(|e| match e {
            PhoneError::NotFound if depth == 0 => no_camera_folder(owner),
            e => of_file(e, owner, &source_path(path)),
        })?;
        self.left = self.left.checked_sub(names.len()).ok_or_else(|| {
            SourceError::Unusable(format!("{owner} lists more than {MOST_ENTRIES} files, which cannot be true"))
        })?;
        names.retain(|name| !is_hidden(name));
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// Reports the files among some names of a folder and returns the folders among them.
    fn batch(&mut self, folder: &[u8], names: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, SourceError> {
        let owner = &self.phone.info().name;
        let (safe, unsafe_names): (Vec<&Vec<u8>>, Vec<&Vec<u8>>) = names.iter().partition(|name| is_safe(name));
        let paths: Vec<Vec<u8>> = safe.iter().map(|name| [folder, b"/", name.as_slice()].concat()).collect();
        let infos = self.phone.file_infos(&paths).map_err(|e| whole(e, owner))?;
        let mut entries: Vec<ListEntry> = unsafe_names.iter().map(|name| bad_name(owner, folder, name)).collect();
        let mut folders = Vec::new();
        for (path, info) in paths.into_iter().zip(infos) {
            match info {
                Ok(FileInfo { kind: FileKind::Folder, .. }) => folders.push(path),
                Ok(info) => entries.push(entry(&path, info)),
                Err(error) => entries.push(unreadable(&path, error, owner)?),
            }
        }
        if !entries.is_empty() {
            (self.found)(entries);
        }
        Ok(folders)
    }
}

/// Tells hidden files from names that only begin like one, such as `../x`.
fn is_hidden(name: &[u8]) -> bool {
    name.starts_with(b".") && (name == b".." || is_safe(name))
}

fn entry(path: &[u8], info: FileInfo) -> ListEntry {
    let path = source_path(path);
    match info.kind {
        FileKind::File => {
            let fingerprint = Fingerprint { path, bytes: info.bytes, modified_ns: info.modified_ns };
            ListEntry::File(SourceFile { fingerprint })
        }
        _ => ListEntry::Ignored(path),
    }
}

fn unreadable(path: &[u8], error: PhoneError, owner: &str) -> Result<ListEntry, SourceError> {
    let path = source_path(path);
    let error = of_file(error, owner, &path);
    if error.ends_everything() { Err(error) } else { Ok(ListEntry::Unreadable { path, error }) }
}

fn bad_name(owner: &str, folder: &[u8], name: &[u8]) -> ListEntry {
    let path = source_path(&[folder, b"/", name].concat());
    ListEntry::Unreadable {
        path,
        error: SourceError::Nonsense(owner.to_owned(), "a file name with a slash".to_owned()),
    }
}

fn source_path(path: &[u8]) -> SourcePath {
    SourcePath::new(byte_names::to_text(path.strip_prefix(b"/").unwrap_or(path)))
}

fn no_camera_folder(owner: &str) -> SourceError {
    SourceError::Unusable(format!("{owner} shows no photos folder: unlock it, plug it in again and retry"))
}
