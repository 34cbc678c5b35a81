//! An open file on a phone. Its handle is closed on every path, and found again on a new connection when the old one broke.

use crate::afc::{Answer, Request};
use crate::engine::{Engine, Running};
use crate::lane::{ConnectionNumber, Lane, On, Seat};
use crate::phone::info_of;
use crate::{FileInfo, FileKind, PhoneError};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

/// The smallest piece asked for while a file is read on: below it, round trips are felt.
const PIECE: usize = 1 << 20;
/// The largest: some phones were seen to serve this much at once, and it is what is kept in memory.
const LARGEST_PIECE: usize = 4 << 20;
/// How long a piece should travel: long enough that a round trip is nothing beside it, short enough for whoever waits for
/// the lane.
const PIECE_TIME: Duration = Duration::from_millis(100);
/// Two at once for a small file: the second tells whether the first was all.
const SMALL_READ: usize = 256 << 10;

/// AFC's status for a folder where a file is asked for.
const IS_FOLDER: u64 = 9;

/// A file that is open for reading. Dropping it closes it on the phone, without waiting for that.
#[derive(Debug)]
pub struct PhoneFile {
    engine: Engine,
    path: Vec<u8>,
    opened: Opened,
    ahead: Option<Ahead>,
    /// The size of the next piece, in bytes.
    piece: usize,
}

/// A piece that was asked for before the caller did, so that the cable is busy while the caller writes.
#[derive(Debug)]
struct Ahead {
    offset: u64,
    length: usize,
    answers: Running<(Vec<Answer>, Duration)>,
}

impl PhoneFile {
    pub(crate) fn open(engine: Engine, seat: Seat, path: &[u8]) -> Result<Self, PhoneError> {
        let lane = Arc::clone(seat.lane());
        let opened = engine.run(Opened::new(seat, engine.handle().clone(), path.to_vec()));
        let opened = opened.map_err(|e| explained(&engine, &lane, e))?;
        Ok(Self { engine, path: path.to_vec(), opened, ahead: None, piece: PIECE })
    }

    /// Returns size and time the file had when it was opened.
    pub fn info(&self) -> FileInfo {
        self.opened.info
    }

    /// Reads up to `length` bytes at `offset`, at most 4 MiB. Empty at the end of the file; shorter than asked for at the
    /// end and whenever less suits the cable or the phone. When the connection broke for another's sake, the file is opened
    /// again; `Changed` when it is no longer the same. `Locked` when the phone was locked and therefore refuses.
    pub fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, PhoneError> {
        match self.read_once(offset, length) {
            Err(PhoneError::Disconnected) => {
                self.reopen()?;
                self.read_once(offset, length)
            }
            result => result.map_err(|e| explained(&self.engine, self.opened.seat.lane(), e)),
        }
    }

    /// Takes a piece that was read and is not needed any more, for the next to be read into it.
    pub fn take_back(&self, piece: Vec<u8>) {
        self.opened.seat.lane().take_back(piece);
    }

    fn reopen(&mut self) -> Result<(), PhoneError> {
        let seat = Seat::on(self.opened.seat.lane());
        let opened = self.engine.run(Opened::new(seat, self.engine.handle().clone(), self.path.clone()))?;
        if opened.info != self.opened.info {
            return Err(PhoneError::Changed);
        }
        self.opened = opened;
        Ok(())
    }

