//! Lockdown, the phone's receptionist: it tells who it is, decides whom to trust, and opens ports for services.
//!
//! Its few requests are made here rather than by the crate that speaks to the mux, for two reasons: that crate hands the
//! phone the computer's private key when it asks to be trusted, and it takes whatever a phone answers, of any length and
//! nested as deep as it likes, which can end this program. TLS is still its affair.

mod credentials;
pub(crate) mod message;

use crate::PhoneError;
use crate::error::short;
use credentials::Credentials;
use idevice::pairing_file::PairingFile;
use idevice::provider::{IdeviceProvider, UsbmuxdProvider};
use idevice::{Idevice, ReadWrite};
use plist::{Dictionary, Value};
use std::time::Duration;
use tokio::io::BufReader;

/// The name under which we appear in the phone's log.
pub(crate) const LABEL: &str = "Keepsake";
const PORT: u16 = 62078;
/// Read from a socket at once, in bytes. TLS alone asks for 4 KiB at a time, which is 250 calls of the system for each MiB
/// and as many for waiting; beyond the processor's cache there is nothing more to gain.
const INTAKE: usize = 256 << 10;
/// How often a question that is on the phone's screen is put again; the owner sees it once.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// A connection to lockdown.
#[derive(Debug)]
pub(crate) struct Lockdown {
    socket: Box<dyn ReadWrite>,
}

/// Where a service waits for a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ServicePort {
    pub(crate) number: u16,
    pub(crate) tls: bool,
}

/// Under which names phone and computer know each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HostNames {
    pub(crate) host_id: String,
    pub(crate) buid: String,
    pub(crate) udid: String,
}

impl Lockdown {
    pub(crate) async fn connect(provider: &UsbmuxdProvider) -> Result<Self, PhoneError> {
        Ok(Self { socket: connect(provider, PORT).await? })
    }

    /// Asks for one value, as phones tell it to anyone or, within a session, to those they trust.
    pub(crate) async fn value(&mut self, key: &str) -> Result<Value, PhoneError> {
        let mut reply = self.ask(request("GetValue", [("Key", key.into())])).await?;
        reply.remove("Value").ok_or_else(|| PhoneError::nonsense("a value that is none"))
    }

    /// Asks for one value of a domain, which phones tell to those they trust.
    pub(crate) async fn value_in(&mut self, domain: &str, key: &str) -> Result<Value, PhoneError> {
        let mut reply = self.ask(request("GetValue", [("Domain", domain.into()), ("Key", key.into())])).await?;
        reply.remove("Value").ok_or_else(|| PhoneError::nonsense("a value that is none"))
    }

    /// Asks for a value that should be text; cut to what fits a message.
    pub(crate) async fn text(&mut self, key: &str) -> Result<String, PhoneError> {
        let value = self.value(key).await?;
        value.as_string().map(short).ok_or_else(|| PhoneError::nonsense("a text that is none"))
    }

    /// Starts a trusted session. `NotTrusted` when the phone does not know the record.
    pub(crate) async fn start_session(mut self, record: &PairingFile) -> Result<Self, PhoneError> {
        let names = [("HostID", record.host_id.as_str().into()), ("SystemBUID", record.system_buid.as_str().into())];
        let reply = self.ask(request("StartSession", names)).await?;
        if reply.get("EnableSessionSSL").and_then(Value::as_boolean) != Some(true) {
            return Err(PhoneError::nonsense("a session without encryption"));
        }
        Ok(Self { socket: encrypted(self.socket, record).await? })
    }

