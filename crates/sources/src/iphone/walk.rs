//! The walk through a phone's folders. Everything the phone says is checked: names, depth, numbers.

use super::errors::{of_file, whole};
use super::paths::is_safe;
use crate::byte_names;
use domain::{CancelFlag, Fingerprint, ListEntry, SourceError, SourceFile, SourcePath};
use iphone::{FOLDERS_AT_ONCE, FileInfo, FileKind, Listing, PhoneError};

/// Files asked for in one go; also the size of the batches that are handed on. What is asked together shares the way there
/// and back, whichever folders it is in.
const BATCH: usize = 4096;
const DEEPEST: usize = 16;
/// More than any phone holds; a phone that makes up folders must come to an end.
const MOST_ENTRIES: usize = 2_000_000;

/// What it means that a phone does not have the folder, or does not let it be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// It cannot be read at all.
    Error,
    /// There is nothing in it; a refusal is reported.
    Nothing,
}

/// Lists every file below a folder: folder by folder, in the order of names, and each depth before the next.
pub(super) fn walk(
    listing: &Listing,
    (folder, without): (&str, Ending),
    found: &mut dyn FnMut(Vec<ListEntry>),
    cancel: &CancelFlag,
) -> Result<(), SourceError> {
    let mut walk = Walk { listing, found, cancel, left: MOST_ENTRIES };
    let folder = [b"/", folder.as_bytes()].concat();
    walk.go_on()?;
    let names = match without {
        Ending::Error => listing.phone().list_dir(&folder),
        Ending::Nothing => listing.names_in(&folder),
    };
    let names = match names {
        Ok(names) => names,
        Err(error) => return walk.without(&folder, error, without),
    };
    let top = walk.inside(&folder, names)?;
    let mut folders = walk.look_at(&top)?;
    let mut depth = 1;
    while !folders.is_empty() && depth <= DEEPEST {
        folders = walk.level(&folders)?;
        depth += 1;
    }
    if !folders.is_empty() {
        found(folders.iter().map(|folder| too_deep(&listing.phone().info().name, folder)).collect());
    }
    Ok(())
}

struct Walk<'a> {
    listing: &'a Listing,
    found: &'a mut dyn FnMut(Vec<ListEntry>),
    cancel: &'a CancelFlag,
    left: usize,
}

/// A name in a folder.
struct Child {
    path: Vec<u8>,
    is_safe: bool,
}

impl<'a> Walk<'a> {
    fn owner(&self) -> &'a str {
        &self.listing.phone().info().name
    }

    /// Reports the files in some folders and returns the folders in them.
    fn level(&mut self, folders: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, SourceError> {
        let mut deeper = Vec::new();
        for folders in folders.chunks(FOLDERS_AT_ONCE) {
            self.go_on()?;
            let listed = self.listing.names(folders).map_err(|e| whole(e, self.owner()))?;
            let mut children = Vec::new();
            for (folder, names) in folders.iter().zip(listed) {
                match names {
                    Ok(names) => children.extend(self.inside(folder, names)?),
                    Err(error) => {
                        let entry = unreadable(folder, error, self.owner())?;
                        (self.found)(vec![entry]);
                    }
                }
            }
            deeper.extend(self.look_at(&children)?);
        }
        Ok(deeper)
    }

    /// Says what it means that the folder itself cannot be listed.
    fn without(&mut self, folder: &[u8], error: PhoneError, ending: Ending) -> Result<(), SourceError> {
        match ending {
            Ending::Error if error.is_absence() => Err(no_camera_folder(self.owner())),
            Ending::Error => Err(of_file(error, self.owner(), &source_path(folder))),
            Ending::Nothing if error.is_absence() => Ok(()),
            Ending::Nothing => {
                let entry = unreadable(folder, error, self.owner())?;
                (self.found)(vec![entry]);
                Ok(())
            }
        }
    }

    fn go_on(&self) -> Result<(), SourceError> {
        if self.cancel.is_cancelled() { Err(SourceError::Cancelled) } else { Ok(()) }
    }

    /// Returns what is in a folder, in the order of names, without what is hidden.
    fn inside(&mut self, folder: &[u8], mut names: Vec<Vec<u8>>) -> Result<Vec<Child>, SourceError> {
        self.left = self.left.checked_sub(names.len()).ok_or_else(|| {
            SourceError::Unusable(format!(
                "{} lists more than {MOST_ENTRIES} files, which cannot be true",
                self.owner()
            ))
        })?;
        names.retain(|name| !is_hidden(name));
        names.sort_unstable();
        names.dedup();
        let child = |name: &Vec<u8>| Child { path: [folder, b"/", name.as_slice()].concat(), is_safe: is_safe(name) };
        Ok(names.iter().map(child).collect())
    }

    /// Reports the files among some names and returns the folders among them.
    fn look_at(&mut self, children: &[Child]) -> Result<Vec<Vec<u8>>, SourceError> {
        let mut folders = Vec::new();
        for batch in children.chunks(BATCH) {
            self.go_on()?;
            let (fine, others): (Vec<&Child>, Vec<&Child>) = batch.iter().partition(|child| child.is_safe);
            let paths: Vec<&[u8]> = fine.iter().map(|child| child.path.as_slice()).collect();
            let infos = self.listing.infos(&paths).map_err(|e| whole(e, self.owner()))?;
            let mut entries: Vec<ListEntry> = others.iter().map(|child| bad_name(self.owner(), &child.path)).collect();
            entries.reserve(infos.len());
            for (path, info) in paths.into_iter().zip(infos) {
                match info {
                    Ok(FileInfo { kind: FileKind::Folder, .. }) => folders.push(path.to_vec()),
                    Ok(info) => entries.push(entry(path, info)),
                    Err(error) => entries.push(unreadable(path, error, self.owner())?),
                }
            }
            if !entries.is_empty() {
                (self.found)(entries);
            }
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

fn bad_name(owner: &str, path: &[u8]) -> ListEntry {
    let error = SourceError::Nonsense(owner.to_owned(), "a file name with a slash".to_owned());
    ListEntry::Unreadable { path: source_path(path), error }
}

fn too_deep(owner: &str, path: &[u8]) -> ListEntry {
    let error = SourceError::Nonsense(owner.to_owned(), format!("folders more than {DEEPEST} deep"));
    ListEntry::Unreadable { path: source_path(path), error }
}

fn source_path(path: &[u8]) -> SourcePath {
    SourcePath::new(byte_names::to_text(path.strip_prefix(b"/").unwrap_or(path)))
}

fn no_camera_folder(owner: &str) -> SourceError {
    SourceError::Unusable(format!("{owner} shows no photos folder: unlock it, plug it in again and retry"))
}
