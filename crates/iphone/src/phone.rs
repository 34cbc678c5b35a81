//! One phone whose media folder is read: listing, attributes, hashes, small files. Open files are in [`crate::file`].

use crate::afc::{Answer, Request, Spares};
use crate::dial::{Dialer, NO_PERMISSION};
use crate::engine::Engine;
use crate::file::{self, PhoneFile};
use crate::file_info::value;
use crate::lane::{Lane, On, Seat};
use crate::many::{self, Round};
use crate::{FileInfo, Head, PhoneError, PhoneInfo, heads};
use domain::CancelFlag;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;

/// A folder with more entries than this is a lie or a mistake.
const MOST_NAMES: usize = 200_000;
/// The slowest a phone is assumed to hash a file, in bytes per second.
const SLOWEST_HASH: u64 = 10_000_000;

const LISTING: usize = 0;
const PICTURES: usize = 1;
/// While one connection waits for its next question to travel, the others keep the cable busy. More gain nothing.
const COPYING: [usize; 3] = [2, 3, 4];
/// Hashing a film takes the phone seconds: copying does not wait for it. Two, so that the phone has the next question when it
/// is through with one.
const HASHING: [usize; 2] = [5, 6];
const LANES: usize = 7;

/// A phone that trusts this computer. Clones share its connections, of which there are at most seven, opened as needed.
#[derive(Debug, Clone)]
pub struct Phone {
    engine: Engine,
    info: Arc<PhoneInfo>,
    lanes: Arc<[Arc<Lane>; LANES]>,
    choosing: Arc<Mutex<()>>,
    /// Bytes of the files that it is hashing.
    hashing: Arc<AtomicU64>,
}

/// Counts a file among those that are hashed.
struct Hashing<'a> {
    all: &'a AtomicU64,
    bytes: u64,
}

impl<'a> Hashing<'a> {
    /// Counts it, and returns how many bytes are hashed now.
    fn begin(all: &'a AtomicU64, bytes: u64) -> (Self, u64) {
        // Sizes are what the phone says: they may come to anything.
        let before = all.fetch_add(bytes, Ordering::Relaxed);
        (Self { all, bytes }, before.wrapping_add(bytes))
    }
}

impl Drop for Hashing<'_> {
    fn drop(&mut self) {
        self.all.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// The names in a folder, each as the bytes the phone sends.
pub type FolderNames = Vec<Vec<u8>>;

/// The phone's storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiskInfo {
    /// Bytes in all.
    pub total_bytes: u64,
    /// Bytes not used.
    pub free_bytes: u64,
}

impl Phone {
    /// Makes the lanes and opens the first, to know that the phone can be read.
    pub(crate) fn open(engine: Engine, dialer: Dialer, info: PhoneInfo) -> Result<Self, PhoneError> {
        let spares = Spares::default();
        let lanes = std::array::from_fn(|_| Arc::new(Lane::new(dialer.clone(), info.udid.clone(), spares.clone())));
        let phone = Self {
            engine,
            info: Arc::new(info),
            lanes: Arc::new(lanes),
            choosing: Arc::default(),
            hashing: Arc::default(),
        };
        phone.ask(LISTING, Request::device_info())?;
        Ok(phone)
    }

    /// Returns the same phone for someone who does not wait for it any longer than the user wants: each call then ends with
    /// `Cancelled`, and so do those of the files that it opened.
    pub fn until(&self, cancel: &CancelFlag) -> Self {
        Self { engine: self.engine.until(cancel), ..self.clone() }
    }

    /// Returns what the phone said of itself when it was opened.
    pub fn info(&self) -> &PhoneInfo {
        &self.info
    }

    /// Returns the size and free space of the phone's storage.
    pub fn disk(&self) -> Result<DiskInfo, PhoneError> {
        let answer = self.ask(LISTING, Request::device_info())?.data()?;
        let number = |name| value(&answer, name).and_then(|v| v.parse().ok());
        Ok(DiskInfo {
            total_bytes: number("FSTotalBytes").unwrap_or(0),
            free_bytes: number("FSFreeBytes").unwrap_or(0),
        })
    }

    /// Returns the names in a folder as the phone sends them, `.` and `..` left out: bytes, since not every name is UTF-8.
    /// Paths are absolute and are bytes as well. `NotFound` when there is no such folder; a plain file is refused.
    pub fn list_dir(&self, path: &[u8]) -> Result<FolderNames, PhoneError> {
        let names = names_of(self.ask(LISTING, Request::read_dir(checked(path)?))?);
        names.map_err(|e| file::explained(&self.engine, &self.lanes[LISTING], e))
    }

