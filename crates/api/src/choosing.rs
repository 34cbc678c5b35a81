//! Choosing a library: which one a folder means, making one, finding one that was moved, forgetting one.

use crate::App;
use crate::args::{LibraryArgs, NoArgs, VolumeArgs};
use crate::busy;
use crate::dto::{ErrorCode, ErrorDto, LibraryDto};
use crate::events::Event;
use crate::libraries::library_dto;
use crate::library::{OpenLibrary, folder_name};
use crate::settings::{KnownLibrary, Settings};
use destinations::{LibraryFolder, MountedVolume, Nearby, nearby};
use serde::Serialize;
use std::path::{Path, PathBuf};
use ts_rs::TS;

/// Libraries of one folder that are named, at most.
const NAMED: usize = 5;

/// What became of a folder that was chosen.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum LibraryChoiceDto {
    /// A library is the current one now.
    Used {
        /// Which.
        library: LibraryDto,
        /// Whether it was made just now.
        made: bool,
        /// What the user should know, in a sentence: another folder was chosen than the library's.
        note: Option<String>,
    },
    /// There is none, and other things are in the folder: `make_library` makes one there.
    Asks {
        /// The folder's name.
        name: String,
        /// Where it is, for people to read.
        location: String,
    },
}

impl App {
    /// Asks for a folder and uses the library there; `None` when the user gave up.
    pub fn pick_library(&self, _: NoArgs) -> Result<Option<LibraryChoiceDto>, ErrorDto> {
        let Some(path) = self.host.pick_folder("Choose where your photos go") else { return Ok(None) };
        self.choose(&path).map(Some)
    }

    /// Uses the library on a drive, making one in its usual place if there is none.
    pub fn use_volume(&self, args: VolumeArgs) -> Result<LibraryChoiceDto, ErrorDto> {
        let volume = destinations::volumes().into_iter().find(|v| v.id == args.volume);
        let volume =
            volume.ok_or_else(|| ErrorDto::new(ErrorCode::DestinationGone, "this drive is no longer connected"))?;
        if let Some(there) = library_on(&volume) {
            return self.use_found(&there, None);
        }
        if let Some(above) = volume.suggested_folder.parent() {
            // A new account may have no pictures folder yet. What stands in the way is said by the next step.
            let _ = std::fs::create_dir(above);
        }
        self.choose(&volume.suggested_folder)
    }

    /// Makes a library in the folder that was asked about last.
    pub fn make_library(&self, _: NoArgs) -> Result<LibraryChoiceDto, ErrorDto> {
        let asked = self.state().asked_about.take();
        let path = asked.ok_or_else(|| ErrorDto::new(ErrorCode::BadRequest, "choose a folder first"))?;
        match nearby(&path)? {
            Nearby::Free | Nearby::Occupied => self.make_at(&path),
            // Somebody made one meanwhile.
            _ => self.choose(&path),
        }
    }

    /// Asks where a library is now that is not where it was; `None` when the user gave up.
    pub fn find_library(&self, args: LibraryArgs) -> Result<Option<LibraryChoiceDto>, ErrorDto> {
        let known = self.known(&args.library)?;
        let name = folder_name(&known.path);
        let Some(path) = self.host.pick_folder(&format!("Where is “{name}” now?")) else { return Ok(None) };
        let libraries = match nearby(&path)? {
            Nearby::Here => vec![path.clone()],
            Nearby::Above(above) => vec![above],
            Nearby::Below(below) => below,
            Nearby::Free | Nearby::Occupied => Vec::new(),
        };
        if let Some(there) = libraries.iter().find(|there| is_library(there, &known.id)) {
            return self.use_found(there, None).map(Some);
        }
        let picked = folder_name(&path);
        let what = if libraries.is_empty() { "there is no library in" } else { "another library is in" };
        Err(ErrorDto::new(
            ErrorCode::BadRequest,
            format!("{what} “{picked}”: choose the folder that “{name}” is in now"),
        ))
    }

    /// Takes a library off the list of those used before. Nothing of it is touched, and choosing its folder brings it back.
    pub fn forget_library(&self, args: LibraryArgs) -> Result<(), ErrorDto> {
        let known = self.known(&args.library)?;
        let was_current = self.state().settings.current.as_deref() == Some(known.id.as_str());
        if was_current {
            self.refuse_while_busy()?;
        }
        let forgotten = |settings: &mut Settings| {
            settings.libraries.retain(|library| library.id != known.id);
            // Another window may use another one.
            settings.current.take_if(|current| *current == known.id);
        };
        self.change_settings(&forgotten, |state| {
            if was_current {
                state.library = None;
            }
        })?;
        if was_current {
            self.rescan_all();
        }
        self.tell(&Event::LibrariesChanged);
        Ok(())
    }

