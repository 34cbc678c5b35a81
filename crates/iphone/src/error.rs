//! What can go wrong with a phone, by what the caller can do about it.

use idevice::IdeviceError;
use idevice::usbmuxd::errors::UsbmuxdError;

/// A failure of the mux, the phone or the way between them. None names the phone; whoever shows it adds the name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// The program that talks to phones over USB is not there. The text says what to install or start.
    #[error("{0}")]
    NoMux(String),
    /// The phone is not at the cable (any more).
    #[error("the phone is not connected")]
    Unplugged,
    /// The connection broke, but the phone may still be there; one more try is worth it.
    #[error("the connection to the phone broke")]
    Disconnected,
    /// The phone does not trust this computer, or its owner said no.
    #[error("the phone does not trust this computer: unlock it and tap Trust")]
    NotTrusted,
    /// The trust question is on the phone's screen.
    #[error("the phone is asking whether to trust this computer: tap Trust on it")]
    TrustPending,
    /// The phone was not unlocked since it was switched on, or is locked and has never seen this computer.
    #[error("the phone is locked: unlock it and try again")]
    Locked,
    /// No answer came in time.
    #[error("the phone does not answer: unplug it, plug it in again and retry")]
    TimedOut,
    /// No answer came about this file or folder, and the phone answers otherwise.
    #[error("the phone falls silent over it")]
    Silent,
    /// There is no such file or folder on the phone.
    #[error("there is nothing at that place on the phone")]
    NotFound,
    /// The phone refused to read a file or folder; the AFC status code says why (10: no permission, 3: too many open
    /// files, 20: input/output error).
    #[error("the phone refused (status {0})")]
    Refused(u64),
    /// The phone would not start a service; its own word for the reason.
    #[error("the phone refused: {0}")]
    Declined(String),
    /// The answer cannot be true; nothing of it was used.
    #[error("the phone gave an answer that makes no sense: {0}")]
    Nonsense(String),
    /// A file became another one while it was being read.
    #[error("the file changed while it was being read")]
    Changed,
    /// The code that talks to phones failed in a way it should not.
    #[error("reading from the phone failed inside this program; try again")]
    Panicked,
    /// The user asked to stop.
    #[error("stopped")]
    Cancelled,
    /// The operating system would not give a thread or a socket.
    #[error("the system refused: {0}")]
    System(String),
}

impl PhoneError {
    /// Tells whether a folder is not there. Some phones say 4 of what is not there.
    pub fn is_absence(&self) -> bool {
        matches!(self, Self::NotFound | Self::Refused(4))
    }

    /// Tells whether an error concerns one file or folder alone: others can still be read.
    pub fn is_of_one_path(&self) -> bool {
        matches!(
            self,
            Self::Silent | Self::NotFound | Self::Refused(_) | Self::Nonsense(_) | Self::Changed | Self::Panicked
        )
    }

    /// Tells whether no answer came, or a connection broke: it may be one file's fault or the phone's.
    pub fn is_silence(&self) -> bool {
        matches!(self, Self::TimedOut | Self::Disconnected)
    }

    /// Makes the error for an answer that cannot be true.
    pub(crate) fn nonsense(what: impl Into<String>) -> Self {
        Self::Nonsense(what.into())
    }

    /// Sorts what the mux or TLS said. A broken socket is `Disconnected`; whoever knows whether the phone is still
    /// listed decides between that and `Unplugged`.
    pub(crate) fn from_idevice(error: IdeviceError) -> Self {
        match error {
            IdeviceError::Socket(e) => Self::from_socket(&e),
            IdeviceError::NoEstablishedConnection => Self::Disconnected,
            IdeviceError::PemParseFailed(_) | IdeviceError::Rustls(_) | IdeviceError::TlsBuilderFailed(_) => {
                Self::NotTrusted
            }
            IdeviceError::Usbmuxd(UsbmuxdError::BadDevice) | IdeviceError::DeviceNotFound => Self::Unplugged,
            IdeviceError::Usbmuxd(UsbmuxdError::ConnectionRefused) => Self::Disconnected,
            IdeviceError::Timeout => Self::TimedOut,
            other => Self::Nonsense(short(&other.to_string())),
        }
    }

    /// Sorts a failure of a connection. What TLS finds wrong, the other side's refusal of our certificate above all, is
    /// reported as data that is invalid.
    pub(crate) fn from_socket(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::InvalidData => Self::NotTrusted,
            _ => Self::Disconnected,
        }
    }

    /// Sorts the words with which lockdown refuses.
    pub(crate) fn from_lockdown_word(word: &str) -> Self {
        match word {
            "EscrowLocked" | "PasswordProtected" | "DeviceLocked" => Self::Locked,
            "PairingDialogResponsePending" => Self::TrustPending,
            "InvalidHostID" | "UserDeniedPairing" | "MissingHostID" | "MissingPairRecord" | "InvalidPairRecord"
            | "PairingFailed" => Self::NotTrusted,
            _ => Self::Declined(short(word)),
        }
    }
}

/// Cuts a text that a phone had a part in to what fits a message, without control characters.
pub(crate) fn short(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

/// Says what to do when nothing listens where the system has its phones.
pub(crate) fn system_mux_help(address: &str) -> String {
    let advice = if cfg!(target_os = "windows") {
        "install \"Apple Devices\" from the Microsoft Store (or iTunes) and start it once"
    } else if cfg!(target_os = "macos") {
        "restart the Mac; the service usbmuxd is part of macOS"
    } else {
        // Distributions start it when the first phone is plugged in.
        "plug an iPhone in; if one is, install the package usbmuxd (sudo apt install usbmuxd) and plug it in again"
    };
    format!("the service that finds iPhones does not answer at {address}: {advice}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn words_of_lockdown_become_what_the_user_can_do() {
        let of = PhoneError::from_lockdown_word;
        assert_eq!(of("EscrowLocked"), PhoneError::Locked);
        assert_eq!(of("MissingPairRecord"), PhoneError::NotTrusted);
        assert_eq!(of("UserDeniedPairing"), PhoneError::NotTrusted);
        assert_eq!(of("PairingDialogResponsePending"), PhoneError::TrustPending);
        assert_eq!(of("ServiceLimit"), PhoneError::Declined("ServiceLimit".into()));
    }

    #[test]
    fn a_closed_socket_is_no_answer_about_trust() {
        let of = |kind: io::ErrorKind| PhoneError::from_idevice(IdeviceError::Socket(kind.into()));
        assert_eq!(of(io::ErrorKind::UnexpectedEof), PhoneError::Disconnected);
        assert_eq!(of(io::ErrorKind::InvalidData), PhoneError::NotTrusted);
    }

    #[test]
    fn a_phone_cannot_flood_a_message() {
        let long = format!("\u{1b}[31m{}", "x".repeat(5000));
        let PhoneError::Declined(text) = PhoneError::from_lockdown_word(&long) else { panic!("another variant") };
        assert!(text.len() <= 200 && !text.contains('\u{1b}'));
    }
}
