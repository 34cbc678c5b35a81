//! The arguments of commands. Ids and numbers only: the page never names a path.

use crate::conversion::ConversionDto;
use crate::dto::{ListDto, Section, SelectionDto};
use crate::proof::ThoroughnessDto;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Arguments of a command that needs none.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct NoArgs {}

/// Names a source.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SourceArgs {
    /// Its id.
    pub source: String,
}

/// Names a library.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LibraryArgs {
    /// Its id.
    pub library: String,
}

/// Names photos of another catalog.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CarriedArgs {
    /// The source's id.
    pub source: String,
    /// The catalog that the ids are of, as `scan.catalog` named it.
    pub catalog: String,
    /// Up to 10,000 ids.
    pub ids: Vec<u32>,
}

/// Names a volume.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct VolumeArgs {
    /// Its id.
    pub volume: String,
}

/// Names a part of a source's grid.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct GridArgs {
    /// The source's id.
    pub source: String,
    /// The part.
    pub section: Section,
    /// Only what is in this album.
    #[serde(default)]
    pub album: Option<u32>,
}

/// Names a stretch of a source's grid.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PageArgs {
    /// The source's id.
    pub source: String,
    /// The part.
    pub section: Section,
    /// Only what is in this album.
    #[serde(default)]
    pub album: Option<u32>,
    /// How many to leave out at the front.
    pub offset: u32,
    /// How many at most; the command has its own bound.
    pub limit: u32,
}

/// Names a stretch of a source's albums.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AlbumsArgs {
    /// The source's id.
    pub source: String,
    /// How many to leave out at the front.
    pub offset: u32,
    /// How many at most, up to 500.
    pub limit: u32,
}

/// Names assets by their ids.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AssetsArgs {
    /// At most 500 of them are answered.
    pub ids: Vec<u32>,
}

/// Names an asset.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AssetArgs {
    /// Its id.
    pub id: u32,
}

/// Names what to import.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ImportArgs {
    /// The source's id.
    pub source: String,
    /// The assets.
    pub selection: SelectionDto,
    /// The catalog of the listing that the user looked at. Another one is refused: its numbers mean other photos.
    /// Without it the current one is meant.
    #[serde(default)]
    pub catalog: Option<String>,
}

/// Names a stretch of a list behind a number.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ItemsArgs {
    /// Which list.
    pub list: ListDto,
    /// How many to leave out at the front.
    pub offset: u32,
    /// How many at most, up to 500.
    pub limit: u32,
}

/// Names an entry of a list behind a number.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EntryArgs {
    /// Which list.
    pub list: ListDto,
    /// How many entries come before it.
    pub offset: u32,
}

/// Names a list to be written to a file.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ExportArgs {
    /// Which list.
    pub list: ListDto,
}

/// Names how copies are checked from now on.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ThoroughnessArgs {
    /// The way.
    pub thoroughness: ThoroughnessDto,
}

/// Says what is made of photos from now on.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ConversionArgs {
    /// What.
    pub conversion: ConversionDto,
}

/// Says whether small pictures are saved of what is only in iCloud, from now on.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RenditionsArgs {
    /// Whether they are.
    pub saved: bool,
}

/// Says whether sidecars are written from now on.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SidecarsArgs {
    /// Whether they are.
    pub written: bool,
}

/// Says whether shared albums are listed from now on.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SharedAlbumsArgs {
    /// Whether they are.
    pub listed: bool,
}

/// Names an import.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SessionArgs {
    /// Its id.
    pub session: String,
}

/// Names a stretch of the list of imports.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HistoryArgs {
    /// How many to leave out at the front.
    pub offset: u32,
    /// How many at most, up to 500.
    pub limit: u32,
}
