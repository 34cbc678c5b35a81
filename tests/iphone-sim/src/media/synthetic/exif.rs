//! The smallest EXIF block that says which phone took a picture, and when.

const BYTE: u16 = 1;
const ASCII: u16 = 2;
const LONG: u16 = 4;

/// An APP1 segment. The time is in seconds since 1970 and the phone's clock is on UTC.
pub(super) fn segment(taken: u64) -> Vec<u8> {
    let tiff = tiff(taken, &[]);
    let length = (2 + 6 + tiff.len()) as u16;
    [b"\xff\xe1".as_slice(), &length.to_be_bytes(), b"Exif\0\0", &tiff].concat()
}

/// The beginning of a DNG, version 1.4, without a picture.
pub(super) fn raw(taken: u64) -> Vec<u8> {
    tiff(taken, &[entry(0xC612, BYTE, 4, u32::from_le_bytes([1, 4, 0, 0]))])
}

/// A TIFF block, with more entries for its first directory.
fn tiff(taken: u64, more: &[Vec<u8>]) -> Vec<u8> {
    let (make, model) = (b"Apple\0".as_slice(), b"Simulated iPhone\0".as_slice());
    let entries = 3 + more.len();
    // 8 bytes of header, then a count, entries of 12 bytes, and the link to the next directory.
    let exif_at = 8 + 2 + entries * 12 + 4;
    let texts_at = exif_at + 2 + 2 * 12 + 4;
    let (date, offset) = (date(taken), b"+00:00\0".as_slice());
    let texts = [make, model, date.as_slice(), offset];
    let at = |index: usize| (texts_at + texts[..index].iter().map(|text| text.len()).sum::<usize>()) as u32;
    let text = |tag: u16, index: usize| entry(tag, ASCII, texts[index].len() as u32, at(index));
    [
        b"II*\0\x08\0\0\0".as_slice(),
        &(entries as u16).to_le_bytes(),
        &text(0x010F, 0),
        &text(0x0110, 1),
        &entry(0x8769, LONG, 1, exif_at as u32),
        &more.concat(),
        &[0; 4],
        &2_u16.to_le_bytes(),
        &text(0x9003, 2),
        &text(0x9011, 3),
        &[0; 4],
        &texts.concat(),
    ]
    .concat()
}

fn entry(tag: u16, kind: u16, count: u32, value: u32) -> Vec<u8> {
    [tag.to_le_bytes().as_slice(), &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
}

/// `YYYY:MM:DD hh:mm:ss` and a NUL.
fn date(second: u64) -> Vec<u8> {
    let (year, month, day) = civil(second / 86_400);
    let (hour, minute) = (second / 3600 % 24, second / 60 % 60);
    format!("{year:04}:{month:02}:{day:02} {hour:02}:{minute:02}:{:02}\0", second % 60).into_bytes()
}

/// The date of a day counted from 1970-01-01.
fn civil(mut day: u64) -> (u64, u64, u64) {
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut year = 1970;
    while day >= 365 + u64::from(leap(year)) {
        day -= 365 + u64::from(leap(year));
        year += 1;
    }
    let months = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while day >= months[month] {
        day -= months[month];
        month += 1;
    }
    (year, month as u64 + 1, day + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(date(1_420_070_400), b"2015:01:01 00:00:00\0");
        assert_eq!(date(1_709_251_199), b"2024:02:29 23:59:59\0");
        assert_eq!(date(1_735_689_599), b"2024:12:31 23:59:59\0");
    }
}
