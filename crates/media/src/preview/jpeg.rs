//! JPEG by libjpeg-turbo, which scales while it decodes. What it must not begin with is found out before, by our own walk
//! over the segments.

use super::Colour;
use super::decode::{MOST_PIXELS, whole};
use super::picture::{Opacity, Picture};
use crate::fault::Fault;
use image::ImageFormat;
use turbojpeg::{Colorspace, Decompressor, Image, PixelFormat, ScalingFactor};

/// Scaling while decoding stops at this multiple of what is wanted, so that the real scaling has something to work with.
const OVERSAMPLING: usize = 2;
/// Most passes over a progressive picture: usual are about 10, and each takes as long as a picture.
const MOST_SCANS: u32 = 100;
/// What the parts of an ICC profile begin with.
const PROFILE_MARK: &[u8] = b"ICC_PROFILE\0";

/// Decodes a JPEG at the smallest scale that is large enough. One of rare colours is decoded in full; so is a damaged one
/// that has no stand-in, by a decoder that shows what is left.
pub(crate) fn decode(bytes: &[u8], edge: u32, stand_in: Option<Picture>) -> Result<Picture, Fault> {
    match (scaled(bytes, edge), stand_in) {
        (Ok(picture), _) => Ok(picture),
        (Err(Fault::Unsupported(_)), _) | (Err(_), None) => whole(bytes, ImageFormat::Jpeg),
        (Err(_), Some(stand_in)) => Ok(stand_in),
    }
}

/// Decodes a JPEG, not turned yet; nothing is shown of one that its decoder finds fault with.
pub(crate) fn sound(bytes: &[u8], edge: u32) -> Result<Picture, Fault> {
    scaled(bytes, edge)
}

fn scaled(bytes: &[u8], edge: u32) -> Result<Picture, Fault> {
    let failed = |_| Fault::Malformed("its picture cannot be decoded");
    let outline = Outline::read(bytes);
    let mut decoder = Decompressor::new().map_err(failed)?;
    let header = decoder.read_header(bytes).map_err(failed)?;
    let pixels = header.width as u64 * header.height as u64;
    // Other than in one pass, a picture is held whole as coefficients of two bytes, three for each pixel.
    if pixels > MOST_PIXELS && !outline.one_pass || pixels > 4 * MOST_PIXELS {
        return Err(Fault::TooLarge("its picture has too many pixels"));
    }
    if header.is_lossless || !matches!(header.colorspace, Colorspace::YCbCr | Colorspace::RGB | Colorspace::Gray) {
        return Err(Fault::Unsupported("rare colours"));
    }
    let scale = scale_for(header.width.max(header.height), edge as usize * OVERSAMPLING);
    decoder.set_scaling_factor(scale).map_err(failed)?;
    decoder.set_scan_limit(MOST_SCANS).map_err(failed)?;
    let (width, height) = (scale.scale(header.width), scale.scale(header.height));
    let mut rgba = vec![0; width * height * 4];
    let image = Image { pixels: rgba.as_mut_slice(), width, pitch: width * 4, height, format: PixelFormat::RGBA };
    decoder.decompress(bytes, image).map_err(failed)?;
    let picture = Picture::from_rgba(rgba, (width as u32, height as u32), Opacity::Opaque)?;
    Ok(picture.coloured(Colour::from_icc(outline.profile)))
}

/// Returns the smallest scale at which a side is long enough. Others than these lack fast code.
fn scale_for(side: usize, wanted: usize) -> ScalingFactor {
    let scales = [ScalingFactor::ONE_EIGHTH, ScalingFactor::ONE_QUARTER, ScalingFactor::ONE_HALF];
    scales.into_iter().find(|scale| scale.scale(side) >= wanted).unwrap_or(ScalingFactor::ONE)
}

/// What the segments before the picture say.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outline {
    /// The picture is sequential and its first scan has all colours.
    one_pass: bool,
    /// The ICC profile, its parts joined.
    profile: Option<Vec<u8>>,
}

