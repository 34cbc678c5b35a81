//! Films for the page's player: a server on this computer's own loopback address that answers with the bytes asked for.
//!
//! Web views play films from such an address on every system; from the window's own address scheme not all of them do
//! (decision 16). Its door is shut to everyone else: each address begins with 32 digits that are new with every start and
//! given to nobody but the page. It serves films that the catalog knows, by token, and nothing else; it never writes.

mod range;
mod request;

use crate::identity;
use domain::{ResourceReader, SourceError};
use range::{Wanted, wanted};
use request::{Method, Request};
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::Builder;
use std::time::Duration;

/// Answers under way at once; a player has two or three.
const MOST_AT_ONCE: usize = 32;
/// How long a request may take to come in.
const TO_ASK: Duration = Duration::from_secs(10);
/// Bytes read and sent at a time: what a phone gives at a time, and what may be read in vain when the player goes away.
const PIECE: usize = 1 << 20;

/// A film that can be read.
pub(crate) struct Film {
    /// Its bytes.
    pub(crate) reader: Box<dyn ResourceReader>,
    /// What it is, by its content.
    pub(crate) media_type: &'static str,
}

/// Opens the film of a token; `None` where there is none.
pub(crate) type Finder = dyn Fn(&str) -> Option<Film> + Send + Sync;

/// The door that films are handed out of: an address on loopback, taken before the window is opened, so that its security
/// policy can name it.
#[derive(Debug)]
pub struct FilmDoor {
    listener: TcpListener,
    address: SocketAddr,
}

impl FilmDoor {
    /// Takes a free port of 127.0.0.1. Errors when the system gives none.
    pub fn open() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        Ok(Self { address: listener.local_addr()?, listener })
    }

    /// Returns what every film's address begins with, such as `http://127.0.0.1:40123`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Begins to answer. `None` when the system cannot keep the door shut to others.
    pub(crate) fn serve(self, find: Arc<Finder>) -> Option<FilmServer> {
        let closed = Arc::new(AtomicBool::new(false));
        let desk = Desk { secret: identity::secret()?, host: self.address.to_string(), find };
        let (origin, address) = (format!("{}/{}", self.origin(), desk.secret), self.address);
        let (listener, ending) = (self.listener, Arc::clone(&closed));
        let thread = Builder::new().name("films".into()).spawn(move || answer_all(&listener, &Arc::new(desk), &ending));
        // Without the thread no film plays; the page then offers another program.
        drop(thread);
        Some(FilmServer { origin, address, closed })
    }
}

/// The server, as long as it is kept.
pub(crate) struct FilmServer {
    origin: String,
    address: SocketAddr,
    closed: Arc<AtomicBool>,
}

impl FilmServer {
    /// Returns the address of a film.
    pub(crate) fn address(&self, token: &str) -> String {
        format!("{}/{token}", self.origin)
    }
}

impl Drop for FilmServer {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Release);
        // Wakes the thread that waits for players.
        drop(TcpStream::connect(self.address));
    }
}

/// What every answer needs.
struct Desk {
    secret: String,
    host: String,
    find: Arc<Finder>,
}

fn answer_all(listener: &TcpListener, desk: &Arc<Desk>, closed: &AtomicBool) {
    let busy = Arc::new(AtomicUsize::new(0));
    loop {
        let accepted = listener.accept();
        if closed.load(Ordering::Acquire) {
            return;
        }
        let Ok((stream, _)) = accepted else {
            // Too many files are open; some will be closed.
            std::thread::sleep(Duration::from_millis(50));
            continue;
        };
        let seat = Seat::take(&busy);
        let desk = Arc::clone(desk);
        if let Some(seat) = seat {
            let spawned = Builder::new().name("film".into()).spawn(move || {
                // A player that hung up has what it wants.
                drop(desk.answer(&stream));
                drop(seat);
            });
            drop(spawned);
        }
    }
}