    /// Returns the attributes of one file.
    pub fn file_info(&self, path: &[u8]) -> Result<FileInfo, PhoneError> {
        let info = info_of(self.ask(LISTING, Request::file_info(checked(path)?))?);
        info.map_err(|e| file::explained(&self.engine, &self.lanes[LISTING], e))
    }

    /// Returns the attributes of many files, in their order: many questions under way at once, on several connections when
    /// there are enough of them. Errors only when the phone as a whole fails; one that refuses because it is locked does.
    pub fn file_infos<P: AsRef<[u8]>>(&self, paths: &[P]) -> Result<Vec<Result<FileInfo, PhoneError>>, PhoneError> {
        let mut requests = Vec::with_capacity(paths.len());
        for path in paths {
            requests.push(Request::file_info(checked(path.as_ref())?));
        }
        let round = self.ask_many(requests)?;
        let answers = match round.failure {
            Some(failure) => return Err(failure),
            None => round.answers,
        };
        let infos = answers.into_iter().map(|answer| answer.map_or(Err(PhoneError::Disconnected), info_of));
        self.unless_locked(infos.collect())
    }

    /// Asks many questions at once, on several connections when there are enough of them.
    pub(crate) fn ask_many(&self, requests: Vec<Request>) -> Result<Round, PhoneError> {
        let lanes = Arc::clone(&self.lanes);
        self.engine.run(async move {
            let helpers = if many::is_worth_helpers(&requests) { &lanes[1..HASHING[0]] } else { &[] };
            many::ask(&lanes[LISTING], helpers, requests).await
        })
    }

    /// Asks one question beside whatever is being copied.
    pub(crate) fn ask_alone(&self, request: Request) -> Result<Answer, PhoneError> {
        self.ask(LISTING, request)
    }

    /// Passes on what was answered about many paths, unless something was refused because the phone is locked: that concerns
    /// all of them. The reason is asked for once, however many were refused.
    pub(crate) fn unless_locked<T>(
        &self,
        answers: Vec<Result<T, PhoneError>>,
    ) -> Result<Vec<Result<T, PhoneError>>, PhoneError> {
        let refusal = PhoneError::Refused(NO_PERMISSION);
        if !answers.iter().any(|answer| answer.as_ref().err() == Some(&refusal)) {
            return Ok(answers);
        }
        match file::explained(&self.engine, &self.lanes[LISTING], refusal) {
            PhoneError::Locked => Err(PhoneError::Locked),
            _ => Ok(answers),
        }
    }

    /// Opens a file for reading.
    pub fn open_file(&self, path: &[u8]) -> Result<PhoneFile, PhoneError> {
        let seat = Seat::take(COPYING.map(|i| &self.lanes[i]), &self.choosing);
        PhoneFile::open(self.engine.clone(), seat, checked(path)?)
    }

    /// Opens a file for reading on the connection of small pictures, beside whatever is being copied.
    pub fn open_file_aside(&self, path: &[u8]) -> Result<PhoneFile, PhoneError> {
        PhoneFile::open(self.engine.clone(), Seat::on(&self.lanes[PICTURES]), checked(path)?)
    }

    /// Opens files, reads the first `length` bytes of each (at most 1 MiB) and closes them, all in two round trips. Errors when
    /// the phone as a whole fails; meant for a few files at a time, since all are open at once.
    pub fn heads(&self, paths: &[Vec<u8>], length: usize) -> Result<Vec<Result<Head, PhoneError>>, PhoneError> {
        self.heads_on(Seat::take(COPYING.map(|i| &self.lanes[i]), &self.choosing), paths, length)
    }

    /// Does the same on the connection of small pictures, beside whatever is being copied.
    pub fn heads_aside(&self, paths: &[Vec<u8>], length: usize) -> Result<Vec<Result<Head, PhoneError>>, PhoneError> {
        self.heads_on(Seat::on(&self.lanes[PICTURES]), paths, length)
    }

    fn heads_on(
        &self,
        seat: Seat,
        paths: &[Vec<u8>],
        length: usize,
    ) -> Result<Vec<Result<Head, PhoneError>>, PhoneError> {
        for path in paths {
            checked(path)?;
        }
        self.engine.run(heads::read(seat, self.engine.handle().clone(), paths.to_vec(), length.min(1 << 20)))
    }

