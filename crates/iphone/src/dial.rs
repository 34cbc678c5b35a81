//! From a phone's identity to a connection: the mux's list, the pair record, lockdown, TLS, the file service.

use crate::afc::{AfcStream, Spares};
use crate::engine::{Limits, within};
use crate::lockdown::{self, LABEL, Lockdown};
use crate::resting::Resting;
use crate::{MuxAddress, PhoneError};
use idevice::pairing_file::PairingFile;
use idevice::provider::{IdeviceProvider, UsbmuxdProvider};
use idevice::usbmuxd::{Connection, UsbmuxdConnection, UsbmuxdDevice};

/// AFC's status where the phone does not permit something, such as reading while it is locked.
pub(crate) const NO_PERMISSION: u64 = 10;
const FILE_SERVICE: &str = "com.apple.afc";

/// Reaches the mux and what is behind it.
#[derive(Debug, Clone)]
pub(crate) struct Dialer {
    pub(crate) address: MuxAddress,
    pub(crate) limits: Limits,
    pub(crate) resting: Resting,
}

impl Dialer {
    /// Connects to the mux itself.
    pub(crate) async fn mux(&self) -> Result<UsbmuxdConnection, PhoneError> {
        let no_mux = |_| PhoneError::NoMux(self.address.help());
        within(self.limits.mux, async { self.address.to_idevice().connect(1).await.map_err(no_mux) }).await
    }

    /// Lists the phones on USB, each once. Phones on the network are left out: they come and go and are slow.
    pub(crate) async fn listed(&self) -> Result<Vec<UsbmuxdDevice>, PhoneError> {
        let mut mux = self.mux().await?;
        let listed =
            within(self.limits.mux, async { mux.get_devices().await.map_err(PhoneError::from_idevice) }).await?;
        let mut devices: Vec<UsbmuxdDevice> = Vec::new();
        for device in listed {
            let on_usb = device.connection_type == Connection::Usb && is_udid(&device.udid);
            if on_usb && devices.iter().all(|d| canonical_udid(&d.udid) != canonical_udid(&device.udid)) {
                devices.push(device);
            }
        }
        Ok(devices)
    }

    /// Finds a phone among those plugged in now; its number at the mux changes each time it is plugged in. One that was
    /// ejected is as good as gone for whoever still holds it.
    pub(crate) async fn find(&self, udid: &str) -> Result<UsbmuxdProvider, PhoneError> {
        let devices = self.listed().await?;
        let udid = canonical_udid(udid);
        let device = devices.iter().find(|d| canonical_udid(&d.udid) == udid).ok_or(PhoneError::Unplugged)?;
        if self.resting.info(device).is_some() {
            return Err(PhoneError::Unplugged);
        }
        Ok(self.provider(device))
    }

    pub(crate) fn provider(&self, device: &UsbmuxdDevice) -> UsbmuxdProvider {
        device.to_provider(self.address.to_idevice(), LABEL)
    }

    /// Replaces the refusal for want of permission by `Locked` if the phone is locked, which is then the reason.
    pub(crate) async fn explain(&self, udid: &str, error: PhoneError) -> PhoneError {
        if error != PhoneError::Refused(NO_PERMISSION) {
            return error;
        }
        if self.locked(udid).await == Ok(true) { PhoneError::Locked } else { error }
    }

    /// Asks whether a phone is locked.
    pub(crate) async fn locked(&self, udid: &str) -> Result<bool, PhoneError> {
        let provider = self.find(udid).await?;
        within(self.limits.probe, is_locked(&provider)).await
    }

    /// Opens a connection to the phone's media folder, which takes its buffers from `spares`. Errors with `Unplugged` when the
    /// phone is not listed.
    pub(crate) async fn files(&self, udid: &str, spares: &Spares) -> Result<AfcStream, PhoneError> {
        let provider = self.find(udid).await?;
        within(self.limits.connect, file_service(&provider, spares)).await
    }
}

async fn file_service(provider: &UsbmuxdProvider, spares: &Spares) -> Result<AfcStream, PhoneError> {
    let (mut lockdown, record) = session(provider).await?;
    let port = lockdown.start_service(FILE_SERVICE).await?;
    let socket = lockdown::connect(provider, port.number).await?;
    let socket = if port.tls { lockdown::encrypted(socket, &record).await? } else { socket };
    Ok(AfcStream::new(socket, spares.clone()))
}

/// Starts a trusted session with lockdown. Errors with `NotTrusted` when there is no pair record or the phone has
/// forgotten it; that it has other keys may show only in what is asked next.
pub(crate) async fn session(provider: &UsbmuxdProvider) -> Result<(Lockdown, PairingFile), PhoneError> {
    let record = pair_record(provider).await?;
    let lockdown = Lockdown::connect(provider).await?.start_session(&record).await?;
    Ok((lockdown, record))
}

/// Makes sure that the phone trusts this computer, by a session and an answer within it: over TLS 1.3 this computer is through
/// with its greeting before the phone has looked at its certificate, and a refusal comes with the first answer. Errors as
/// [`session`].
pub(crate) async fn trust(provider: &UsbmuxdProvider) -> Result<(), PhoneError> {
    let (mut lockdown, _) = session(provider).await?;
    lockdown.answers().await
}

/// Fetches the pair record. The crate has no error of its own for "there is none", so each answer that is no record
/// counts as none.
pub(crate) async fn pair_record(provider: &UsbmuxdProvider) -> Result<PairingFile, PhoneError> {
    provider.get_pairing_file().await.map_err(|e| match PhoneError::from_idevice(e) {
        PhoneError::Disconnected => PhoneError::Disconnected,
        _ => PhoneError::NotTrusted,
    })
}

/// Asks whether the phone is locked, which phones tell to any computer.
async fn is_locked(provider: &UsbmuxdProvider) -> Result<bool, PhoneError> {
    Ok(says_locked(&mut Lockdown::connect(provider).await?).await)
}

/// Asks over a connection that is there; no answer counts as no.
pub(crate) async fn says_locked(lockdown: &mut Lockdown) -> bool {
    let value = lockdown.value("PasswordProtected").await;
    value.ok().and_then(|v| v.as_boolean()).unwrap_or(false)
}

/// Tells whether a text can be a phone's identity: 24 to 40 hexadecimal digits and dashes.
pub fn is_udid(text: &str) -> bool {
    (24..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// Writes a phone's identity as the phone shows it: some muxes leave out the dash of the newer kind, `8-16` digits.
pub(crate) fn canonical_udid(udid: &str) -> String {
    match udid.split_at_checked(8) {
        Some((model, unit)) if udid.len() == 24 && !udid.contains('-') => format!("{model}-{unit}"),
        _ => udid.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_phone_has_one_identity_at_every_mux() {
        assert_eq!(canonical_udid("00008110000A1B2C3D4E801E"), "00008110-000A1B2C3D4E801E");
        for fine in ["00008110-000A1B2C3D4E801E", "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1", ""] {
            assert_eq!(canonical_udid(fine), fine);
        }
    }

    #[test]
    fn only_identities_pass() {
        assert!(is_udid("00008110-0011223344556677"));
        assert!(is_udid(&"a1".repeat(20)));
        for bad in ["", "00008110", "../../../../etc/passwd00000000", &"g".repeat(30), &"a".repeat(41)] {
            assert!(!is_udid(bad), "{bad}");
        }
    }
}
