//! How far an import is: bytes, speed, time left.

use crate::dto::ErrorDto;
use domain::{ImportPlan, Totals};
use importer::ImportNews;
use serde::Serialize;
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use ts_rs::TS;

/// Speed is measured over this time: long enough to be steady, short enough to be true.
const WINDOW: Duration = Duration::from_secs(5);
/// Speed and time left are not told before this much was measured.
const SETTLED: Duration = Duration::from_secs(1);

/// The books of an import, in assets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TotalsDto {
    /// Everything at the source.
    pub seen: u32,
    /// Copied, verified, filed.
    pub imported: u32,
    /// In the library before.
    pub already_imported: u32,
    /// Original not on the phone.
    pub only_in_icloud: u32,
    /// Not chosen.
    pub not_selected: u32,
    /// Not in the library, each with a reason.
    pub failed: u32,
    /// Imported, and put aside since, as the import was undone, wholly or in part, or as a check found it changed.
    pub put_aside: u32,
}

/// Counts what an import tells.
#[derive(Debug, Clone)]
pub struct Progress {
    /// What the phone's owner must do before it goes on.
    pub waiting: Option<ErrorDto>,
    /// Assets to import.
    pub total_assets: u64,
    /// Assets that ended.
    pub done_assets: u64,
    /// Bytes to copy.
    pub total_bytes: u64,
    /// Bytes copied.
    pub done_bytes: u64,
    /// The file being copied.
    pub current: Option<String>,
    /// How assets ended so far, with those that were left alone from the start.
    pub totals: Totals,
    /// Everything at the source.
    pub seen: u64,
    /// What was made besides copying.
    pub made: Made,
    began: Instant,
    speed: Speed,
}

/// How fast bytes go by, and how long the rest takes at that.
#[derive(Debug, Clone, Default)]
pub(crate) struct Speed {
    samples: VecDeque<(Instant, u64)>,
}

/// Files that an import made or saved besides. None of them counts as an asset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Made {
    /// How many JPEGs were filed.
    pub files: u64,
    /// How many sidecars were; left out where none was.
    #[serde(skip_serializing_if = "is_none_made")]
    pub sidecars: u64,
    /// How many smaller pictures of what is only in iCloud were saved; left out where none was.
    #[serde(skip_serializing_if = "is_none_made")]
    pub renditions: u64,
    /// How many of them were put aside, because their originals came; left out where none was.
    #[serde(skip_serializing_if = "is_none_made")]
    pub renditions_replaced: u64,
    /// How many originals were not filed, because they stand for them.
    pub originals_left_out: u64,
    /// How many warnings there were: what could not be made, or not whole.
    pub warnings: u64,
}

// serde hands the field over by reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_none_made(count: &u64) -> bool {
    *count == 0
}

impl Progress {
    /// Begins with what the plan leaves alone.
    pub fn new(plan: &ImportPlan) -> Self {
        Self {
            waiting: None,
            total_assets: plan.imports().count() as u64,
            done_assets: 0,
            total_bytes: plan.bytes(),
            done_bytes: 0,
            current: None,
            totals: plan.skipped(),
            seen: plan.items.len() as u64,
            made: Made::default(),
            began: Instant::now(),
            speed: Speed::default(),
        }
    }

    /// Takes a piece of news in.
    pub fn hear(&mut self, news: &ImportNews<'_>) {
        match news {
            // What is saved besides is known only now, and what was left to do when the lock was taken.
            ImportNews::Started { assets, skipped, bytes } => {
                self.total_assets = *assets;
                self.totals = *skipped;
                self.total_bytes = *bytes;
            }
            ImportNews::Copying { name } => self.current = Some((*name).to_owned()),
            ImportNews::Bytes(bytes) => {
                self.done_bytes += bytes;
                self.speed.sample(Instant::now(), self.done_bytes);
            }
            ImportNews::Again(bytes) => self.done_bytes = self.done_bytes.saturating_sub(*bytes),
            ImportNews::Waiting(error) => {
                self.waiting = error.map(ErrorDto::waiting_for);
                // What was measured before tells nothing of how long it takes now.
                self.speed = Speed::default();
            }
            ImportNews::Warning { .. } => self.made.warnings += 1,
            ImportNews::Made { jpegs, sidecars, left_out } => {
                self.made.files += jpegs;
                self.made.sidecars += sidecars;
                self.made.originals_left_out += left_out;
            }
            ImportNews::Rendition { .. } => self.made.renditions += 1,
            ImportNews::RenditionsReplaced(count) => self.made.renditions_replaced += count,
            ImportNews::Ended { outcome, .. } => {
                self.done_assets += 1;
                self.totals.count(outcome);
            }
        }
    }

