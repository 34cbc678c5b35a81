//! Previews of every fixture: there, upright, of the right shape, and the same picture as the decoded original.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod fixture;

use domain::MediaKind;
use fixture::Counted;
use media::{Preview, PreviewError};

/// What has no picture that is decoded here: an AV1 still and edit recipes.
const WITHOUT: [&str; 3] = ["nom-exif__exif.avif", "osxphotos__IMG_1853.AAE", "photo-cli__leiden.aae"];

fn draw(file: &mut Counted, edge: u32) -> Result<Preview, PreviewError> {
    let name = file.name.clone();
    media::preview(&name, file, edge)
}

fn pixels(preview: &Preview) -> image::RgbImage {
    image::load_from_memory(&preview.jpeg).expect("a JPEG").to_rgb8()
}

fn named(name: &str) -> Counted {
    fixture::all().into_iter().find(|file| file.name == name).expect("a fixture")
}

/// Mean difference of two pictures of about the same size, in steps of 256.
fn difference(a: &image::RgbImage, b: &image::RgbImage) -> f64 {
    let b = image::imageops::resize(b, a.width(), a.height(), image::imageops::FilterType::Triangle);
    let sum: u64 = a.as_raw().iter().zip(b.as_raw()).map(|(x, y)| u64::from(x.abs_diff(*y))).sum();
    sum as f64 / a.as_raw().len() as f64
}

#[test]
fn every_fixture_has_a_picture_of_its_shape() {
    let mut without = Vec::new();
    for mut file in fixture::all() {
        let facts = media::inspect(&file.name.clone(), &mut file).unwrap();
        let (width, height) = facts.pixels.unwrap_or((1, 1));
        for edge in [128, 320, 1024] {
            let preview = match draw(&mut file, edge) {
                Ok(preview) => preview,
                Err(error) => {
                    without.push(file.name.clone());
                    println!("{}: {error}", file.name);
                    break;
                }
            };
            if let Ok(folder) = std::env::var("PREVIEWS_TO") {
                std::fs::write(format!("{folder}/{}.{edge}.jpg", file.name), &preview.jpeg).unwrap();
            }
            let drawn = pixels(&preview);
            assert_eq!((drawn.width(), drawn.height()), (preview.width, preview.height), "{}", file.name);
            assert!(preview.width.max(preview.height) <= edge, "{}", file.name);
            let (across, down) = (preview.width * height, preview.height * width);
            assert!(
                across.abs_diff(down) <= across.max(down) / 25,
                "{}: {}x{}",
                file.name,
                preview.width,
                preview.height
            );
            assert!(file.bytes.len() > 500_000 || facts.kind != MediaKind::Photo || preview.jpeg.len() > 300);
        }
    }
    assert_eq!(without, WITHOUT);
}

#[test]
fn all_eight_orientations_show_the_same_picture() {
    let upright = pixels(&draw(&mut named("exif-orientation-examples__Portrait_1.jpg"), 256).unwrap());
    for value in 2..=8 {
        let turned = draw(&mut named(&format!("exif-orientation-examples__Portrait_{value}.jpg")), 256).unwrap();
        assert_eq!((turned.width, turned.height), (171, 256), "{value}");
        assert!(difference(&upright, &pixels(&turned)) < 12.0, "{value}: {}", difference(&upright, &pixels(&turned)));
    }
}

#[test]
fn the_embedded_thumbnail_and_the_full_picture_agree() {
    for name in ["photo-cli__leiden.HEIC", "osxphotos__IMG_1853.HEIC", "digicam_corpus__IMG_3589.HEIC"] {
        let mut file = named(name);
        let small = draw(&mut file, 256).unwrap();
        let read = file.read;
        assert!(read < 200_000, "{name}: the thumbnail alone is read, not {read}");
        let large = draw(&mut file, 1024).unwrap();
        assert_eq!(large.width.max(large.height), 1024);
        // Apple draws its thumbnails a little softer; wrong colours or a wrong turn differ by 20 and more.
        let difference = difference(&pixels(&small), &pixels(&large));
        assert!(difference < 12.0, "{name}: {difference}");
    }
}

#[test]
fn the_still_and_the_film_of_a_live_photo_show_the_same_scene() {
    for (still, film) in [
        ("digicam_corpus__IMG_3589.HEIC", "digicam_corpus__IMG_3589.mov"),
        ("photo-cli__leiden.HEIC", "photo-cli__leiden.mov"),
    ] {
        let still = pixels(&draw(&mut named(still), 128).unwrap());
        let film = pixels(&draw(&mut named(film), 128).unwrap());
        assert_eq!((still.width(), still.height()), (film.width(), film.height()));
        let turned = difference(&still, &image::imageops::rotate180(&film));
        let difference = difference(&still, &film);
        assert!(difference < 40.0 && difference * 1.5 < turned, "{difference} {turned}");
    }
}

#[test]
fn the_wide_colours_of_a_phone_are_converted() {
    let file = named("photo-cli__leiden.HEIC");
    let stored = hpvcd::decode_heic_rgb8(&file.bytes).unwrap();
    let shown = pixels(&draw(&mut named("photo-cli__leiden.HEIC"), 1024).unwrap());
    let mean = |pixels: &[u8], channel: usize| {
        let sum: u64 = pixels.iter().skip(channel).step_by(3).map(|value| u64::from(*value)).sum();
        sum as f64 * 3.0 / pixels.len() as f64
    };
    // A blue sky in Display P3 has less red when it is written in sRGB's narrower primaries; its green hardly changes.
    let (red, green) =
        (mean(&stored.pixels, 0) - mean(shown.as_raw(), 0), mean(&stored.pixels, 1) - mean(shown.as_raw(), 1));
    assert!(red > 3.0 && green.abs() < 2.0, "{red} {green}");
}

#[test]
fn a_photo_that_is_cut_short_still_shows_its_thumbnail() {
    let mut whole = named("perkeep__IMG_8062.HEIC");
    let want = draw(&mut whole, 128).unwrap();
    whole.bytes.truncate(100_000);
    let cut = draw(&mut whole, 1024).unwrap();
    assert_eq!((cut.width.max(cut.height), cut.width < cut.height), (320, want.width < want.height));
}

#[test]
fn errors_say_what_can_be_done() {
    let drawn = |name: &str, bytes: &[u8]| media::preview(name, &mut Counted::new(name, bytes.to_vec()), 256);
    assert!(matches!(drawn("a.txt", b"hello"), Err(PreviewError::Unsupported(_))));
    assert!(matches!(drawn("a.aae", b"<?xml adjustmentFormatIdentifier"), Err(PreviewError::Unsupported(_))));
    assert!(matches!(drawn("a.jpg", b"\xFF\xD8\xFF\xE0\0\x04ab"), Err(PreviewError::Corrupt(_))));
    assert!(matches!(drawn("a.mov", b"\0\0\0\x08moov"), Err(PreviewError::Unsupported(_))));
    let bomb = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x7f\xff\0\0\x7f\xff\x08\x06\0\0\0\x08\x4f\xa9\x8e\0\0\0\0IDAT\x35\xaf\x06\x1e";
    assert!(matches!(drawn("a.png", bomb), Err(PreviewError::TooLarge(_) | PreviewError::Corrupt(_))));
}
