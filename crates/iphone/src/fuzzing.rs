//! Doors for fuzzers to what a phone says.

use crate::afc::packet::{HEADER, ReplyHeader};
use crate::file_info::FileInfo;

/// Reads a reply of the file protocol, and what is in it as the attributes of a file.
pub fn afc_reply(bytes: &[u8]) {
    let Some((header, rest)) = bytes.split_first_chunk::<HEADER>() else { return };
    let number = header[24..32].iter().rev().fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
    let Ok(reply) = ReplyHeader::parse(header, number, 4 << 20) else { return };
    let (arguments, payload) = rest.split_at(reply.arguments.min(rest.len()));
    let payload = &payload[..reply.payload.min(payload.len())];
    let Ok(answer) = reply.answer(arguments, payload.to_vec()) else { return };
    if let Ok(data) = answer.data() {
        drop(FileInfo::parse(&data));
    }
}

/// Reads an answer of lockdown, without the length before it.
pub fn lockdown_answer(bytes: &[u8]) {
    drop(crate::lockdown::message::parse(bytes));
}
