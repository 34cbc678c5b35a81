//! A decoded picture on its way to a small one.

use super::{Colour, Drawing};
use crate::fault::Fault;
use crate::findings::Orientation;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

/// Pixels as decoded, with what is needed to show them right.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    rgba: Vec<u8>,
    width: u32,
    height: u32,
    orientation: Orientation,
    colour: Colour,
    opacity: Opacity,
}

/// Whether the fourth byte of a pixel says anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opacity {
    /// All pixels are opaque.
    Opaque,
    /// Some may shine through.
    Mixed,
}

impl Picture {
    /// Takes pixels of 4 bytes, row by row. Errors when there are not as many as the size says.
    pub(crate) fn from_rgba(rgba: Vec<u8>, size: (u32, u32), opacity: Opacity) -> Result<Self, Fault> {
        let (width, height) = size;
        let fits = rgba.len() as u64 == u64::from(width) * u64::from(height) * 4 && width > 0 && height > 0;
        let picture = Self { rgba, width, height, orientation: Orientation::UPRIGHT, colour: Colour::Srgb, opacity };
        fits.then_some(picture).ok_or(Fault::Malformed("its picture has another size than it says"))
    }

    /// Takes pixels of 3 bytes.
    pub(crate) fn from_rgb(rgb: &[u8], size: (u32, u32)) -> Result<Self, Fault> {
        let mut rgba = vec![255; rgb.len() / 3 * 4];
        for (to, from) in rgba.chunks_exact_mut(4).zip(rgb.chunks_exact(3)) {
            to[..3].copy_from_slice(from);
        }
        Self::from_rgba(rgba, size, Opacity::Opaque)
    }

    /// Takes grey pixels of 1 byte.
    pub(crate) fn from_grey(grey: &[u8], size: (u32, u32)) -> Result<Self, Fault> {
        let rgba = grey.iter().flat_map(|g| [*g, *g, *g, 255]).collect();
        Self::from_rgba(rgba, size, Opacity::Opaque)
    }

    /// Says how it must be turned.
    pub(crate) fn turned(mut self, orientation: Orientation) -> Self {
        self.orientation = orientation;
        self
    }

