//! Files unlike the fixtures: metadata where exiftool, editors and older phones put it.

#![allow(clippy::expect_used, clippy::unwrap_used)]

mod fixture;

use domain::{MediaFacts, MediaTrait, TimeProvenance};
use fixture::Counted;
use std::process::Command;

const ID: &str = "9FD70E56-56A6-46FD-9E35-5FF7A1BC15F6";

fn named(name: &str) -> Vec<u8> {
    fixture::all().into_iter().find(|file| file.name == name).expect("a fixture").bytes
}

fn inspect(name: &str, bytes: Vec<u8>) -> MediaFacts {
    media::inspect(name, &mut Counted::new(name, bytes)).expect("memory does not fail")
}

fn time(facts: &MediaFacts) -> Option<String> {
    facts.taken.map(|taken| taken.to_rfc3339())
}

/// Has exiftool write tags into a copy of a fixture.
fn written(fixture: &str, tags: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let extension = fixture.rsplit_once('.').expect("an extension").1;
    let path = folder.path().join(format!("file.{extension}"));
    std::fs::write(&path, named(fixture)).expect("writable");
    let mut exiftool = Command::new("exiftool");
    exiftool.args(["-q", "-q", "-overwrite_original", "-m"]).args(tags).arg(&path);
    let run = exiftool.output().expect("exiftool is installed (Debian: libimage-exiftool-perl)");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    std::fs::read(&path).expect("readable")
}

#[test]
fn exif_in_png_webp_and_jpeg() {
    let tags = ["-all=", "-EXIF:DateTimeOriginal=2021:06:05 04:03:02", "-EXIF:OffsetTimeOriginal=+05:45"];
    for fixture in ["osxphotos__IMG_2908.PNG", "SDWebImage__TestImageAnimated.webp", "elodie__no-exif.jpg"] {
        let facts = inspect(fixture, written(fixture, &tags));
        assert_eq!(time(&facts).as_deref(), Some("2021-06-05T04:03:02+05:45"), "{fixture}");
        assert_eq!(facts.warning, None, "{fixture}");
    }
}

#[test]
fn an_offset_is_taken_from_wherever_it_is() {
    let date = "-EXIF:DateTimeOriginal=2021:06:05 04:03:02";
    for (tag, want) in [
        ("-EXIF:OffsetTime=-03:30", "2021-06-05T04:03:02-03:30"),
        ("-EXIF:OffsetTimeOriginal=Z", "2021-06-05T04:03:02+00:00"),
        ("-EXIF:OffsetTimeDigitized=-03:30", "2021-06-05T04:03:02"),
    ] {
        let facts = inspect("a.jpg", written("elodie__no-exif.jpg", &[date, tag]));
        assert_eq!(time(&facts).as_deref(), Some(want), "{tag}");
    }
}

#[test]
fn the_best_date_of_several_is_taken() {
    let fixture = "elodie__no-exif.jpg";
    let steps: [(&str, &str); 4] = [
        ("-EXIF:ModifyDate=2020:01:04 00:00:00", "2020-01-04T00:00:00"),
        ("-XMP-xmp:CreateDate=2020:01:03 00:00:00Z", "2020-01-03T00:00:00+00:00"),
        ("-EXIF:CreateDate=2020:01:02 00:00:00", "2020-01-02T00:00:00"),
        ("-EXIF:DateTimeOriginal=2020:01:01 00:00:00", "2020-01-01T00:00:00"),
    ];
    let mut tags = vec!["-all="];
    for (tag, want) in steps {
        tags.push(tag);
        assert_eq!(time(&inspect(fixture, written(fixture, &tags))).as_deref(), Some(want), "{tag}");
    }
    tags.pop();
    tags.push("-EXIF:DateTimeOriginal#=0000:00:00 00:00:00");
    assert_eq!(time(&inspect(fixture, written(fixture, &tags))).as_deref(), Some("2020-01-02T00:00:00"));
}

#[test]
fn films_are_dated_by_key_then_by_header() {
    let film = "ExoPlayer__sample_with_color_info.mp4";
    let header = "-QuickTime:CreateDate=2019:02:03 04:05:06";
    let without_key = written(film, &["-Keys:all=", "-ItemList:all=", "-UserData:all=", header]);
    let facts = inspect(film, without_key);
    assert_eq!(time(&facts).as_deref(), Some("2019-02-03T04:05:06+00:00"));
    assert_eq!(facts.taken.map(|t| t.provenance), Some(TimeProvenance::QuickTime));
    let mut never_set = written(film, &["-Keys:all=", "-ItemList:all=", "-UserData:all="]);
    let at = never_set.windows(4).position(|four| four == b"mvhd").expect("a movie header");
    never_set[at + 8..at + 12].fill(0);
    assert_eq!(time(&inspect(film, never_set)), None);
    let user_data = ["-Keys:all=", "-ItemList:all=", header, "-UserData:DateTimeOriginal=2018:01:02 03:04:05+02:00"];
    let facts = inspect(film, written(film, &user_data));
    assert!(matches!(time(&facts).as_deref(), Some("2018-01-02T03:04:05+02:00" | "2019-02-03T04:05:06+00:00")));
}

