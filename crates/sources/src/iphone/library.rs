//! A listing by the phone's own library: a copy of its database is read, the phone's folders are walked, and the two are
//! held against each other. The files have the last word on what exists and how large it is.

use super::SharedAlbums;
use super::errors::{of_file, whole};
use super::files::{Files, Look};
use super::paths::{self, CAMERA, EDITS};
use super::reconcile::Reconciling;
use super::walk::{self, Ending};
use crate::byte_names;
use domain::{CancelFlag, Fingerprint, ListEntry, SourceError, SourcePath};
use iphone::photos_db::{
    Certainty, Listed, Patience, PhotosDbError, PhotosLibrary, PhotosResource, PhotosRole, ReadLimits, Snapshot,
    Snapshots,
};
use iphone::{FOLDERS_AT_ONCE, FileInfo, FileKind, Listing, Phone, PhoneError};
use std::path::Path;

/// Where the originals lie that came from iCloud.
const FROM_ICLOUD: &str = "PhotoData/CPLAssets";
/// Entries handed on in one go.
const BATCH: usize = 2048;
const DOUBTFUL: &str =
    "the phone was changing its photo library all the time: what is listed may be slightly out of date";

/// Copies the phone's database into `folder`, unless the copy there is still true. `found` hears how far that is.
pub(super) fn copy(
    phone: &Phone,
    folder: &Path,
    found: &mut dyn FnMut(Vec<ListEntry>),
    cancel: &CancelFlag,
) -> Result<Snapshot, PhotosDbError> {
    let tell = &mut |read| found(vec![ListEntry::Reading(read)]);
    Snapshots::new(folder, Patience::default()).take(phone, tell, cancel)
}

/// Lists by library and files; the library is read from its copy while the phone is walked. The notes come first, then the
/// photos, then the files that the library does not know. Where the library cannot be read, a note says so, and the camera's
/// files are listed.
pub(super) fn list(
    phone: &Phone,
    (copy, shared): (&Snapshot, SharedAlbums),
    found: &mut dyn FnMut(Vec<ListEntry>),
    cancel: &CancelFlag,
) -> Result<(), SourceError> {
    let listing = &Listing::of(phone, cancel);
    let failed = CancelFlag::default();
    let (read, walked) = std::thread::scope(|scope| {
        let reading = scope.spawn(|| read_and_look(listing, copy, [cancel, &failed]));
        // Without the files there is no use for the library.
        let walked = walk_all(listing, cancel).inspect_err(|_| failed.cancel());
        (reading.join(), walked)
    });
    let (mut files, others) = walked?;
    let read =
        read.map_err(|_| SourceError::Unusable("the phone's library made the reader fail unexpectedly".into()))?;
    let (library, edits) = match read? {
        Ok(read) => read,
        Err(error) => {
            found(vec![ListEntry::Note(why_not(error, phone)?)]);
            found(others);
            return hand_on(files.into_unclaimed().filter(is_of_camera), found, cancel);
        }
    };
    found(notes(copy, &library, shared).into_iter().map(ListEntry::Note).collect());
    found(others);
    edits.into_iter().for_each(|look| files.note(look));
    let mut reconciling = Reconciling::new(&library, files, shared);
    let wanted = reconciling.unseen();
    look_up(listing, &wanted, cancel)?.into_iter().for_each(|look| reconciling.files.note(look));
    hand_on(reconciling.assets(), found, cancel)?;
    hand_on(reconciling.files.into_unclaimed().filter(|entry| !is_left_by_edits(entry)), found, cancel)
}

/// Reads the library, and looks for the edits that it tells of, while the other folders are walked.
fn read_and_look(
    listing: &Listing,
    copy: &Snapshot,
    stops: [&CancelFlag; 2],
) -> Result<Result<(PhotosLibrary, Vec<Look>), PhotosDbError>, SourceError> {
    match read(copy, stops) {
        Ok(library) => look_for_edits(listing, &library, stops[0]).map(|edits| Ok((library, edits))),
        Err(error) => Ok(Err(error)),
    }
}

fn read(copy: &Snapshot, stops: [&CancelFlag; 2]) -> Result<PhotosLibrary, PhotosDbError> {
    let wanted = |row: &PhotosResource| !matches!(row.role, PhotosRole::Derivative | PhotosRole::Other);
    PhotosLibrary::read_with(&copy.path, ReadLimits::default(), wanted, &stops).inspect_err(|error| {
        if let (PhotosDbError::Damaged(_), Some(folder)) = (error, copy.path.parent()) {
            // It may be the copy that is damaged: it is not used again.
            let _ = std::fs::remove_dir_all(folder);
        }
    })
}

fn notes(copy: &Snapshot, library: &PhotosLibrary, shared: SharedAlbums) -> Vec<String> {
    let mut notes = Vec::new();
    if copy.certainty == Certainty::Doubtful {
        notes.push(DOUBTFUL.to_owned());
    }
    if !library.left_out.is_empty() {
        notes.push(format!("parts of the phone's photo library could not be read: {}", library.left_out.join("; ")));
    }
    let in_shared_albums =
        library.assets.iter().filter(|asset| asset.is_in_shared_album() && asset.trashed == 0).count();
    if shared == SharedAlbums::LeftOut && in_shared_albums > 0 {
        notes.push(format!("{in_shared_albums} in shared albums left out; an option lists them, too"));
    }
    notes
}

