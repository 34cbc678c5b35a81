//! Trust given, pending, refused, revoked, and phones that are locked.

use crate::{describe, eventually, media, only, open, phones_at, state};
use domain::CancelFlag;
use iphone::{Limits, MuxAddress, PhoneError, PhoneInfo, PhoneState, Phones};
use iphone_sim::{At, Fault, LockState, TlsVersions, Trust};
use std::fs;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

#[test]
fn looking_at_a_phone_asks_nobody() {
    let media = media(&[]);
    let sim = describe(media.path()).name("Ada's phone").start().unwrap();
    let expected = PhoneInfo {
        udid: sim.udid().to_owned(),
        name: "Ada's phone".into(),
        model: "iPhone 13".into(),
        os: "17.5.1".into(),
        state: PhoneState::NotTrusted,
    };
    let phones = phones_at(sim.addr());
    assert_eq!(only(&phones), expected);
    assert_eq!(phones.open(sim.udid()).map(|_| ()), Err(PhoneError::NotTrusted));
    assert_eq!(sim.activity().pair_requests, 0);
}

#[test]
fn an_existing_record_is_used() {
    let media = media(&[]);
    let sim = describe(media.path()).start().unwrap();
    let phones = phones_at(sim.addr());
    assert_eq!(phones.pair(sim.udid(), &CancelFlag::default()), Ok(()));
    assert_eq!(state(&phones), PhoneState::Ready);
    assert_eq!(phones_at(sim.addr()).pair(sim.udid(), &CancelFlag::default()), Ok(()));
    assert_eq!(sim.activity().pair_requests, 1);
}

#[test]
fn the_question_is_visible_until_it_is_answered() {
    let media = media(&[]);
    let sim = describe(media.path()).trust(Trust::Pending).start().unwrap();
    let phones = phones_at(sim.addr());
    thread::scope(|threads| {
        let pairing = threads.spawn(|| phones.pair(sim.udid(), &CancelFlag::default()));
        eventually("the question is shown", || state(&phones) == PhoneState::TrustPending);
        sim.set_trust(Trust::Granted);
        assert_eq!(pairing.join().unwrap(), Ok(()));
    });
    assert_eq!(state(&phones), PhoneState::Ready);
}

#[test]
fn the_private_key_of_this_computer_never_reaches_a_phone() {
    let media = media(&[]);
    let sim = describe(media.path()).trust(Trust::Pending).start().unwrap();
    let phones = phones_at(sim.addr());
    assert_eq!(phones.ask(sim.udid()), Err(PhoneError::TrustPending));
    sim.set_trust(Trust::Granted);
    assert_eq!(phones.pair(sim.udid(), &CancelFlag::default()), Ok(()));
    let activity = sim.activity();
    assert_eq!((activity.pair_requests, activity.private_keys), (2, 0));
}

#[test]
fn asking_once_does_not_wait() {
    let media = media(&[]);
    let sim = describe(media.path()).trust(Trust::Pending).start().unwrap();
    let phones = phones_at(sim.addr());
    assert_eq!(phones.ask(sim.udid()), Err(PhoneError::TrustPending));
    assert_eq!(sim.activity().pair_requests, 1);
}

#[test]
fn waiting_for_trust_can_be_stopped() {
    let media = media(&[]);
    let sim = describe(media.path()).trust(Trust::Pending).start().unwrap();
    let phones = phones_at(sim.addr());
    let cancel = CancelFlag::default();
    thread::scope(|threads| {
        let pairing = threads.spawn(|| phones.pair(sim.udid(), &cancel));
        eventually("the question is shown", || sim.activity().pair_requests > 0);
        let stopped = Instant::now();
        cancel.cancel();
        assert_eq!(pairing.join().unwrap(), Err(PhoneError::Cancelled));
        assert!(stopped.elapsed() < Duration::from_secs(1));
    });
    eventually("nobody is asked", || state(&phones) == PhoneState::NotTrusted);
}

#[test]
fn a_question_that_nobody_answers_is_no_trust_and_no_silence_of_the_phone() {
    let media = media(&[]);
    let sim = describe(media.path()).trust(Trust::Pending).start().unwrap();
    let limits = Limits { trust: Duration::from_millis(300), ..Limits::default() };
    let phones = Phones::with_limits(MuxAddress::Tcp(sim.addr()), limits).unwrap();
    // The keys are made before the clock of the owner begins.
    assert_eq!(phones.pair(sim.udid(), &CancelFlag::default()), Err(PhoneError::NotTrusted));
    sim.inject(Fault::Stalls(At::next("Pair")));
    assert_eq!(phones.pair(sim.udid(), &CancelFlag::default()), Err(PhoneError::TimedOut));
}

#[test]
fn whoever_watches_hears_when_the_owner_is_asked_and_when_that_is_over() {
    let media = media(&[]);
    let sim = describe(media.path()).trust(Trust::Pending).start().unwrap();
    let phones = phones_at(sim.addr());
    let states = Arc::new(Mutex::new(Vec::new()));
    let (seen, asked) = (Arc::clone(&states), phones.clone());
    let _watch = phones.watch(move || seen.lock().unwrap().push(state(&asked))).unwrap();
    let last = || states.lock().unwrap().last().copied();
    eventually("it is there", || last() == Some(PhoneState::NotTrusted));
    thread::scope(|threads| {
        let pairing = threads.spawn(|| phones.pair(sim.udid(), &CancelFlag::default()));
        eventually("its owner is asked", || last() == Some(PhoneState::TrustPending));
        sim.set_trust(Trust::Denied);
        assert_eq!(pairing.join().unwrap(), Err(PhoneError::NotTrusted));
        eventually("its owner said no", || last() == Some(PhoneState::NotTrusted));
    });
}

