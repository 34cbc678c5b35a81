//! BMP: what scanners and old programs left in folders.

use super::Format;
use crate::fault::Fault;
use crate::findings::Findings;
use crate::input::{FileInput, Input};
use crate::preview::{Picture, decode};
use image::ImageFormat;

/// Windows bitmaps.
pub(crate) struct Bmp;

impl Format for Bmp {
    fn name(&self) -> &'static str {
        "BMP"
    }

    fn magic(&self, head: &[u8]) -> bool {
        let header = head.get(14..18).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        head.starts_with(b"BM") && matches!(header, Some(40 | 52 | 56 | 64 | 108 | 124))
    }

    fn inspect(&self, input: &mut FileInput, findings: &mut Findings) -> Result<(), Fault> {
        let sides = input.read(18, 8)?;
        let side = |at: usize| i32::from_le_bytes([sides[at], sides[at + 1], sides[at + 2], sides[at + 3]]);
        findings.pixels = Some((side(0).unsigned_abs(), side(4).unsigned_abs()));
        Ok(())
    }

    fn preview(&self, input: &mut FileInput, _edge: u32) -> Result<Picture, Fault> {
        decode::whole_file(input, ImageFormat::Bmp, self)
    }
}

#[cfg(test)]
mod tests {
    use crate::{PreviewError, draw};
    use domain::{ResourceReader, SourceError};

    struct File(Vec<u8>);

    impl ResourceReader for File {
        fn size(&self) -> u64 {
            self.0.len() as u64
        }
        fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
            let start = (offset as usize).min(self.0.len());
            Ok(self.0[start..(start + length).min(self.0.len())].to_vec())
        }
    }

    fn bitmap() -> Vec<u8> {
        let mut file = std::io::Cursor::new(Vec::new());
        let picture = image::RgbImage::from_fn(400, 300, |x, _| image::Rgb([if x < 200 { 250 } else { 10 }, 20, 30]));
        picture.write_to(&mut file, image::ImageFormat::Bmp).unwrap();
        file.into_inner()
    }

    #[test]
    fn a_bitmap_is_drawn() {
        let drawing = draw("a.bmp", &mut File(bitmap()), 100).unwrap();
        assert_eq!((drawing.width, drawing.height), (100, 75));
        let red = |x: usize| drawing.rgba[(30 * 100 + x) * 4];
        assert!(red(10).abs_diff(250) <= 1 && red(90).abs_diff(10) <= 1, "{} {}", red(10), red(90));
    }

    #[test]
    fn one_that_says_it_is_enormous_or_is_cut_is_refused() {
        let mut huge = bitmap();
        huge[18..26].copy_from_slice(&[0, 0, 0, 0x10, 0, 0, 0, 0x10]);
        assert!(matches!(
            draw("a.bmp", &mut File(huge), 100),
            Err(PreviewError::Corrupt(_) | PreviewError::TooLarge(_))
        ));
        for length in [26, 40, 54, 60, 5000] {
            assert!(draw("a.bmp", &mut File(bitmap()[..length].to_vec()), 100).is_err(), "{length}");
        }
    }
}
