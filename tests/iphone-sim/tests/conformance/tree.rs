//! Trees to serve and to compare.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// A phone's media folder with names and sizes that have tripped clients before.
pub fn phone_media() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let sizes = [
        ("DCIM/100APPLE/IMG_0001.HEIC", 1_500_003),
        ("DCIM/100APPLE/IMG_0001.MOV", 5 * 1024 * 1024),
        ("DCIM/100APPLE/IMG_0002.JPG", 65_536),
        ("DCIM/100APPLE/IMG_0003.JPG", 65_535),
        ("DCIM/100APPLE/empty.PNG", 0),
        ("DCIM/101APPLE/IMG_0001.JPG", 1),
        ("DCIM/101APPLE/Ünïcode 写真 'quoted'.JPG", 12_345),
        ("DCIM/101APPLE/e\u{301}.JPG", 77),
        ("Downloads/note.txt", 10),
        ("Books/deep/er/and/deeper/a.txt", 4096),
    ];
    for (name, size) in sizes {
        write(&folder.path().join(name), size);
    }
    fs::create_dir_all(folder.path().join("DCIM/102APPLE")).unwrap();
    folder
}

/// Bytes that differ between files and do not repeat at any round distance.
pub fn write(path: &Path, size: usize) {
    let mut state = path.file_name().unwrap().len() as u32 ^ size as u32 | 1;
    let bytes: Vec<u8> = (0..size)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as u8
        })
        .collect();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Every folder and file with the SHA-256 of its contents.
pub fn digest(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    walk(root, "", &mut found);
    found
}

fn walk(folder: &Path, prefix: &str, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}/{}", entry.file_name().into_string().unwrap());
        if entry.file_type().unwrap().is_dir() {
            found.insert(name.clone(), "folder".into());
            walk(&entry.path(), &name, found);
        } else {
            let hash = Sha256::digest(fs::read(entry.path()).unwrap());
            found.insert(name, hash.iter().map(|byte| format!("{byte:02x}")).collect());
        }
    }
}
