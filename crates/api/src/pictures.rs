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

/// A picture that was asked for before its source was open.
pub(crate) struct WaitingPicture {
    token: String,
    reply: Reply,
}

/// Where a picture can be had.
enum Found {
    Here(ThumbnailKey, Arc<dyn Source>),
    /// Its source is about to be opened: rows are shown from the catalog before that.
    NotYet,
    Nowhere,
}

impl App {
    /// Finds a picture by its token. `reply` is called once, on any thread, when there is one or none can be had.
    pub fn picture(&self, token: &str, reply: Reply) {
        match self.find(&self.catalog(), token) {
            Found::Here(key, source) => {
                self.note_use(&key.source);
                let answer = move |result: Result<Arc<Vec<u8>>, ThumbnailError>| reply(result.ok());
                self.thumbnails.request(key, source, Box::new(answer));
            }
            Found::NotYet => self.state().waiting.push(WaitingPicture { token: token.to_owned(), reply }),
            Found::Nowhere => reply(None),
        }
    }

    /// Asks again for the pictures that waited for a source: it was opened, or could not be.
    pub(crate) fn answer_waiting_pictures(&self) {
        let waiting = std::mem::take(&mut self.state().waiting);
        for WaitingPicture { token, reply } in waiting {
            self.picture(&token, reply);
        }
    }

    fn find(&self, catalog: &Catalog, token: &str) -> Found {
        let number = token.split_once('-').and_then(|(number, _)| number.parse::<u32>().ok());
        let row = number.and_then(|number| catalog.row(number).ok().flatten());
        let Some(row) = row.filter(|row| self::token(row) == token) else { return Found::Nowhere };
        let open = self.state().sources.get(&row.source).cloned();
        if let Some(source) = open {
            let asset = catalog.asset(row.row).ok().flatten();
            return asset.map_or(Found::Nowhere, |asset| {
                Found::Here(key_of(source.as_ref(), asset.primary().fingerprint.clone()), source)
            });
        }
        match self.copy_of(&row) {
            // Its phone is gone, its copy is not.
            Some((key, source)) => Found::Here(key, source),
            None if self.is_listing(&row.source) => Found::NotYet,
            None => Found::Nowhere,
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
