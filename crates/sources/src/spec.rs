//! Which source the user means, and the way to it.

use crate::iphone::whole;
use crate::{FolderSource, IphoneSource, SharedAlbums};
use domain::{CancelFlag, Source, SourceError};
use iphone::{PhoneInfo, PhoneState, Phones};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A source as the user names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceSpec {
    /// The one iPhone that is plugged in.
    AnyIphone,
    /// The iPhone with this identity.
    Iphone(String),
    /// A folder.
    Folder(PathBuf),
}

impl SourceSpec {
    /// Reads `iphone`, `iphone:UDID`, a bare UDID, `folder:/path` or the path of a folder. A folder named like a phone is
    /// written `./iphone`.
    pub fn parse(text: &str) -> Self {
        if text == "iphone" {
            return Self::AnyIphone;
        }
        if let Some(udid) = text.strip_prefix("iphone:") {
            return Self::Iphone(udid.to_owned());
        }
        let path = PathBuf::from(text.strip_prefix("folder:").unwrap_or(text));
        // `keepsake devices` prints identities; one is taken as it is unless it names a folder.
        if iphone::is_udid(text) && !path.exists() {
            return Self::Iphone(text.to_owned());
        }
        Self::Folder(path)
    }
}

/// What opening a source needs besides its name.
pub struct Opening<'a> {
    /// Where phones are looked for.
    pub phones: &'a Phones,
    /// The folder for copies of the databases of phones; each phone has one of its own in it.
    pub cache: &'a Path,
    /// Whether the shared albums of a phone are listed.
    pub shared: SharedAlbums,
    /// What becomes of a phone that is locked.
    pub locked: WhenLocked,
    /// Ends the waiting for an answer.
    pub cancel: &'a CancelFlag,
}

/// What becomes of a phone that is locked and lets nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenLocked {
    /// It is not opened: `Locked`.
    Refused,
    /// It is waited for until it is unlocked or gone.
    WaitedFor,
}

/// How often a phone that is waited for is tried.
const TRY_EVERY: Duration = Duration::from_secs(1);

/// Opens a source. A phone that does not trust this computer is asked to, and one that is locked is waited for if that is
/// wanted; `waiting` is called before that with the error that says what its owner has to do, and the call then lasts until
/// that is done or the user cancels.
pub fn open(
    spec: &SourceSpec,
    opening: &Opening<'_>,
    waiting: &mut dyn FnMut(SourceError),
) -> Result<Box<dyn Source>, SourceError> {
    let mut told = None;
    loop {
        let tell = &mut |error: SourceError| {
            if told.as_ref() != Some(&error) {
                told = Some(error.clone());
                waiting(error);
            }
        };
        match open_now(spec, opening, tell) {
            Err(locked @ SourceError::Locked(_)) if opening.locked == WhenLocked::WaitedFor => {
                tell(locked);
                pause(opening.cancel)?;
            }
            opened => return opened,
        }
    }
}

fn pause(cancel: &CancelFlag) -> Result<(), SourceError> {
    let begun = Instant::now();
    while begun.elapsed() < TRY_EVERY {
        if cancel.is_cancelled() {
            return Err(SourceError::Cancelled);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn open_now(
    spec: &SourceSpec,
    opening: &Opening<'_>,
    waiting: &mut dyn FnMut(SourceError),
) -> Result<Box<dyn Source>, SourceError> {
    let Opening { phones, cache, shared, cancel, .. } = *opening;
    let phone = match spec {
        SourceSpec::Folder(path) => return Ok(Box::new(FolderSource::open(path)?)),
        SourceSpec::AnyIphone => find_phone(phones, None)?,
        SourceSpec::Iphone(udid) => find_phone(phones, Some(udid))?,
    };
    if matches!(phone.state, PhoneState::NotTrusted | PhoneState::TrustPending) {
        waiting(SourceError::TrustPending(phone.name.clone()));
        phones.pair(&phone.udid, cancel).map_err(|e| whole(e, &phone.name))?;
    }
    if cancel.is_cancelled() {
        return Err(SourceError::Cancelled);
    }
    match IphoneSource::open(phones, &phone.udid, cache) {
        Ok(source) => Ok(Box::new(source.listing(shared))),
        Err(error) => Err(named(error, &phone.name)),
    }
}

/// Finds the phone with an identity, or the only one. Without an identity the only phone that is ready wins over others.
pub fn find_phone(phones: &Phones, udid: Option<&str>) -> Result<PhoneInfo, SourceError> {
    if let Some(udid) = udid {
        return phones.device(udid).map_err(|e| whole(e, &format!("iPhone {udid}")));
    }
    let listed = phones.devices().map_err(|e| whole(e, "the iPhone"))?;
    let (ready, others): (Vec<_>, Vec<_>) = listed.into_iter().partition(|p| p.state == PhoneState::Ready);
    let mut candidates = if ready.is_empty() { others } else { ready };
    match (candidates.pop(), candidates.len()) {
        (Some(phone), 0) => Ok(phone),
        (None, _) => Err(SourceError::Unusable(NO_PHONE.to_owned())),
        (Some(phone), _) => {
            candidates.push(phone);
            let names: Vec<String> = candidates.iter().map(|p| format!("iphone:{} ({})", p.udid, p.name)).collect();
            Err(SourceError::Unusable(format!("several iPhones are connected; say which one: {}", names.join(", "))))
        }
    }
}

const NO_PHONE: &str = "no iPhone is connected: plug one in with a cable, unlock it and tap Trust";

/// Puts the name its owner gave it in place of its identity.
fn named(error: SourceError, name: &str) -> SourceError {
    match error {
        SourceError::Unplugged(_) => SourceError::Unplugged(name.to_owned()),
        SourceError::NotTrusted(_) => SourceError::NotTrusted(name.to_owned()),
        SourceError::TrustPending(_) => SourceError::TrustPending(name.to_owned()),
        SourceError::Locked(_) => SourceError::Locked(name.to_owned()),
        SourceError::TimedOut(_) => SourceError::TimedOut(name.to_owned()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_name_a_source_is_read() {
        assert_eq!(SourceSpec::parse("iphone"), SourceSpec::AnyIphone);
        assert_eq!(SourceSpec::parse("iphone:0000-1"), SourceSpec::Iphone("0000-1".into()));
        let udid = "00008110-000A1B2C3D4E801E";
        assert_eq!(SourceSpec::parse(udid), SourceSpec::Iphone(udid.into()));
        assert_eq!(SourceSpec::parse("folder:/a b"), SourceSpec::Folder("/a b".into()));
        assert_eq!(SourceSpec::parse("/media/card"), SourceSpec::Folder("/media/card".into()));
        assert_eq!(SourceSpec::parse("./iphone"), SourceSpec::Folder("./iphone".into()));
    }
}
