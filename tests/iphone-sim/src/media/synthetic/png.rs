//! A small PNG of one colour, different for every number.

use super::noise;

const SIDE: u32 = 16;

pub(super) fn picture(number: u64) -> Vec<u8> {
    let [red, green, blue, ..] = noise::word(number, 2).to_le_bytes();
    // Each row begins with its filter: none.
    let row = [vec![0], [red, green, blue].repeat(SIDE as usize)].concat();
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    const DEPTH_COLOUR_AND_NO_TRICKS: [u8; 5] = [8, 2, 0, 0, 0];
    chunk(&mut bytes, b"IHDR", &[&SIDE.to_be_bytes()[..], &SIDE.to_be_bytes(), &DEPTH_COLOUR_AND_NO_TRICKS].concat());
    chunk(&mut bytes, b"IDAT", &stored(&row.repeat(SIDE as usize)));
    chunk(&mut bytes, b"IEND", &[]);
    bytes
}

fn chunk(bytes: &mut Vec<u8>, kind: &[u8; 4], body: &[u8]) {
    bytes.extend_from_slice(&(body.len() as u32).to_be_bytes());
    let summed = [kind.as_slice(), body].concat();
    bytes.extend_from_slice(&summed);
    bytes.extend_from_slice(&crc(&summed).to_be_bytes());
}

/// A zlib stream of one block that is not compressed.
fn stored(data: &[u8]) -> Vec<u8> {
    let length = data.len() as u16;
    let mut bytes = vec![0x78, 0x01, 1];
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&(!length).to_le_bytes());
    bytes.extend_from_slice(data);
    let add = |(a, b): (u32, u32), byte: &u8| ((a + u32::from(*byte)) % 65_521, (b + a + u32::from(*byte)) % 65_521);
    let (a, b) = data.iter().fold((1, 0), add);
    bytes.extend_from_slice(&(b << 16 | a).to_be_bytes());
    bytes
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = !0_u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_standard() {
        let mut end = Vec::new();
        chunk(&mut end, b"IEND", &[]);
        assert_eq!(end, b"\0\0\0\0IEND\xae\x42\x60\x82");
        assert!(stored(b"Wikipedia").ends_with(&0x11E6_0398_u32.to_be_bytes()));
    }
}
