//! Asks a phone what it is and whether it trusts this computer, without ever asking its owner anything.

use crate::PhoneError;
use crate::dial::{Dialer, canonical_udid, says_locked, trust};
use crate::lockdown::Lockdown;
use crate::model_names::model_name;
use idevice::provider::UsbmuxdProvider;
use idevice::usbmuxd::UsbmuxdDevice;

/// What can be done with a phone now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneState {
    /// It can be read.
    Ready,
    /// It does not trust this computer.
    NotTrusted,
    /// Its owner is being asked.
    TrustPending,
    /// It must be unlocked.
    Locked,
    /// It is plugged in and does not answer.
    Unreachable,
    /// It was let go of and is left in peace: it can be unplugged.
    Ejected,
    /// It was plugged in just now and has not said yet how it is.
    Connecting,
}

/// A phone that is plugged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneInfo {
    /// Its identity: 24 to 40 hexadecimal digits and dashes.
    pub udid: String,
    /// The name its owner gave it, or "iPhone" where it does not say.
    pub name: String,
    /// The name it is sold under, such as "iPhone 13", or its code; empty where it does not say.
    pub model: String,
    /// The version of iOS, such as "17.5.1"; empty where it does not say.
    pub os: String,
    /// What can be done with it now.
    pub state: PhoneState,
}

impl PhoneInfo {
    /// Makes what is shown of a phone that said nothing of itself.
    pub(crate) fn unknown(udid: String, state: PhoneState) -> Self {
        Self { udid, name: "iPhone".to_owned(), model: String::new(), os: String::new(), state }
    }
}

/// Asks one phone, unless it was ejected. Two tasks, so that what is known of a phone stays known when the second question goes wrong.
pub(crate) async fn probe(dialer: Dialer, device: UsbmuxdDevice) -> PhoneInfo {
    if let Some(resting) = dialer.resting.info(&device) {
        return resting;
    }
    let provider = dialer.provider(&device);
    let told = tokio::spawn(limited(dialer.clone(), told_to_anyone(provider.clone())));
    let session = tokio::spawn(limited(dialer, async move { trust(&provider).await }));
    let told = told.await.ok().and_then(Result::ok).unwrap_or_default();
    // A panic here comes from a stored record that contradicts itself; a new pairing replaces it.
    let state = match session.await.map_or(PhoneState::NotTrusted, state_after) {
        // It could not even be asked to trust us: the first thing to do is to unlock it.
        PhoneState::NotTrusted if told.locked => PhoneState::Locked,
        state => state,
    };
    PhoneInfo {
        udid: canonical_udid(&device.udid),
        name: if told.name.trim().is_empty() { "iPhone".to_owned() } else { told.name },
        model: model_name(&told.model).to_owned(),
        os: told.os,
        state,
    }
}

/// What phones tell to any computer.
#[derive(Default)]
struct Told {
    name: String,
    model: String,
    os: String,
    locked: bool,
}

async fn limited<T>(dialer: Dialer, work: impl Future<Output = Result<T, PhoneError>>) -> Result<T, PhoneError> {
    crate::engine::within(dialer.limits.probe, work).await
}

async fn told_to_anyone(provider: UsbmuxdProvider) -> Result<Told, PhoneError> {
    let mut lockdown = Lockdown::connect(&provider).await?;
    let mut texts = [const { String::new() }; 3];
    for (text, key) in texts.iter_mut().zip(["DeviceName", "ProductType", "ProductVersion"]) {
        *text = lockdown.text(key).await.unwrap_or_default();
    }
    let locked = says_locked(&mut lockdown).await;
    let [name, model, os] = texts;
    Ok(Told { name, model, os, locked })
}

fn state_after(session: Result<(), PhoneError>) -> PhoneState {
    match session {
        Ok(()) => PhoneState::Ready,
        Err(PhoneError::NotTrusted) => PhoneState::NotTrusted,
        Err(PhoneError::TrustPending) => PhoneState::TrustPending,
        Err(PhoneError::Locked) => PhoneState::Locked,
        Err(_) => PhoneState::Unreachable,
    }
}