    /// Reads a small file whole, beside whatever is being copied. Errors with `Nonsense` when it is longer than `most` bytes.
    pub fn read_small(&self, path: &[u8], most: usize) -> Result<Vec<u8>, PhoneError> {
        let path = checked(path)?;
        let read = || {
            let seat = Seat::on(&self.lanes[PICTURES]);
            self.engine.run(file::read_whole(seat, self.engine.handle().clone(), path.to_vec(), most))
        };
        match read() {
            Err(PhoneError::Disconnected) => read(),
            result => result,
        }
        .map_err(|e| file::explained(&self.engine, &self.lanes[PICTURES], e))
    }

    /// Has the phone compute the SHA-1 of a file (operation 0x1D) of so many bytes, which it is given time for, as for those that
    /// it was asked for before. `None` where
    /// it cannot: older and newer systems differ.
    pub fn hash(&self, path: &[u8], bytes: u64) -> Result<Option<[u8; 20]>, PhoneError> {
        match self.hash_once(path, bytes) {
            // It may have been locked, and unlocked before it was asked for the reason.
            Err(PhoneError::Refused(NO_PERMISSION)) => self.hash_once(path, bytes),
            result => result,
        }
    }

    fn hash_once(&self, path: &[u8], bytes: u64) -> Result<Option<[u8; 20]>, PhoneError> {
        let seat = Seat::take(HASHING.map(|lane| &self.lanes[lane]), &self.choosing);
        let lane = Arc::clone(seat.lane());
        let request = Request::hash(checked(path)?);
        // It may hash one file after the other, and this one last.
        let (_hashing, bytes) = Hashing::begin(&self.hashing, bytes);
        let work = Duration::from_secs(bytes / SLOWEST_HASH);
        let exchange = async move { lane.exchange_slowly(&[request], On::Any, work).await };
        match self.engine.run(exchange)?.answers.pop() {
            Some(Answer::Data(hash)) => match hash.try_into() {
                Ok(hash) => Ok(Some(hash)),
                Err(_) => Err(PhoneError::nonsense("a hash that is not 20 bytes long")),
            },
            Some(Answer::Refused(6 | 15)) => Ok(None),
            Some(other) => Err(file::explained(&self.engine, seat.lane(), other.error())),
            None => Err(PhoneError::Disconnected),
        }
    }

    /// Tells whether the phone is locked, or says of itself that it is not and still lets nobody in.
    pub fn is_locked(&self) -> Result<bool, PhoneError> {
        let lane = Arc::clone(&self.lanes[LISTING]);
        if self.engine.run(async move { lane.is_locked().await })? {
            return Ok(true);
        }
        match self.ask(LISTING, Request::device_info()) {
            Ok(_) => Ok(false),
            Err(PhoneError::Locked) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Closes every connection, so that the phone can be unplugged. The next call opens them again.
    /// Errors with `TimedOut` when a call that is under way does not end.
    pub fn hang_up(&self) -> Result<(), PhoneError> {
        let lanes = Arc::clone(&self.lanes);
        self.engine.run(async move {
            // All at once: each may have a call under way that takes its full limit.
            let mut closings: JoinSet<_> =
                lanes.iter().cloned().map(|lane| async move { lane.hang_up().await }).collect();
            let mut hung_up = Ok(());
            while let Some(closed) = closings.join_next().await {
                hung_up = hung_up.and(closed.unwrap_or(Err(PhoneError::Panicked)));
            }
            hung_up
        })
    }

    fn ask(&self, lane: usize, request: Request) -> Result<Answer, PhoneError> {
        let lane = Arc::clone(&self.lanes[lane]);
        let mut exchanged = self.engine.run(async move { lane.exchange(&[request], On::Any).await })?;
        exchanged.answers.pop().ok_or(PhoneError::Disconnected)
    }
}

/// Takes the names out of an answer, `.` and `..` left out.
pub(crate) fn names_of(answer: Answer) -> Result<FolderNames, PhoneError> {
    let answer = answer.data()?;
    if answer.iter().filter(|b| **b == 0).count() > MOST_NAMES {
        return Err(PhoneError::nonsense(format!("a folder with more than {MOST_NAMES} entries")));
    }
    let names = answer.split(|b| *b == 0).filter(|name| !name.is_empty() && *name != b"." && *name != b"..");
    Ok(names.map(<[u8]>::to_vec).collect())
}

/// A missing file is answered with status 8, by some phones with 4.
pub(crate) fn info_of(answer: Answer) -> Result<FileInfo, PhoneError> {
    match answer {
        Answer::Refused(4) => Err(PhoneError::NotFound),
        other => FileInfo::parse(&other.data()?),
    }
}

pub(crate) fn checked(path: &[u8]) -> Result<&[u8], PhoneError> {
    // A zero byte would end the path early: another file than the one named.
    if path.len() > 4096 || path.contains(&0) { Err(PhoneError::NotFound) } else { Ok(path) }
}
