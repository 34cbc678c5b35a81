//! JPEGs made of every HEIC photo of the fixtures, judged by others: exiftool reads the same in them, libvips opens them and
//! sees the same pixels as in the original, and Chromium shows them in the same colours.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test ends where something is missing")]

mod fixture;

use fixture::Counted;
use media::Converted;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// The quality that is compared, and the least likeness then, in decibels.
const QUALITY: u8 = 95;
const LIKE: f64 = 38.0;
/// As a browser shows them, small.
const SMALL: usize = 256;
const BLOCK: usize = 16;
const ALIKE_SMALL: f64 = 42.0;

/// Two pictures in one file: no JPEG is made of it.
const FOR_TWO_EYES: &str = "stereo-img__vision-pro.HEIC";
const WITH_GAIN_MAP: [&str; 2] = ["photo-cli__leiden.HEIC", "pigallery2__IMG_7943.HEIC"];

/// Tags that describe the file or how it is stored, not the photo.
const STORAGE: [&str; 6] = [
    "IFD0:Orientation",
    "ExifIFD:ExifImageWidth",
    "ExifIFD:ExifImageHeight",
    // What describes the gain map, which is not carried over.
    "XMP-HDRGainMap:",
    "XMP-apdi:",
    "XMP-x:XMPToolkit",
];

fn photos() -> Vec<Counted> {
    let refused = |name: &str| name.contains("truncated") || name == FOR_TWO_EYES;
    let heic = |file: &Counted| file.name.to_ascii_lowercase().ends_with(".heic") && !refused(&file.name);
    let photos: Vec<_> = fixture::all().into_iter().filter(heic).collect();
    assert!(photos.len() >= 8, "{}", photos.len());
    photos
}

