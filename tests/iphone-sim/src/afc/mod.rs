//! The file service (AFC) on one connection: requests in, one reply each, in order.

mod arguments;
mod files;
mod frame;
mod handles;
mod line;
mod names;
#[cfg(test)]
mod tests;
mod tree;

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use crate::LockState;
use crate::channel::Channel;
use crate::device::Device;
use crate::faults::{Accident, Hang, Message};
use crate::media::Tree;
use crate::status::Status;
use arguments::Arguments;
use frame::{Reply, Request};
use handles::Handles;
use line::Line;

const READ_DIR: u64 = 0x03;
const GET_FILE_INFO: u64 = 0x0A;
const FILE_OPEN: u64 = 0x0D;
const GET_FILE_HASH: u64 = 0x1D;

/// Serves a tree to one client until it leaves.
pub(crate) fn serve(device: &Arc<Device>, tree: &Arc<dyn Tree>, channel: Channel) -> io::Result<()> {
    let (line, handles) = (Line::new(channel, &device.shaping)?, Handles::new(device));
    Connection { device, tree: tree.as_ref(), line, handles, buffer: Vec::new() }.run()
}

struct Connection<'a> {
    device: &'a Arc<Device>,
    tree: &'a dyn Tree,
    line: Line<'a>,
    handles: Handles<'a>,
    buffer: Vec<u8>,
}

impl Connection<'_> {
    fn run(mut self) -> io::Result<()> {
        loop {
            let (arrival, request) = self.line.next()?;
            let ready = self.device.shaping.ready(arrival);
            self.line.wait_until(ready)?;
            self.device.counters.afc_requests.fetch_add(1, Relaxed);
            let message = Message::File(names::of(request.op));
            if self.device.faults.request() {
                self.line.flush()?;
                self.device.suffer(Accident::Unplugged);
            }
            let stalls = self.device.faults.stalls(message).then_some(Hang::Stalls);
            if let Some(how) = stalls.or_else(|| self.hang(&request)).or_else(|| self.silent_over(message, &request)) {
                self.device.counters.unanswered.fetch_add(1, Relaxed);
                return match how {
                    Hang::Stalls => self.line.stall(),
                    Hang::Drops => self.line.flush(),
                };
            }
            let reply = self.answer(&request).unwrap_or_else(Reply::Status);
            let mut head = reply.head(request.number);
            self.falsify(message, &request, &mut head);
            self.line.carry_in(ready, request.payload.len())?;
            match (request.op, reply) {
                (0x04 | 0x0F | 0x27, Reply::Data(contents)) => self.send_contents(&head, contents, ready)?,
                (_, reply) => self.line.send(&head, reply.payload(), ready)?,
            }
        }
    }

    fn hang(&mut self, request: &Request) -> Option<Hang> {
        let handle = Arguments(&request.arguments).number().ok().filter(|_| matches!(request.op, 0x0F | 0x27))?;
        self.handles.get(handle).ok()?.file.hang()
    }

    fn silent_over(&self, message: Message<'_>, request: &Request) -> Option<Hang> {
        let mut arguments = Arguments(&request.arguments);
        match request.op {
            READ_DIR | GET_FILE_INFO | GET_FILE_HASH => {}
            FILE_OPEN => drop(arguments.number().ok()?),
            _ => return None,
        }
        self.device.faults.silent_over(message, &arguments.path())
    }

    fn falsify(&self, message: Message<'_>, request: &Request, head: &mut [u8]) {
        if let Some(length) = self.device.faults.false_length(message) {
            head[8..16].copy_from_slice(&length.to_le_bytes());
        }
        let about = || Arguments(&request.arguments).path();
        let misnumbered = request.op == GET_FILE_INFO && self.device.faults.misnumbers(&about());
        if misnumbered || self.device.faults.false_number(message) {
            head[24] ^= 0x55;
        }
    }

    /// Sends file contents, or as much of them as a fault lets through.
    fn send_contents(&mut self, head: &[u8], contents: Vec<u8>, ready: Instant) -> io::Result<()> {
        self.device.counters.bytes_read.fetch_add(contents.len() as u64, Relaxed);
        let accident = self.device.faults.contents(contents.len() as u64);
        let whole = match accident {
            Some((sent, Accident::Unplugged)) => sent as usize,
            _ => contents.len(),
        };
        self.line.send(head, &contents[..whole], ready)?;
        self.buffer = contents;
        if let Some((_, accident)) = accident {
            self.line.flush()?;
            self.device.suffer(accident);
        }
        Ok(())
    }

    /// Errors for what a phone refuses while it is locked; closing a file and asking about the disk is nothing of the sort.
    fn permitted(&self, op: u64) -> Result<(), Status> {
        let faults = &self.device.faults;
        let refused = match op {
            0x04 | 0x0D | 0x0F | 0x1D | 0x1F | 0x27 => faults.refuses_reads_while_locked(),
            0x03 | 0x0A => faults.refuses_all_while_locked(),
            _ => false,
        };
        let is_locked = || self.device.state().lock != LockState::Unlocked;
        if refused && is_locked() { Err(Status::PermissionDenied) } else { Ok(()) }
    }

    fn answer(&mut self, request: &Request) -> Result<Reply, Status> {
        let mut arguments = Arguments(&request.arguments);
        if matches!(request.op, 0x05..=0x09 | 0x0C | 0x10 | 0x15 | 0x18 | 0x1C | 0x1E | 0x22 | 0x28) {
            self.device.counters.changes.fetch_add(1, Relaxed);
        }
        self.permitted(request.op)?;
        match request.op {
            0x03..=0x0C | 0x18 | 0x1C..=0x1F | 0x22 => tree::answer(self.tree, request, &mut arguments),
            0x0D => self.open(&mut arguments),
            0x0F..=0x15 | 0x1B | 0x27 | 0x28 => {
                let handle = arguments.number()?;
                if request.op == 0x14 {
                    return self.handles.close(handle).map(|()| Reply::Status(Status::Success));
                }
                let buffer = std::mem::take(&mut self.buffer);
                files::answer(self.handles.get(handle)?, request, &mut arguments, buffer)
            }
            0x19 | 0x1A => Ok(Reply::Status(Status::Success)),
            0x16 | 0x17 => Err(Status::Unsupported),
            0x20 | 0x21 => Err(Status::NotFound),
            _ => Err(Status::UnknownPacket),
        }
    }

    fn open(&mut self, arguments: &mut Arguments<'_>) -> Result<Reply, Status> {
        let mode = crate::media::OpenMode::from_number(arguments.number()?).ok_or(Status::InvalidArgument)?;
        let path = arguments.path();
        if mode != crate::media::OpenMode::Read {
            self.device.counters.changes.fetch_add(1, Relaxed);
        }
        self.handles.admit()?;
        let file = self.tree.open(&path, mode)?;
        Ok(Reply::Opened(self.handles.add(file, mode)))
    }
}
