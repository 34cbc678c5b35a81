//! Folders and files as no camera makes them.

use super::*;
use std::ffi::OsStr;
use std::io::{Seek, SeekFrom, Write};

#[test]
fn nasty_names() {
    let mut stage = Stage::in_memory();
    let folder = stage.path("media/DCIM/100APPLE");
    std::fs::create_dir_all(&folder).unwrap();
    let long = format!("{}.JPG", "x".repeat(250));
    let names = [
        "e\u{301}t\u{e9}.JPG",
        "\u{e9}te\u{301}.JPG",
        "CON.JPG",
        "nul",
        "a|b?.HEIC",
        "trailing. .JPG",
        "-rf.JPG",
        " .JPG",
        &long,
    ];
    for name in names {
        std::fs::write(folder.join(name), name).unwrap();
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        std::fs::write(folder.join(OsStr::from_bytes(b"caf\xE9\xFF.JPG")), "no text").unwrap();
        std::fs::write(folder.join("line\nbreak\u{1b}[31m.JPG"), "controls").unwrap();
    }
    stage.phone = Some(Phone::builder().media(stage.path("media")).start().unwrap());
    let run = stage.import("iphone");
    assert_eq!(run.code, 0, "{} {}", run.out, run.err);
    assert_eq!(contents(&stage.path("library/Originals")), contents(&stage.path("media")));
    let listed = stage.run(&["list", "--source", "iphone"]);
    assert!(!listed.out.contains('\u{1b}'), "{}", listed.out);
    assert_eq!(stage.verified(), contents(&stage.path("media")).len() as u64);
    assert_eq!(imported(&stage.import("iphone")), 0, "each is known again by its name");
}

#[test]
fn ten_thousand_in_one_folder() {
    let stage = stage_of(10_000, 4, |phone| phone);
    let run = stage.run(&["list", "--source", "iphone"]);
    assert_eq!((run.code, run.out.lines().last()), (0, Some("10000 new, 0 already imported")), "{}", run.err);
    let ids: Vec<&str> = run.out.lines().filter_map(|line| line.split_whitespace().next()).take(20).collect();
    let run = stage.run(&[
        "import",
        "--source",
        "iphone",
        "--library",
        "library",
        "--create",
        "--assets",
        &ids.join(","),
        "--json",
    ]);
    let finished = run.finished();
    assert_eq!((&finished["seen"], &finished["imported"]), (&10_000.into(), &20.into()), "{}", run.err);
    assert_eq!(nothing_wrong(&stage), 20);
}

#[test]
fn a_film_of_more_than_four_gigabytes() {
    const BYTES: u64 = (1 << 32) + (3 << 20) + 7;
    // On disk: it would fill the memory. Bytes on both sides of where 32 bits end, and the last ones, tell an offset or a
    // length that was cut short.
    let mut stage = Stage::new();
    std::fs::create_dir_all(stage.path("media/DCIM/100APPLE")).unwrap();
    let mut film = std::fs::File::create(stage.path("media/DCIM/100APPLE/FILM.MOV")).unwrap();
    for (at, mark) in [((1 << 32) - 3, "before"), (BYTES - 6, "theend")] {
        film.seek(SeekFrom::Start(at)).unwrap();
        film.write_all(mark.as_bytes()).unwrap();
    }
    // The phone's checksums are tried on something smaller.
    std::fs::write(stage.path("media/DCIM/100APPLE/IMG_0001.JPG"), "small").unwrap();
    stage.phone = Some(Phone::builder().media(stage.path("media")).start().unwrap());
    let run = stage.run(&["list", "--source", "iphone", "--json"]);
    let listed = run.lines().into_iter().find(|line| line["name"] == "FILM.MOV").unwrap();
    assert_eq!(listed["bytes"], BYTES);
    let run = stage.import("iphone");
    assert_eq!((run.code, &run.finished()["bytes"]), (0, &(BYTES + 5).into()), "{}", run.err);
    assert_eq!(run.finished()["evidence"], serde_json::json!({"phone_hash": 2}));
    assert_eq!(nothing_wrong(&stage), 2);
}
