//! Where the mux listens: the service that finds phones on USB and connects to them.

use crate::error::system_mux_help;
use idevice::usbmuxd::UsbmuxdAddr;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

/// The address of the mux.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MuxAddress {
    /// A TCP port, on Windows always.
    Tcp(SocketAddr),
    /// A Unix socket, on Linux and macOS as a rule.
    #[cfg(unix)]
    Unix(String),
}

/// Reports a value of `USBMUXD_SOCKET_ADDRESS` that is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("USBMUXD_SOCKET_ADDRESS is \"{0}\"; it should be host:port or the path of a socket")]
pub struct MuxAddressError(String);

impl MuxAddress {
    /// Reads the value of `USBMUXD_SOCKET_ADDRESS` as the usual clients write it: `127.0.0.1:27015`, `localhost:27015`,
    /// `[::1]:27015`, `/path/of/socket` or `UNIX:/path/of/socket`. Without a value: where the system's mux listens.
    pub fn parse(value: Option<&str>) -> Result<Self, MuxAddressError> {
        let Some(text) = value.map(str::trim).filter(|v| !v.is_empty()) else { return Ok(Self::system()) };
        let malformed = || MuxAddressError(text.to_owned());
        if let Some(path) = text.strip_prefix("UNIX:").or_else(|| text.starts_with('/').then_some(text)) {
            return Self::unix(path).ok_or_else(malformed);
        }
        let text = text.strip_prefix("TCP:").unwrap_or(text);
        if let Some(port) = text.strip_prefix("localhost:") {
            let port = port.parse().map_err(|_| malformed())?;
            return Ok(Self::Tcp(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)));
        }
        text.parse().map(Self::Tcp).map_err(|_| malformed())
    }

    #[cfg(unix)]
    fn system() -> Self {
        Self::Unix(UsbmuxdAddr::SOCKET_FILE.to_owned())
    }

    #[cfg(not(unix))]
    fn system() -> Self {
        Self::Tcp(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), UsbmuxdAddr::DEFAULT_PORT))
    }

    #[cfg(unix)]
    fn unix(path: &str) -> Option<Self> {
        (!path.is_empty()).then(|| Self::Unix(path.to_owned()))
    }

    #[cfg(not(unix))]
    fn unix(_path: &str) -> Option<Self> {
        None
    }

    /// Tells whether this is where the system's own mux listens.
    pub(crate) fn is_the_systems(&self) -> bool {
        *self == Self::system()
    }

    /// Says what to do when nothing answers here.
    pub(crate) fn help(&self) -> String {
        if self.is_the_systems() {
            return system_mux_help(&self.to_string());
        }
        format!(
            "nothing answers at {self}, where USBMUXD_SOCKET_ADDRESS says that iPhones are found: start it or unset that"
        )
    }

    /// Tells whether nobody answering here only means that no phone is plugged in: Linux starts an installed mux with the
    /// first phone and ends it with the last.
    pub(crate) fn waits_for_a_phone(&self) -> bool {
        let programs = ["/usr/sbin/usbmuxd", "/usr/bin/usbmuxd", "/usr/local/sbin/usbmuxd"];
        cfg!(target_os = "linux") && self.is_the_systems() && programs.iter().any(|p| Path::new(p).exists())
    }

    pub(crate) fn to_idevice(&self) -> UsbmuxdAddr {
        match self {
            Self::Tcp(address) => UsbmuxdAddr::TcpSocket(*address),
            #[cfg(unix)]
            Self::Unix(path) => UsbmuxdAddr::UnixSocket(path.clone()),
        }
    }
}

impl fmt::Display for MuxAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "{address}"),
            #[cfg(unix)]
            Self::Unix(path) => f.write_str(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<String> {
        MuxAddress::parse(Some(text)).ok().map(|a| a.to_string())
    }

    #[test]
    fn every_spelling_of_the_usual_clients_is_read() {
        assert_eq!(parse("127.0.0.1:27115").as_deref(), Some("127.0.0.1:27115"));
        assert_eq!(parse("localhost:27115").as_deref(), Some("127.0.0.1:27115"));
        assert_eq!(parse("[::1]:27115").as_deref(), Some("[::1]:27115"));
        for bad in ["127.0.0.1", "localhost:", "localhost:99999", "mux", "[::1]", ":"] {
            assert!(MuxAddress::parse(Some(bad)).is_err(), "{bad}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_socket_may_be_named_with_or_without_its_kind() {
        assert_eq!(parse("/run/mux").as_deref(), Some("/run/mux"));
        assert_eq!(parse("UNIX:/run/mux").as_deref(), Some("/run/mux"));
        assert!(MuxAddress::parse(Some("UNIX:")).is_err());
    }

    #[test]
    fn the_help_fits_the_address() {
        assert!(MuxAddress::system().help().contains("plug") || cfg!(not(target_os = "linux")));
        let other = MuxAddress::parse(Some("127.0.0.1:1")).unwrap().help();
        assert!(other.contains("127.0.0.1:1") && other.contains("USBMUXD_SOCKET_ADDRESS"), "{other}");
    }

    #[test]
    fn without_a_value_it_is_where_the_system_has_it() {
        assert_eq!(MuxAddress::parse(None), MuxAddress::parse(Some(" ")));
    }
}
