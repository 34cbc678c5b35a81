//! Packets of the USB multiplexer: 16 bytes of header (length, version, kind, tag; little-endian), then an XML property list.

use std::io::{self, ErrorKind, Read, Write};

use plist::{Dictionary, Value};

use crate::plists::{dict, read_dict, to_xml};

const HEADER: usize = 16;
/// Pair records are the largest thing sent, a few kilobytes.
const MOST: usize = 1 << 20;
/// Replies carry this version whatever the client said: one client reads the version to use out of the first reply.
const VERSION: u32 = 1;
const KIND_PLIST: u32 = 8;

/// A request and the tag its reply must repeat.
pub(crate) struct Packet {
    pub(crate) tag: u32,
    pub(crate) body: Dictionary,
}

/// Reads one request.
pub(crate) fn read(stream: &mut impl Read) -> io::Result<Packet> {
    let mut header = [0_u8; HEADER];
    stream.read_exact(&mut header)?;
    let word = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let length = word(0) as usize;
    if !(HEADER..=MOST).contains(&length) || word(8) != KIND_PLIST {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut body = vec![0_u8; length - HEADER];
    stream.read_exact(&mut body)?;
    let body = read_dict(&body).ok_or(ErrorKind::InvalidData)?;
    Ok(Packet { tag: word(12), body })
}

/// Writes one reply or, with tag 0, an event.
pub(crate) fn write(stream: &mut impl Write, tag: u32, body: Dictionary) -> io::Result<()> {
    stream.write_all(&encode(tag, body)?)
}

/// One reply or event as it is sent.
pub(crate) fn encode(tag: u32, body: Dictionary) -> io::Result<Vec<u8>> {
    let body = to_xml(&Value::Dictionary(body));
    let length = u32::try_from(HEADER + body.len()).map_err(|_| ErrorKind::InvalidData)?;
    let mut packet = Vec::with_capacity(HEADER + body.len());
    for word in [length, VERSION, KIND_PLIST, tag] {
        packet.extend_from_slice(&word.to_le_bytes());
    }
    packet.extend_from_slice(&body);
    Ok(packet)
}

/// The outcomes of a request that has no data to give.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    Done = 0,
    BadCommand = 1,
    /// No such device, or no such pair record.
    BadDevice = 2,
    Refused = 3,
}

impl Outcome {
    pub(crate) fn message(self) -> Dictionary {
        dict([("MessageType", "Result".into()), ("Number", Value::Integer((self as i64).into()))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_packet_reads_back() {
        let mut bytes = Vec::new();
        write(&mut bytes, 7, Outcome::Refused.message()).unwrap();
        assert_eq!(bytes[4..12], [1, 0, 0, 0, 8, 0, 0, 0]);
        let packet = read(&mut bytes.as_slice()).unwrap();
        assert_eq!((packet.tag, packet.body), (7, Outcome::Refused.message()));
    }

    #[test]
    fn lengths_that_lie_are_refused() {
        for length in [0_u32, 15, u32::MAX] {
            let mut bytes = length.to_le_bytes().to_vec();
            bytes.extend_from_slice(&[1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0]);
            assert!(read(&mut bytes.as_slice()).is_err(), "{length}");
        }
    }
}
