//! Where clients come in: a TCP port on loopback, and a unix socket where there is such a thing.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
#[cfg(unix)]
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::{Mux, client};
use crate::socket::Socket;

/// A place to listen at.
pub(crate) enum Door {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener, PathBuf),
}

/// A door with somebody behind it; dropping it closes it.
pub(crate) struct OpenDoor {
    knock: Knock,
    closing: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// How to wake the thread that waits at the door.
enum Knock {
    Tcp(SocketAddr),
    #[cfg(unix)]
    Unix(PathBuf),
}

impl Door {
    pub(crate) fn tcp(address: SocketAddr) -> io::Result<(Self, SocketAddr)> {
        let listener = TcpListener::bind(address)?;
        let bound = listener.local_addr()?;
        Ok((Self::Tcp(listener), bound))
    }

    /// Listens at a path, in place of the socket a killed simulator may have left there.
    #[cfg(unix)]
    pub(crate) fn unix(path: PathBuf) -> io::Result<Self> {
        use std::os::unix::fs::FileTypeExt;
        if std::fs::symlink_metadata(&path).is_ok_and(|old| old.file_type().is_socket()) {
            std::fs::remove_file(&path)?;
        }
        Ok(Self::Unix(UnixListener::bind(&path)?, path))
    }

    #[cfg(not(unix))]
    pub(crate) fn unix(_path: PathBuf) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn knock(&self) -> io::Result<Knock> {
        Ok(match self {
            Self::Tcp(listener) => Knock::Tcp(listener.local_addr()?),
            #[cfg(unix)]
            Self::Unix(_, path) => Knock::Unix(path.clone()),
        })
    }

    fn accept(&self) -> io::Result<Socket> {
        match self {
            Self::Tcp(listener) => {
                let (socket, _) = listener.accept()?;
                socket.set_nodelay(true)?;
                Ok(Socket::Tcp(socket))
            }
            #[cfg(unix)]
            Self::Unix(listener, _) => Ok(Socket::Unix(listener.accept()?.0)),
        }
    }

    /// Lets clients in, one thread each, until the returned value is dropped.
    pub(crate) fn open(self, mux: &Arc<Mux>) -> io::Result<OpenDoor> {
        let closing = Arc::new(AtomicBool::new(false));
        let knock = self.knock()?;
        let (seen, mux) = (closing.clone(), mux.clone());
        let thread = thread::Builder::new().name("sim-door".into()).spawn(move || self.keep(&mux, &seen))?;
        Ok(OpenDoor { knock, closing, thread: Some(thread) })
    }

    fn keep(&self, mux: &Arc<Mux>, closing: &AtomicBool) {
        while !closing.load(Ordering::SeqCst) {
            let Ok(socket) = self.accept() else {
                // Out of descriptors, most likely: let some clients leave first.
                thread::sleep(Duration::from_millis(10));
                continue;
            };
            if closing.load(Ordering::SeqCst) {
                return;
            }
            let mux = mux.clone();
            // A client for whom there is no thread is dropped, as a busy system would.
            let _ = thread::Builder::new().name("sim-client".into()).spawn(move || client::serve(&mux, socket));
        }
    }
}

impl Drop for OpenDoor {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::SeqCst);
        let woken = match &self.knock {
            Knock::Tcp(address) => TcpStream::connect(address).is_ok(),
            #[cfg(unix)]
            Knock::Unix(path) => UnixStream::connect(path).is_ok(),
        };
        if let (true, Some(thread)) = (woken, self.thread.take()) {
            let _ = thread.join();
        }
        #[cfg(unix)]
        if let Knock::Unix(path) = &self.knock {
            let _ = std::fs::remove_file(path);
        }
    }
}
