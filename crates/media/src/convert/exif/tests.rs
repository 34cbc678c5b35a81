use super::*;
use proptest::prelude::*;

const SIZE: (u32, u32) = (3024, 4032);
const LENS: &[u8] = b"a lens with a name\0";

fn value(tag: u16, kind: u16, bytes: &[u8]) -> Value<'static> {
    let width = if kind == 3 { 2 } else { 1 };
    Value { tag, kind, count: (bytes.len() / width) as u32, bytes: bytes.to_vec().into() }
}

/// A block that says that the picture is to be turned, with a maker's note, a long comment and a small picture of so many
/// bytes behind it.
fn block(order: ByteOrder, note: usize, comment: usize, small: usize) -> Vec<u8> {
    let short = |number: u16| match order {
        ByteOrder::Little => number.to_le_bytes(),
        ByteOrder::Big => number.to_be_bytes(),
    };
    let all = Directories {
        first: vec![value(tag::ORIENTATION, 3, &short(6)), value(0x010F, 2, b"Apple\0")],
        exif: Some(vec![
            value(tag::MAKER_NOTE, 7, &vec![7; note]),
            value(0x9286, 7, &vec![8; comment]),
            value(tag::EXIF_WIDTH, 3, &short(4032)),
            value(tag::EXIF_HEIGHT, 3, &short(3024)),
            value(0xA434, 2, LENS),
        ]),
        gps: Some(vec![value(1, 2, b"N\0")]),
        interop: Some(vec![value(1, 2, b"R98\0")]),
    };
    let mut block = Block { bytes: all.written(order).unwrap(), order };
    let first = block.number(4, 4).unwrap() as usize;
    let entries = block.entries(first).unwrap();
    let behind = block.append(&[value(0x0103, 3, &short(6)), value(0x1234, 7, &vec![9; small])], &[]);
    block.put(first + 2 + entries.len() * 12, 4, behind as u32);
    block.bytes
}

/// What a block says: numbers of tags and the first bytes of their values, small picture apart.
fn said(bytes: &[u8]) -> Vec<(u16, Vec<u8>)> {
    let block = Block { bytes: bytes.to_vec(), order: ByteOrder::of(bytes).unwrap() };
    let first = block.entries(block.number(4, 4).unwrap() as usize).unwrap();
    let exif = block.below(&first, tag::EXIF_IFD).unwrap();
    let others = [block.below(&first, tag::GPS_IFD), block.below(&exif, tag::INTEROP_IFD)];
    let all = [first.clone(), exif].into_iter().chain(others.into_iter().flatten()).flatten();
    all.map(|entry| (entry.tag, block.value(&entry).unwrap().to_vec())).collect()
}

fn number(said: &[(u16, Vec<u8>)], tag: u16, order: ByteOrder) -> u32 {
    order.join(&said.iter().find(|(found, _)| *found == tag).unwrap().1)
}

#[test]
fn turn_and_size_are_those_of_the_picture_and_the_rest_stays() {
    for order in [ByteOrder::Little, ByteOrder::Big] {
        let original = block(order, 1000, 10, 500);
        let carried = carried(&[b"Exif\0\0".as_slice(), &original].concat(), SIZE).unwrap();
        assert_eq!((carried.lost, carried.block.len()), (None, original.len()));
        let (before, after) = (said(&original), said(&carried.block));
        let sizes = [tag::ORIENTATION, tag::EXIF_WIDTH, tag::EXIF_HEIGHT];
        assert_eq!(sizes.map(|tag| number(&after, tag, order)), [1, 3024, 4032]);
        let rest =
            |said: Vec<(u16, Vec<u8>)>| said.into_iter().filter(|(tag, _)| !sizes.contains(tag)).collect::<Vec<_>>();
        assert_eq!(rest(after), rest(before));
        // The small picture is not found any more.
        let carried = Block { bytes: carried.block, order };
        let first = carried.number(4, 4).unwrap() as usize;
        let count = carried.number(first, 2).unwrap() as usize;
        assert_eq!(carried.number(first + 2 + count * 12, 4), Some(0));
    }
}

