//! The walk through a folder. Links are not followed, hidden files and the leavings of other systems are passed over.

use super::errors::Place;
use super::{fingerprint, is_library, os};
use domain::{CancelFlag, ListEntry, MediaKind, SourceError, SourceFile, SourcePath};
use std::fs::{DirEntry, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Files handed on in one go.
const BATCH: usize = 512;
const DEEPEST: usize = 64;
/// Enough of a file to tell what it is.
const HEAD: u64 = 4096;

const PASSED_OVER: [&str; 4] = ["thumbs.db", "desktop.ini", "$recycle.bin", "system volume information"];

/// Lists every file below a folder: folder by folder, in the order of names.
pub(crate) fn walk(
    place: &Place,
    found: &mut dyn FnMut(Vec<ListEntry>),
    cancel: &CancelFlag,
) -> Result<(), SourceError> {
    let mut waiting = vec![Folder { local: place.root.clone(), path: String::new(), depth: 0 }];
    while let Some(folder) = waiting.pop() {
        let mut inner = read_folder(place, &folder, found, cancel)?;
        inner.reverse();
        waiting.append(&mut inner);
    }
    Ok(())
}

struct Folder {
    local: PathBuf,
    path: String,
    depth: usize,
}

impl Folder {
    fn path_of(&self, name: &str) -> SourcePath {
        SourcePath::new(if self.path.is_empty() { name.to_owned() } else { format!("{}/{name}", self.path) })
    }
}

/// Reports the files of a folder and returns the folders in it.
fn read_folder(
    place: &Place,
    folder: &Folder,
    found: &mut dyn FnMut(Vec<ListEntry>),
    cancel: &CancelFlag,
) -> Result<Vec<Folder>, SourceError> {
    match names(folder) {
        Ok(names) => report(place, folder, names, (found, cancel)),
        Err(error) => failed_folder(place, folder, &error, found),
    }
}

/// Names in a folder, and why there are no more of them if it could not be listed to its end.
type Names = (Vec<(String, DirEntry)>, Option<io::Error>);

fn report(
    place: &Place,
    folder: &Folder,
    (mut names, broken_off): Names,
    (found, cancel): (&mut dyn FnMut(Vec<ListEntry>), &CancelFlag),
) -> Result<Vec<Folder>, SourceError> {
    names.sort_by(|a, b| a.0.cmp(&b.0));
    let (mut folders, mut batch) = (Vec::new(), Vec::new());
    for (name, entry) in names {
        if cancel.is_cancelled() {
            return Err(SourceError::Cancelled);
        }
        let path = folder.path_of(&name);
        match look(&name, &entry) {
            Ok(Seen::Folder) => {
                folders.push(Folder { local: entry.path(), path: path.as_str().to_owned(), depth: folder.depth + 1 });
            }
            Ok(Seen::Photo(about)) => {
                batch.push(ListEntry::File(SourceFile { fingerprint: fingerprint(&path, &about) }));
            }
            Ok(Seen::Other) => batch.push(ListEntry::Ignored(path)),
            Ok(Seen::Library) => (),
            Err(error) => batch.push(unreadable(place, &error, path)?),
        }
        if batch.len() >= BATCH {
            found(std::mem::take(&mut batch));
        }
    }
    if let Some(error) = broken_off {
        let name = if folder.path.is_empty() { place.name() } else { folder.path.clone() };
        batch.push(unreadable(place, &error, SourcePath::new(name))?);
    }
    if !batch.is_empty() {
        found(batch);
    }
    Ok(folders)
}

fn names(folder: &Folder) -> io::Result<Names> {
    if folder.depth > DEEPEST {
        return Err(io::Error::other(format!("it lies more than {DEEPEST} folders deep")));
    }
    Ok(up_to_error(folder.local.read_dir()?))
}

fn up_to_error(entries: impl Iterator<Item = io::Result<DirEntry>>) -> Names {
    let mut names = Vec::new();
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            // What came before is there all the same.
            Err(error) => return (names, Some(error)),
        };
        let name = entry.file_name();
        let text = os::text_of(&name).unwrap_or_else(|| name.to_string_lossy().into_owned());
        if !text.starts_with('.') && !PASSED_OVER.contains(&text.to_lowercase().as_str()) {
            names.push((text, entry));
        }
    }
    (names, None)
}

fn failed_folder(
    place: &Place,
    folder: &Folder,
    error: &io::Error,
    found: &mut dyn FnMut(Vec<ListEntry>),
) -> Result<Vec<Folder>, SourceError> {
    let path = SourcePath::new(folder.path.clone());
    if folder.depth == 0 {
        let shown = place.root.display();
        return Err(match place.error(error, &path) {
            SourceError::Unplugged(name) if !place.root.exists() => SourceError::Unplugged(name),
            _ => SourceError::Unusable(format!("the folder {shown} cannot be read: {error}")),
        });
    }
    found(vec![unreadable(place, error, path)?]);
    Ok(Vec::new())
}

fn unreadable(place: &Place, error: &io::Error, path: SourcePath) -> Result<ListEntry, SourceError> {
    match place.error(error, &path) {
        gone @ SourceError::Unplugged(_) => Err(gone),
        error => Ok(ListEntry::Unreadable { path, error }),
    }
}

enum Seen {
    Folder,
    Library,
    Photo(Metadata),
    Other,
}

fn look(name: &str, entry: &DirEntry) -> io::Result<Seen> {
    // Looks at a link itself, not at what it points to.
    let about = entry.metadata()?;
    let path = entry.path();
    if about.is_dir() {
        return Ok(if is_library(&path) { Seen::Library } else { Seen::Folder });
    }
    if !about.is_file() {
        return Ok(Seen::Other);
    }
    if os::text_of(&entry.file_name()).is_none() {
        return Err(io::Error::other("its name is not Unicode"));
    }
    let known = media::kind_by_name(name) != MediaKind::Unknown || media::sniff(&head(&path)?).is_some();
    Ok(if known { Seen::Photo(about) } else { Seen::Other })
}

fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    os::open_file(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_breaks_off_shows_what_came_before() {
        let card = tempfile::TempDir::new().unwrap();
        ["a.jpg", "b.jpg"].iter().for_each(|name| std::fs::write(card.path().join(name), b"x").unwrap());
        let entries = card.path().read_dir().unwrap().chain([Err(io::Error::other("bad sector"))]);
        let names = up_to_error(entries.chain([Err(io::Error::other("never asked for"))]));
        let place = Place { root: card.path().to_owned() };
        let folder = Folder { local: card.path().to_owned(), path: "DCIM".into(), depth: 1 };
        let (mut seen, cancel) = (Vec::new(), CancelFlag::default());
        report(&place, &folder, names, (&mut |batch| seen.extend(batch), &cancel)).unwrap();
        let [ListEntry::File(a), ListEntry::File(b), ListEntry::Unreadable { path, error }] = &seen[..] else {
            panic!("{seen:?}")
        };
        assert_eq!((a.fingerprint.path.as_str(), b.fingerprint.path.as_str()), ("DCIM/a.jpg", "DCIM/b.jpg"));
        assert!(path.as_str() == "DCIM" && error.to_string().contains("bad sector"), "{error}");
    }
}
