//! The engine for the terminal: one thing at a time, in the foreground, with typed values that become JSON lines.

pub use crate::checks::{Advice, ChangedFiles, MovedFile, SetAsideDto, Verified};
use crate::conversion::Children;
use crate::dto::{ErrorCode, ErrorDto, SourceDto};
use crate::error::failure_code;
pub use crate::history::UndoneDto;
use crate::home::Home;
pub use crate::library::NewLibrary;
use crate::library::{OpenLibrary, is_there, place, refuse_overlap};
pub use crate::progress::{Made, Progress};
use crate::{devices, identity};
use catalog::{FactsCache, SessionRow, SessionStart};
use decoder::Launch;
use destinations::Awake;
use domain::{AssetId, CancelFlag, Destination, ImportPlan, Source, SourceError, Totals};
pub use domain::{AssetKind, Repeats};
pub use domain::{Conversion, Originals, Renditions, Sidecars, Wanted};
use importer::{Converting, ImportNews, ImportRun, Patience, Presence, ScanReport, ScanRequest};
pub use importer::{Thoroughness, VerifyProgress};
use iphone::{MuxAddress, Phones};
use jiff::tz::TimeZone;
use serde::Serialize;
pub use sources::SharedAlbums;
use sources::WhenLocked;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

mod albums;
mod choice;
mod dry_run;
mod filter;
mod lines;
mod listed;
mod origin;

pub use albums::ListedAlbum;
pub use choice::Choice;
use dry_run::dry_run;
pub use filter::{Day, Favourites, Filter};
pub use lines::ImportLine;
use lines::{line_of, waiting_line};
pub use listed::{LibraryFacts, ListedAsset, ListedBurst, ListedResource, Listing};
pub use origin::Origin;

/// The engine, set up for one command.
pub struct Terminal {
    pub(crate) home: Home,
    zone: TimeZone,
    pub(crate) phones: Phones,
    facts: FactsCache,
    converter: Children,
}

/// What to import, and where to.
#[derive(Debug, Clone)]
pub struct ImportOrder {
    /// Where from.
    pub origin: Origin,
    /// The library's folder.
    pub library: PathBuf,
    /// What is to be done where there is none.
    pub new_library: NewLibrary,
    /// What of it.
    pub choice: Choice,
    /// Of that, what is meant.
    pub filter: Filter,
    /// What becomes of what the library has already.
    pub repeats: Repeats,
    /// Whether to copy or only to say what would be.
    pub mode: ImportMode,
    /// How copies are checked where the phone cannot hash its own files.
    pub thoroughness: Thoroughness,
    /// What is to be made of photos besides copying them, if anything.
    pub conversion: Option<Conversion>,
    /// Whether a sidecar is written of what the phone's library says of an asset.
    pub sidecars: Sidecars,
    /// Whether the best picture at hand is saved of what is only in iCloud.
    pub renditions: Renditions,
}

impl ImportOrder {
    fn makes(&self) -> bool {
        self.conversion.is_some() || self.sidecars == Sidecars::Written || self.renditions == Renditions::Saved
    }
}

/// What to list, and against what.
#[derive(Debug, Clone)]
pub struct ListOrder {
    /// Where from.
    pub origin: Origin,
    /// The library that says what is there already.
    pub library: Option<PathBuf>,
    /// Which of it.
    pub filter: Filter,
}

/// Whether an import is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportMode {
    /// Copy, verify, file.
    Real,
    /// Say what would be done and change nothing.
    DryRun,
}

/// The last line of an import.
#[derive(Debug, Clone, Serialize)]
pub struct Finished {
    /// Everything at the source.
    pub seen: u64,
    /// Copied, verified, filed.
    pub imported: u64,
    /// In the library before.
    pub already_imported: u64,
    /// Original not on the phone.
    pub only_in_icloud: u64,
    /// Not chosen.
    pub not_selected: u64,
    /// Not in the library, each with a line of its own.
    pub failed: u64,
    /// How the copies of what was imported were verified, in assets by evidence; empty when nothing was.
    pub evidence: BTreeMap<&'static str, u64>,
    /// What was made of photos, or saved in their place; left out where nothing was to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made: Option<Made>,
    /// Bytes imported.
    pub bytes: u64,
    /// Seconds it took, listing included.
    pub seconds: f64,
    /// Whether nothing was really done.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// Bytes that must be free for it; told by a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed_bytes: Option<u64>,
    /// Bytes that are free; told by a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_bytes: Option<u64>,
    /// Why it ended early, or why it would not begin, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<ErrorDto>,
}

