//! One photo on its own: what there is to say of it, what it can be looked at by, and where its film is played from.

use crate::App;
use crate::args::{AssetArgs, NoArgs};
use crate::dto::{ErrorCode, ErrorDto};
use crate::films::{Film, FilmServer, media_type};
use crate::pictures;
use crate::sight::{Place, Sight, Sighting, View};
use catalog::AssetRow;
use domain::{Asset, Availability, LibraryPath, MediaFacts, MediaKind, ResourceReader, SourceError, SourceId};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use ts_rs::TS;

/// Bytes that tell what a file is.
const HEAD: usize = 64;
/// Photos beside the one that is looked at, at most.
const MOST_BESIDE: usize = 8;

/// Names a photo to look at.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreviewArgs {
    /// Its id.
    pub id: u32,
    /// The ids of those that may be looked at next; large pictures of others are not made any more.
    pub beside: Vec<u32>,
}

/// Names a photo whose picture was not to be had.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PictureArgs {
    /// Its id.
    pub id: u32,
    /// The longest edge that was asked for, in pixels.
    pub edge: u32,
}

/// What is known of one photo beyond its cell in the grid.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct PreviewDto {
    /// The photo.
    pub id: u32,
    /// Where what is shown comes from.
    pub original: OriginalDto,
    /// Width in pixels, upright.
    pub width: Option<u32>,
    /// Height in pixels, upright.
    pub height: Option<u32>,
    /// Such as `Apple iPhone 15 Pro`.
    pub camera: Option<String>,
    /// Such as `iPhone 15 Pro back triple camera 6.765mm f/1.78`.
    pub lens: Option<String>,
    /// Such as `HEVC`.
    pub codec: Option<String>,
    /// Frames of a film in a second.
    pub frame_rate: Option<f64>,
    /// Whether its owner edited it on the phone.
    pub edited: bool,
    /// Whether it is a favourite.
    pub favorite: bool,
    /// Its title on the phone.
    pub title: Option<String>,
    /// Its caption on the phone.
    pub caption: Option<String>,
    /// Sorts of picture that the file tells by itself: `hdr`, `portrait`, `panorama`, `slo_mo`, `screenshot`, `selfie`, …
    pub traits: Vec<String>,
    /// Where its film is played from, or that of a Live Photo.
    pub film: Option<String>,
    /// Whether another program can open it.
    pub opens_elsewhere: bool,
}

/// Where a photo's own file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum OriginalDto {
    /// Its verified copy is in the library.
    Library,
    /// At its source, which is open.
    Source,
    /// Only in iCloud; the phone has a small picture of it.
    OnlyInIcloud,
    /// The source lists it and has no bytes for it.
    Missing,
    /// At its source, which is not connected, and there is no copy.
    Away,
}

impl App {
    /// Tells about one photo, and notes that it is what is looked at now.
    pub fn preview(&self, args: PreviewArgs) -> Result<PreviewDto, ErrorDto> {
        let mut looked_at = vec![args.id];
        looked_at.extend(args.beside.iter().take(MOST_BESIDE));
        self.keep_asked(&looked_at);
        let (row, asset) = self.row_and_asset(args.id)?;
        let catalog = self.catalog();
        let picture = self.sight(&catalog, &row, View::Picture);
        let film = self.sight(&catalog, &row, View::Film);
        let original = original(&asset, &picture);
        let facts = match &picture {
            Sighting::Here(sight) if matches!(original, OriginalDto::Library | OriginalDto::Source) => {
                self.facts_of(sight)
            }
            _ => None,
        };
        let film = matches!(film, Sighting::Here(_)).then_some(self.films.as_ref()).flatten();
        Ok(PreviewDto {
            opens_elsewhere: self.copy_to_open(&row).is_some(),
            film: film.map(|films| films.address(&pictures::token(&row))),
            ..told(args.id, original, &asset, facts)
        })
    }

    /// Notes that no photo is looked at on its own any more.
    pub fn leave_preview(&self, _: NoArgs) -> Result<(), ErrorDto> {
        self.keep_asked(&[]);
        Ok(())
    }

    /// Tells in a sentence why the large picture of a photo cannot be shown; `None` when it can be had now.
    pub fn picture_problem(&self, args: PictureArgs) -> Result<Option<String>, ErrorDto> {
        let (row, _) = self.row_and_asset(args.id)?;
        Ok(self.why_no_picture(&self.catalog(), &row, args.edge).map(|error| error.to_string()))
    }

    /// Opens the copy of a photo or film with the system's program for it. Refused for what has no copy in the library.
    pub fn open_elsewhere(&self, args: AssetArgs) -> Result<(), ErrorDto> {
        let (row, _) = self.row_and_asset(args.id)?;
        let copy = self.copy_to_open(&row);
        let copy = copy.ok_or_else(|| refused("it has no copy in the library yet: import it first"))?;
        if self.host.open(&copy) { Ok(()) } else { Err(refused("no program on this computer opens it")) }
    }

    fn row_and_asset(&self, id: u32) -> Result<(AssetRow, Asset), ErrorDto> {
        let catalog = self.catalog();
        let row = catalog.row(id)?.zip(catalog.asset(id)?);
        row.ok_or_else(|| refused("it is not listed any more"))
    }

