//! The order of system calls that makes a copy durable, watched from outside with strace.

use crate::contract::samples::*;
use domain::Destination;
use std::process::Command;

const ROLE: &str = "KEEPSAKE_TEST_PUBLISH_AT";
const CALLS: &str = "trace=fsync,fdatasync,renameat2,fadvise64,mkdirat";

/// Publishes two files where the other test says so; by itself it only shows that this works.
#[test]
fn a_publication() {
    let temp = tempfile::tempdir().unwrap();
    let at = std::env::var(ROLE).map_or_else(|_| temp.path().join("Library"), Into::into);
    let library = library_at(&at);
    let mut file = sealed(&library, 0, BYTES);
    assert_eq!(read_back(&mut *file), BYTES);
    let mut other = sealed(&library, 1, BYTES);
    file.publish(&path("Originals/IMG_1.HEIC")).unwrap();
    other.publish(&path("Originals/IMG_2.HEIC")).unwrap();
    file.flush_published().unwrap();
    other.flush_published().unwrap();
    library.flush_names(&[&path("Originals/IMG_1.HEIC"), &path("Originals/IMG_2.HEIC")]).unwrap();
}

/// Puts two published files aside; by itself it only shows that this works.
#[test]
fn a_putting_aside() {
    let temp = tempfile::tempdir().unwrap();
    let library = library_at(&std::env::var(ROLE).map_or_else(|_| temp.path().join("Library"), Into::into));
    publish(&library, 0, BYTES, "Originals/IMG_1.HEIC");
    publish(&library, 1, BYTES, "Originals/IMG_2.HEIC");
    let aside = |number| removal(&format!("Originals/IMG_{number}.HEIC"), &format!("Removed/ASIDE_{number}.HEIC"));
    assert_eq!(library.set_aside(&[aside(1), aside(2)]), [Ok(()), Ok(())]);
}

/// Reads a file that an earlier run left staged; by itself it only shows that this works.
#[test]
fn a_look_at_a_staged_file() {
    let temp = tempfile::tempdir().unwrap();
    let library = library_at(&std::env::var(ROLE).map_or_else(|_| temp.path().join("Library"), Into::into));
    let mut file = library.create(&name(0), 1).unwrap();
    file.write(BYTES).unwrap();
    file.leave();
    let mut found = library.adopt(&name(0)).unwrap().unwrap();
    assert_eq!(read_back(&mut *found), BYTES);
}

#[test]
fn what_was_found_staged_is_flushed_before_it_is_read() {
    let calls = watched("mounts::order::a_look_at_a_staged_file");
    assert_eq!(calls, ["fdatasync .part", "fadvise64 .part"]);
}

#[test]
fn the_file_is_flushed_again_after_it_got_its_name_and_then_both_folders() {
    let calls = watched("mounts::order::a_publication");
    assert_eq!(
        calls,
        [
            // Sealed, then read back cold; the other sealed.
            "fsync .part",
            "fadvise64 .part",
            "mkdirat Library",
            "mkdirat .keepsake",
            "fsync .part",
            // The folder is made and its name flushed.
            "mkdirat Library",
            "fsync Library",
            // The names, the files once more, both folders once.
            "renameat2 incoming",
            "mkdirat Library",
            "renameat2 incoming",
            "fsync IMG_1.HEIC",
            "fsync IMG_2.HEIC",
            "fsync Originals",
            "fsync incoming",
        ]
    );
}

#[test]
fn what_was_put_aside_is_flushed_under_its_new_name_and_then_both_folders() {
    let calls = watched("mounts::order::a_putting_aside");
    let published = calls.iter().rposition(|call| call == "fsync incoming").unwrap();
    assert_eq!(
        calls[published + 1..],
        [
            // The folder is made and its name flushed.
            "mkdirat Library",
            "fsync Library",
            // The names, the files, the new folder, the old one.
            "renameat2 Originals",
            "mkdirat Library",
            "renameat2 Originals",
            "fsync ASIDE_1.HEIC",
            "fsync ASIDE_2.HEIC",
            "fsync Removed",
            "fsync Originals",
        ]
    );
}

/// Runs a test under strace and returns its calls from the first that concerns a staged file.
fn watched(test: &str) -> Vec<String> {
    let temp = tempfile::tempdir().unwrap();
    let log = temp.path().join("log");
    let traced = Command::new("strace")
        .args(["-f", "-y", "-e", CALLS, "-o"])
        .arg(&log)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test])
        .env(ROLE, temp.path().join("Library"))
        .output()
        .unwrap_or_else(|error| panic!("strace is needed for this test: {error}"));
    assert!(traced.status.success(), "{}", String::from_utf8_lossy(&traced.stderr));
    let log = std::fs::read_to_string(log).unwrap();
    log.lines().filter_map(call).skip_while(|call| !call.ends_with(".part")).collect()
}

/// Shortens a line of the log to the call and the name of the file that its first argument is open on.
fn call(line: &str) -> Option<String> {
    let (name, rest) = line.split_once('(')?;
    let name = name.split_whitespace().last()?;
    let file = rest.split_once('<')?.1.split_once('>')?.0.rsplit('/').next()?;
    let file = if file.ends_with(".part") { ".part" } else { file };
    Some(format!("{name} {file}"))
}
