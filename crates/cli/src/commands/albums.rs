//! `keepsake albums`

use crate::arguments::OriginArgs;
use crate::exit::Exit;
use crate::{Context, progress_bar, text};
use anyhow::Result;
use api::terminal::{Filter, ListOrder, ListedAlbum, SharedAlbums};
use std::io::Write;
use std::path::PathBuf;

/// List the albums of a phone, and how much is in each
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    origin: OriginArgs,
    /// Say how much of each is not in this library yet
    #[arg(long, env = "KEEPSAKE_LIBRARY", hide_env_values = true)]
    library: Option<PathBuf>,
    /// List, too, the albums that others share with the phone's owner
    #[arg(long)]
    shared_albums: bool,
    /// Print one JSON object a line for each
    #[arg(long)]
    pub json: bool,
}

pub fn run(context: &Context, args: &Args) -> Result<Exit> {
    let shared = if args.shared_albums { SharedAlbums::Listed } else { SharedAlbums::LeftOut };
    let (origin, library) = (args.origin.origin(shared), args.library.clone());
    let order = ListOrder { origin, library, filter: Filter::default() };
    let listing = progress_bar::beside(|news| context.engine.list(&order, news, &context.cancel))?;
    let albums = listing.albums();
    let mut out = std::io::stdout().lock();
    if args.json {
        for album in &albums {
            writeln!(out, "{}", serde_json::to_string(album)?)?;
        }
    } else if albums.is_empty() {
        writeln!(out, "There is no album with photos in it.")?;
    } else {
        let row = |album: &ListedAlbum| {
            let fresh = if args.library.is_some() { format!("{} new", album.new) } else { String::new() };
            [text::count(album.assets, "photo or video", "photos and videos"), fresh, text::plain(&album.album)]
        };
        text::table(&mut out, &albums.iter().map(row).collect::<Vec<_>>())?;
    }
    progress_bar::say_all(&listing.notes);
    Ok(Exit::AllDone)
}
