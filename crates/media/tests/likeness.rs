//! Small pictures of every fixture against those that libvips and ffmpeg, run here and now, make of the same files: at 256
//! pixels, as JPEGs, at least 30 dB of peak signal to noise.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test ends where something is missing")]

mod fixture;

use image::RgbImage;
use image::imageops::{FilterType, resize};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The least likeness, in decibels.
const LIKE: f64 = 30.0;
const EDGE: u32 = 256;

/// Fixtures without a picture to compare with, and why.
const WITHOUT: [(&str, &str); 5] = [
    ("nom-exif__exif.avif", "AV1 is not decoded here"),
    ("osxphotos__IMG_1853.AAE", "a recipe"),
    ("photo-cli__leiden.aae", "a recipe"),
    (
        "ExoPlayer__pixel-motion-photo-shortened.jpg",
        "cut behind its first lines: all decoders show nothing, each in its way",
    ),
    ("perkeep__black-seattle-truncated.heic", "cut: libvips shows nothing"),
];

/// Runs a program of others; tells whether it could do what it was asked for.
fn run(program: &str, arguments: &[&str]) -> bool {
    let run = Command::new(program).args(arguments).output();
    run.unwrap_or_else(|_| panic!("{program} is installed (Debian: libvips-tools, ffmpeg)")).status.success()
}

/// Has others decode a file whole, upright, in sRGB.
fn reference(file: &Path, folder: &Path) -> RgbImage {
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (turned, plain, small) = (path("turned.v"), path("plain.v"), path("small.png"));
    let name = file.to_string_lossy();
    let lower = name.to_ascii_lowercase();
    if lower.ends_with(".mov") || lower.ends_with(".mp4") {
        assert!(frame(&name, &path("frame.png")), "{name}");
        assert!(run("vips", &["copy", &path("frame.png"), &plain]), "{name}");
    } else {
        let name = if lower.ends_with("sample.dng") || lower.ends_with(".cr3") {
            inside(&name, folder)
        } else {
            name.clone().into_owned()
        };
        // What libheif opens stands upright already.
        let upright = if lower.ends_with(".heic") { "copy" } else { "autorot" };
        assert!(run("vips", &[upright, &name, &turned]), "{name}");
        let srgb = run("vips", &["icc_transform", &turned, &plain, "srgb"]);
        assert!(srgb || run("vips", &["colourspace", &turned, &plain, "srgb"]), "{name}");
    }
    let edge = EDGE.to_string();
    assert!(
        run("vips", &["thumbnail_image", &plain, &small, &edge, "--height", &edge, "--size", "down", "--no-rotate"]),
        "{name}"
    );
    over_white(&image::open(&small).expect("a PNG").to_rgba8())
}

/// Has exiftool take the picture out of a raw file.
fn inside(raw: &str, folder: &Path) -> String {
    let exiftool = Command::new("exiftool").args(["-b", "-PreviewImage", "-ThumbnailTIFF", raw]).output();
    let to = folder.join("inside");
    std::fs::write(&to, exiftool.expect("exiftool is installed (Debian: libimage-exiftool-perl)").stdout).unwrap();
    to.to_string_lossy().into_owned()
}

/// Has ffmpeg decode the first frame that is stored. One of high dynamic range is shown as on a screen whose white has 203
/// nits, as ITU-R BT.2408 has it.
fn frame(film: &str, to: &str) -> bool {
    let hlg = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-select_streams",
            "v:0",
            "-show_entries",
            "stream=color_transfer",
            "-of",
            "csv=p=0",
            film,
        ])
        .output();
    let hlg = hlg.expect("ffprobe is installed (Debian: ffmpeg)").stdout.starts_with(b"arib-std-b67");
    let filter = if hlg {
        "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=clip:desat=0,\
         zscale=t=iec61966-2-1:m=bt709:r=pc,format=rgb24"
    } else {
        "zscale=tin=iec61966-2-1:t=iec61966-2-1:p=bt709:m=gbr:r=pc:f=spline36,format=gbrp,format=rgb24"
    };
    run("ffmpeg", &["-v", "error", "-y", "-ignore_editlist", "1", "-i", film, "-frames:v", "1", "-vf", filter, to])
}

fn over_white(picture: &image::RgbaImage) -> RgbImage {
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let image::Rgba([r, g, b, alpha]) = *picture.get_pixel(x, y);
        let alpha = u32::from(alpha);
        image::Rgb([r, g, b].map(|c| ((u32::from(c) * alpha + 255 * (255 - alpha)) / 255) as u8))
    })
}

/// Peak signal to noise of two pictures of about the same size, in decibels.
fn likeness(ours: &RgbImage, theirs: &RgbImage) -> f64 {
    assert!(ours.width().abs_diff(theirs.width()) <= 1 && ours.height().abs_diff(theirs.height()) <= 1);
    let theirs = resize(theirs, ours.width(), ours.height(), FilterType::Lanczos3);
    let squares = ours.as_raw().iter().zip(theirs.as_raw()).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2));
    let mean = squares.sum::<f64>() / ours.as_raw().len() as f64;
    10.0 * (65025.0 / mean.max(0.001)).log10()
}

#[test]
fn small_pictures_are_like_those_of_libvips_and_ffmpeg() {
    let folder = tempfile::tempdir().unwrap();
    let mut unlike = Vec::new();
    let mut compared = 0;
    for mut file in fixture::all() {
        if WITHOUT.iter().any(|(name, _)| *name == file.name) {
            continue;
        }
        let preview = media::preview(&file.name.clone(), &mut file, EDGE).expect("a picture");
        let ours = image::load_from_memory(&preview.jpeg).expect("a JPEG").to_rgb8();
        let place: PathBuf = fixture::folder().join(&file.name);
        let like = likeness(&ours, &reference(&place, folder.path()));
        println!("{:50} {like:.1} dB", file.name);
        compared += 1;
        if like < LIKE {
            unlike.push((file.name, like));
        }
    }
    assert_eq!(unlike, []);
    assert_eq!(compared, fixture::all().len() - WITHOUT.len());
}
