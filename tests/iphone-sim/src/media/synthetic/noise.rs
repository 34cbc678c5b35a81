//! Bytes that look random and can be computed at any place of a file.

/// The word at a place of a file (splitmix64 of both).
pub(crate) fn word(seed: u64, place: u64) -> u64 {
    let mut mixed =
        (seed + 1).wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(place).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Fills a buffer with the bytes from an offset on.
pub(super) fn fill(seed: u64, offset: u64, buffer: &mut [u8]) {
    const WORD: usize = size_of::<u64>();
    let skip = (offset % WORD as u64) as usize;
    let mut place = offset / WORD as u64;
    let head = buffer.len().min((WORD - skip) % WORD);
    let (first, rest) = buffer.split_at_mut(head);
    if !first.is_empty() {
        first.copy_from_slice(&word(seed, place).to_le_bytes()[skip..skip + first.len()]);
        place += 1;
    }
    for chunk in rest.chunks_mut(WORD) {
        chunk.copy_from_slice(&word(seed, place).to_le_bytes()[..chunk.len()]);
        place += 1;
    }
}
