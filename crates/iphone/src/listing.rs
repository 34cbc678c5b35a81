//! What a phone says of many files and folders, where it may now and then say something senseless or nothing at all: one bad
//! answer costs its own file and not the others, and a phone that gives no others comes to an end.

use crate::afc::{Answer, Request};
use crate::many::Round;
use crate::phone::{checked, info_of, names_of};
use crate::{FileInfo, FolderNames, Phone, PhoneError};
use domain::CancelFlag;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Files whose answers break the conversation before the phone is not asked any further: each costs two new connections.
const MOST_SENSELESS: usize = 32;
/// Files asked about together once it is known that some answer among many makes no sense.
const TOGETHER: usize = 128;
/// Files and folders over which the phone may fall silent: such as both of a Live Photo. Each is waited for twice, as long
/// as one may wait for an answer, so that with the last silence it is given up within two minutes.
const MOST_SILENT: usize = 2;
/// Folders to list in one go: their answers together may take 64 MiB.
pub const FOLDERS_AT_ONCE: usize = 512;

type Told<T> = Result<T, PhoneError>;

/// What one phone says of its files and folders, for one listing. Several threads may ask.
#[derive(Debug)]
pub struct Listing {
    phone: Phone,
    senseless: AtomicUsize,
    silent: AtomicUsize,
}

impl Listing {
    /// Begins a listing, in which nothing senseless was said so far. Each question ends with `Cancelled` as soon as the user
    /// does not want to wait.
    pub fn of(phone: &Phone, cancel: &CancelFlag) -> Self {
        let (senseless, silent) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { phone: phone.until(cancel), senseless, silent }
    }

    /// Returns the phone.
    pub fn phone(&self) -> &Phone {
        &self.phone
    }

    /// Asks for the attributes of files, as [`Phone::file_infos`] does. An answer that makes no sense is asked for once more,
    /// by itself if it broke the conversation; a file that has none after that is `Nonsense`. One over which the phone falls
    /// silent, twice, is `Silent`. Errors when the phone as a whole fails: with `Nonsense` once more than 32 files of a
    /// listing broke the conversation each time, and once it fell silent over more than two files and folders, or over
    /// whatever it was asked.
    pub fn infos<P: AsRef<[u8]>>(&self, paths: &[P]) -> Result<Vec<Told<FileInfo>>, PhoneError> {
        let paths: Vec<&[u8]> = paths.iter().map(AsRef::as_ref).collect();
        match self.infos_together(&paths) {
            Err(PhoneError::Nonsense(_)) => {}
            infos => return infos,
        }
        let mut infos = Vec::with_capacity(paths.len());
        for some in paths.chunks(TOGETHER) {
            match self.infos_together(some) {
                Err(PhoneError::Nonsense(_)) => {
                    for path in some {
                        infos.push(self.info_alone(path)?);
                    }
                }
                answers => infos.extend(answers?),
            }
        }
        Ok(infos)
    }

    /// Attributes that make no sense leave the conversation whole: all of them are asked for again together.
    fn infos_together(&self, paths: &[&[u8]]) -> Result<Vec<Told<FileInfo>>, PhoneError> {
        let mut infos = self.infos_once(paths)?;
        let is_senseless = |info: &Told<FileInfo>| matches!(info, Err(PhoneError::Nonsense(_)));
        let senseless: Vec<usize> = (0..infos.len()).filter(|i| infos.get(*i).is_some_and(is_senseless)).collect();
        if !senseless.is_empty() {
            let again: Vec<&[u8]> = senseless.iter().filter_map(|i| paths.get(*i).copied()).collect();
            for (i, answer) in senseless.into_iter().zip(self.infos_once(&again)?) {
                infos.get_mut(i).into_iter().for_each(|info| info.clone_from(&answer));
            }
        }
        Ok(infos)
    }

    fn infos_once(&self, paths: &[&[u8]]) -> Result<Vec<Told<FileInfo>>, PhoneError> {
        let requests: Result<_, _> = paths.iter().map(|path| checked(path).map(Request::file_info)).collect();
        let answers = self.ask(requests?)?;
        self.phone.unless_locked(answers.into_iter().map(|answer| answer.and_then(info_of)).collect())
    }

