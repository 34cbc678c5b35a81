//! Files that hold more than one picture: a JPEG never stands for what it cannot hold, and says what it leaves out.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test ends where something is missing")]

mod fixture;

use fixture::Counted;
use media::PreviewError;

fn fixture(name: &str) -> Vec<u8> {
    fixture::all().into_iter().find(|file| file.name == name).unwrap().bytes
}

/// What is left out of a JPEG made of the file, or why none is made.
fn left_out(name: &str, bytes: &[u8]) -> Result<Vec<&'static str>, PreviewError> {
    let mut file = Counted::new(name, bytes.to_vec());
    let drawing = media::develop(name, &mut file, 200)?;
    let converted = media::jpeg_of(&drawing, (name, &mut file), 90)?;
    assert_eq!(converted.lost, Vec::<String>::new(), "{name}");
    Ok(converted.left_out)
}

fn refused(name: &str, bytes: &[u8]) {
    let refused = left_out(name, bytes);
    let said = matches!(&refused, Err(PreviewError::Unsupported(words)) if words.contains("no JPEG") || words.contains("not known"));
    assert!(said, "{name}: {refused:?}");
}

/// A box of the ISO format.
fn part(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes(), kind.as_slice(), body].concat()
}

/// A chunk of a PNG; its checksum is not looked at before the picture.
fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let checksum = crc(&[kind.as_slice(), body].concat());
    [&(body.len() as u32).to_be_bytes(), kind.as_slice(), body, &checksum.to_be_bytes()].concat()
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

/// A PNG of 4 pixels, each 4 bytes, stored as it is; with other chunks before the picture.
fn png(pixels: &[u8; 16], before: &[u8]) -> Vec<u8> {
    let rows: Vec<u8> = pixels.chunks(8).flat_map(|row| [&[0], row].concat()).collect();
    let (a, b) = rows.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65521;
        (a, (a + b) % 65521)
    });
    let length = rows.len() as u16;
    let stored =
        [&[0x78, 1, 1], &length.to_le_bytes()[..], &(!length).to_le_bytes(), &rows, &(b << 16 | a).to_be_bytes()];
    let head = chunk(b"IHDR", &[0, 0, 0, 2, 0, 0, 0, 2, 8, 6, 0, 0, 0]);
    [b"\x89PNG\r\n\x1a\n", head.as_slice(), before, &chunk(b"IDAT", &stored.concat()), &chunk(b"IEND", &[])].concat()
}

#[test]
fn a_heic_with_a_second_picture_or_a_film_is_not_made_into_a_jpeg() {
    refused("stereo.HEIC", &fixture("stereo-img__vision-pro.HEIC"));
    let plain = fixture("osxphotos__IMG_1853.HEIC");
    assert_eq!(left_out("plain.HEIC", &plain), Ok(vec![]));
    for film in [b"moov", b"mpvd"] {
        refused("film.HEIC", &[plain.as_slice(), &part(film, &[7; 5000])].concat());
    }
    let gain_map = left_out("hdr.HEIC", &fixture("pigallery2__IMG_7943.HEIC"));
    assert_eq!(gain_map, Ok(vec!["its HDR gain map was left out"]));
}

#[test]
fn what_lies_behind_a_jpeg_is_told_or_keeps_one_from_being_made() {
    let plain = fixture("exif-orientation-examples__Portrait_1.jpg");
    assert_eq!(left_out("plain.jpg", &plain), Ok(vec![]));
    let padded = [plain.as_slice(), &[0; 9000], b"a trailer of a camera"].concat();
    assert_eq!(left_out("padded.jpg", &padded), Ok(vec![]));
    let film = part(b"ftyp", b"mp42\0\0\0\0mp42");
    refused("motion.jpg", &[plain.as_slice(), &film, &part(b"mdat", &[7; 5000])].concat());
    refused("behind something.jpg", &[plain.as_slice(), &[9; 3000], &film].concat());
    refused("two.jpg", &[plain.as_slice(), &plain].concat());
    refused("unknown.jpg", &[plain.as_slice(), &[9; 5000]].concat());
    // A phone's: the gain map is a second JPEG.
    let gain_map = fixture("libavif__apple_gainmap_new.jpg");
    assert_eq!(left_out("hdr.jpg", &gain_map), Ok(vec!["its HDR gain map was left out"]));
    refused("hdr and film.jpg", &[gain_map.as_slice(), &film].concat());
    // A camera's: a small copy of the picture.
    let small = fixture("elodie__no-exif.jpg");
    assert_eq!(left_out("small copy.jpg", &[plain.as_slice(), &small].concat()), Ok(vec![]));
}

#[test]
fn a_png_that_moves_is_not_made_into_a_jpeg_and_one_seen_through_says_so() {
    let opaque = [200, 100, 50, 255, 0, 0, 0, 255, 9, 9, 9, 255, 1, 2, 3, 255];
    assert_eq!(left_out("opaque.PNG", &png(&opaque, &[])), Ok(vec![]));
    let clear = [200, 100, 50, 255, 0, 0, 0, 0, 9, 9, 9, 128, 1, 2, 3, 255];
    assert_eq!(left_out("clear.PNG", &png(&clear, &[])), Ok(vec!["it was transparent in parts, which are white now"]));
    refused("moving.PNG", &png(&opaque, &chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0])));
}
