//! The way to trust: an existing record first, else the question on the phone's screen.

use crate::PhoneError;
use crate::dial::{Dialer, trust};
use crate::engine::within;
use crate::lockdown::{HostNames, Lockdown};
use crate::phones::AskingMark;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

/// How long a phone may be away after its owner tapped Trust: some reset their USB connection then.
const RESET: Duration = Duration::from_secs(10);
/// How often a connection that broke during the question is made again.
const TRIES: u32 = 3;

/// How long a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Question {
    /// It is put on the phone's screen; what its owner says is learned another time.
    Once,
    /// Until it is answered.
    UntilAnswered,
}

/// Pairs with a phone unless it trusts this computer already. The mark is raised while its owner is being asked.
pub(crate) async fn pair(dialer: Dialer, udid: String, question: Question, mark: AskingMark) -> Result<(), PhoneError> {
    let mut tries = 0;
    loop {
        match trusted(&dialer, &udid).await {
            Err(PhoneError::NotTrusted) => (),
            result => return result,
        }
        mark.raise();
        tries += 1;
        match ask(&dialer, &udid, question).await {
            // The answer is out; whether the phone stays is another matter.
            Ok(()) | Err(PhoneError::Disconnected) if tries < TRIES => reappearance(&dialer, &udid).await?,
            result => return result,
        }
    }
}

async fn trusted(dialer: &Dialer, udid: &str) -> Result<(), PhoneError> {
    let provider = dialer.find(udid).await?;
    // A task of its own: a stored record that contradicts itself makes the crate panic, and is as good as none.
    let limit = dialer.limits.connect;
    let session = tokio::spawn(async move { within(limit, trust(&provider)).await });
    session.await.unwrap_or(Err(PhoneError::NotTrusted))
}

/// Asks the owner and stores the record. An unanswered question is repeated with the same keys.
async fn ask(dialer: &Dialer, udid: &str, question: Question) -> Result<(), PhoneError> {
    let provider = dialer.find(udid).await?;
    let mut mux = dialer.mux().await?;
    let buid = within(dialer.limits.mux, async { mux.get_buid().await.map_err(PhoneError::from_idevice) }).await?;
    let names = HostNames { host_id: host_id(&buid, udid), buid, udid: udid.to_owned() };
    let prepared = async {
        let mut lockdown = Lockdown::connect(&provider).await?;
        let credentials = lockdown.credentials(names).await?;
        Ok((lockdown, credentials))
    };
    // Keys take a while to make, which is not taken from the owner's time.
    let limit = dialer.limits.connect + dialer.limits.trust;
    let (mut lockdown, credentials) = within(limit, prepared).await?;
    let mut is_asking = false;
    let answer = async {
        match question {
            Question::Once => lockdown.pair(&credentials).await,
            Question::UntilAnswered => lockdown.pair_patiently(&credentials, &mut is_asking).await,
        }
    };
    let record = match within(dialer.limits.trust, answer).await {
        // It is the phone's owner who does not answer.
        Err(PhoneError::TimedOut) if is_asking => return Err(PhoneError::NotTrusted),
        record => record?,
    };
    let mut mux = dialer.mux().await?;
    // Under the name the mux itself has for the phone.
    let save = async { mux.save_pair_record(&provider.udid, record).await.map_err(PhoneError::from_idevice) };
    within(dialer.limits.mux, save).await
}

async fn reappearance(dialer: &Dialer, udid: &str) -> Result<(), PhoneError> {
    let listed = async {
        while dialer.find(udid).await.is_err() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    };
    within(RESET, listed).await.map_err(|_| PhoneError::Unplugged)
}

/// Makes the identity under which a phone knows this computer: a UUID, the same for the same pair of the two.
fn host_id(buid: &str, udid: &str) -> String {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, buid, udid).hash(&mut hasher);
        hasher.finish()
    };
    let (high, low) = (half(1), half(2));
    // The digits that mark a UUID as one without a meaning of its own (version 8, variant 1).
    let (high, low) = ((high & !0xF000) | 0x8000, (low & (u64::MAX >> 2)) | (1 << 63));
    format!(
        "{:08X}-{:04X}-{:04X}-{:04X}-{:012X}",
        high >> 32,
        (high >> 16) & 0xFFFF,
        high & 0xFFFF,
        low >> 48,
        low & 0xFFFF_FFFF_FFFF
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identity_is_a_uuid_and_stays_the_same() {
        let id = host_id("buid", "udid");
        assert_eq!(id, host_id("buid", "udid"));
        assert_ne!(id, host_id("buid", "other"));
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert!(id.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit()) && id.as_bytes()[14] == b'8', "{id}");
    }
}
