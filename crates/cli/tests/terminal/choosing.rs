//! Which folder is a library: one is made only on request, and nothing is ever written where there is none.

use crate::stage::{Stage, contents, tree};
use std::path::Path;

fn stage() -> Stage {
    let stage = Stage::new();
    let folder = stage.path("media/DCIM/100APPLE");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("IMG_0001.JPG"), "one").unwrap();
    std::fs::write(folder.join("IMG_0002.JPG"), "two").unwrap();
    stage
}

/// An empty folder of the ordinary user, as a drive is mounted on.
fn mount_point(stage: &Stage) {
    std::fs::create_dir(stage.path("drive")).unwrap();
    stage.give_away(&stage.path("drive"));
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn the_folder_of_a_drive_that_is_not_connected_becomes_no_library() {
    let stage = stage();
    mount_point(&stage);
    for more in [&["--json"][..], &[], &["--dry-run"]] {
        for library in ["drive", "mistyped"] {
            let run = stage.run(&[&["import", "--source", "media", "--all-new", "--library", library], more].concat());
            assert_eq!(run.code, 3, "{library} {more:?}: {} {}", run.out, run.err);
            assert!(run.err.contains("no library at") && run.err.contains("--create"), "{}", run.err);
        }
    }
    for command in [&["list", "--source", "media"][..], &["verify"], &["history"], &["undo", "x"]] {
        for library in ["drive", "mistyped"] {
            let run = stage.run(&[command, &["--library", library]].concat());
            assert_eq!(run.code, 3, "{command:?} {library}: {} {}", run.out, run.err);
            assert_eq!(run.out, "", "{command:?} {library}");
        }
    }
    assert!(is_empty(&stage.path("drive")) && !stage.path("mistyped").exists());
}

#[test]
fn a_library_is_made_once_and_said_to_be() {
    let stage = stage();
    mount_point(&stage);
    let args = ["import", "--source", "media", "--library", "drive", "--create", "--all-new", "--json"];
    let made = |args: &[&str]| -> Vec<String> {
        let run = stage.run(args);
        assert_eq!(run.code, 0, "{}", run.err);
        let events = run.lines().into_iter().filter(|line| line["event"] == "library_created");
        events.map(|line| line["library"].as_str().unwrap().to_owned()).collect()
    };
    let dry = stage.run(&[&args[..], &["--dry-run"]].concat());
    assert_eq!((dry.code, dry.finished()["imported"].as_u64()), (0, Some(2)), "{}", dry.err);
    assert!(is_empty(&stage.path("drive")), "a dry run changes nothing");
    let there = stage.dir.path().canonicalize().unwrap().join("drive");
    assert_eq!(made(&args), [there.to_str().unwrap()]);
    assert_eq!(made(&args), [""; 0], "it is there");
    let without: Vec<&str> = args.into_iter().filter(|arg| *arg != "--create").collect();
    assert_eq!(made(&without), [""; 0]);
    assert_eq!(contents(&stage.path("drive/Originals")), contents(&stage.path("media")));
}

#[test]
fn no_library_is_made_in_another_or_around_one() {
    let stage = stage();
    mount_point(&stage);
    let import = |library: &str| {
        stage.run(&["import", "--source", "media", "--library", library, "--create", "--all-new", "--json"])
    };
    assert_eq!(import("drive/Keepsake").code, 0);
    let before = tree(&stage.path("drive"));
    for wrong in ["drive", "drive/Keepsake/Originals", "drive/Keepsake/new"] {
        let run = import(wrong);
        assert_eq!(run.code, 3, "{wrong}: {}", run.out);
        assert!(run.err.contains("drive/Keepsake"), "{wrong}: {}", run.err);
    }
    assert_eq!(tree(&stage.path("drive")), before);
}
