//! A phone as a source: its own library, held against its files; where that cannot be had, the camera's folders, walked.

mod albums;
mod details;
mod errors;
mod files;
mod library;
mod moment;
mod paths;
mod reconcile;
mod renditions;
mod silence;
mod walk;
mod words;

pub(crate) use errors::whole;

use domain::{
    AssetKind, CancelFlag, FileHead, Fingerprint, ListEntry, ResourceReader, Source, SourceError, SourceHash, SourceId,
    SourcePath,
};
use errors::of_file;
use iphone::{FileKind, Head, Listing, Phone, PhoneError, PhoneFile, Phones};
use silence::Silence;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use walk::Ending;

/// Under this folder lies, for each file `/DCIM/…/NAME`, a folder of its ready-made small pictures.
const THUMBNAILS: &str = "/PhotoData/Thumbnails/V2";
/// The larger of them, a JPEG: some phones have the one, some the other.
const THUMBNAIL: [&str; 2] = ["5005.JPG", "5003.JPG"];
const LARGEST_THUMBNAIL: usize = 4 << 20;
/// Of a few at once the first piece is read: it is all of any that is not unusually large.
const THUMBNAIL_PIECE: usize = 512 << 10;
/// A screen of them takes a few round trips then, and the first are not kept waiting for the last.
const THUMBNAILS_AT_ONCE: usize = 16;
/// Copying uses three connections; the other callers write, flush and verify meanwhile.
const CALLS_AT_ONCE: usize = 6;

/// Whether pictures of shared albums are listed: they are others', often smaller, and may be many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SharedAlbums {
    /// They are counted in a note.
    #[default]
    LeftOut,
    /// They are, each marked as shared.
    Listed,
}

/// The photos of one phone. Paths are relative to the phone's media folder, as in `DCIM/100APPLE/IMG_0001.HEIC`.
#[derive(Debug, Clone)]
pub struct IphoneSource {
    id: SourceId,
    phone: Phone,
    silence: Silence,
    /// Where the copy of the phone's database is kept.
    copies: PathBuf,
    shared: SharedAlbums,
    keeps_thumbnails: OnceLock<bool>,
    thumbnail_name: OnceLock<&'static str>,
}

impl IphoneSource {
    /// Opens a phone that is plugged in and trusts this computer. A copy of its photo database is kept in a folder of its
    /// own below `cache`. Errors say what stands in the way.
    pub fn open(phones: &Phones, udid: &str, cache: &Path) -> Result<Self, SourceError> {
        let phone = phones.open(udid).map_err(|e| whole(e, &format!("iPhone {udid}")))?;
        let udid = &phone.info().udid;
        let id = SourceId::new(format!("iphone:{udid}"));
        // An identity comes from the phone: what is not made like one must not lead anywhere.
        let name: String = udid.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(64).collect();
        let copies = cache.join(if name.is_empty() { "unknown" } else { &name });
        Ok(Self {
            id,
            silence: Silence::of(phone.clone()),
            phone,
            copies,
            shared: SharedAlbums::LeftOut,
            keeps_thumbnails: OnceLock::new(),
            thumbnail_name: OnceLock::new(),
        })
    }

    /// Lists, from now on, what is in albums that others share with the phone's owner, or leaves it out.
    pub fn listing(self, shared: SharedAlbums) -> Self {
        Self { shared, ..self }
    }

    fn owner(&self) -> &str {
        &self.phone.info().name
    }

    fn reader(
        &self,
        path: &SourcePath,
        opened: Result<PhoneFile, PhoneError>,
    ) -> Result<Box<dyn ResourceReader>, SourceError> {
        let file = opened.map_err(|e| self.silence.error(e, path))?;
        Ok(Box::new(PhoneReader { silence: self.silence.clone(), path: path.clone(), file }))
    }

