//! Where a photo can be looked at: its verified copy if that is there, which needs no cable, else its source.

use crate::App;
use catalog::{AssetRow, Catalog};
use domain::{Asset, AssetKind, Availability, Fingerprint, MediaKind, ResourceRole, Source, SourcePath};
use sources::FolderSource;
use std::path::PathBuf;
use std::sync::Arc;

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// The picture; of a film one of its own.
    Picture,
    /// The film, or the one that belongs to a Live Photo.
    Film,
}

/// Where a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the library.
    Library,
    /// At its source.
    Source,
}

/// A file that can be looked at.
#[derive(Clone)]
pub(crate) struct Sight {
    pub(crate) source: Arc<dyn Source>,
    pub(crate) file: Fingerprint,
    pub(crate) place: Place,
}

/// Whether there is one.
pub(crate) enum Sighting {
    Here(Sight),
    /// Its source is about to be opened: rows are shown from the catalog before that.
    NotYet,
    Nowhere,
}

impl App {
    /// Finds the file to look at for a row of the grid.
    pub(crate) fn sight(&self, catalog: &Catalog, row: &AssetRow, view: View) -> Sighting {
        if let Some(sight) = self.copied(catalog, row, view) {
            return Sighting::Here(sight);
        }
        let open = self.state().sources.get(&row.source).cloned();
        let Some(source) = open else {
            return if self.is_listing(&row.source) { Sighting::NotYet } else { Sighting::Nowhere };
        };
        let asset = catalog.asset(row.row).ok().flatten();
        match asset.and_then(|asset| file_of(&asset, view)) {
            Some(file) => Sighting::Here(Sight { source, file, place: Place::Source }),
            None => Sighting::Nowhere,
        }
    }

    /// Finds the copy of a row's picture or film in the library, `None` when there is none or it is not there now.
    fn copied(&self, catalog: &Catalog, row: &AssetRow, view: View) -> Option<Sight> {
        let primary = row.library_path.as_deref()?;
        let copies = catalog.copies(primary).ok()?;
        let names = copies.iter().map(|(role, path)| (*role, path.as_str()));
        let (_, path) = copies.get(choose(view, row.kind, names)?)?;
        self.in_library(path.as_str())
    }

    /// Opens the library for looking at one of its files, `None` when that is not there.
    pub(crate) fn in_library(&self, path: &str) -> Option<Sight> {
        // A library's own folder is no source of photos; the one with its originals is as good as any.
        let (folder, path) = path.split_once('/')?;
        let root: PathBuf = self.state().library.as_ref()?.folder.root().join(folder);
        let source: Arc<dyn Source> = Arc::new(FolderSource::open(&root).ok()?);
        let file = source.stat(&SourcePath::new(path)).ok()?;
        Some(Sight { source, file, place: Place::Library })
    }
}

/// Finds the file of an asset at its source.
fn file_of(asset: &Asset, view: View) -> Option<Fingerprint> {
    let there = |index: usize| {
        index == 0 || asset.resources.get(index).is_some_and(|r| r.availability == Availability::OnDevice)
    };
    let at: Vec<usize> = (0..asset.resources.len()).filter(|index| there(*index)).collect();
    let files: Vec<_> = at.iter().filter_map(|index| asset.resources.get(*index)).collect();
    let names = files.iter().map(|file| (file.role, file.path().as_str()));
    files.get(choose(view, asset.kind, names)?).map(|file| file.fingerprint.clone())
}

/// Chooses among the files of an asset, the primary one first: what its owner made of it before what the camera wrote.
fn choose<'a>(
    view: View,
    kind: AssetKind,
    files: impl Iterator<Item = (ResourceRole, &'a str)> + Clone,
) -> Option<usize> {
    let is = |wanted: ResourceRole, sort: MediaKind| {
        files.clone().position(|(role, name)| role == wanted && media::kind_by_name(name) == sort)
    };
    match (view, kind) {
        (_, AssetKind::Video) => is(ResourceRole::Edited, MediaKind::Video).or(Some(0)),
        (View::Picture, _) => is(ResourceRole::Edited, MediaKind::Photo).or(Some(0)),
        (View::Film, AssetKind::LivePhoto) => is(ResourceRole::PairedVideo, MediaKind::Video),
        (View::Film, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ResourceRole::{Adjustments, Edited, Original, PairedVideo};

    #[test]
    fn an_edit_goes_before_the_original_and_only_what_moves_is_a_film() {
        let plain = [(Original, "a.HEIC")];
        let live = [
            (Original, "a.HEIC"),
            (PairedVideo, "a.MOV"),
            (Adjustments, "a.AAE"),
            (Edited, "F.heic"),
            (Edited, "F.mov"),
        ];
        let film = [(Original, "a.MOV"), (Edited, "F.jpg"), (Edited, "F.mov")];
        let chosen = |view, kind, files: &[(ResourceRole, &'static str)]| choose(view, kind, files.iter().copied());
        assert_eq!(chosen(View::Picture, AssetKind::Photo, &plain), Some(0));
        assert_eq!(chosen(View::Film, AssetKind::Photo, &plain), None);
        assert_eq!(chosen(View::Film, AssetKind::LivePhoto, &plain), None);
        assert_eq!(chosen(View::Picture, AssetKind::LivePhoto, &live), Some(3));
        assert_eq!(chosen(View::Film, AssetKind::LivePhoto, &live), Some(1));
        assert_eq!(chosen(View::Film, AssetKind::Video, &film), Some(2));
        assert_eq!(chosen(View::Picture, AssetKind::Video, &film), Some(2));
    }
}
