//! Libraries: the current one, those used before, and the drives that could hold one.

use crate::App;
use crate::args::{LibraryArgs, NoArgs, VolumeArgs};
use crate::dto::{ErrorCode, ErrorDto, LibraryDto, VolumeDto};
use crate::events::Event;
use crate::library::{OpenLibrary, folder_name};
use crate::settings::KnownLibrary;
use destinations::LibraryFolder;
use domain::Destination;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How often drives are looked for. Looking costs about a millisecond.
const DRIVE_PACE: Duration = Duration::from_secs(3);

/// The drives that are there, and whether the current library's is one of them.
type Drives = (Vec<String>, bool);

impl App {
    /// Lists the libraries used before, the latest first.
    pub fn libraries(&self, _: NoArgs) -> Result<Vec<LibraryDto>, ErrorDto> {
        let settings = self.state().settings.clone();
        Ok(settings.libraries.iter().map(|known| library_dto(known, settings.current.as_deref())).collect())
    }

    /// Lists the mounted drives that could hold a library.
    pub fn volumes(&self, _: NoArgs) -> Result<Vec<VolumeDto>, ErrorDto> {
        let volumes = destinations::volumes().into_iter().map(|v| VolumeDto {
            id: v.id,
            name: v.name,
            removable: v.removable,
            free_bytes: v.free_bytes,
            total_bytes: v.total_bytes,
        });
        Ok(volumes.collect())
    }

    /// Asks for a folder and makes it the current library; `None` when the user gave up.
    pub fn pick_library(&self, _: NoArgs) -> Result<Option<LibraryDto>, ErrorDto> {
        let Some(path) = self.host.pick_folder("Choose where your photos go") else { return Ok(None) };
        self.make_current(&path).map(Some)
    }

    /// Makes a library used before the current one.
    pub fn use_library(&self, args: LibraryArgs) -> Result<LibraryDto, ErrorDto> {
        let known = self.state().settings.libraries.iter().find(|l| l.id == args.library).cloned();
        let known = known.ok_or_else(|| ErrorDto::new(ErrorCode::BadRequest, "there is no such library"))?;
        match LibraryFolder::identify(&known.path)? {
            Some(id) if id.as_str() == known.id => self.make_current(&known.path),
            _ => Err(ErrorDto::new(
                ErrorCode::DestinationGone,
                format!("the library at {} is not there: connect its drive", known.path.display()),
            )),
        }
    }

    /// Makes the library at a drive's usual place the current one, creating it if there is none.
    pub fn use_volume(&self, args: VolumeArgs) -> Result<LibraryDto, ErrorDto> {
        let volume = destinations::volumes().into_iter().find(|v| v.id == args.volume);
        let volume =
            volume.ok_or_else(|| ErrorDto::new(ErrorCode::DestinationGone, "this drive is no longer connected"))?;
        if let Some(above) = volume.suggested_folder.parent() {
            // A new account may have no pictures folder yet. What stands in the way is said by the next step.
            let _ = std::fs::create_dir(above);
        }
        self.make_current(&volume.suggested_folder)
    }

    /// Shows the current library's folder.
    pub fn reveal_library(&self, _: NoArgs) -> Result<(), ErrorDto> {
        let path = self.current_library()?.folder.root().to_owned();
        self.host.reveal(&path);
        Ok(())
    }

    /// Returns the current library, opening it again if its drive came back.
    pub(crate) fn current_library(&self) -> Result<OpenLibrary, ErrorDto> {
        let (open, known) = {
            let state = self.state();
            (state.library.clone(), current_of(&state.settings))
        };
        if let Some(open) = open {
            return match open.folder.check() {
                Ok(()) => Ok(open),
                // Its drive was pulled and perhaps put back: the old handle leads nowhere.
                Err(error) => self.reopen_library().ok_or_else(|| error.into()),
            };
        }
        match known {
            None => Err(ErrorDto::new(ErrorCode::NoLibrary, "choose a library first")),
            Some(known) => self.reopen_library().ok_or_else(|| {
                let place = known.path.display();
                ErrorDto::new(
                    ErrorCode::DestinationGone,
                    format!("the library at {place} is not there: connect its drive"),
                )
            }),
        }
    }

