//! The files of an invented library, and its database as it is at the moment.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::Mutex;

use rusqlite::Connection;

use super::Expected;
use super::scratch::Scratch;
use crate::media::{Change, DiskFile, FileInfo, FileKind, OpenFile, OpenMode, PhonePath, Recipe, Tree, file_info};
use crate::status::Status;

/// Where the files of the database appear, and how their names begin.
const DATABASE_FOLDER: &str = "PhotoData";
pub(super) const DATABASE: &str = "Photos.sqlite";

pub(crate) struct LibraryTree {
    files: HashMap<String, Recipe>,
    folders: HashMap<String, Vec<String>>,
    expected: Expected,
    live: Live,
}

/// The database and its companions on this computer. It is kept open, as a phone does: the last one to close it would
/// remove its write-ahead log.
pub(super) struct Live {
    #[expect(dead_code, reason = "it is there to be open")]
    pub(super) database: Mutex<Connection>,
    pub(super) folder: Scratch,
}

impl LibraryTree {
    pub(super) fn new(files: Vec<(String, Recipe)>, expected: Expected, live: Live) -> Self {
        let mut folders = HashMap::from([(String::new(), vec!["DCIM".to_owned()]), ("DCIM".to_owned(), Vec::new())]);
        files.iter().for_each(|(path, _)| register(&mut folders, path));
        Self { files: files.into_iter().collect(), folders, expected, live }
    }

    /// The file of this computer behind a path of the database.
    fn live(&self, path: &str) -> Option<PathBuf> {
        let name = path.strip_prefix(DATABASE_FOLDER)?.strip_prefix('/')?;
        let live = self.live.folder.path().join(name);
        (name.starts_with(DATABASE) && !name.contains('/') && live.is_file()).then_some(live)
    }
}

/// Enters a path into its folder, and its folder into the one above, up to one that is known.
fn register(folders: &mut HashMap<String, Vec<String>>, path: &str) {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if let Some(names) = folders.get_mut(folder) {
        return names.push(name.to_owned());
    }
    folders.insert(folder.to_owned(), vec![name.to_owned()]);
    register(folders, folder);
}

fn plain(path: &PhonePath) -> String {
    path.to_string().trim_start_matches('/').to_owned()
}

impl Tree for LibraryTree {
    fn list(&self, folder: &PhonePath) -> Result<Vec<Vec<u8>>, Status> {
        let path = plain(folder);
        if self.files.contains_key(&path) {
            return Err(Status::ReadError);
        }
        let names = self.folders.get(&path).ok_or(Status::NotFound)?;
        let mut names: Vec<Vec<u8>> = names.iter().map(|name| name.clone().into_bytes()).collect();
        if path == DATABASE_FOLDER {
            for entry in fs::read_dir(self.live.folder.path())? {
                names.push(entry?.file_name().to_string_lossy().into_owned().into_bytes());
            }
        }
        Ok(names)
    }

    fn stat(&self, path: &PhonePath) -> Result<FileInfo, Status> {
        let path = plain(path);
        if let Some(live) = self.live(&path) {
            return file_info(&live);
        }
        let (kind, size, second) = match self.files.get(&path) {
            Some(recipe) => (FileKind::Regular, recipe.size(), recipe.taken),
            None if self.folders.contains_key(&path) => (FileKind::Directory, 64, 0),
            None => return Err(Status::NotFound),
        };
        let time = i128::from(second) * 1_000_000_000;
        Ok(FileInfo { kind, size, links: 1, modified: time, created: time, withheld: Vec::new() })
    }

    fn open(&self, path: &PhonePath, mode: OpenMode) -> Result<Box<dyn OpenFile>, Status> {
        if mode != OpenMode::Read {
            return Err(Status::PermissionDenied);
        }
        let path = plain(path);
        if let Some(live) = self.live(&path) {
            return Ok(Box::new(DiskFile(File::open(live)?)));
        }
        match self.files.get(&path) {
            Some(recipe) => Ok(recipe.open()),
            None if self.folders.contains_key(&path) => Err(Status::IsDirectory),
            None => Err(Status::NotFound),
        }
    }

    fn change(&self, _change: Change<'_>) -> Result<(), Status> {
        Err(Status::PermissionDenied)
    }

    fn database(&self) -> Option<PathBuf> {
        Some(self.live.folder.path().join(DATABASE))
    }

    fn expected(&self) -> Option<&Expected> {
        Some(&self.expected)
    }
}
