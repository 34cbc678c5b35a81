//! The grid: geometry from counts first, rows near the viewport later. Reads the catalog and nothing else.

use crate::App;
use crate::args::{GridArgs, PageArgs};
use crate::dto::{AssetDto, DayDto, ErrorDto, Section};
use crate::{imports, pictures};
use catalog::{AssetRow, Catalog, GridSection};
use domain::Shelf;
use domain::SourceId;

/// Rows in one answer at most.
const ROWS: u32 = 500;
/// Ids in one answer at most: 60 kB of JSON.
const IDS: u32 = 10_000;

impl App {
    /// Counts a part of the grid by day, newest first.
    pub fn grid_days(&self, args: GridArgs) -> Result<Vec<DayDto>, ErrorDto> {
        let catalog = self.catalog();
        let Some(section) = section(&catalog, args.section)? else { return Ok(Vec::new()) };
        let days = catalog.days(&SourceId::new(args.source), &section)?;
        Ok(days.into_iter().map(|d| DayDto { day: d.day, count: d.count }).collect())
    }

    /// Returns cells of a part of the grid, at most 500, in the order of the days.
    pub fn grid_rows(&self, args: PageArgs) -> Result<Vec<AssetDto>, ErrorDto> {
        let catalog = self.catalog();
        let Some(section) = section(&catalog, args.section)? else { return Ok(Vec::new()) };
        let rows = catalog.rows(&SourceId::new(args.source), &section, args.offset, args.limit.min(ROWS))?;
        Ok(rows.into_iter().map(|row| asset_dto(&catalog, row)).collect())
    }

    /// Returns ids of a part of the grid, at most 10,000, in the order of the days.
    pub fn grid_ids(&self, args: PageArgs) -> Result<Vec<u32>, ErrorDto> {
        let catalog = self.catalog();
        let Some(section) = section(&catalog, args.section)? else { return Ok(Vec::new()) };
        Ok(catalog.row_numbers(&SourceId::new(args.source), &section, args.offset, args.limit.min(IDS))?)
    }
}

pub(crate) fn section(catalog: &Catalog, section: Section) -> Result<Option<GridSection>, ErrorDto> {
    Ok(match section {
        Section::New => Some(GridSection::New),
        Section::AlreadyImported => Some(GridSection::AlreadyImported),
        Section::OnlyInIcloud => Some(GridSection::OnlyInICloud),
        Section::Hidden => Some(GridSection::Apart(Shelf::Hidden)),
        Section::RecentlyDeleted => Some(GridSection::Apart(Shelf::RecentlyDeleted)),
        Section::Missing => Some(GridSection::Missing),
        Section::LastImport => catalog.last_session()?.map(|session| GridSection::Session(session.id)),
    })
}

fn asset_dto(catalog: &Catalog, row: AssetRow) -> AssetDto {
    AssetDto {
        id: row.row,
        thumbnail: pictures::token(&row),
        name: row.name,
        kind: row.kind.as_str().to_owned(),
        taken_at: row.taken,
        day: row.day,
        bytes: row.bytes,
        duration_ms: row.duration_ms,
        roles: row.roles,
        evidence: row.library_path.as_deref().and_then(|path| imports::evidence(catalog, path)),
        library_path: row.library_path,
        warning: row.warning,
    }
}
