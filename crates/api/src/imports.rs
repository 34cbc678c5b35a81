//! Importing into the current library, in the background, and what is told of imports afterwards.

use crate::App;
use crate::args::{ImportArgs, NoArgs};
use crate::conversion::MadeDto;
use crate::copies::{SeenAsset, seen_now};
use crate::dto::{ErrorCode, ErrorDto, ImportDto, ImportPhase, SelectionDto};
use crate::error::failure_code;
use crate::events::Event;
use crate::import_job::ImportJob;
use crate::library::{OpenLibrary, refuse_overlap};
use crate::progress::totals_dto;
use crate::proof::{EvidenceCountsDto, EvidenceDto};
use crate::{busy, identity, library};
use catalog::{Catalog, SessionRow, SessionStart};
use destinations::Awake;
use domain::{
    AssetId, CancelFlag, Capacity, Destination, ImportPlan, LibraryPath, Renditions, Repeats, SessionId, Source,
    SourceError, SourceId,
};
use importer::{Converting, ImportError, ImportRun, Selection};
use jiff::tz::TimeZone;
use serde::Serialize;
use sources::WhenLocked;
use std::collections::{BTreeSet, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use ts_rs::TS;

/// How often the page hears that rows moved while an import runs.
const ROWS_PACE: Duration = Duration::from_millis(1000);

/// So many that were picked are looked up one by one; of more, everything at the source is read at once, which is faster then.
const PICKED_ONE_BY_ONE: usize = 2000;

/// What an import would do.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct PlanDto {
    /// How many assets would be imported.
    pub assets: u32,
    /// How many bytes would be copied.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Of how many assets, which are only in iCloud, a small picture would be looked for.
    pub renditions: u32,
    /// How many bytes are free in the library.
    #[ts(type = "number")]
    pub free_bytes: u64,
    /// Why it cannot start, if it cannot, for people.
    pub problem: Option<ErrorDto>,
}

impl App {
    /// Tells what an import would do.
    pub fn plan_import(&self, args: ImportArgs) -> Result<PlanDto, ErrorDto> {
        let library = self.current_library();
        let catalog = library.as_ref().map_or_else(|_| self.catalog(), |l| l.catalog.clone());
        let source = self.named_source(args.source)?;
        if let Err(error) = self.refuse_other_catalog(args.catalog.as_deref()) {
            return Ok(PlanDto { assets: 0, bytes: 0, renditions: 0, free_bytes: 0, problem: Some(error) });
        }
        let plan = asked_about(&catalog, &source, &args.selection)?;
        let assets = u32::try_from(plan.imports().count()).unwrap_or(u32::MAX);
        let renditions = match self.state().settings.renditions() {
            Renditions::Saved => without_rendition(&catalog, &source, &plan)?,
            Renditions::LeftOut => 0,
        };
        let mut dto = PlanDto { assets, bytes: plan.bytes(), renditions, free_bytes: 0, problem: None };
        match library {
            Err(error) => dto.problem = Some(error),
            Ok(library) => {
                let capacity = library.folder.capacity()?;
                let fits = self.check_space(&plan, (&library, &capacity));
                dto.free_bytes = capacity.free_bytes;
                let apart = refuse_overlap(library.folder.root(), source.as_str());
                dto.problem = fits.and(apart).err();
            }
        }
        Ok(dto)
    }

