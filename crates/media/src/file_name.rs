//! Dates in file names: the last thing to go by when a file says nothing of itself.

use crate::dates;
use domain::{CaptureTime, TimeProvenance};

/// Reads the date that cameras, messengers and screenshot tools put into names: `IMG_20240102_030405.jpg`,
/// `PXL_20240102_030405123.jpg`, `Screenshot 2024-01-02 at 03.04.05.png`, `IMG-20240102-WA0001.jpg` (a day without a time
/// is taken as its noon, which is the same day in every zone nearby). `None` unless the digits can be a date after 1990.
pub(crate) fn date_in(name: &str) -> Option<CaptureTime> {
    let stem = domain::file_stem(name);
    let groups = digit_groups(stem);
    (0..groups.len()).find_map(|start| date_at(&groups[start..])).map(|local| CaptureTime {
        local,
        // Android's camera writes UTC after PXL_, everything else the local time.
        offset_minutes: stem.starts_with("PXL_").then_some(0),
        provenance: TimeProvenance::FileName,
    })
}

/// Splits into runs of digits; longer than any date's are kept, so that a number is never cut into a date.
fn digit_groups(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect()
}

fn date_at(groups: &[&str]) -> Option<jiff::civil::DateTime> {
    let lengths: Vec<usize> = groups.iter().take(6).map(|g| g.len()).collect();
    let (day, used) = match lengths.as_slice() {
        [8 | 14, ..] => (groups[0].get(..8)?.to_owned(), 1),
        [4, 2, 2, ..] => (groups[..3].concat(), 3),
        _ => return None,
    };
    let time = match (lengths[0], lengths.get(used..)?) {
        (14, _) => groups[0].get(8..)?.to_owned(),
        // Milliseconds follow without a separator in some.
        (_, [6 | 9, ..]) => groups[used].get(..6)?.to_owned(),
        (_, [2, 2, 2, ..]) => groups[used..used + 3].concat(),
        _ => "120000".to_owned(),
    };
    let number = |text: &str, from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let year = number(&day, 0, 4)?;
    let parts = [
        year,
        number(&day, 4, 6)?,
        number(&day, 6, 8)?,
        number(&time, 0, 2)?,
        number(&time, 2, 4)?,
        number(&time, 4, 6)?,
    ];
    (1990..2100).contains(&year).then(|| dates::local(parts)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_carry_a_date() {
        for (name, want) in [
            ("IMG_20240102_030405.jpg", "2024-01-02T03:04:05"),
            ("PXL_20240102_030405123.MP.jpg", "2024-01-02T03:04:05+00:00"),
            ("Screenshot 2024-01-02 at 03.04.05.png", "2024-01-02T03:04:05"),
            ("Screenshot_20240102-030405.png", "2024-01-02T03:04:05"),
            ("IMG-20240102-WA0001.jpg", "2024-01-02T12:00:00"),
            ("20240102030405.jpg", "2024-01-02T03:04:05"),
            ("WhatsApp Image 2024-01-02 at 03.04.05 (1).jpeg", "2024-01-02T03:04:05"),
            ("VID_20240102_030405_001.mp4", "2024-01-02T03:04:05"),
        ] {
            assert_eq!(date_in(name).map(|t| t.to_rfc3339()).as_deref(), Some(want), "{name}");
        }
    }

    #[test]
    fn numbers_that_are_no_dates() {
        for name in [
            "IMG_1234.HEIC",
            "DSC_20241302.jpg",
            "19240102_030405.jpg",
            "12345678.jpg",
            "1704164645123.jpg",
            "1A2B2024-01.jpg",
            "",
            "20240102_250000.jpg",
            "IMG_E1853.heic",
            "98765432109876543210.mov",
        ] {
            assert_eq!(date_in(name), None, "{name}");
        }
    }
}
