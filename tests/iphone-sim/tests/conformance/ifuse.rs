//! The phone as a mounted file system.

use std::fs;
use std::path::Path;
use std::process::Command;

use iphone_sim::Phone;

use crate::bench::Bench;
use crate::tree::{digest, phone_media};

/// A mount that is gone when the test is.
struct Mount<'a>(&'a Path);

impl<'a> Mount<'a> {
    fn new(bench: &Bench, point: &'a Path) -> Self {
        fs::create_dir_all(point).unwrap();
        bench.run("ifuse", &[point.to_str().unwrap()]).works();
        Self(point)
    }
}

impl Drop for Mount<'_> {
    fn drop(&mut self) {
        let _ = Command::new("fusermount3").arg("-u").arg(self.0).status();
    }
}

#[test]
fn the_mounted_tree_is_the_tree_that_is_served() {
    let media = phone_media();
    let bench = Bench::new(Phone::builder().media(media.path()));
    bench.run("idevicepair", &["pair"]).works();
    let point = bench.home().join("mount");
    let mount = Mount::new(&bench, &point);
    assert_eq!(digest(mount.0), digest(media.path()));
    assert!(fs::write(mount.0.join("DCIM/new"), "x").is_err(), "the folder is to be read only");
    assert_eq!(bench.phone.activity().open_handles, 0);
}

#[test]
fn a_plain_folder_appears_as_the_camera_folder() {
    let media = tempfile::tempdir().unwrap();
    crate::tree::write(&media.path().join("IMG_1.JPG"), 70_000);
    crate::tree::write(&media.path().join("trip/IMG_2.JPG"), 3);
    let bench = Bench::new(Phone::builder().media(media.path()));
    bench.run("idevicepair", &["pair"]).works();
    let point = bench.home().join("mount");
    let mount = Mount::new(&bench, &point);
    assert_eq!(digest(&mount.0.join("DCIM/100APPLE")), digest(media.path()));
    assert_eq!(digest(mount.0).len(), digest(media.path()).len() + 2);
}

#[test]
fn a_writable_phone_takes_changes() {
    let media = phone_media();
    let bench = Bench::new(Phone::builder().media(media.path()).writable());
    bench.run("idevicepair", &["pair"]).works();
    let point = bench.home().join("mount");
    let mount = Mount::new(&bench, &point);
    fs::create_dir(mount.0.join("made")).unwrap();
    fs::write(mount.0.join("made/a"), vec![7; 300_000]).unwrap();
    fs::rename(mount.0.join("made/a"), mount.0.join("made/b")).unwrap();
    fs::remove_file(mount.0.join("Downloads/note.txt")).unwrap();
    std::os::unix::fs::symlink("b", mount.0.join("made/link")).unwrap();
    assert_eq!(fs::read(media.path().join("made/b")).unwrap(), vec![7; 300_000]);
    assert_eq!(fs::read_link(mount.0.join("made/link")).unwrap(), Path::new("b"));
    assert_eq!(fs::read_dir(media.path().join("Downloads")).unwrap().count(), 0);
}
