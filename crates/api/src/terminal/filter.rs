//! Which of the assets of a source are meant: by the day they were taken, their kind, or being a favourite.

use crate::dto::{ErrorCode, ErrorDto};
use domain::{Asset, AssetKind};
use jiff::civil::Date;

/// What an asset must be. Empty, it lets every asset through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The first day, by the local date where it was taken.
    pub since: Option<Day>,
    /// The last day, which counts in.
    pub until: Option<Day>,
    /// The kinds; all when there is none.
    pub kinds: Vec<AssetKind>,
    /// Whether it must be a favourite on the phone.
    pub favourites: Favourites,
}

/// Whether only favourites are meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Favourites {
    /// Others, too.
    #[default]
    AndOthers,
    /// Nothing else.
    Only,
}

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

impl std::str::FromStr for Day {
    type Err = ErrorDto;

    /// Reads `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, ErrorDto> {
        let is_plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let day = is_plain.then(|| text.parse().ok()).flatten();
        day.map(Self).ok_or_else(|| ErrorDto::new(ErrorCode::BadRequest, "a day is written YYYY-MM-DD"))
    }
}

impl Filter {
    /// Tells whether it lets every asset through.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Tells whether an asset is meant. Its day is the local one where it was taken, as its folder in a library is named.
    pub(super) fn lets_through(&self, asset: &Asset) -> bool {
        let in_time = (self.since.is_none() && self.until.is_none())
            || asset.taken.day().parse().is_ok_and(|day: Day| {
                self.since.is_none_or(|since| since <= day) && self.until.is_none_or(|until| day <= until)
            });
        let of_kind = self.kinds.is_empty() || self.kinds.contains(&asset.kind);
        in_time && of_kind && (self.favourites == Favourites::AndOthers || asset.details.favorite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_in_one_way_only() {
        assert!("2024-02-29".parse::<Day>().is_ok());
        for odd in ["2023-02-29", "2024-2-9", "20240229", "29.02.2024", "", "2024-02-29T10:00", "-2024-01-1"] {
            assert!(odd.parse::<Day>().is_err(), "{odd}");
        }
        assert!("2024-02-29".parse::<Day>().unwrap() < "2024-03-01".parse().unwrap());
    }
}
