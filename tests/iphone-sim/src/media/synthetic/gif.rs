//! A GIF of two frames of one pixel each, different for every number.

use super::noise;

pub(super) fn picture(number: u64) -> Vec<u8> {
    const SIZE_AND_TWO_COLOURS: &[u8] = &[1, 0, 1, 0, 0x80, 0, 0];
    const EVERY_SECOND: &[u8] = &[0x21, 0xf9, 4, 0, 100, 0, 0, 0];
    const WHOLE_PICTURE: &[u8] = &[0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0];
    const FIRST_COLOUR: &[u8] = &[2, 2, 0x44, 0x01, 0];
    const SECOND_COLOUR: &[u8] = &[2, 2, 0x4c, 0x01, 0];
    let colours = &noise::word(number, 3).to_le_bytes()[..6];
    let frame = |colour| [EVERY_SECOND, WHOLE_PICTURE, colour].concat();
    [b"GIF89a", SIZE_AND_TWO_COLOURS, colours, &frame(FIRST_COLOUR), &frame(SECOND_COLOUR), b";"].concat()
}