#[test]
fn a_no_is_taken_as_a_no() {
    let media = media(&[]);
    let sim = describe(media.path()).trust(Trust::Denied).start().unwrap();
    let phones = phones_at(sim.addr());
    assert_eq!(phones.pair(sim.udid(), &CancelFlag::default()), Err(PhoneError::NotTrusted));
    sim.set_trust(Trust::Prohibited);
    let prohibited = PhoneError::Declined("PairingProhibitedOverThisConnection".into());
    assert_eq!(phones.pair(sim.udid(), &CancelFlag::default()), Err(prohibited));
}

#[test]
fn a_phone_that_resets_its_connection_on_trust_is_waited_for() {
    let media = media(&[]);
    let sim = describe(media.path()).trust(Trust::Pending).start().unwrap();
    let phones = phones_at(sim.addr());
    thread::scope(|threads| {
        let pairing = threads.spawn(|| phones.pair(sim.udid(), &CancelFlag::default()));
        eventually("the question is shown", || sim.activity().pair_requests > 0);
        sim.unplug();
        thread::sleep(Duration::from_millis(300));
        sim.set_trust(Trust::Granted);
        sim.replug();
        assert_eq!(pairing.join().unwrap(), Ok(()));
    });
    assert_eq!(state(&phones), PhoneState::Ready);
}

#[test]
fn revoked_trust_is_noticed() {
    let media = media(&[]);
    let sim = describe(media.path()).start().unwrap();
    open(&sim);
    let phones = phones_at(sim.addr());
    assert_eq!(state(&phones), PhoneState::Ready);
    sim.revoke_trust();
    assert_eq!(state(&phones), PhoneState::NotTrusted);
    assert_eq!(phones.open(sim.udid()).map(|_| ()), Err(PhoneError::NotTrusted));
    assert_eq!(phones.pair(sim.udid(), &CancelFlag::default()), Ok(()), "a stale record is replaced");
}

/// The phone has new keys of this computer, the computer its old ones: both know each other's names, and TLS alone tells.
/// Over TLS 1.3 the computer hears of the refusal after its own part of the greeting.
#[test]
fn a_record_that_could_not_be_kept_is_noticed_and_replaced() {
    for tls in [TlsVersions::Only12, TlsVersions::Only13] {
        let media = media(&[]);
        let sim = describe(media.path()).tls(tls).start().unwrap();
        drop(open(&sim));
        sim.revoke_trust();
        sim.inject(Fault::Stalls(At::next("SavePairRecord")));
        let limits = Limits { mux: Duration::from_secs(1), ..Limits::default() };
        let phones = Phones::with_limits(MuxAddress::Tcp(sim.addr()), limits).unwrap();
        assert_eq!(phones.pair(sim.udid(), &CancelFlag::default()), Err(PhoneError::TimedOut), "{tls:?}");
        sim.behave();
        assert_eq!(state(&phones), PhoneState::NotTrusted, "{tls:?}");
        assert_eq!(phones.open(sim.udid()).map(|_| ()), Err(PhoneError::NotTrusted), "{tls:?}");
        assert_eq!(phones.pair(sim.udid(), &CancelFlag::default()), Ok(()), "{tls:?}");
        assert_eq!(phones.open(sim.udid()).map(|_| ()), Ok(()), "{tls:?}");
    }
}

#[test]
fn a_phone_must_be_unlocked_once() {
    let media = media(&[]);
    let sim = describe(media.path()).start().unwrap();
    let phones = phones_at(sim.addr());
    sim.set_locked(LockState::Locked);
    assert_eq!(state(&phones), PhoneState::Locked, "a locked phone cannot be asked to trust anyone");
    assert_eq!(phones.pair(sim.udid(), &CancelFlag::default()), Err(PhoneError::Locked));
    sim.set_locked(LockState::Unlocked);
    open(&sim);
    sim.set_locked(LockState::BeforeFirstUnlock);
    assert_eq!(state(&phones), PhoneState::Locked);
    assert_eq!(phones.open(sim.udid()).map(|_| ()), Err(PhoneError::Locked));
    sim.set_locked(LockState::Locked);
    assert_eq!(state(&phones), PhoneState::Ready);
}

/// A record whose key and certificate do not belong together makes the crate for the protocol panic.
#[test]
fn a_record_that_contradicts_itself_is_replaced() {
    let (media, records) = (media(&[]), media(&[]));
    let keep = |sim: iphone_sim::Builder| sim.pair_records(records.path());
    let sim = keep(describe(media.path())).start().unwrap();
    let other = keep(describe(media.path()).udid("00000000-000A1B2C3D4E801E")).start().unwrap();
    drop([&sim, &other].map(open));
    let [mine, others] = [&sim, &other].map(|sim| records.path().join(format!("{}.plist", sim.udid())));
    let key = |text: &str| text.split_once("<key>HostPrivateKey</key>").and_then(|(_, rest)| between(rest)).unwrap();
    let (text, foreign) = (fs::read_to_string(&mine).unwrap(), fs::read_to_string(&others).unwrap());
    fs::write(&mine, text.replace(&key(&text), &key(&foreign))).unwrap();
    let phones = phones_at(sim.addr());
    assert_eq!(state(&phones), PhoneState::NotTrusted);
    assert_eq!(phones.pair(sim.udid(), &CancelFlag::default()), Ok(()));
    assert_eq!(state(&phones), PhoneState::Ready);
}

fn between(text: &str) -> Option<String> {
    let (data, _) = text.split_once("<data>")?.1.split_once("</data>")?;
    Some(data.to_owned())
}
