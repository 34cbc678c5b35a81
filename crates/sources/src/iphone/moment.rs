//! Where the clock stood when a photo was taken.

use iphone::photos_db::PhotosAsset;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The farthest that clocks stand from UTC, in minutes.
const FARTHEST: i64 = 14 * 60;

/// Returns minutes east of UTC: what the library says, else what lies between the instant and the local time of the file.
pub(super) fn offset_minutes(asset: &PhotosAsset) -> Option<i16> {
    let told = asset.zone_offset.map(|seconds| i64::from(seconds) / 60);
    let minutes = told.or_else(|| {
        let local = seconds_of(asset.exif_time.as_deref()?)?;
        let apart = local - asset.created_ns?.div_euclid(1_000_000_000);
        // Zones are whole quarters of an hour apart; what is not was typed in.
        let quarters = (apart + 450).div_euclid(900);
        ((apart - quarters * 900).abs() <= 60).then_some(quarters * 15)
    })?;
    i16::try_from(minutes).ok().filter(|minutes| i64::from(*minutes).abs() <= FARTHEST)
}

/// Reads `YYYY:MM:DD hh:mm:ss` as seconds since 1970, as if it were UTC.
fn seconds_of(text: &str) -> Option<i64> {
    let local = DateTime::strptime("%Y:%m:%d %H:%M:%S", text).ok()?;
    Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(exif: &str, zone: Option<i32>) -> Option<i16> {
        let mut asset = PhotosAsset::default();
        asset.created_ns = Some(1_714_564_800_000_000_000); // 2024-05-01 12:00:00 UTC
        asset.exif_time = Some(exif.to_owned());
        asset.zone_offset = zone;
        offset_minutes(&asset)
    }

    #[test]
    fn the_offset_follows_from_the_local_time() {
        assert_eq!(taken("2024:05:01 14:00:00", None), Some(120));
        assert_eq!(taken("2024:05:01 17:30:00", None), Some(330));
        assert_eq!(taken("2024:05:01 02:00:01", None), Some(-600));
        assert_eq!(taken("2024:05:01 14:00:00", Some(-18_000)), Some(-300));
        for odd in ["2024:05:01 14:07:00", "2024:05:03 14:00:00", "nonsense", "", "2024:13:01 14:00:00"] {
            assert_eq!(taken(odd, None), None, "{odd}");
        }
    }
}
