//! What was picked while another library was the current one: the same photos have other numbers in another catalog.

use crate::App;
use crate::args::CarriedArgs;
use crate::dto::{ErrorCode, ErrorDto};
use catalog::Catalog;
use domain::{LibraryId, SourceId};
use std::sync::Arc;

/// Ids in one question at most.
const IDS: usize = 10_000;

impl App {
    /// Finds photos of one catalog in the current one. What is not there is left out.
    pub fn carried_ids(&self, args: CarriedArgs) -> Result<Vec<u32>, ErrorDto> {
        let Some(before) = self.catalog_named(&args.catalog)? else { return Ok(Vec::new()) };
        let source = SourceId::new(args.source);
        let rows: Vec<u32> = args.ids.into_iter().take(IDS).collect();
        Ok(self.catalog().asset_rows(&source, &before.asset_ids(&source, &rows)?)?)
    }

    /// Finds a catalog by the name that a listing has it by; `None` when there is none of that name any more.
    fn catalog_named(&self, name: &str) -> Result<Option<Arc<Catalog>>, ErrorDto> {
        if name == NONE {
            return Ok(Some(self.looking.clone()));
        }
        let id = LibraryId::parse(name)
            .map_err(|_| ErrorDto::new(ErrorCode::BadRequest, "there is no catalog of that name"))?;
        let path = self.home.catalog(Some(&id));
        // One that is not there is not made.
        if !path.is_file() {
            return Ok(None);
        }
        Ok(Some(Arc::new(Catalog::open(&path)?)))
    }
}

/// What a listing without a library calls its catalog.
pub(crate) const NONE: &str = "none";
