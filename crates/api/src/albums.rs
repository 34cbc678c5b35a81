//! The albums of a phone, as the page lists them.

use crate::App;
use crate::args::AlbumsArgs;
use crate::dto::ErrorDto;
use domain::SourceId;
use serde::Serialize;
use ts_rs::TS;

/// Albums in one answer at most.
const ALBUMS: u32 = 500;

/// An album of a phone with something in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct AlbumDto {
    /// Names it in commands, as long as it has something in it and the library is open.
    pub id: u32,
    /// The folders it lies in and its own title.
    pub path: Vec<String>,
    /// How many photos and videos it shows; as on the phone, nothing that is hidden or deleted.
    pub assets: u32,
    /// How many of them are new.
    pub new: u32,
}

impl App {
    /// Lists the albums of a source in the order of their paths, at most 500.
    pub fn albums(&self, args: AlbumsArgs) -> Result<Vec<AlbumDto>, ErrorDto> {
        let albums = self.catalog().albums(&SourceId::new(args.source), args.offset, args.limit.min(ALBUMS))?;
        let dto = |album: catalog::AlbumRow| AlbumDto {
            id: album.number,
            path: album.path,
            assets: album.assets,
            new: album.new,
        };
        Ok(albums.into_iter().map(dto).collect())
    }
}
