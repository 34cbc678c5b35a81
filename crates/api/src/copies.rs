//! Where the copies of a source's photos are, looked at again: while a listing stands, files of the library move and vanish.

use crate::App;
use crate::dto::ErrorDto;
use crate::library::OpenLibrary;
use catalog::CopySeen;
use domain::{Asset, LibraryPath, SourceId};
use importer::Presence;

/// An asset as it was listed, with its row and where its copy is.
pub(crate) type SeenAsset = (u32, Asset, Option<LibraryPath>);

/// Returns every asset of a source with where its copy is now, and writes down what differs from the listing.
pub(crate) fn seen_now(library: &OpenLibrary, source: &SourceId) -> Result<Vec<SeenAsset>, ErrorDto> {
    let mut seen = library.catalog.assets(source)?;
    // Made after the rows were read: it then knows of every file that they know of.
    let presence = Presence::new(&library.catalog, library.folder.as_ref());
    let mut changed = Vec::new();
    for (row, asset, copy) in &mut seen {
        let now = presence.copy_of(source, asset)?;
        if now != *copy {
            let listed = std::mem::replace(copy, now.clone());
            changed.push(CopySeen { row: *row, listed, now });
        }
    }
    library.catalog.note_copies(&changed)?;
    Ok(seen)
}

impl App {
    /// Counts what changed which copies there are: how many imports and undoings ended, and whether one is running.
    pub(crate) fn copies_changed(&self) -> (u64, bool) {
        let state = self.state();
        let importing = state.import.as_ref().is_some_and(|job| job.is_running());
        (state.copies_changed, importing || state.undo.is_some())
    }

    /// Notes that an import or an undoing ended: a listing that ran meanwhile may have seen what was before.
    pub(crate) fn note_copies_changed(&self) {
        self.state().copies_changed += 1;
    }
}