    /// Makes sure that it answers; that it does so with a refusal does not matter.
    pub(crate) async fn answers(&mut self) -> Result<(), PhoneError> {
        match self.ask(request("QueryType", [])).await {
            Ok(_) | Err(PhoneError::Declined(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Has a service started; a session comes first.
    pub(crate) async fn start_service(&mut self, name: &str) -> Result<ServicePort, PhoneError> {
        let reply = self.ask(request("StartService", [("Service", name.into())])).await?;
        let number = reply.get("Port").and_then(Value::as_unsigned_integer).and_then(|port| u16::try_from(port).ok());
        let tls = reply.get("EnableServiceSSL").and_then(Value::as_boolean).unwrap_or(false);
        let number = number.ok_or_else(|| PhoneError::nonsense("a service without a port"))?;
        Ok(ServicePort { number, tls })
    }

    /// Makes keys and certificates for a phone that is to trust this computer.
    pub(crate) async fn credentials(&mut self, names: HostNames) -> Result<Credentials, PhoneError> {
        let device_key = self.value("DevicePublicKey").await?;
        let device_key = device_key.into_data().ok_or_else(|| PhoneError::nonsense("a public key that is none"))?;
        // Needed by other programs that use the record, and by none of them over a cable.
        let wifi_address = self.text("WiFiAddress").await.unwrap_or_default();
        // Keys take a while to find.
        let make = move || Credentials::make(names, &device_key, wifi_address);
        tokio::task::spawn_blocking(make).await.unwrap_or(Err(PhoneError::Panicked))
    }

    /// Asks to be trusted, once, and returns the record to keep. `TrustPending` while the owner has not answered.
    pub(crate) async fn pair(&mut self, credentials: &Credentials) -> Result<Vec<u8>, PhoneError> {
        let options = Dictionary::from_iter([("ExtendedPairingErrors", true)]);
        let parts: [(&str, Value); 3] = [
            ("PairRecord", credentials.for_the_phone().into()),
            ("ProtocolVersion", "2".into()),
            ("PairingOptions", options.into()),
        ];
        let mut reply = self.ask(request("Pair", parts)).await?;
        credentials.to_keep(reply.remove("EscrowBag"))
    }

    /// Asks until the owner has answered. `is_asking` becomes true once the phone says that the question is on its screen.
    pub(crate) async fn pair_patiently(
        &mut self,
        credentials: &Credentials,
        is_asking: &mut bool,
    ) -> Result<Vec<u8>, PhoneError> {
        loop {
            match self.pair(credentials).await {
                Err(PhoneError::TrustPending) => {
                    *is_asking = true;
                    tokio::time::sleep(ASK_AGAIN).await;
                }
                result => return result,
            }
        }
    }

    async fn ask(&mut self, request: Dictionary) -> Result<Dictionary, PhoneError> {
        message::write(&mut self.socket, request).await?;
        let reply = message::read(&mut self.socket).await?;
        match reply.get("Error") {
            Some(Value::String(word)) => Err(PhoneError::from_lockdown_word(word)),
            Some(_) => Err(PhoneError::Declined("it does not say why".to_owned())),
            None => Ok(reply),
        }
    }
}

fn request<const N: usize>(name: &str, parts: [(&str, Value); N]) -> Dictionary {
    let head: [(&str, Value); 2] = [("Label", LABEL.into()), ("Request", name.into())];
    head.into_iter().chain(parts).map(|(key, value)| (key.to_owned(), value)).collect()
}

/// Connects to a port of a phone, in the clear.
pub(crate) async fn connect(provider: &UsbmuxdProvider, port: u16) -> Result<Box<dyn ReadWrite>, PhoneError> {
    let connected = provider.connect(port).await.map_err(PhoneError::from_idevice)?;
    connected.get_socket().ok_or(PhoneError::Disconnected)
}

/// Goes over to TLS, as the host of a pair record. A record that contradicts itself makes the crate panic.
pub(crate) async fn encrypted(
    socket: Box<dyn ReadWrite>,
    record: &PairingFile,
) -> Result<Box<dyn ReadWrite>, PhoneError> {
    let socket = BufReader::with_capacity(INTAKE, socket);
    let mut connection = Idevice::new(Box::new(socket), LABEL);
    connection.start_session(record, false).await.map_err(PhoneError::from_idevice)?;
    connection.get_socket().ok_or(PhoneError::Disconnected)
}