    /// Starts an import into the current library.
    pub fn start_import(&self, args: ImportArgs) -> Result<ImportDto, ErrorDto> {
        let current = self.current_library()?;
        self.refuse_other_catalog(args.catalog.as_deref())?;
        let source_id = self.named_source(args.source)?;
        refuse_overlap(current.folder.root(), source_id.as_str())?;
        // Opened anew for writing: this is where a read-only drive is found out.
        let library = OpenLibrary::open_to_write(&self.home, current.folder.root())?;
        let source = self.open_at_once(&source_id).inspect_err(|error| self.ask_for_trust(&source_id, error))?;
        // What was thrown out of the library since the listing is new again, and must not be called imported.
        let seen = seen_now(&library, &source_id)?;
        let plan = plan_for(&library.catalog, (&source_id, seen), &args.selection)?;
        self.check_space(&plan, (&library, &library.folder.capacity()?))?;
        let start = SessionStart {
            id: library.new_session()?,
            source: source_id,
            source_name: source.name(),
            started_at: identity::now(),
        };
        let job = Arc::new(ImportJob::new(start, library.name(), &plan));
        let before = self.claim(&job)?;
        let (this, running) = (self.this.clone(), job.clone());
        let spawned = std::thread::Builder::new().name("import".into()).spawn(move || {
            let Some(app) = this.upgrade() else { return };
            let import = AssertUnwindSafe(|| app.run_import(&running, &library, source.as_ref(), &plan));
            if catch_unwind(import).is_err() && running.is_running() {
                app.end_import(&running, Err(ErrorDto::broken()), Default::default());
            }
        });
        if let Err(error) = spawned {
            let error = ErrorDto::new(ErrorCode::Busy, format!("the system gave no thread: {error}"));
            job.end(Err(error), Default::default());
        }
        // One that cannot begin is refused, and is no import: nothing of it could be continued.
        job.beginning().inspect_err(|_| self.put_back(&job, before))
    }

    fn put_back(&self, job: &Arc<ImportJob>, before: Option<Arc<ImportJob>>) {
        let mut state = self.state();
        if state.import.as_ref().is_some_and(|now| Arc::ptr_eq(now, job)) {
            state.import = before;
        }
    }

    /// Opens a source for importing. What its owner has to do first is a refusal: the page waits where it lists.
    fn open_at_once(&self, id: &SourceId) -> Result<Arc<dyn Source>, ErrorDto> {
        let (mut waits_for, cancel) = (None, CancelFlag::default());
        let waiting = &mut |error: SourceError| {
            waits_for.get_or_insert(error);
            cancel.cancel();
        };
        let opened = self.open_source_by_id(id, WhenLocked::Refused, waiting, &cancel);
        opened.map_err(|error| waits_for.map_or(error, ErrorDto::from))
    }

    /// Begins to list a phone that has to be trusted first: that asks its owner, and waits where the page shows it.
    fn ask_for_trust(&self, id: &SourceId, error: &ErrorDto) {
        if error.code == ErrorCode::TrustPending && !self.is_listing(id) {
            let scan = self.begin_scan(id.clone());
            self.tell(&Event::Scan { scan });
        }
    }

    /// Refuses numbers of photos that are from another catalog than the one in use: there they mean other photos.
    fn refuse_other_catalog(&self, chosen_in: Option<&str>) -> Result<(), ErrorDto> {
        let current = OpenLibrary::catalog_name(self.state().library.as_ref());
        if chosen_in.is_none_or(|catalog| catalog == current) {
            return Ok(());
        }
        let message = "the library has changed: wait until everything was found again, then choose what to import";
        Err(ErrorDto::new(ErrorCode::Busy, message))
    }

    /// Asks the running import to stop after the block at hand.
    pub fn cancel_import(&self, _: NoArgs) -> Result<(), ErrorDto> {
        let job = self.state().import.clone();
        if let Some(job) = job {
            let import = job.cancel();
            if job.has_begun() {
                self.tell(&Event::Import { import });
            }
        }
        Ok(())
    }

    /// Returns the running import, else the last one into the current library, else nothing.
    pub fn import_status(&self, _: NoArgs) -> Result<Option<ImportDto>, ErrorDto> {
        let (job, library) = {
            let state = self.state();
            (state.import.clone(), state.library.clone())
        };
        let job = job.filter(|job| job.has_begun());
        if let Some(job) = job.as_ref().filter(|job| job.is_running() || library.is_none()) {
            return Ok(Some(job.dto()));
        }
        let Some(library) = library else { return Ok(None) };
        let last = library.catalog.last_session()?;
        let mut last = last.map(|row| past_import(&library, row)).transpose()?;
        if let (Some(last), Some(job)) = (&mut last, job) {
            // The journal does not know.
            last.released = job.is_released() || job.start.id.to_string() != last.session;
        }
        Ok(last)
    }

    pub(crate) fn is_importing(&self) -> bool {
        self.state().import.as_ref().is_some_and(|job| job.is_running())
    }

    pub(crate) fn is_importing_from(&self, source: &SourceId) -> bool {
        self.state().import.as_ref().is_some_and(|job| job.is_running() && job.start.source == *source)
    }

