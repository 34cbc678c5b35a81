//! A decoded picture on its way to a small one.

use super::{Colour, Drawing};
use crate::fault::Fault;
use crate::findings::Orientation;
use crate::items::Aperture;
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
    moved: (f64, f64),
    /// The size that it stands for, and which part of the pixels is in use: less than all where it was shrunk.
    whole: (u32, u32),
    used: (f64, f64),
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
        let picture = Self {
            rgba,
            width,
            height,
            orientation: Orientation::UPRIGHT,
            colour: Colour::Srgb,
            opacity,
            moved: (0.0, 0.0),
            whole: size,
            used: (f64::from(width), f64::from(height)),
        };
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

    /// Takes pixels of 3 bytes and shrinks them at once by a whole number, so that the longer side is still at least twice
    /// `edge`: what comes after has less to do.
    pub(crate) fn from_rgb_for(rgb: &[u8], size: (u32, u32), edge: u32) -> Result<Self, Fault> {
        let (width, height) = (size.0 as usize, size.1 as usize);
        let factor = (size.0.max(size.1) / edge.saturating_mul(2).max(1)).min(MOST_SHRUNK) as usize;
        if factor < 2 || rgb.len() != width * height * 3 {
            return Self::from_rgb(rgb, size);
        }
        let mut rgba = Vec::with_capacity(width.div_ceil(factor) * height.div_ceil(factor) * 4);
        let mut sums = vec![0u16; width * 3];
        for rows in rgb.chunks(width * 3 * factor) {
            sums.fill(0);
            for row in rows.chunks_exact(width * 3) {
                sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += u16::from(*value));
            }
            let rows = (rows.len() / (width * 3)) as u32;
            rgba.extend(sums.chunks(factor * 3).flat_map(|block| mean(block, rows)));
        }
        let shrunk = (size.0.div_ceil(factor as u32), size.1.div_ceil(factor as u32));
        let used = (f64::from(size.0) / factor as f64, f64::from(size.1) / factor as f64);
        Ok(Self { whole: size, used, ..Self::from_rgba(rgba, shrunk, Opacity::Opaque)? })
    }

    /// Takes grey pixels of 1 byte.
    #[cfg(test)]
    pub(crate) fn from_grey(grey: &[u8], size: (u32, u32)) -> Result<Self, Fault> {
        let rgba = grey.iter().flat_map(|g| [*g, *g, *g, 255]).collect();
        Self::from_rgba(rgba, size, Opacity::Opaque)
    }

    /// Cuts a part out; one that is not inside changes nothing.
    pub(crate) fn cropped(self, part: Aperture) -> Self {
        let fits = |start: u32, length: u32, whole: u32| start.checked_add(length).is_some_and(|end| end <= whole);
        if !fits(part.left, part.width, self.width) || !fits(part.top, part.height, self.height) {
            return self;
        }
        let rows = self.rgba.chunks_exact(self.width as usize * 4).skip(part.top as usize).take(part.height as usize);
        let (from, to) = (part.left as usize * 4, (part.left + part.width) as usize * 4);
        let rgba = rows.flat_map(|row| &row[from..to]).copied().collect();
        let size = (part.width, part.height);
        let used = (f64::from(part.width), f64::from(part.height));
        Self { rgba, width: part.width, height: part.height, whole: size, used, ..self }
    }

    /// Says how it must be turned.
    pub(crate) fn turned(mut self, orientation: Orientation) -> Self {
        self.orientation = orientation;
        self
    }

    /// Says how far it has to be moved, in parts of a pixel to the right and down; each less than one.
    pub(crate) fn moved(mut self, by: (f64, f64)) -> Self {
        self.moved = by;
        self
    }

    /// Says what its colours mean.
    pub(crate) fn coloured(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    /// Converts its colours.
    pub(crate) fn in_srgb(mut self) -> Self {
        self.colour.to_srgb(&mut self.rgba);
        Self { colour: Colour::Srgb, ..self }
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

    /// Scales and turns it likewise; its colours stay as they are where a profile can say what they mean.
    pub(crate) fn developed(mut self, edge: u32) -> Result<Drawing, Fault> {
        if self.colour.profile().is_some() {
            self.colour = Colour::Srgb;
        }
        self.drawing(edge)
    }

    fn scaled(self, edge: u32) -> Result<Self, Fault> {
        let (width, height) = fit(self.whole, edge);
        let still = self.moved == (0.0, 0.0);
        if still && (width, height) == (self.width, self.height) {
            return Ok(self);
        }
        let failed = |_| Fault::Malformed("its picture cannot be scaled");
        let (sides, framed) = if still { ((self.width, self.height), None) } else { self.framed() };
        let pixels = framed.as_ref().unwrap_or(&self.rgba);
        let from = ImageRef::new(sides.0, sides.1, pixels, PixelType::U8x4).map_err(failed)?;
        let mut to = Image::new(width, height, PixelType::U8x4);
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
            .use_alpha(self.opacity == Opacity::Mixed)
            .crop(left(self.moved.0), left(self.moved.1), self.used.0, self.used.1);
        let resized = Resizer::new().resize(&from, &mut to, &options);
        resized.map_err(|_| Fault::Malformed("its picture cannot be scaled"))?;
        Ok(Self { rgba: to.into_vec(), width, height, moved: (0.0, 0.0), ..self })
    }

    /// Repeats the row and the column at the sides that it moves away from, so that there is something to move in.
    fn framed(&self) -> ((u32, u32), Option<Vec<u8>>) {
        let (width, height) = (self.width as usize, self.height as usize);
        let source =
            |at: usize, by: f64, length: usize| if by > 0.0 { at.saturating_sub(1) } else { at.min(length - 1) };
        let mut rgba = Vec::with_capacity((width + 1) * (height + 1) * 4);
        for y in 0..=height {
            let row = source(y, self.moved.1, height) * width;
            for x in 0..=width {
                let at = (row + source(x, self.moved.0, width)) * 4;
                rgba.extend_from_slice(&self.rgba[at..at + 4]);
            }
        }
        ((self.width + 1, self.height + 1), Some(rgba))
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

/// Most pixels in a row that become one: the sum of as many bytes fits in 16 bits.
const MOST_SHRUNK: u32 = 256;

/// Returns the mean of the pixels in a block, given the sums of its columns over some rows.
fn mean(block: &[u16], rows: u32) -> [u8; 4] {
    let mut sums = [0u32; 3];
    for column in block.chunks_exact(3) {
        sums.iter_mut().zip(column).for_each(|(sum, value)| *sum += u32::from(*value));
    }
    let count = rows * (block.len() as u32 / 3);
    let [r, g, b] = sums.map(|sum| ((sum + count / 2) / count.max(1)) as u8);
    [r, g, b, 255]
}

/// Returns where a picture begins in its frame.
fn left(by: f64) -> f64 {
    if by > 0.0 { 1.0 - by } else { -by }
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

/// Puts the colours on white. How much shone through stays told, for whoever must say that it is lost.
fn over_white(rgba: &mut [u8]) {
    for pixel in rgba.chunks_exact_mut(4) {
        let alpha = u32::from(pixel[3]);
        for channel in &mut pixel[..3] {
            *channel = ((u32::from(*channel) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        }
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
    fn a_part_is_the_same_however_the_picture_is_turned() {
        // A 2 wide, 3 high picture A B / C D / E F, of which the part C D / E F is shown.
        let part = Aperture { left: 0, top: 1, width: 2, height: 2 };
        for (value, upright, size) in
            [(1, b"ABCDEF", (2, 3)), (3, b"FEDCBA", (2, 3)), (6, b"ECAFDB", (3, 2)), (8, b"BDFACE", (3, 2))]
        {
            let orientation = Orientation::from_exif(value);
            let picture = Picture::from_grey(upright, size).unwrap().cropped(part.upright((2, 3), orientation));
            let mut letters: Vec<u8> = picture.rgba.chunks_exact(4).map(|pixel| pixel[0]).collect();
            letters.sort_unstable();
            assert_eq!(letters, b"CDEF", "{value}");
        }
        let outside = Aperture { left: 1, top: 0, width: u32::MAX, height: 1 };
        assert_eq!(Picture::from_grey(b"AB", (2, 1)).unwrap().cropped(outside).width, 2);
    }

    #[test]
    fn shrinking_at_once_keeps_size_and_place() {
        // A slope that is not a whole number of blocks long.
        let (width, height) = (1003u32, 501u32);
        let rgb: Vec<u8> =
            (0..height).flat_map(|y| (0..width).flat_map(move |x| [(x / 4) as u8, (y / 2) as u8, 7])).collect();
        let shrunk = Picture::from_rgb_for(&rgb, (width, height), 100).unwrap();
        assert_eq!((shrunk.width, shrunk.height), (201, 101));
        let shrunk = shrunk.drawing(100).unwrap();
        let plain = Picture::from_rgb(&rgb, (width, height)).unwrap().drawing(100).unwrap();
        assert_eq!((shrunk.width, shrunk.height), (plain.width, plain.height));
        let apart = shrunk.rgba.iter().zip(&plain.rgba).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(apart <= Some(2), "{apart:?}");
    }

    #[test]
    fn half_a_pixel_is_halfway() {
        let picture = || Picture::from_grey(&[0, 0, 0, 0, 200, 200, 200, 200], (8, 1)).unwrap();
        let greys = |by: (f64, f64)| -> Vec<u8> {
            picture().moved(by).scaled(8).unwrap().rgba.chunks_exact(4).map(|pixel| pixel[0]).collect()
        };
        assert_eq!(greys((0.0, 0.0)), [0, 0, 0, 0, 200, 200, 200, 200]);
        assert_eq!(greys((-0.5, 0.0))[3], 100, "to the left");
        assert_eq!(greys((0.5, 0.0))[4], 100, "to the right");
        assert_eq!(picture().moved((-0.5, 0.5)).scaled(4).unwrap().width, 4);
    }

    #[test]
    fn what_shines_through_is_white_and_told() {
        let mut pixels = [10, 20, 30, 0, 10, 20, 30, 255];
        over_white(&mut pixels);
        assert_eq!(pixels, [255, 255, 255, 0, 10, 20, 30, 255]);
    }

    #[test]
    fn a_thumbnail_of_another_shape_stands_for_nothing() {
        let thumbnail = Picture::from_grey(&[0; 160 * 120], (160, 120)).unwrap();
        assert!(thumbnail.stands_for((4032, 3024), 160));
        assert!(!thumbnail.stands_for((4032, 3024), 320));
        assert!(!thumbnail.stands_for((4032, 2268), 160));
    }
}