    /// Finds the copy of a photo or film that another program may be given: by name and content a picture or a film.
    fn copy_to_open(&self, row: &AssetRow) -> Option<PathBuf> {
        let path = LibraryPath::found(row.library_path.as_deref()?).ok()?;
        if !is_media(media::kind_by_name(path.as_str())) {
            return None;
        }
        let sight = self.in_library(path.as_str())?;
        let head = sight.source.open_aside(&sight.file.path).ok()?.read_at(0, HEAD).ok()?;
        let root = self.state().library.as_ref()?.folder.root().to_owned();
        media::sniff(&head).is_some_and(is_media).then(|| path.as_str().split('/').fold(root, |at, part| at.join(part)))
    }

    /// What a file says of itself, read now if it was never looked into.
    fn facts_of(&self, sight: &Sight) -> Option<MediaFacts> {
        if let Some(facts) = self.facts.get(sight.source.id(), &sight.file).ok().flatten() {
            return Some(facts);
        }
        self.note_use(sight.source.id());
        let mut file = sight.source.open_aside(&sight.file.path).ok()?;
        let facts = media::inspect(sight.file.path.file_name(), file.as_mut()).ok()?;
        // A cache that cannot be written costs a second look next time, nothing else.
        let _ = self.facts.put(sight.source.id(), [(&sight.file, &facts)]);
        Some(facts)
    }

    /// Finds the film of a token for the server.
    fn film(self: &Arc<Self>, token: &str) -> Option<Film> {
        let catalog = self.catalog();
        let (row, None) = pictures::row_of(&catalog, token)? else { return None };
        let Sighting::Here(sight) = self.sight(&catalog, &row, View::Film) else { return None };
        self.note_use(sight.source.id());
        let mut reader = sight.source.open_aside(&sight.file.path).ok()?;
        let media_type = media_type(&reader.read_at(0, HEAD).ok()?)?;
        let reader = Watched { reader, app: Arc::downgrade(self), source: sight.source.id().clone() };
        Some(Film { reader: Box::new(reader), media_type })
    }
}

/// Begins to hand out films to the page.
pub(crate) fn serve_films(door: crate::FilmDoor, app: Weak<App>) -> Option<FilmServer> {
    door.serve(Arc::new(move |token: &str| app.upgrade()?.film(token)))
}

/// A film that is being watched: its source stays open while it is read.
struct Watched {
    reader: Box<dyn ResourceReader>,
    app: Weak<App>,
    source: SourceId,
}

impl ResourceReader for Watched {
    fn size(&self) -> u64 {
        self.reader.size()
    }

    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        self.app.upgrade().ok_or(SourceError::Cancelled)?.note_use(&self.source);
        self.reader.read_at(offset, length)
    }
}

fn is_media(kind: MediaKind) -> bool {
    matches!(kind, MediaKind::Photo | MediaKind::Raw | MediaKind::Video)
}

fn original(asset: &Asset, picture: &Sighting) -> OriginalDto {
    match (picture, asset.primary().availability) {
        (Sighting::Here(Sight { place: Place::Library, .. }), _) => OriginalDto::Library,
        (_, Availability::OnlyInICloud) => OriginalDto::OnlyInIcloud,
        (_, Availability::Missing) => OriginalDto::Missing,
        (Sighting::Here(_) | Sighting::NotYet, Availability::OnDevice) => OriginalDto::Source,
        (Sighting::Nowhere, Availability::OnDevice) => OriginalDto::Away,
    }
}

fn told(id: u32, original: OriginalDto, asset: &Asset, facts: Option<MediaFacts>) -> PreviewDto {
    let facts = facts.unwrap_or_else(|| MediaFacts::bare(MediaKind::Unknown));
    let details = &asset.details;
    let (width, height) = facts.pixels.or(details.pixels).unzip();
    PreviewDto {
        id,
        original,
        width,
        height,
        camera: camera(facts.camera.make, facts.camera.model),
        lens: facts.camera.lens,
        codec: facts.codec,
        frame_rate: facts.frame_rate,
        edited: details.edited || asset.resources.iter().any(|r| r.role == domain::ResourceRole::Edited),
        favorite: details.favorite,
        title: details.title.clone(),
        caption: details.caption.clone(),
        traits: facts.traits.iter().map(|word| word.as_str().to_owned()).collect(),
        film: None,
        opens_elsewhere: false,
    }
}

/// Puts maker and model together; some models begin with their maker already.
fn camera(make: Option<String>, model: Option<String>) -> Option<String> {
    match (make, model) {
        (Some(make), Some(model)) if !model.to_lowercase().starts_with(&make.to_lowercase()) => {
            Some(format!("{make} {model}"))
        }
        (make, model) => model.or(make),
    }
}

fn refused(message: &str) -> ErrorDto {
    ErrorDto::new(ErrorCode::BadRequest, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_is_named_once() {
        let of = |make: Option<&str>, model: Option<&str>| camera(make.map(str::to_owned), model.map(str::to_owned));
        assert_eq!(of(Some("Apple"), Some("iPhone 8")).as_deref(), Some("Apple iPhone 8"));
        assert_eq!(of(Some("Canon"), Some("Canon EOS R6")).as_deref(), Some("Canon EOS R6"));
        assert_eq!(
            (of(None, Some("X100")).as_deref(), of(Some("FUJIFILM"), None).as_deref()),
            (Some("X100"), Some("FUJIFILM"))
        );
        assert_eq!(of(None, None), None);
    }
}