    /// Returns bytes a second over the last few seconds; 0 while that cannot be told.
    pub fn bytes_per_second(&self) -> u64 {
        self.speed.bytes_per_second()
    }

    /// Returns the seconds left at this speed, `None` while that cannot be told.
    pub fn seconds_left(&self) -> Option<u32> {
        self.speed.seconds_left(self.total_bytes.saturating_sub(self.done_bytes))
    }

    /// Returns the seconds since it began.
    pub fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }
}

impl Speed {
    /// Takes in how many bytes went by until now.
    pub(crate) fn sample(&mut self, now: Instant, done_bytes: u64) {
        // A sample each 100 ms is plenty: blocks come faster.
        if self.samples.back().is_some_and(|(at, _)| now - *at < Duration::from_millis(100)) {
            return;
        }
        self.samples.push_back((now, done_bytes));
        while self.samples.front().is_some_and(|(at, _)| now - *at > WINDOW) {
            self.samples.pop_front();
        }
    }

    /// Returns bytes a second over the last few seconds; 0 while that cannot be told.
    pub(crate) fn bytes_per_second(&self) -> u64 {
        let (Some((from, before)), Some((to, after))) = (self.samples.front(), self.samples.back()) else { return 0 };
        let time = *to - *from;
        if time < SETTLED {
            return 0;
        }
        (after.saturating_sub(*before) as f64 / time.as_secs_f64()) as u64
    }

    /// Returns the seconds that so many bytes take at this speed, `None` while that cannot be told.
    pub(crate) fn seconds_left(&self, bytes: u64) -> Option<u32> {
        let speed = self.bytes_per_second();
        (speed > 0).then(|| u32::try_from(bytes.div_ceil(speed)).unwrap_or(u32::MAX))
    }
}

/// Writes totals for the page, with what was put aside since.
pub(crate) fn totals_dto(totals: &Totals, seen: u64, put_aside: u64) -> TotalsDto {
    let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    TotalsDto {
        seen: number(seen),
        imported: number(totals.imported),
        already_imported: number(totals.already_imported),
        only_in_icloud: number(totals.only_in_icloud),
        not_selected: number(totals.not_selected),
        failed: number(totals.failed),
        put_aside: number(put_aside),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_books_are_those_of_the_plan_that_is_carried_out() {
        let mut progress = Progress::new(&ImportPlan::default());
        progress.total_assets = 100;
        let skipped = Totals { already_imported: 30, only_in_icloud: 1, ..Totals::default() };
        progress.hear(&ImportNews::Started { assets: 70, skipped, bytes: 7000 });
        assert_eq!((progress.total_assets, progress.total_bytes), (70, 7000));
        assert_eq!(progress.totals, skipped);
    }

    #[test]
    fn speed_is_told_once_it_is_known_and_follows_changes() {
        let mut progress = Progress::new(&ImportPlan::default());
        progress.total_bytes = 100_000;
        let start = Instant::now();
        for second in 0..=10_u64 {
            progress.done_bytes = second * 1000;
            progress.speed.sample(start + Duration::from_secs(second), progress.done_bytes);
            assert_eq!(progress.bytes_per_second(), if second == 0 { 0 } else { 1000 });
        }
        assert_eq!(progress.seconds_left(), Some(90));
        for second in 11..=20_u64 {
            progress.done_bytes = 10_000 + (second - 10) * 4000;
            progress.speed.sample(start + Duration::from_secs(second), progress.done_bytes);
        }
        assert_eq!(progress.bytes_per_second(), 4000);
    }
}
