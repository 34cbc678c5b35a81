//! GIF: the size is all it says.

use super::Format;
use crate::fault::Fault;
use crate::findings::Findings;
use crate::input::{FileInput, Input};
use crate::preview::{Picture, decode};
use image::ImageFormat;

/// GIF files, moving or not.
pub(crate) struct Gif;

impl Format for Gif {
    fn name(&self) -> &'static str {
        "GIF"
    }

    fn magic(&self, head: &[u8]) -> bool {
        head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a")
    }

    fn inspect(&self, input: &mut FileInput, findings: &mut Findings) -> Result<(), Fault> {
        findings.codec = Some(self.name().to_owned());
        let screen = input.read(6, 4)?;
        let side = |at: usize| u32::from(u16::from_le_bytes([screen[at], screen[at + 1]]));
        findings.pixels = Some((side(0), side(2)));
        Ok(())
    }

    fn preview(&self, input: &mut FileInput, _edge: u32) -> Result<Picture, Fault> {
        decode::whole_file(input, ImageFormat::Gif, self)
    }
}
