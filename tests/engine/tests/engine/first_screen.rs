//! The first screen of a phone whose cable is shaped to 32 MB/s and 1 ms: what its pictures cost on that cable, and that none
//! waits for the files that are being copied meanwhile. `make bench` has the seconds.

use domain::{Source, SourcePath};
use engine::Lab;
use iphone::{MuxAddress, Phones};
use iphone_sim::{Activity, Fault, LockState, Phone, RunningPhone, Status, Synthetic};
use serde_json::json;
use sources::IphoneSource;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

/// Bytes a second that the cable carries, and a round trip on it.
const RATE: f64 = 32e6;
const LATENCY: Duration = Duration::from_millis(1);
/// Pictures on a screen.
const SCREEN: usize = 60;
/// Bytes of a real phone's thumbnail; the simulated one has 1 to 2 KB.
const THUMBNAIL: f64 = 60e3;

fn lab() -> Lab {
    let roll = Synthetic { assets: 1000, mean_bytes: 2_000_000 };
    Lab::beside(Phone::builder().synthetic(roll).latency(LATENCY).bytes_per_second(RATE).start().unwrap())
}

/// Has the phone keep no thumbnail of some files. Those of the first screen are in its second and last folder, or the first.
fn without_thumbnails<'a>(lab: &Lab, names: impl Iterator<Item = &'a String>) {
    for name in names {
        for folder in ["100APPLE", "101APPLE"] {
            let path = format!("/PhotoData/Thumbnails/V2/DCIM/{folder}/{name}/5005.JPG");
            lab.phone.as_ref().unwrap().inject(Fault::Fails { path, status: Status::NotFound });
        }
    }
}

fn spent(phone: &RunningPhone, work: impl FnOnce()) -> Activity {
    let before = phone.activity();
    work();
    let after = phone.activity();
    Activity {
        afc_requests: after.afc_requests - before.afc_requests,
        bytes_read: after.bytes_read - before.bytes_read,
        ..after
    }
}

#[test]
fn the_first_screen_takes_less_of_the_cable_than_a_second() {
    let lab = lab();
    lab.listed();
    let screen = lab.first_new(SCREEN);
    assert_eq!(screen.len(), SCREEN);
    let without: Vec<_> = screen.iter().filter(|(name, _)| name.ends_with("JPG")).step_by(16).collect();
    without_thumbnails(&lab, without.iter().map(|(name, _)| name));
    let cost = spent(lab.phone.as_ref().unwrap(), || lab.shown(&screen));
    let seconds =
        cost.afc_requests as f64 * LATENCY.as_secs_f64() + (cost.bytes_read as f64 + SCREEN as f64 * THUMBNAIL) / RATE;
    println!("{cost:?}: {seconds:.3} s of the cable, {} without a thumbnail", without.len());
    // As if each request waited for the one before it, which they do not.
    assert!(seconds < 1.0, "{seconds:.3} s: {cost:?}");
    assert!(!without.is_empty() && cost.bytes_read > 1_000_000, "files without a thumbnail were read: {cost:?}");
}

#[test]
fn no_picture_waits_for_the_files_that_are_copied() {
    let lab = lab();
    lab.choose_library("Photos");
    lab.listed();
    let screen = lab.first_new(SCREEN);
    without_thumbnails(&lab, screen.iter().map(|(name, _)| name).filter(|name| name.ends_with("JPG")).step_by(16));
    lab.call("start_import", json!({"source": lab.source(), "selection": {"kind": "all_new"}}));
    let status = || lab.call("import_status", json!({}));
    lab.until("the first copies", || (status()["done_assets"].as_u64() > Some(0)).then_some(()));
    let cost = spent(lab.phone.as_ref().unwrap(), || lab.shown(&screen));
    let import = status();
    println!("{cost:?}, {import}");
    assert_ne!(import["phase"], "finished");
    assert!(cost.bytes_read < 200_000_000, "more than 6 s of the cable: {cost:?}");
    lab.call("cancel_import", json!({}));
    lab.until("the end", || (status()["phase"] == "finished").then_some(()));
}

