//! Every fixture's facts against what exiftool and ffprobe, run here and now, say of it.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod fixture;

use domain::{Camera, CaptureTime, MediaFacts, MediaKind, MediaTrait};
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

/// Returns the first of several tags that is there.
fn any(file: &Value, tags: &[&str]) -> Option<String> {
    tags.iter().find_map(|tag| text(file, tag)).map(|text| text.trim().to_owned())
}

#[test]
fn cameras_lenses_and_bursts_are_those_of_exiftool() {
    let judge = judge();
    let (mut cameras, mut lenses, mut bursts) = (0, 0, 0);
    for (file, facts) in inspected() {
        let said = &judge[&file.name];
        let want = Camera {
            make: any(said, &["IFD0:Make", "Keys:Make"]),
            model: any(said, &["IFD0:Model", "Keys:Model"]),
            lens: any(said, &["ExifIFD:LensModel", "Keys:CameraLensModel"]),
        };
        assert_eq!(facts.camera, want, "{}", file.name);
        assert_eq!(facts.burst, any(said, &["Apple:BurstUUID"]), "{}", file.name);
        cameras += usize::from(want.model.is_some());
        lenses += usize::from(want.lens.is_some());
        bursts += usize::from(facts.burst.is_some());
    }
    assert_eq!((cameras, lenses, bursts), (25, 19, 2));
}

#[test]
fn places_are_those_of_exiftool() {
    let judge = judge();
    let mut places = 0;
    for (file, facts) in inspected() {
        let said = &judge[&file.name];
        // exiftool writes some small numbers as text.
        let degrees = |tag: &str| said[tag].as_f64().or_else(|| text(said, tag)?.parse().ok());
        let want = degrees("Composite:GPSLatitude").zip(degrees("Composite:GPSLongitude"));
        match (facts.place, want) {
            (Some(place), Some((latitude, longitude))) => {
                let near = (place.latitude - latitude).abs() < 1e-6 && (place.longitude - longitude).abs() < 1e-6;
                assert!(near, "{}: {place:?} {latitude} {longitude}", file.name);
                places += 1;
            }
            (found, want) => assert_eq!((found, want), (None, None), "{}", file.name),
        }
    }
    assert_eq!(places, 16);
}

/// Reads a fraction as ffprobe writes it.
fn fraction(text: &str) -> Option<f64> {
    let (above, below) = text.split_once('/')?;
    Some(above.parse::<f64>().ok()? / below.parse::<f64>().ok()?).filter(|rate| rate.is_finite())
}

#[test]
fn codecs_and_frame_rates_are_those_of_ffprobe() {
    let mut films = 0;
    for (file, facts) in inspected() {
        let Some(codec) = facts.codec.as_deref().filter(|_| facts.kind == MediaKind::Video) else {
            assert_ne!(facts.kind, MediaKind::Video, "{}", file.name);
            continue;
        };
        let entries = "stream=codec_name,avg_frame_rate,color_transfer";
        let ffprobe = Command::new("ffprobe")
            .args(["-v", "error", "-of", "json", "-select_streams", "v:0", "-show_entries", entries])
            .arg(fixture::folder().join(&file.name))
            .output()
            .expect("ffprobe is installed (Debian: ffmpeg)");
        let said: Value = serde_json::from_slice(&ffprobe.stdout).expect("ffprobe speaks JSON");
        let said = &said["streams"][0];
        let want = match said["codec_name"].as_str() {
            Some("hevc") => "HEVC",
            Some("h264") => "H.264",
            other => panic!("{}: {other:?}", file.name),
        };
        assert_eq!(codec, want, "{}", file.name);
        let rate = said["avg_frame_rate"].as_str().and_then(fraction).expect("a rate");
        assert!(
            (facts.frame_rate.expect("a rate") - rate).abs() < 0.01,
            "{}: {:?} {rate}",
            file.name,
            facts.frame_rate
        );
        let hdr = said["color_transfer"] == "arib-std-b67";
        assert_eq!(facts.traits.contains(&MediaTrait::Hdr), hdr, "{}", file.name);
        films += 1;
    }
    assert_eq!(films, 6);
}

#[test]
fn what_sort_of_picture_is_said_by_the_file() {
    let mut found: Vec<(String, Vec<MediaTrait>)> = Vec::new();
    for (file, facts) in inspected() {
        if !facts.traits.is_empty() {
            found.push((file.name, facts.traits.into_iter().collect()));
        }
    }
    let found: Vec<_> = found.iter().map(|(name, traits)| (name.as_str(), traits.as_slice())).collect();
    assert_eq!(
        found,
        [
            ("ExoPlayer__dolbyVision-hdr.MOV", [MediaTrait::Hdr].as_slice()),
            ("ExoPlayer__sample_with_color_info.mp4", &[MediaTrait::Hdr]),
            ("libavif__apple_gainmap_new.jpg", &[MediaTrait::GainMap]),
            ("osxphotos__IMG_2908.PNG", &[MediaTrait::Screenshot]),
            ("packages__proRawImage.dng", &[MediaTrait::GainMap]),
            ("photo-cli__leiden.HEIC", &[MediaTrait::GainMap]),
            ("pigallery2__IMG_7943.HEIC", &[MediaTrait::GainMap]),
        ]
    );
}
