//! Phones that come and go, and muxes that do.

use crate::{describe, eventually, impatient_phones_at, media, open, phones_at, state};
use iphone::{MuxAddress, PhoneError, PhoneState, Phones};
use iphone_sim::LockState;
use std::fs;
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

const PHOTO: &str = "DCIM/100APPLE/IMG_0001.JPG";

#[test]
fn a_phone_that_comes_or_goes_is_noticed_within_a_second() {
    let media = media(&[]);
    let sim = describe(media.path()).start().unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let count = move || {
        counted.fetch_add(1, Ordering::SeqCst);
    };
    let phones = phones_at(sim.addr());
    let watch = phones.watch(count).unwrap();
    let calls = || calls.load(Ordering::SeqCst);
    eventually("the phone that is there is reported", || calls() > 0);
    // Until it has been asked for its state, too.
    thread::sleep(Duration::from_millis(3000));
    for act in [|s: &iphone_sim::RunningPhone| s.unplug(), |s: &iphone_sim::RunningPhone| s.replug()] {
        let (before, start) = (calls(), Instant::now());
        act(&sim);
        eventually("a change is reported", || calls() > before);
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    }
    drop(watch);
    thread::sleep(Duration::from_millis(100));
    let before = calls();
    sim.unplug();
    thread::sleep(Duration::from_millis(300));
    assert_eq!(calls(), before, "a watch that was dropped is silent");
}

#[test]
fn a_phone_that_is_unlocked_is_noticed() {
    let media = media(&[]);
    let sim = describe(media.path()).lock_state(LockState::BeforeFirstUnlock).start().unwrap();
    let phones = phones_at(sim.addr());
    let states = Arc::new(Mutex::new(Vec::new()));
    let (seen, asked) = (Arc::clone(&states), phones.clone());
    let note = move || seen.lock().unwrap().push(state(&asked));
    let _watch = phones.watch(note).unwrap();
    let last = || states.lock().unwrap().last().copied();
    eventually("it is locked", || last() == Some(PhoneState::Locked));
    sim.set_locked(LockState::Unlocked);
    eventually("it is not", || last() == Some(PhoneState::NotTrusted));
    phones.ask(sim.udid()).unwrap();
    eventually("it can be read", || last() == Some(PhoneState::Ready));
}

#[test]
fn a_watch_survives_a_restart_of_the_mux() {
    let media = media(&[]);
    let sim = describe(media.path()).start().unwrap();
    let address = sim.addr();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let count = move || {
        counted.fetch_add(1, Ordering::SeqCst);
    };
    let _watch = phones_at(address).watch(count).unwrap();
    let calls = || calls.load(Ordering::SeqCst);
    eventually("the first mux is heard", || calls() > 0);
    let before = calls();
    drop(sim);
    eventually("its end is heard", || calls() > before);
    let before = calls();
    let _sim = describe(media.path()).listen(address).start().unwrap();
    eventually("the second mux is heard", || calls() > before);
}

#[test]
fn without_a_mux_the_user_is_told_what_to_do() {
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let Err(PhoneError::NoMux(help)) = phones_at(unused).devices() else { panic!("there is no mux") };
    assert!(help.contains(&unused.to_string()) && help.contains("start"), "{help}");
}

#[cfg(unix)]
#[test]
fn a_mux_behind_a_unix_socket_is_found() {
    let media = media(&[]);
    let path = media.path().join("mux");
    let _sim = describe(media.path()).unix_socket(&path).start().unwrap();
    let address = MuxAddress::parse(Some(&format!("UNIX:{}", path.display()))).unwrap();
    assert_eq!(Phones::new(address).unwrap().devices().unwrap().len(), 1);
}

#[test]
fn two_phones_are_told_apart() {
    let (one, two) = (media(&[("DCIM/one", b"1")]), media(&[("DCIM/two", b"2")]));
    let first = describe(one.path()).start().unwrap();
    let second = describe(two.path()).udid("ffffffff-000A1B2C3D4E801E").start_beside(&first).unwrap();
    let udids: Vec<String> = phones_at(first.addr()).devices().unwrap().into_iter().map(|d| d.udid).collect();
    assert_eq!(udids, [first.udid(), second.udid()]);
    assert_eq!(open(&second).list_dir(b"/DCIM"), Ok(vec![b"two".to_vec()]));
    assert_eq!(open(&first).list_dir(b"/DCIM"), Ok(vec![b"one".to_vec()]));
}

