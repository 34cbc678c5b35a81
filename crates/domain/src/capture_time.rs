//! When a photo was taken, where the clock of that place stood, and how we know.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// Local time of capture, with the offset from UTC where the file tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaptureTime {
    /// The clock on the wall where it was taken; decides the day it is filed under.
    pub local: DateTime,
    /// Minutes east of UTC, if known.
    pub offset_minutes: Option<i16>,
    /// How we know.
    pub provenance: TimeProvenance,
}

/// Where a capture time comes from, most trusted first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeProvenance {
    /// EXIF `DateTimeOriginal`, or its siblings.
    Exif,
    /// QuickTime `creationdate` with its offset, or the movie header in UTC.
    QuickTime,
    /// The phone's Photos database.
    PhotosDatabase,
    /// Digits in the file name.
    FileName,
    /// The clock of the satellites, in UTC: a hint, for the day may be another there.
    Gps,
    /// The file's modification time: the last resort.
    FileTime,
}

impl TimeProvenance {
    const ALL: [Self; 6] =
        [Self::Exif, Self::QuickTime, Self::PhotosDatabase, Self::FileName, Self::Gps, Self::FileTime];

    /// Returns the word used in JSON, manifests and the catalog.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exif => "exif",
            Self::QuickTime => "quicktime",
            Self::PhotosDatabase => "photos_database",
            Self::FileName => "file_name",
            Self::Gps => "gps",
            Self::FileTime => "file_time",
        }
    }

    /// Reads the word back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.as_str() == word)
    }
}

impl CaptureTime {
    /// Makes the capture time of a file that says nothing of it: its modification time, read in the computer's zone.
    pub fn from_file_time(modified_ns: i64, zone: &TimeZone) -> Self {
        let instant = Timestamp::from_nanosecond(modified_ns.into()).unwrap_or(Timestamp::UNIX_EPOCH);
        let zoned = instant.to_zoned(zone.clone());
        Self {
            local: zoned.datetime(),
            offset_minutes: i16::try_from(zoned.offset().seconds() / 60).ok(),
            provenance: TimeProvenance::FileTime,
        }
    }

    /// Makes the capture time that a phone's library knows: an instant, and where the clock stood; without that it is read
    /// in the computer's zone. `None` for an instant beyond all calendars.
    pub fn from_library(taken_ns: i64, offset_minutes: Option<i16>, zone: &TimeZone) -> Option<Self> {
        let instant = Timestamp::from_nanosecond(taken_ns.into()).ok()?;
        let offset = offset_minutes.and_then(|minutes| Offset::from_seconds(i32::from(minutes) * 60).ok());
        let zone = offset.map_or_else(|| zone.clone(), Offset::to_time_zone);
        let zoned = instant.to_zoned(zone);
        Some(Self {
            local: zoned.datetime(),
            offset_minutes: i16::try_from(zoned.offset().seconds() / 60).ok(),
            provenance: TimeProvenance::PhotosDatabase,
        })
    }

    /// Returns the instant in nanoseconds since 1970 UTC. Without an offset the local time is read in `zone`.
    pub fn instant_ns(&self, zone: &TimeZone) -> i64 {
        let zoned: Option<Zoned> = match self.offset_minutes {
            Some(minutes) => Offset::from_seconds(i32::from(minutes) * 60)
                .ok()
                .and_then(|offset| self.local.to_zoned(offset.to_time_zone()).ok()),
            None => self.local.to_zoned(zone.clone()).ok(),
        };
        zoned.and_then(|z| i64::try_from(z.timestamp().as_nanosecond()).ok()).unwrap_or(0)
    }

    /// Returns the local day as `YYYY-MM-DD`.
    pub fn day(&self) -> String {
        self.local.date().to_string()
    }

    /// Returns RFC 3339 with the offset where it is known, and the bare local time (`YYYY-MM-DDThh:mm:ss`) where not.
    pub fn to_rfc3339(&self) -> String {
        let local = self.local.strftime("%Y-%m-%dT%H:%M:%S");
        match self.offset_minutes {
            None => local.to_string(),
            Some(minutes) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                let minutes = minutes.unsigned_abs();
                format!("{local}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }

    /// Reads what [`CaptureTime::to_rfc3339`] writes.
    pub fn parse_rfc3339(text: &str, provenance: TimeProvenance) -> Option<Self> {
        let local: DateTime = text.get(..19)?.parse().ok()?;
        let offset_minutes = match text.get(19..)? {
            "" => None,
            "Z" => Some(0),
            offset => Some(parse_offset(offset)?),
        };
        Some(Self { local, offset_minutes, provenance })
    }
}

fn parse_offset(text: &str) -> Option<i16> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes): (i16, i16) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn at(offset_minutes: Option<i16>) -> CaptureTime {
        let local = date(2024, 3, 2).at(23, 30, 5, 0);
        CaptureTime { local, offset_minutes, provenance: TimeProvenance::Exif }
    }

    #[test]
    fn the_day_is_the_local_one_and_the_instant_is_not() {
        let taken = at(Some(-480));
        assert_eq!(taken.day(), "2024-03-02");
        assert_eq!(taken.to_rfc3339(), "2024-03-02T23:30:05-08:00");
        assert_eq!(taken.instant_ns(&TimeZone::UTC), 1_709_451_005_000_000_000);
    }

    #[test]
    fn without_an_offset_the_computers_zone_is_used() {
        let zone = TimeZone::fixed(Offset::from_seconds(3600).unwrap());
        assert_eq!(at(None).to_rfc3339(), "2024-03-02T23:30:05");
        assert_eq!(at(None).instant_ns(&zone), 1_709_418_605_000_000_000);
    }

    #[test]
    fn text_form_round_trips() {
        for offset in [None, Some(0), Some(345), Some(-570), Some(840)] {
            let taken = at(offset);
            assert_eq!(CaptureTime::parse_rfc3339(&taken.to_rfc3339(), TimeProvenance::Exif), Some(taken));
        }
        for bad in ["", "2024-03-02", "2024-13-02T00:00:00", "2024-03-02T23:30:05+1", "2024-03-02T23:30:05+99:00"] {
            assert_eq!(CaptureTime::parse_rfc3339(bad, TimeProvenance::Exif), None, "{bad}");
        }
    }

    #[test]
    fn a_senseless_file_time_does_not_panic() {
        for ns in [i64::MIN, -1, 0, i64::MAX] {
            let taken = CaptureTime::from_file_time(ns, &TimeZone::UTC);
            assert_eq!(taken.provenance, TimeProvenance::FileTime);
        }
    }
}
