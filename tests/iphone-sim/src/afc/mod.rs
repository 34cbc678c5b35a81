//! The file service (AFC) on one connection: requests in, one reply each, in order.

mod arguments;
mod files;
mod frame;
mod handles;
mod names;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use crate::LockState;
use crate::channel::Channel;
use crate::device::Device;
use crate::faults::{Accident, Message};
use crate::media::Tree;
use crate::status::Status;
use arguments::Arguments;
use frame::{Reply, Request};
use handles::Handles;

/// Requests taken in ahead of their turn; what a client sends beyond that waits in its socket.
const MOST_WAITING: usize = 256;
const ARRIVAL_CHUNK: usize = 64 << 10;

/// Serves a tree to one client until it leaves.
pub(crate) fn serve(device: &Arc<Device>, tree: &Arc<dyn Tree>, channel: Channel) -> io::Result<()> {
    let handles = Handles::new(device);
    Connection { device, tree: tree.as_ref(), channel, handles, arrived: Vec::new(), waiting: VecDeque::new() }.run()
}

struct Connection<'a> {
    device: &'a Arc<Device>,
    tree: &'a dyn Tree,
    channel: Channel,
    handles: Handles<'a>,
    arrived: Vec<u8>,
    waiting: VecDeque<(Instant, Request)>,
}

impl Connection<'_> {
    fn run(mut self) -> io::Result<()> {
        loop {
            let (arrival, request) = self.next()?;
            self.device.shaping.wait_since(arrival);
            self.device.counters.afc_requests.fetch_add(1, Relaxed);
            let message = Message::File(names::of(request.op));
            if self.device.faults.request() {
                self.device.suffer(Accident::Unplugged);
            }
            if self.device.faults.stalls(message) {
                self.channel.stall();
            }
            let reply = self.answer(&request).unwrap_or_else(Reply::Status);
            let mut frame = reply.frame(request.number);
            self.device.shaping.carry(frame.len() + request.payload.len());
            self.falsify(message, &mut frame);
            let contents = matches!(request.op, 0x04 | 0x0F | 0x27) && matches!(reply, Reply::Data(_));
            self.send(&frame, if contents { frame.len() - frame::HEADER } else { 0 })?;
        }
    }

    fn falsify(&self, message: Message<'_>, frame: &mut [u8]) {
        if let Some(length) = self.device.faults.false_length(message) {
            frame[8..16].copy_from_slice(&length.to_le_bytes());
        }
        if self.device.faults.false_number(message) {
            frame[24] ^= 0x55;
        }
    }

    /// Sends a frame that ends with so many bytes of file contents, or as much of it as a fault lets through.
    fn send(&mut self, frame: &[u8], contents: usize) -> io::Result<()> {
        self.device.counters.bytes_read.fetch_add(contents as u64, Relaxed);
        let accident = self.device.faults.contents(contents as u64);
        let whole = match accident {
            Some((sent, Accident::Unplugged)) => frame.len() - contents + sent as usize,
            _ => frame.len(),
        };
        self.channel.write_all(&frame[..whole])?;
        self.channel.flush()?;
        if let Some((_, accident)) = accident {
            self.device.suffer(accident);
        }
        Ok(())
    }

    fn readable(&self) -> Result<(), Status> {
        let locked = self.device.state().lock != LockState::Unlocked;
        if locked && self.device.faults.refuses_reads_while_locked() { Err(Status::PermissionDenied) } else { Ok(()) }
    }

    /// The next request and when it arrived. With a delay set, requests already here are taken in so that those in
    /// flight together wait together, as on a real cable.
    fn next(&mut self) -> io::Result<(Instant, Request)> {
        if !self.device.shaping.delays() {
            return Ok((Instant::now(), frame::read(&mut self.channel)?));
        }
        self.take_in_arrived()?;
        while self.waiting.is_empty() {
            self.take_in_blocking()?;
        }
        self.waiting.pop_front().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn take_in_arrived(&mut self) -> io::Result<()> {
        let mut chunk = [0_u8; ARRIVAL_CHUNK];
        while self.waiting.len() < MOST_WAITING {
            match self.channel.read_available(&mut chunk)? {
                0 => break,
                some => self.sort(&chunk[..some])?,
            }
        }
        Ok(())
    }

    fn take_in_blocking(&mut self) -> io::Result<()> {
        let mut chunk = [0_u8; ARRIVAL_CHUNK];
        match io::Read::read(&mut self.channel, &mut chunk)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            some => self.sort(&chunk[..some]),
        }
    }

    fn sort(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.arrived.extend_from_slice(bytes);
        while let Some(request) = frame::take(&mut self.arrived)? {
            self.waiting.push_back((Instant::now(), request));
        }
        Ok(())
    }

    fn answer(&mut self, request: &Request) -> Result<Reply, Status> {
        let mut arguments = Arguments(&request.arguments);
        if matches!(request.op, 0x04 | 0x0D | 0x0F | 0x27) {
            self.readable()?;
        }
        match request.op {
            0x03..=0x0C | 0x18 | 0x1C..=0x1F | 0x22 => tree::answer(self.tree, request, &mut arguments),
            0x0D => self.open(&mut arguments),
            0x0F..=0x15 | 0x1B | 0x27 | 0x28 => {
                let handle = arguments.number()?;
                if request.op == 0x14 {
                    return self.handles.close(handle).map(|()| Reply::Status(Status::Success));
                }
                let file = self.handles.get(handle)?;
                files::answer(file, request, &mut arguments)
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
        self.handles.admit()?;
        let file = self.tree.open(&path, mode)?;
        Ok(Reply::Opened(self.handles.add(file, mode)))
    }
}
