//! A folder of this computer as the phone's media folder.

use std::fs::{self, File, FileTimes, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::disk_file::{DiskFile, open_options};
use super::path::phone_name;
use super::{Change, FileInfo, FileKind, OpenFile, OpenMode, PhonePath, Tree};
use crate::status::Status;

/// Where the files of a plain folder appear on the phone.
const CAMERA_FOLDER: [&str; 2] = ["DCIM", "100APPLE"];
/// Phones report a small fixed size for folders.
const FOLDER_SIZE: u64 = 64;

/// Whether clients may change the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writes {
    /// Every change gets status 10.
    Refused,
    Allowed,
}

/// A folder, served as it is or, when it is a plain folder of photos, as if under `/DCIM/100APPLE`.
pub(crate) struct DiskTree {
    root: PathBuf,
    prefix: &'static [&'static str],
    writes: Writes,
}

/// What a phone path stands for here.
enum Place {
    OnDisk(PathBuf),
    /// A folder that is only said to be there, and the one name in it.
    Invented(&'static str),
}

impl DiskTree {
    pub(crate) fn new(root: PathBuf, writes: Writes) -> Self {
        let plain = writes == Writes::Refused && !root.join(CAMERA_FOLDER[0]).is_dir();
        Self { root, prefix: if plain { &CAMERA_FOLDER } else { &[] }, writes }
    }

    fn place(&self, path: &PhonePath) -> Result<Place, Status> {
        if let Some(inside) = path.strip(self.prefix) {
            return inside.below(&self.root).map(Place::OnDisk).ok_or(Status::NotFound);
        }
        let depth = path.names().len();
        let leads_there = depth < self.prefix.len() && path.strip(&self.prefix[..depth]).is_some();
        if leads_there { Ok(Place::Invented(self.prefix[depth])) } else { Err(Status::NotFound) }
    }

    fn on_disk(&self, path: &PhonePath) -> Result<PathBuf, Status> {
        match self.place(path)? {
            Place::OnDisk(path) => Ok(path),
            Place::Invented(_) => Err(Status::IsDirectory),
        }
    }

    /// The place of something to be changed; the media folder itself never is.
    fn changed(&self, path: &PhonePath) -> Result<PathBuf, Status> {
        if path.is_root() { Err(Status::PermissionDenied) } else { self.on_disk(path) }
    }
}

impl Tree for DiskTree {
    fn list(&self, folder: &PhonePath) -> Result<Vec<Vec<u8>>, Status> {
        let path = match self.place(folder)? {
            Place::Invented(name) => return Ok(vec![name.as_bytes().to_vec()]),
            Place::OnDisk(path) => path,
        };
        if !fs::metadata(&path)?.is_dir() {
            return Err(Status::ReadError);
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(path)? {
            names.push(phone_name(&entry?.file_name()));
        }
        Ok(names)
    }

    fn stat(&self, path: &PhonePath) -> Result<FileInfo, Status> {
        match self.place(path)? {
            Place::Invented(_) => file_info(&self.root),
            Place::OnDisk(path) => file_info(&path),
        }
    }

    fn open(&self, path: &PhonePath, mode: OpenMode) -> Result<Box<dyn OpenFile>, Status> {
        if self.writes == Writes::Refused && mode != OpenMode::Read {
            return Err(Status::PermissionDenied);
        }
        let path = self.on_disk(path)?;
        if path.is_dir() {
            return Err(Status::IsDirectory);
        }
        Ok(Box::new(DiskFile(open_options(mode).open(path)?)))
    }

    fn database(&self) -> Option<PathBuf> {
        let database = self.root.join("PhotoData/Photos.sqlite");
        (self.writes == Writes::Allowed && database.is_file()).then_some(database)
    }

    fn change(&self, change: Change<'_>) -> Result<(), Status> {
        if self.writes == Writes::Refused {
            return Err(Status::PermissionDenied);
        }
        match change {
            Change::MakeFolder(path) => make_folder(&self.on_disk(path)?),
            Change::Remove(path) => remove(&self.changed(path)?),
            Change::RemoveTree(path) => remove_tree(&self.changed(path)?),
            Change::Rename { from, to } => Ok(fs::rename(self.changed(from)?, self.changed(to)?)?),
            Change::HardLink { existing, name } => Ok(fs::hard_link(self.changed(existing)?, self.changed(name)?)?),
            Change::SymbolicLink { target, name } => {
                stays_inside(target, name)?;
                symbolic_link(target, &self.changed(name)?)
            }
            Change::SetModified { path, time } => set_modified(&self.changed(path)?, time),
        }
    }
}

fn make_folder(path: &Path) -> Result<(), Status> {
    fs::create_dir_all(path).map_err(|error| match error.kind() {
        // Phones say so for a folder below a file, too.
        ErrorKind::NotADirectory => Status::Exists,
        _ => error.into(),
    })
}

fn remove(path: &Path) -> Result<(), Status> {
    let folder = fs::symlink_metadata(path)?.is_dir();
    if folder { fs::remove_dir(path) } else { fs::remove_file(path) }.map_err(Status::from)
}

fn remove_tree(path: &Path) -> Result<(), Status> {
    let folder = fs::symlink_metadata(path)?.is_dir();
    if folder { fs::remove_dir_all(path) } else { fs::remove_file(path) }.map_err(Status::from)
}

fn set_modified(path: &Path, nanoseconds: u64) -> Result<(), Status> {
    let time = UNIX_EPOCH + Duration::from_nanos(nanoseconds);
    Ok(File::open(path)?.set_times(FileTimes::new().set_modified(time))?)
}

/// Refuses a link whose target lies outside the media folder.
fn stays_inside(target: &[u8], name: &PhonePath) -> Result<(), Status> {
    let mut depth = name.names().len().saturating_sub(1);
    if target.starts_with(b"/") {
        return Err(Status::PermissionDenied);
    }
    for part in target.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => depth = depth.checked_sub(1).ok_or(Status::PermissionDenied)?,
            _ => depth += 1,
        }
    }
    Ok(())
}

#[cfg(unix)]
fn symbolic_link(target: &[u8], name: &Path) -> Result<(), Status> {
    use std::os::unix::ffi::OsStrExt;
    Ok(std::os::unix::fs::symlink(std::ffi::OsStr::from_bytes(target), name)?)
}

#[cfg(not(unix))]
fn symbolic_link(_target: &[u8], _name: &Path) -> Result<(), Status> {
    Err(Status::Unsupported)
}

pub(crate) fn file_info(path: &Path) -> Result<FileInfo, Status> {
    let facts = fs::symlink_metadata(path)?;
    let kind = match () {
        () if facts.is_symlink() => FileKind::Link { target: phone_name(fs::read_link(path)?.as_os_str()) },
        () if facts.is_dir() => FileKind::Directory,
        () => FileKind::Regular,
    };
    let size = if facts.is_dir() { FOLDER_SIZE } else { facts.len() };
    let modified = nanoseconds(facts.modified()?);
    let created = facts.created().map_or(modified, nanoseconds);
    Ok(FileInfo { kind, size, links: links(&facts), modified, created, withheld: Vec::new() })
}

#[cfg(unix)]
fn links(facts: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(facts)
}

#[cfg(not(unix))]
fn links(_facts: &Metadata) -> u64 {
    1
}

fn nanoseconds(time: SystemTime) -> i128 {
    let whole = |span: Duration| i128::try_from(span.as_nanos()).unwrap_or(i128::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => whole(after),
        Err(before) => -whole(before.duration()),
    }
}
