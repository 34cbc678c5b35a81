//! The version of the data model, from the binary property list in `Z_METADATA`. It goes into reports; nothing depends
//! on it.

use super::database::Database;
use super::schema::Schema;

const KEY: &[u8] = b"PLModelVersion";

/// Returns what the database claims, such as 18600 for iOS 18.6.
pub(super) fn version(database: &Database, schema: &Schema) -> Option<i64> {
    let mut found = None;
    let read = |cells: &mut super::cells::Cells<'_, '_>| cells.blob(&["Z_PLIST"]);
    database.each(schema, "Z_METADATA", read, |plist| found = found.or(plist.and_then(|p| number(&p)))).ok()?;
    found
}

/// Finds the number behind the key in the top dictionary of a binary property list. Nothing else of it is read.
fn number(plist: &[u8]) -> Option<i64> {
    if !plist.starts_with(b"bplist0") {
        return None;
    }
    let trailer = plist.get(plist.len().checked_sub(32)?..)?;
    let (offset_bytes, reference_bytes) = (usize::from(trailer[6]), usize::from(trailer[7]));
    let top = usize::try_from(big_endian(&trailer[16..24])?).ok()?;
    let table = usize::try_from(big_endian(&trailer[24..32])?).ok()?;
    let object = |index: usize| {
        let at = table.checked_add(index.checked_mul(offset_bytes)?)?;
        plist.get(usize::try_from(big_endian(plist.get(at..at.checked_add(offset_bytes)?)?)?).ok()?..)
    };
    let (count, body) = counted(object(top)?, 0xd0)?;
    let reference = |index: usize| {
        let at = index.checked_mul(reference_bytes)?;
        usize::try_from(big_endian(body.get(at..at.checked_add(reference_bytes)?)?)?).ok()
    };
    let is_key = |index: &usize| {
        let text = reference(*index).and_then(object).and_then(|o| counted(o, 0x50));
        text.is_some_and(|(length, text)| text.get(..length) == Some(KEY))
    };
    let place = (0..count.min(1000)).find(is_key)?;
    let value = object(reference(count.checked_add(place)?)?)?;
    let length = match value.first()? {
        kind @ 0x10..=0x13 => 1_usize << (kind & 3),
        _ => return None,
    };
    i64::try_from(big_endian(value.get(1..=length)?)?).ok()
}

/// Returns length and content of an object of a kind; lengths from 15 are a number of their own.
fn counted(object: &[u8], kind: u8) -> Option<(usize, &[u8])> {
    let first = *object.first()?;
    if first & 0xf0 != kind {
        return None;
    }
    match usize::from(first & 0x0f) {
        15 => {
            let bytes = 1_usize << (object.get(1)? & 3);
            let length = usize::try_from(big_endian(object.get(2..2 + bytes)?)?).ok()?;
            Some((length, object.get(2 + bytes..)?))
        }
        length => Some((length, object.get(1..)?)),
    }
}

fn big_endian(bytes: &[u8]) -> Option<u64> {
    (1..=8).contains(&bytes.len()).then(|| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senseless_lists_have_no_number() {
        let mut list = b"bplist00".to_vec();
        for length in 0..80 {
            list.resize(8 + length, 0xdf);
            assert_eq!(number(&list), None);
        }
        for byte in [0, 1, 7, 0x10, 0x5f, 0xff] {
            assert_eq!(number(&[b"bplist00".as_slice(), &[byte; 200]].concat()), None);
        }
    }
}
