//! Whether a picture of the window shows what it should: looks at pixels, not at elements.

use anyhow::{Result, ensure};
use image::RgbImage;
use serde::Deserialize;

/// A part of the window, in pixels.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// What a part of a picture looks like.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// How much the brightness differs from pixel to pixel, 0 for a plain area, of 255.
    pub contrast: f64,
    /// The mean colour.
    pub colour: [f64; 3],
}

impl Look {
    /// The mean brightness, of 255.
    pub fn brightness(&self) -> f64 {
        self.colour.iter().sum::<f64>() / 3.0
    }
}

/// Decodes a screenshot.
pub fn decode(png: &[u8]) -> Result<RgbImage> {
    Ok(image::load_from_memory_with_format(png, image::ImageFormat::Png)?.to_rgb8())
}

/// Measures the middle four fifths of a part: its border, badges and tick boxes do not count as a picture.
pub fn look_at(picture: &RgbImage, part: Rect) -> Result<Look> {
    let (x, y) = (part.x + part.width * 0.1, part.y + part.height * 0.1);
    let (width, height) = ((part.width * 0.8) as u32, (part.height * 0.8) as u32);
    let inside = x >= 0.0
        && y >= 0.0
        && x as u32 + width <= picture.width()
        && y as u32 + height <= picture.height()
        && width * height > 0;
    ensure!(inside, "{part:?} is not inside a picture of {:?}", picture.dimensions());
    let pixels = image::imageops::crop_imm(picture, x as u32, y as u32, width, height).to_image();
    Ok(measure(&pixels))
}

fn measure(pixels: &RgbImage) -> Look {
    let count = f64::from(pixels.width() * pixels.height());
    let mut colour = [0.0; 3];
    let mut squares = 0.0;
    for pixel in pixels.pixels() {
        for (sum, channel) in colour.iter_mut().zip(pixel.0) {
            *sum += f64::from(channel) / count;
        }
        let brightness = pixel.0.iter().map(|&channel| f64::from(channel)).sum::<f64>() / 3.0;
        squares += brightness * brightness / count;
    }
    let mean = colour.iter().sum::<f64>() / 3.0;
    Look { contrast: (squares - mean * mean).max(0.0).sqrt(), colour }
}
