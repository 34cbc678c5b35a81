//! A frame out of a film: HEVC by `hpvcd`, H.264 by `rusty_h264-decoder`.

use super::decode::MOST_PIXELS;
use super::{Colour, Picture};
use crate::fault::Fault;
use crate::input::Input;
use crate::samples::{Codec, KeyFrame, Matrix, Range};

/// Decodes a key frame, not turned yet.
pub(crate) fn poster(input: &mut dyn Input, frame: &KeyFrame, edge: u32) -> Result<Picture, Fault> {
    let stream = frame.stream(input)?;
    match frame.codec {
        Codec::Hevc => hevc(&stream, frame, edge),
        Codec::Avc => avc(&stream, frame, edge),
    }
}

fn hevc(stream: &[u8], frame: &KeyFrame, edge: u32) -> Result<Picture, Fault> {
    let frames = hpvcd::VideoDecoder::with_threads(1).decode(stream);
    let frames = frames.map_err(|_| Fault::Malformed("its first frame cannot be decoded"))?;
    let first = frames.first().ok_or(Fault::Malformed("its first frame is missing"))?;
    let (width, height) = checked_size(first.width(), first.height())?;
    let signalled = first.color();
    let colour = match Colour::from_cicp(signalled.primaries as u16, signalled.transfer as u16) {
        Colour::Srgb => frame.colour.clone(),
        colour => colour,
    };
    Ok(Picture::from_rgb_for(&first.to_rgb8(), (width, height), edge)?.coloured(colour))
}

fn avc(stream: &[u8], frame: &KeyFrame, edge: u32) -> Result<Picture, Fault> {
    let decoded = rusty_h264_decoder::Decoder::new().decode(stream);
    let decoded = decoded.map_err(|_| Fault::Malformed("its first frame cannot be decoded"))?;
    let decoded = decoded.ok_or(Fault::Malformed("its first frame is missing"))?;
    let (width, height) = checked_size(decoded.width, decoded.height)?;
    let planes = Planes { width: decoded.width, y: &decoded.y, u: &decoded.u, v: &decoded.v };
    let rgb = planes.to_rgb(decoded.height, frame.range, frame.matrix);
    Ok(Picture::from_rgb_for(&rgb, (width, height), edge)?.coloured(frame.colour.clone()))
}

fn checked_size(width: usize, height: usize) -> Result<(u32, u32), Fault> {
    let size = u32::try_from(width).ok().zip(u32::try_from(height).ok());
    let fine = size.filter(|(width, height)| u64::from(*width) * u64::from(*height) <= MOST_PIXELS);
    fine.ok_or(Fault::TooLarge("its picture has too many pixels"))
}

/// A frame with colour at half the resolution.
struct Planes<'a> {
    width: usize,
    y: &'a [u8],
    u: &'a [u8],
    v: &'a [u8],
}

impl Planes<'_> {
    /// Converts to red, green and blue.
    fn to_rgb(&self, height: usize, range: Range, matrix: Matrix) -> Vec<u8> {
        let (black, luma, chroma) = match range {
            Range::Limited => (16.0, 255.0 / 219.0, 255.0 / 224.0),
            Range::Full => (0.0, 1.0, 1.0),
        };
        let (red, blue) = match matrix {
            Matrix::Bt601 => (0.299, 0.114),
            Matrix::Bt709 => (0.2126, 0.0722),
            Matrix::Bt2020 => (0.2627, 0.0593),
        };
        let (to_red, to_blue) = (2.0 - 2.0 * red, 2.0 - 2.0 * blue);
        let green = 1.0 - red - blue;
        let half = self.width.div_ceil(2);
        let mut rgb = Vec::with_capacity(self.width * height * 3);
        for (row, line) in self.y.chunks_exact(self.width.max(1)).take(height).enumerate() {
            for (column, y) in line.iter().enumerate() {
                let at = row / 2 * half + column / 2;
                let centred = |plane: &[u8]| (f32::from(plane.get(at).copied().unwrap_or(128)) - 128.0) * chroma;
                let (y, u, v) = ((f32::from(*y) - black) * luma, centred(self.u), centred(self.v));
                let mixed = y - (blue * to_blue * u + red * to_red * v) / green;
                rgb.extend([y + to_red * v, mixed, y + to_blue * u].map(|c| (c + 0.5) as u8));
            }
        }
        rgb
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_white_and_red() {
        let planes = Planes { width: 2, y: &[16, 235, 63, 63], u: &[102], v: &[240] };
        let rgb = planes.to_rgb(2, Range::Limited, Matrix::Bt709);
        assert_eq!(rgb.len(), 12);
        assert!(rgb[6] > 245 && rgb[7] < 10 && rgb[8] < 10, "{rgb:?}");
        let grey = Planes { width: 2, y: &[16, 235, 0, 255], u: &[128], v: &[128] };
        assert_eq!(grey.to_rgb(2, Range::Limited, Matrix::Bt601)[..6], [0, 0, 0, 255, 255, 255]);
        assert_eq!(grey.to_rgb(2, Range::Full, Matrix::Bt2020)[6..], [0, 0, 0, 255, 255, 255]);
    }
}