#[test]
fn what_does_not_fit_is_the_small_picture_then_the_makers_note_then_the_longest_value() {
    for order in [ByteOrder::Little, ByteOrder::Big] {
        let tags = |bytes: &[u8]| said(bytes).into_iter().map(|(tag, _)| tag).collect::<Vec<_>>();
        let all = tags(&block(order, 1, 1, 1));
        let small = carried(&block(order, 30_000, 10, 60_000), SIZE).unwrap();
        assert_eq!((small.lost, tags(&small.block)), (None, all.clone()));
        let note = carried(&block(order, 70_000, 10, 500), SIZE).unwrap();
        let without = |gone: &[u16]| all.iter().copied().filter(|tag| !gone.contains(tag)).collect::<Vec<_>>();
        assert!(note.lost.unwrap().contains("maker"));
        assert_eq!(tags(&note.block), without(&[tag::MAKER_NOTE]));
        let comment = carried(&block(order, 70_000, 70_000, 500), SIZE).unwrap();
        assert!(comment.lost.unwrap().contains("EXIF values"));
        assert_eq!(tags(&comment.block), without(&[tag::MAKER_NOTE, 0x9286]));
        for carried in [small, note, comment] {
            assert!(carried.block.len() <= LONGEST);
            let said = said(&carried.block);
            assert_eq!(number(&said, tag::ORIENTATION, order), 1);
            assert!(said.contains(&(0xA434, LENS.to_vec())));
        }
    }
}

#[test]
fn nonsense_is_bounded() {
    assert_eq!(carried(b"", SIZE), None);
    assert_eq!(carried(b"Exif\0", SIZE), None);
    assert_eq!(carried(&[b"MM\0*".as_slice(), &[255; 4]].concat(), SIZE), None);
    // A directory that points to itself, and one that claims as many entries as there can be.
    let looping =
        [b"MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x08\0\0\0\x08".as_slice(), &[0; 70_000]].concat();
    assert!(carried(&looping, SIZE).is_none_or(|carried| carried.block.len() <= LONGEST));
    let many = [b"MM\0*\0\0\0\x08\xFF\xFF".as_slice(), &[1; 100_000]].concat();
    assert_eq!(carried(&many, SIZE), None);
    let original = block(ByteOrder::Big, 70_000, 10, 500);
    for cut in (0..original.len()).step_by(997) {
        assert!(carried(&original[..cut], SIZE).is_none_or(|carried| carried.block.len() <= LONGEST));
    }
}

#[test]
fn a_block_whose_entries_all_claim_the_same_mebibytes_costs_none_of_them_twice() {
    let entries: Vec<u8> = (0..1024_u16)
        .flat_map(|number| [&[0x90 | (number >> 8) as u8, number as u8][..], b"\0\x07\0\x40\0\0\0\0\0\x08"].concat())
        .collect();
    let hostile = [b"MM\0*\0\0\0\x08\x04\0".as_slice(), &entries, &[0; 8 << 20]].concat();
    // Copied, these values would take 4 GiB, and as much again for each that is left out.
    let carried = carried(&hostile, SIZE).unwrap();
    assert!(carried.block.len() <= LONGEST && carried.lost.is_some());
}

proptest! {
    #[test]
    fn blocks_with_wrong_bytes_become_blocks_that_fit(
        big in any::<bool>(),
        note in prop_oneof![0..200_usize, 60_000..70_000_usize],
        comment in prop_oneof![0..200_usize, 60_000..70_000_usize],
        wrong in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..40),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
    ) {
        let mut bytes = block(if big { ByteOrder::Big } else { ByteOrder::Little }, note, comment, 100);
        // Numbers that lead somewhere are where the directories are, not in the long values.
        let values: Vec<usize> = (0..bytes.len()).filter(|at| !matches!(bytes[*at], 7..=9)).collect();
        for (at, byte) in &wrong {
            bytes[*at.get(&values)] = *byte;
        }
        let end = if whole { bytes.len() } else { cut.index(bytes.len()) };
        if let Some(carried) = carried(&bytes[..end], SIZE) {
            prop_assert!(carried.block.len() <= LONGEST);
            prop_assert!(ByteOrder::of(&carried.block).is_some());
            // Nothing is left out of what fits, and it stays as long as it was.
            prop_assert!(end > LONGEST || (carried.lost.is_none() && carried.block.len() == end));
        }
    }
}
