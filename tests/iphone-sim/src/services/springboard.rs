//! springboardservices: the home screen, as much of it as clients insist on.

use std::io;

use plist::{Dictionary, Value};

use crate::channel::Channel;
use crate::plist_stream;
use crate::plists::{dict, text};

pub(super) fn serve(mut channel: Channel) -> io::Result<()> {
    loop {
        let request = plist_stream::read(&mut channel)?;
        plist_stream::write(&mut channel, &answer(&request))?;
    }
}

fn answer(request: &Dictionary) -> Value {
    Value::Dictionary(match text(request, "command").unwrap_or_default() {
        "getIconState" => return Value::Array(vec![Value::Array(Vec::new())]),
        "getInterfaceOrientation" => dict([("interfaceOrientation", 1.into())]),
        "getIconPNGData" | "getHomeScreenWallpaperPNGData" => dict([("pngData", Value::Data(Vec::new()))]),
        _ => dict([("error", "unknown command".into())]),
    })
}
