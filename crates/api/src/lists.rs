//! The lists behind numbers: page by page for the window, whole into a file that the user names.

use crate::App;
use crate::args::{EntryArgs, ExportArgs, ItemsArgs};
use crate::checks::CheckList;
use crate::dto::{ErrorCode, ErrorDto, ItemDto, ItemList, ListDto, Section};
use crate::error::failure_code;
use crate::export::{Exported, ListFile};
use crate::grid;
use crate::history::HistoryItem;
use crate::imports::evidence;
use catalog::{AssetRow, Catalog, FindingKind, FindingRow, GridPart, GridSection, ItemRow};
use domain::{LibraryPath, SessionId, SourceId};

/// Items in one answer at most.
pub(crate) const ITEMS: u32 = 500;

/// What an import was asked for and is not in the library, reached or not.
const NOT_IMPORTED: &str = "not_imported";

/// One of the lists, looked up.
enum Rows {
    /// Items of the journal that ended in this state.
    Journal(SessionId, &'static str),
    /// What the last check found.
    Check(FindingKind),
    /// Rows of the grid.
    Grid(SourceId, GridSection),
    /// There can be none.
    None,
}

impl App {
    /// Returns entries of a list behind a number, at most 500.
    pub fn list_items(&self, args: ItemsArgs) -> Result<Vec<ItemDto>, ErrorDto> {
        let catalog = self.catalog();
        let rows = self.look_up(&catalog, &args.list)?;
        page(&catalog, &rows, args.offset, args.limit.min(ITEMS))
    }

    /// Asks where to, and writes a whole list there: CSV, or JSON where the name ends so. `None` when the user gave up.
    pub fn export_list(&self, args: ExportArgs) -> Result<Option<Exported>, ErrorDto> {
        let catalog = self.catalog();
        let rows = self.look_up(&catalog, &args.list)?;
        let Some(path) = self.host.pick_save_file("Save the list", &format!("{}.csv", name_of(&args.list))) else {
            return Ok(None);
        };
        let mut file = ListFile::create(&path)?;
        let mut offset = 0;
        loop {
            let items = page(&catalog, &rows, offset, ITEMS)?;
            items.iter().try_for_each(|item| file.write(item))?;
            if items.len() < ITEMS as usize {
                return file.finish().map(Some);
            }
            offset += ITEMS;
        }
    }

    /// Shows the file of an entry in the file manager; where it is not there any more, the folder it was in.
    pub fn reveal_item(&self, args: EntryArgs) -> Result<(), ErrorDto> {
        let library = self.current_library()?;
        let rows = self.look_up(&library.catalog, &args.list)?;
        let item = page(&library.catalog, &rows, args.offset, 1)?.into_iter().next();
        let path = item.and_then(|item| LibraryPath::found(&item.library_path?).ok());
        let root = library.folder.root();
        let file = path.map_or_else(|| root.to_owned(), |path| root.join(path.as_str()));
        let there = file.ancestors().find(|path| path.symlink_metadata().is_ok()).filter(|path| path.starts_with(root));
        self.host.reveal(there.unwrap_or(root));
        Ok(())
    }

