//! Files by what is in them.

use anyhow::Result;
use sha2::{Digest, Sha256};
use std::path::Path;

/// Lists the SHA-256 of every file under a folder, sorted, each as often as it is there.
pub fn hashes(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<String>> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if wanted(&path) {
                found.push(format!("{:x}", Sha256::digest(std::fs::read(&path)?)));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Tells photos, videos and what belongs to them from the two lists that lie beside the samples.
pub fn is_media(path: &Path) -> bool {
    !path.extension().is_some_and(|extension| extension == "csv" || extension == "md")
}