    fn check_space(&self, plan: &ImportPlan, (library, capacity): (&OpenLibrary, &Capacity)) -> Result<(), ErrorDto> {
        let (wish, sidecars) = {
            let state = self.state();
            (state.settings.conversion.wish(), state.settings.sidecars())
        };
        importer::check_space(plan, &[], capacity, wish.as_ref(), sidecars).map_err(|error| match error {
            ImportError::NoSpace { needed, free } => ErrorDto::no_space(needed, free, &format!("“{}”", library.name())),
            other => other.into(),
        })
    }

    /// Makes a job the running one, unless another runs; returns the one before.
    fn claim(&self, job: &Arc<ImportJob>) -> Result<Option<Arc<ImportJob>>, ErrorDto> {
        let mut state = self.state();
        busy::refuse_while_busy(&state)?;
        Ok(state.import.replace(job.clone()))
    }

    fn run_import(&self, job: &ImportJob, library: &OpenLibrary, source: &dyn Source, plan: &ImportPlan) {
        let began = Instant::now();
        let _awake = Awake::keep("Importing photos");
        let settings = self.state().settings.clone();
        let thoroughness = settings.thoroughness.into();
        let wish = settings.conversion.wish();
        let told_rows = AtomicU64::new(0);
        let news = |news: importer::ImportNews<'_>| {
            if job.hear(&news, &|import| self.tell(&Event::Import { import })) {
                let now = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                let pace = u64::try_from(ROWS_PACE.as_millis()).unwrap_or(u64::MAX);
                if now.saturating_sub(told_rows.load(Ordering::Relaxed)) >= pace {
                    told_rows.store(now, Ordering::Relaxed);
                    self.tell_rows_changed(&job.start.source);
                }
            }
        };
        let env = ImportRun {
            source,
            destination: library.folder.as_ref(),
            catalog: &library.catalog,
            // That of now: a laptop travels with its window open.
            zone: &TimeZone::system(),
            thoroughness,
            converting: wish.map(|wish| Converting { wish, converter: &self.converter }),
            sidecars: settings.sidecars(),
            renditions: settings.renditions(),
            wait: None,
            cancel: &job.flag,
            news: &news,
        };
        let result = importer::run(&env, &job.start, plan).map_err(ErrorDto::from);
        // What is shown now says that the phone can be unplugged, or that something is still under way there.
        if source.release().is_ok() {
            job.note_released();
        }
        let evidence = library.catalog.evidence_counts(&job.start.id).unwrap_or_default();
        let made = library.catalog.made_counts(&job.start.id).unwrap_or_default();
        // Before it is seen to have ended: the books that are read then are the new ones.
        self.tell_rows_changed(&job.start.source);
        self.end_import(job, result, (evidence.into(), made.into()));
    }

    fn end_import(&self, job: &ImportJob, result: Result<SessionRow, ErrorDto>, counts: (EvidenceCountsDto, MadeDto)) {
        self.note_copies_changed();
        let import = job.end(result, counts);
        if !job.has_begun() {
            // Whoever asked for it hears why.
            return;
        }
        if let Some(stopped) = &import.stopped {
            self.forget_unplugged();
            self.look_again(&job.start.source, stopped.code);
        }
        self.tell(&Event::Import { import });
        self.tell(&Event::LibrariesChanged);
    }
}

/// Counts what was chosen, is only in iCloud, and has no small picture in the library.
fn without_rendition(catalog: &Catalog, source: &SourceId, plan: &ImportPlan) -> Result<u32, ErrorDto> {
    let saved: HashSet<String> = catalog.renditions(source)?.into_iter().map(|one| one.uuid).collect();
    let uuids = plan.out_of_reach().filter_map(|asset| asset.details.uuid.as_ref());
    Ok(u32::try_from(uuids.filter(|uuid| !saved.contains(*uuid)).count()).unwrap_or(u32::MAX))
}

fn plan_for(
    catalog: &Catalog,
    (source, seen): (&SourceId, Vec<SeenAsset>),
    selection: &SelectionDto,
) -> Result<ImportPlan, ErrorDto> {
    let selection = chosen(catalog, (source, &seen), selection)?;
    Ok(importer::plan(seen.into_iter().map(|(_, asset, copy)| (asset, copy)), &selection))
}

