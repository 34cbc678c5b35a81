//! `keepsake verify`

use crate::arguments::LibraryArg;
use crate::exit::{self, Exit};
use crate::{Context, text};
use anyhow::Result;
use api::terminal::{ChangedFiles, SetAsideDto, Verified};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::Write;

/// Read every file of a library again, from the drive and not from memory, and compare it with the manifests
///
/// What is changed or missing counts as new again, and the next import brings it back; the files themselves stay as they are.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: LibraryArg,
    /// Move files that changed, whether damaged or edited, to a holding folder in the library, so that fresh copies get their
    /// names. Nothing is deleted
    #[arg(long)]
    set_aside: bool,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

pub fn run(context: &Context, args: &Args) -> Result<Exit> {
    let bar = if args.json { ProgressBar::hidden() } else { ProgressBar::new(0) };
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent}%  {decimal_bytes}/{decimal_total_bytes}") {
        bar.set_style(style);
    }
    let aside = if args.set_aside { ChangedFiles::SetAside } else { ChangedFiles::Left };
    let result = context.engine.verify(
        &args.place.library,
        aside,
        &mut |at| {
            bar.set_length(at.bytes);
            bar.set_position(at.done_bytes);
        },
        &context.cancel,
    );
    bar.finish_and_clear();
    let verified = result?;
    let sound = verified.changed.is_empty() && verified.missing.is_empty() && verified.unrecorded.is_empty();
    let work = if sound { Exit::AllDone } else { Exit::SomeFailed };
    let mut out = std::io::stdout().lock();
    let written = if args.json {
        serde_json::to_string(&verified).map_err(Into::into).and_then(|json| writeln!(out, "{json}"))
    } else {
        print(&mut out, &verified)
    };
    Ok(exit::after(work, &written))
}

fn print(out: &mut dyn Write, verified: &Verified) -> std::io::Result<()> {
    for file in &verified.moved {
        writeln!(out, "moved: {} to {}", text::plain(&file.from), text::plain(&file.to))?;
    }
    let lists = [
        ("changed", &verified.changed),
        ("missing", &verified.missing),
        ("unknown", &verified.unknown),
        ("not in any manifest any more", &verified.unrecorded),
    ];
    for (what, paths) in lists {
        for path in paths {
            writeln!(out, "{what}: {}", text::plain(path))?;
        }
    }
    let files = text::count(verified.ok, "file is", "files are");
    writeln!(
        out,
        "{files} unchanged; {} changed, {} missing, {} unknown",
        verified.changed.len(),
        verified.missing.len(),
        verified.unknown.len()
    )?;
    if !verified.unrecorded.is_empty() {
        let files = text::count(verified.unrecorded.len() as u64, "whole copy is", "whole copies are");
        writeln!(out, "{files} known to this computer only: the library's manifests are damaged or were removed.")?;
    }
    if let Some(aside) = &verified.set_aside {
        print_aside(out, aside)?;
    }
    verified.advice.iter().try_for_each(|advice| writeln!(out, "{}", advice.message))
}

fn print_aside(out: &mut dyn Write, aside: &SetAsideDto) -> std::io::Result<()> {
    for reason in &aside.reasons {
        writeln!(out, "left alone: {}", text::plain(reason))?;
    }
    let files = text::count(u64::from(aside.moved), "changed file is", "changed files are");
    writeln!(out, "{files} in {} of the library now; nothing was deleted.", aside.folder)?;
    if aside.not_reached > 0 {
        let rest = text::count(u64::from(aside.not_reached), "file is where it was", "files are where they were");
        writeln!(out, "stopped: {rest}.")?;
    }
    Ok(())
}
