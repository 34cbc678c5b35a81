//! The heartbeat: the phone says Marco, a client that is still there says Polo.

use std::io;
use std::time::Duration;

use plist::Value;

use crate::channel::Channel;
use crate::plist_stream;
use crate::plists::{dict, text};

const SECONDS: u64 = 10;

pub(super) fn serve(mut channel: Channel) -> io::Result<()> {
    channel.limit_reads(Some(Duration::from_secs(2 * SECONDS)))?;
    loop {
        let marco = dict([("Command", "Marco".into()), ("Interval", SECONDS.into())]);
        plist_stream::write(&mut channel, &Value::Dictionary(marco))?;
        let answer = plist_stream::read(&mut channel)?;
        if text(&answer, "Command") != Some("Polo") {
            return Ok(());
        }
        std::thread::sleep(Duration::from_secs(SECONDS));
    }
}