/// Walks the folders in which originals lie. Returns the files, and what is none.
fn walk_all(listing: &Listing, cancel: &CancelFlag) -> Result<(Files, Vec<ListEntry>), SourceError> {
    let (mut files, mut others) = (Files::default(), Vec::new());
    for (folder, ending) in [(CAMERA, Ending::Error), (FROM_ICLOUD, Ending::Nothing)] {
        walk::walk(listing, (folder, ending), &mut |batch| others.extend(files.take(batch)), cancel)?;
    }
    Ok((files, others))
}

fn is_of_camera(entry: &ListEntry) -> bool {
    match entry {
        ListEntry::File(file) => {
            file.fingerprint.path.as_str().strip_prefix(CAMERA).is_some_and(|rest| rest.starts_with('/'))
        }
        _ => true,
    }
}

/// Steps on the way to an edit and smaller ones of it are in its folder as well; they are nobody's photos.
fn is_left_by_edits(entry: &ListEntry) -> bool {
    matches!(entry, ListEntry::File(file) if file.fingerprint.path.as_str().starts_with(EDITS))
}

fn hand_on(
    entries: impl Iterator<Item = ListEntry>,
    found: &mut dyn FnMut(Vec<ListEntry>),
    cancel: &CancelFlag,
) -> Result<(), SourceError> {
    let mut entries = entries.peekable();
    while entries.peek().is_some() {
        go_on(cancel)?;
        found(entries.by_ref().take(BATCH).collect());
    }
    go_on(cancel)
}

/// Lists the folders in which the phone keeps the edits of the photos that were edited, and looks at what is in them.
fn look_for_edits(listing: &Listing, library: &PhotosLibrary, cancel: &CancelFlag) -> Result<Vec<Look>, SourceError> {
    let owner = &listing.phone().info().name;
    let edited = library.assets.iter().filter(|asset| asset.listed() == Listed::Yes && asset.is_edited());
    let folders: Vec<String> = edited.filter_map(super::reconcile::edits_folder).collect();
    let mut looks = Vec::new();
    for folders in folders.chunks(FOLDERS_AT_ONCE) {
        go_on(cancel)?;
        let absolute: Vec<Vec<u8>> = folders.iter().map(|folder| on_phone(folder)).collect();
        let listed = listing.names(&absolute).map_err(|e| whole(e, owner))?;
        let mut inside = Vec::new();
        for (folder, names) in folders.iter().zip(listed) {
            let names = match names {
                Ok(names) => names,
                // There are no edits on the phone; the library may say that they are in iCloud.
                Err(error) if error.is_absence() => continue,
                Err(error) => {
                    let folder = SourcePath::new(folder);
                    let error = of_file(error, owner, &folder);
                    looks.push(Err((folder, error)));
                    continue;
                }
            };
            let safe = names.iter().filter(|name| paths::is_safe(name) && !name.starts_with(b"."));
            inside.extend(safe.map(|name| format!("{folder}/{}", byte_names::to_text(name))));
        }
        looks.extend(look_up(listing, &inside, cancel)?);
    }
    Ok(looks)
}

/// Looks at files by their paths; says nothing of those that are not there.
pub(super) fn look_up(listing: &Listing, wanted: &[String], cancel: &CancelFlag) -> Result<Vec<Look>, SourceError> {
    let owner = &listing.phone().info().name;
    let mut looks = Vec::with_capacity(wanted.len());
    for wanted in wanted.chunks(BATCH) {
        go_on(cancel)?;
        let absolute: Vec<Vec<u8>> = wanted.iter().map(|path| on_phone(path)).collect();
        let infos = listing.infos(&absolute).map_err(|e| whole(e, owner))?;
        for (path, info) in wanted.iter().zip(infos) {
            let path = SourcePath::new(path);
            match info {
                Ok(FileInfo { kind: FileKind::File, bytes, modified_ns }) => {
                    looks.push(Ok(Fingerprint { path, bytes, modified_ns }));
                }
                Ok(_) | Err(PhoneError::NotFound) => {}
                Err(error) => {
                    let error = of_file(error, owner, &path);
                    looks.push(Err((path, error)));
                }
            }
        }
    }
    Ok(looks)
}

pub(super) fn on_phone(path: &str) -> Vec<u8> {
    [b"/", byte_names::to_bytes(path).as_slice()].concat()
}

pub(super) fn go_on(cancel: &CancelFlag) -> Result<(), SourceError> {
    if cancel.is_cancelled() { Err(SourceError::Cancelled) } else { Ok(()) }
}

/// Says in a sentence why the library was not used. An error of the phone as a whole is one of the listing.
pub(super) fn why_not(error: PhotosDbError, phone: &Phone) -> Result<String, SourceError> {
    let owner = &phone.info().name;
    let error = match error {
        // It may be the library's fault: what is behind it is listed if the phone answers otherwise.
        PhotosDbError::Phone(silence) if silence.is_silence() => match phone.file_info(b"/") {
            Err(error) if !error.is_of_one_path() => return Err(whole(error, owner)),
            _ => PhotosDbError::Phone(PhoneError::Silent),
        },
        error => error,
    };
    match error {
        PhotosDbError::Phone(error) if !error.is_of_one_path() => Err(whole(error, owner)),
        PhotosDbError::UnknownForm(report) => {
            let form = report.to_string();
            let first = form.lines().next().unwrap_or_default();
            Ok(format!("{} ({first}): {CONSEQUENCE}", PhotosDbError::UnknownForm(report)))
        }
        error => Ok(format!("{error}: {CONSEQUENCE}")),
    }
}

const CONSEQUENCE: &str = "only the camera's folders are listed, without albums, edits and what is only in iCloud, and \
                           with what was deleted or hidden on the phone";
