//! The frame of AFC: 40 bytes of header, little-endian, then arguments, then payload.
//!
//! Header: 8 bytes `CFA6LPAA`, length of all, length of header and arguments, packet number, operation (u64 each).

use crate::PhoneError;

pub(crate) const HEADER: usize = 40;
const MAGIC: &[u8; 8] = b"CFA6LPAA";
/// No reply has more arguments than one or two numbers; a page leaves room for what is not known yet.
const MOST_ARGUMENTS: u64 = 4096;

const STATUS: u64 = 0x01;
const DATA: u64 = 0x02;
const OPENED: u64 = 0x0E;

/// Appends a framed request.
pub(crate) fn encode(packet: &mut Vec<u8>, number: u64, operation: u64, arguments: &[u8]) {
    let length = (HEADER + arguments.len()) as u64;
    packet.extend_from_slice(MAGIC);
    for field in [length, length, number, operation] {
        packet.extend_from_slice(&field.to_le_bytes());
    }
    packet.extend_from_slice(arguments);
}

/// The checked header of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReplyHeader {
    operation: u64,
    pub(crate) arguments: usize,
    pub(crate) payload: usize,
}

impl ReplyHeader {
    /// Checks the header of the reply to request `number`, whose payload may be at most `limit` bytes long.
    pub(crate) fn parse(bytes: &[u8; HEADER], number: u64, limit: usize) -> Result<Self, PhoneError> {
        let (magic, fields) = bytes.split_at(8);
        if magic != MAGIC {
            return Err(PhoneError::nonsense("a reply that is not AFC"));
        }
        let [entire, this, answered, operation] = [0, 8, 16, 24].map(|at| number_at(fields, at).unwrap_or_default());
        if answered != number {
            return Err(PhoneError::nonsense(format!("a reply to request {answered} instead of {number}")));
        }
        let arguments = this.checked_sub(HEADER as u64).filter(|n| *n <= MOST_ARGUMENTS);
        let payload = entire.checked_sub(this).filter(|n| *n <= limit as u64);
        let (Some(arguments), Some(payload)) = (arguments, payload) else {
            return Err(PhoneError::nonsense(format!("a reply of impossible length ({entire}, {this})")));
        };
        Ok(Self { operation, arguments: arguments as usize, payload: payload as usize })
    }

    /// Makes the answer out of the bytes that followed the header.
    pub(crate) fn answer(self, arguments: &[u8], payload: Vec<u8>) -> Result<Answer, PhoneError> {
        let number = number_at(arguments, 0);
        match (self.operation, number) {
            (STATUS, Some(0)) => Ok(Answer::Done),
            (STATUS, Some(code)) => Ok(Answer::Refused(code)),
            (OPENED, Some(handle)) => Ok(Answer::Opened(handle)),
            (DATA, _) => Ok(Answer::Data(payload)),
            (operation, _) => Err(PhoneError::nonsense(format!("a reply of unknown kind {operation:#x}"))),
        }
    }
}

fn number_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes)
}

/// What the phone answered to one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It was done.
    Done,
    /// It was not done; the status code says why.
    Refused(u64),
    /// A file was opened under this handle.
    Opened(u64),
    /// Bytes.
    Data(Vec<u8>),
}

impl Answer {
    /// Returns the bytes, or why there are none. Status 8 is "not found", and so is 4 where the caller says so.
    pub(crate) fn data(self) -> Result<Vec<u8>, PhoneError> {
        match self {
            Self::Data(bytes) => Ok(bytes),
            other => Err(other.error()),
        }
    }

    /// Returns the handle of an opened file, or why there is none.
    pub(crate) fn handle(self) -> Result<u64, PhoneError> {
        match self {
            Self::Opened(handle) => Ok(handle),
            other => Err(other.error()),
        }
    }

    /// Returns why a request was not done.
    pub(crate) fn error(&self) -> PhoneError {
        match self {
            Self::Refused(8) => PhoneError::NotFound,
            Self::Refused(code) => PhoneError::Refused(*code),
            _ => PhoneError::nonsense("a reply of another kind than asked for"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(entire: u64, this: u64, number: u64, operation: u64) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..8].copy_from_slice(MAGIC);
        for (i, field) in [entire, this, number, operation].into_iter().enumerate() {
            bytes[8 + 8 * i..16 + 8 * i].copy_from_slice(&field.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn a_request_is_framed_as_phones_read_it() {
        let mut packet = Vec::new();
        encode(&mut packet, 7, 0x0A, b"/DCIM\0");
        assert_eq!(&packet[..HEADER], header(46, 46, 7, 0x0A));
        assert_eq!(&packet[HEADER..], b"/DCIM\0");
    }

    #[test]
    fn lengths_are_checked_before_they_are_used() {
        let lengths = [(0, 0), (39, 39), (40, 39), (40, 41), (u64::MAX, 40), (u64::MAX, u64::MAX), (141, 40), (0, 48)];
        for (entire, this) in lengths {
            let parsed = ReplyHeader::parse(&header(entire, this, 1, DATA), 1, 100);
            assert!(matches!(parsed, Err(PhoneError::Nonsense(_))), "{entire} {this}: {parsed:?}");
        }
        assert!(ReplyHeader::parse(&header(140, 40, 1, DATA), 1, 100).is_ok());
    }

    #[test]
    fn a_reply_to_another_request_is_not_taken() {
        assert!(ReplyHeader::parse(&header(40, 40, 2, DATA), 1, 0).is_err());
        let mut other = header(40, 40, 1, DATA);
        other[0] = b'X';
        assert!(ReplyHeader::parse(&other, 1, 0).is_err());
    }

    #[test]
    fn replies_become_answers() {
        let parse = |operation, arguments: &[u8]| {
            let header = header(40 + arguments.len() as u64, 40 + arguments.len() as u64, 1, operation);
            ReplyHeader::parse(&header, 1, 0)?.answer(arguments, vec![])
        };
        assert_eq!(parse(STATUS, &0u64.to_le_bytes()), Ok(Answer::Done));
        assert_eq!(parse(STATUS, &8u64.to_le_bytes()).unwrap().data(), Err(PhoneError::NotFound));
        assert_eq!(parse(OPENED, &5u64.to_le_bytes()).unwrap().handle(), Ok(5));
        assert!(matches!(parse(STATUS, &[1, 2]), Err(PhoneError::Nonsense(_))));
        assert!(matches!(parse(0x77, &[]), Err(PhoneError::Nonsense(_))));
    }
}
