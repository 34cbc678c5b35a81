//! `keepsake history`

use crate::exit::Exit;
use crate::{Context, text};
use anyhow::Result;
use api::history::PastImportDto;
use std::io::Write;
use std::path::PathBuf;

/// List the imports of a library, the latest first
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The library's folder
    #[arg(long)]
    library: PathBuf,
    /// Print one JSON object a line for each
    #[arg(long)]
    json: bool,
}

pub fn run(context: &Context, args: &Args) -> Result<Exit> {
    let imports = context.engine.past_imports(&args.library)?;
    let mut out = std::io::stdout().lock();
    if args.json {
        for import in &imports {
            writeln!(out, "{}", serde_json::to_string(import)?)?;
        }
        return Ok(Exit::AllDone);
    }
    if imports.is_empty() {
        writeln!(out, "Nothing was imported into this library yet.")?;
        return Ok(Exit::AllDone);
    }
    text::table(&mut out, &imports.iter().map(row).collect::<Vec<_>>())?;
    Ok(Exit::AllDone)
}

fn row(import: &PastImportDto) -> [String; 4] {
    let what = text::count(u64::from(import.imported), "photo or video", "photos and videos");
    let what = format!("{what}, {}", text::size(import.bytes));
    let what = if import.undone_at.is_some() { format!("{what}; undone") } else { what };
    [import.session.clone(), import.started_at.clone(), text::plain(&import.source_name), what]
}
