//! Every fixture's facts against what exiftool, run here and now, says of it.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod fixture;

use domain::{CaptureTime, MediaFacts, MediaKind};
use fixture::Counted;
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;

/// What exiftool says, by file name. The keys of a file are `Group:Tag`.
fn judge() -> BTreeMap<String, Value> {
    let output = Command::new("exiftool")
        .args(["-j", "-n", "-G1", "-a", "-q", "-q"])
        .arg(fixture::folder())
        .output()
        .expect("exiftool is installed (Debian: libimage-exiftool-perl)");
    let files: Vec<Value> = serde_json::from_slice(&output.stdout).expect("exiftool speaks JSON");
    let named = |file: Value| (file["System:FileName"].as_str().expect("a name").to_owned(), file);
    files.into_iter().map(named).collect()
}

fn text(file: &Value, tag: &str) -> Option<String> {
    file[tag].as_str().map(str::to_owned)
}

/// Picks the time of capture in the order that a person would trust, as RFC 3339 with the offset if there is one.
fn expected_time(file: &Value) -> Option<String> {
    let exif = |date: &str, offset: &str| {
        let date = text(file, date)?;
        let offset = text(file, offset).or_else(|| text(file, "ExifIFD:OffsetTime")).unwrap_or_default();
        Some(rfc3339(&date, &offset))
    };
    let plain = |tag: &str, offset: &str| text(file, tag).map(|date| rfc3339(&date, offset));
    exif("ExifIFD:DateTimeOriginal", "ExifIFD:OffsetTimeOriginal")
        .or_else(|| plain("Keys:CreationDate", ""))
        .or_else(|| exif("ExifIFD:CreateDate", "ExifIFD:OffsetTimeDigitized"))
        .or_else(|| plain("XMP-photoshop:DateCreated", ""))
        .or_else(|| plain("XMP-xmp:CreateDate", ""))
        .or_else(|| exif("IFD0:ModifyDate", "ExifIFD:OffsetTime"))
        .or_else(|| plain("QuickTime:CreateDate", "+00:00"))
}

/// Rewrites `2024:03:02 10:50:27.5GMT+01:00` and an offset given apart.
fn rfc3339(date: &str, offset: &str) -> String {
    let (day, time) = (date[..10].replace(':', "-"), &date[11..19]);
    let tail = date[19..].trim_start_matches(|c: char| c == '.' || c.is_ascii_digit()).trim_start_matches("GMT");
    format!("{day}T{time}{}", if tail.is_empty() { offset } else { tail })
}

fn expected_pixels(file: &Value) -> Option<(u32, u32)> {
    let size = text(file, "Composite:ImageSize")?;
    let (width, height) = size.split_once(' ').expect("two sides");
    let (width, height) = (width.parse().unwrap(), height.parse().unwrap());
    // irot and film tracks say how to turn in degrees; EXIF counts only where they are silent.
    let degrees = file["QuickTime:Rotation"].as_u64().or_else(|| file["Composite:Rotation"].as_u64());
    let turned = match (degrees, file["IFD0:Orientation"].as_u64()) {
        (Some(degrees), _) => degrees % 180 == 90,
        (None, orientation) => orientation.is_some_and(|o| o >= 5),
    };
    Some(if turned { (height, width) } else { (width, height) })
}

fn inspected() -> Vec<(Counted, MediaFacts)> {
    let inspect = |mut file: Counted| {
        let facts = media::inspect(&file.name.clone(), &mut file).expect("memory does not fail");
        (file, facts)
    };
    fixture::all().into_iter().map(inspect).collect()
}

#[test]
fn times_sizes_lengths_and_identifiers_are_those_of_exiftool() {
    let judge = judge();
    let mut dated = 0;
    for (file, facts) in inspected() {
        let name = &file.name;
        let said = &judge[name];
        if matches!(facts.kind, MediaKind::Adjustments) {
            assert_eq!((facts.taken, facts.pixels), (None, None), "{name}");
            continue;
        }
        assert_eq!(facts.taken.map(|t: CaptureTime| t.to_rfc3339()), expected_time(said), "{name}");
        assert_eq!(facts.pixels, expected_pixels(said), "{name}");
        let identifier = text(said, "Apple:MediaGroupUUID").or_else(|| text(said, "Keys:ContentIdentifier"));
        assert_eq!(facts.content_identifier, identifier, "{name}");
        let seconds = said["QuickTime:Duration"].as_f64().filter(|_| facts.kind == MediaKind::Video);
        assert_eq!(facts.duration_ms, seconds.map(|s| (s * 1000.0) as u64), "{name}");
        dated += usize::from(facts.taken.is_some());
    }
    assert_eq!(dated, 27);
}

#[test]
fn kinds_come_from_the_content() {
    for (file, facts) in inspected() {
        let lower = file.name.to_ascii_lowercase();
        let want = match lower.rsplit_once('.').expect("an extension").1 {
            "mov" | "mp4" => MediaKind::Video,
            "aae" => MediaKind::Adjustments,
            "cr3" => MediaKind::Raw,
            "dng" if lower.contains("sample") => MediaKind::Raw,
            _ => MediaKind::Photo,
        };
        assert_eq!(facts.kind, want, "{lower}");
        assert_eq!(media::sniff(&file.bytes[..file.bytes.len().min(65536)]), Some(want), "{lower}");
    }
}

#[test]
fn what_is_wrong_is_said_and_nothing_else() {
    let warned: Vec<_> = inspected().into_iter().filter_map(|(f, facts)| Some((f.name, facts.warning?))).collect();
    let warned: Vec<_> = warned.iter().map(|(name, warning)| (name.as_str(), warning.as_str())).collect();
    assert_eq!(
        warned,
        [
            ("nom-exif__canon-r6.cr3", "The file is cut short."),
            ("packages__proRawImage.dng", "The name says TIFF, but the content is JPEG."),
            ("perkeep__black-seattle-truncated.heic", "The file is cut short."),
        ]
    );
}

#[test]
fn only_a_little_of_each_file_is_read() {
    for (file, _) in inspected() {
        let head = (file.bytes.len() as u64).min(128 * 1024);
        assert!(file.read <= head + 96 * 1024, "{}: {} of {}", file.name, file.read, file.bytes.len());
    }
}
