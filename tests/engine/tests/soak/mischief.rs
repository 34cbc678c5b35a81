//! What happens to the phone while it is read.

use crate::dice::Dice;
use iphone_sim::{At, Fault, Hang, LockState, RunningPhone, Status, Trust};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Messages that can be lied about or left without an answer.
const MESSAGES: [&str; 15] = [
    "Pair",
    "SavePairRecord",
    "GetValue",
    "StartSession",
    "StartService",
    "Connect",
    "ReadPairRecord",
    "ReadDir",
    "GetFileInfo",
    "FileOpen",
    "FileRead",
    "FileSeek",
    "FileClose",
    "GetFileHash",
    "AnyFileRequest",
];
/// From here on they are the phone's own; those before, the mux answers, too, which is trusted with lengths.
const OF_THE_PHONE: usize = 7;

/// Whether files could be filed with bytes that the phone does not have, if nothing but reading back told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Honesty {
    Kept,
    Lost,
}

/// Misbehaves until `over`; says whether it lied about contents.
pub fn misbehave(phone: &RunningPhone, mut dice: Dice, paths: &[String], over: &AtomicBool) -> Honesty {
    let mut honesty = Honesty::Kept;
    pause(&mut dice, over, 500);
    while !over.load(Ordering::Relaxed) {
        for _ in 0..=dice.below(2) {
            if lie_or_fail(phone, &mut dice, paths) == Honesty::Lost {
                honesty = Honesty::Lost;
            }
        }
        pause(&mut dice, over, 400);
        handle(phone, &mut dice, over);
        // An import waits for that, as long as it takes.
        if dice.one_in(2) {
            phone.set_locked(LockState::Unlocked);
        }
        if dice.one_in(2) {
            phone.behave();
        }
        pause(&mut dice, over, 900);
    }
    honesty
}

/// Ends all of it: plugged in, unlocked, trusted.
pub fn calm(phone: &RunningPhone) {
    phone.behave();
    phone.unplug();
    phone.set_locked(LockState::Unlocked);
    phone.set_trust(Trust::Granted);
    phone.replug();
}

/// Sleeps for up to so many milliseconds, in little pieces.
fn pause(dice: &mut Dice, over: &AtomicBool, most: usize) {
    for _ in 0..dice.below(most) / 20 {
        if over.load(Ordering::Relaxed) {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn lie_or_fail(phone: &RunningPhone, dice: &mut Dice, paths: &[String]) -> Honesty {
    if dice.one_in(3) {
        phone.inject(Fault::Replugs { after_ms: dice.below(400) as u64 });
    }
    if dice.one_in(4) {
        phone.inject(lie(dice, paths));
        return Honesty::Lost;
    }
    phone.inject(failure(dice, paths));
    Honesty::Kept
}

/// Someone's hands on cable and phone.
fn handle(phone: &RunningPhone, dice: &mut Dice, over: &AtomicBool) {
    match dice.below(16) {
        0 | 1 => {
            phone.unplug();
            pause(dice, over, 600);
            phone.replug();
        }
        2 | 3 => {
            phone.set_locked(dice.pick(&[LockState::Locked, LockState::BeforeFirstUnlock]));
            pause(dice, over, 600);
            phone.set_locked(LockState::Unlocked);
        }
        4 => phone.revoke_trust(),
        5 => {
            phone.set_trust(dice.pick(&[Trust::Pending, Trust::Denied]));
            pause(dice, over, 600);
            phone.set_trust(Trust::Granted);
        }
        _ => {}
    }
}

fn path(dice: &mut Dice, paths: &[String]) -> String {
    paths[dice.below(paths.len())].clone()
}

fn failure(dice: &mut Dice, paths: &[String]) -> Fault {
    let skip = dice.below(40) as u64;
    let any = At { message: dice.pick(&MESSAGES).into(), skip };
    let at = At { message: dice.pick(&MESSAGES[OF_THE_PHONE..]).into(), skip };
    let refusal = [Status::NoResources, Status::PermissionDenied, Status::IoError, Status::NotFound, Status::ReadError];
    match dice.below(19) {
        0 => Fault::Stalls(any),
        1 => Fault::LiesAboutLength { at, length: dice.pick(&[0, 3, 15, 39, 41, 1 << 20, (1 << 32) - 1, u64::MAX]) },
        2 => Fault::WrongNumber(at),
        3 => Fault::UnplugAfterRequests { requests: dice.below(200) as u64 },
        4 => Fault::UnplugAfterBytes { bytes: dice.below(4_000_000) as u64 },
        5 => Fault::ShortReads { path: "/".into(), most: 1000 + dice.below(100_000) as u64 },
        6 => Fault::Fails { path: path(dice, paths), status: dice.pick(&refusal) },
        7 => Fault::ReadFails {
            path: path(dice, paths),
            offset: dice.below(200_000) as u64,
            status: dice.pick(&refusal),
        },
        8 => {
            let attribute = dice.pick(&["st_size", "st_ifmt", "st_mtime", "st_birthtime"]).into();
            Fault::Withholds { path: path(dice, paths), attribute }
        }
        9 => Fault::RefusesHash { status: dice.pick(&[Status::Unsupported, Status::UnknownPacket]) },
        10 => match dice.below(3) {
            0 => Fault::HangsUpWhenLocked,
            1 => Fault::RefusesReadsWhileLocked,
            _ => Fault::RefusesAllWhileLocked,
        },
        11 => Fault::LocksAfterBytes { bytes: dice.below(3_000_000) as u64 },
        12 => Fault::TellsTime { path: path(dice, paths), nanoseconds: dice.pick(&[0, -1, i64::MAX, i64::MIN]) },
        13 => Fault::Hangs { path: path(dice, paths), how: dice.pick(&[Hang::Stalls, Hang::Drops]) },
        14 => Fault::Misnumbers { path: path(dice, paths) },
        15 => Fault::HashesSlowly { path: path(dice, paths), ms: dice.below(4000) as u64 },
        16 => Fault::ResetsOnTrust,
        17 => silence(dice, paths),
        _ => {
            Fault::Lists { path: "/DCIM/100APPLE".into(), name: dice.pick(&["../x.JPG", "gone.JPG", "a/b.JPG"]).into() }
        }
    }
}

/// About a photo, or about the folder of all of them.
fn silence(dice: &mut Dice, paths: &[String]) -> Fault {
    let how = dice.pick(&[Hang::Stalls, Hang::Drops]);
    let (path, message) = match dice.below(5) {
        0 => ("/DCIM/100APPLE".into(), "ReadDir"),
        _ => (path(dice, paths), dice.pick(&["GetFileInfo", "FileOpen", "GetFileHash", "AnyFileRequest"])),
    };
    Fault::SilentOver { path, message: message.into(), how }
}

fn lie(dice: &mut Dice, paths: &[String]) -> Fault {
    let (path, offset) = (path(dice, paths), dice.below(200_000) as u64);
    match dice.below(6) {
        0 => Fault::WrongByte { path, offset },
        1 => Fault::WrongAtFirst { path: "/".into(), offset, bytes: 10, times: 1 + dice.below(5) as u64 },
        2 => Fault::WrongEverySecondTime { path, offset },
        3 => Fault::EarlyEnd { path, at: 65_536 * dice.below(4) as u64 },
        // Less than it is, a second read would believe.
        4 => Fault::TellsSize { path, size: 300_000 + offset },
        _ => Fault::LiesAboutHash { path },
    }
}
