//! `keepsake list`

use crate::arguments::{FilterArgs, OriginArgs};
use crate::exit::Exit;
use crate::{Context, progress_bar, text};
use anyhow::Result;
use api::terminal::{ListOrder, ListedAsset, SharedAlbums};
use std::io::{BufWriter, Write};
use std::path::PathBuf;

const MARKS: &str = "The first column: = in the library already, ~ only in iCloud, - hidden or recently deleted on the phone, \
                     nothing where it is new.";

/// List the photos and videos at a source
#[derive(Debug, clap::Args)]
#[command(after_help = MARKS)]
pub struct Args {
    #[command(flatten)]
    origin: OriginArgs,
    /// Say which of them are in this library already
    #[arg(long, env = "KEEPSAKE_LIBRARY", hide_env_values = true)]
    library: Option<PathBuf>,
    #[command(flatten)]
    filter: FilterArgs,
    /// List, too, what is in albums that others share with the phone's owner
    #[arg(long)]
    shared_albums: bool,
    /// Print one JSON object a line for each
    #[arg(long)]
    pub json: bool,
}

pub fn run(context: &Context, args: &Args) -> Result<Exit> {
    let shared = if args.shared_albums { SharedAlbums::Listed } else { SharedAlbums::LeftOut };
    let (origin, library) = (args.origin.origin(shared), args.library.clone());
    let order = ListOrder { origin, library, filter: args.filter.filter()? };
    let listing = progress_bar::beside(|news| context.engine.list(&order, news, &context.cancel))?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for asset in &listing.assets {
        if args.json {
            writeln!(out, "{}", serde_json::to_string(asset)?)?;
        } else {
            writeln!(out, "{}", line(asset))?;
        }
    }
    if !args.json {
        writeln!(out, "{}", summary(&listing.assets))?;
        if listing.ignored > 0 {
            let files = text::count(listing.ignored, "file", "files");
            writeln!(out, "{files} left out: neither photo nor video")?;
        }
        if listing.unreadable > 0 {
            let entries = text::count(listing.unreadable, "file or folder", "files or folders");
            writeln!(out, "{entries} could not be looked at; nothing of what is in there is listed")?;
        }
    }
    out.flush()?;
    progress_bar::say_all(&listing.notes);
    if !args.json {
        progress_bar::say_first(listing.assets.iter().filter_map(warning));
    }
    Ok(if listing.unreadable > 0 { Exit::SomeFailed } else { Exit::AllDone })
}

/// What is wrong with an asset, for people.
fn warning(asset: &ListedAsset) -> Option<String> {
    asset.warning.as_ref().map(|warning| match warning.contains(&asset.name) {
        true => warning.clone(),
        false => format!("{}: {warning}", asset.name),
    })
}

fn line(asset: &ListedAsset) -> String {
    let files = match asset.resources.len() {
        1 => String::new(),
        n => format!(" ({n} files)"),
    };
    let mark = match place(asset) {
        Place::New => ' ',
        Place::AlreadyImported => '=',
        Place::OnlyInICloud => '~',
        Place::Hidden | Place::RecentlyDeleted => '-',
    };
    let size = text::size(asset.bytes);
    format!(
        "{mark} {}  {:<25}  {:<10}  {size:>9}  {}{files}",
        asset.id,
        asset.taken_at,
        asset.kind,
        text::plain(&asset.name)
    )
}

/// Where an asset is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    New,
    AlreadyImported,
    OnlyInICloud,
    Hidden,
    RecentlyDeleted,
}

fn place(asset: &ListedAsset) -> Place {
    let library = asset.library.as_ref();
    match asset.state {
        "already_imported" => Place::AlreadyImported,
        _ if library.is_some_and(|l| l.deleted) => Place::RecentlyDeleted,
        _ if library.is_some_and(|l| l.hidden) => Place::Hidden,
        _ if asset.availability == "only_in_icloud" => Place::OnlyInICloud,
        _ => Place::New,
    }
}

const ONLY_IN_ICLOUD: &str = "only in iCloud";

/// The counts in one line; what there is none of is left out, but for the first two.
fn summary(assets: &[ListedAsset]) -> String {
    let words = [
        (Place::New, "new"),
        (Place::AlreadyImported, "already imported"),
        (Place::OnlyInICloud, ONLY_IN_ICLOUD),
        (Place::Hidden, "hidden"),
        (Place::RecentlyDeleted, "recently deleted"),
    ];
    let counted = words.map(|(which, word)| (assets.iter().filter(|a| place(a) == which).count(), word));
    let shown = counted.iter().enumerate().filter(|(index, (count, _))| *index < 2 || *count > 0);
    let small = assets.iter().filter(|a| place(a) == Place::OnlyInICloud && a.rendition.is_some()).count();
    let words = |(count, word): &(usize, &str)| match (*word, small) {
        (ONLY_IN_ICLOUD, 1..) => format!("{count} {word} ({small} of them here as smaller pictures)"),
        _ => format!("{count} {word}"),
    };
    shown.map(|(_, counted)| words(counted)).collect::<Vec<_>>().join(", ")
}
