//! Folders and files as no camera makes them.

use super::*;
use std::ffi::OsStr;

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
    let run =
        stage.run(&["import", "--source", "iphone", "--library", "library", "--assets", &ids.join(","), "--json"]);
    let finished = run.finished();
    assert_eq!((&finished["seen"], &finished["imported"]), (&10_000.into(), &20.into()), "{}", run.err);
    assert_eq!(nothing_wrong(&stage), 20);
}

#[test]
fn a_film_of_more_than_four_gigabytes() {
    let stage = stage_of(2, 1000, |phone| phone);
    let film = std::fs::File::create(stage.path("media/DCIM/100APPLE/FILM.MOV")).unwrap();
    film.set_len((5 << 30) + 7).unwrap();
    let run = stage.run(&["list", "--source", "iphone", "--json"]);
    let listed = run.lines().into_iter().find(|line| line["name"] == "FILM.MOV").unwrap();
    assert_eq!(listed["bytes"], (5_u64 << 30) + 7);
}
