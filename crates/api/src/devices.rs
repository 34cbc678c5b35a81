//! Sources: phones on the cable and folders that were opened.

use crate::App;
use crate::args::{NoArgs, SourceArgs};
use crate::dto::{ErrorCode, ErrorDto, SourceDto, SourceKind, SourceState};
use crate::events::Event;
use crate::library::folder_name;
use domain::{CancelFlag, Source, SourceError, SourceId};
use iphone::{PhoneInfo, PhoneState};
use serde::Serialize;
use sources::{FolderSource, Opening, SourceSpec, WhenLocked};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use ts_rs::TS;

/// What there is to take photos from.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct SourcesDto {
    /// The phones on the cable and the folders opened.
    pub sources: Vec<SourceDto>,
    /// Why phones cannot be looked for at all, if so.
    pub problem: Option<ErrorDto>,
}

/// How long the list of phones waits for what they say: long enough for one that is well, short enough for one that was just
/// plugged in beside one that hangs.
const GLANCE: Duration = Duration::from_millis(300);

impl App {
    /// Lists the phones on the cable and the folders opened as sources, and tells why there can be no phones, if so. A phone
    /// that takes its time to answer is listed meanwhile as it was last, and `SourcesChanged` follows.
    pub fn sources(&self, _: NoArgs) -> Result<SourcesDto, ErrorDto> {
        let folders: Vec<SourceDto> = self.state().folders.iter().map(|path| folder_dto(path)).collect();
        let (phones, problem) = match self.phones.glance(GLANCE) {
            Ok(phones) => (phones, None),
            Err(error) => (Vec::new(), Some(error.into())),
        };
        Ok(SourcesDto { sources: phones.iter().map(phone_dto).chain(folders).collect(), problem })
    }

    /// Asks for a folder and opens it as a source; `None` when the user gave up.
    pub fn pick_source(&self, _: NoArgs) -> Result<Option<SourceDto>, ErrorDto> {
        let Some(path) = self.host.pick_folder("Choose a folder with photos") else { return Ok(None) };
        let source = FolderSource::open(&path)?;
        let path = Path::new(source.id().as_str().trim_start_matches("folder:")).to_owned();
        let dto = folder_dto(&path);
        let mut state = self.state();
        if !state.folders.contains(&path) {
            state.folders.push(path);
        }
        state.sources.insert(source.id().clone(), Arc::new(source));
        Ok(Some(dto))
    }

    /// Lets go of a phone, so that it can be unplugged: closes every connection, and opens none until the user opens the
    /// phone again or plugs it in anew. Refused while photos are being imported from it.
    pub fn eject(&self, args: SourceArgs) -> Result<(), ErrorDto> {
        let id = self.named_source(args.source)?;
        let Some(udid) = id.as_str().strip_prefix("iphone:") else {
            return Err(ErrorDto::new(ErrorCode::BadRequest, "only an iPhone can be ejected"));
        };
        if self.is_importing_from(&id) {
            let message = "photos are being imported from this iPhone: stop the import first";
            return Err(ErrorDto::new(ErrorCode::Busy, message));
        }
        // In this order: what is under way may end, and nothing new begins.
        self.phones.eject(udid)?;
        let (source, scan) = {
            let mut state = self.state();
            (state.sources.remove(&id), state.scans.remove(&id))
        };
        if let Some(scan) = scan {
            scan.cancel.cancel();
        }
        let name = source.as_ref().map(|source| source.name()).unwrap_or_default();
        let released = source.map_or(Ok(()), |source| source.release());
        if released.is_err() {
            // It must not be called safe to unplug.
            self.phones.wake(udid);
        }
        self.answer_waiting_pictures();
        self.tell(&Event::SourcesChanged);
        released.map_err(|_| {
            let message = format!("something is still being read from {name}: wait a moment and eject it again");
            ErrorDto::new(ErrorCode::Busy, message)
        })
    }