    /// Looks once whether the phone keeps thumbnails at all, to save a question for each of its files.
    fn has_thumbnails(&self) -> Result<bool, PhoneError> {
        if let Some(known) = self.keeps_thumbnails.get() {
            return Ok(*known);
        }
        let any = match self.phone.list_dir(format!("{THUMBNAILS}/DCIM").as_bytes()) {
            Ok(names) => !names.is_empty(),
            Err(error) if error.is_absence() => false,
            // Such as that of a locked phone, which may have some.
            Err(PhoneError::Refused(_) | PhoneError::Locked) => return Ok(false),
            Err(error) => return Err(error),
        };
        Ok(*self.keeps_thumbnails.get_or_init(|| any))
    }

    fn read_thumbnail(&self, file: &[u8]) -> Result<Option<Vec<u8>>, PhoneError> {
        if !self.has_thumbnails()? {
            return Ok(None);
        }
        let known = self.thumbnail_name.get();
        for name in known.map_or(THUMBNAIL.as_slice(), std::slice::from_ref) {
            let path = [THUMBNAILS.as_bytes(), file, b"/", name.as_bytes()].concat();
            match self.phone.read_small(&path, LARGEST_THUMBNAIL) {
                Ok(bytes) if bytes.is_empty() => {}
                Ok(bytes) => {
                    let _ = self.thumbnail_name.set(name);
                    return Ok(Some(bytes));
                }
                Err(PhoneError::NotFound | PhoneError::Refused(_) | PhoneError::Nonsense(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Reads thumbnails of the name that was found first, all in two round trips. What has none of that name, or a larger one
    /// than is read in one piece, is looked at by itself.
    fn read_thumbnails(&self, files: &[&SourcePath]) -> Result<Vec<Option<Vec<u8>>>, PhoneError> {
        let on_phone: Option<Vec<_>> = files.iter().map(|file| paths::on_phone(file).ok()).collect();
        let (true, Some(on_phone)) = (self.has_thumbnails()?, on_phone) else { return Ok(vec![None; files.len()]) };
        let name = self.thumbnail_name.get().unwrap_or(&THUMBNAIL[0]).as_bytes();
        let thumbnails: Vec<_> = on_phone.iter().map(|f| [THUMBNAILS.as_bytes(), f, b"/", name].concat()).collect();
        let heads = match self.phone.heads_aside(&thumbnails, THUMBNAIL_PIECE) {
            Ok(heads) => heads,
            Err(PhoneError::Nonsense(_) | PhoneError::Disconnected) => return Ok(vec![None; files.len()]),
            Err(error) => return Err(error),
        };
        let whole =
            |head: Head| (!head.bytes.is_empty() && head.bytes.len() as u64 == head.info.bytes).then_some(head.bytes);
        let read: Vec<_> = heads.into_iter().map(|head| head.ok().and_then(whole)).collect();
        if read.iter().any(Option::is_some) {
            self.thumbnail_name.get_or_init(|| THUMBNAIL[0]);
        }
        Ok(read)
    }
}

impl Source for IphoneSource {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn name(&self) -> String {
        self.owner().to_owned()
    }

    fn concurrency(&self) -> usize {
        CALLS_AT_ONCE
    }

    fn until(&self, cancel: &CancelFlag) -> Option<Box<dyn Source>> {
        let (phone, silence) = (self.phone.until(cancel), self.silence.until(cancel));
        Some(Box::new(Self { phone, silence, ..self.clone() }))
    }

    fn list(&self, found: &mut dyn FnMut(Vec<ListEntry>), cancel: &CancelFlag) -> Result<(), SourceError> {
        if cancel.is_cancelled() {
            return Err(SourceError::Cancelled);
        }
        match library::copy(&self.phone, &self.copies, found, cancel) {
            Ok(copy) => library::list(&self.phone, (&copy, self.shared), found, cancel),
            Err(error) => {
                found(vec![ListEntry::Note(library::why_not(error, &self.phone)?)]);
                walk::walk(&Listing::of(&self.phone, cancel), (paths::CAMERA, Ending::Error), found, cancel)
            }
        }
    }

    fn open(&self, path: &SourcePath) -> Result<Box<dyn ResourceReader>, SourceError> {
        self.reader(path, self.phone.open_file(&paths::readable(path)?))
    }

    fn open_aside(&self, path: &SourcePath) -> Result<Box<dyn ResourceReader>, SourceError> {
        self.reader(path, self.phone.open_file_aside(&paths::on_phone(path)?))
    }

    fn heads(&self, paths: &[&SourcePath], length: usize) -> Result<Vec<Option<FileHead>>, SourceError> {
        let on_phone: Result<Vec<_>, _> = paths.iter().map(|path| paths::on_phone(path)).collect();
        let Ok(on_phone) = on_phone else { return Ok(vec![None; paths.len()]) };
        match self.phone.heads(&on_phone, length) {
            Ok(heads) => {
                let known = |head: Head| FileHead { size: head.info.bytes, bytes: head.bytes };
                Ok(heads.into_iter().map(|head| head.ok().map(known)).collect())
            }
            // One file with senseless attributes must not hide the others.
            Err(PhoneError::Nonsense(_) | PhoneError::Disconnected) => Ok(vec![None; paths.len()]),
            Err(error) => {
                let over = paths.first().map_or(Ok(()), |path| self.silence.is_over(error, path));
                over.map(|()| vec![None; paths.len()]).map_err(|e| whole(e, self.owner()))
            }
        }
    }

    fn stat(&self, path: &SourcePath) -> Result<Fingerprint, SourceError> {
        let info = self.phone.file_info(&paths::readable(path)?).map_err(|e| self.silence.error(e, path))?;
        match info.kind {
            FileKind::File => Ok(Fingerprint { path: path.clone(), bytes: info.bytes, modified_ns: info.modified_ns }),
            _ => Err(SourceError::NotFound(path.to_string())),
        }
    }

    fn thumbnail(&self, path: &SourcePath) -> Result<Option<Vec<u8>>, SourceError> {
        self.read_thumbnail(&paths::on_phone(path)?).map_err(|e| of_file(e, self.owner(), path))
    }

    fn thumbnails(&self, paths: &[&SourcePath]) -> Result<Vec<Option<Vec<u8>>>, SourceError> {
        self.read_thumbnails(paths).map_err(|e| whole(e, self.owner()))
    }

    fn thumbnails_at_once(&self) -> usize {
        THUMBNAILS_AT_ONCE
    }

    fn renditions(
        &self,
        originals: &[(&SourcePath, AssetKind)],
        cancel: &CancelFlag,
    ) -> Result<Vec<Option<Fingerprint>>, SourceError> {
        renditions::find(&self.phone, originals, cancel)
    }

    fn release(&self) -> Result<(), SourceError> {
        self.phone.hang_up().map_err(|e| whole(e, self.owner()))
    }

    fn is_locked(&self) -> Result<bool, SourceError> {
        self.phone.is_locked().map_err(|e| whole(e, self.owner()))
    }

    fn hash(&self, file: &Fingerprint) -> Result<Option<SourceHash>, SourceError> {
        let path = &file.path;
        match self.phone.hash(&paths::readable(path)?, file.bytes) {
            // It may be this file that keeps the phone busy. Reading it, which comes next, tells whether the phone is there.
            Err(PhoneError::TimedOut | PhoneError::Disconnected) => Ok(None),
            hash => Ok(hash.map_err(|e| of_file(e, self.owner(), path))?.map(SourceHash::Sha1)),
        }
    }
}

struct PhoneReader {
    silence: Silence,
    path: SourcePath,
    file: PhoneFile,
}

impl ResourceReader for PhoneReader {
    fn size(&self) -> u64 {
        self.file.info().bytes
    }

    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        self.silence.read(self.file.read_at(offset, length), &self.path)
    }

    fn take_back(&mut self, bytes: Vec<u8>) {
        self.file.take_back(bytes);
    }
}

#[cfg(test)]
mod tests;
