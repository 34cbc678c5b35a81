//! Questions about trust: what is told before it, and what asking for it does. The owner is asked only on request.

use super::{Asked, Facts, Pairing, measure, word};
use crate::dial::{Dialer, pair_record, trust};
use crate::engine::within;
use crate::lockdown::Lockdown;
use crate::{PhoneError, PhoneState};
use idevice::provider::UsbmuxdProvider;
use std::time::{Duration, Instant};

/// How long after Trust the USB connection may still be reset.
const RESET: Duration = Duration::from_secs(3);
/// How long it may be away then.
const AWAY: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Values that phones are known to tell to any computer. That one was told is said, and not what it was.
const VALUES: [(&str, &str); 6] = [
    ("name", "DeviceName"),
    ("model", "ProductType"),
    ("version", "ProductVersion"),
    ("identity", "UniqueDeviceID"),
    ("public_key", "DevicePublicKey"),
    ("wifi_address", "WiFiAddress"),
];

pub(super) async fn before(asked: Asked) -> Facts {
    let Asked { dialer, udid, .. } = asked;
    let provider = dialer.find(&udid).await?;
    let told = within(dialer.limits.connect, told_without_a_session(&provider)).await?;
    let mut facts: Vec<_> = VALUES.iter().zip(told.0).map(|((name, _), said)| word(name, said)).collect();
    facts.push(word("locked", told.1));
    let record = within(dialer.limits.mux, pair_record(&provider)).await;
    facts.push(word("pair_record", if record.is_ok() { "there" } else { "none" }));
    facts.push(word("session", outcome(&tried(&dialer, provider).await)));
    Ok(facts)
}

async fn told_without_a_session(provider: &UsbmuxdProvider) -> Result<(Vec<&'static str>, &'static str), PhoneError> {
    let mut lockdown = Lockdown::connect(provider).await?;
    let mut told = Vec::new();
    for (_, key) in VALUES {
        told.push(match lockdown.value(key).await {
            Ok(_) => "told",
            Err(error @ (PhoneError::Disconnected | PhoneError::TimedOut)) => return Err(error),
            Err(_) => "not told",
        });
    }
    let locked = lockdown.value("PasswordProtected").await.ok().and_then(|value| value.as_boolean());
    Ok((told, locked.map_or("not told", |locked| if locked { "yes" } else { "no" })))
}

/// Tries to start a session, in a task of its own: a stored record that contradicts itself makes the crate panic.
async fn tried(dialer: &Dialer, provider: UsbmuxdProvider) -> Result<(), PhoneError> {
    let limit = dialer.limits.connect;
    let session = tokio::spawn(async move { within(limit, trust(&provider)).await });
    session.await.unwrap_or(Err(PhoneError::Panicked))
}

/// Says how it went, in a word of ours.
fn outcome(result: &Result<(), PhoneError>) -> &'static str {
    match result {
        Ok(()) => "accepted",
        Err(PhoneError::NotTrusted) => "refused: not trusted",
        Err(PhoneError::Locked) => "refused: locked",
        Err(PhoneError::TrustPending) => "refused: the owner is being asked",
        Err(PhoneError::Declined(word)) if word == "PairingProhibitedOverThisConnection" => "refused: prohibited",
        Err(PhoneError::Declined(_)) => "refused: for another reason",
        Err(PhoneError::TimedOut) => "no answer",
        Err(PhoneError::Unplugged | PhoneError::Disconnected) => "the connection broke",
        Err(PhoneError::Panicked) => "the stored record cannot be used",
        Err(_) => "failed",
    }
}

/// Asks for trust, if that is wanted: without a private key, as the only way there is here. Tells what came of it, and whether
/// the phone left the cable over it, by the number that it has at the mux.
pub(super) async fn asked_for(asked: Asked, state: PhoneState, pairing: Option<Pairing>) -> Result<Facts, PhoneError> {
    let Some(pairing) = pairing else { return Ok(Err(why_not(state).into())) };
    let Asked { dialer, udid, .. } = asked;
    let number = dialer.find(&udid).await?.device_id;
    let began = Instant::now();
    let paired = pairing.await;
    let waited = began.elapsed().as_secs_f64();
    let reset = paired.is_ok() && left_the_cable(&dialer, &udid, number).await;
    Ok(Ok(vec![
        word("private_key_sent", "no"),
        word("pairing", outcome(&paired)),
        measure("answered_after_seconds", waited),
        word("usb_reset", if reset { "yes" } else { "no" }),
    ]))
}

fn why_not(state: PhoneState) -> &'static str {
    match state {
        PhoneState::Ready => "it trusts this computer already; no private key is ever sent",
        PhoneState::Locked => "it is locked",
        PhoneState::NotTrusted | PhoneState::TrustPending => "its owner was not to be asked: that takes --pair",
        PhoneState::Unreachable | PhoneState::Connecting | PhoneState::Ejected => "the phone does not answer",
    }
}

/// Tells whether the phone leaves the cable, and waits until it is back.
async fn left_the_cable(dialer: &Dialer, udid: &str, number: u32) -> bool {
    let (began, mut left) = (Instant::now(), false);
    while began.elapsed() < if left { AWAY } else { RESET } {
        match dialer.find(udid).await {
            Ok(provider) if provider.device_id != number => return true,
            Ok(_) => {}
            Err(_) => left = true,
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    left
}