impl Finished {
    /// An import of so much and so many bytes, of which nothing else is told yet.
    fn of(totals: &Totals, bytes: u64) -> Self {
        Self {
            seen: totals.seen(),
            imported: totals.imported,
            already_imported: totals.already_imported,
            only_in_icloud: totals.only_in_icloud,
            not_selected: totals.not_selected,
            failed: totals.failed,
            evidence: BTreeMap::new(),
            made: None,
            bytes,
            seconds: 0.0,
            dry_run: false,
            needed_bytes: None,
            free_bytes: None,
            stopped: None,
        }
    }
}

/// Hears an import. Called from several threads.
pub trait ImportListener: Sync {
    /// Takes a line.
    fn line(&self, line: &ImportLine);
    /// Takes how far it is; called often.
    fn progress(&self, progress: &Progress);
}

impl Terminal {
    /// Sets the engine up. `home` is the data folder, `mux` the value of `USBMUXD_SOCKET_ADDRESS`.
    pub fn new(home: &Path, mux: Option<&str>) -> Result<Self, ErrorDto> {
        let home = Home::new(home);
        let address = MuxAddress::parse(mux)
            .map_err(|e| ErrorDto::new(ErrorCode::BadRequest, format!("USBMUXD_SOCKET_ADDRESS: {e}")))?;
        let facts = FactsCache::open(&home.facts())?;
        let (zone, phones) = (TimeZone::system(), Phones::new(address)?);
        Ok(Self { home, zone, phones, facts, converter: Children::new(Launch::this_program()) })
    }

    /// Lists the phones on the cable.
    pub fn devices(&self) -> Result<Vec<SourceDto>, ErrorDto> {
        Ok(self.phones.devices()?.iter().map(devices::phone_dto).collect())
    }

    /// Lists a source; against a library, says what is in it already. `news` hears what it waits for and how far it is.
    pub fn list(
        &self,
        order: &ListOrder,
        news: &mut dyn FnMut(&ImportLine),
        cancel: &CancelFlag,
    ) -> Result<Listing, ErrorDto> {
        // What is wrong with the library is said before anybody is asked to unlock a phone.
        let library = order.library.as_ref().map(|path| OpenLibrary::open(&self.home, path)).transpose()?;
        let source = self.open(&order.origin, WhenLocked::Refused, news, cancel)?;
        let report = self.scan(source.as_ref(), library.as_ref(), news, cancel)?;
        let catalog = library.as_ref().map(|l| l.catalog.as_ref());
        let renditions = listed::renditions(catalog, source.id())?;
        let meant = report.assets.into_iter().filter(|scanned| order.filter.lets_through(&scanned.asset));
        let assets = meant.map(|scanned| listed::listed(scanned, catalog, &renditions));
        let assets = assets.collect::<Result<_, _>>()?;
        Ok(Listing { assets, ignored: report.ignored, unreadable: report.unreadable, notes: report.notes })
    }

    /// Imports, or says what an import would do.
    pub fn import(
        &self,
        order: &ImportOrder,
        listener: &dyn ImportListener,
        cancel: &CancelFlag,
    ) -> Result<Finished, ErrorDto> {
        let began = std::time::Instant::now();
        let news = &mut |line: &ImportLine| listener.line(line);
        let there = is_there(&order.library, order.new_library)?;
        let source = self.open(&order.origin, WhenLocked::WaitedFor, news, cancel)?;
        refuse_overlap(&order.library, source.id().as_str())?;
        let library = self.library_for(order, there, news)?;
        let told = |waiting: Option<&SourceError>| listener.line(&waiting_line(waiting));
        let patience = Patience::new(source.as_ref(), cancel, &told).at_most(order.origin.wait);
        // A listing that a locked phone ended begins again: what it told of is told anew, and little of it is read twice.
        let report = patience.outlast(|| self.scan(source.as_ref(), library.as_ref(), news, cancel))?;
        for message in &report.notes {
            listener.line(&ImportLine::Note { message: message.clone() });
        }
        let selection = order.choice.among(&report.assets, order.repeats, &order.filter)?;
        let plan = importer::plan(report.assets.into_iter().map(|s| (s.asset, s.library_path)), &selection);
        let mut finished = match (library, order.mode) {
            (Some(library), ImportMode::Real) => {
                let (row, made) = self.run(order, (source.as_ref(), &library), &plan, (listener, cancel))?;
                let evidence = library.catalog.evidence_counts(&row.id)?;
                let made = (order.makes() || made != Made::default()).then_some(made);
                let evidence = evidence.into_iter().map(|(evidence, count)| (evidence.as_str(), count)).collect();
                let stopped = row.stop.map(|s| ErrorDto::new(failure_code(s.code), s.message));
                Finished { evidence, made, stopped, ..Finished::of(&row.totals, row.bytes) }
            }
            (library, _) => dry_run(order, library.as_ref(), &plan, listener)?,
        };
        finished.seconds = began.elapsed().as_secs_f64();
        listener.line(&ImportLine::Finished(finished.clone()));
        Ok(finished)
    }

