//! notification_proxy: clients name the notifications they want to hear of, and may post some themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind, Read};
use std::sync::Mutex;
use std::time::Duration;

use plist::Value;

use crate::channel::Channel;
use crate::device::Device;
use crate::lock::lock;
use crate::plist_stream;
use crate::plists::{dict, text};

/// How often a client that says nothing is looked after.
const BEAT: Duration = Duration::from_millis(50);

/// Who waits for what on a phone.
#[derive(Default)]
pub(crate) struct Notices {
    board: Mutex<Board>,
}

#[derive(Default)]
struct Board {
    last: u64,
    observers: BTreeMap<u64, Observer>,
}

#[derive(Default)]
struct Observer {
    names: BTreeSet<String>,
    undelivered: Vec<String>,
}

impl Notices {
    /// Tells every client that observes this name.
    pub(crate) fn post(&self, name: &str) {
        for observer in lock(&self.board).observers.values_mut() {
            if observer.names.contains(name) {
                observer.undelivered.push(name.to_owned());
            }
        }
    }

    fn join(&self) -> u64 {
        let mut board = lock(&self.board);
        board.last += 1;
        let number = board.last;
        board.observers.insert(number, Observer::default());
        number
    }

    fn with<T>(&self, observer: u64, act: impl FnOnce(&mut Observer) -> T) -> Option<T> {
        lock(&self.board).observers.get_mut(&observer).map(act)
    }
}

pub(super) fn serve(device: &Device, mut channel: Channel) -> io::Result<()> {
    let observer = device.notices.join();
    let outcome = talk(device, observer, &mut channel);
    lock(&device.notices.board).observers.remove(&observer);
    outcome
}

fn talk(device: &Device, observer: u64, channel: &mut Channel) -> io::Result<()> {
    channel.limit_reads(Some(BEAT))?;
    let mut arrived = Vec::new();
    let mut chunk = [0_u8; 4096];
    loop {
        for name in device.notices.with(observer, |o| std::mem::take(&mut o.undelivered)).unwrap_or_default() {
            say(channel, "RelayNotification", &name)?;
        }
        match channel.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(some) => arrived.extend_from_slice(&chunk[..some]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
            Err(error) => return Err(error),
        }
        while let Some(message) = take(&mut arrived)? {
            let name = text(&message, "Name").unwrap_or_default();
            match text(&message, "Command").unwrap_or_default() {
                "PostNotification" => device.notices.post(name),
                "ObserveNotification" => {
                    device.notices.with(observer, |o| o.names.insert(name.to_owned()));
                }
                "Shutdown" => {
                    let bye = dict([("Command", "ProxyDeath".into())]);
                    return plist_stream::write(channel, &Value::Dictionary(bye));
                }
                _ => {}
            }
        }
    }
}

/// Takes one message off the front of what has arrived; `None` while it is incomplete.
fn take(arrived: &mut Vec<u8>) -> io::Result<Option<plist::Dictionary>> {
    let Some(length) = arrived.first_chunk::<4>() else { return Ok(None) };
    let end = 4_usize.saturating_add(u32::from_be_bytes(*length) as usize);
    if end > 1 << 20 {
        return Err(ErrorKind::InvalidData.into());
    }
    if arrived.len() < end {
        return Ok(None);
    }
    let message = plist_stream::read(&mut arrived.as_slice())?;
    arrived.drain(..end);
    Ok(Some(message))
}

fn say(channel: &mut Channel, command: &str, name: &str) -> io::Result<()> {
    plist_stream::write(channel, &Value::Dictionary(dict([("Command", command.into()), ("Name", name.into())])))
}