#[test]
fn a_mux_that_leaves_out_the_dash_lists_the_same_phone() {
    let media = media(&[("DCIM/a", b"")]);
    let sim = describe(media.path()).udid("00008110000A1B2C3D4E801E").start().unwrap();
    let phones = phones_at(sim.addr());
    let udid = phones.devices().unwrap().remove(0).udid;
    assert_eq!(udid, "00008110-000A1B2C3D4E801E");
    phones.ask(&udid).unwrap();
    assert_eq!(phones.open(&udid).unwrap().list_dir(b"/DCIM"), Ok(vec![b"a".to_vec()]));
}

#[test]
fn work_goes_on_when_the_phone_is_plugged_in_again() {
    let media = media(&[(PHOTO, &[7; 3000])]);
    let sim = describe(media.path()).start().unwrap();
    let phone = open(&sim);
    let path = format!("/{PHOTO}").into_bytes();
    let mut file = phone.open_file(&path).unwrap();
    assert_eq!(file.read_at(0, 1000).unwrap().len(), 1000);
    sim.unplug();
    assert_eq!(file.read_at(1000, 1000), Err(PhoneError::Unplugged));
    assert_eq!(phone.list_dir(b"/DCIM"), Err(PhoneError::Unplugged));
    assert_eq!(phones_at(sim.addr()).open(sim.udid()).map(|_| ()), Err(PhoneError::Unplugged));
    sim.replug();
    assert_eq!(phone.list_dir(b"/DCIM"), Ok(vec![b"100APPLE".to_vec()]));
    assert_eq!(file.read_at(1000, 1000), Ok(vec![7; 1000]));
}

#[test]
fn a_file_that_became_another_meanwhile_is_not_read_on() {
    let media = media(&[(PHOTO, &[7; 3000])]);
    let sim = describe(media.path()).start().unwrap();
    let mut file = open(&sim).open_file(format!("/{PHOTO}").as_bytes()).unwrap();
    assert_eq!(file.read_at(0, 1000).unwrap().len(), 1000);
    sim.unplug();
    fs::write(media.path().join(PHOTO), [8; 4000]).unwrap();
    sim.replug();
    assert_eq!(file.read_at(1000, 1000), Err(PhoneError::Changed));
}

#[test]
fn when_the_mux_dies_the_phone_is_gone() {
    let media = media(&[(PHOTO, &[7; 3000])]);
    let sim = describe(media.path()).start().unwrap();
    let phone = open(&sim);
    let address = sim.addr();
    drop(sim);
    assert_eq!(phone.list_dir(b"/DCIM"), Err(PhoneError::Unplugged));
    assert!(matches!(impatient_phones_at(address).devices(), Err(PhoneError::NoMux(_))));
}

#[test]
fn an_ejected_phone_is_gone_for_whoever_still_holds_it() {
    let media = media(&[(PHOTO, b"photo")]);
    let sim = describe(media.path()).start().unwrap();
    let phones = phones_at(sim.addr());
    phones.ask(sim.udid()).unwrap();
    let phone = phones.open(sim.udid()).unwrap();
    let mut file = phone.open_file(PHOTO.as_bytes()).unwrap();
    let _watch = phones.watch(|| {}).unwrap();
    phones.eject(sim.udid()).unwrap();
    phone.hang_up().unwrap();
    eventually("all is closed", || sim.open_connections() == 0);
    let made = sim.connections_made();
    assert_eq!(phone.disk(), Err(PhoneError::Unplugged));
    assert_eq!(phone.list_dir(b"/DCIM"), Err(PhoneError::Unplugged));
    assert_eq!(file.read_at(0, 10), Err(PhoneError::Unplugged));
    assert_eq!(state(&phones), PhoneState::Ejected);
    thread::sleep(Duration::from_millis(4500));
    assert_eq!((sim.open_connections(), sim.connections_made()), (0, made));
    assert_eq!(phones.open(sim.udid()).unwrap().list_dir(b"/DCIM").unwrap(), [b"100APPLE"]);
}
