//! Pictures for the page, by token. The page never names a path: a token is a row's number with a piece of its asset's
//! identity, so that a row of another library's catalog cannot be mistaken for it.

use crate::App;
use catalog::{AssetRow, Catalog};
use domain::{Fingerprint, Source, SourcePath};
use sources::FolderSource;
use std::sync::Arc;
use thumbnails::{ThumbnailError, ThumbnailKey};

/// Longest edge of a grid picture in pixels: sharp on a screen of two device pixels to one.
const EDGE: u32 = 320;

/// Takes a picture's bytes (JPEG), or nothing where there is none to show.
pub type Reply = Box<dyn FnOnce(Option<Arc<Vec<u8>>>) + Send>;

/// Returns the token of a row's picture.
pub(crate) fn token(row: &AssetRow) -> String {
    format!("{}-{}", row.row, row.id.as_str().get(..8).unwrap_or_default())
}

impl App {
    /// Finds a picture by its token. `reply` is called once, on any thread, when there is one or none can be had.
    pub fn picture(&self, token: &str, reply: Reply) {
        let catalog = self.catalog();
        let Some((key, source)) = self.find(&catalog, token) else { return reply(None) };
        let answer = move |result: Result<Arc<Vec<u8>>, ThumbnailError>| reply(result.ok());
        self.thumbnails.request(key, source, Box::new(answer));
    }

    fn find(&self, catalog: &Catalog, token: &str) -> Option<(ThumbnailKey, Arc<dyn Source>)> {
        let (number, _) = token.split_once('-')?;
        let number: u32 = number.parse().ok()?;
        let row = catalog.row(number).ok().flatten()?;
        if self::token(&row) != token {
            return None;
        }
        let open = self.state().sources.get(&row.source).cloned();
        match open {
            Some(source) => {
                let asset = catalog.asset(number).ok().flatten()?;
                Some((key_of(source.as_ref(), asset.primary().fingerprint.clone()), source))
            }
            // Its phone is gone, its copy is not.
            None => self.copy_of(&row),
        }
    }

    fn copy_of(&self, row: &AssetRow) -> Option<(ThumbnailKey, Arc<dyn Source>)> {
        // A library's own folder is no source of photos; the one with its originals is as good as any.
        let (folder, path) = row.library_path.as_ref()?.split_once('/')?;
        let originals = self.state().library.as_ref()?.folder.root().join(folder);
        let source: Arc<dyn Source> = Arc::new(FolderSource::open(&originals).ok()?);
        let file = source.stat(&SourcePath::new(path)).ok()?;
        Some((key_of(source.as_ref(), file), source))
    }
}

fn key_of(source: &dyn Source, file: Fingerprint) -> ThumbnailKey {
    ThumbnailKey {
        source: source.id().clone(),
        path: file.path,
        bytes: file.bytes,
        modified_ns: file.modified_ns,
        edge: EDGE,
    }
}
