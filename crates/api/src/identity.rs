//! New identities and the time: the two things only this crate takes from the outside world.

use domain::{LibraryId, SessionId};
use jiff::Timestamp;

/// Returns the time as RFC 3339 in UTC, to the second.
pub(crate) fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The latest time that an identity can begin with.
const LATEST: u64 = 0xffff_ffff_ffff;

/// Makes an import's identity. It begins with the time in milliseconds, so that manifests sort by age, and comes after the
/// newest one of the library: what that says was put aside must not be taken for what is filed now, however far a clock was
/// ahead.
pub(crate) fn new_session(newest: Option<&SessionId>) -> SessionId {
    let now = Timestamp::now().as_millisecond().unsigned_abs();
    let after = newest.and_then(milliseconds).map_or(0, |newest| newest + 1);
    SessionId::new(format!("{:012x}{}", now.max(after).min(LATEST), &random_hex()[..20]))
}

fn milliseconds(session: &SessionId) -> Option<u64> {
    u64::from_str_radix(session.as_str().get(..12)?, 16).ok()
}

/// Tells when an import began by its identity, as RFC 3339 in UTC; empty where it does not say.
pub(crate) fn began(session: &SessionId) -> String {
    let time = milliseconds(session).and_then(|time| Timestamp::from_millisecond(time.cast_signed()).ok());
    time.map_or(String::new(), |time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// Makes a library's identity.
pub(crate) fn new_library() -> LibraryId {
    LibraryId::new(random_hex())
}

/// Makes 32 digits that nobody can guess who was not told. `None` when the system has no randomness to give.
pub(crate) fn secret() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(format!("{:032x}", u128::from_le_bytes(bytes)))
}

/// 32 hexadecimal digits nobody else has. The standard library's hasher keys come from the system's random source; time
/// and process are stirred in, for two makings in one process share a key and differ by a counter.
fn random_hex() -> String {
    use std::hash::{BuildHasher, RandomState};
    let stir = (Timestamp::now().as_nanosecond(), std::process::id());
    let halves = [RandomState::new().hash_one(stir), RandomState::new().hash_one(stir)];
    format!("{:016x}{:016x}", halves[0], halves[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_like_another() {
        let secrets: std::collections::BTreeSet<_> = (0..100).map(|_| secret().unwrap()).collect();
        assert!(secrets.len() == 100 && secrets.iter().all(|secret| secret.len() == 32));
    }

    #[test]
    fn identities_are_well_formed_new_and_in_order() {
        let first = new_session(None);
        std::thread::sleep(std::time::Duration::from_millis(2));
        let second = new_session(None);
        assert!(first < second);
        let ahead = SessionId::new("0fff00000000ffffffffffffffffffff");
        let third = new_session(Some(&ahead));
        assert_eq!((third > ahead, SessionId::parse(third.as_str())), (true, Ok(third.clone())));
        let last = new_session(Some(&SessionId::new("f".repeat(32))));
        assert_eq!(SessionId::parse(last.as_str()), Ok(last));
        assert_eq!(SessionId::parse(first.as_str()), Ok(first));
        assert_eq!(began(&SessionId::new("018bcfe568000123456789abcdef0123")), "2023-11-14T22:13:20Z");
        let (a, b) = (new_library(), new_library());
        assert_ne!(a, b);
        assert_eq!(LibraryId::parse(a.as_str()), Ok(a));
    }
}
