//! Operations on an open file.

use super::arguments::Arguments;
use super::frame::{Reply, Request};
use super::handles::OpenHandle;
use crate::media::{FileLock, OpenFile};
use crate::status::Status;

/// The most one read gives; a client that asks for more gets less, as the protocol allows.
const MOST_READ: u64 = 32 << 20;
const DONE: Reply = Reply::Status(Status::Success);

/// `buffer` is one that was used before, for file contents.
pub(super) fn answer(
    handle: &mut OpenHandle,
    request: &Request,
    arguments: &mut Arguments<'_>,
    buffer: Vec<u8>,
) -> Result<Reply, Status> {
    match request.op {
        0x0F => {
            let length = arguments.number()?;
            let data = read(handle.file.as_mut(), handle.position, length, buffer)?;
            handle.position += data.len() as u64;
            Ok(Reply::Data(data))
        }
        0x10 => {
            let at = if handle.appends { handle.file.size()? } else { handle.position };
            handle.file.write_at(at, &request.payload)?;
            handle.position = at + request.payload.len() as u64;
            Ok(DONE)
        }
        0x11 => seek(handle, arguments),
        0x12 => Ok(Reply::Position(handle.position)),
        0x15 => handle.file.resize(arguments.number()?).map(|()| DONE),
        0x1B => lock(handle, arguments.number()?),
        0x27 => {
            let length = arguments.number()?;
            read(handle.file.as_mut(), arguments.number()?, length, buffer).map(Reply::Data)
        }
        0x28 => handle.file.write_at(arguments.number()?, &request.payload).map(|()| DONE),
        _ => Err(Status::UnknownPacket),
    }
}

/// Reads no more than the file holds, so that a huge length costs nothing. A used buffer spares the system handing out
/// fresh memory for every answer.
pub(super) fn read(file: &mut dyn OpenFile, offset: u64, length: u64, mut buffer: Vec<u8>) -> Result<Vec<u8>, Status> {
    let left = file.size()?.saturating_sub(offset);
    buffer.resize(length.min(left).min(MOST_READ) as usize, 0);
    let filled = file.read_at(offset, &mut buffer)?;
    buffer.truncate(filled);
    Ok(buffer)
}

fn seek(handle: &mut OpenHandle, arguments: &mut Arguments<'_>) -> Result<Reply, Status> {
    let whence = arguments.number()?;
    let offset = arguments.number()?.cast_signed();
    let start = match whence {
        0 => 0,
        1 => handle.position,
        2 => handle.file.size()?,
        _ => return Err(Status::InvalidArgument),
    };
    handle.position = start.checked_add_signed(offset).ok_or(Status::InvalidArgument)?;
    Ok(DONE)
}

/// Every lock is tried once: a client that would wait on a real phone is told so here and asks again.
fn lock(handle: &mut OpenHandle, operation: u64) -> Result<Reply, Status> {
    const WITHOUT_WAITING: u64 = 4;
    let lock = match operation & !WITHOUT_WAITING {
        1 => FileLock::Shared,
        2 => FileLock::Exclusive,
        8 => FileLock::Unlock,
        _ => return Err(Status::InvalidArgument),
    };
    handle.file.lock(lock).map(|()| DONE)
}
