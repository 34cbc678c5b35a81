//! What a client sent, and when: a thread of its own takes it in while the phone is busy answering, so that a request's
//! delay runs from the moment it arrived and not from the moment somebody got round to it.

use std::io::{self, Read};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;
use std::time::Instant;

use crate::socket::Socket;

const PIECE: usize = 64 << 10;
/// Pieces taken in ahead of their turn; what a client sends beyond that waits in its socket.
const MOST_PIECES: usize = 512;

/// The receiving side of a socket. Dropping it ends the stream, because its thread waits there.
pub(crate) struct Inbox {
    pieces: Receiver<io::Result<Piece>>,
    current: Piece,
    socket: Socket,
}

struct Piece {
    arrived: Instant,
    bytes: Vec<u8>,
    read: usize,
}

impl Inbox {
    /// Takes over all reading from a socket.
    pub(crate) fn open(socket: &Socket) -> io::Result<Self> {
        let (sender, pieces) = mpsc::sync_channel(MOST_PIECES);
        let theirs = socket.duplicate()?;
        thread::Builder::new().name("sim-inbox".into()).spawn(move || take_in(theirs, &sender))?;
        let current = Piece { arrived: Instant::now(), bytes: Vec::new(), read: 0 };
        Ok(Self { pieces, current, socket: socket.duplicate()? })
    }

    /// When the bytes read last arrived.
    pub(crate) fn arrived(&self) -> Instant {
        self.current.arrived
    }

    /// Whether a read has something to give without waiting.
    pub(crate) fn holds_more(&mut self) -> bool {
        if self.current.is_empty()
            && let Ok(Ok(piece)) = self.pieces.try_recv()
        {
            self.current = piece;
        }
        !self.current.is_empty()
    }
}

impl Piece {
    fn is_empty(&self) -> bool {
        self.read == self.bytes.len()
    }
}

/// Hands on what arrives until the client leaves or nobody wants it any more.
fn take_in(mut socket: Socket, sender: &SyncSender<io::Result<Piece>>) {
    let mut buffer = vec![0_u8; PIECE];
    loop {
        let piece = match socket.read(&mut buffer) {
            Ok(0) => return,
            Ok(some) => Ok(Piece { arrived: Instant::now(), bytes: buffer[..some].to_vec(), read: 0 }),
            Err(error) => Err(error),
        };
        let over = piece.is_err();
        if sender.send(piece).is_err() || over {
            return;
        }
    }
}

impl Read for Inbox {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.current.is_empty() {
            match self.pieces.recv() {
                Ok(piece) => self.current = piece?,
                Err(_) => return Ok(0),
            }
        }
        let rest = &self.current.bytes[self.current.read..];
        let given = rest.len().min(buffer.len());
        buffer[..given].copy_from_slice(&rest[..given]);
        self.current.read += given;
        Ok(given)
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.socket.close();
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn the_time_of_arrival_is_not_that_of_reading() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let mut inbox = Inbox::open(&Socket::Tcp(listener.accept().unwrap().0)).unwrap();
        let sent = Instant::now();
        client.write_all(b"request").unwrap();
        while !inbox.holds_more() {
            thread::yield_now();
        }
        let looked = Instant::now();
        let mut buffer = [0; 16];
        assert_eq!(inbox.read(&mut buffer[..3]).unwrap() + inbox.read(&mut buffer[3..]).unwrap(), 7);
        assert!(buffer.starts_with(b"request") && inbox.arrived() >= sent && inbox.arrived() < looked);
        drop(inbox);
        assert_eq!(client.read(&mut buffer).unwrap_or(0), 0, "the stream ends with the inbox");
    }
}
