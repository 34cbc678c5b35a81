//! Checking a library: reading all of it again, what was found, and putting aside what is not as it was copied.

use crate::App;
use crate::args::NoArgs;
use crate::check_job::{CheckJob, CheckingDto};
use crate::copies::seen_now;
use crate::dto::{ErrorCode, ErrorDto};
use crate::events::Event;
use crate::history::{NAMED, UndoingDto, number};
use crate::library::OpenLibrary;
use crate::terminal::Terminal;
use crate::{busy, identity};
use catalog::{Catalog, CheckRow, FindingCounts};
use destinations::Awake;
use domain::{CancelFlag, LibraryPath};
use importer::{Check, Undo, UndoReport, VerifyProgress, VerifyReport};
use serde::{Deserialize, Serialize};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use ts_rs::TS;

/// How it is with the checks of a library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CheckDto {
    /// The check that runs.
    pub running: Option<CheckingDto>,
    /// The last one that came to its end.
    pub last: Option<CheckedDto>,
    /// Files found with other bytes than they were copied with, and not dealt with since.
    pub changed: u32,
    /// Files that were not found, and did not come back since.
    pub missing: u32,
    /// Files that Keepsake did not file.
    pub unknown: u32,
    /// Photos and videos among those changed or missing of which the library has no other copy: they are new again.
    pub new_again: u32,
    /// Why the last check did not come to its end; null when it did.
    pub problem: Option<ErrorDto>,
}

/// A check that came to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CheckedDto {
    /// RFC 3339, when it ended.
    pub at: String,
    /// Photos and videos that were copied into the library and not put aside.
    pub photos: u32,
    /// Their files.
    pub files: u32,
    /// Their bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Files that were found unchanged at another place in the library.
    pub moved: u32,
}

/// What putting changed files aside did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SetAsideDto {
    /// Files that are in the holding folders now.
    pub moved: u32,
    /// The folder of the holding folders, relative to the library.
    pub folder: String,
    /// How many files were left where they are.
    pub left: u32,
    /// How many were not reached, as it was stopped before.
    pub not_reached: u32,
    /// Some of those left, each with the reason.
    pub reasons: Vec<String>,
}

/// The lists behind the numbers of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CheckList {
    /// Files with other bytes than they were copied with, or that cannot be read.
    Changed,
    /// Files that were not found.
    Missing,
    /// Files that Keepsake did not file.
    Unknown,
}

/// What a check found, for the terminal.
#[derive(Debug, Clone, Serialize)]
pub struct Verified {
    /// Files whose bytes are what the manifests say, those that were moved included.
    pub ok: u64,
    /// Files with other bytes, or that cannot be read.
    pub changed: Vec<String>,
    /// Files that are gone.
    pub missing: Vec<String>,
    /// Files that were moved within the library.
    pub moved: Vec<MovedFile>,
    /// Files that no manifest knows.
    pub unknown: Vec<String>,
    /// Whole copies of which only this computer's catalog knows: their lines in the manifests are damaged or gone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unrecorded: Vec<String>,
    /// Photos and videos among those changed or missing of which the library has no other copy: they are new again.
    pub new_again: u64,
    /// What to do about it, when something is changed or missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<Advice>,
    /// What putting changed files aside did, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_aside: Option<SetAsideDto>,
}

/// A file that its owner moved within the library.
#[derive(Debug, Clone, Serialize)]
pub struct MovedFile {
    /// Where it was filed.
    pub from: String,
    /// Where it is.
    pub to: String,
}

/// What to do about what a check found.
#[derive(Debug, Clone, Serialize)]
pub struct Advice {
    /// For programs: `import_again`, or `nothing` where the library has another copy of all of it.
    pub code: &'static str,
    /// For people.
    pub message: String,
}

impl App {
    /// Starts a check of the current library, in the background. Refused while anything else runs in a library.
    pub fn start_check(&self, _: NoArgs) -> Result<CheckDto, ErrorDto> {
        let library = self.current_library()?;
        let job = Arc::new(CheckJob::new(library.id().clone()));
        {
            let mut state = self.state();
            busy::refuse_while_busy(&state)?;
            state.check = Some(job.clone());
        }
        let (this, running, of) = (self.this.clone(), job.clone(), library.clone());
        let spawned = std::thread::Builder::new().name("check".into()).spawn(move || {
            let Some(app) = this.upgrade() else { return };
            destinations::give_way();
            let checked = catch_unwind(AssertUnwindSafe(|| app.run_check(&running, &of)));
            app.end_check(&running, &of, checked.unwrap_or_else(|_| Err(ErrorDto::broken())));
        });
        if let Err(error) = spawned {
            job.end(Some(ErrorDto::new(ErrorCode::Busy, format!("the system gave no thread: {error}"))));
        }
        check_dto(&library.catalog, Some(&job))
    }

