//! The running application: its parts, and how they are put together.

use crate::asked::AskedPictures;
use crate::check_job::CheckJob;
use crate::conversion::Children;
use crate::dto::{ErrorCode, ErrorDto};
use crate::events::Event;
use crate::films::{FilmDoor, FilmServer};
use crate::home::Home;
use crate::import_job::ImportJob;
use crate::library::OpenLibrary;
use crate::preview;
use crate::scan_job::ScanJob;
use crate::settings::Settings;
use crate::settings_file::SettingsFile;
use catalog::{Catalog, FactsCache};
use decoder::{Decoders, Launch, Limits};
use domain::{CancelFlag, Source, SourceId};
use iphone::{MuxAddress, Phones, WatchGuard};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};
use thumbnails::Thumbnails;

/// How often is looked whether an undo has ended, when the window closes.
const GLANCE: Duration = Duration::from_millis(20);

/// What the application is told from outside.
pub struct AppConfig {
    /// Its data folder.
    pub home: PathBuf,
    /// Where phones are: the value of `USBMUXD_SOCKET_ADDRESS`.
    pub mux: Option<String>,
    /// The program that is started to decode pictures in.
    pub decoder: Launch,
    /// What only a desktop can do.
    pub host: Box<dyn Host>,
    /// Where films are played from; without it none is played in the window.
    pub films: Option<FilmDoor>,
    /// Hears events, on any thread.
    pub on_event: Box<dyn Fn(&Event) + Send + Sync>,
}

/// What only a desktop can do. Everything else the engine does itself.
pub trait Host: Send + Sync {
    /// Asks the user for a folder; `None` when they gave up. May block.
    fn pick_folder(&self, title: &str) -> Option<PathBuf>;

    /// Asks the user for a file to write, offering a name; `None` when they gave up. May block.
    fn pick_save_file(&self, title: &str, name: &str) -> Option<PathBuf>;

    /// Shows a folder in the system's file manager.
    fn reveal(&self, path: &Path);

    /// Opens a picture or film with the system's program for it; false when there is none.
    fn open(&self, path: &Path) -> bool;

    /// Ends the application, its window included.
    fn close(&self);
}

/// The application. Shared by the shell's threads; every method may block, none needs a particular thread.
pub struct App {
    pub(crate) home: Home,
    pub(crate) phones: Phones,
    pub(crate) facts: FactsCache,
    pub(crate) thumbnails: Thumbnails,
    pub(crate) converter: Children,
    /// Pictures that somebody waits for.
    pub(crate) asked: Arc<AskedPictures>,
    pub(crate) host: Box<dyn Host>,
    pub(crate) films: Option<FilmServer>,
    /// The catalog for looking around before a library was chosen.
    pub(crate) looking: Arc<Catalog>,
    on_event: Box<dyn Fn(&Event) + Send + Sync>,
    state: Mutex<State>,
    settings_file: Mutex<SettingsFile>,
    watch: Mutex<Option<WatchGuard>>,
    /// For threads that must not keep the application alive.
    pub(crate) this: Weak<App>,
}

/// What changes while it runs.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) library: Option<OpenLibrary>,
    /// The folder that may become a library once the user agrees.
    pub(crate) asked_about: Option<PathBuf>,
    /// Folders opened as sources.
    pub(crate) folders: Vec<PathBuf>,
    /// Sources that were opened, as long as they answer.
    pub(crate) sources: HashMap<SourceId, Arc<dyn Source>>,
    /// When those were last used that may hold connections.
    pub(crate) used: HashMap<SourceId, Instant>,
    pub(crate) scans: HashMap<SourceId, Arc<ScanJob>>,
    pub(crate) import: Option<Arc<ImportJob>>,
    /// The check of a library that runs or ran last.
    pub(crate) check: Option<Arc<CheckJob>>,
    /// Stops the undoing that runs.
    pub(crate) undo: Option<CancelFlag>,
    /// When the person was asked whether to close while something runs, and did not answer yet.
    pub(crate) asked_to_close: Option<Instant>,
    /// How many imports, undoings and checks ended.
    pub(crate) copies_changed: u64,
}

impl App {
    /// Starts the application: opens its own files, the library used last if it is there, and watches for phones. Errors
    /// when the data folder cannot be used.
    pub fn start(config: AppConfig) -> Result<Arc<Self>, ErrorDto> {
        let home = Home::new(&config.home);
        let address = MuxAddress::parse(config.mux.as_deref())
            .map_err(|e| ErrorDto::new(ErrorCode::BadRequest, format!("USBMUXD_SOCKET_ADDRESS: {e}")))?;
        let (settings_file, settings) = SettingsFile::open(&home);
        let looking = Arc::new(Catalog::open_or_replace(&home.catalog(None))?);
        let facts = FactsCache::open(&home.facts())?;
        let phones = Phones::new(address)?;
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        let converter = Children::new(config.decoder.clone());
        let decoders = Decoders::new(config.decoder, Limits::default());
        let thumbnails = Thumbnails::new(home.thumbnails(), threads, decoders);
        let state = Mutex::new(State { settings, ..State::default() });
        let app = Arc::new_cyclic(|this| Self {
            phones,
            facts,
            thumbnails,
            converter,
            asked: Arc::default(),
            host: config.host,
            films: config.films.and_then(|door| preview::serve_films(door, this.clone())),
            looking,
            on_event: config.on_event,
            state,
            settings_file: Mutex::new(settings_file),
            watch: Mutex::new(None),
            this: this.clone(),
            home,
        });
        app.reopen_library();
        app.watch_phones();
        app.watch_drives();
        app.watch_quiet();
        Ok(app)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file of the settings. Take it before the state, never after.
    pub(crate) fn settings_file(&self) -> MutexGuard<'_, SettingsFile> {
        self.settings_file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tell(&self, event: &Event) {
        (self.on_event)(event);
    }

    /// The catalog that the grid reads: the current library's, else the one for looking around.
    pub(crate) fn catalog(&self) -> Arc<Catalog> {
        self.state().library.as_ref().map_or_else(|| self.looking.clone(), |l| l.catalog.clone())
    }

    fn watch_phones(&self) {
        let this = self.this.clone();
        let watch = self.phones.watch(move || {
            if let Some(app) = this.upgrade() {
                app.tell(&Event::SourcesChanged);
                app.forget_unplugged();
            }
        });
        // Without it phones are still found when the page asks; only not by themselves.
        *self.watch.lock().unwrap_or_else(PoisonError::into_inner) = watch.ok();
    }

    /// Asks the listings, the running import, undo or check to stop, and waits for these three, up to `patience`. For
    /// closing the window. What does not get that far loses nothing: it is settled at the next start.
    pub fn wind_up(&self, patience: Duration) {
        let asked = Instant::now();
        let (import, undo, check, scans) = {
            let state = self.state();
            let scans = state.scans.values().cloned().collect::<Vec<_>>();
            (state.import.clone(), state.undo.clone(), state.check.clone(), scans)
        };
        scans.iter().for_each(|scan| scan.cancel.cancel());
        if let Some(undo) = undo {
            undo.cancel();
        }
        if let Some(check) = check {
            check.flag.cancel();
            check.wait(patience);
        }
        if let Some(import) = import {
            import.cancel();
            import.wait(patience);
        }
        while self.state().undo.is_some() && asked.elapsed() < patience {
            std::thread::sleep(GLANCE);
        }
    }
}