    /// Says what its colours mean.
    pub(crate) fn coloured(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    /// Tells whether it can be shown for a picture of that size at that edge: large enough and of the same shape. Cameras
    /// put black bars into thumbnails of another shape.
    pub(crate) fn stands_for(&self, full: (u32, u32), edge: u32) -> bool {
        let wanted = edge.min(full.0.max(full.1));
        let (width, height) = (u64::from(self.width), u64::from(self.height));
        let (across, down) = (width * u64::from(full.1), height * u64::from(full.0));
        self.width.max(self.height) >= wanted && across.abs_diff(down) * 50 <= across.max(down)
    }

    /// Scales, turns and converts it; the longer side is at most `edge`.
    pub(crate) fn drawing(self, edge: u32) -> Result<Drawing, Fault> {
        let mut small = self.scaled(edge)?;
        if small.opacity == Opacity::Mixed {
            over_white(&mut small.rgba);
        }
        small.colour.to_srgb(&mut small.rgba);
        let (rgba, width, height) = small.upright();
        Ok(Drawing { rgba, width, height })
    }

    fn scaled(self, edge: u32) -> Result<Self, Fault> {
        let (width, height) = fit((self.width, self.height), edge);
        if (width, height) == (self.width, self.height) {
            return Ok(self);
        }
        let failed = |_| Fault::Malformed("its picture cannot be scaled");
        let from = ImageRef::new(self.width, self.height, &self.rgba, PixelType::U8x4).map_err(failed)?;
        let mut to = Image::new(width, height, PixelType::U8x4);
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
            .use_alpha(self.opacity == Opacity::Mixed);
        let resized = Resizer::new().resize(&from, &mut to, &options);
        resized.map_err(|_| Fault::Malformed("its picture cannot be scaled"))?;
        Ok(Self { rgba: to.into_vec(), width, height, ..self })
    }

    fn upright(self) -> (Vec<u8>, u32, u32) {
        let (w, h) = (self.width as usize, self.height as usize);
        // Where the pixel at (x, y) of the upright picture is in the stored one.
        let from: fn(usize, usize, usize, usize) -> (usize, usize) = match self.orientation.exif() {
            2 => |x, y, w, _| (w - 1 - x, y),
            3 => |x, y, w, h| (w - 1 - x, h - 1 - y),
            4 => |x, y, _, h| (x, h - 1 - y),
            5 => |x, y, _, _| (y, x),
            6 => |x, y, _, h| (y, h - 1 - x),
            7 => |x, y, w, h| (w - 1 - y, h - 1 - x),
            8 => |x, y, w, _| (w - 1 - y, x),
            _ => return (self.rgba, self.width, self.height),
        };
        let (width, height) = if self.orientation.swaps_sides() { (h, w) } else { (w, h) };
        let mut turned = Vec::with_capacity(self.rgba.len());
        for y in 0..height {
            for x in 0..width {
                let (column, row) = from(x, y, w, h);
                let at = (row * w + column) * 4;
                turned.extend_from_slice(&self.rgba[at..at + 4]);
            }
        }
        (turned, width as u32, height as u32)
    }
}

/// Scales a size down so that its longer side is at most `edge`.
pub(crate) fn fit((width, height): (u32, u32), edge: u32) -> (u32, u32) {
    let long = width.max(height).max(1);
    if long <= edge {
        return (width, height);
    }
    let scaled = |side: u32| {
        let side = (u64::from(side) * u64::from(edge) + u64::from(long) / 2) / u64::from(long);
        u32::try_from(side).unwrap_or(edge).max(1)
    };
    (scaled(width), scaled(height))
}

fn over_white(rgba: &mut [u8]) {
    for pixel in rgba.chunks_exact_mut(4) {
        let alpha = u32::from(pixel[3]);
        for channel in &mut pixel[..3] {
            *channel = ((u32::from(*channel) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        }
        pixel[3] = 255;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_fit_and_never_vanish() {
        assert_eq!(fit((4032, 3024), 320), (320, 240));
        assert_eq!(fit((3024, 4032), 320), (240, 320));
        assert_eq!(fit((100, 50), 320), (100, 50));
        assert_eq!(fit((60_000, 1), 320), (320, 1));
        assert_eq!(fit((u32::MAX, u32::MAX), 8192), (8192, 8192));
    }

    #[test]
    fn every_orientation_stands_upright() {
        // The upright picture is A B / C D / E F; stored as EXIF's eight values describe it.
        let stored: [(&[u8], u32, u32); 8] = [
            (b"ABCDEF", 2, 3),
            (b"BADCFE", 2, 3),
            (b"FEDCBA", 2, 3),
            (b"EFCDAB", 2, 3),
            (b"ACEBDF", 3, 2),
            (b"BDFACE", 3, 2),
            (b"FDBECA", 3, 2),
            (b"ECAFDB", 3, 2),
        ];
        for (value, (letters, width, height)) in (1..).zip(stored) {
            let picture = Picture::from_grey(letters, (width, height)).unwrap().turned(Orientation::from_exif(value));
            let (rgba, width, height) = picture.upright();
            let upright: Vec<u8> = rgba.chunks_exact(4).map(|p| p[0]).collect();
            assert_eq!((upright.as_slice(), width, height), (b"ABCDEF".as_slice(), 2, 3), "orientation {value}");
        }
    }

    #[test]
    fn what_shines_through_is_white() {
        let mut pixels = [10, 20, 30, 0, 10, 20, 30, 255];
        over_white(&mut pixels);
        assert_eq!(pixels, [255, 255, 255, 255, 10, 20, 30, 255]);
    }

    #[test]
    fn a_thumbnail_of_another_shape_stands_for_nothing() {
        let thumbnail = Picture::from_grey(&[0; 160 * 120], (160, 120)).unwrap();
        assert!(thumbnail.stands_for((4032, 3024), 160));
        assert!(!thumbnail.stands_for((4032, 3024), 320));
        assert!(!thumbnail.stands_for((4032, 2268), 160));
    }
}