    fn read_once(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, PhoneError> {
        // Whoever reads only the head of a file, or jumps about, gets nothing ahead.
        let onwards = length >= PIECE || (offset > 0 && self.opened.position == Some(offset));
        let asked = match self.ahead.take() {
            Some(ahead) if ahead.offset == offset && ahead.length == self.wanted(offset, length) => ahead,
            Some(other) => {
                // It moves the place the phone reads at; only when it is over is that place known to be unknown.
                let _ = other.answers.wait();
                self.opened.position = None;
                self.ask_for(offset, length)
            }
            None => self.ask_for(offset, length),
        };
        self.opened.position = None;
        let (answers, time) = asked.answers.wait()?;
        let bytes = last_data(answers)?;
        let end = offset + bytes.len() as u64;
        self.opened.position = Some(end);
        self.piece = suited(asked.length, time);
        if onwards && bytes.len() == asked.length && end < self.opened.info.bytes {
            self.ahead = Some(self.ask_for(end, length));
        }
        Ok(bytes)
    }

    /// Returns how much to ask for where `length` bytes are wanted: no more than suits, and nothing behind the end.
    fn wanted(&self, offset: u64, length: usize) -> usize {
        let left = usize::try_from(self.opened.info.bytes.saturating_sub(offset)).unwrap_or(usize::MAX);
        length.min(self.piece).min(left.max(1))
    }

    fn ask_for(&self, offset: u64, length: usize) -> Ahead {
        let length = self.wanted(offset, length);
        let mut requests = Vec::with_capacity(2);
        if self.opened.position != Some(offset) {
            requests.push(Request::seek(self.opened.handle, offset));
        }
        requests.push(Request::read(self.opened.handle, length));
        let (lane, on) = (Arc::clone(self.opened.seat.lane()), On::This(self.opened.connection));
        let exchange = async move {
            let begun = Instant::now();
            let exchanged = lane.exchange(&requests, on).await?;
            Ok((exchanged.answers, begun.elapsed()))
        };
        // Let go: stopped half-way, it would cost the connection.
        Ahead { offset, length, answers: self.engine.start(exchange).let_go() }
    }
}

/// Returns the size of the next piece after one of `length` bytes travelled so long: what travels in [`PIECE_TIME`], in whole
/// MiB, and at most twice as much as before.
fn suited(length: usize, time: Duration) -> usize {
    let in_time = length as f64 * PIECE_TIME.as_secs_f64() / time.as_secs_f64().max(1e-6);
    let most = (2 * length).clamp(PIECE, LARGEST_PIECE) as f64;
    (in_time.min(most) as usize / PIECE * PIECE).max(PIECE)
}

/// Errors for what cannot be read as a file: a folder as phones refuse one that is opened.
pub(crate) fn must_be_file(kind: FileKind) -> Result<(), PhoneError> {
    match kind {
        FileKind::File => Ok(()),
        FileKind::Folder => Err(PhoneError::Refused(IS_FOLDER)),
        FileKind::Link => Err(PhoneError::nonsense("a link in place of a file")),
        FileKind::Other => Err(PhoneError::nonsense("neither a file nor a folder")),
    }
}

/// Finds the reason behind a refusal, asking the phone if need be.
pub(crate) fn explained(engine: &Engine, lane: &Arc<Lane>, error: PhoneError) -> PhoneError {
    if !matches!(error, PhoneError::Refused(_)) {
        return error;
    }
    let lane = Arc::clone(lane);
    engine.run(async move { Err::<(), _>(lane.explain(error).await) }).err().unwrap_or(PhoneError::Panicked)
}

/// Returns the data of the last answer if all before it were done. The end of the file may be told in words: status 14.
pub(crate) fn last_data(mut answers: Vec<Answer>) -> Result<Vec<u8>, PhoneError> {
    let last = answers.pop().ok_or(PhoneError::Disconnected)?;
    if let Some(refused) = answers.iter().find(|a| **a != Answer::Done) {
        return Err(refused.error());
    }
    match last {
        Answer::Refused(14) => Ok(Vec::new()),
        other => other.data(),
    }
}

/// A handle on the phone and the connection it lives on. Made inside the task that opens the file, so that there is no
/// moment at which an open handle has no owner.
#[derive(Debug)]
struct Opened {
    seat: Seat,
    runtime: Handle,
    connection: ConnectionNumber,
    handle: u64,
    info: FileInfo,
    position: Option<u64>,
}

impl Opened {
    async fn new(seat: Seat, runtime: Handle, path: Vec<u8>) -> Result<Self, PhoneError> {
        let requests = [Request::file_info(&path), Request::open(&path)];
        let mut exchanged = seat.lane().exchange(&requests, On::Any).await?;
        let handle = exchanged.answers.pop().ok_or(PhoneError::Disconnected)?.handle();
        let info = exchanged.answers.pop().ok_or(PhoneError::Disconnected).and_then(info_of);
        let unknown = FileInfo { kind: FileKind::Other, bytes: 0, modified_ns: 0 };
        let opened = handle.map(|handle| {
            let info = info.clone().unwrap_or(unknown);
            Self { seat, runtime, connection: exchanged.connection, handle, info, position: Some(0) }
        });
        // Only now may an error be returned: `opened` closes itself.
        must_be_file(info?.kind)?;
        opened
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.seat.lane().close_soon(self.connection, self.handle, &self.runtime);
    }
}

/// Reads a file of at most `most` bytes from start to end.
pub(crate) async fn read_whole(seat: Seat, runtime: Handle, path: Vec<u8>, most: usize) -> Result<Vec<u8>, PhoneError> {
    let opened = Opened::new(seat, runtime, path).await?;
    let too_long = || PhoneError::nonsense(format!("a small file of more than {most} bytes"));
    if opened.info.bytes > most as u64 {
        return Err(too_long());
    }
    let requests = [Request::read(opened.handle, SMALL_READ), Request::read(opened.handle, SMALL_READ)];
    let mut whole = Vec::new();
    loop {
        let exchanged = opened.seat.lane().exchange(&requests, On::This(opened.connection)).await?;
        let mut ended = false;
        for answer in exchanged.answers {
            let piece = last_data(vec![answer])?;
            ended = piece.is_empty();
            whole.extend(piece);
        }
        // It may have grown since it was opened.
        if whole.len() > most {
            return Err(too_long());
        }
        if ended {
            return Ok(whole);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_grow_with_the_cable_and_never_out_of_bounds() {
        let (mib, ms) = (1 << 20, Duration::from_millis);
        assert_eq!(suited(mib, ms(31)), 2 * mib, "32 MB/s: twice as much at a time");
        assert_eq!(suited(2 * mib, ms(62)), 3 * mib);
        assert_eq!(suited(3 * mib, ms(95)), 3 * mib);
        assert_eq!(suited(4 * mib, ms(2)), 4 * mib);
        assert_eq!(suited(4 * mib, ms(2000)), mib, "the cable became slow");
        assert_eq!(suited(900, Duration::ZERO), mib);
    }

    #[test]
    fn a_read_counts_only_when_the_seek_before_it_was_done() {
        let data = || Answer::Data(b"x".to_vec());
        assert_eq!(last_data(vec![Answer::Done, data()]), Ok(b"x".to_vec()));
        assert_eq!(last_data(vec![Answer::Refused(7), data()]), Err(PhoneError::Refused(7)));
        assert_eq!(last_data(vec![Answer::Refused(14)]), Ok(vec![]));
        assert_eq!(last_data(vec![Answer::Refused(20)]), Err(PhoneError::Refused(20)));
    }
}
