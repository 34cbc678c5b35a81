//! The computer's pair records, kept by the multiplexer for its clients; opaque bytes to it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;

use crate::lock::lock;

/// Pair records by phone, in memory or in a folder.
pub(crate) enum PairRecords {
    Memory(Mutex<BTreeMap<String, Vec<u8>>>),
    Folder(PathBuf),
}

impl PairRecords {
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        folder.map_or_else(|| Self::Memory(Mutex::default()), Self::Folder)
    }

    pub(crate) fn read(&self, udid: &str) -> Option<Vec<u8>> {
        match self {
            Self::Memory(records) => lock(records).get(udid).cloned(),
            Self::Folder(_) => fs::read(self.file(udid)?).ok(),
        }
    }

    /// Stores a record; `false` if it cannot be kept.
    pub(crate) fn save(&self, udid: &str, record: Vec<u8>) -> bool {
        match self {
            Self::Memory(records) => {
                lock(records).insert(udid.to_owned(), record);
                true
            }
            Self::Folder(_) => self.file(udid).is_some_and(|file| fs::write(file, record).is_ok()),
        }
    }

    /// Forgets a record; `false` if there was none.
    pub(crate) fn delete(&self, udid: &str) -> bool {
        match self {
            Self::Memory(records) => lock(records).remove(udid).is_some(),
            Self::Folder(_) => self.file(udid).is_some_and(|file| fs::remove_file(file).is_ok()),
        }
    }

    /// The file of a record; the name comes from a client, so only what a UDID can hold is let through.
    fn file(&self, udid: &str) -> Option<PathBuf> {
        let Self::Folder(folder) = self else { return None };
        let safe = !udid.is_empty() && udid.len() <= 64 && udid.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        safe.then(|| folder.join(format!("{udid}.plist")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_survive_in_a_folder_and_names_cannot_leave_it() {
        let folder = tempfile::tempdir().unwrap();
        let records = PairRecords::new(Some(folder.path().join("records")));
        fs::create_dir(folder.path().join("records")).unwrap();
        assert!(records.save("ABC-1", b"x".to_vec()));
        assert!(!records.save("../evil", b"x".to_vec()));
        assert_eq!(PairRecords::new(Some(folder.path().join("records"))).read("ABC-1"), Some(b"x".to_vec()));
        assert!(records.delete("ABC-1") && !records.delete("ABC-1"));
    }
}
