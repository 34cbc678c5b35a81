//! Cables that are pulled, put back and slow.

use super::*;
use iphone_sim::{Fault, Trust};
use std::time::{Duration, Instant};

const GONE: &str = "Simulated iPhone is not connected: plug it in";

#[test]
fn pulled_in_the_middle_of_a_photo() {
    let stage = listed(12, 200_000);
    phone(&stage).inject(Fault::UnplugAfterBytes { bytes: 1_500_000 });
    let run = stage.import("iphone");
    assert_eq!(stopped(&run), (3, "source_gone".into(), GONE.into()));
    assert!((1..12).contains(&nothing_wrong(&stage)));
    phone(&stage).replug();
    all_is_well_afterwards(&stage);
}

#[test]
fn pulled_while_it_is_listed() {
    let stage = listed(300, 10);
    for requests in [0, 1, 3, 40, 150] {
        phone(&stage).inject(Fault::UnplugAfterRequests { requests });
        let run = stage.run(&["list", "--source", "iphone"]);
        assert_eq!((run.code, run.out.as_str(), run.err.trim()), (3, "", &*format!("keepsake: {GONE}")), "{requests}");
        phone(&stage).behave();
        phone(&stage).replug();
    }
    phone(&stage).inject(Fault::UnplugAfterRequests { requests: 100 });
    let run = stage.import("iphone");
    assert_eq!((run.code, run.err.trim()), (3, &*format!("keepsake: {GONE}")));
    assert_eq!(nothing_wrong(&stage), 0);
}

#[test]
fn pulled_while_it_asks() {
    let stage = stage_of(1, 10, |phone| phone.trust(Trust::Pending));
    let (run, ()) = while_it_runs(&stage, &["list", "--source", "iphone"], |phone| {
        until(|| phone.activity().pair_requests > 0);
        phone.unplug();
    });
    let asked = format!("{PHONE} is asking whether to trust this computer: tap Trust on it");
    assert_eq!((run.code, run.err.trim()), (3, &*format!("{asked}\nkeepsake: {GONE}")));
}

#[test]
fn not_there_at_all() {
    let stage = listed(1, 10);
    phone(&stage).unplug();
    let run = stage.run(&["list", "--source", "iphone"]);
    let none = "keepsake: No iPhone is connected: plug one in with a cable, unlock it and tap Trust";
    assert_eq!((run.code, run.err.trim()), (3, none));
    let run = stage.run(&["list", "--source", &format!("iphone:{}", phone(&stage).udid())]);
    let named = format!("keepsake: iPhone {} is not connected: plug it in", phone(&stage).udid());
    assert_eq!((run.code, run.err.trim()), (3, &*named));
}

#[test]
fn back_under_another_number() {
    let stage = listed(12, 200_000);
    phone(&stage).inject(Fault::UnplugAfterBytes { bytes: 1_500_000 });
    phone(&stage).inject(Fault::Replugs { after_ms: 0 });
    let run = stage.import("iphone");
    // If it is back before it is missed, nobody has to be told.
    if imported(&run) < 12 {
        assert_eq!(stopped(&run), (3, "source_gone".into(), GONE.into()));
    }
    all_is_well_afterwards(&stage);
}

#[test]
fn two_phones_at_once() {
    let mut stage = listed(6, 200_000);
    let other = stage_of(3, 100, |phone| phone.udid("00008110-000A1B2C3D4E802F").name("Ben's iPhone"));
    let first = stage.phone.take().unwrap();
    let second = Phone::builder().media(other.path("media")).udid("00008110-000A1B2C3D4E802F").name("Ben's iPhone");
    let second = second.start_beside(&first).unwrap();
    stage.phone = Some(first);
    let run = stage.run(&["list", "--source", &format!("iphone:{}", second.udid())]);
    assert_eq!((run.code, run.out.lines().last()), (0, Some("3 new, 0 already imported")), "{}", run.err);
    let run = stage.import("iphone");
    let [one, other] =
        [(phone(&stage), PHONE), (&second, "Ben's iPhone")].map(|(p, name)| format!("iphone:{} ({name})", p.udid()));
    let told = |both: String| format!("keepsake: Several iPhones are connected; say which one: {both}");
    let orders = [told(format!("{one}, {other}")), told(format!("{other}, {one}"))];
    assert!(run.code == 3 && orders.contains(&run.err.trim().to_owned()), "{}", run.err);
    // One is pulled while the other is read.
    phone(&stage).inject(Fault::UnplugAfterBytes { bytes: 700_000 });
    let run = stage.import(&format!("iphone:{}", phone(&stage).udid()));
    assert_eq!(stopped(&run), (3, "source_gone".into(), GONE.into()));
    let run = stage.run(&["list", "--source", "iphone"]);
    assert_eq!((run.code, run.out.lines().last()), (0, Some("3 new, 0 already imported")), "{}", run.err);
    drop(second);
    phone(&stage).replug();
    all_is_well_afterwards(&stage);
}

#[test]
fn a_slow_cable_is_only_slow() {
    let stage = stage_of(4, 300_000, |phone| phone.latency(Duration::from_millis(60)).bytes_per_second(8e5));
    let start = Instant::now();
    let run = stage.import("iphone");
    assert_eq!((run.code, imported(&run)), (0, 4), "{}", run.err);
    assert!(start.elapsed() > Duration::from_secs(1), "it was not slow");
    all_is_well_afterwards(&stage);
}
