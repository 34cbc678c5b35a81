//! `keepsake list`

use crate::exit::Exit;
use crate::{Context, text};
use anyhow::Result;
use api::terminal::ListedAsset;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

/// List the photos and videos at a source
#[derive(Debug, clap::Args)]
pub struct Args {
    /// `iphone`, `iphone:UDID` or a folder
    #[arg(long)]
    source: String,
    /// Say which of them are in this library already
    #[arg(long)]
    library: Option<PathBuf>,
    /// Print one JSON object a line for each
    #[arg(long)]
    json: bool,
}

pub fn run(context: &Context, args: &Args) -> Result<Exit> {
    let mut waiting = |message: &str| {
        // Standard output is for the list.
        let _ = writeln!(std::io::stderr(), "{message}");
    };
    let listing = context.engine.list(&args.source, args.library.as_deref(), &mut waiting, &context.cancel)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for asset in &listing.assets {
        if args.json {
            writeln!(out, "{}", serde_json::to_string(asset)?)?;
        } else {
            writeln!(out, "{}", line(asset))?;
        }
    }
    if !args.json {
        let new = listing.assets.iter().filter(|a| a.state == "new").count() as u64;
        let already = listing.assets.len() as u64 - new;
        writeln!(out, "{} new, {already} already imported", new)?;
        if listing.ignored > 0 {
            let files = text::count(listing.ignored, "file", "files");
            writeln!(out, "{files} left out: neither photo nor video")?;
        }
    }
    out.flush()?;
    Ok(Exit::AllDone)
}

fn line(asset: &ListedAsset) -> String {
    let files = match asset.resources.len() {
        1 => String::new(),
        n => format!(" ({n} files)"),
    };
    let mark = if asset.state == "new" { ' ' } else { '=' };
    let size = text::size(asset.bytes);
    format!(
        "{mark} {}  {:<25}  {:<10}  {size:>9}  {}{files}",
        asset.id,
        asset.taken_at,
        asset.kind,
        text::plain(&asset.name)
    )
}
