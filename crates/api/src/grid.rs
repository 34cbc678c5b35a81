//! The grid: geometry from counts first, rows near the viewport later. Reads the catalog and nothing else.

use crate::App;
use crate::args::{AssetsArgs, GridArgs, PageArgs};
use crate::dto::{AssetDto, BurstDto, CellDto, DayDto, ErrorDto, Section};
use crate::{imports, pictures};
use catalog::{AssetRow, Bursts, Catalog, GridPart, GridSection};
use domain::{Shelf, SourceId};

/// Rows in one answer at most.
const ROWS: u32 = 500;
/// Ids in one answer at most: 60 kB of JSON.
const IDS: u32 = 10_000;

impl App {
    /// Counts a part of the grid by day, newest first.
    pub fn grid_days(&self, args: GridArgs) -> Result<Vec<DayDto>, ErrorDto> {
        let catalog = self.catalog();
        let Some(part) = part(&catalog, args)? else { return Ok(Vec::new()) };
        let days = catalog.days(&part)?;
        Ok(days.into_iter().map(|d| DayDto { day: d.day, count: d.cells, assets: d.assets }).collect())
    }

    /// Returns cells of a part of the grid, at most 500, in the order of the days.
    pub fn grid_rows(&self, args: PageArgs) -> Result<Vec<AssetDto>, ErrorDto> {
        let catalog = self.catalog();
        let (offset, limit) = (args.offset, args.limit.min(ROWS));
        let Some(part) = part(&catalog, args.into())? else { return Ok(Vec::new()) };
        let rows = catalog.rows(&part, offset, limit)?;
        Ok(rows.into_iter().map(|row| asset_dto(&catalog, row)).collect())
    }

    /// Returns ids of a part of the grid, at most 10,000 cells, in the order of the days.
    pub fn grid_ids(&self, args: PageArgs) -> Result<Vec<CellDto>, ErrorDto> {
        let catalog = self.catalog();
        let (offset, limit) = (args.offset, args.limit.min(IDS));
        let Some(part) = part(&catalog, args.into())? else { return Ok(Vec::new()) };
        let cells = catalog.row_numbers(&part, offset, limit)?;
        Ok(cells
            .into_iter()
            .map(|rows| if let [row] = rows[..] { CellDto::One(row) } else { CellDto::Burst(rows) })
            .collect())
    }

    /// Returns assets as cells, at most 500, in the order they were asked for. What is not there any more is left out.
    pub fn grid_assets(&self, args: AssetsArgs) -> Result<Vec<AssetDto>, ErrorDto> {
        let catalog = self.catalog();
        let mut found = Vec::new();
        for id in args.ids.into_iter().take(ROWS as usize) {
            found.extend(catalog.row(id)?.map(|row| asset_dto(&catalog, row)));
        }
        Ok(found)
    }
}

impl From<PageArgs> for GridArgs {
    fn from(PageArgs { source, section, album, .. }: PageArgs) -> Self {
        Self { source, section, album }
    }
}

fn part(catalog: &Catalog, args: GridArgs) -> Result<Option<GridPart>, ErrorDto> {
    let (source, album) = (SourceId::new(args.source), args.album);
    let section = section(catalog, args.section)?;
    Ok(section.map(|section| GridPart { source, section, album, bursts: Bursts::Stacked }))
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
        availability: row.availability.as_str().to_owned(),
        favorite: row.favorite,
        edited: row.edited,
        rendition: row.rendition,
        burst: row.burst.map(|burst| BurstDto { ids: burst.rows, picked: burst.picked }),
    }
}
