//! Trust: what the phone answers a computer that wants to be its host.

use std::sync::atomic::Ordering::Relaxed;

use plist::{Dictionary, Value};

use super::{Refusal, done};
use crate::device::Device;
use crate::host_record::HostRecord;
use crate::plists::{dict, text};
use crate::tls::DEVICE_PUBLIC_KEY_DER;
use crate::{LockState, Trust};

const ESCROW_BAG: [u8; 32] = [0x5a; 32];

/// Answers `Pair` as the person at the phone decided.
pub(super) fn pair(device: &Device, request: &Dictionary) -> Result<Dictionary, Refusal> {
    device.counters.pair_requests.fetch_add(1, Relaxed);
    if holds_private_key(request) {
        device.counters.private_keys.fetch_add(1, Relaxed);
    }
    let mut state = device.state();
    if state.lock != LockState::Unlocked {
        return Err("PasswordProtected");
    }
    match state.trust {
        Trust::Granted => {}
        Trust::Pending => return Err("PairingDialogResponsePending"),
        Trust::Denied => return Err("UserDeniedPairing"),
        Trust::Prohibited => return Err("PairingProhibitedOverThisConnection"),
    }
    let host = record(request)?;
    if !host.certifies(DEVICE_PUBLIC_KEY_DER) {
        return Err("InvalidPairRecord");
    }
    state.hosts.trust(host);
    Ok(dict([("EscrowBag", Value::Data(ESCROW_BAG.to_vec()))]))
}

/// Answers `ValidatePair`, which only clients of old systems ask.
pub(super) fn validate(device: &Device, request: &Dictionary) -> Result<Dictionary, Refusal> {
    let host = record(request)?;
    device.state().hosts.get(&host.host_id).map(|_| done()).ok_or("InvalidHostID")
}

pub(super) fn unpair(device: &Device, request: &Dictionary) -> Result<Dictionary, Refusal> {
    let record = request.get("PairRecord").and_then(Value::as_dictionary).ok_or("MissingPairRecord")?;
    let host_id = text(record, "HostID").ok_or("MissingHostID")?;
    if device.state().hosts.forget(host_id) { Ok(done()) } else { Err("InvalidHostID") }
}

/// Looks everywhere: at names, and for the first line of a key (PEM).
fn holds_private_key(list: &Dictionary) -> bool {
    const BEGIN: &[u8] = b"PRIVATE KEY";
    list.iter().any(|(name, value)| {
        let inside = match value {
            Value::Dictionary(inner) => holds_private_key(inner),
            Value::Data(data) => data.windows(BEGIN.len()).any(|window| window == BEGIN),
            _ => false,
        };
        inside || name.contains("PrivateKey")
    })
}

fn record(request: &Dictionary) -> Result<HostRecord, Refusal> {
    let record = request.get("PairRecord").and_then(Value::as_dictionary).ok_or("MissingPairRecord")?;
    HostRecord::read(record).ok_or("InvalidPairRecord")
}
