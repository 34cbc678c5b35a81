//! `keepsake verify`

use crate::exit::Exit;
use crate::{Context, text};
use anyhow::Result;
use api::terminal::Verified;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::Write;
use std::path::PathBuf;

/// Read every file of a library again, from the drive and not from memory, and compare it with the manifests
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The library's folder
    #[arg(long)]
    library: PathBuf,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(context: &Context, args: &Args) -> Result<Exit> {
    let bar = if args.json { ProgressBar::hidden() } else { ProgressBar::new(0) };
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent}%  {decimal_bytes}/{decimal_total_bytes}") {
        bar.set_style(style);
    }
    let result = context.engine.verify(
        &args.library,
        &mut |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        },
        &context.cancel,
    );
    bar.finish_and_clear();
    let verified = result?;
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&verified)?)?;
    } else {
        print(&mut out, &verified)?;
    }
    let sound = verified.changed.is_empty() && verified.missing.is_empty();
    Ok(if sound { Exit::AllDone } else { Exit::SomeFailed })
}

fn print(out: &mut dyn Write, verified: &Verified) -> std::io::Result<()> {
    let lists = [("changed", &verified.changed), ("missing", &verified.missing), ("unknown", &verified.unknown)];
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
    )
}