fn converted(file: &mut Counted, edge: u32, quality: u8) -> Converted {
    let name = file.name.clone();
    let drawing = media::develop(&name, file, edge).unwrap_or_else(|error| panic!("{name}: {error}"));
    media::jpeg_of(&drawing, (&name, file), quality).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn output(program: &str, arguments: &[&str]) -> Vec<u8> {
    let run = Command::new(program).args(arguments).output();
    let run = run.unwrap_or_else(|_| panic!("{program} is installed (Debian: libvips-tools, chromium, exiftool)"));
    assert!(run.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    run.stdout
}

fn exiftool(folder: &Path) -> BTreeMap<String, Value> {
    let said = output("exiftool", &["-j", "-n", "-G1", "-a", "-q", "-q", &folder.to_string_lossy()]);
    let files: Vec<Value> = serde_json::from_slice(&said).expect("exiftool speaks JSON");
    let stem = |file: &Value| {
        let name = file["System:FileName"].as_str().expect("a name");
        name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
    };
    files.into_iter().map(|file| (stem(&file), file)).collect()
}

/// What a file says of the photo in it.
fn told(file: &Value) -> BTreeMap<&String, &Value> {
    let about = |tag: &&String| {
        let group = tag.split(':').next().unwrap_or_default();
        let named = matches!(group, "IFD0" | "ExifIFD" | "GPS" | "InteropIFD" | "Apple" | "ICC_Profile" | "ICC-header");
        (named || group.starts_with("XMP-")) && !STORAGE.iter().any(|storage| tag.starts_with(storage))
    };
    file.as_object().expect("tags").iter().filter(|(tag, _)| about(tag)).collect()
}

/// A picture of 3 bytes a pixel.
struct Pixels {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

/// Has libvips write a picture plainly, after an operation or two on it.
fn pixels(folder: &Path, steps: &[&[&str]]) -> Pixels {
    let path = |index: usize| folder.join(format!("{index}.v")).to_string_lossy().into_owned();
    let plain = folder.join("plain.ppm").to_string_lossy().into_owned();
    for (index, step) in steps.iter().enumerate() {
        let (from, to) = (path(index), if index + 1 == steps.len() { plain.clone() } else { path(index + 1) });
        let fill = |word: &&str| word.replace("{from}", &from).replace("{to}", &to);
        let arguments: Vec<String> = step.iter().map(fill).collect();
        output("vips", &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let bytes = std::fs::read(plain).expect("a picture");
    let mut words = bytes.splitn(4, |byte| *byte == b'\n');
    let (magic, size) = (words.next().unwrap(), words.next().unwrap());
    // libvips dates its files in a comment.
    let (size, rest) = if size.starts_with(b"#") {
        (words.next().unwrap(), words.next().unwrap())
    } else {
        (size, &bytes[bytes.len().min(3 + size.len() + 1)..])
    };
    assert_eq!(magic, b"P6");
    let mut sides = std::str::from_utf8(size).unwrap().split(' ').map(|side| side.parse::<usize>().unwrap());
    let (width, height) = (sides.next().unwrap(), sides.next().unwrap());
    let rgb = rest[rest.len() - width * height * 3..].to_vec();
    Pixels { width, height, rgb }
}

/// Peak signal to noise, in decibels.
fn likeness(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let squares: u64 = a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2)).sum();
    10.0 * (65025.0 / (squares as f64 / a.len() as f64).max(0.001)).log10()
}

#[test]
fn converted_photos_say_and_show_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (originals, made, work) = (folder.path().join("a"), folder.path().join("b"), folder.path().join("c"));
    [&originals, &made, &work].into_iter().for_each(|folder| std::fs::create_dir(folder).unwrap());
    let (mut unlike, mut shown) = (Vec::new(), Vec::new());
    for mut file in photos() {
        let name = file.name.clone();
        let result = converted(&mut file, u32::MAX, QUALITY);
        assert_eq!(result.lost, Vec::<String>::new(), "{name}");
        let gain_map = WITH_GAIN_MAP.contains(&name.as_str()).then_some("its HDR gain map was left out");
        assert_eq!(result.left_out, gain_map.into_iter().collect::<Vec<_>>(), "{name}");
        let original = originals.join(&name);
        std::fs::write(&original, &file.bytes).unwrap();
        let jpeg = made.join(format!("{}.JPG", name.rsplit_once('.').unwrap().0));
        std::fs::write(&jpeg, &result.jpeg).unwrap();
        let (original, jpeg) = (original.to_string_lossy(), jpeg.to_string_lossy());
        let theirs = pixels(&work, &[&["copy", &original, "{to}"]]);
        let ours = pixels(&work, &[&["copy", &jpeg, "{to}"]]);
        assert_eq!((ours.width, ours.height), (result.width as usize, result.height as usize), "{name}");
        assert_eq!((ours.width, ours.height), (theirs.width, theirs.height), "{name}");
        let like = likeness(&ours.rgb, &theirs.rgb);
        println!("{name:45} {like:.1} dB  {} -> {} KB", file.bytes.len() / 1024, result.jpeg.len() / 1024);
        if like < LIKE {
            unlike.push((name, like));
        }
        shown.push((jpeg.into_owned(), small(&work, &original), (result.width, result.height)));
    }
    assert_eq!(unlike, []);
    same_words(&exiftool(&originals), &exiftool(&made));
    shown_alike(&work, &shown);
}

/// The original in sRGB as libvips sees it, small.
fn small(work: &Path, original: &str) -> Vec<u8> {
    let edge = SMALL.to_string();
    let size = ["thumbnail_image", "{from}", "{to}", &edge, "--height", &edge, "--size", "force", "--no-rotate"];
    let srgb: [&str; 4] = ["icc_transform", "{from}", "{to}", "srgb"];
    let profile = output("vipsheader", &["-a", original]).windows(16).any(|found| found == b"icc-profile-data");
    let colours = if profile { &srgb[..] } else { &["copy", "{from}", "{to}"] };
    pixels(work, &[&["copy", original, "{to}"], colours, &size]).rgb
}

fn same_words(originals: &BTreeMap<String, Value>, made: &BTreeMap<String, Value>) {
    let (mut dates, mut places, mut profiles) = (0, 0, 0);
    for (name, original) in originals {
        let (jpeg, words) = (&made[name], told(original));
        for (tag, value) in &words {
            assert_eq!(jpeg.get(tag), Some(*value), "{name} {tag}");
        }
        dates += u32::from(words.contains_key(&"ExifIFD:DateTimeOriginal".to_owned()));
        places += u32::from(words.contains_key(&"GPS:GPSLatitude".to_owned()));
        profiles += u32::from(words.contains_key(&"ICC_Profile:ProfileDescription".to_owned()));
        let turned = jpeg.get("IFD0:Orientation").and_then(Value::as_u64);
        assert!(turned.is_none_or(|turned| turned == 1), "{name}");
        for (tag, side) in
            [("ExifIFD:ExifImageWidth", "File:ImageWidth"), ("ExifIFD:ExifImageHeight", "File:ImageHeight")]
        {
            assert!(jpeg.get(tag).is_none_or(|told| told == &jpeg[side]), "{name} {tag}");
        }
    }
    assert!(dates >= 8 && places >= 4 && profiles >= 6, "{dates} {places} {profiles}");
}

/// Has Chromium decode the files, tell their sizes and how they look in sRGB.
fn shown_alike(work: &Path, files: &[(String, Vec<u8>, (u32, u32))]) {
    let mut page = String::from("<!doctype html><meta charset=utf-8><body>");
    for (file, ..) in files {
        write!(page, "<img src=\"file://{file}\">").unwrap();
    }
    write!(
        page,
        "<script>onload = () => {{ const found = []; for (const img of document.images) {{
         const canvas = document.createElement('canvas'); canvas.width = canvas.height = {SMALL};
         const context = canvas.getContext('2d', {{ colorSpace: 'srgb' }}); context.imageSmoothingQuality = 'high';
         context.drawImage(img, 0, 0, {SMALL}, {SMALL});
         const pixels = context.getImageData(0, 0, {SMALL}, {SMALL}).data;
         found.push([img.naturalWidth, img.naturalHeight, Array.from(pixels)]); }} // Drawing waits until a picture is decoded.
        
         document.body.textContent = 'found'.toUpperCase() + JSON.stringify(found) + 'END'; }}</script>"
    )
    .unwrap();
    let path = work.join("page.html");
    std::fs::write(&path, page).unwrap();
    let data = format!("--user-data-dir={}", work.join("chromium").display());
    let address = format!("file://{}", path.display());
    let dom = output(
        "chromium",
        &[
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--allow-file-access-from-files",
            "--force-color-profile=srgb",
            "--dump-dom",
            &data,
            &address,
        ],
    );
    let dom = String::from_utf8(dom).unwrap();
    let found = dom.split_once("FOUND").and_then(|(_, rest)| rest.split_once("END"));
    let found = found.unwrap_or_else(|| panic!("Chromium decoded nothing: {}", &dom[..dom.len().min(500)])).0;
    let found: Vec<(u32, u32, Vec<u8>)> = serde_json::from_str(found).unwrap();
    assert_eq!(found.len(), files.len());
    for ((width, height, rgba), (file, small, size)) in found.into_iter().zip(files) {
        let rgb: Vec<u8> = rgba.chunks_exact(4).flat_map(|pixel| pixel[..3].to_vec()).collect();
        let like = likeness(&blocks(&rgb), &blocks(small));
        assert_eq!((width, height), *size, "{file}");
        assert!(like >= ALIKE_SMALL, "{file}: {like:.1} dB");
    }
}

