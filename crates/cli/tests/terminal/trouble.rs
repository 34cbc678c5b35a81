//! What the world does to an import: each time a clear error, and nothing lost.

use crate::stage::{Run, Stage, contents, fixtures, tree};
use iphone_sim::{Fault, LockState, Phone, Trust};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder with `count` photos-to-be of `bytes` bytes each, all different.
fn photos(stage: &Stage, count: u32, bytes: usize) -> PathBuf {
    let folder = stage.path("media/DCIM/100APPLE");
    std::fs::create_dir_all(&folder).unwrap();
    for number in 0..count {
        let mut content = vec![number as u8; bytes];
        content.extend(number.to_le_bytes());
        std::fs::write(folder.join(format!("IMG_{number:04}.JPG")), content).unwrap();
    }
    stage.path("media")
}

fn stage_with(count: u32, bytes: usize) -> Stage {
    let mut stage = Stage::new();
    let media = photos(&stage, count, bytes);
    stage.phone = Some(Phone::builder().media(media).start().unwrap());
    stage
}

fn stopped(run: &Run) -> String {
    run.finished()["stopped"]["code"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_phone_unplugged_in_the_middle_stops_with_clear_words_and_the_next_run_finishes() {
    let stage = stage_with(30, 200_000);
    let phone = stage.phone.as_ref().unwrap();
    stage.run(&["list", "--source", "iphone"]);
    phone.inject(Fault::UnplugAfterBytes { bytes: 2_500_000 });
    let run = stage.import("iphone");
    assert_eq!((run.code, stopped(&run).as_str()), (3, "source_gone"), "{} {}", run.out, run.err);
    let message = run.finished()["stopped"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("is not connected"), "{message}");
    let done = run.finished()["imported"].as_u64().unwrap();
    assert!((1..30).contains(&done), "{done}");
    assert_eq!(stage.verified(), done);
    assert!(tree(&stage.path("library/.keepsake/incoming")).is_empty());

    let gone = stage.import("iphone");
    assert_eq!(gone.code, 3);
    phone.behave();
    phone.replug();
    let run = stage.import("iphone");
    assert_eq!((run.code, run.finished()["imported"].as_u64()), (0, Some(30 - done)));
    assert_eq!(contents(&stage.path("library/Originals")), contents(&stage.path("media")));
}

#[test]
fn a_phone_that_stops_answering_gives_a_named_error() {
    let stage = stage_with(3, 100);
    stage.run(&["list", "--source", "iphone"]);
    stage.phone.as_ref().unwrap().set_locked(LockState::BeforeFirstUnlock);
    let run = stage.run(&["list", "--source", "iphone"]);
    assert_eq!(run.code, 3);
    assert!(run.err.contains("locked"), "{}", run.err);
}

#[test]
fn a_phone_that_says_no_is_named_so() {
    let stage = stage_with(1, 100);
    stage.phone.as_ref().unwrap().set_trust(Trust::Denied);
    let run = stage.run(&["list", "--source", "iphone"]);
    assert_eq!(run.code, 3);
    assert!(run.err.contains("trust"), "{}", run.err);
}

#[test]
fn a_photo_that_cannot_be_read_fails_alone() {
    let stage = stage_with(5, 300_000);
    let path = "/DCIM/100APPLE/IMG_0002.JPG".to_owned();
    stage.run(&["list", "--source", "iphone"]);
    stage.phone.as_ref().unwrap().inject(Fault::ReadFails {
        path,
        offset: 250_000,
        status: iphone_sim::Status::IoError,
    });
    let run = stage.import("iphone");
    assert_eq!(run.code, 1, "{} {}", run.out, run.err);
    assert_eq!((run.finished()["imported"].as_u64(), run.finished()["failed"].as_u64()), (Some(4), Some(1)));
    let failed = run.lines().into_iter().find(|l| l["event"] == "failed").unwrap();
    assert_eq!(failed["code"], "source_read");
    assert!(failed["source_path"].as_str().unwrap().ends_with("IMG_0002.JPG"));
    stage.phone.as_ref().unwrap().behave();
    assert_eq!(stage.import("iphone").finished()["imported"].as_u64(), Some(1));
    assert_eq!(contents(&stage.path("library/Originals")), contents(&stage.path("media")));
}

#[test]
fn a_photo_that_ends_early_or_lies_about_its_size_is_never_called_imported() {
    let stage = stage_with(4, 300_000);
    stage.run(&["list", "--source", "iphone"]);
    let phone = stage.phone.as_ref().unwrap();
    phone.inject(Fault::EarlyEnd { path: "/DCIM/100APPLE/IMG_0001.JPG".into(), at: 65_536 });
    phone.inject(Fault::TellsSize { path: "/DCIM/100APPLE/IMG_0002.JPG".into(), size: 1 << 40 });
    let run = stage.import("iphone");
    let finished = run.finished();
    assert!(finished["imported"].as_u64() <= Some(2), "{finished}");
    let source = contents(&stage.path("media"));
    if stage.path("library/Originals").exists() {
        let library = contents(&stage.path("library/Originals"));
        assert!(library.iter().all(|hash| source.contains(hash)), "a file that is none of the phone's");
    }
    phone.behave();
    stage.import("iphone");
    assert_eq!(contents(&stage.path("library/Originals")), source);
}

#[test]
fn a_damaged_catalog_is_put_together_again_from_the_library() {
    let stage = stage_with(3, 100);
    stage.import("iphone");
    let catalogs = stage.path("home/keepsake/catalogs");
    let catalog = || {
        let files = tree(&catalogs);
        files.into_keys().find(|name| name.ends_with(".sqlite") && !name.contains("unreadable")).unwrap()
    };
    let damaged = catalogs.join(catalog());
    std::fs::write(&damaged, "half a disk block of something else").unwrap();
    let run = stage.import("iphone");
    let finished = run.finished();
    assert_eq!((finished["already_imported"].as_u64(), finished["seen"].as_u64()), (Some(3), Some(3)), "{}", run.err);
    let note = run
        .lines()
        .into_iter()
        .find(|line| line["event"] == "note" && line["message"].as_str().unwrap().contains("put together again"));
    assert!(note.is_some_and(|note| note["message"].as_str().unwrap().contains("unreadable-1.sqlite")), "{}", run.out);
    assert_eq!(stage.verified(), 3);
    assert!(!stage.import("iphone").out.contains("put together again"), "it is told once");
}

#[test]
fn a_read_only_library_is_refused_at_once() {
    let stage = stage_with(1, 100);
    // The ordinary user may not write into root's folder.
    std::fs::create_dir(stage.path("library")).unwrap();
    let run = stage.import("iphone");
    assert_eq!(run.code, 3);
    assert!(run.err.contains("read-only"), "{}", run.err);
    assert!(tree(&stage.path("library")).is_empty());
}

#[test]
fn a_drive_without_room_is_refused_before_the_start() {
    let stage = stage_with(10, 200_000);
    let _drive = SmallDrive::with(&stage.path("library"), "size=1m");
    let run = stage.import("iphone");
    assert_eq!(run.code, 3, "{}", run.out);
    assert!(run.err.contains("Needs 3.1 MB, and") && run.err.contains("free"), "{}", run.err);
    assert!(!stage.path("library/Originals").exists());
}

#[test]
fn a_drive_that_fills_up_in_the_middle_loses_nothing() {
    let stage = stage_with(60, 9_000);
    // Room for the bytes, as is seen before the start, but not for so many files.
    let drive = SmallDrive::with(&stage.path("library"), "size=8m,nr_inodes=45");
    let run = stage.import("iphone");
    assert_eq!((run.code, stopped(&run).as_str()), (3, "destination_full"), "{} {}", run.out, run.err);
    let done = run.finished()["imported"].as_u64().unwrap();
    assert!(done < 60);
    assert_eq!(stage.verified(), done);
    drive.remount("size=8m,nr_inodes=1000");
    let finished = stage.import("iphone").finished();
    // What was verified and staged when the drive filled up is filed first, and not copied again.
    assert_eq!((finished["failed"].as_u64(), finished["seen"].as_u64()), (Some(0), Some(60)));
    assert_eq!(contents(&stage.path("library/Originals")), contents(&stage.path("media")));
    assert_eq!(stage.verified(), 60);
    assert!(tree(&stage.path("library/.keepsake/incoming")).is_empty());
}

#[test]
fn odd_photos_arrive_as_they_are() {
    let mut stage = Stage::new();
    let folder = stage.path("media/DCIM/100APPLE");
    std::fs::create_dir_all(&folder).unwrap();
    let broken = std::fs::read(fixtures().join("Nuke__img_751.heic")).unwrap();
    std::fs::write(folder.join("TRUNCATED.HEIC"), &broken[..5000]).unwrap();
    std::fs::write(folder.join("EMPTY.JPG"), "").unwrap();
    std::fs::write(folder.join("a:b?.JPG"), "odd name").unwrap();
    std::fs::write(folder.join("con.JPG"), "device name").unwrap();
    std::fs::write(folder.join("right\u{202E}GPJ.exe"), "direction").unwrap();
    stage.phone = Some(Phone::builder().media(stage.path("media")).start().unwrap());
    let run = stage.import("iphone");
    assert_eq!(run.code, 0, "{} {}", run.out, run.err);
    assert_eq!(contents(&stage.path("library/Originals")), contents(&stage.path("media")));
    let names: Vec<String> =
        tree(&stage.path("library/Originals")).into_keys().map(|p| p.rsplit('/').next().unwrap().to_owned()).collect();
    assert!(names.iter().all(|n| !n.contains([':', '?', '\u{202E}']) && !n.starts_with("con")), "{names:?}");
}

#[test]
fn a_name_that_leads_elsewhere_leads_nowhere() {
    let stage = stage_with(2, 100);
    let folder = "/DCIM/100APPLE".to_owned();
    stage.run(&["list", "--source", "iphone"]);
    for name in ["../evil.JPG", "..", "a/b.JPG"] {
        stage.phone.as_ref().unwrap().inject(Fault::Lists { path: folder.clone(), name: name.into() });
    }
    let run = stage.import("iphone");
    assert_eq!(run.code, 1, "{} {}", run.out, run.err);
    assert_eq!(run.finished()["imported"].as_u64(), Some(2));
    assert_eq!(contents(&stage.path("library/Originals")), contents(&stage.path("media")));
    assert!(!exists_anywhere(stage.dir.path(), "evil.JPG"));
}

fn exists_anywhere(folder: &Path, name: &str) -> bool {
    tree(folder).into_keys().any(|path| path.ends_with(name))
}

/// A small drive, in memory.
struct SmallDrive(PathBuf);

impl SmallDrive {
    fn with(at: &Path, options: &str) -> Self {
        std::fs::create_dir(at).unwrap();
        let drive = Self(at.to_owned());
        drive.mount(&format!("{options},mode=777"));
        drive
    }

    fn remount(&self, options: &str) {
        self.mount(&format!("remount,{options}"));
    }

    fn mount(&self, options: &str) {
        let status = Command::new("mount").args(["-t", "tmpfs", "-o", options, "keepsake"]).arg(&self.0).status();
        assert!(status.unwrap().success(), "mounting a small drive needs root");
    }
}

impl Drop for SmallDrive {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[cfg(unix)]
#[test]
fn a_closed_folder_of_the_library_hides_nothing_that_was_moved_elsewhere() {
    use std::os::unix::fs::PermissionsExt;
    let stage = Stage::in_memory();
    std::fs::create_dir(stage.path("media")).unwrap();
    std::fs::write(stage.path("media/1.JPG"), "one").unwrap();
    stage.import("media");
    let filed = tree(&stage.path("library/Originals")).into_keys().next().unwrap();
    std::fs::create_dir(stage.path("library/Trip: Rome")).unwrap();
    std::fs::rename(stage.path("library/Originals").join(filed), stage.path("library/Trip: Rome/1.JPG")).unwrap();
    std::fs::create_dir(stage.path("library/Closed")).unwrap();
    std::fs::set_permissions(stage.path("library/Closed"), PermissionsExt::from_mode(0o000)).unwrap();
    assert_eq!(stage.import("media").finished()["already_imported"], 1);
    // Of what could not be seen nothing is said.
    let run = stage.run(&["verify", "--library", "library", "--json"]);
    assert!(run.code != 0 && run.err.contains("Closed"), "{} {} {}", run.code, run.out, run.err);
    std::fs::set_permissions(stage.path("library/Closed"), PermissionsExt::from_mode(0o700)).unwrap();
}
