//! The sample photos, and files by what is in them.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The first of June 2014, in seconds since 1970: when files of the phone were written that tell no other time.
const WRITTEN: Duration = Duration::from_secs(1_401_580_800);

/// Lays out the wanted samples as a phone's camera folder, without the two lists that lie beside them.
pub fn copy_samples(samples: &Path, to: &Path, wanted: impl Fn(&str) -> bool) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(samples)? {
        let from = entry?.path();
        let is_list = from.extension().is_some_and(|extension| extension == "csv" || extension == "md");
        let is_wanted = |name: &&OsStr| !is_list && name.to_str().is_some_and(&wanted);
        if let Some(name) = from.file_name().filter(is_wanted) {
            fs::write(to.join(name), fs::read(&from)?)?;
            File::options().write(true).open(to.join(name))?.set_modified(SystemTime::UNIX_EPOCH + WRITTEN)?;
        }
    }
    Ok(())
}

/// Names the first file under a folder, in the order of the paths.
pub fn first(folder: &Path) -> Result<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    entries.sort();
    let first = entries.into_iter().next().with_context(|| format!("{} is empty", folder.display()))?;
    if first.is_dir() { self::first(&first) } else { Ok(first) }
}

/// Lists the SHA-256 of every file under a folder, sorted, each as often as it is there.
pub fn hashes(folder: &Path) -> Result<Vec<String>> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(format!("{:x}", Sha256::digest(fs::read(&path)?)));
            }
        }
    }
    found.sort();
    Ok(found)
}