#[test]
fn the_head_of_a_file_is_read_beside_the_pieces_that_are_copied() {
    let roll = Synthetic { assets: 12, mean_bytes: 60_000_000 };
    let phone = Phone::builder().synthetic(roll).latency(LATENCY).bytes_per_second(RATE).start().unwrap();
    let phones = Phones::new(MuxAddress::Tcp(phone.addr())).unwrap();
    phones.ask(phone.udid()).unwrap();
    let source = IphoneSource::open(&phones, phone.udid(), Path::new("/nowhere")).unwrap();
    let path = |number: u64| SourcePath::new(format!("DCIM/100APPLE/IMG_{number:04}.JPG"));
    let (over, copies) = (AtomicBool::new(false), 3);
    std::thread::scope(|scope| {
        for number in 1..=copies {
            let (source, over) = (&source, &over);
            scope.spawn(move || {
                let mut file = source.open(&path(number)).unwrap();
                let (mut at, most) = (0, file.size() / 2);
                while !over.load(Ordering::Relaxed) {
                    at = (at + file.read_at(at, 4 << 20).unwrap().len() as u64) % most;
                }
            });
        }
        // By now the copies ask for pieces of 3 and 4 MiB.
        while phone.activity().bytes_read < 40_000_000 {
            std::thread::sleep(Duration::from_millis(5));
        }
        let cost = spent(&phone, || {
            for number in 4..=9 {
                assert_eq!(source.open_aside(&path(number)).unwrap().read_at(0, 128 << 10).unwrap().len(), 128 << 10);
            }
        });
        over.store(true, Ordering::Relaxed);
        println!("{cost:?}");
        // What the cable carries meanwhile: in turns of 64 KiB some 14 MB, behind whole pieces 37 MB.
        assert!(cost.bytes_read < 26_000_000, "{cost:?}");
    });
}

/// Asks for pictures as a page does; each answer tells whose it is, and whether there is a picture.
fn ask(lab: &Lab, photos: &[(String, String)]) -> Receiver<(String, bool)> {
    let (sender, receiver) = mpsc::channel();
    for (_, token) in photos {
        let (sender, of) = (sender.clone(), token.clone());
        lab.app.picture(token, Box::new(move |jpeg| drop(sender.send((of, jpeg.is_some())))));
    }
    receiver
}

fn forget(lab: &Lab, photos: &[(String, String)]) {
    let tokens: Vec<_> = photos.iter().map(|(_, token)| token).collect();
    lab.call("forget_pictures", json!({ "tokens": tokens }));
}

#[test]
fn pictures_that_were_scrolled_away_are_not_asked_of_the_phone() {
    let roll = Synthetic { assets: 400, mean_bytes: 20_000 };
    let lab = Lab::beside(Phone::builder().synthetic(roll).latency(Duration::from_millis(20)).start().unwrap());
    lab.listed();
    let phone = lab.phone.as_ref().unwrap();
    let photos = lab.first_new(220);
    let (before, after) = photos.split_at(20);
    let of_twenty = spent(phone, || lab.shown(before)).afc_requests;
    let (stay, gone) = after.split_at(20);
    let cost = spent(phone, || {
        let answers = ask(&lab, after);
        forget(&lab, gone);
        let answers: Vec<_> = answers.iter().take(after.len()).collect();
        for (_, token) in stay {
            assert!(answers.contains(&(token.clone(), true)), "{token} has no picture");
        }
        println!("{} came before they were forgotten", answers.iter().filter(|(_, shown)| *shown).count() - stay.len());
    });
    println!("{} requests for 20 pictures, {} for 20 of 200", of_twenty, cost.afc_requests);
    assert!(cost.afc_requests < 3 * of_twenty, "{} requests, {of_twenty} for 20", cost.afc_requests);
    // Whoever scrolls back sees them.
    lab.shown(&gone[..20]);
}

#[test]
fn pictures_that_were_scrolled_away_do_not_wait_for_a_phone_either() {
    let roll = Synthetic { assets: 40, mean_bytes: 20_000 };
    let lab = Lab::beside(Phone::builder().synthetic(roll).start().unwrap());
    lab.listed();
    let photos = lab.first_new(2);
    lab.phone.as_ref().unwrap().set_locked(LockState::BeforeFirstUnlock);
    let lab = lab.restarted();
    lab.call("open_source", json!({"source": lab.source()}));
    let answers = ask(&lab, &photos);
    forget(&lab, &photos[1..]);
    assert_eq!(answers.recv_timeout(Duration::from_secs(60)), Ok((photos[1].1.clone(), false)));
    assert!(answers.try_recv().is_err(), "the other one still waits");
    lab.phone.as_ref().unwrap().set_locked(LockState::Unlocked);
    lab.call("open_source", json!({"source": lab.source()}));
    assert_eq!(answers.recv_timeout(Duration::from_secs(60)), Ok((photos[0].1.clone(), true)));
}
