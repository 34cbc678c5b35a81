//! lockdownd: the phone's receptionist. It tells who it is, decides whom to trust, and opens ports for services.

mod pairing;
mod session;

use std::io::{self, ErrorKind, Write};
use std::sync::Arc;
use std::time::Duration;

use plist::{Dictionary, Value};

use crate::channel::Channel;
use crate::device::Device;
use crate::faults::Message;
use crate::host_record::HostRecord;
use crate::plist_stream;
use crate::plists::{dict, text};
use crate::socket::Socket;

/// How long a phone that resets the link is away.
const RESET_TIME: Duration = Duration::from_millis(200);

/// Talks to one client until it leaves or has been silent for too long.
pub(crate) fn serve(device: &Arc<Device>, socket: Socket) {
    let talk = Talk { device, channel: Channel::plain(socket), session: None };
    // Clients leave in every possible way; none of them is worth a word.
    let _ = talk.run();
}

struct Talk<'a> {
    device: &'a Arc<Device>,
    channel: Channel,
    session: Option<Session>,
}

struct Session {
    id: String,
    host: Arc<HostRecord>,
}

/// An `Error` string of lockdown, in place of an answer.
type Refusal = &'static str;

/// What becomes of the stream once the answer is out.
#[derive(PartialEq, Eq)]
enum Then {
    Stay,
    StartTls,
    EndTls,
    Close,
}

impl Talk<'_> {
    fn run(mut self) -> io::Result<()> {
        self.channel.limit_reads(Some(self.device.traits.lockdown_idle))?;
        loop {
            let request = plist_stream::read(&mut self.channel)?;
            let name = text(&request, "Request").unwrap_or_default().to_owned();
            if self.device.faults.stalls(Message::Request(&name)) {
                self.channel.stall();
            }
            let (mut reply, then) = match self.answer(&name, &request) {
                Ok((reply, then)) => (reply, then),
                Err(refusal) => (dict([("Error", refusal.into())]), Then::Stay),
            };
            reply.insert("Request".into(), name.as_str().into());
            self.send(&name, reply)?;
            self.turn(then)?;
        }
    }

    fn send(&mut self, name: &str, reply: Dictionary) -> io::Result<()> {
        let trusted = name == "Pair" && !reply.contains_key("Error");
        let mut message = plist_stream::encode(&Value::Dictionary(reply))?;
        if let Some(length) = self.device.faults.false_length(Message::Request(name)) {
            message[..4].copy_from_slice(&(length as u32).to_be_bytes());
        }
        self.channel.write_all(&message)?;
        self.channel.flush()?;
        if trusted && self.device.faults.resets_on_trust() {
            self.device.lose_cable(Some(RESET_TIME));
        }
        Ok(())
    }

    fn turn(&mut self, then: Then) -> io::Result<()> {
        match then {
            Then::Stay => Ok(()),
            Then::StartTls => {
                let Some(session) = &self.session else { return Err(ErrorKind::InvalidInput.into()) };
                let config =
                    crate::tls::server_config(&session.host, self.device.traits.tls).map_err(io::Error::other)?;
                self.channel.start_tls(config)
            }
            Then::EndTls => self.channel.end_tls(),
            Then::Close => Err(ErrorKind::ConnectionAborted.into()),
        }
    }

    fn answer(&mut self, name: &str, request: &Dictionary) -> Result<(Dictionary, Then), Refusal> {
        let stay = |reply: Dictionary| (reply, Then::Stay);
        match name {
            "QueryType" => Ok(stay(dict([("Type", "com.apple.mobile.lockdown".into())]))),
            "GetValue" => self.get_value(request).map(stay),
            "SetValue" => self.set_value(request).map(stay),
            "RemoveValue" => self.remove_value(request).map(stay),
            "Pair" => pairing::pair(self.device, request).map(stay),
            "ValidatePair" => pairing::validate(self.device, request).map(stay),
            "Unpair" => pairing::unpair(self.device, request).map(stay),
            "StartSession" => self.start_session(request),
            "StopSession" => self.stop_session(request),
            "StartService" => self.start_service(request).map(stay),
            "Goodbye" => Ok((done(), Then::Close)),
            "EnterRecovery" => Err("GetProhibited"),
            _ => Err("InvalidRequest"),
        }
    }
}

fn done() -> Dictionary {
    dict([("Result", "Success".into())])
}
