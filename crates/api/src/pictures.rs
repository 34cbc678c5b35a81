//! Pictures for the page, by token. The page never names a path: a token is a row's number with a piece of its asset's
//! identity, so that a row of another library's catalog cannot be mistaken for it. With a number of pixels behind it, it
//! means a large picture.

use crate::App;
use crate::sight::{Sighting, View};
use catalog::{AssetRow, Catalog};
use domain::{Fingerprint, Source};
use std::sync::Arc;
use thumbnails::{RequestId, ThumbnailError, ThumbnailKey};

/// Longest edge of a grid picture in pixels: sharp on a screen of two device pixels to one.
const EDGE: u32 = 320;
/// Longest edges that large pictures are made in; what is asked for is rounded up to one of them, so that a window that
/// is made larger by a little gets what is there already.
const LARGE_EDGES: [u32; 5] = [1280, 1920, 2560, 4096, 8192];
/// Large pictures asked for last, each of which can be taken back.
const MOST_ASKED: usize = 64;

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

/// A large picture that somebody asked for, perhaps some time ago.
pub(crate) struct AskedPicture {
    row: u32,
    request: RequestId,
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
        let catalog = self.catalog();
        let Some((row, edge)) = row_of(&catalog, token) else { return reply(None) };
        match self.find(&catalog, &row, edge) {
            Found::Here(key, source) => {
                self.note_use(&key.source);
                let answer = move |result: Result<Arc<Vec<u8>>, ThumbnailError>| reply(result.ok());
                let request = self.thumbnails.request(key, source, Box::new(answer));
                if edge.is_some() {
                    self.note_asked(AskedPicture { row: row.row, request });
                }
            }
            Found::NotYet => self.state().waiting.push(WaitingPicture { token: token.to_owned(), reply }),
            Found::Nowhere => reply(None),
        }
    }

    /// Tells why a large picture of a row cannot be shown; `None` when it can.
    pub(crate) fn why_no_picture(&self, catalog: &Catalog, row: &AssetRow, edge: u32) -> Option<ThumbnailError> {
        match self.find(catalog, row, Some(large_edge(edge))) {
            Found::Here(key, source) => self.thumbnails.get(key, source).err(),
            Found::NotYet => None,
            Found::Nowhere => Some(ThumbnailError::Source(domain::SourceError::Unplugged("its source".to_owned()))),
        }
    }

    /// Takes the large pictures back that were asked for of other rows than these: nobody looks at them any more.
    pub(crate) fn keep_asked(&self, rows: &[u32]) {
        let (kept, dropped): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.state().asked).into_iter().partition(|asked| rows.contains(&asked.row));
        self.state().asked.extend(kept);
        dropped.into_iter().for_each(|asked| self.thumbnails.cancel(asked.request));
    }

    fn note_asked(&self, asked: AskedPicture) {
        let mut state = self.state();
        if state.asked.len() >= MOST_ASKED {
            // It was answered long ago: nobody asks for so many and waits.
            state.asked.remove(0);
        }
        state.asked.push(asked);
    }

    /// Asks again for the pictures that waited for a source: it was opened, or could not be.
    pub(crate) fn answer_waiting_pictures(&self) {
        let waiting = std::mem::take(&mut self.state().waiting);
        for WaitingPicture { token, reply } in waiting {
            self.picture(&token, reply);
        }
    }

    fn find(&self, catalog: &Catalog, row: &AssetRow, edge: Option<u32>) -> Found {
        let Some(edge) = edge else { return self.find_small(catalog, row) };
        match self.sight(catalog, row, View::Picture) {
            Sighting::Here(sight) => Found::Here(key_of(sight.source.as_ref(), sight.file, edge), sight.source),
            Sighting::NotYet => Found::NotYet,
            Sighting::Nowhere => Found::Nowhere,
        }
    }

    /// A phone has small pictures ready, a library does not.
    fn find_small(&self, catalog: &Catalog, row: &AssetRow) -> Found {
        let open = self.state().sources.get(&row.source).cloned();
        if let Some(source) = open {
            let asset = catalog.asset(row.row).ok().flatten();
            return asset.map_or(Found::Nowhere, |asset| {
                Found::Here(key_of(source.as_ref(), asset.primary().fingerprint.clone(), EDGE), source)
            });
        }
        match row.library_path.as_deref().and_then(|path| self.in_library(path)) {
            // Its phone is gone, its copy is not.
            Some(sight) => Found::Here(key_of(sight.source.as_ref(), sight.file, EDGE), sight.source),
            None if self.is_listing(&row.source) => Found::NotYet,
            None => Found::Nowhere,
        }
    }
}

/// Finds the row that a token names, and the edge of the large picture it asks for, if it asks for one.
pub(crate) fn row_of(catalog: &Catalog, text: &str) -> Option<(AssetRow, Option<u32>)> {
    let mut parts = text.split('-');
    let (number, _, edge) = (parts.next()?, parts.next()?, parts.next());
    let edge = edge.map(|digits| digits.parse().ok().filter(|edge| (1..=8192).contains(edge)));
    if parts.next().is_some() || edge == Some(None) {
        return None;
    }
    let row = catalog.row(number.parse().ok()?).ok().flatten()?;
    let short = text.splitn(3, '-').take(2).collect::<Vec<_>>().join("-");
    (token(&row) == short).then_some((row, edge.flatten().map(large_edge)))
}

/// Rounds an edge up to one that large pictures are made in.
fn large_edge(wanted: u32) -> u32 {
    let largest = LARGE_EDGES[LARGE_EDGES.len() - 1];
    LARGE_EDGES.into_iter().find(|edge| *edge >= wanted).unwrap_or(largest)
}

fn key_of(source: &dyn Source, file: Fingerprint, edge: u32) -> ThumbnailKey {
    ThumbnailKey {
        source: source.id().clone(),
        path: file.path,
        bytes: file.bytes,
        modified_ns: file.modified_ns,
        edge,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_pictures_come_in_few_sizes() {
        let edges = [1, 1280, 1281, 2000, 4096, 8192, u32::MAX].map(large_edge);
        assert_eq!(edges, [1280, 1280, 1920, 2560, 4096, 8192, 8192]);
    }
}
