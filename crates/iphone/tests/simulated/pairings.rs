//! A record that one client made is good for another, whatever version of TLS the phone speaks: the five of nine pairs in
//! which the product is maker or user. The other four, of programs of others alone, are a test of the simulated phone.
//! The phone demands a client's certificate in each of them.

use crate::bench::Bench;
use crate::{media, phones_at};
use domain::CancelFlag;
use iphone_sim::{Phone, TlsVersions};

type Act = fn(&Bench);

const CLIENTS: [Client; 3] = [
    Client {
        name: "Keepsake",
        pair: |bench| {
            phones_at(bench.phone.addr()).pair(bench.phone.udid(), &CancelFlag::default()).unwrap();
        },
        act: |bench| {
            let phone = phones_at(bench.phone.addr()).open(bench.phone.udid()).unwrap();
            assert_eq!(phone.list_dir(b"/DCIM"), Ok(vec![b"100APPLE".to_vec()]));
        },
    },
    Client {
        name: "libimobiledevice",
        pair: |bench| drop(bench.run("idevicepair", &["pair"]).works()),
        act: |bench| {
            assert!(bench.run("ideviceinfo", &["-k", "SerialNumber"]).works().contains("SIMULATED01"));
        },
    },
    Client {
        name: "pymobiledevice3",
        pair: |bench| drop(bench.pymobiledevice(&["lockdown", "pair"]).works()),
        act: |bench| assert!(bench.pymobiledevice(&["afc", "ls", "/"]).works().contains("DCIM")),
    },
];

struct Client {
    name: &'static str,
    pair: Act,
    act: Act,
}

fn ours_and_theirs_share_records(versions: TlsVersions) {
    let media = media(&[("DCIM/100APPLE/IMG_0001.JPG", b"photo")]);
    for maker in &CLIENTS {
        let bench = Bench::new(Phone::builder().media(media.path()).tls(versions));
        (maker.pair)(&bench);
        for user in CLIENTS.iter().filter(|user| maker.name == "Keepsake" || user.name == "Keepsake") {
            (user.act)(&bench);
            let asked = bench.phone.activity().pair_requests;
            assert_eq!(asked, 1, "{} did not take the record of {}", user.name, maker.name);
        }
    }
}

#[test]
fn records_are_shared_under_tls_1_2() {
    ours_and_theirs_share_records(TlsVersions::Only12);
}

#[test]
fn records_are_shared_under_tls_1_3() {
    ours_and_theirs_share_records(TlsVersions::Only13);
}
