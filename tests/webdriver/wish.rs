//! The wish to close a window, as a window manager brings it: the protocol of X in the few words that it takes.

use anyhow::{Context, Result, bail, ensure};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

/// The predefined atom under which a window has its name.
const WM_NAME: u32 = 39;

/// A connection to an X server on this computer.
struct Connection {
    stream: UnixStream,
    root: u32,
}

/// Asks the window of this title to close, as the button in its frame would.
pub fn ask_to_close(display: &str, title: &str) -> Result<()> {
    let mut server = Connection::open(display)?;
    let window = *server.windows(title)?.first().with_context(|| format!("there is no window “{title}”"))?;
    let (protocols, delete) = (server.atom("WM_PROTOCOLS")?, server.atom("WM_DELETE_WINDOW")?);
    // A client message of 32-bit words, to the window alone.
    let event = [vec![33, 32, 0, 0], words(&[window, protocols, delete, 0, 0, 0, 0])].concat();
    server.send(25, 0, &[words(&[window, 0]), event].concat())?;
    // An answer to something says that what came before it has arrived.
    server.windows(title).map(drop)
}

/// Tells whether there is a window of this title, on the screen or not.
pub fn is_open(display: &str, title: &str) -> Result<bool> {
    Ok(!Connection::open(display)?.windows(title)?.is_empty())
}

impl Connection {
    fn open(display: &str) -> Result<Self> {
        let mut stream = UnixStream::connect(format!("/tmp/.X11-unix/X{}", display.trim_start_matches(':')))?;
        stream.write_all(&[b'l', 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0])?;
        let mut head = [0; 8];
        stream.read_exact(&mut head)?;
        let mut told = vec![0; 4 * usize::from(u16::from_le_bytes([head[6], head[7]]))];
        stream.read_exact(&mut told)?;
        ensure!(head[0] == 1, "the X server refuses: {}", String::from_utf8_lossy(&told));
        let (vendor, formats) = (u16::from_le_bytes([told[16], told[17]]), told[21]);
        let screen = 32 + usize::from(vendor).next_multiple_of(4) + 8 * usize::from(formats);
        Ok(Self { stream, root: word(&told, screen)? })
    }

    /// The windows of this title right below the root: there is no window manager.
    fn windows(&mut self, title: &str) -> Result<Vec<u32>> {
        let tree = self.ask(15, 0, &words(&[self.root]))?;
        let mut found = Vec::new();
        for child in tree[32..].chunks_exact(4) {
            let window = word(child, 0)?;
            // One that ended since has no name.
            let Ok(name) = self.ask(20, 0, &words(&[window, WM_NAME, 0, 0, 64])) else { continue };
            let length = word(&name, 16)? as usize;
            if name.get(32..32 + length) == Some(title.as_bytes()) {
                found.push(window);
            }
        }
        Ok(found)
    }

    fn atom(&mut self, name: &str) -> Result<u32> {
        let mut body = words(&[u32::try_from(name.len())?]);
        body.extend(name.bytes());
        body.resize(body.len().next_multiple_of(4), 0);
        word(&self.ask(16, 0, &body)?, 8)
    }

    fn send(&mut self, request: u8, detail: u8, body: &[u8]) -> Result<()> {
        let length = u16::try_from(1 + body.len() / 4)?.to_le_bytes();
        Ok(self.stream.write_all(&[&[request, detail, length[0], length[1]], body].concat())?)
    }

    fn ask(&mut self, request: u8, detail: u8, body: &[u8]) -> Result<Vec<u8>> {
        self.send(request, detail, body)?;
        let mut answer = vec![0; 32];
        self.stream.read_exact(&mut answer)?;
        if answer[0] != 1 {
            bail!("the X server answers {answer:?} to request {request}");
        }
        let more = 4 * word(&answer, 4)? as usize;
        answer.resize(32 + more, 0);
        self.stream.read_exact(&mut answer[32..])?;
        Ok(answer)
    }
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn word(bytes: &[u8], at: usize) -> Result<u32> {
    let four = bytes.get(at..at + 4).context("the X server says too little")?;
    Ok(u32::from_le_bytes(four.try_into()?))
}
