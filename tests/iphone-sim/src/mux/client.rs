//! One client of the multiplexer, from its first request to the end of the stream it was joined to.

use std::io::{self, Read, Write};
use std::sync::Arc;

use plist::{Dictionary, Value};

use super::wire::{self, Outcome, Packet};
use super::{Mux, PairRecords};
use crate::plists::{dict, text};
use crate::socket::Socket;

const BUID: &str = "2B4C5D6E-7F80-4912-A3B4-C5D6E7F80912";

/// Serves a client until it leaves. Clients go without a word, so an end of stream is no error worth telling.
pub(crate) fn serve(mux: &Arc<Mux>, socket: Socket) {
    if let Some(client) = mux.admit(&socket) {
        let _ = Client { mux, client, socket }.talk();
        mux.dismiss(client);
    }
}

struct Client<'a> {
    mux: &'a Arc<Mux>,
    client: u64,
    socket: Socket,
}

impl Client<'_> {
    fn talk(mut self) -> io::Result<()> {
        loop {
            let Packet { tag, body } = wire::read(&mut self.socket)?;
            let name = text(&body, "MessageType").unwrap_or_default();
            if self.mux.stalls(name) {
                return self.swallow();
            }
            match name {
                "Connect" => {
                    if let Some(joined) = self.connect(tag, &body)? {
                        return joined(self.socket);
                    }
                }
                "Listen" => return self.listen(tag),
                _ => self.reply(name, tag, answer(self.mux, &body))?,
            }
        }
    }

    /// Joins the client to a port of a phone: after the positive answer the socket is the stream itself.
    fn connect(&mut self, tag: u32, body: &Dictionary) -> io::Result<Option<Joined>> {
        let number = |key: &str| body.get(key).and_then(Value::as_unsigned_integer);
        // The port travels in network byte order inside a host-order integer.
        let port = number("PortNumber").and_then(|port| u16::try_from(port).ok()).map(u16::swap_bytes);
        let device = number("DeviceID").and_then(|id| u32::try_from(id).ok()).and_then(|id| self.mux.device(id));
        let (outcome, joined) = match (device, port) {
            (None, _) => (Outcome::BadDevice, None),
            (_, None) => (Outcome::BadCommand, None),
            (Some(device), Some(port)) => match device.open_port(port) {
                None => (Outcome::Refused, None),
                Some(service) => (Outcome::Done, Some((device, service))),
            },
        };
        wire::write(&mut self.socket, tag, outcome.message())?;
        Ok(joined.map(|(device, service)| {
            Box::new(move |socket| {
                device.serve(service, socket);
                Ok(())
            }) as Joined
        }))
    }

    fn reply(&mut self, name: &str, tag: u32, body: Dictionary) -> io::Result<()> {
        let mut packet = wire::encode(tag, body)?;
        if let Some(length) = self.mux.false_length(name) {
            packet[..4].copy_from_slice(&(length as u32).to_le_bytes());
        }
        self.socket.write_all(&packet)
    }

    fn listen(self, tag: u32) -> io::Result<()> {
        self.mux.listen(self.client, tag, self.socket.duplicate()?)?;
        self.swallow()
    }

    /// Reads until the client leaves, and says nothing.
    fn swallow(mut self) -> io::Result<()> {
        let mut ignored = [0_u8; 512];
        while self.socket.read(&mut ignored)? > 0 {}
        Ok(())
    }
}

type Joined = Box<dyn FnOnce(Socket) -> io::Result<()>>;

fn answer(mux: &Mux, body: &Dictionary) -> Dictionary {
    match text(body, "MessageType").unwrap_or_default() {
        "ListDevices" => mux.device_list(),
        "ReadBUID" => dict([("BUID", BUID.into())]),
        "ListListeners" => dict([("ListenerList", Value::Array(Vec::new()))]),
        "ReadPairRecord" => read_record(&mux.records, body),
        "SavePairRecord" => save_record(mux, body),
        "DeletePairRecord" => {
            let deleted = text(body, "PairRecordID").is_some_and(|udid| mux.records.delete(udid));
            if deleted { Outcome::Done.message() } else { Outcome::BadDevice.message() }
        }
        _ => Outcome::BadCommand.message(),
    }
}

fn read_record(records: &PairRecords, body: &Dictionary) -> Dictionary {
    match text(body, "PairRecordID").and_then(|udid| records.read(udid)) {
        Some(record) => dict([("PairRecordData", Value::Data(record))]),
        None => Outcome::BadDevice.message(),
    }
}

fn save_record(mux: &Mux, body: &Dictionary) -> Dictionary {
    let parts = (text(body, "PairRecordID"), body.get("PairRecordData").and_then(Value::as_data));
    let (Some(udid), Some(record)) = parts else { return Outcome::BadCommand.message() };
    if !mux.records.save(udid, record.to_vec()) {
        return Outcome::BadDevice.message();
    }
    let id = body.get("DeviceID").and_then(Value::as_unsigned_integer).and_then(|id| u32::try_from(id).ok());
    if let Some(id) = id.filter(|id| mux.device(*id).is_some()) {
        mux.announce_paired(id);
    }
    Outcome::Done.message()
}