    /// Opens the library used last, if it is there and still the same. What was listed without it is listed again: against
    /// a library other photos are new, and its catalog numbers them otherwise.
    pub(crate) fn reopen_library(&self) -> Option<OpenLibrary> {
        let (before, known) = {
            let state = self.state();
            (state.library.clone(), current_of(&state.settings)?)
        };
        let open = OpenLibrary::open(&self.home, &known.path).ok().filter(|open| open.id().as_str() == known.id)?;
        {
            let mut state = self.state();
            let handle = |library: &Option<OpenLibrary>| library.as_ref().map(|l| Arc::as_ptr(&l.folder));
            if handle(&state.library) != handle(&before) {
                // Somebody else was faster; there is one listing to begin, not two.
                return state.library.clone();
            }
            state.library = Some(open.clone());
        }
        if before.is_none() {
            self.rescan_all();
        }
        self.tell(&Event::LibrariesChanged);
        Some(open)
    }

    fn make_current(&self, path: &Path) -> Result<LibraryDto, ErrorDto> {
        if self.is_importing() {
            return Err(ErrorDto::new(ErrorCode::Busy, "an import is running: wait for it or cancel it first"));
        }
        let open = OpenLibrary::create_or_open(&self.home, path)?;
        let known = KnownLibrary { id: open.id().to_string(), path: open.folder.root().to_owned() };
        self.change_settings(|state| {
            state.settings.use_library(&known.id, known.path.clone());
            state.library = Some(open);
        })?;
        self.rescan_all();
        self.tell(&Event::LibrariesChanged);
        Ok(library_dto(&known, Some(&known.id)))
    }

    /// Tells the page when a drive comes or goes.
    pub(crate) fn watch_drives(&self) {
        let this = self.this.clone();
        let spawned = std::thread::Builder::new().name("drives".into()).spawn(move || {
            let mut before = None;
            while let Some(app) = this.upgrade() {
                let now = app.drives();
                app.drives_looked_at(before.as_ref(), &now);
                before = Some(now);
                drop(app);
                std::thread::sleep(DRIVE_PACE);
            }
        });
        // Without the thread drives are found when the page asks.
        drop(spawned);
    }

    fn drives_looked_at(&self, before: Option<&Drives>, now: &Drives) {
        if before == Some(now) {
            return;
        }
        if now.1 && self.state().library.is_none() {
            self.reopen_library();
        }
        if before.is_some() {
            self.tell(&Event::LibrariesChanged);
        }
    }

    fn drives(&self) -> Drives {
        let mounts = destinations::volumes().into_iter().map(|v| v.id).collect();
        let known = current_of(&self.state().settings);
        (mounts, known.is_some_and(|k| is_online(&k)))
    }
}

fn current_of(settings: &crate::settings::Settings) -> Option<KnownLibrary> {
    let current = settings.current.as_deref()?;
    settings.libraries.iter().find(|l| l.id == current).cloned()
}

fn is_online(known: &KnownLibrary) -> bool {
    LibraryFolder::identify(&known.path).ok().flatten().is_some_and(|id| id.as_str() == known.id)
}

fn library_dto(known: &KnownLibrary, current: Option<&str>) -> LibraryDto {
    let open = LibraryFolder::open(&known.path).ok().filter(|l| l.library_id().as_str() == known.id);
    let capacity = open.as_ref().and_then(|l| l.capacity().ok());
    LibraryDto {
        id: known.id.clone(),
        name: folder_name(&known.path),
        location: known.path.display().to_string(),
        online: open.is_some(),
        current: current == Some(known.id.as_str()),
        free_bytes: capacity.map_or(0, |c| c.free_bytes),
        total_bytes: capacity.map_or(0, |c| c.total_bytes),
    }
}