#[test]
fn a_film_may_begin_without_its_type() {
    let film = named("digicam_corpus__IMG_3589.mov");
    let size = u32::from_be_bytes(film[..4].try_into().unwrap()) as usize;
    assert_eq!(&film[4..8], b"ftyp");
    let facts = inspect("IMG_3589.MOV", film[size..].to_vec());
    assert_eq!(facts.content_identifier.as_deref(), Some("1EA799FF-8384-4BC4-87AA-139A814D9125"));
    assert_eq!(time(&facts).as_deref(), Some("2020-04-17T10:03:47-06:00"));
    assert_eq!(facts.warning, None);
}

#[test]
fn a_png_called_heic_keeps_its_live_photo_and_says_so() {
    let mut note = b"Apple iOS\0\0\x01MM\0\x01".to_vec();
    note.extend([0, 0x11, 0, 2, 0, 0, 0, 37, 0, 0, 0, 32, 0, 0, 0, 0]);
    note.extend(ID.bytes().chain([0]));
    let mut block = b"MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x1a\0\0\0\0".to_vec();
    block.extend(b"\0\x01\x92\x7c\0\x07\0\0");
    block.extend((note.len() as u16).to_be_bytes());
    block.extend(b"\0\0\0\x2c\0\0\0\0");
    block.extend(&note);
    let mut png = named("osxphotos__IMG_2908.PNG");
    let mut chunk = (block.len() as u32).to_be_bytes().to_vec();
    chunk.extend(b"eXIf");
    chunk.extend(&block);
    chunk.extend([0; 4]);
    png.splice(33..33, chunk);
    let facts = inspect("IMG_2908.HEIC", png);
    assert_eq!(facts.content_identifier.as_deref(), Some(ID));
    assert_eq!(facts.warning.as_deref(), Some("The name says HEIF, but the content is PNG."));
}

#[test]
fn names_date_only_what_says_nothing_itself() {
    let facts = inspect("Screenshot_20240102-030405.jpg", named("elodie__no-exif.jpg"));
    assert_eq!(time(&facts).as_deref(), Some("2024-01-02T03:04:05"));
    assert_eq!(facts.taken.map(|t| t.provenance), Some(TimeProvenance::FileName));
    let facts = inspect("IMG_19990102_030405.JPG", named("digicam_corpus__IMG_3614.JPG"));
    assert_eq!(time(&facts).as_deref(), Some("2020-04-17T10:04:34-06:00"));
}

#[test]
fn the_satellites_date_only_what_nothing_else_dates() {
    let tags = ["-all=", "-GPS:GPSDateStamp=2021:06:05", "-GPS:GPSTimeStamp=23:03:02.5"];
    let bytes = written("elodie__no-exif.jpg", &tags);
    let facts = inspect("IMG_1.JPG", bytes.clone());
    assert_eq!(time(&facts).as_deref(), Some("2021-06-05T23:03:02+00:00"));
    assert_eq!(facts.taken.map(|t| t.provenance), Some(TimeProvenance::Gps));
    assert_eq!(time(&inspect("IMG_20210606_010302.JPG", bytes)).as_deref(), Some("2021-06-06T01:03:02"));
}

#[test]
fn the_sort_of_a_phones_photo() {
    let photo = "digicam_corpus__IMG_3614.JPG";
    for (tag, want) in [
        ("-EXIF:CustomRendered#=3", vec![MediaTrait::Hdr]),
        ("-EXIF:CustomRendered#=6", vec![MediaTrait::Panorama]),
        ("-EXIF:CustomRendered#=8", vec![MediaTrait::Portrait]),
        ("-EXIF:LensModel=iPhone XR front camera 2.87mm f/2.2", vec![MediaTrait::Selfie]),
        ("-EXIF:UserComment=Screenshot", vec![MediaTrait::Screenshot]),
    ] {
        let facts = inspect(photo, written(photo, &[tag]));
        assert_eq!(facts.traits.into_iter().collect::<Vec<_>>(), want, "{tag}");
    }
    let other = inspect("a.jpg", written("elodie__no-exif.jpg", &["-EXIF:Make=Apple", "-EXIF:CustomRendered#=6"]));
    assert!(other.traits.is_empty(), "only Apple's own note shows that the number is Apple's");
}

#[test]
fn a_jpeg_called_heic_is_shown_and_said_to_be_one() {
    let jpeg = named("digicam_corpus__IMG_3614.JPG");
    let facts = inspect("IMG_3614.HEIC", jpeg.clone());
    assert_eq!(facts.warning.as_deref(), Some("The name says HEIF, but the content is JPEG."));
    assert_eq!((facts.codec.as_deref(), facts.pixels), (Some("JPEG"), Some((4032, 3024))));
    let shown = media::preview("IMG_3614.HEIC", &mut Counted::new("IMG_3614.HEIC", jpeg), 320).expect("a picture");
    assert_eq!((shown.width, shown.height), (320, 240));
    let heic = named("perkeep__IMG_8062.HEIC");
    let facts = inspect("IMG_8062.JPG", heic.clone());
    assert_eq!(facts.warning.as_deref(), Some("The name says JPEG, but the content is HEIF."));
    assert!(media::preview("IMG_8062.JPG", &mut Counted::new("IMG_8062.JPG", heic), 320).is_ok());
}
