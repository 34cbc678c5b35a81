//! `keepsake undo`

use crate::arguments::LibraryArg;
use crate::exit::{self, Exit};
use crate::{Context, text};
use anyhow::Result;
use api::terminal::UndoneDto;
use indicatif::ProgressBar;
use std::io::Write;

/// Undo an import: its files go to a holding folder in the library, and count as new again. Nothing is deleted
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The import, as `keepsake history` prints it
    session: String,
    #[command(flatten)]
    place: LibraryArg,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

pub fn run(context: &Context, args: &Args) -> Result<Exit> {
    let bar = if args.json { ProgressBar::hidden() } else { ProgressBar::new(0) };
    let progress = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let result = context.engine.undo(&args.place.library, &args.session, &progress, &context.cancel);
    bar.finish_and_clear();
    let undone = result?;
    let work = match (undone.not_reached, undone.left) {
        (1.., _) => Exit::Stopped,
        (0, 1..) => Exit::SomeFailed,
        (0, 0) => Exit::AllDone,
    };
    Ok(exit::after(work, &print(&undone, args)))
}

fn print(undone: &UndoneDto, args: &Args) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string(undone)?)?;
    } else {
        for reason in &undone.reasons {
            writeln!(out, "left alone: {}", text::plain(reason))?;
        }
        if undone.moved + undone.left + undone.not_reached == 0 {
            writeln!(
                out,
                "There is nothing left to undo. What was undone before is in {} of the library.",
                undone.folder
            )?;
            return Ok(());
        }
        let files = text::count(u64::from(undone.moved), "file is", "files are");
        writeln!(out, "{files} in {} of the library now; nothing was deleted.", undone.folder)?;
        if undone.not_reached > 0 {
            let rest = text::count(u64::from(undone.not_reached), "file is where it was", "files are where they were");
            writeln!(out, "stopped: {rest}. Undo the import again to go on.")?;
        }
    }
    Ok(())
}
