//! The USB multiplexer a computer runs: lists phones, keeps pair records, and joins a client to a port of a phone.
//! What is spoken on that port is the phone's affair ([`crate::device`]).

mod client;
mod door;
mod records;
mod wire;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use plist::{Dictionary, Value};

use crate::device::Device;
use crate::faults::Message;
use crate::lock::lock;
use crate::plists::dict;
use crate::socket::Socket;
pub(crate) use door::{Door, OpenDoor};
use records::PairRecords;

/// A listener that does not read must not hold up the others for longer than this.
const LISTENER_PATIENCE: Duration = Duration::from_secs(1);

/// The multiplexer and every phone plugged into it.
pub(crate) struct Mux {
    records: PairRecords,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    plugged: BTreeMap<u32, Arc<Device>>,
    last_id: u32,
    listeners: BTreeMap<u64, Socket>,
    clients: BTreeMap<u64, Socket>,
    last_client: u64,
    closed: bool,
}

impl Mux {
    pub(crate) fn new(records: Option<PathBuf>) -> Self {
        Self { records: PairRecords::new(records), state: Mutex::default() }
    }

    /// Plugs a phone in under a number never used before and tells every listener.
    pub(crate) fn plug(self: &Arc<Self>, device: &Arc<Device>) {
        let mut state = lock(&self.state);
        let there = state.plugged.values().any(|known| Arc::ptr_eq(known, device));
        if state.closed || there || !device.connect_cable(self) {
            return;
        }
        state.last_id += 1;
        let id = state.last_id;
        state.plugged.insert(id, device.clone());
        state.announce(attached(id, device));
    }

    /// Pulls the cable: listeners hear it, every stream of the phone ends.
    pub(crate) fn unplug(&self, device: &Device) {
        let mut state = lock(&self.state);
        let Some(id) = state.plugged.iter().find(|(_, known)| std::ptr::eq(known.as_ref(), device)).map(|(id, _)| *id)
        else {
            return;
        };
        state.plugged.remove(&id);
        device.cut_cable();
        state.announce(event("Detached", id));
    }

    /// Closes every connection for good.
    pub(crate) fn close(&self) {
        let mut state = lock(&self.state);
        state.closed = true;
        for device in std::mem::take(&mut state.plugged).values() {
            device.cut_cable();
        }
        state.clients.values().chain(state.listeners.values()).for_each(Socket::close);
        state.listeners.clear();
    }

    fn device(&self, id: u32) -> Option<Arc<Device>> {
        lock(&self.state).plugged.get(&id).cloned()
    }

    /// Whether any phone here makes the multiplexer swallow a request.
    fn stalls(&self, message: &str) -> bool {
        lock(&self.state).plugged.values().any(|device| device.faults.stalls(Message::Request(message)))
    }

    fn false_length(&self, message: &str) -> Option<u64> {
        lock(&self.state).plugged.values().find_map(|device| device.faults.false_length(Message::Request(message)))
    }

    fn device_list(&self) -> Dictionary {
        let state = lock(&self.state);
        let list = state.plugged.iter().map(|(id, device)| Value::Dictionary(attached(*id, device)));
        dict([("DeviceList", Value::Array(list.collect()))])
    }

    /// Remembers a client so that [`Mux::close`] ends it; `None` when it is closed already.
    fn admit(&self, socket: &Socket) -> Option<u64> {
        let mut state = lock(&self.state);
        if state.closed {
            return None;
        }
        state.last_client += 1;
        let number = state.last_client;
        state.clients.insert(number, socket.duplicate().ok()?);
        Some(number)
    }

    fn dismiss(&self, client: u64) {
        let mut state = lock(&self.state);
        state.clients.remove(&client);
        state.listeners.remove(&client);
    }

    /// Answers `Listen` and reports the phones that are there, before any later event can slip in between.
    fn listen(&self, client: u64, tag: u32, mut socket: Socket) -> std::io::Result<()> {
        socket.limit_writes(Some(LISTENER_PATIENCE))?;
        let mut state = lock(&self.state);
        wire::write(&mut socket, tag, wire::Outcome::Done.message())?;
        for (id, device) in &state.plugged {
            wire::write(&mut socket, 0, attached(*id, device))?;
        }
        state.listeners.insert(client, socket);
        Ok(())
    }

    fn announce_paired(&self, id: u32) {
        lock(&self.state).announce(event("Paired", id));
    }
}

impl State {
    fn announce(&mut self, message: Dictionary) {
        self.listeners.retain(|_, socket| wire::write(socket, 0, message.clone()).is_ok());
    }
}

fn event(kind: &str, id: u32) -> Dictionary {
    dict([("MessageType", kind.into()), ("DeviceID", u64::from(id).into())])
}

fn attached(id: u32, device: &Device) -> Dictionary {
    const USB_2: u64 = 480_000_000;
    const IPHONE: u64 = 0x12a8;
    let properties = dict([
        ("ConnectionType", "USB".into()),
        ("DeviceID", u64::from(id).into()),
        ("SerialNumber", device.udid().into()),
        ("LocationID", u64::from(id << 16).into()),
        ("ProductID", IPHONE.into()),
        ("ConnectionSpeed", USB_2.into()),
    ]);
    let mut message = event("Attached", id);
    message.insert("Properties".into(), Value::Dictionary(properties));
    message
}
