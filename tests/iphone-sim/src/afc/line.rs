//! What goes in and out of one connection, at the pace of the cable.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::thread;
use std::time::Instant;

use super::frame::{self, Request};
use crate::channel::Channel;
use crate::shaping::Shaping;

const ARRIVAL_CHUNK: usize = 64 << 10;
/// Answers no larger than this wait for each other, and this many bytes of them at most.
const SMALL: usize = 16 << 10;

pub(super) struct Line<'a> {
    channel: Channel,
    shaping: &'a Shaping,
    chunk: Vec<u8>,
    arrived: Vec<u8>,
    waiting: VecDeque<(Instant, Request)>,
    outgoing: Vec<u8>,
}

impl<'a> Line<'a> {
    pub(super) fn new(mut channel: Channel, shaping: &'a Shaping) -> io::Result<Self> {
        if shaping.slows() {
            channel.note_arrivals()?;
        }
        let (arrived, waiting, outgoing) = (Vec::new(), VecDeque::new(), Vec::new());
        Ok(Self { channel, shaping, chunk: vec![0; ARRIVAL_CHUNK], arrived, waiting, outgoing })
    }

    /// The next request and when it arrived. No answer is kept back while nothing else is at hand.
    pub(super) fn next(&mut self) -> io::Result<(Instant, Request)> {
        loop {
            if let Some(next) = self.waiting.pop_front() {
                return Ok(next);
            }
            if !self.channel.holds_more() {
                self.flush()?;
            }
            self.take_in()?;
        }
    }

    fn take_in(&mut self) -> io::Result<()> {
        let read = self.channel.read(&mut self.chunk)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.arrived.extend_from_slice(&self.chunk[..read]);
        let mut taken = 0;
        while let Some((request, length)) = frame::first(&self.arrived[taken..])? {
            taken += length;
            self.waiting.push_back((self.channel.arrived(), request));
        }
        self.arrived.drain(..taken);
        Ok(())
    }

    /// Waits; what was answered before goes out first.
    pub(super) fn wait_until(&mut self, moment: Instant) -> io::Result<()> {
        let wait = moment.saturating_duration_since(Instant::now());
        if !wait.is_zero() {
            self.flush()?;
            thread::sleep(moment.saturating_duration_since(Instant::now()));
        }
        Ok(())
    }

    /// The time that the bytes of a request took.
    pub(super) fn carry_in(&mut self, ready: Instant, bytes: usize) -> io::Result<()> {
        if bytes == 0 { Ok(()) } else { self.wait_until(self.shaping.carry(ready, bytes)) }
    }

    /// Sends a frame piece by piece, each when the cable has carried it.
    pub(super) fn send(&mut self, head: &[u8], payload: &[u8], ready: Instant) -> io::Result<()> {
        let (mut head, mut rest) = (head, payload);
        loop {
            let (piece, after) = rest.split_at(rest.len().min(self.shaping.piece()));
            let across = self.shaping.carry(ready, head.len() + piece.len());
            self.wait_until(across)?;
            self.put(head, piece)?;
            if after.is_empty() {
                return Ok(());
            }
            (head, rest) = (&[], after);
        }
    }

    fn put(&mut self, head: &[u8], piece: &[u8]) -> io::Result<()> {
        self.outgoing.extend_from_slice(head);
        if self.outgoing.len() + piece.len() > SMALL {
            return self.write(piece);
        }
        self.outgoing.extend_from_slice(piece);
        Ok(())
    }

    fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.channel.write_both(&self.outgoing, piece)?;
        self.outgoing.clear();
        Ok(())
    }

    /// Sends what was kept back.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if self.outgoing.is_empty() { Ok(()) } else { self.write(&[]) }
    }

    /// Never answers again.
    pub(super) fn stall(mut self) -> io::Result<()> {
        self.flush()?;
        self.channel.stall();
        Ok(())
    }
}
