//! The phones that are plugged in.

use crate::dial::{Dialer, canonical_udid, is_udid};
use crate::engine::{Engine, Limits};
use crate::pairing::{self, Question};
use crate::probe::{PhoneInfo, PhoneState, probe};
use crate::report::{self, DeviceReport};
use crate::resting::Resting;
use crate::roster::{Noted, Roster};
use crate::watch::{self, WatchGuard};
use crate::{MuxAddress, Phone, PhoneError};
use domain::CancelFlag;
use idevice::usbmuxd::UsbmuxdDevice;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;

/// More phones than this are not asked: a mux that lists more is not telling the truth.
pub(crate) const MOST_PHONES: usize = 64;

/// Whether a report may ask a phone's owner to trust this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskForTrust {
    /// Only what can be known without.
    No,
    /// If it does not yet; the owner's answer is waited for.
    Yes,
}

/// Finds phones at one mux. Clones share everything.
#[derive(Debug, Clone)]
pub struct Phones {
    engine: Engine,
    dialer: Dialer,
    roster: Roster,
    /// The phones whose owner is being asked by us.
    asking: Arc<Mutex<BTreeSet<String>>>,
}

impl Phones {
    /// Prepares to talk to the phones of a mux; nothing is connected yet.
    pub fn new(address: MuxAddress) -> Result<Self, PhoneError> {
        Self::with_limits(address, Limits::default())
    }

    /// Prepares to talk to the phones of a mux with other time limits.
    pub fn with_limits(address: MuxAddress, limits: Limits) -> Result<Self, PhoneError> {
        let dialer = Dialer { address, limits, resting: Resting::default() };
        Ok(Self { engine: Engine::new()?, dialer, roster: Roster::default(), asking: Arc::default() })
    }

    /// Lists the phones on USB, each asked for what it is within a limit of its own; one that hangs is listed as
    /// unreachable and does not hold up the others. `NoMux` when there is nobody to ask and
    /// nobody will be when a phone is plugged in.
    pub fn devices(&self) -> Result<Vec<PhoneInfo>, PhoneError> {
        self.shown(self.engine.run(probe_all(self.dialer.clone())))
    }

    /// Lists the phones on USB, and waits for what they say of themselves no longer than `patience` in all. One that takes
    /// longer is listed as it was when it was asked last, at first as `Connecting`, and a [watch](Self::watch) is called when
    /// it turns out to be another. Errors as [`Phones::devices`].
    pub fn glance(&self, patience: Duration) -> Result<Vec<PhoneInfo>, PhoneError> {
        self.shown(self.engine.run(glance(self.dialer.clone(), self.roster.clone(), patience)))
    }

    /// Lists the identities of the phones on USB by what the mux says alone: no phone is asked anything.
    pub fn plugged_in(&self) -> Result<Vec<String>, PhoneError> {
        let dialer = self.dialer.clone();
        let listed = self.none_without_mux(self.engine.run(async move { dialer.listed().await }))?;
        Ok(listed.iter().map(|device| canonical_udid(&device.udid)).collect())
    }

    /// Asks one phone what it is; the others are left alone. `Unplugged` when it is not there.
    pub fn device(&self, udid: &str) -> Result<PhoneInfo, PhoneError> {
        let info = self.engine.run(probe_one(self.dialer.clone(), udid.to_owned()));
        self.shown(info.map(|info| vec![info]))?.pop().ok_or(PhoneError::Unplugged)
    }

    /// Asks a phone again how it is, as after it could not be read, and does not wait for the answer: a
    /// [watch](Self::watch) is called when it is another than before.
    pub fn look_again(&self, udid: &str) {
        let (dialer, roster, udid) = (self.dialer.clone(), self.roster.clone(), canonical_udid(udid));
        self.engine.handle().spawn(async move {
            let listed = dialer.listed().await.unwrap_or_default();
            if let Some(device) = listed.into_iter().find(|d| canonical_udid(&d.udid) == udid) {
                look(dialer, roster, device).await;
            }
        });
    }

    /// Shows phones as being asked whose owner is asked by us.
    fn shown(&self, infos: Result<Vec<PhoneInfo>, PhoneError>) -> Result<Vec<PhoneInfo>, PhoneError> {
        let mut infos = self.none_without_mux(infos)?;
        let asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        for info in &mut infos {
            if asking.contains(&info.udid) && info.state == PhoneState::NotTrusted {
                info.state = PhoneState::TrustPending;
            }
        }
        Ok(infos)
    }