impl Outline {
    fn read(bytes: &[u8]) -> Self {
        let (mut parts, mut colours) = (Vec::new(), None);
        let mut rest = bytes.get(2..).unwrap_or_default();
        while let Some((marker, body, after)) = segment(rest) {
            rest = after;
            match marker {
                0xE2 => parts.extend(body.strip_prefix(PROFILE_MARK).and_then(<[u8]>::split_first)),
                0xC0 | 0xC1 => colours = body.get(5),
                0xDA => {
                    let one_pass = colours.is_some() && body.first() == colours;
                    return Self { one_pass, profile: joined(parts) };
                }
                _ => {}
            }
        }
        Self { one_pass: false, profile: joined(parts) }
    }
}

/// Splits the first segment off: its marker, its contents and what follows.
fn segment(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let padding = bytes.iter().take_while(|byte| **byte == 0xFF).count();
    let (marker, rest) = bytes.get(padding..)?.split_first().filter(|_| padding > 0)?;
    let length = usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?]));
    let (body, after) = (rest.get(2..length)?, rest.get(length..)?);
    Some((*marker, body, after))
}

/// Joins the parts of a profile, each behind its number and how many there are, in the order of the numbers.
fn joined(mut parts: Vec<(&u8, &[u8])>) -> Option<Vec<u8>> {
    parts.sort_by_key(|(number, _)| **number);
    let joined: Vec<u8> = parts.iter().flat_map(|(_, part)| part.get(1..).unwrap_or_default()).copied().collect();
    Some(joined).filter(|profile| !profile.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jpeg_encoder::{ColorType, Encoder};

    /// A slope from black to white, 400 pixels wide and 300 high, in as many colours as asked for.
    fn slope(colours: ColorType, set: impl FnOnce(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
        let length = match colours {
            ColorType::Luma => 1,
            ColorType::Cmyk => 4,
            _ => 3,
        };
        let pixels: Vec<u8> = (0..400 * 300).flat_map(|i| vec![(i % 400 * 255 / 399) as u8; length]).collect();
        let mut jpeg = Vec::new();
        let mut encoder = Encoder::new(&mut jpeg, 90);
        set(&mut encoder);
        encoder.encode(&pixels, 400, 300, colours).unwrap();
        jpeg
    }

    /// The picture's brightness from left to right, at its middle, at four places.
    fn across(jpeg: &[u8], edge: u32) -> Vec<u8> {
        let drawing = decode(jpeg, edge, None).unwrap().drawing(edge).unwrap();
        let (width, height) = (drawing.width as usize, drawing.height as usize);
        assert_eq!((width, height), (edge as usize, edge as usize * 3 / 4));
        (0..4).map(|at| drawing.rgba[(height / 2 * width + width * (2 * at + 1) / 8) * 4]).collect()
    }

    fn like(greys: &[u8], wanted: [u8; 4]) -> bool {
        greys.iter().zip(wanted).all(|(grey, wanted)| grey.abs_diff(wanted) <= 8)
    }

    /// Sets the size that the picture says it has.
    fn swollen(mut jpeg: Vec<u8>, side: u16) -> Vec<u8> {
        let at = jpeg.windows(4).position(|bytes| matches!(bytes, [0xFF, 0xC0 | 0xC2, 0, 17])).unwrap();
        jpeg[at + 5..at + 7].copy_from_slice(&side.to_be_bytes());
        jpeg[at + 7..at + 9].copy_from_slice(&side.to_be_bytes());
        jpeg
    }

    #[test]
    fn all_sorts_show_the_same_at_every_scale() {
        for edge in [24, 40, 100, 200, 400] {
            for colours in [ColorType::Rgb, ColorType::Luma] {
                let plain = across(&slope(colours, |_| {}), edge);
                assert!(like(&plain, [32, 96, 159, 223]), "{colours:?} {edge} {plain:?}");
                let progressive = across(&slope(colours, |encoder| encoder.set_progressive(true)), edge);
                assert!(like(&progressive, [32, 96, 159, 223]), "{colours:?} {edge} {progressive:?}");
            }
        }
        let inks = slope(ColorType::Cmyk, |_| {});
        assert_eq!(scaled(&inks, 100).unwrap_err(), Fault::Unsupported("rare colours"));
        assert!(across(&inks, 100).is_sorted_by(|a, b| a != b), "another decoder shows them");
    }

    #[test]
    fn what_is_left_of_a_cut_one_is_shown_or_its_stand_in() {
        for progressive in [false, true] {
            let whole = slope(ColorType::Rgb, |encoder| encoder.set_progressive(progressive));
            let cut = &whole[..whole.len() * 4 / 5];
            assert!(matches!(scaled(cut, 100), Err(Fault::Malformed(_))));
            assert!(decode(cut, 100, None).is_ok());
            let small = Picture::from_grey(&[7], (1, 1)).unwrap();
            let shown = decode(cut, 100, Some(small)).unwrap().drawing(100).unwrap();
            assert_eq!(shown.rgba, [7, 7, 7, 255]);
            for length in [0, 1, 2, 3, 20, 200, whole.len() / 3] {
                drop(decode(&whole[..length], 100, None));
            }
        }
    }

    #[test]
    fn sizes_are_looked_at_before_anything_is_decoded() {
        let sequential = slope(ColorType::Rgb, |_| {});
        let progressive = slope(ColorType::Rgb, |encoder| encoder.set_progressive(true));
        let too_large = |jpeg: &[u8]| matches!(scaled(jpeg, 320), Err(Fault::TooLarge(_)));
        assert!(too_large(&swollen(sequential.clone(), 65_000)) && too_large(&swollen(progressive.clone(), 65_000)));
        assert!(too_large(&swollen(progressive, 9000)) && !too_large(&swollen(sequential, 9000)));
    }

    #[test]
    fn a_picture_of_12_bits_is_no_crash() {
        let mut jpeg = slope(ColorType::Rgb, |_| {});
        let at = jpeg.windows(5).position(|bytes| bytes == [0xFF, 0xC0, 0, 17, 8]).unwrap();
        jpeg[at + 4] = 12;
        assert!(scaled(&jpeg, 100).is_err());
        drop(decode(&jpeg, 100, None));
    }

    #[test]
    fn profiles_are_joined_in_the_order_of_their_numbers() {
        let profile: Vec<u8> = (0..100_000u32).map(|i| (i % 251) as u8).collect();
        let jpeg = slope(ColorType::Rgb, |encoder| encoder.add_icc_profile(&profile).unwrap());
        assert_eq!(Outline::read(&jpeg), Outline { one_pass: true, profile: Some(profile) });
        let parts = [&b"\xFF\xD8\xFF\xE2\0\x11ICC_PROFILE\0\x02\x02B"[..], b"\xFF\xE2\0\x11ICC_PROFILE\0\x01\x02A"];
        assert_eq!(Outline::read(&parts.concat()).profile.as_deref(), Some(b"AB".as_slice()));
    }

    #[test]
    fn only_one_scan_of_all_colours_is_one_pass() {
        let one_pass =
            |frame: &[u8], scan: &[u8]| Outline::read(&[b"\xFF\xD8\xFF", frame, b"\xFF\xDA", scan].concat()).one_pass;
        let frame = b"\xC0\0\x08\x08\0\x01\0\x01\x03";
        assert!(one_pass(frame, b"\0\x03\x03"));
        assert!(!one_pass(frame, b"\0\x03\x01"), "a scan for each colour");
        assert!(!one_pass(b"\xC2\0\x08\x08\0\x01\0\x01\x03", b"\0\x03\x03"), "progressive");
        assert!(!one_pass(b"\xC0\0\x01", b""), "nonsense");
    }
}
