//! Listing sources into the catalog, in the background.

use crate::App;
use crate::args::SourceArgs;
use crate::copies::seen_now;
use crate::dto::{ErrorDto, ScanDto, ScanPhase};
use crate::events::Event;
use crate::library::OpenLibrary;
use crate::scan_job::ScanJob;
use catalog::{Catalog, ScanCounts, ScanNumber};
use domain::{Destination, Source, SourceError, SourceId};
use importer::{ImportError, Patience, Presence, ScanNews, ScanReport, ScanRequest};
use jiff::tz::TimeZone;
use sources::WhenLocked;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

impl App {
    /// Starts listing a source, or returns how far the listing is that runs or is done. A failed one is tried again.
    pub fn open_source(&self, args: SourceArgs) -> Result<ScanDto, ErrorDto> {
        let id = self.named_source(args.source)?;
        if let Some(job) = self.state().scans.get(&id) {
            let dto = job.dto();
            if dto.phase != ScanPhase::Failed {
                return Ok(dto);
            }
        }
        Ok(self.begin_scan(id))
    }

    /// Lists a source afresh.
    pub fn rescan(&self, args: SourceArgs) -> Result<ScanDto, ErrorDto> {
        Ok(self.begin_scan(self.named_source(args.source)?))
    }

    /// Stops a listing that runs, whatever it waits for. Fine where none does.
    pub fn cancel_listing(&self, args: SourceArgs) -> Result<(), ErrorDto> {
        let id = self.named_source(args.source)?;
        let job = self.state().scans.get(&id).cloned();
        if let Some(job) = job {
            job.cancel.cancel();
        }
        Ok(())
    }

    /// Lists every source again that was listed: against another library, the answers are others.
    pub(crate) fn rescan_all(&self) {
        let ids: Vec<SourceId> = self.state().scans.keys().cloned().collect();
        for id in ids {
            let dto = self.begin_scan(id);
            self.tell(&Event::Scan { scan: dto });
        }
    }

    pub(crate) fn begin_scan(&self, id: SourceId) -> ScanDto {
        if let Some(udid) = id.as_str().strip_prefix("iphone:") {
            // The page shows at once that the phone is in use again.
            self.phones.wake(udid);
        }
        let (library, job) = {
            // In one go: a library that becomes current after this lists what it finds here again.
            let mut state = self.state();
            let library = state.library.clone();
            let job = Arc::new(ScanJob::new(id.clone(), OpenLibrary::catalog_name(library.as_ref())));
            if let Some(before) = state.scans.insert(id, job.clone()) {
                before.cancel.cancel();
            }
            (library, job)
        };
        let dto = job.dto();
        let (this, running) = (self.this.clone(), job);
        let spawned = std::thread::Builder::new().name("scan".into()).spawn(move || {
            if let Some(app) = this.upgrade() {
                let listing = AssertUnwindSafe(|| app.run_scan(&running, library.as_ref()));
                if catch_unwind(listing).is_err() {
                    app.end_scan(&running, Err(ErrorDto::broken()), None);
                }
            }
        });
        // Without a thread the page shows a listing that does not move; Rescan tries again.
        drop(spawned);
        dto
    }

    fn run_scan(&self, job: &ScanJob, library: Option<&OpenLibrary>) {
        let catalog = library.map_or_else(|| self.looking.clone(), |library| library.catalog.clone());
        let result = self.list_into(job, &catalog, library);
        if job.cancel.is_cancelled() && result.is_err() && !self.is_current(job) {
            return;
        }
        let (result, counts) = match (result, catalog.counts(&job.source)) {
            // A listing without its numbers would look like a source without photos.
            (Ok(_), Err(error)) => (Err(error.into()), None),
            (result, counts) => (result, counts.ok()),
        };
        self.end_scan(job, result, counts);
    }

    fn end_scan(&self, job: &ScanJob, result: Result<ScanReport, ErrorDto>, counts: Option<ScanCounts>) {
        let failure = result.as_ref().err().map(|error| error.code);
        // Whoever sees that it is done sees the final numbers too.
        let dto = job.end(result, counts);
        self.answer_waiting_pictures();
        if let Some(code) = failure {
            self.look_again(&job.source, code);
        }
        if self.is_current(job) {
            self.tell(&Event::Scan { scan: dto });
        }
    }

