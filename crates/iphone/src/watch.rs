//! Notices phones that come and go, and phones that are unlocked or come to trust this computer.
//!
//! The first is heard at the mux, and again when the mux was restarted. What it says is not looked at, only that it says
//! something: whoever wants to know asks for the list. So the message after a pairing counts as well, which the crate's own
//! listener skips. The second nobody reports: phones that cannot be read yet are asked again and again, each for itself, so
//! that one that hangs holds up no other.

use crate::PhoneError;
use crate::dial::Dialer;
use crate::engine::Engine;
use crate::phones::{MOST_PHONES, look};
use crate::probe::PhoneState;
use crate::roster::Roster;
use idevice::ReadWrite;
use idevice::usbmuxd::UsbmuxdDevice;
use std::collections::BTreeMap;
use std::sync::mpsc::{self, Sender};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::{AbortHandle, JoinHandle};

/// How long to wait before the mux is tried again.
const PAUSE: Duration = Duration::from_millis(500);
/// How often a phone that cannot be read yet is asked again.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
const HEADER: usize = 16;
/// A message about one phone is about a kilobyte.
const LONGEST_MESSAGE: u32 = 1 << 20;

const LISTEN: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
    "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n",
    "<plist version=\"1.0\"><dict>",
    "<key>MessageType</key><string>Listen</string>",
    "<key>ClientVersionString</key><string>keepsake</string>",
    "<key>ProgName</key><string>keepsake</string>",
    "<key>kLibUSBMuxVersion</key><integer>3</integer>",
    "</dict></plist>\n"
);

/// Keeps a watch going. Dropping it ends the watch; a call that is under way is finished.
#[derive(Debug)]
pub struct WatchGuard {
    tasks: [AbortHandle; 2],
    /// Keeps the runtime alive that the tasks run on.
    _engine: Engine,
}

impl Drop for WatchGuard {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

pub(crate) fn start(
    engine: &Engine,
    dialer: Dialer,
    roster: &Roster,
    mut on_change: impl FnMut() + Send + 'static,
) -> Result<WatchGuard, PhoneError> {
    let (changes, received) = mpsc::channel();
    // A thread of its own, which ends with the tasks: whoever is called may take as long as it likes.
    let call = move || {
        while received.recv().is_ok() {
            while received.try_recv().is_ok() {}
            on_change();
        }
    };
    std::thread::Builder::new()
        .name("iphone-watch".to_owned())
        .spawn(call)
        .map_err(|e| PhoneError::System(e.to_string()))?;
    roster.listen(changes.clone());
    let looking = engine.handle().spawn(look_for_ever(dialer.clone(), roster.clone()));
    let listening = engine.handle().spawn(listen_for_ever(dialer, changes));
    Ok(WatchGuard { tasks: [looking.abort_handle(), listening.abort_handle()], _engine: engine.clone() })
}

async fn look_for_ever(dialer: Dialer, roster: Roster) {
    let mut under_way: BTreeMap<u32, JoinHandle<()>> = BTreeMap::new();
    loop {
        tokio::time::sleep(LOOK_AGAIN).await;
        under_way.retain(|_, look| !look.is_finished());
        let listed = dialer.listed().await.unwrap_or_default();
        // One that was ready is left in peace; if that changes, whoever reads it notices.
        let unsettled = |device: &&UsbmuxdDevice| roster.info(device).state != PhoneState::Ready;
        for device in listed.iter().filter(unsettled).take(MOST_PHONES) {
            let begin = || tokio::spawn(look(dialer.clone(), roster.clone(), device.clone()));
            under_way.entry(device.device_id).or_insert_with(begin);
        }
    }
}

async fn listen_for_ever(dialer: Dialer, changes: Sender<()>) {
    loop {
        if listen(&dialer, &changes).await && changes.send(()).is_err() {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Listens until the mux goes away. Returns whether it was there at all.
async fn listen(dialer: &Dialer, changes: &Sender<()>) -> bool {
    let address = dialer.address.to_idevice();
    let Ok(Ok(mut socket)) = tokio::time::timeout(dialer.limits.mux, address.to_socket()).await else { return false };
    let asked = tokio::time::timeout(dialer.limits.mux, socket.write_all(&listen_request())).await;
    if !matches!(asked, Ok(Ok(()))) {
        return false;
    }
    // Each message, the answer to the request included, may mean that the list is another one.
    while skip_message(&mut socket).await.is_some() && changes.send(()).is_ok() {}
    true
}

/// Reads past one message: 16 bytes of header, of which the first four are the length of all (little-endian). Waits as
/// long as nothing happens. `None` when the mux is gone or does not make sense.
async fn skip_message(socket: &mut Box<dyn ReadWrite>) -> Option<()> {
    let length = socket.read_u32_le().await.ok()?;
    let rest = length.checked_sub(4).filter(|n| (HEADER as u32 - 4..LONGEST_MESSAGE).contains(n))?;
    let skipped = tokio::io::copy(&mut socket.take(u64::from(rest)), &mut tokio::io::sink()).await.ok()?;
    (skipped == u64::from(rest)).then_some(())
}

fn listen_request() -> Vec<u8> {
    let length = (HEADER + LISTEN.len()) as u32;
    let mut packet = Vec::with_capacity(length as usize);
    // Length, version 1, message kind 8 (property list), tag.
    for field in [length, 1, 8, 1] {
        packet.extend_from_slice(&field.to_le_bytes());
    }
    packet.extend_from_slice(LISTEN.as_bytes());
    packet
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::duplex;

    async fn read(message: &[u8]) -> Option<()> {
        let (ours, mut mux) = duplex(1 << 16);
        mux.write_all(message).await.unwrap();
        drop(mux);
        skip_message(&mut (Box::new(ours) as Box<dyn ReadWrite>)).await
    }

    #[test]
    fn a_message_is_skipped_by_its_length_and_a_senseless_length_ends_the_watch() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            assert_eq!(read(&listen_request()).await, Some(()));
            for length in [0u32, 3, 15, LONGEST_MESSAGE + 4, u32::MAX] {
                assert_eq!(read(&[&length.to_le_bytes(), [0; 64].as_slice()].concat()).await, None, "{length}");
            }
            assert_eq!(read(&[&100u32.to_le_bytes(), [0; 64].as_slice()].concat()).await, None);
        });
    }
}