    /// Uses the library that a folder means: the one in it, above it, or below it; a new one where there is none.
    fn choose(&self, path: &Path) -> Result<LibraryChoiceDto, ErrorDto> {
        let folder = folder_name(path);
        match nearby(path)? {
            Nearby::Here => self.use_found(path, None),
            Nearby::Above(above) => {
                let name = folder_name(&above);
                self.use_found(&above, Some(format!("“{folder}” lies in the library “{name}”, which is used now.")))
            }
            Nearby::Below(below) => match &below[..] {
                [one] => {
                    let name = folder_name(one);
                    self.use_found(
                        one,
                        Some(format!("The library “{name}” is in “{folder}” already, and is used now.")),
                    )
                }
                several => {
                    let names: Vec<String> =
                        several.iter().take(NAMED).map(|path| format!("“{}”", folder_name(path))).collect();
                    let message = format!("several libraries are in “{folder}”: choose one of {}", names.join(", "));
                    Err(ErrorDto::new(ErrorCode::BadRequest, message))
                }
            },
            Nearby::Free => self.make_at(path),
            Nearby::Occupied => {
                self.state().asked_about = Some(path.to_owned());
                Ok(LibraryChoiceDto::Asks { name: folder, location: path.display().to_string() })
            }
        }
    }

    /// Makes the library at a folder the current one.
    fn use_found(&self, path: &Path, note: Option<String>) -> Result<LibraryChoiceDto, ErrorDto> {
        self.refuse_while_busy()?;
        let (library, unsaved) = self.make_current(OpenLibrary::open_to_write(&self.home, path)?);
        let notes: Vec<String> = note.into_iter().chain(unsaved).collect();
        let note = (!notes.is_empty()).then(|| notes.join(" "));
        Ok(LibraryChoiceDto::Used { library, made: false, note })
    }

    /// Makes a library used before the current one.
    pub(crate) fn use_known(&self, known: &KnownLibrary) -> Result<LibraryDto, ErrorDto> {
        self.refuse_while_busy()?;
        match self.make_current(OpenLibrary::open_to_write(&self.home, &known.path)?) {
            (library, None) => Ok(library),
            (_, Some(unsaved)) => Err(ErrorDto::new(ErrorCode::Catalog, unsaved)),
        }
    }

    fn make_at(&self, path: &Path) -> Result<LibraryChoiceDto, ErrorDto> {
        self.refuse_while_busy()?;
        let (library, note) = self.make_current(OpenLibrary::create_or_open(&self.home, path)?);
        Ok(LibraryChoiceDto::Used { library, made: true, note })
    }

    /// A library is used even where that cannot be remembered: photos are worth more than settings. Returns with it a
    /// sentence that says so.
    fn make_current(&self, open: OpenLibrary) -> (LibraryDto, Option<String>) {
        let known = KnownLibrary { id: open.id().to_string(), path: open.folder.root().to_owned() };
        let used = |settings: &mut Settings| settings.use_library(&known.id, known.path.clone());
        let unsaved = self.change_settings_anyway(&used, |state| state.library = Some(open));
        self.rescan_all();
        self.tell(&Event::LibrariesChanged);
        let note = unsaved.map(|error| {
            format!("{}. The library is used now, and has to be chosen again the next time.", error.message)
        });
        (library_dto(&known, Some(&known.id)), note)
    }

    /// Finds a library used before.
    pub(crate) fn known(&self, library: &str) -> Result<KnownLibrary, ErrorDto> {
        let known = self.state().settings.libraries.iter().find(|known| known.id == library).cloned();
        known.ok_or_else(|| ErrorDto::new(ErrorCode::BadRequest, "there is no such library"))
    }

    fn refuse_while_busy(&self) -> Result<(), ErrorDto> {
        busy::refuse_while_busy(&self.state())
    }
}

/// Finds the library on a drive: in its usual place, or at the top of a drive that was plugged in, or one level below that.
pub(crate) fn library_on(volume: &MountedVolume) -> Option<PathBuf> {
    let usual = &volume.suggested_folder;
    match nearby(usual) {
        Ok(Nearby::Here) => return Some(usual.clone()),
        Ok(Nearby::Above(above)) => return Some(above),
        _ => {}
    }
    match nearby(&volume.mount) {
        Ok(Nearby::Below(below)) if usual.parent() == Some(&volume.mount) => below.into_iter().next(),
        _ => None,
    }
}

/// Tells whether a folder is the library of this identity.
pub(crate) fn is_library(path: &Path, id: &str) -> bool {
    LibraryFolder::identify(path).ok().flatten().is_some_and(|there| there.as_str() == id)
}
