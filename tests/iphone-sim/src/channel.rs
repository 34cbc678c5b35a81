//! A conversation with one client: a socket that may go over to TLS and back again.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::socket::{Blocking, Socket};

/// A byte stream to a client, plain or under TLS.
pub(crate) struct Channel {
    transport: Transport,
    raw: Socket,
}

enum Transport {
    Plain,
    Tls(Box<StreamOwned<ServerConnection, Socket>>),
}

impl Channel {
    pub(crate) fn plain(raw: Socket) -> Self {
        Self { transport: Transport::Plain, raw }
    }

    /// Continues under TLS; the handshake happens with the next read or write.
    pub(crate) fn start_tls(&mut self, config: Arc<ServerConfig>) -> io::Result<()> {
        let connection = ServerConnection::new(config).map_err(io::Error::other)?;
        self.transport = Transport::Tls(Box::new(StreamOwned::new(connection, self.raw.duplicate()?)));
        Ok(())
    }

    /// Waits for the client's end of TLS and continues in the clear; a client that closes the socket ends the talk.
    pub(crate) fn end_tls(&mut self) -> io::Result<()> {
        if let Transport::Tls(stream) = &mut self.transport {
            let mut rest = [0_u8; 1];
            if stream.read(&mut rest)? != 0 {
                return Err(io::ErrorKind::InvalidData.into());
            }
            stream.conn.send_close_notify();
            stream.flush()?;
        }
        self.transport = Transport::Plain;
        Ok(())
    }

    pub(crate) fn limit_reads(&self, wait: Option<Duration>) -> io::Result<()> {
        self.raw.limit_reads(wait)
    }

    /// Reads what is there already, without waiting; 0 bytes mean "nothing yet".
    pub(crate) fn read_available(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.raw.block(Blocking::Never)?;
        let outcome = self.read(buffer);
        self.raw.block(Blocking::Waits)?;
        match outcome {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            other => other,
        }
    }

    /// Never answers again: swallows what arrives until the client or the cable gives up.
    pub(crate) fn stall(&mut self) {
        let mut sink = [0_u8; 4096];
        let _ = self.raw.limit_reads(None);
        while matches!(self.raw.read(&mut sink), Ok(n) if n > 0) {}
    }
}

impl Read for Channel {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.transport {
            Transport::Plain => self.raw.read(buffer),
            Transport::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Channel {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.transport {
            Transport::Plain => self.raw.write(bytes),
            Transport::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.transport {
            Transport::Plain => self.raw.flush(),
            Transport::Tls(stream) => stream.flush(),
        }
    }
}