    /// Where the mux comes with the first phone, there is none without it.
    fn none_without_mux<T>(&self, listed: Result<Vec<T>, PhoneError>) -> Result<Vec<T>, PhoneError> {
        match listed {
            Err(PhoneError::NoMux(_)) if self.dialer.address.waits_for_a_phone() => Ok(Vec::new()),
            listed => listed,
        }
    }

    /// Calls `on_change` from a thread of its own after a phone was plugged in, unplugged or paired, after the mux came or
    /// went, when the owner of one is asked for trust and when that is over, and, some seconds later, after a phone was
    /// unlocked or came to trust this computer; at least once at the start for the phones that are there. Goes on until the
    /// guard is dropped.
    pub fn watch(&self, on_change: impl FnMut() + Send + 'static) -> Result<WatchGuard, PhoneError> {
        watch::start(&self.engine, self.dialer.clone(), &self.roster, on_change)
    }

    /// Makes sure that a phone trusts this computer. An existing pair record is tried first; only when there is none, or
    /// the phone has forgotten it, its owner is asked, and meanwhile [`Phones::devices`] says `TrustPending`.
    /// `NotTrusted` when the owner says no, or nothing for as long as the limit for that; `Locked` when the phone must be unlocked before it can ask.
    pub fn pair(&self, udid: &str, cancel: &CancelFlag) -> Result<(), PhoneError> {
        self.engine.until(cancel).run(self.question(udid, Question::UntilAnswered))
    }

    /// Puts the question of trust on a phone's screen unless it trusts this computer already, and does not wait for an
    /// answer: `TrustPending` is the usual error, `Ok` means trusted. Costs a new pair of keys; not for asking repeatedly.
    pub fn ask(&self, udid: &str) -> Result<(), PhoneError> {
        self.engine.run(self.question(udid, Question::Once))
    }

    /// Lets go of a phone: from now on nothing connects to it, not even to ask for its name, until it is opened again or
    /// plugged in anew. Connections that are there stay; [`Phone::hang_up`] closes them.
    pub fn eject(&self, udid: &str) -> Result<(), PhoneError> {
        let dialer = self.dialer.clone();
        let udid = canonical_udid(udid);
        self.engine.run(async move {
            let listed = dialer.listed().await?;
            let device = listed.into_iter().find(|d| canonical_udid(&d.udid) == udid).ok_or(PhoneError::Unplugged)?;
            let info = probe(dialer.clone(), device.clone()).await;
            dialer.resting.lay(&device, info);
            Ok(())
        })
    }

    /// Ends what [`Phones::eject`] began; fine for a phone that was not ejected.
    pub fn wake(&self, udid: &str) {
        self.dialer.resting.wake(udid);
        self.roster.wake(&canonical_udid(udid));
    }

    /// Opens a phone for reading; one that was ejected is used again. Errors say what stands in the way.
    pub fn open(&self, udid: &str) -> Result<Phone, PhoneError> {
        if !is_udid(udid) {
            return Err(PhoneError::Unplugged);
        }
        self.wake(udid);
        let info = self.engine.run(probe_ready(self.dialer.clone(), udid.to_owned()))?;
        Phone::open(self.engine.clone(), self.dialer.clone(), info)
    }

    /// Asks a phone what it does where the protocols leave it open: reads only, and nothing of what is told has names or
    /// contents. `told` hears each question before it is asked. Takes up to some minutes. What can only be asked of a phone
    /// that trusts this computer is asked of no other. Errors when it is not there, or with `Cancelled`.
    pub fn report(
        &self,
        udid: &str,
        trust: AskForTrust,
        told: &mut dyn FnMut(&'static str),
        cancel: &CancelFlag,
    ) -> Result<DeviceReport, PhoneError> {
        if !is_udid(udid) {
            return Err(PhoneError::Unplugged);
        }
        self.wake(udid);
        let pairing = (trust == AskForTrust::Yes).then(|| self.question(udid, Question::UntilAnswered));
        let pairing = pairing.map(|question| Box::pin(question) as report::Pairing);
        report::report(&self.engine.until(cancel), &self.dialer, udid, pairing, told)
    }

    fn question(&self, udid: &str, question: Question) -> impl Future<Output = Result<(), PhoneError>> + 'static {
        let (asking, roster) = (Arc::clone(&self.asking), self.roster.clone());
        let mark = AskingMark { udid: canonical_udid(udid), asking, roster };
        pairing::pair(self.dialer.clone(), udid.to_owned(), question, mark)
    }
}

