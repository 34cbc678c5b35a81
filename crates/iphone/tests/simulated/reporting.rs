//! The report of a phone that falls silent, and of a user who has enough of it.

use crate::{describe, media, phones_at};
use domain::CancelFlag;
use iphone::{AskForTrust, DeviceReport, Limits, MuxAddress, PhoneError, Phones};
use iphone_sim::{At, Fault, RunningPhone};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How many questions are asked before it is stopped.
const ASKED: usize = 8;

fn paired() -> (TempDir, RunningPhone, Phones) {
    let media = media(&[("DCIM/100APPLE/IMG_0001.JPG", &[7; 300_000]), ("DCIM/100APPLE/IMG_0002.JPG", b"second")]);
    let sim = describe(media.path()).start().unwrap();
    phones_at(sim.addr()).ask(sim.udid()).unwrap();
    let limits = Limits { request: Duration::from_millis(700), ..Limits::default() };
    let phones = Phones::with_limits(MuxAddress::Tcp(sim.addr()), limits).unwrap();
    (media, sim, phones)
}

/// The questions that were not answered.
fn unanswered(report: &DeviceReport) -> Vec<&'static str> {
    report.answers.iter().filter(|answer| answer.answer.is_err()).map(|answer| answer.key).collect()
}

fn report(sim: &RunningPhone, phones: &Phones) -> DeviceReport {
    phones.report(sim.udid(), AskForTrust::No, &mut |_| {}, &CancelFlag::default()).unwrap()
}

/// All at once: they wait for the most part.
#[test]
fn a_question_that_is_not_answered_costs_itself() {
    std::thread::scope(|threads| {
        for (message, lost) in [
            ("GetFileHash", &["trust", "hash", "hash_two"][..]),
            ("GetFileHashRange", &["trust", "hash_of_a_part"]),
            ("ReadFile", &["trust", "read_by_path"]),
            ("FileReadAt", &["trust", "read_at_offset"]),
            ("GetDeviceInfo", &["trust", "latency"]),
            ("ReadBUID", &["trust"]),
        ] {
            threads.spawn(move || {
                let (_media, sim, phones) = paired();
                sim.inject(Fault::Stalls(At::next(message)));
                assert_eq!(unanswered(&report(&sim, &phones)), lost, "{message}");
            });
        }
    });
}

#[test]
fn whoever_has_enough_of_it_is_heard_at_once() {
    let (_media, sim, phones) = paired();
    let cancel = CancelFlag::default();
    let (mut told, mut cancelled) = (0, None);
    let ended = phones.report(
        sim.udid(),
        AskForTrust::No,
        &mut |_| {
            told += 1;
            if told == ASKED {
                cancelled = Some(Instant::now());
                cancel.cancel();
            }
        },
        &cancel,
    );
    assert_eq!(ended, Err(PhoneError::Cancelled));
    assert!(cancelled.is_some_and(|at| at.elapsed() < Duration::from_secs(2)));
    assert_eq!(told, ASKED, "nothing is asked after that");
}
