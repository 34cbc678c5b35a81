//! The beginning of a QuickTime movie: type, a movie header with its creation time, and media data without end.

/// Bytes before the media data.
pub(super) const HEAD: u64 = 20 + 8 + 108 + 16;
/// QuickTime counts seconds from 1904.
const FROM_1904_TO_1970: u64 = 2_082_844_800;

/// The head of a movie of `size` bytes, taken at a second since 1970 (UTC).
pub(super) fn head(taken: u64, size: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD as usize);
    bytes.extend_from_slice(b"\0\0\0\x14ftypqt  \0\0\0\0qt  ");
    bytes.extend_from_slice(b"\0\0\0\x74moov\0\0\0\x6cmvhd\0\0\0\0");
    let time = u32::try_from(taken + FROM_1904_TO_1970).unwrap_or(u32::MAX);
    const RATE: u32 = 0x0001_0000;
    const VOLUME: u32 = 0x0100_0000;
    const TIMESCALE: u32 = 600;
    for word in [time, time, TIMESCALE, 10 * TIMESCALE, RATE, VOLUME, 0, 0] {
        bytes.extend_from_slice(&word.to_be_bytes());
    }
    for word in [RATE, 0, 0, 0, RATE, 0, 0, 0, 0x4000_0000, 0, 0, 0, 0, 0, 0, 1] {
        bytes.extend_from_slice(&word.to_be_bytes());
    }
    bytes.extend_from_slice(b"\0\0\0\x01mdat");
    bytes.extend_from_slice(&(size - HEAD + 16).to_be_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boxes_fill_the_file() {
        let head = head(1_500_000_000, 10_000);
        assert_eq!(head.len() as u64, HEAD);
        let size = |at: usize| u32::from_be_bytes(head[at..at + 4].try_into().unwrap()) as usize;
        assert_eq!((size(0), size(20), size(28)), (20, 116, 108));
        assert_eq!(&head[140..144], b"mdat");
        assert_eq!(136 + u64::from_be_bytes(head[144..152].try_into().unwrap()), 10_000);
    }
}
