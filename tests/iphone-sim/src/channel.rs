//! A conversation with one client: a socket that may go over to TLS and back again.

use std::io::{self, IoSlice, Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::{ServerConfig, ServerConnection, Stream};

use crate::inbox::Inbox;
use crate::socket::Socket;

/// A byte stream to a client, plain or under TLS.
pub(crate) struct Channel {
    tls: Option<Box<ServerConnection>>,
    wire: Wire,
}

/// A socket that is read directly or by way of an inbox.
struct Wire {
    socket: Socket,
    inbox: Option<Inbox>,
}

impl Channel {
    pub(crate) fn plain(socket: Socket) -> Self {
        Self { tls: None, wire: Wire { socket, inbox: None } }
    }

    /// Continues under TLS; the handshake happens with the next read or write.
    pub(crate) fn start_tls(&mut self, config: Arc<ServerConfig>) -> io::Result<()> {
        self.tls = Some(Box::new(ServerConnection::new(config).map_err(io::Error::other)?));
        Ok(())
    }

    /// Waits for the client's end of TLS and continues in the clear; a client that closes the socket ends the talk.
    pub(crate) fn end_tls(&mut self) -> io::Result<()> {
        if self.tls.is_some() {
            let mut rest = [0_u8; 1];
            if self.read(&mut rest)? != 0 {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        if let Some(mut tls) = self.tls.take() {
            tls.send_close_notify();
            Stream::new(&mut *tls, &mut self.wire).flush()?;
        }
        Ok(())
    }

    pub(crate) fn limit_reads(&self, wait: Option<Duration>) -> io::Result<()> {
        self.wire.socket.limit_reads(wait)
    }

    /// From now on what arrives is taken in at once and its time remembered.
    pub(crate) fn note_arrivals(&mut self) -> io::Result<()> {
        self.wire.inbox = Some(Inbox::open(&self.wire.socket)?);
        Ok(())
    }

    /// When what was read last arrived; now, unless arrivals are noted.
    pub(crate) fn arrived(&self) -> Instant {
        self.wire.inbox.as_ref().map_or_else(Instant::now, Inbox::arrived)
    }

    /// Whether more has arrived; unknown, and so `false`, unless arrivals are noted.
    pub(crate) fn holds_more(&mut self) -> bool {
        self.wire.inbox.as_mut().is_some_and(Inbox::holds_more)
    }

    /// Writes two pieces of bytes as one.
    pub(crate) fn write_both(&mut self, first: &[u8], second: &[u8]) -> io::Result<()> {
        let mut slices = [IoSlice::new(first), IoSlice::new(second)];
        let mut left = slices.as_mut_slice();
        let mut bytes = first.len() + second.len();
        while bytes > 0 {
            let written = self.write_vectored(left)?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            bytes -= written;
            IoSlice::advance_slices(&mut left, written);
        }
        self.flush()
    }

    /// Never answers again: swallows what arrives until the client or the cable gives up.
    pub(crate) fn stall(&mut self) {
        let mut sink = [0_u8; 4096];
        let _ = self.limit_reads(None);
        while matches!(self.wire.read(&mut sink), Ok(n) if n > 0) {}
    }
}

impl Read for Channel {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.tls {
            None => self.wire.read(buffer),
            Some(tls) => Stream::new(&mut **tls, &mut self.wire).read(buffer),
        }
    }
}

impl Write for Channel {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match &mut self.tls {
            None => self.wire.write_vectored(slices),
            Some(tls) => Stream::new(&mut **tls, &mut self.wire).write_vectored(slices),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.tls {
            None => self.wire.flush(),
            Some(tls) => Stream::new(&mut **tls, &mut self.wire).flush(),
        }
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.inbox {
            None => self.socket.read(buffer),
            Some(inbox) => inbox.read(buffer),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.write(bytes)
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.socket.write_vectored(slices)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}
