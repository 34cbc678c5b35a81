//! Arguments that several commands share.

use anyhow::Result;
use api::terminal::{AssetKind, Day, Favourites, Filter, Origin, SharedAlbums};
use api::{ErrorCode, ErrorDto};
use std::path::PathBuf;
use std::time::Duration;

/// Where photos come from.
#[derive(Debug, clap::Args)]
pub struct OriginArgs {
    /// `iphone`, `iphone:UDID` or a folder
    #[arg(long, default_value = "iphone")]
    source: String,
    /// Wait so many seconds for a phone that is locked or does not trust this computer yet; 0 refuses it at once. Otherwise an
    /// import waits for as long as it takes, and a list for trust alone
    #[arg(long, value_name = "SECONDS")]
    wait: Option<u32>,
}

impl OriginArgs {
    pub fn origin(&self, shared: SharedAlbums) -> Origin {
        let wait = self.wait.map(|seconds| Duration::from_secs(seconds.into()));
        Origin { source: self.source.clone(), shared, wait }
    }
}

/// Where photos are kept.
#[derive(Debug, clap::Args)]
pub struct LibraryArg {
    /// The library's folder
    #[arg(long, env = "KEEPSAKE_LIBRARY", hide_env_values = true)]
    pub library: PathBuf,
}

/// Which of the photos are meant.
#[derive(Debug, clap::Args)]
pub struct FilterArgs {
    /// Only what was taken on this day or later, by the local date where it was taken
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    since: Option<Day>,
    /// Only what was taken on this day or earlier
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    until: Option<Day>,
    /// Only what is of these kinds: photo, video, live_photo, other
    #[arg(long, value_name = "KIND[,KIND…]", value_delimiter = ',', value_parser = kind)]
    kind: Vec<AssetKind>,
    /// Only favourites of the phone
    #[arg(long)]
    favorites: bool,
}

impl FilterArgs {
    /// Errors with `BadRequest` where no day is meant.
    pub fn filter(&self) -> Result<Filter, ErrorDto> {
        if self.since.zip(self.until).is_some_and(|(since, until)| until < since) {
            return Err(ErrorDto::new(ErrorCode::BadRequest, "--until is a day before --since: nothing is meant"));
        }
        let favourites = if self.favorites { Favourites::Only } else { Favourites::AndOthers };
        Ok(Filter { since: self.since, until: self.until, kinds: self.kind.clone(), favourites })
    }
}

fn day(text: &str) -> Result<Day, ErrorDto> {
    text.parse()
}

fn kind(text: &str) -> Result<AssetKind, String> {
    let kinds = [AssetKind::Photo, AssetKind::Video, AssetKind::LivePhoto, AssetKind::Other];
    let found = kinds.into_iter().find(|kind| kind.as_str() == text);
    found.ok_or_else(|| format!("there are {}", kinds.map(AssetKind::as_str).join(", ")))
}