    fn info_alone(&self, path: &[u8]) -> Result<Told<FileInfo>, PhoneError> {
        let ask = || Ok(self.infos_together(&[path])?.pop().unwrap_or(Err(PhoneError::Disconnected)));
        match ask() {
            Err(PhoneError::Nonsense(_)) => {}
            answer => return answer,
        }
        match ask() {
            Err(nonsense @ PhoneError::Nonsense(_)) => {
                let before = self.senseless.fetch_add(1, Ordering::Relaxed);
                if before < MOST_SENSELESS { Ok(Err(nonsense)) } else { Err(nonsense) }
            }
            answer => answer,
        }
    }

    /// Lists folders, at best no more than [`FOLDERS_AT_ONCE`], in their order, as [`Phone::list_dir`] lists one. A folder over
    /// which the phone falls silent, twice, is `Silent`. Errors when the phone as a whole fails.
    pub fn names(&self, folders: &[Vec<u8>]) -> Result<Vec<Told<FolderNames>>, PhoneError> {
        let requests: Result<_, _> = folders.iter().map(|path| checked(path).map(Request::read_dir_in_brief)).collect();
        match self.ask(requests?) {
            // One of them is longer than many at once may be: each by itself.
            Err(PhoneError::Nonsense(_)) => folders.iter().map(|folder| self.names_alone(folder)).collect(),
            answers => self.phone.unless_locked(answers?.into_iter().map(|answer| answer.and_then(names_of)).collect()),
        }
    }

    /// Does the same for one folder.
    pub fn names_in(&self, folder: &[u8]) -> Told<FolderNames> {
        self.names(&[folder.to_vec()])?.pop().unwrap_or(Err(PhoneError::Disconnected))
    }

    /// Lists a folder, of many. Errors when the phone as a whole fails: each of the others would wait for it as long.
    fn names_alone(&self, folder: &[u8]) -> Result<Told<FolderNames>, PhoneError> {
        let answer = match self.ask(vec![Request::read_dir(checked(folder)?)]) {
            Err(error) if error.is_of_one_path() => Err(error),
            answers => answers?.pop().unwrap_or(Err(PhoneError::Disconnected)),
        };
        Ok(self.phone.unless_locked(vec![answer.and_then(names_of)])?.pop().unwrap_or(Err(PhoneError::Disconnected)))
    }

    /// Asks each question until it is answered, or known to be one over which the phone falls silent. Errors when the phone
    /// as a whole fails.
    fn ask(&self, requests: Vec<Request>) -> Result<Vec<Told<Answer>>, PhoneError> {
        let mut told: Vec<Option<Told<Answer>>> = vec![None; requests.len()];
        let mut open: Vec<usize> = (0..requests.len()).collect();
        while !open.is_empty() {
            let asked = open.iter().filter_map(|i| requests.get(*i).cloned()).collect();
            let Round { answers, broke_at, failure } = self.phone.ask_many(asked)?;
            for (i, answer) in open.iter().zip(answers) {
                told.get_mut(*i).into_iter().zip(answer).for_each(|(place, answer)| *place = Some(Ok(answer)));
            }
            let Some(silence) = failure else { break };
            if !silence.is_silence() || broke_at.is_empty() {
                return Err(silence);
            }
            for i in broke_at.into_iter().filter_map(|i| open.get(i).copied()) {
                if let (Some(place), Some(request)) = (told.get_mut(i), requests.get(i)) {
                    *place = Some(self.ask_again(request, &silence)?);
                }
            }
            open.retain(|i| told.get(*i).is_some_and(Option::is_none));
        }
        Ok(told.into_iter().map(|answer| answer.unwrap_or(Err(PhoneError::Disconnected))).collect())
    }

    /// Asks a question by itself at which the phone fell silent. Errors when it is the phone and not what it was asked about:
    /// it fell silent over too many of them, or does not answer the same question about its first folder.
    fn ask_again(&self, request: &Request, silence: &PhoneError) -> Result<Told<Answer>, PhoneError> {
        if self.silent.load(Ordering::Relaxed) >= MOST_SILENT {
            return Err(silence.clone());
        }
        self.phone.ask_alone(request.about_the_root())?;
        match self.phone.ask_alone(request.clone()) {
            Err(error) if error.is_silence() => {
                self.silent.fetch_add(1, Ordering::Relaxed);
                Ok(Err(PhoneError::Silent))
            }
            answer => answer.map(Ok),
        }
    }
}
