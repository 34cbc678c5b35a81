//! `keepsake history`

use crate::arguments::LibraryArg;
use crate::exit::Exit;
use crate::{Context, text};
use anyhow::Result;
use api::export::csv_line;
use api::history::{HistoryItem, PastImportDto};
use std::io::{BufWriter, Write};

/// List the imports of a library, the latest first; or what became of each photo in one of them
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: LibraryArg,
    /// List what this import was asked to copy, and how each ended
    #[arg(long, value_name = "IMPORT")]
    items: Option<String>,
    /// Print one JSON object a line for each
    #[arg(long)]
    pub json: bool,
    /// Print the items as CSV
    #[arg(long, requires = "items", conflicts_with = "json")]
    csv: bool,
}

pub fn run(context: &Context, args: &Args) -> Result<Exit> {
    if let Some(session) = &args.items {
        return list_items(context, args, session);
    }
    let imports = context.engine.past_imports(&args.place.library)?;
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
    let undone = match (&import.undone_at, import.files, import.put_aside) {
        (Some(_), 0, _) => "; undone".to_owned(),
        (Some(_), left, _) => {
            format!("; undone, {} left alone", text::count(u64::from(left), "file was", "files were"))
        }
        (None, _, 0) => String::new(),
        (None, _, aside) => format!("; {aside} put aside"),
    };
    let what = what + &undone;
    [import.session.clone(), import.started_at.clone(), text::plain(&import.source_name), what]
}

fn list_items(context: &Context, args: &Args, session: &str) -> Result<Exit> {
    let items = context.engine.past_import_items(&args.place.library, session)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    if args.csv {
        write!(out, "state,name,source_path,library_path,evidence,code,message,warning\r\n")?;
    }
    for item in &items {
        if args.json {
            writeln!(out, "{}", serde_json::to_string(item)?)?;
        } else if args.csv {
            write!(out, "{},{}", item.state, csv_line(&item.item))?;
        } else {
            writeln!(out, "{}", line(item))?;
        }
    }
    out.flush()?;
    Ok(Exit::AllDone)
}

fn line(HistoryItem { state, item }: &HistoryItem) -> String {
    let end = match (&item.error, &item.library_path) {
        (Some(error), _) => &error.message,
        (None, Some(path)) => path,
        (None, None) => &item.source_path,
    };
    let warning = item.warning.as_ref().map_or(String::new(), |warning| format!("  {}", text::plain(warning)));
    format!("{state:<16}  {}  {}{warning}", text::plain(&item.name), text::plain(end))
}
