//! What a client says when the phone refuses.

use iphone_sim::{Fault, LockState, Phone, Trust};

use crate::bench::Bench;
use crate::tree::{digest, phone_media};

#[test]
fn each_refusal_to_pair_is_understood() {
    let media = phone_media();
    let bench = Bench::new(Phone::builder().media(media.path()).trust(Trust::Pending));
    let pair = || bench.run("idevicepair", &["pair"]);
    pair().fails_with("Please accept the trust dialog");
    bench.phone.set_trust(Trust::Denied);
    pair().fails_with("denied the trust dialog");
    bench.phone.set_locked(LockState::Locked);
    pair().fails_with("passcode is set");
    bench.phone.set_locked(LockState::Unlocked);
    bench.phone.set_trust(Trust::Granted);
    assert!(pair().works().contains("SUCCESS"));
}

#[test]
fn a_phone_locked_since_it_was_switched_on_starts_no_session() {
    let media = phone_media();
    let bench = Bench::new(Phone::builder().media(media.path()));
    bench.run("idevicepair", &["pair"]).works();
    bench.phone.set_locked(LockState::BeforeFirstUnlock);
    bench.run("ideviceinfo", &["-k", "SerialNumber"]).fails_with("Could not connect to lockdownd");
    bench.phone.set_locked(LockState::Locked);
    assert!(bench.run("ideviceinfo", &["-k", "SerialNumber"]).works().contains("SIMULATED01"));
}

#[test]
fn revoked_trust_is_noticed() {
    let media = phone_media();
    let bench = Bench::new(Phone::builder().media(media.path()));
    bench.run("idevicepair", &["pair"]).works();
    bench.phone.revoke_trust();
    bench.run("idevicepair", &["validate"]).fails_with("not paired");
}

#[test]
fn an_unplugged_phone_is_not_listed_and_comes_back() {
    let media = phone_media();
    let bench = Bench::new(Phone::builder().media(media.path()));
    bench.phone.unplug();
    assert_eq!(bench.run("idevice_id", &["-l"]).text.trim(), "");
    bench.phone.replug();
    assert_eq!(bench.run("idevice_id", &["-l"]).works().trim(), bench.phone.udid());
    let other =
        Phone::builder().media(media.path()).udid("00008110-00AA00AA00AA001E").start_beside(&bench.phone).unwrap();
    assert_eq!(bench.run("idevice_id", &["-l"]).works().lines().count(), 2);
    drop(other);
    assert_eq!(bench.run("idevice_id", &["-l"]).works().lines().count(), 1);
}

#[test]
fn the_cable_is_lost_in_the_middle_of_a_pull_and_found_again() {
    let media = phone_media();
    let bench = Bench::new(Phone::builder().media(media.path()));
    bench.run("idevicepair", &["pair"]).works();
    let before = bench.phone.activity().bytes_read;
    bench.phone.inject(Fault::UnplugAfterBytes { bytes: 2_000_000 });
    bench.phone.inject(Fault::Replugs { after_ms: 500 });
    let out = bench.home().join("pulled");
    std::fs::create_dir(&out).unwrap();
    let pull = || bench.pymobiledevice(&["afc", "pull", "/DCIM", out.to_str().unwrap()]);
    let said = pull();
    assert_ne!(digest(&out), digest(&media.path().join("DCIM")), "{}", said.text);
    assert!(bench.phone.activity().bytes_read > before);
    std::thread::sleep(std::time::Duration::from_millis(600));
    pull().works();
    assert_eq!(digest(&out.join("DCIM")), digest(&media.path().join("DCIM")));
    assert_eq!(bench.phone.activity().open_handles, 0);
}

#[test]
fn a_phone_that_resets_the_link_on_trust_stays_paired() {
    let media = phone_media();
    let bench = Bench::new(Phone::builder().media(media.path()));
    bench.phone.inject(Fault::ResetsOnTrust);
    let _ = bench.run("idevicepair", &["pair"]);
    std::thread::sleep(std::time::Duration::from_millis(400));
    assert_eq!(bench.run("idevice_id", &["-l"]).works().trim(), bench.phone.udid());
    bench.run("idevicepair", &["validate"]).works();
}
