//! What lies on the phone, found by path: exactly, or else without regard to case.

use domain::{Fingerprint, ListEntry, SourceError, SourceFile, SourcePath};
use std::collections::{BTreeMap, HashMap};

/// What a look at a path gave: a file, or why it could not be looked at.
pub(super) type Look = Result<Fingerprint, (SourcePath, SourceError)>;

/// The files that were listed, each to be claimed by one photo at most.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// By folder, then by name: a phone's folders are few, and their paths long.
    folders: BTreeMap<String, Folder>,
    /// The way from a folder in small letters to those that are so called.
    small: HashMap<String, Vec<String>>,
    /// What could not be looked at, by path.
    failed: BTreeMap<String, SourceError>,
}

#[derive(Debug, Default)]
struct Folder {
    files: BTreeMap<String, File>,
    /// The way from a name in small letters to one as it is; made when it is first needed.
    small: Option<HashMap<String, String>>,
}

#[derive(Debug, Clone, Copy)]
struct File {
    bytes: u64,
    modified_ns: i64,
    claimed: bool,
}

impl Files {
    /// Takes a batch of a listing and returns what of it concerns no photo.
    pub(super) fn take(&mut self, batch: Vec<ListEntry>) -> Vec<ListEntry> {
        let mut others = Vec::new();
        for entry in batch {
            match entry {
                ListEntry::File(file) => self.add(&file.fingerprint),
                ListEntry::Unreadable { path, error } => self.fail(path.as_str(), error),
                other => others.push(other),
            }
        }
        others
    }

    pub(super) fn add(&mut self, file: &Fingerprint) {
        let (folder, name) = (file.path.folder(), file.path.file_name());
        if !self.folders.contains_key(folder) {
            self.small.entry(folder.to_lowercase()).or_default().push(folder.to_owned());
            self.folders.insert(folder.to_owned(), Folder::default());
        }
        if let Some(inside) = self.folders.get_mut(folder) {
            let file = File { bytes: file.bytes, modified_ns: file.modified_ns, claimed: false };
            inside.files.insert(name.to_owned(), file);
            inside.small = None;
        }
    }

    /// Takes what a look gave.
    pub(super) fn note(&mut self, look: Look) {
        match look {
            Ok(file) => self.add(&file),
            Err((path, error)) => self.fail(path.as_str(), error),
        }
    }

    /// Notes that something could not be looked at.
    pub(super) fn fail(&mut self, path: &str, error: SourceError) {
        self.failed.insert(path.to_owned(), error);
    }

    /// Tells whether anything is known of this path: that there is a file, or that it cannot be looked at.
    pub(super) fn knows(&mut self, path: &str) -> bool {
        self.find(path).is_some() || self.failed.contains_key(path)
    }

    /// Takes the reason why a path could not be looked at: it is then told with its photo and not by itself.
    pub(super) fn take_failure(&mut self, path: &str) -> Option<SourceError> {
        self.failed.remove(path)
    }

    /// Takes a file for a photo, `None` when it is not there or another has it.
    pub(super) fn claim(&mut self, path: &str) -> Option<Fingerprint> {
        let (folder, name) = self.find(path)?;
        let path = SourcePath::new(joined(&folder, &name));
        let file = self.folders.get_mut(&folder)?.files.get_mut(&name)?;
        let is_free = !std::mem::replace(&mut file.claimed, true);
        is_free.then_some(Fingerprint { path, bytes: file.bytes, modified_ns: file.modified_ns })
    }

    /// Finds a file: the one of this path, else one whose path differs in case only. Returns its folder and its name.
    fn find(&mut self, path: &str) -> Option<(String, String)> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if self.folders.get(folder).is_some_and(|inside| inside.files.contains_key(name)) {
            return Some((folder.to_owned(), name.to_owned()));
        }
        let lower = name.to_lowercase();
        let alike = self.small.get(folder).map_or_else(|| self.small.get(&folder.to_lowercase()), Some)?;
        alike.iter().find_map(|folder| {
            let actual = self.folders.get_mut(folder)?.by_small_name(&lower)?;
            Some((folder.clone(), actual))
        })
    }

    /// Lists the files in a folder that nobody has, in the order of their paths.
    pub(super) fn unclaimed_in(&self, folder: &str) -> Vec<String> {
        let inside = self.folders.get(folder).into_iter().flat_map(|inside| &inside.files);
        inside.filter(|(_, file)| !file.claimed).map(|(name, _)| joined(folder, name)).collect()
    }

    /// Returns what nobody has: files in the order of folders and names, then what could not be looked at.
    pub(super) fn into_unclaimed(self) -> impl Iterator<Item = ListEntry> {
        let left = self.folders.into_iter().flat_map(|(folder, inside)| {
            let free = inside.files.into_iter().filter(|(_, file)| !file.claimed);
            free.map(move |(name, File { bytes, modified_ns, .. })| {
                let path = SourcePath::new(joined(&folder, &name));
                ListEntry::File(SourceFile { fingerprint: Fingerprint { path, bytes, modified_ns } })
            })
        });
        let failed = self.failed.into_iter();
        left.chain(failed.map(|(path, error)| ListEntry::Unreadable { path: SourcePath::new(path), error }))
    }
}

impl Folder {
    fn by_small_name(&mut self, lower: &str) -> Option<String> {
        let small = self.small.get_or_insert_with(|| {
            let mut small = HashMap::with_capacity(self.files.len());
            for name in self.files.keys() {
                small.entry(name.to_lowercase()).or_insert_with(|| name.clone());
            }
            small
        });
        small.get(lower).cloned()
    }
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Makes the fingerprint of a file that is not there.
pub(super) fn absent(path: &str, bytes: u64) -> Fingerprint {
    Fingerprint { path: SourcePath::new(path), bytes, modified_ns: 0 }
}
