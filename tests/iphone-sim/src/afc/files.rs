//! Operations on an open file.

use super::arguments::Arguments;
use super::frame::{Reply, Request};
use super::handles::OpenHandle;
use crate::media::FileLock;
use crate::status::Status;

/// The most one read gives; a client that asks for more gets less, as the protocol allows.
pub(super) const MOST_READ: u64 = 32 << 20;
const DONE: Reply = Reply::Status(Status::Success);

pub(super) fn answer(
    handle: &mut OpenHandle,
    request: &Request,
    arguments: &mut Arguments<'_>,
) -> Result<Reply, Status> {
    match request.op {
        0x0F => {
            let length = arguments.number()?;
            let data = read(handle, handle.position, length)?;
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
            read(handle, arguments.number()?, length).map(Reply::Data)
        }
        0x28 => handle.file.write_at(arguments.number()?, &request.payload).map(|()| DONE),
        _ => Err(Status::UnknownPacket),
    }
}

/// Reads no more than the file holds, so that a huge length costs nothing.
fn read(handle: &mut OpenHandle, offset: u64, length: u64) -> Result<Vec<u8>, Status> {
    let left = handle.file.size()?.saturating_sub(offset);
    let mut data = vec![0_u8; length.min(left).min(MOST_READ) as usize];
    let filled = handle.file.read_at(offset, &mut data)?;
    data.truncate(filled);
    Ok(data)
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
