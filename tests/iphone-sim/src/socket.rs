//! One accepted connection, TCP or unix socket: the only place that knows there are two kinds.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// A connected byte stream that another thread can close.
pub(crate) enum Socket {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

macro_rules! each {
    ($socket:expr, $inner:ident => $body:expr) => {
        match $socket {
            Socket::Tcp($inner) => $body,
            #[cfg(unix)]
            Socket::Unix($inner) => $body,
        }
    };
}

impl Socket {
    pub(crate) fn duplicate(&self) -> io::Result<Self> {
        Ok(match self {
            Self::Tcp(inner) => Self::Tcp(inner.try_clone()?),
            #[cfg(unix)]
            Self::Unix(inner) => Self::Unix(inner.try_clone()?),
        })
    }

    /// Ends the stream in both directions for every duplicate of it; errors mean it was over already.
    pub(crate) fn close(&self) {
        let _ = each!(self, inner => inner.shutdown(Shutdown::Both));
    }

    pub(crate) fn limit_reads(&self, wait: Option<Duration>) -> io::Result<()> {
        each!(self, inner => inner.set_read_timeout(wait))
    }

    pub(crate) fn limit_writes(&self, wait: Option<Duration>) -> io::Result<()> {
        each!(self, inner => inner.set_write_timeout(wait))
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        each!(self, inner => inner.read(buffer))
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        each!(self, inner => inner.write(bytes))
    }

    fn write_vectored(&mut self, slices: &[io::IoSlice<'_>]) -> io::Result<usize> {
        each!(self, inner => inner.write_vectored(slices))
    }

    fn flush(&mut self) -> io::Result<()> {
        each!(self, inner => inner.flush())
    }
}
