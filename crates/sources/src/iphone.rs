//! A phone as a source: the camera's folders, walked. Photos that are only in iCloud are not seen this way.

mod errors;
mod paths;
mod walk;

pub(crate) use errors::whole;

use domain::{
    CancelFlag, Fingerprint, ListEntry, ResourceReader, Source, SourceError, SourceHash, SourceId, SourcePath,
};
use errors::of_file;
use iphone::{FileKind, Phone, PhoneError, PhoneFile, Phones};
use std::sync::OnceLock;

/// Under this folder lies, for each file `/DCIM/…/NAME`, a folder of its ready-made small pictures.
const THUMBNAILS: &str = "/PhotoData/Thumbnails/V2";
/// The larger of them, a JPEG.
const THUMBNAIL: &str = "5005.JPG";
const LARGEST_THUMBNAIL: usize = 4 << 20;
/// Copying uses three connections; another caller keeps them busy while one writes and verifies.
const CALLS_AT_ONCE: usize = 4;

/// The photos of one phone. Paths are relative to the phone's media folder, as in `DCIM/100APPLE/IMG_0001.HEIC`.
#[derive(Debug)]
pub struct IphoneSource {
    id: SourceId,
    phone: Phone,
    keeps_thumbnails: OnceLock<bool>,
}

impl IphoneSource {
    /// Opens a phone that is plugged in and trusts this computer. Errors say what stands in the way.
    pub fn open(phones: &Phones, udid: &str) -> Result<Self, SourceError> {
        let phone = phones.open(udid).map_err(|e| whole(e, &format!("iPhone {udid}")))?;
        let id = SourceId::new(format!("iphone:{}", phone.info().udid));
        Ok(Self { id, phone, keeps_thumbnails: OnceLock::new() })
    }

    fn owner(&self) -> &str {
        &self.phone.info().name
    }

    /// Looks once whether the phone keeps thumbnails at all, to save a question for each of its files.
    fn has_thumbnails(&self) -> Result<bool, PhoneError> {
        if let Some(known) = self.keeps_thumbnails.get() {
            return Ok(*known);
        }
        let any = match self.phone.list_dir(format!("{THUMBNAILS}/DCIM").as_bytes()) {
            Ok(names) => !names.is_empty(),
            Err(PhoneError::NotFound | PhoneError::Refused(_)) => false,
            Err(error) => return Err(error),
        };
        Ok(*self.keeps_thumbnails.get_or_init(|| any))
    }

    fn read_thumbnail(&self, file: &[u8]) -> Result<Option<Vec<u8>>, PhoneError> {
        if !self.has_thumbnails()? {
            return Ok(None);
        }
        let path = [THUMBNAILS.as_bytes(), file, b"/", THUMBNAIL.as_bytes()].concat();
        match self.phone.read_small(&path, LARGEST_THUMBNAIL) {
            Ok(bytes) => Ok(Some(bytes).filter(|b| !b.is_empty())),
            Err(PhoneError::NotFound | PhoneError::Refused(_) | PhoneError::Nonsense(_)) => Ok(None),
            Err(error) => Err(error),
        }
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

    fn list(&self, found: &mut dyn FnMut(Vec<ListEntry>), cancel: &CancelFlag) -> Result<(), SourceError> {
        walk::walk(&self.phone, found, cancel)
    }

    fn open(&self, path: &SourcePath) -> Result<Box<dyn ResourceReader>, SourceError> {
        let file = self.phone.open_file(&paths::on_phone(path)?).map_err(|e| of_file(e, self.owner(), path))?;
        Ok(Box::new(PhoneReader { owner: self.owner().to_owned(), path: path.clone(), file }))
    }

    fn stat(&self, path: &SourcePath) -> Result<Fingerprint, SourceError> {
        let info = self.phone.file_info(&paths::on_phone(path)?).map_err(|e| of_file(e, self.owner(), path))?;
        match info.kind {
            FileKind::File => Ok(Fingerprint { path: path.clone(), bytes: info.bytes, modified_ns: info.modified_ns }),
            _ => Err(SourceError::NotFound(path.to_string())),
        }
    }

    fn thumbnail(&self, path: &SourcePath) -> Result<Option<Vec<u8>>, SourceError> {
        self.read_thumbnail(&paths::on_phone(path)?).map_err(|e| of_file(e, self.owner(), path))
    }

    fn release(&self) -> Result<(), SourceError> {
        self.phone.hang_up().map_err(|e| whole(e, self.owner()))
    }

    fn hash(&self, path: &SourcePath) -> Result<Option<SourceHash>, SourceError> {
        let hash = self.phone.hash(&paths::on_phone(path)?).map_err(|e| of_file(e, self.owner(), path))?;
        Ok(hash.map(SourceHash::Sha1))
    }
}

struct PhoneReader {
    owner: String,
    path: SourcePath,
    file: PhoneFile,
}

impl ResourceReader for PhoneReader {
    fn size(&self) -> u64 {
        self.file.info().bytes
    }

    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        self.file.read_at(offset, length).map_err(|e| of_file(e, &self.owner, &self.path))
    }
}

#[cfg(test)]
mod tests;