    /// Tells whether a source is being listed, and perhaps not open yet.
    pub(crate) fn is_listing(&self, source: &SourceId) -> bool {
        self.state().scans.get(source).is_some_and(|job| job.dto().phase == ScanPhase::Listing)
    }

    fn is_current(&self, job: &ScanJob) -> bool {
        self.state().scans.get(&job.source).is_some_and(|now| std::ptr::eq(now.as_ref(), job))
    }

    fn list_into(
        &self,
        job: &ScanJob,
        catalog: &Catalog,
        library: Option<&OpenLibrary>,
    ) -> Result<ScanReport, ErrorDto> {
        let waiting = |error: Option<&SourceError>| {
            let news = job.wait_for(error.map(ErrorDto::waiting_for));
            if let Some(scan) = news.filter(|_| self.is_current(job)) {
                self.tell(&Event::Scan { scan });
            }
        };
        let source =
            self.open_source_by_id(&job.source, WhenLocked::WaitedFor, &mut |e| waiting(Some(&e)), &job.cancel)?;
        waiting(None);
        self.answer_waiting_pictures();
        let (before, _) = self.copies_changed();
        let patience = Patience::new(source.as_ref(), &job.cancel, &waiting);
        // A listing that a locked phone ended begins again: what it told of is told anew, and little of it is read twice.
        let listed = patience.outlast(|| match self.list_once(job, source.as_ref(), catalog, library) {
            Err(ImportError::Source(error)) => Err(error),
            ended => Ok(ended),
        });
        let report = listed??;
        if let Some(library) = library.filter(|_| self.copies_changed() != (before, false)) {
            // An import or an undoing ran meanwhile: the rows may say what was before it.
            seen_now(library, &job.source)?;
        }
        Ok(report)
    }

    fn list_once(
        &self,
        job: &ScanJob,
        source: &dyn Source,
        catalog: &Catalog,
        library: Option<&OpenLibrary>,
    ) -> Result<ScanReport, ImportError> {
        job.begin_again();
        let presence = library.map(|l| Presence::new(catalog, l.folder.as_ref() as &dyn Destination));
        let number = catalog.begin_scan(&job.source)?;
        let request = ScanRequest {
            source,
            facts: Some(&self.facts),
            presence: presence.as_ref(),
            // That of now: a laptop travels with its window open.
            zone: &TimeZone::system(),
            cancel: &job.cancel,
        };
        let report = self.listed(job, &request, catalog, number)?;
        catalog.finish_scan(&job.source, number)?;
        Ok(report)
    }

    fn listed(
        &self,
        job: &ScanJob,
        request: &ScanRequest<'_>,
        catalog: &Catalog,
        number: ScanNumber,
    ) -> Result<ScanReport, ImportError> {
        let mut trouble = None;
        let report = importer::scan(request, &mut |news| {
            let written = match news {
                ScanNews::Assets(assets) => catalog.put_assets(&job.source, number, assets),
                ScanNews::Dropped(ids) => catalog.drop_assets(&job.source, ids),
                ScanNews::Note(note) => {
                    job.keep_note(note);
                    Ok(())
                }
                ScanNews::Reading(read) => {
                    // No row has changed, and no count.
                    let scan = job.note_reading(read);
                    if self.is_current(job) {
                        self.tell(&Event::Scan { scan });
                    }
                    return;
                }
            };
            if let Err(error) = written {
                trouble.get_or_insert(error);
                job.cancel.cancel();
            }
            if job.is_due() {
                self.tell_scan(job, catalog);
            }
        });
        match trouble {
            Some(error) => Err(error.into()),
            None => Ok(report?),
        }
    }

    fn tell_scan(&self, job: &ScanJob, catalog: &Catalog) {
        if let Ok(counts) = catalog.counts(&job.source) {
            let dto = job.note(counts);
            if self.is_current(job) {
                self.tell(&Event::Scan { scan: dto });
            }
        }
    }

    /// Tells the page that rows moved from "new" to "already imported".
    pub(crate) fn tell_rows_changed(&self, source: &SourceId) {
        let job = self.state().scans.get(source).cloned();
        if let Some(job) = job {
            self.tell_scan(&job, &self.catalog());
        }
    }
}
