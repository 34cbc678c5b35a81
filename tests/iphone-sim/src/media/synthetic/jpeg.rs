//! A small baseline JPEG, different for every number: a slope of brightness over one colour, one value per 8x8 block.

use super::{exif, noise};

const WIDTH: u16 = 320;
const HEIGHT: u16 = 240;
const BLOCKS: usize = (WIDTH as usize / 8) * (HEIGHT as usize / 8);

/// Code and length for a difference of so many bits, as in the standard's table for brightness.
const CODES: [(u32, u32); 12] = [
    (0b00, 2),
    (0b010, 3),
    (0b011, 3),
    (0b100, 3),
    (0b101, 3),
    (0b110, 3),
    (0b1110, 4),
    (0b1_1110, 5),
    (0b11_1110, 6),
    (0b111_1110, 7),
    (0b1111_1110, 8),
    (0b1_1111_1110, 9),
];

/// A picture for a number, with the time it was taken unless it is a thumbnail.
pub(super) fn photo(number: u64, taken: Option<u64>) -> Vec<u8> {
    let mut bytes = b"\xff\xd8".to_vec();
    bytes.extend(taken.map(exif::segment).unwrap_or_default());
    // All quantisers are 1.
    segment(&mut bytes, 0xdb, &[[0].as_slice(), &[1; 64]].concat());
    let [height, width] = [HEIGHT, WIDTH].map(u16::to_be_bytes);
    let frame = [&[8], &height[..], &width, &[3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]].concat();
    segment(&mut bytes, 0xc0, &frame);
    let brightness = [[0, 0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0].as_slice(), &(0..12).collect::<Vec<u8>>()];
    segment(&mut bytes, 0xc4, &brightness.concat());
    // One code, "0": the block has no detail.
    segment(&mut bytes, 0xc4, &[[0x10, 1].as_slice(), &[0; 15], &[0]].concat());
    segment(&mut bytes, 0xda, &[3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
    bytes.extend(scan(number));
    bytes.extend_from_slice(b"\xff\xd9");
    bytes
}

fn segment(bytes: &mut Vec<u8>, marker: u8, body: &[u8]) {
    bytes.extend_from_slice(&[0xff, marker]);
    bytes.extend_from_slice(&(body.len() as u16 + 2).to_be_bytes());
    bytes.extend_from_slice(body);
}

fn scan(number: u64) -> Vec<u8> {
    let random = noise::word(number, 1);
    let part = |shift: u32, span: u64| (((random >> shift) & 0xffff) * span / 0x1_0000) as i64;
    let start = [part(0, 400) - 700, part(16, 800) - 400, part(32, 800) - 400];
    let mut bits = Bits::default();
    for block in 0..BLOCKS {
        for (component, start) in start.into_iter().enumerate() {
            let difference = match (block, component) {
                (0, _) => start,
                (_, 0) => 1,
                _ => 0,
            };
            bits.difference(difference as i32);
        }
    }
    bits.finish()
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    /// A difference of the block's mean from the last one's, and "no detail".
    fn difference(&mut self, value: i32) {
        let size = 32 - value.unsigned_abs().leading_zeros();
        let (code, length) = CODES[size as usize];
        self.push(code, length);
        let bits = if value < 0 { (value - 1) as u32 & ((1 << size) - 1) } else { value as u32 };
        self.push(bits, size);
        self.push(0, 1);
    }

    fn push(&mut self, bits: u32, length: u32) {
        for at in (0..length).rev() {
            self.held = self.held << 1 | (bits >> at & 1);
            self.count += 1;
            if self.count == 8 {
                self.byte();
            }
        }
    }

    fn byte(&mut self) {
        self.bytes.push(self.held as u8);
        // A literal 0xff must not look like a marker.
        if self.held == 0xff {
            self.bytes.push(0);
        }
        (self.held, self.count) = (0, 0);
    }

    fn finish(mut self) -> Vec<u8> {
        while self.count != 0 {
            self.push(1, 1);
        }
        self.bytes
    }
}