/// The mean colours of the parts of a small picture: two programs scale differently, but not by this much.
fn blocks(rgb: &[u8]) -> Vec<u8> {
    let mean = |row: usize, column: usize, channel: usize| {
        let places = (0..BLOCK * BLOCK).map(|at| (row + at / BLOCK) * SMALL + column + at % BLOCK);
        (places.map(|at| u32::from(rgb[at * 3 + channel])).sum::<u32>() / (BLOCK * BLOCK) as u32) as u8
    };
    let starts = || (0..SMALL).step_by(BLOCK);
    starts()
        .flat_map(|row| starts().flat_map(move |column| (0..3).map(move |c| (row, column, c))))
        .map(|(r, c, x)| mean(r, c, x))
        .collect()
}

#[test]
fn smaller_copies_stand_upright_and_say_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (originals, made, work) = (folder.path().join("a"), folder.path().join("b"), folder.path().join("c"));
    [&originals, &made, &work].into_iter().for_each(|folder| std::fs::create_dir(folder).unwrap());
    let mut scaled = 0;
    for mut file in fixture::all() {
        let name = file.name.clone();
        let lower = name.to_ascii_lowercase();
        let still = lower.ends_with(".png") || lower.ends_with(".jpg") || lower.starts_with("perkeep__img");
        if !still || name.contains("shortened") || media::develop(&name, &mut file, u32::MAX).is_err() {
            continue;
        }
        let result = converted(&mut file, 400, 90);
        let (original, jpeg) = (originals.join(&name), made.join(format!("{}.JPG", name.rsplit_once('.').unwrap().0)));
        std::fs::write(&original, &file.bytes).unwrap();
        std::fs::write(&jpeg, &result.jpeg).unwrap();
        let facts = media::inspect(&name, &mut file).unwrap();
        let full = facts.pixels.unwrap();
        let long = full.0.max(full.1).min(400);
        assert_eq!(result.width.max(result.height), long, "{name}");
        assert_eq!(result.width > result.height, full.0 > full.1, "{name}");
        scaled += u32::from(full.0.max(full.1) > 400);
        // In the same colours as the small picture that the window shows.
        let preview = media::preview(&name, &mut file, 400).unwrap();
        std::fs::write(work.join("preview.jpg"), &preview.jpeg).unwrap();
        let small = |path: &Path| small(&work, &path.to_string_lossy());
        let like = likeness(&blocks(&small(&jpeg)), &blocks(&small(&work.join("preview.jpg"))));
        println!("{name:50} {}x{} {like:.1} dB", result.width, result.height);
        assert!(like >= 35.0, "{name}: {like:.1} dB");
    }
    assert!(scaled >= 12, "{scaled}");
    let (originals, made) = (exiftool(&originals), exiftool(&made));
    for (name, original) in &originals {
        for tag in
            ["ExifIFD:DateTimeOriginal", "ExifIFD:OffsetTimeOriginal", "IFD0:Make", "IFD0:Model", "GPS:GPSLatitude"]
        {
            assert_eq!(made[name].get(tag), original.get(tag), "{name} {tag}");
        }
        let turned = made[name].get("IFD0:Orientation").and_then(Value::as_u64);
        assert!(turned.is_none_or(|turned| turned == 1), "{name}");
    }
}

#[test]
fn a_photo_that_is_damaged_or_of_another_format_is_not_converted() {
    for mut file in fixture::all() {
        let name = file.name.clone();
        let refused = media::develop(&name, &mut file, u32::MAX).is_err();
        let whole = ["heic", "jpg", "png"].contains(&name.rsplit('.').next().unwrap().to_ascii_lowercase().as_str());
        // One is a JPEG, whatever its name says.
        let whole = whole || name == "packages__proRawImage.dng";
        let damaged = name.contains("truncated") || name.contains("shortened");
        assert_eq!(refused, !whole || damaged || name == FOR_TWO_EYES, "{name}");
    }
    // One that is cut shows grey in most decoders; nothing may stand for it.
    let jpeg = fixture::all().into_iter().find(|file| file.name == "digicam_corpus__IMG_3614.JPG").unwrap();
    let mut cut = Counted::new("cut.JPG", jpeg.bytes[..jpeg.bytes.len() / 2].to_vec());
    assert!(media::develop("cut.JPG", &mut cut, u32::MAX).is_err());
}
