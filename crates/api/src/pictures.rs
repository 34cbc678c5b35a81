//! Pictures for the page, by token. The page never names a path: a token is a row's number with a piece of its asset's
//! identity, so that a row of another library's catalog cannot be mistaken for it. With a number of pixels behind it, it
//! means a large picture.

use crate::App;
use crate::asked::Reply;
use crate::dto::ErrorDto;
use crate::sight::{Sighting, View};
use catalog::{AssetRow, Catalog};
use domain::{Fingerprint, Source};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::Arc;
use thumbnails::{RequestId, ThumbnailError, ThumbnailKey};
use ts_rs::TS;

/// Longest edge of a grid picture in pixels: sharp on a screen of two device pixels to one.
const EDGE: u32 = 320;
/// Longest edges that large pictures are made in; what is asked for is rounded up to one of them, so that a window that
/// is made larger by a little gets what is there already.
const LARGE_EDGES: [u32; 5] = [1280, 1920, 2560, 4096, 8192];
/// Tokens that are heeded of a list of pictures that nobody waits for any more.
const MOST_FORGOTTEN: usize = 500;

/// Names pictures that nobody waits for any more.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PicturesArgs {
    /// Their tokens; at most 500 are heeded.
    pub tokens: Vec<String>,
}

/// Returns the token of a row's picture.
pub(crate) fn token(row: &AssetRow) -> String {
    format!("{}-{}", row.row, row.id.as_str().get(..8).unwrap_or_default())
}

/// Where a picture can be had.
enum Found {
    Here(ThumbnailKey, Arc<dyn Source>),
    /// Its source is about to be opened: rows are shown from the catalog before that.
    NotYet,
    Nowhere,
}

impl App {
    /// Finds a picture by its token. `reply` is called once, on any thread, when there is one, none can be had, or nobody
    /// waits for it any more.
    pub fn picture(&self, token: &str, reply: Reply) {
        let (number, crowded_out) = self.asked.add(token, reply);
        self.cancel_all(crowded_out);
        self.seek(number, token);
    }

    fn seek(&self, number: u64, token: &str) {
        while !self.is_sought(number, token) {}
    }

    /// Seeks a picture once; false when it is to be sought again, as its source was opened meanwhile.
    fn is_sought(&self, number: u64, token: &str) -> bool {
        let catalog = self.catalog();
        let row = row_of(&catalog, token);
        let find = || row.as_ref().map(|(row, edge)| self.find(&catalog, row, *edge));
        match find() {
            Some(Found::Here(key, source)) => {
                self.note_use(&key.source);
                let asked = Arc::clone(&self.asked);
                let answer = move |result: Result<Arc<Vec<u8>>, ThumbnailError>| asked.answer(number, result.ok());
                let request = self.thumbnails.request(key, source, Box::new(answer));
                if !self.asked.requested(number, request) {
                    // It was answered at once, or taken back meanwhile.
                    self.thumbnails.cancel(request);
                }
            }
            Some(Found::NotYet) => return self.asked.waits(number, || matches!(find(), Some(Found::NotYet))),
            Some(Found::Nowhere) | None => self.asked.answer(number, None),
        }
        true
    }

    /// Takes pictures back that nobody waits for any more: those that were scrolled away. What others wait for, such as
    /// a large picture of the same photo, stays asked for.
    pub fn forget_pictures(&self, args: PicturesArgs) -> Result<(), ErrorDto> {
        let tokens: HashSet<&str> = args.tokens.iter().take(MOST_FORGOTTEN).map(String::as_str).collect();
        self.cancel_all(self.asked.take_back(|token| tokens.contains(token)));
        Ok(())
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
        self.cancel_all(self.asked.take_back(|token| large_of(token).is_some_and(|row| !rows.contains(&row))));
    }

    /// Asks again for the pictures that waited for a source: it was opened, or could not be.
    pub(crate) fn answer_waiting_pictures(&self) {
        for (number, token) in self.asked.seek_waiting() {
            self.seek(number, &token);
        }
    }

    fn cancel_all(&self, requests: Vec<RequestId>) {
        requests.into_iter().for_each(|request| self.thumbnails.cancel(request));
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

/// Returns the row that a token of a large picture is of, `None` for other tokens.
fn large_of(token: &str) -> Option<u32> {
    let mut parts = token.split('-');
    let (row, edge) = (parts.next()?, parts.nth(1));
    edge.and_then(|_| row.parse().ok())
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
    fn a_large_picture_has_a_third_part_in_its_token() {
        let rows = ["7-0123abcd-1280", "7-0123abcd", "x-0123abcd-1280", ""].map(large_of);
        assert_eq!(rows, [Some(7), None, None, None]);
    }

    #[test]
    fn large_pictures_come_in_few_sizes() {
        let edges = [1, 1280, 1281, 2000, 4096, 8192, u32::MAX].map(large_edge);
        assert_eq!(edges, [1280, 1280, 1920, 2560, 4096, 8192, 8192]);
    }
}
