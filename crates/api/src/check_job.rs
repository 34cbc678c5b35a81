//! One running check of a library, as far as it is.

use crate::dto::ErrorDto;
use crate::progress::Speed;
use domain::{CancelFlag, LibraryId};
use importer::VerifyProgress;
use serde::Serialize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use ts_rs::TS;

/// Between two pieces of news at least.
const PACE: Duration = Duration::from_millis(250);

/// How far a check is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CheckingDto {
    /// Files looked at.
    pub done_files: u32,
    /// Files in all; 0 until they are counted.
    pub files: u32,
    /// Bytes read.
    #[ts(type = "number")]
    pub done_bytes: u64,
    /// Bytes in all.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Measured over a few seconds; 0 while that cannot be told.
    #[ts(type = "number")]
    pub bytes_per_second: u64,
    /// Null while that cannot be told.
    pub seconds_left: Option<u32>,
    /// Files found changed so far.
    pub changed: u32,
    /// Files not found at their places so far.
    pub missing: u32,
    /// Whether it was asked to stop.
    pub stopping: bool,
}

/// Shared between the thread that checks and those that ask.
pub(crate) struct CheckJob {
    pub(crate) library: LibraryId,
    pub(crate) flag: CancelFlag,
    state: Mutex<Doing>,
    ended: Condvar,
}

struct Doing {
    progress: VerifyProgress,
    speed: Speed,
    told: Instant,
    /// `None` while it runs; then why it did not come to its end, if so.
    end: Option<Option<ErrorDto>>,
}

impl CheckJob {
    pub(crate) fn new(library: LibraryId) -> Self {
        let doing =
            Doing { progress: VerifyProgress::default(), speed: Speed::default(), told: Instant::now(), end: None };
        Self { library, flag: CancelFlag::default(), state: Mutex::new(doing), ended: Condvar::new() }
    }

    /// Takes in how far it is. Returns whether it is time to tell.
    pub(crate) fn hear(&self, progress: &VerifyProgress) -> bool {
        let now = Instant::now();
        let mut doing = self.doing();
        doing.progress = *progress;
        doing.speed.sample(now, progress.done_bytes);
        let is_time = now - doing.told >= PACE;
        if is_time {
            doing.told = now;
        }
        is_time
    }

    pub(crate) fn end(&self, problem: Option<ErrorDto>) {
        self.doing().end = Some(problem);
        self.ended.notify_all();
    }

    pub(crate) fn is_running(&self) -> bool {
        self.doing().end.is_none()
    }

    /// Returns why it did not come to its end, `None` while it runs and when it did.
    pub(crate) fn problem(&self) -> Option<ErrorDto> {
        self.doing().end.clone().flatten()
    }

    /// Waits until it ended, at most so long.
    pub(crate) fn wait(&self, patience: Duration) {
        drop(self.ended.wait_timeout_while(self.doing(), patience, |doing| doing.end.is_none()));
    }

    /// Tells how far it is; `None` when it ended.
    pub(crate) fn dto(&self) -> Option<CheckingDto> {
        let doing = self.doing();
        let at = &doing.progress;
        let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        doing.end.is_none().then(|| CheckingDto {
            done_files: number(at.done_files),
            files: number(at.files),
            done_bytes: at.done_bytes,
            bytes: at.bytes,
            bytes_per_second: doing.speed.bytes_per_second(),
            seconds_left: doing.speed.seconds_left(at.bytes.saturating_sub(at.done_bytes)),
            changed: number(at.changed),
            missing: number(at.missing),
            stopping: self.flag.is_cancelled(),
        })
    }

    fn doing(&self) -> MutexGuard<'_, Doing> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