/// Shows a phone as being asked for as long as it is [raised](AskingMark::raise) and alive. Whoever watches hears of both.
#[derive(Debug)]
pub(crate) struct AskingMark {
    udid: String,
    asking: Arc<Mutex<BTreeSet<String>>>,
    roster: Roster,
}

impl AskingMark {
    pub(crate) fn raise(&self) {
        if self.asking.lock().unwrap_or_else(PoisonError::into_inner).insert(self.udid.clone()) {
            self.roster.ring();
        }
    }
}

impl Drop for AskingMark {
    fn drop(&mut self) {
        if self.asking.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.udid) {
            self.roster.ring();
        }
    }
}

async fn probe_all(dialer: Dialer) -> Result<Vec<PhoneInfo>, PhoneError> {
    let mut tasks = JoinSet::new();
    let listed = dialer.listed().await?;
    dialer.resting.keep(&listed);
    for device in listed.into_iter().take(MOST_PHONES) {
        tasks.spawn(probe(dialer.clone(), device));
    }
    let mut infos = Vec::new();
    while let Some(joined) = tasks.join_next().await {
        infos.extend(joined);
    }
    infos.sort_by(|a, b| a.udid.cmp(&b.udid));
    Ok(infos)
}

async fn glance(dialer: Dialer, roster: Roster, patience: Duration) -> Result<Vec<PhoneInfo>, PhoneError> {
    let mut listed = dialer.listed().await?;
    listed.truncate(MOST_PHONES);
    dialer.resting.keep(&listed);
    roster.keep(&listed);
    let deadline = tokio::time::Instant::now() + patience;
    let is_late = Arc::new(AtomicBool::new(false));
    // Tasks of their own, which go on when they are no longer waited for.
    let ask = |device: UsbmuxdDevice| {
        let (dialer, roster, is_late) = (dialer.clone(), roster.clone(), Arc::clone(&is_late));
        tokio::spawn(async move {
            let question = roster.question();
            let info = probe(dialer, device.clone()).await;
            // Who still waits sees it without being called.
            if roster.note(&device, question, info) == Noted::Changed && is_late.load(Ordering::SeqCst) {
                roster.ring();
            }
        })
    };
    for asked in listed.iter().cloned().map(ask).collect::<Vec<_>>() {
        let _ = tokio::time::timeout_at(deadline, asked).await;
    }
    is_late.store(true, Ordering::SeqCst);
    let mut infos: Vec<PhoneInfo> = listed.iter().map(|device| roster.info(device)).collect();
    infos.sort_by(|a, b| a.udid.cmp(&b.udid));
    Ok(infos)
}

/// Asks a phone how it is, and calls everyone who watches when that is new.
pub(crate) async fn look(dialer: Dialer, roster: Roster, device: UsbmuxdDevice) {
    let question = roster.question();
    let info = probe(dialer, device.clone()).await;
    if roster.note(&device, question, info) == Noted::Changed {
        roster.ring();
    }
}

pub(crate) async fn probe_one(dialer: Dialer, udid: String) -> Result<PhoneInfo, PhoneError> {
    // People type it with or without its dash, in large or small letters.
    let digits = |udid: &str| udid.replace('-', "").to_ascii_lowercase();
    let wanted = digits(&udid);
    let listed = dialer.listed().await?;
    let device = listed.into_iter().find(|d| digits(&d.udid) == wanted).ok_or(PhoneError::Unplugged)?;
    Ok(probe(dialer, device).await)
}

async fn probe_ready(dialer: Dialer, udid: String) -> Result<PhoneInfo, PhoneError> {
    let info = probe_one(dialer, udid).await?;
    match info.state {
        PhoneState::Ready => Ok(info),
        PhoneState::NotTrusted => Err(PhoneError::NotTrusted),
        PhoneState::TrustPending => Err(PhoneError::TrustPending),
        PhoneState::Locked => Err(PhoneError::Locked),
        PhoneState::Unreachable | PhoneState::Connecting => Err(PhoneError::TimedOut),
        PhoneState::Ejected => Err(PhoneError::Unplugged),
    }
}