    /// Opens the library of an import, making it where that was allowed; `None` for a dry run where there is none yet.
    fn library_for(
        &self,
        order: &ImportOrder,
        there: bool,
        news: &mut dyn FnMut(&ImportLine),
    ) -> Result<Option<OpenLibrary>, ErrorDto> {
        match (order.mode, there) {
            (ImportMode::Real, true) => OpenLibrary::open_to_write(&self.home, &order.library).map(Some),
            (ImportMode::DryRun, true) => OpenLibrary::open(&self.home, &order.library).map(Some),
            (ImportMode::Real, false) => {
                let made = OpenLibrary::create_or_open(&self.home, &order.library)?;
                news(&ImportLine::LibraryCreated { library: place(&order.library) });
                Ok(Some(made))
            }
            (ImportMode::DryRun, false) => {
                news(&ImportLine::Note {
                    message: format!("there is no library at {}: one would be made", place(&order.library)),
                });
                Ok(None)
            }
        }
    }

    fn scan(
        &self,
        source: &dyn Source,
        library: Option<&OpenLibrary>,
        hear: &mut dyn FnMut(&ImportLine),
        cancel: &CancelFlag,
    ) -> Result<ScanReport, SourceError> {
        let presence = library.map(|l| Presence::new(&l.catalog, l.folder.as_ref() as &dyn Destination));
        let request =
            ScanRequest { source, facts: Some(&self.facts), presence: presence.as_ref(), zone: &self.zone, cancel };
        let mut ids: HashSet<AssetId> = HashSet::new();
        let mut report = importer::scan(&request, &mut |news| {
            match news {
                importer::ScanNews::Note(_) => {}
                importer::ScanNews::Reading(read) => {
                    return hear(&ImportLine::Reading { done_bytes: read.done_bytes, bytes: read.total_bytes });
                }
                importer::ScanNews::Assets(assets) => ids.extend(assets.iter().map(|a| a.asset.id.clone())),
                importer::ScanNews::Dropped(dropped) => dropped.iter().for_each(|id| {
                    ids.remove(id);
                }),
            }
            hear(&ImportLine::Listing { assets: ids.len() as u64 });
        })?;
        report.notes.extend(library.and_then(OpenLibrary::problem));
        Ok(report)
    }

    fn run(
        &self,
        order: &ImportOrder,
        (source, library): (&dyn Source, &OpenLibrary),
        plan: &ImportPlan,
        (listener, cancel): (&dyn ImportListener, &CancelFlag),
    ) -> Result<(SessionRow, Made), ErrorDto> {
        let start = SessionStart {
            id: library.new_session()?,
            source: source.id().clone(),
            source_name: source.name(),
            started_at: identity::now(),
        };
        let progress = Mutex::new(Progress::new(plan));
        let session = start.id.to_string();
        let news = |news: ImportNews<'_>| {
            let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
            progress.hear(&news);
            if let Some(line) = line_of(&session, &news) {
                listener.line(&line);
            }
            listener.progress(&progress);
        };
        let env = ImportRun {
            source,
            destination: library.folder.as_ref(),
            catalog: &library.catalog,
            zone: &self.zone,
            thoroughness: order.thoroughness,
            converting: order.conversion.map(|wish| Converting { wish, converter: &self.converter }),
            sidecars: order.sidecars,
            renditions: order.renditions,
            wait: order.origin.wait,
            cancel,
            news: &news,
        };
        let _awake = Awake::keep("Importing photos");
        let row = importer::run(&env, &start, plan)?;
        let made = progress.lock().unwrap_or_else(PoisonError::into_inner).made;
        Ok((row, made))
    }
}