    /// Takes a source's id from the page: that of a phone, or of a folder that its user picked. A page names no path.
    pub(crate) fn named_source(&self, id: String) -> Result<SourceId, ErrorDto> {
        let is_known = match id.strip_prefix("iphone:") {
            Some(udid) => iphone::is_udid(udid),
            None => self.state().folders.iter().any(|path| folder_id(path) == id),
        };
        if is_known {
            Ok(SourceId::new(id))
        } else {
            Err(ErrorDto::new(ErrorCode::BadRequest, "there is no such source"))
        }
    }

    /// Returns an open source, opening it if need be. `waiting` hears why it takes long.
    pub(crate) fn open_source_by_id(
        &self,
        id: &SourceId,
        locked: WhenLocked,
        waiting: &mut dyn FnMut(SourceError),
        cancel: &CancelFlag,
    ) -> Result<Arc<dyn Source>, ErrorDto> {
        self.note_use(id);
        if let Some(source) = self.state().sources.get(id) {
            return Ok(source.clone());
        }
        let spec = SourceSpec::parse(id.as_str());
        let cache = self.home.phone_libraries();
        let shared = self.state().settings.shared_albums();
        let opening = Opening { phones: &self.phones, cache: &cache, shared, locked, cancel };
        let source: Arc<dyn Source> = Arc::from(sources::open(&spec, &opening, waiting)?);
        self.state().sources.insert(source.id().clone(), source.clone());
        Ok(source)
    }

    /// Looks again at a phone that could not be read, so that the page is told what has become of it. One that does not trust
    /// this computer any more is opened anew when the user tries again: that is what asks its owner.
    pub(crate) fn look_again(&self, id: &SourceId, error: ErrorCode) {
        if error == ErrorCode::NotTrusted {
            self.state().sources.remove(id);
        }
        let says_how_it_is = [ErrorCode::NotTrusted, ErrorCode::SourceLocked, ErrorCode::TimedOut].contains(&error);
        if let Some(udid) = id.as_str().strip_prefix("iphone:").filter(|_| says_how_it_is) {
            self.phones.look_again(udid);
        }
    }

    /// Drops what belongs to phones that are no longer there, so that a phone that comes back is opened anew.
    pub(crate) fn forget_unplugged(&self) {
        let Ok(phones) = self.phones.plugged_in() else { return };
        let there: Vec<SourceId> = phones.iter().map(|udid| SourceId::new(format!("iphone:{udid}"))).collect();
        let stays = |id: &SourceId| !id.as_str().starts_with("iphone:") || there.contains(id);
        let mut state = self.state();
        state.sources.retain(|id, _| stays(id));
        // One that waits for its phone's owner would go on beside the new one when the phone comes back.
        state.scans.iter().filter(|(id, _)| !stays(id)).for_each(|(_, scan)| scan.cancel.cancel());
        state.scans.retain(|id, _| stays(id));
    }
}

pub(crate) fn phone_dto(phone: &PhoneInfo) -> SourceDto {
    SourceDto {
        id: format!("iphone:{}", phone.udid),
        kind: SourceKind::Iphone,
        name: phone.name.clone(),
        model: phone.model.clone(),
        os: if phone.os.is_empty() { String::new() } else { format!("iOS {}", phone.os) },
        state: match phone.state {
            PhoneState::Ready => SourceState::Ready,
            PhoneState::NotTrusted => SourceState::NotTrusted,
            PhoneState::TrustPending => SourceState::TrustPending,
            PhoneState::Locked => SourceState::Locked,
            PhoneState::Unreachable => SourceState::Unreachable,
            PhoneState::Ejected => SourceState::Ejected,
            PhoneState::Connecting => SourceState::Connecting,
        },
    }
}

fn folder_id(path: &Path) -> String {
    format!("folder:{}", path.display())
}

fn folder_dto(path: &Path) -> SourceDto {
    SourceDto {
        id: folder_id(path),
        kind: SourceKind::Folder,
        name: folder_name(path),
        model: String::new(),
        os: String::new(),
        state: if path.is_dir() { SourceState::Ready } else { SourceState::Unreachable },
    }
}
