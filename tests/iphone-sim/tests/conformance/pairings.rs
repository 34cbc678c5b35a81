//! A record that one client made is good for another, whatever version of TLS the phone speaks.

use iphone_sim::{Phone, TlsVersions};

use crate::bench::Bench;
use crate::tree::phone_media;

type Act = fn(&Bench);

const PAIR: [(&str, Act); 2] = [
    ("libimobiledevice", |bench| drop(bench.run("idevicepair", &["pair"]).works())),
    ("pymobiledevice3", |bench| drop(bench.pymobiledevice(&["lockdown", "pair"]).works())),
];

const USE: [(&str, Act); 2] = [
    ("libimobiledevice", |bench| {
        assert!(bench.run("ideviceinfo", &["-k", "SerialNumber"]).works().contains("SIMULATED01"));
    }),
    ("pymobiledevice3", |bench| {
        assert!(bench.pymobiledevice(&["afc", "ls", "/"]).works().contains("DCIM"));
    }),
];

fn every_client_uses_every_record(versions: TlsVersions) {
    let media = phone_media();
    for (maker, pair) in PAIR {
        let bench = Bench::new(Phone::builder().media(media.path()).tls(versions));
        pair(&bench);
        for (user, act) in USE {
            act(&bench);
            assert_eq!(bench.phone.activity().pair_requests, 1, "{user} did not take the record of {maker}");
        }
        // One of them hands its key over, which shows that this would be seen.
        let seen = bench.phone.activity().private_keys;
        assert_eq!(seen, u64::from(maker == "pymobiledevice3"), "{maker}");
    }
}

#[test]
fn records_are_shared_under_tls_1_2() {
    every_client_uses_every_record(TlsVersions::Only12);
}

#[test]
fn records_are_shared_under_tls_1_3() {
    every_client_uses_every_record(TlsVersions::Only13);
}
