//! What lies on the phone, found by path: exactly, or else without regard to case.

use domain::{Fingerprint, ListEntry, SourceError, SourceFile, SourcePath};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The files that were listed, each to be claimed by one photo at most.
#[derive(Debug, Default)]
pub(super) struct Files {
    by_path: BTreeMap<String, Fingerprint>,
    /// The way from a path in small letters to one as it is.
    small: HashMap<String, String>,
    claimed: HashSet<String>,
    /// What could not be looked at, by path.
    failed: BTreeMap<String, SourceError>,
}

impl Files {
    /// Takes a batch of a listing and returns what of it concerns no photo.
    pub(super) fn take(&mut self, batch: Vec<ListEntry>) -> Vec<ListEntry> {
        let mut others = Vec::new();
        for entry in batch {
            match entry {
                ListEntry::File(file) => self.add(file.fingerprint),
                ListEntry::Unreadable { path, error } => self.fail(path.as_str(), error),
                other => others.push(other),
            }
        }
        others
    }

    pub(super) fn add(&mut self, file: Fingerprint) {
        let path = file.path.as_str().to_owned();
        self.small.entry(path.to_lowercase()).or_insert_with(|| path.clone());
        self.by_path.insert(path, file);
    }

    /// Notes that something could not be looked at.
    pub(super) fn fail(&mut self, path: &str, error: SourceError) {
        self.failed.insert(path.to_owned(), error);
    }

    /// Tells whether anything is known of this path: that there is a file, or that it cannot be looked at.
    pub(super) fn knows(&self, path: &str) -> bool {
        self.by_path.contains_key(path)
            || self.small.contains_key(&path.to_lowercase())
            || self.failed.contains_key(path)
    }

    /// Takes the reason why a path could not be looked at: it is then told with its photo and not by itself.
    pub(super) fn take_failure(&mut self, path: &str) -> Option<SourceError> {
        self.failed.remove(path)
    }

    /// Takes a file for a photo, `None` when it is not there or another has it.
    pub(super) fn claim(&mut self, path: &str) -> Option<Fingerprint> {
        let path = if self.by_path.contains_key(path) { path } else { self.small.get(&path.to_lowercase())? };
        let file = self.by_path.get(path)?.clone();
        self.claimed.insert(path.to_owned()).then_some(file)
    }

    /// Lists the files below a folder that nobody has, in the order of their paths.
    pub(super) fn unclaimed_in(&self, folder: &str) -> Vec<String> {
        let start = format!("{folder}/");
        let within = self.by_path.range(start.clone()..).take_while(|(path, _)| path.starts_with(&start));
        within.map(|(path, _)| path.clone()).filter(|path| !self.claimed.contains(path)).collect()
    }

    /// Returns what nobody has: files in the order of paths, then what could not be looked at.
    pub(super) fn into_unclaimed(self) -> impl Iterator<Item = ListEntry> {
        let Self { by_path, claimed, failed, .. } = self;
        let left = by_path.into_iter().filter(move |(path, _)| !claimed.contains(path));
        let left = left.map(|(_, fingerprint)| ListEntry::File(SourceFile { fingerprint }));
        left.chain(failed.into_iter().map(|(path, error)| ListEntry::Unreadable { path: SourcePath::new(path), error }))
    }
}

/// Makes the fingerprint of a file that is not there.
pub(super) fn absent(path: &str, bytes: u64) -> Fingerprint {
    Fingerprint { path: SourcePath::new(path), bytes, modified_ns: 0 }
}