/// The plan without what it leaves alone, for one that is only asked about: of a few photos that are picked, only these are
/// looked up, as the grid waits for the same catalog.
fn asked_about(catalog: &Catalog, source: &SourceId, selection: &SelectionDto) -> Result<ImportPlan, ErrorDto> {
    let (SelectionDto::Assets { ids } | SelectionDto::Again { ids }) = selection else {
        return plan_for(catalog, (source, catalog.assets(source)?), selection);
    };
    if ids.len() > PICKED_ONE_BY_ONE {
        return plan_for(catalog, (source, catalog.assets(source)?), selection);
    }
    let mut seen = Vec::with_capacity(ids.len());
    for id in ids.iter().collect::<BTreeSet<_>>() {
        let row = catalog.row(*id)?.filter(|row| row.source == *source);
        if let (Some(row), Some(asset)) = (row, catalog.asset(*id)?) {
            let copy = row.library_path.and_then(|path| LibraryPath::found(&path).ok());
            seen.push((*id, asset, copy));
        }
    }
    plan_for(catalog, (source, seen), selection)
}

fn chosen(
    catalog: &Catalog,
    (source, seen): (&SourceId, &[SeenAsset]),
    selection: &SelectionDto,
) -> Result<Selection, ErrorDto> {
    let named = |ids: &[u32]| -> HashSet<AssetId> {
        let ids: HashSet<u32> = ids.iter().copied().collect();
        seen.iter().filter(|(row, ..)| ids.contains(row)).map(|(_, asset, _)| asset.id.clone()).collect()
    };
    Ok(match selection {
        SelectionDto::AllNew => Selection::AllNew,
        SelectionDto::Assets { ids } => Selection::Assets(named(ids)),
        SelectionDto::Again { ids } => Selection::Again(named(ids)),
        SelectionDto::Album { album } => Selection::Assets(catalog.in_album(source, *album)?.into_iter().collect()),
        SelectionDto::Unfinished { session } | SelectionDto::Failed { session } => {
            let unknown = || ErrorDto::new(ErrorCode::BadRequest, "there is no such import in this library");
            let session = SessionId::parse(session).map_err(|_| unknown())?;
            if !catalog.has_session(&session)? {
                return Err(unknown());
            }
            let left = match selection {
                SelectionDto::Failed { .. } => catalog.failed(&session)?,
                _ => catalog.unfinished(&session)?,
            };
            let left = left.into_iter().collect();
            match catalog.repeats(&session)? {
                Repeats::Dropped => Selection::Assets(left),
                Repeats::Filed => Selection::Again(left),
            }
        }
    })
}

/// How a copy was verified. A list is shown without it rather than not at all.
pub(crate) fn evidence(catalog: &Catalog, primary: &str) -> Option<EvidenceDto> {
    catalog.evidence(primary).ok().flatten().map(EvidenceDto::from)
}

fn past_import(library: &OpenLibrary, row: SessionRow) -> Result<ImportDto, ErrorDto> {
    let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    let totals = row.totals;
    let interrupted = "Keepsake was closed before this import ended. Nothing was lost; continue it when you like.";
    let stopped = match row.stop {
        Some(stop) => Some(ErrorDto::new(failure_code(stop.code), stop.message)),
        None => (!row.finished).then(|| ErrorDto::new(ErrorCode::Cancelled, interrupted)),
    };
    let done = totals.imported + totals.failed;
    Ok(ImportDto {
        session: row.id.to_string(),
        source: row.source.to_string(),
        source_name: row.source_name,
        library_name: library::folder_name(library.folder.root()),
        phase: ImportPhase::Finished,
        started_at: row.started_at,
        total_assets: number(done),
        done_assets: number(done),
        total_bytes: row.bytes,
        done_bytes: row.bytes,
        bytes_per_second: 0,
        seconds_left: None,
        current: None,
        waiting: None,
        totals: totals_dto(&totals, totals.seen() + row.put_aside, row.put_aside),
        evidence: Some(library.catalog.evidence_counts(&row.id)?.into()),
        made: Some(library.catalog.made_counts(&row.id)?.into()),
        stopped,
        // Whatever it held went with the program that ran it.
        released: true,
        undone_at: library.catalog.undone_at(&row.id)?,
        seconds: row.seconds,
    })
}
