//! A folder for a database of this process. A phone is often ended by killing it, and then nobody clears up: the next
//! one to start does.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

const PREFIX: &str = "iphone-sim-photos-";
/// Locked by the process the folder belongs to.
const LOCK: &str = "lock";
const CONTENT: &str = "live";
/// A younger folder may belong to somebody who has not locked it yet.
const SETTLED: Duration = Duration::from_secs(60);

/// A folder that goes with its owner, or soon after.
pub(super) struct Scratch {
    // First in line: some systems do not remove what is open.
    #[expect(dead_code, reason = "it is there to be locked")]
    lock: File,
    folder: TempDir,
}

impl Scratch {
    pub(super) fn new() -> io::Result<Self> {
        let all = std::env::temp_dir();
        // What cannot be cleared up now is left to the next one.
        let _ = clear_up(&all);
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(all)?;
        let lock = File::create(folder.path().join(LOCK))?;
        lock.lock()?;
        fs::create_dir(folder.path().join(CONTENT))?;
        Ok(Self { lock, folder })
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join(CONTENT)
    }
}

fn clear_up(all: &Path) -> io::Result<()> {
    for entry in fs::read_dir(all)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(PREFIX) && is_abandoned(&entry.path()).unwrap_or(false) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

fn is_abandoned(folder: &Path) -> io::Result<bool> {
    let age = fs::metadata(folder)?.modified()?.elapsed().unwrap_or_default();
    Ok(age > SETTLED && File::open(folder.join(LOCK))?.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use std::fs::FileTimes;
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn a_folder_whose_owner_is_gone_is_cleared_up_and_no_other() {
        let all = tempfile::tempdir().unwrap();
        let make = |name: &str, age: u64| {
            let folder = all.path().join(format!("{PREFIX}{name}"));
            fs::create_dir(&folder).unwrap();
            let lock = File::create(folder.join(LOCK)).unwrap();
            let then = SystemTime::now() - Duration::from_secs(age);
            File::open(&folder).unwrap().set_times(FileTimes::new().set_modified(then)).unwrap();
            (folder, lock)
        };
        let (abandoned, _) = make("abandoned", 100);
        let (young, _) = make("young", 0);
        let (owned, lock) = make("owned", 100);
        lock.lock().unwrap();
        clear_up(all.path()).unwrap();
        assert_eq!([abandoned.exists(), young.exists(), owned.exists()], [false, true, true]);
    }
}