    fn look_up(&self, catalog: &Catalog, list: &ListDto) -> Result<Rows, ErrorDto> {
        match list {
            // Numbers that add up have lists that do not overlap.
            ListDto::Source { source, section: Section::New } => {
                Ok(Rows::Grid(SourceId::new(source), GridSection::Readable))
            }
            ListDto::Source { source, section } => Ok(match grid::section(catalog, *section)? {
                Some(section) => Rows::Grid(SourceId::new(source), section),
                None => Rows::None,
            }),
            ListDto::Check { list } => Ok(Rows::Check(match list {
                CheckList::Changed => FindingKind::Changed,
                CheckList::Missing => FindingKind::Missing,
                CheckList::Unknown => FindingKind::Unknown,
            })),
            ListDto::Import { session, list } => {
                let session = SessionId::parse(session)
                    .map_err(|_| ErrorDto::new(ErrorCode::BadRequest, "there is no such import"))?;
                let is_running = self.is_importing() && catalog.last_session()?.is_some_and(|last| last.id == session);
                match list {
                    // What was not reached is known once it ended.
                    ItemList::Failed if !is_running => Ok(Rows::Journal(session, NOT_IMPORTED)),
                    list => of_import(catalog, session, *list),
                }
            }
        }
    }
}

/// Lists everything that an import was asked to copy, with how it ended.
pub(crate) fn journal(catalog: &Catalog, session: &SessionId) -> Result<Vec<HistoryItem>, ErrorDto> {
    let mut found = Vec::new();
    for state in ["imported", "already_imported", "failed", "undone"] {
        let items = catalog.items(session, if state == "failed" { NOT_IMPORTED } else { state }, 0, u32::MAX)?;
        let item = |row| HistoryItem { state, item: journal_item(catalog, row) };
        found.extend(items.into_iter().map(item));
    }
    Ok(found)
}

/// What an import had nothing to do with is not in its journal: it is a part of the grid, as long as no other import came
/// after it.
fn of_import(catalog: &Catalog, session: SessionId, list: ItemList) -> Result<Rows, ErrorDto> {
    let section = match list {
        ItemList::Imported => return Ok(Rows::Journal(session, "imported")),
        ItemList::Failed => return Ok(Rows::Journal(session, "failed")),
        ItemList::PutAside => return Ok(Rows::Journal(session, "undone")),
        ItemList::Warned => return Ok(Rows::Journal(session, "warned")),
        ItemList::AlreadyImported => GridSection::Before(session.clone()),
        ItemList::OnlyInIcloud => GridSection::OutOfReach(session.clone()),
        ItemList::NotSelected => GridSection::Unchosen(session.clone()),
    };
    let last = catalog.last_session()?.filter(|last| last.id == session);
    Ok(last.map_or(Rows::None, |last| Rows::Grid(last.source, section)))
}

fn page(catalog: &Catalog, rows: &Rows, offset: u32, limit: u32) -> Result<Vec<ItemDto>, ErrorDto> {
    match rows {
        Rows::None => Ok(Vec::new()),
        Rows::Journal(session, state) => {
            let items = catalog.items(session, state, offset, limit)?;
            Ok(items.into_iter().map(|row| journal_item(catalog, row)).collect())
        }
        Rows::Check(kind) => {
            let rows = catalog.findings(*kind, offset, limit)?;
            Ok(rows.into_iter().map(finding_item).collect())
        }
        Rows::Grid(source, section) => {
            let rows = catalog.rows(&GridPart::all(source, section.clone()), offset, limit)?;
            rows.into_iter().map(|row| grid_item(catalog, row)).collect()
        }
    }
}

fn journal_item(catalog: &Catalog, row: ItemRow) -> ItemDto {
    ItemDto {
        name: row.name,
        source_path: row.source_path,
        evidence: row.library_path.as_deref().and_then(|path| evidence(catalog, path)),
        library_path: row.library_path,
        error: row.failure.map(|(code, message)| ErrorDto::new(failure_code(code), message)),
        warning: row.warning,
    }
}

fn finding_item(row: FindingRow) -> ItemDto {
    let warning = match (row.unreadable, row.made) {
        (true, _) => Some("it cannot be read"),
        (false, true) => Some("Keepsake made this file of a photo: an import does not bring it back"),
        (false, false) => None,
    };
    ItemDto {
        name: row.path.rsplit('/').next().unwrap_or_default().to_owned(),
        source_path: row.source_path,
        library_path: Some(row.path),
        evidence: None,
        error: None,
        warning: warning.map(|words| ErrorDto::new(ErrorCode::DestinationIo, words).message),
    }
}

fn grid_item(catalog: &Catalog, row: AssetRow) -> Result<ItemDto, ErrorDto> {
    let asset = catalog.asset(row.row)?;
    Ok(ItemDto {
        name: row.name,
        source_path: asset.map_or_else(String::new, |a| a.primary().path().to_string()),
        evidence: row.library_path.as_deref().and_then(|path| evidence(catalog, path)),
        error: row.warning.filter(|_| row.library_path.is_none()).map(|w| ErrorDto::new(ErrorCode::SourceRead, w)),
        library_path: row.library_path,
        warning: None,
    })
}

/// The name of the file that is offered.
fn name_of(list: &ListDto) -> &'static str {
    match list {
        ListDto::Import { list: ItemList::Imported, .. } | ListDto::Source { section: Section::LastImport, .. } => {
            "Imported"
        }
        ListDto::Import { list: ItemList::AlreadyImported, .. }
        | ListDto::Source { section: Section::AlreadyImported, .. } => "Already imported",
        ListDto::Import { list: ItemList::Failed, .. } => "Not imported",
        ListDto::Import { list: ItemList::PutAside, .. } => "Put aside",
        ListDto::Import { list: ItemList::Warned, .. } => "JPEGs not made",
        ListDto::Import { list: ItemList::OnlyInIcloud, .. }
        | ListDto::Source { section: Section::OnlyInIcloud, .. } => "Only in iCloud",
        ListDto::Import { list: ItemList::NotSelected, .. } => "Not selected",
        ListDto::Check { list: CheckList::Changed } => "Changed",
        ListDto::Check { list: CheckList::Missing } => "Missing",
        ListDto::Check { list: CheckList::Unknown } => "Unknown",
        ListDto::Source { section: Section::New, .. } => "New",
        ListDto::Source { section: Section::Missing, .. } => "Could not be read",
        ListDto::Source { section: Section::Hidden, .. } => "Hidden",
        ListDto::Source { section: Section::RecentlyDeleted, .. } => "Recently deleted",
    }
}
