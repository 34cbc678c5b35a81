//! Dates as cameras and editors write them, read leniently and believed only when they can be true.

use domain::{CaptureTime, TimeProvenance};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

/// Reads a date and time with any of the usual separators, an optional fraction and an optional offset:
/// `2024:03:02 10:50:27`, `2024-03-02T10:50:27.5+0100`, `2024:02:04 10:06:00.930GMT-08:00`. Dates before 1970 are
/// clocks that were never set.
pub(crate) fn parse(text: &str, provenance: TimeProvenance) -> Option<CaptureTime> {
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    let mut rest = text;
    let year = digits(&mut rest, 4)?;
    let month = after(&mut rest, &[':', '-', '/', '.'], 2)?;
    let day = after(&mut rest, &[':', '-', '/', '.'], 2)?;
    let hour = after(&mut rest, &[' ', 'T', 't'], 2)?;
    let minute = after(&mut rest, &[':', '.'], 2)?;
    let second = after(&mut rest, &[':', '.'], 2).unwrap_or(0);
    let local = local([year, month, day, hour, minute, second])?;
    Some(CaptureTime { local, offset_minutes: offset(skip_fraction(rest)), provenance })
}

/// Makes a local time of year, month, day, hour, minute, second if it can be true. A leap second becomes the 59th.
pub(crate) fn local(parts: [i16; 6]) -> Option<DateTime> {
    let [year, month, day, hour, minute, second] = parts;
    let small = |value: i16| i8::try_from(value).ok();
    let date = Date::new(year, small(month)?, small(day)?).ok()?;
    let time = Time::new(small(hour)?, small(minute)?, small(second.min(59))?, 0).ok()?;
    let plausible = (1970..=2199).contains(&year) && (0..=60).contains(&second);
    plausible.then(|| date.to_datetime(time))
}

/// Reads an offset from UTC such as `+01:00`, `-0700`, `+8`, `Z` or `GMT-08:00`; `None` if there is none.
pub(crate) fn offset(text: &str) -> Option<i16> {
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    let text = text.strip_prefix("GMT").or_else(|| text.strip_prefix("UTC")).unwrap_or(text);
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, text.get(1..)?),
        b'-' => (-1, text.get(1..)?),
        _ => return None,
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None if rest.len() == 4 => rest.split_at_checked(2)?,
        None => (rest, "0"),
    };
    let number = |part: &str| {
        let fine = part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
        fine.then(|| part.parse::<i16>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// Reads seconds since 1904 in UTC, as movie headers count them. Zero, and all before 1970, is a clock never set.
pub(crate) fn from_1904(seconds: u64) -> Option<CaptureTime> {
    const TO_1970: u64 = 2_082_844_800;
    let unix = i64::try_from(seconds.checked_sub(TO_1970)?).ok()?;
    let local = Timestamp::from_second(unix).ok()?.to_zoned(jiff::tz::TimeZone::UTC).datetime();
    let plausible = unix > 0 && local.year() < 2200;
    plausible.then_some(CaptureTime { local, offset_minutes: Some(0), provenance: TimeProvenance::QuickTime })
}

/// Takes exactly `count` digits.
fn digits(rest: &mut &str, count: usize) -> Option<i16> {
    let (taken, left) = rest.split_at_checked(count)?;
    // Some cameras pad with spaces instead of zeros.
    let number = taken.trim_start();
    let fine = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    *rest = if fine { left } else { return None };
    number.parse().ok()
}

/// Takes one of the separators and then the digits.
fn after(rest: &mut &str, separators: &[char], count: usize) -> Option<i16> {
    let mut left = rest.strip_prefix(separators)?;
    let number = digits(&mut left, count)?;
    *rest = left;
    Some(number)
}

fn skip_fraction(text: &str) -> &str {
    text.strip_prefix(['.', ',']).map_or(text, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<String> {
        parse(text, TimeProvenance::Exif).map(|t| t.to_rfc3339())
    }

    #[test]
    fn the_spellings_of_cameras_and_editors() {
        for (text, want) in [
            ("2024:03:02 10:50:27", "2024-03-02T10:50:27"),
            ("2024:03:02 10:50:27\0", "2024-03-02T10:50:27"),
            ("2024-03-02T10:50:27+0100", "2024-03-02T10:50:27+01:00"),
            ("2024-03-02T10:50:27.211-05:30", "2024-03-02T10:50:27-05:30"),
            ("2024:02:04 10:06:00.930GMT-08:00", "2024-02-04T10:06:00-08:00"),
            ("2024-02-04T10:06:00PST", "2024-02-04T10:06:00"),
            ("2024-02-04T10:06", "2024-02-04T10:06:00"),
            ("2024-02-04T10:06:00Z", "2024-02-04T10:06:00+00:00"),
            ("2016:12:31 23:59:60", "2016-12-31T23:59:59"),
            ("2024:03: 2  9:50:27", "2024-03-02T09:50:27"),
        ] {
            assert_eq!(read(text).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn clocks_that_were_never_set_and_nonsense_are_no_dates() {
        for text in [
            "",
            "0000:00:00 00:00:00",
            "    :  :     :  :  ",
            "1904:01:01 00:00:00",
            "2024:13:01 00:00:00",
            "2024:02:30 00:00:00",
            "2024:02:03 24:00:00",
            "2024:02:03",
            "20240203 101010",
            "２０２４:03:02 10:50:27",
            "2024:03:02 10:50:99",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        for seconds in [0, 1, 2_082_844_800, u64::from(u32::MAX) * 4096, u64::MAX] {
            assert_eq!(from_1904(seconds), None, "{seconds}");
        }
        assert_eq!(from_1904(3_792_484_800).map(|t| t.to_rfc3339()).as_deref(), Some("2024-03-05T12:00:00+00:00"));
    }

    #[test]
    fn offsets() {
        for (text, want) in [
            ("+01:00", Some(60)),
            ("-0930", Some(-570)),
            ("+8", Some(480)),
            ("Z", Some(0)),
            ("   :  ", None),
            ("+99:00", None),
            ("+-1:00", None),
            ("+9999:00", None),
            ("+01:999", None),
        ] {
            assert_eq!(offset(text), want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}|[0-9: T.+Z-]{0,40}") {
            let _ = parse(&text, TimeProvenance::Exif);
            let _ = offset(&text);
        }
    }
}
