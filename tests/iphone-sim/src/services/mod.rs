//! The services a phone starts on request: which there are, and who may use them. Files are in [`crate::afc`].

mod apps;
mod diagnostics;
mod heartbeat;
mod house_arrest;
mod notices;
mod springboard;

use std::io;
use std::sync::Arc;

use crate::afc;
use crate::channel::Channel;
use crate::device::Device;
use crate::host_record::HostRecord;
use crate::socket::Socket;
pub(crate) use house_arrest::Containers;
pub(crate) use notices::Notices;

/// A service by what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Afc,
    Notices,
    InsecureNotices,
    Diagnostics,
    Heartbeat,
    HouseArrest,
    Apps,
    SpringBoard,
}

impl Kind {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "com.apple.afc" => Self::Afc,
            "com.apple.mobile.notification_proxy" => Self::Notices,
            "com.apple.mobile.insecure_notification_proxy" => Self::InsecureNotices,
            "com.apple.mobile.diagnostics_relay" => Self::Diagnostics,
            "com.apple.mobile.heartbeat" => Self::Heartbeat,
            "com.apple.mobile.house_arrest" => Self::HouseArrest,
            "com.apple.mobile.installation_proxy" => Self::Apps,
            "com.apple.springboardservices" => Self::SpringBoard,
            _ => return None,
        })
    }

    /// Whether a computer needs no trust, and speaks no TLS, to use it.
    pub(crate) fn open_to_strangers(self) -> bool {
        self == Self::InsecureNotices
    }
}

/// Talks to a client of a service until either side leaves.
pub(crate) fn serve(device: &Arc<Device>, kind: Kind, host: Option<&HostRecord>, socket: Socket) {
    // However a client leaves, there is nobody to tell.
    let _ = talk(device, kind, host, socket);
}

fn talk(device: &Arc<Device>, kind: Kind, host: Option<&HostRecord>, socket: Socket) -> io::Result<()> {
    let mut channel = Channel::plain(socket);
    if let Some(host) = host {
        channel.start_tls(crate::tls::server_config(host, device.traits.tls).map_err(io::Error::other)?)?;
    }
    match kind {
        Kind::Afc => afc::serve(device, &device.traits.media, channel),
        Kind::Notices | Kind::InsecureNotices => notices::serve(device, channel),
        Kind::Diagnostics => diagnostics::serve(channel),
        Kind::Heartbeat => heartbeat::serve(channel),
        Kind::HouseArrest => house_arrest::serve(device, channel),
        Kind::Apps => apps::serve(channel),
        Kind::SpringBoard => springboard::serve(channel),
    }
}