    /// Asks the running check to stop after the block at hand. What it found changed by then is kept.
    pub fn stop_check(&self, _: NoArgs) -> Result<(), ErrorDto> {
        if let Some(job) = self.state().check.as_ref() {
            job.flag.cancel();
        }
        Ok(())
    }

    /// Tells how it is with the checks of the current library; nothing while there is none.
    pub fn check_status(&self, _: NoArgs) -> Result<Option<CheckDto>, ErrorDto> {
        let (job, library) = {
            let state = self.state();
            (state.check.clone(), state.library.clone())
        };
        let Some(library) = library else { return Ok(None) };
        let job = job.filter(|job| job.library == *library.id());
        check_dto(&library.catalog, job.as_deref()).map(Some)
    }

    /// Puts the files of the current library aside that the last check found changed. Refused while anything else runs.
    pub fn set_changed_aside(&self, _: NoArgs) -> Result<SetAsideDto, ErrorDto> {
        let current = self.current_library()?;
        let library = OpenLibrary::open_to_write(&self.home, current.folder.root())?;
        let cancel = self.claim_undo()?;
        let progress = |done, total| {
            let undoing = UndoingDto { session: String::new(), done: number(done), total: number(total) };
            self.tell(&Event::Undo { undoing: Some(undoing) });
        };
        let report = catch_unwind(AssertUnwindSafe(|| set_changed_aside(&library, &cancel, &progress)));
        self.undo_ended();
        self.tell_check();
        report.unwrap_or_else(|_| Err(ErrorDto::broken()))
    }

    fn run_check(&self, job: &CheckJob, library: &OpenLibrary) -> Result<VerifyReport, ErrorDto> {
        let tell = |progress: &VerifyProgress| {
            if job.hear(progress) {
                self.tell_check();
            }
        };
        run_check(library, &job.flag, &mut { tell })
    }

    /// What was found changed or missing is new again, also in what was listed before.
    fn end_check(&self, job: &CheckJob, library: &OpenLibrary, checked: Result<VerifyReport, ErrorDto>) {
        let problem = checked.and_then(|report| whole(&report).and_then(|()| recorded(&report))).err();
        self.note_copies_changed();
        let sources: Vec<_> = self.state().scans.keys().cloned().collect();
        for source in sources {
            // Where this fails the next listing or import sees it.
            drop(seen_now(library, &source));
            self.tell_rows_changed(&source);
        }
        job.end(problem);
        self.tell_check();
    }

    fn tell_check(&self) {
        if let Ok(Some(check)) = self.check_status(NoArgs {}) {
            self.tell(&Event::Check { check });
        }
    }
}

impl Terminal {
    /// Reads every file of a library again and compares it with the manifests; what is not as it was copied is new again. With
    /// `aside` changed files are put aside afterwards. `progress` hears how far it is. Errors with `Cancelled` when it was
    /// stopped.
    pub fn verify(
        &self,
        library: &Path,
        aside: ChangedFiles,
        progress: &mut dyn FnMut(&VerifyProgress),
        cancel: &CancelFlag,
    ) -> Result<Verified, ErrorDto> {
        let open = OpenLibrary::open(&self.home, library)?;
        let report = run_check(&open, cancel, progress)?;
        whole(&report)?;
        let counts = open.catalog.finding_counts()?;
        let set_aside = match aside {
            ChangedFiles::Left => None,
            ChangedFiles::SetAside if report.changed.is_empty() => None,
            ChangedFiles::SetAside => {
                let writable = OpenLibrary::open_to_write(&self.home, library)?;
                Some(set_changed_aside(&writable, cancel, &|_, _| {})?)
            }
        };
        Ok(verified(report, counts.new_again, set_aside))
    }
}

/// What becomes of files that are not as they were copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangedFiles {
    /// They stay where they are.
    Left,
    /// They go to the holding folders of the imports that filed them.
    SetAside,
}

