//! Frames of the file service: a 40-byte header (magic, entire length, length of header and arguments, packet number,
//! operation; little-endian), the arguments, a payload. A reply repeats the number of its request.

use std::io::{self, ErrorKind};

use crate::status::Status;

pub(crate) const HEADER: usize = 40;
const MAGIC: &[u8; 8] = b"CFA6LPAA";
/// More than any client sends at once (the largest write in one piece by 4 MiB), little enough to keep in memory.
const MOST: u64 = 64 << 20;

/// Operation numbers of replies.
pub(crate) mod reply {
    pub(crate) const STATUS: u64 = 0x01;
    pub(crate) const DATA: u64 = 0x02;
    pub(crate) const OPENED: u64 = 0x0E;
    pub(crate) const POSITION: u64 = 0x13;
}

/// A request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) number: u64,
    pub(crate) op: u64,
    pub(crate) arguments: Vec<u8>,
    pub(crate) payload: Vec<u8>,
}

/// The lengths in a header, checked.
struct Header {
    number: u64,
    op: u64,
    arguments: usize,
    payload: usize,
}

fn header(bytes: &[u8; HEADER]) -> io::Result<Header> {
    let word = |at: usize| {
        let mut word = [0_u8; 8];
        word.copy_from_slice(&bytes[at..at + 8]);
        u64::from_le_bytes(word)
    };
    let (entire, this) = (word(8), word(16));
    if &bytes[..8] != MAGIC || entire > MOST || this > entire || this < HEADER as u64 {
        return Err(ErrorKind::InvalidData.into());
    }
    Ok(Header { number: word(24), op: word(32), arguments: this as usize - HEADER, payload: (entire - this) as usize })
}

/// The request at the front of what has arrived, and its length; `None` while it is incomplete.
pub(crate) fn first(arrived: &[u8]) -> io::Result<Option<(Request, usize)>> {
    let Some(bytes) = arrived.first_chunk::<HEADER>() else { return Ok(None) };
    let header = header(bytes)?;
    let payload_at = HEADER + header.arguments;
    let length = payload_at + header.payload;
    let Some(whole) = arrived.get(..length) else { return Ok(None) };
    let (arguments, payload) = (whole[HEADER..payload_at].to_vec(), whole[payload_at..].to_vec());
    Ok(Some((Request { number: header.number, op: header.op, arguments, payload }, length)))
}

/// What an operation gives back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    Status(Status),
    Data(Vec<u8>),
    /// The handle of a file just opened.
    Opened(u64),
    /// Where a file is read or written next.
    Position(u64),
}

impl Reply {
    /// What goes before the payload. An empty read is an empty data reply, never an empty frame of another kind.
    pub(crate) fn head(&self, number: u64) -> Vec<u8> {
        let (op, argument) = match self {
            Self::Status(status) => (reply::STATUS, Some(*status as u64)),
            Self::Data(_) => (reply::DATA, None),
            Self::Opened(handle) => (reply::OPENED, Some(*handle)),
            Self::Position(position) => (reply::POSITION, Some(*position)),
        };
        let this = HEADER + argument.map_or(0, |_| size_of::<u64>());
        let mut head = Vec::with_capacity(this);
        head.extend_from_slice(MAGIC);
        for word in [(this + self.payload().len()) as u64, this as u64, number, op].into_iter().chain(argument) {
            head.extend_from_slice(&word.to_le_bytes());
        }
        head
    }

    pub(crate) fn payload(&self) -> &[u8] {
        if let Self::Data(data) = self { data } else { &[] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(reply: &Reply, number: u64) -> Vec<u8> {
        [&reply.head(number), reply.payload()].concat()
    }

    #[test]
    fn a_status_is_48_bytes_and_data_starts_at_40() {
        let status = frame(&Reply::Status(Status::NotFound), 5);
        assert_eq!((status.len(), status[16], status[24], status[32], status[40]), (48, 48, 5, 1, 8));
        let data = frame(&Reply::Data(b"xy".to_vec()), 6);
        assert_eq!((data.len(), data[8], data[16], data[32], &data[40..]), (42, 42, 40, 2, b"xy".as_slice()));
    }

    #[test]
    fn requests_are_taken_whole_or_not_at_all() {
        let one = frame(&Reply::Data(b"payload".to_vec()), 1);
        let (request, length) = first(&[one.clone(), one.clone()].concat()).unwrap().unwrap();
        assert_eq!((request.payload.as_slice(), length), (b"payload".as_slice(), one.len()));
        assert_eq!(first(&one[..41]).unwrap(), None);
    }

    #[test]
    fn lengths_that_lie_are_refused() {
        for (entire, this) in [(0_u64, 0_u64), (40, 39), (40, 41), (u64::MAX, 40)] {
            let mut frame = frame(&Reply::Data(Vec::new()), 1);
            frame[8..16].copy_from_slice(&entire.to_le_bytes());
            frame[16..24].copy_from_slice(&this.to_le_bytes());
            assert!(first(&frame).is_err(), "{entire} {this}");
        }
    }
}
