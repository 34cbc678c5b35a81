//! One message of lockdown: a property list behind its length (u32, big-endian). What a phone sends is read with limits
//! and without recursion; of its values only those at the top are kept, since nothing else is ever asked for.

use crate::PhoneError;
use plist::stream::{BinaryReader, Event, OwnedEvent, XmlReader};
use plist::{Dictionary, Value};
use std::io::Cursor;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The longest answers, to a pairing, are a few kilobytes.
const LONGEST: usize = 256 << 10;
/// Values, keys, beginnings and ends; an answer has some ten of them.
const MOST_EVENTS: usize = 4096;
const DEEPEST: usize = 8;

/// Sends a request.
pub(super) async fn write(stream: &mut (impl AsyncWrite + Unpin), request: Dictionary) -> Result<(), PhoneError> {
    let mut body = Vec::new();
    let written = Value::Dictionary(request).to_writer_xml(&mut body);
    written.map_err(|e| PhoneError::System(format!("a request could not be written: {e}")))?;
    let length = u32::try_from(body.len()).map_err(|_| PhoneError::System("a request is too long".to_owned()))?;
    let message = [length.to_be_bytes().as_slice(), &body].concat();
    stream.write_all(&message).await.map_err(|e| PhoneError::from_socket(&e))?;
    stream.flush().await.map_err(|e| PhoneError::from_socket(&e))
}

/// Reads an answer. Nothing is allocated for a length before it was found possible.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<Dictionary, PhoneError> {
    let length = stream.read_u32().await.map_err(|e| PhoneError::from_socket(&e))? as usize;
    if length > LONGEST {
        return Err(PhoneError::nonsense(format!("an answer of {length} bytes")));
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.map_err(|e| PhoneError::from_socket(&e))?;
    parse(&body)
}

/// Returns the values at the top of a property list; what is nested in others is left out.
pub(crate) fn parse(body: &[u8]) -> Result<Dictionary, PhoneError> {
    if body.starts_with(b"bplist00") {
        collect(BinaryReader::new(Cursor::new(body)))
    } else {
        // Also what is neither: it is then no XML either.
        collect(XmlReader::new(body))
    }
}

fn collect(events: impl Iterator<Item = Result<OwnedEvent, plist::Error>>) -> Result<Dictionary, PhoneError> {
    let mut events = events.take(MOST_EVENTS);
    if !matches!(events.next(), Some(Ok(Event::StartDictionary(_)))) {
        return Err(PhoneError::nonsense("an answer that is no property list"));
    }
    let mut gathered = Gathered { top: Dictionary::new(), key: None, depth: 0, left: LONGEST };
    for event in events {
        let event = event.map_err(|_| PhoneError::nonsense("an answer with broken parts"))?;
        if gathered.take(event)? == Then::End {
            return Ok(gathered.top);
        }
    }
    Err(PhoneError::nonsense("an answer without an end"))
}

struct Gathered {
    top: Dictionary,
    /// The key whose value comes next.
    key: Option<String>,
    depth: usize,
    /// Bytes that may still be kept: a binary list can name the same long text again and again.
    left: usize,
}

#[derive(PartialEq, Eq)]
enum Then {
    GoOn,
    End,
}

impl Gathered {
    fn take(&mut self, event: OwnedEvent) -> Result<Then, PhoneError> {
        match event {
            Event::EndCollection if self.depth == 0 => return Ok(Then::End),
            Event::EndCollection => self.depth -= 1,
            Event::StartArray(_) | Event::StartDictionary(_) => self.descend()?,
            _ if self.depth > 0 => {}
            Event::String(name) if self.key.is_none() => self.key = Some(self.counted(name.into_owned(), String::len)?),
            other => self.keep(other)?,
        }
        Ok(Then::GoOn)
    }

    fn descend(&mut self) -> Result<(), PhoneError> {
        self.key = None;
        self.depth += 1;
        if self.depth > DEEPEST { Err(PhoneError::nonsense("an answer nested too deep")) } else { Ok(()) }
    }

    fn keep(&mut self, event: OwnedEvent) -> Result<(), PhoneError> {
        let key = self.key.take().ok_or_else(|| PhoneError::nonsense("an answer with a value of no name"))?;
        let value = match event {
            Event::Boolean(value) => Value::Boolean(value),
            Event::Integer(value) => Value::Integer(value),
            Event::String(text) => Value::String(self.counted(text.into_owned(), String::len)?),
            Event::Data(bytes) => Value::Data(self.counted(bytes.into_owned(), Vec::len)?),
            // Dates and fractions: nothing asked for is one.
            _ => return Ok(()),
        };
        self.top.insert(key, value);
        Ok(())
    }

    fn counted<T>(&mut self, value: T, length: impl Fn(&T) -> usize) -> Result<T, PhoneError> {
        let left = self.left.checked_sub(length(&value));
        self.left = left.ok_or_else(|| PhoneError::nonsense("an answer that swells"))?;
        Ok(value)
    }
}

#[cfg(test)]
mod tests;