fn run_check(
    library: &OpenLibrary,
    cancel: &CancelFlag,
    progress: &mut dyn FnMut(&VerifyProgress),
) -> Result<VerifyReport, ErrorDto> {
    let _awake = Awake::keep("Checking a photo library");
    let (destination, catalog) = (library.folder.as_ref(), library.catalog.as_ref());
    let env = Check { destination, catalog, cancel, now: &identity::now };
    Ok(importer::check(&env, progress)?)
}

/// Errors with `Cancelled` and what is known by then when a check was stopped.
fn whole(report: &VerifyReport) -> Result<(), ErrorDto> {
    if report.not_reached == 0 {
        return Ok(());
    }
    let (files, changed) = (report.files(), report.changed.len());
    let read = files - report.not_reached;
    let so_far = if changed == 0 { "none of them changed".to_owned() } else { format!("{changed} of them changed") };
    Err(ErrorDto::new(
        ErrorCode::Cancelled,
        format!("the check was stopped: {read} of {files} files were read, {so_far}"),
    ))
}

/// Errors when there are whole copies of which only this computer knows.
fn recorded(report: &VerifyReport) -> Result<(), ErrorDto> {
    let message = match report.unrecorded.len() {
        0 => return Ok(()),
        1 => "1 copy is whole, but the library's own record of it is damaged or gone: only this computer knows it"
            .to_owned(),
        n => format!(
            "{n} copies are whole, but the library's own records of them are damaged or gone: only this computer knows them"
        ),
    };
    Err(ErrorDto::new(ErrorCode::DestinationIo, message))
}

fn set_changed_aside(
    library: &OpenLibrary,
    cancel: &CancelFlag,
    progress: &dyn Fn(u64, u64),
) -> Result<SetAsideDto, ErrorDto> {
    let env = Undo { destination: library.folder.as_ref(), catalog: &library.catalog, cancel, progress };
    let UndoReport { moved, left, not_reached } = importer::set_changed_aside(&env)?;
    Ok(SetAsideDto {
        moved: number(moved),
        folder: "Removed".to_owned(),
        left: number(left.len() as u64),
        not_reached: number(not_reached),
        reasons: left.into_iter().take(NAMED).map(|(_, reason)| reason).collect(),
    })
}

fn verified(report: VerifyReport, new_again: u64, set_aside: Option<SetAsideDto>) -> Verified {
    let text = |path: &LibraryPath| path.to_string();
    Verified {
        ok: report.ok,
        advice: advice(&report, new_again, set_aside.is_some()),
        changed: report.changed.iter().map(|file| text(&file.path)).collect(),
        missing: report.missing.iter().map(text).collect(),
        moved: report.moved.iter().map(|(from, to)| MovedFile { from: text(from), to: text(to) }).collect(),
        unknown: report.unknown,
        unrecorded: report.unrecorded.iter().map(text).collect(),
        new_again,
        set_aside,
    }
}

fn advice(report: &VerifyReport, new_again: u64, is_aside: bool) -> Option<Advice> {
    if report.is_sound() {
        return None;
    }
    let aside = match (report.changed.is_empty(), is_aside) {
        (true, _) | (_, true) => "",
        _ => "; --set-aside moves changed files, which may be your own edits, out of the way first",
    };
    let (code, message) = match new_again {
        0 => ("nothing", "No photo or video needs to be copied again".to_owned()),
        1 => ("import_again", "1 photo or video is new again: import from the phone to copy it once more".to_owned()),
        n => (
            "import_again",
            format!("{n} photos and videos are new again: import from the phone to copy them once more"),
        ),
    };
    Some(Advice { code, message: format!("{message}{aside}.") })
}

fn check_dto(catalog: &Catalog, job: Option<&CheckJob>) -> Result<CheckDto, ErrorDto> {
    let FindingCounts { changed, missing, unknown, new_again } = catalog.finding_counts()?;
    Ok(CheckDto {
        running: job.and_then(CheckJob::dto),
        last: catalog.last_check()?.map(checked_dto),
        changed: number(changed),
        missing: number(missing),
        unknown: number(unknown),
        new_again: number(new_again),
        problem: job.and_then(CheckJob::problem),
    })
}

fn checked_dto(row: CheckRow) -> CheckedDto {
    CheckedDto {
        at: row.at,
        photos: number(row.photos),
        files: number(row.files),
        bytes: row.bytes,
        moved: number(row.moved),
    }
}
