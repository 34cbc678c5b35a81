//! Core Data's clock: seconds since the beginning of 2001 in UTC.

/// From 1970 to 2001, in seconds.
const EPOCH: f64 = 978_307_200.0;
/// From 1970 back to 1900 and on to 2100, in seconds. Real libraries hold dates of the year 3.9 million.
const SENSIBLE: std::ops::Range<f64> = -2_208_988_800.0..4_102_444_800.0;

/// Returns nanoseconds since 1970 UTC, `None` outside 1900 to 2100.
pub(super) fn nanoseconds(core_data: Option<f64>) -> Option<i64> {
    let seconds = core_data? + EPOCH;
    SENSIBLE.contains(&seconds).then(|| (seconds * 1e6).round() as i64 * 1000)
}

/// Returns seconds east of UTC, `None` where no clock stands.
pub(super) fn offset(seconds: Option<i64>) -> Option<i32> {
    seconds.filter(|s| s.unsigned_abs() <= 18 * 3600).and_then(|s| i32::try_from(s).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absurd_dates_are_unknown() {
        assert_eq!(nanoseconds(Some(0.0)), Some(978_307_200_000_000_000));
        assert_eq!(nanoseconds(Some(736_257_600.5)), Some(1_714_564_800_500_000_000));
        for absurd in [123_456_789_012_345.0, -4e9, f64::MAX, f64::NAN, f64::INFINITY] {
            assert_eq!(nanoseconds(Some(absurd)), None, "{absurd}");
        }
        assert_eq!(nanoseconds(None), None);
    }

    #[test]
    fn absurd_offsets_are_unknown() {
        assert_eq!(offset(Some(-18_000)), Some(-18_000));
        assert_eq!(offset(Some(i64::MIN)), None);
        assert_eq!(offset(Some(90_000)), None);
    }
}