/// One of the answers at once.
struct Seat(Arc<AtomicUsize>);

impl Seat {
    fn take(busy: &Arc<AtomicUsize>) -> Option<Self> {
        let seat = Self(Arc::clone(busy));
        (busy.fetch_add(1, Ordering::AcqRel) < MOST_AT_ONCE).then_some(seat)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Desk {
    fn answer(&self, mut stream: &TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(TO_ASK))?;
        let Some(request) = Request::read(&mut stream)? else { return stream.write_all(&bare("400 Bad Request", "")) };
        if request.method == Method::Other {
            return stream.write_all(&bare("405 Method Not Allowed", "Allow: GET, HEAD\r\n"));
        }
        match self.film(&request) {
            Some(film) => send(stream, &request, film),
            None => stream.write_all(&bare("404 Not Found", "")),
        }
    }

    /// Finds the film of a request that comes from the page. Who came by another name was led here by a page elsewhere.
    fn film(&self, request: &Request) -> Option<Film> {
        let (secret, token) = request.path.strip_prefix('/')?.split_once('/')?;
        let known = secret == self.secret && request.host.as_deref() == Some(self.host.as_str());
        if known { (self.find)(token) } else { None }
    }
}

/// Answers with a part of a film, or all of it, read piece by piece as fast as the player takes it.
fn send(mut stream: &TcpStream, request: &Request, mut film: Film) -> io::Result<()> {
    let size = film.reader.size();
    let (status, first, length) = match wanted(request.range.as_deref(), size) {
        Wanted::Nothing => {
            return stream.write_all(&bare("416 Range Not Satisfiable", &format!("Content-Range: bytes */{size}\r\n")));
        }
        Wanted::Whole => ("200 OK".to_owned(), 0, size),
        Wanted::Part { first, last } => {
            let status = format!("206 Partial Content\r\nContent-Range: bytes {first}-{last}/{size}");
            (status, first, last - first + 1)
        }
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {}\r\nContent-Length: {length}\r\nAccept-Ranges: bytes\r\n{ALWAYS}\r\n",
        film.media_type
    );
    stream.write_all(head.as_bytes())?;
    let (mut at, end) = (first, first + length);
    while request.method == Method::Get && at < end {
        let piece = film.reader.read_at(at, PIECE.min(usize::try_from(end - at).unwrap_or(PIECE))).map_err(failed)?;
        if piece.is_empty() {
            // It became shorter: the player sees that the answer ends early.
            return Ok(());
        }
        let fitting = piece.get(..usize::try_from(end - at).unwrap_or(usize::MAX)).unwrap_or(&piece);
        stream.write_all(fitting)?;
        at += fitting.len() as u64;
    }
    Ok(())
}

/// What every answer says: nothing of it is kept, guessed about or used by pages elsewhere.
const ALWAYS: &str = "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n";

fn bare(status: &str, fields: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n{fields}{ALWAYS}\r\n").into_bytes()
}

fn failed(error: SourceError) -> io::Error {
    io::Error::other(error)
}

/// Tells what a film is by its first bytes, in the words of HTTP; `None` where it is no film.
pub(crate) fn media_type(head: &[u8]) -> Option<&'static str> {
    if media::sniff(head) != Some(domain::MediaKind::Video) {
        return None;
    }
    Some(match (head.get(..4), head.get(4..8), head.get(8..12)) {
        (Some(b"RIFF"), ..) => "video/x-msvideo",
        (Some([0x1A, 0x45, 0xDF, 0xA3]), ..) => "video/x-matroska",
        (_, Some(b"ftyp"), Some(brand)) if brand != b"qt  " => "video/mp4",
        (_, Some(b"ftyp" | b"moov" | b"mdat" | b"wide" | b"free" | b"skip"), _) => "video/quicktime",
        _ => "video/mpeg",
    })
}

#[cfg(test)]
mod tests;
