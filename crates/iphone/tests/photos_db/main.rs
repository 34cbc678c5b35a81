//! The reader of Photos databases against another one, written by others in another language: no field may differ, for
//! any database of real libraries and any generation of the format that can be made.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod described;
mod hostile;
mod moving;
mod osxphotos;

use described::{Described, differences};
use iphone::photos_db::{PhotosLibrary, ReadLimits};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/photos-db")
}

fn archives() -> Vec<PathBuf> {
    let folder = std::fs::read_dir(fixtures().join("databases")).unwrap();
    let mut archives: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    archives.retain(|path| path.extension().is_some_and(|extension| extension == "xz"));
    assert!(archives.len() >= 8);
    archives
}

fn judge(arguments: &[&str]) -> Vec<u8> {
    let script = fixtures().join("tools/judge.py");
    let output = Command::new("python3").arg("-B").arg(script).args(arguments).output().expect("python3 is needed");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Reads a copy of a database with both readers and returns what differs. The other one merges the log into its copy.
fn compared(folder: &Path) -> (Described, Vec<String>) {
    let library = PhotosLibrary::read(&folder.join("Photos.sqlite"), ReadLimits::default()).unwrap();
    let theirs = TempDir::new().unwrap();
    for name in ["Photos.sqlite", "Photos.sqlite-wal"] {
        if folder.join(name).exists() {
            std::fs::copy(folder.join(name), theirs.path().join(name)).unwrap();
        }
    }
    let text = judge(&["read", theirs.path().join("Photos.sqlite").to_str().unwrap()]);
    let theirs: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(library.left_out, Vec::<String>::new());
    let ours = Described::of(&library);
    let differences = differences(&ours, &theirs);
    (ours, differences)
}

fn made(model: &str, log: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    judge(&[&["make", model, folder.path().to_str().unwrap()], log].concat());
    folder
}

#[test]
fn real_libraries_are_read_as_another_reader_reads_them() {
    let mut fields = 0;
    for archive in archives() {
        let folder = TempDir::new().unwrap();
        judge(&["unpack", archive.to_str().unwrap(), folder.path().to_str().unwrap()]);
        let (ours, differences) = compared(folder.path());
        assert!(ours.assets.len() > 10, "{}", archive.display());
        assert_eq!(differences, Vec::<String>::new(), "{}", archive.display());
        fields += ours.fields();
    }
    assert!(fields > 24_000, "only {fields} fields were compared");
}

#[test]
fn every_generation_of_the_format_is_read_as_another_reader_reads_it() {
    let models = String::from_utf8(judge(&["models"])).unwrap();
    let models: Vec<&str> = models.split_whitespace().collect();
    assert!(models.len() >= 20);
    let logged = models.iter().map(|model| (*model, &["--wal"] as &[&str]));
    for (model, log) in logged.chain([("14208", &[] as &[&str]), ("19320", &[])]) {
        let folder = made(model, log);
        let (ours, differences) = compared(&folder.path().join("PhotoData"));
        assert_eq!(ours.assets.len(), 29 + log.len(), "{model} {log:?}");
        assert_eq!(differences, Vec::<String>::new(), "{model} {log:?}");
    }
}
