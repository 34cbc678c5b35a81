//! `keepsake import`

use crate::exit::{self, Exit};
use crate::progress_bar::Shown;
use crate::{Context, text};
use anyhow::Result;
use api::ErrorDto;
use api::terminal::{
    Choice, Finished, ImportLine, ImportListener, ImportMode, ImportOrder, Progress, Repeats, SharedAlbums,
    Thoroughness,
};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Copy photos and videos into a library, verify every copy, and say what became of each
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("selection").required(true))]
pub struct Args {
    /// `iphone`, `iphone:UDID` or a folder
    #[arg(long)]
    source: String,
    /// The library's folder; it is made when only its last part is missing
    #[arg(long)]
    library: PathBuf,
    /// Import everything that is not in the library yet
    #[arg(long, group = "selection")]
    all_new: bool,
    /// Import these assets, by the ids that `keepsake list` prints
    #[arg(long, group = "selection", value_delimiter = ',', value_name = "ID[,ID…]")]
    assets: Option<Vec<String>>,
    /// Import what is in this album of the phone, named by its title or as `Folder/Title`; can be given more than once
    #[arg(long, group = "selection", value_name = "ALBUM")]
    album: Vec<String>,
    /// Copy what was chosen by id or album once more if it is in the library already; what is there stays as it is
    #[arg(long, conflicts_with = "all_new")]
    again: bool,
    /// List, too, what is in albums that others share with the phone's owner: then it is new like everything else
    #[arg(long)]
    shared_albums: bool,
    /// Read every file a second time where the phone cannot hash its own files
    #[arg(long)]
    second_read: bool,
    /// Say what would be imported and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Print JSON events, one a line; the last one has the totals
    #[arg(long)]
    json: bool,
}

pub fn run(context: &Context, args: &Args) -> Result<Exit> {
    let order = ImportOrder {
        source: args.source.clone(),
        library: args.library.clone(),
        choice: choice(args),
        mode: if args.dry_run { ImportMode::DryRun } else { ImportMode::Real },
        repeats: if args.again { Repeats::Filed } else { Repeats::Dropped },
        shared: if args.shared_albums { SharedAlbums::Listed } else { SharedAlbums::LeftOut },
        thoroughness: if args.second_read { Thoroughness::SecondRead } else { Thoroughness::ReadBack },
    };
    let finished = if args.json { run_for_program(context, &order) } else { run_for_person(context, &order) }?;
    Ok(match &finished.stopped {
        Some(stopped) => exit::of(stopped.code),
        None if finished.failed > 0 => Exit::SomeFailed,
        None => Exit::AllDone,
    })
}

fn choice(args: &Args) -> Choice {
    match &args.assets {
        Some(ids) => Choice::Assets(ids.clone()),
        None if args.all_new => Choice::AllNew,
        None => Choice::Albums(args.album.clone()),
    }
}

fn run_for_program(context: &Context, order: &ImportOrder) -> Result<Finished> {
    let lines = Lines::default();
    let result = context.engine.import(order, &lines, &context.cancel);
    if let Err(error) = &result {
        lines.print(&serde_json::json!({"event": "error", "code": error.code, "message": error.message}));
    }
    Ok(result?)
}

fn run_for_person(context: &Context, order: &ImportOrder) -> Result<Finished> {
    let shown = Shown::new();
    let result = context.engine.import(order, &shown, &context.cancel);
    let failures = shown.finish();
    let finished = result?;
    let mut out = std::io::stdout().lock();
    for failure in failures {
        writeln!(out, "not imported: {failure}")?;
    }
    writeln!(out, "{}", summary(&finished))?;
    if let Some(ways) = ways(&finished) {
        writeln!(out, "Verified: {ways}.")?;
    }
    if let Some(stopped) = &finished.stopped {
        report_stop(&mut out, stopped)?;
    }
    Ok(finished)
}

fn report_stop(out: &mut dyn Write, stopped: &ErrorDto) -> std::io::Result<()> {
    writeln!(out, "Stopped early: {}.", text::plain(&stopped.message))?;
    writeln!(out, "What was copied is verified and kept. Run the same command again to go on.")
}

/// The books in one line: `40 seen = 30 imported and verified + 10 already imported`.
fn summary(finished: &Finished) -> String {
    let imported = if finished.dry_run { "would be imported" } else { "imported and verified" };
    let terms = [
        (finished.imported, imported),
        (finished.already_imported, "already imported"),
        (finished.only_in_icloud, "only in iCloud"),
        (finished.not_selected, "not selected"),
        (finished.failed, "failed"),
    ];
    let terms: Vec<String> =
        terms.iter().filter(|(n, what)| *n > 0 || *what == imported).map(|(n, what)| format!("{n} {what}")).collect();
    let size = text::size(finished.bytes);
    format!("{} seen = {}  ({size} in {:.1} s)", finished.seen, terms.join(" + "), finished.seconds)
}

/// How the copies were verified, in words; `None` when nothing was imported.
fn ways(finished: &Finished) -> Option<String> {
    let words = |evidence: &str| match evidence {
        "phone_hash" => "compared with the phone's own checksum",
        "photos_fingerprint" => "compared with Apple's fingerprint",
        "second_read" => "read twice from the source",
        _ => "read back from the drive",
    };
    let ways: Vec<String> =
        finished.evidence.iter().map(|(evidence, count)| format!("{count} {}", words(evidence))).collect();
    (!ways.is_empty()).then(|| ways.join(", "))
}

/// Prints events as JSON lines, progress at most once a second.
#[derive(Default)]
struct Lines {
    told: Mutex<Option<Instant>>,
}

impl Lines {
    fn print(&self, value: &impl serde::Serialize) {
        if let Ok(line) = serde_json::to_string(value) {
            // A reader that went away does not stop an import half-way.
            let _ = writeln!(std::io::stdout().lock(), "{line}");
        }
    }

    fn is_due(&self) -> bool {
        let Ok(mut told) = self.told.lock() else { return false };
        let due = told.is_none_or(|t| t.elapsed() >= Duration::from_secs(1));
        if due {
            *told = Some(Instant::now());
        }
        due
    }
}

impl ImportListener for Lines {
    fn line(&self, line: &ImportLine) {
        if !matches!(line, ImportLine::Listing { .. }) || self.is_due() {
            self.print(line);
        }
    }

    fn progress(&self, progress: &Progress) {
        if self.is_due() {
            self.print(&serde_json::json!({
                "event": "progress",
                "done_assets": progress.done_assets,
                "assets": progress.total_assets,
                "done_bytes": progress.done_bytes,
                "bytes": progress.total_bytes,
                "bytes_per_second": progress.bytes_per_second(),
                "seconds_left": progress.seconds_left(),
            }));
        }
    }
}
