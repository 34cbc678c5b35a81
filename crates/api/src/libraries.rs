//! Libraries: the current one, those used before, and the drives that could hold one.

use crate::App;
use crate::args::{LibraryArgs, NoArgs};
use crate::choosing::{is_library, library_on};
use crate::dto::{ErrorCode, ErrorDto, LibraryDto, VolumeDto};
use crate::events::Event;
use crate::library::{OpenLibrary, folder_name};
use crate::settings::KnownLibrary;
use destinations::{LibraryFolder, MountedVolume};
use domain::Destination;
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

    /// Lists the mounted drives that could hold a library, or hold one that was not used before.
    pub fn volumes(&self, _: NoArgs) -> Result<Vec<VolumeDto>, ErrorDto> {
        let known = self.state().settings.libraries.clone();
        Ok(destinations::volumes().into_iter().filter_map(|volume| volume_dto(volume, &known)).collect())
    }

    /// Makes a library used before the current one.
    pub fn use_library(&self, args: LibraryArgs) -> Result<LibraryDto, ErrorDto> {
        let known = self.known(&args.library)?;
        if !is_library(&known.path, &known.id) {
            return Err(gone(&known));
        }
        self.use_known(&known)
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
            Some(known) => self.reopen_library().ok_or_else(|| gone(&known)),
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
        (mounts, known.is_some_and(|known| is_library(&known.path, &known.id)))
    }
}

fn current_of(settings: &crate::settings::Settings) -> Option<KnownLibrary> {
    let current = settings.current.as_deref()?;
    settings.libraries.iter().find(|l| l.id == current).cloned()
}

fn gone(known: &KnownLibrary) -> ErrorDto {
    let (name, place) = (folder_name(&known.path), known.path.display());
    let message = format!("“{name}” is not at {place} any more: connect its drive, or choose where it is now");
    ErrorDto::new(ErrorCode::DestinationGone, message)
}

/// `None` where the library on it is in the list of those used before.
fn volume_dto(volume: MountedVolume, known: &[KnownLibrary]) -> Option<VolumeDto> {
    let library = library_on(&volume);
    if library.as_ref().is_some_and(|there| known.iter().any(|known| is_library(there, &known.id))) {
        return None;
    }
    Some(VolumeDto {
        id: volume.id,
        name: volume.name,
        removable: volume.removable,
        free_bytes: volume.free_bytes,
        total_bytes: volume.total_bytes,
        library: library.map(|there| folder_name(&there)),
    })
}

pub(crate) fn library_dto(known: &KnownLibrary, current: Option<&str>) -> LibraryDto {
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
