//! What goes wrong while an import runs, and how all of it ends.

use crate::case::Mischief;
use crate::dice::Dice;
use iphone_sim::{Fault, LockState, RunningPhone, Status};

/// Photos of the phone are about so many bytes.
pub const MEAN_BYTES: u64 = 3000;
const UNTIL_BACK: u64 = 50;
const UNTIL_UNLOCKED: u64 = 300;

/// Makes the phone misbehave; `paths` are those of its files.
pub fn begin(phone: &RunningPhone, mischief: Mischief, paths: &[String], dice: &mut Dice) {
    for fault in faults(mischief, paths, dice) {
        phone.inject(fault);
    }
}

/// Ends it: plugged in, unlocked, honest.
pub fn end(phone: &RunningPhone) {
    phone.behave();
    phone.set_locked(LockState::Unlocked);
    phone.replug();
}

fn faults(mischief: Mischief, paths: &[String], dice: &mut Dice) -> Vec<Fault> {
    let path = || if paths.is_empty() { "/DCIM/".to_owned() } else { String::new() };
    let some = |dice: &mut Dice| if paths.is_empty() { path() } else { paths[dice.below(paths.len())].clone() };
    let offset = dice.below(MEAN_BYTES as usize) as u64;
    let bytes = dice.below(40 * MEAN_BYTES as usize) as u64;
    let status = dice.pick(&[Status::IoError, Status::NoResources, Status::NotFound, Status::PermissionDenied]);
    match mischief {
        Mischief::None => Vec::new(),
        Mischief::UnplugsAfterBytes if dice.one_in(2) => {
            vec![Fault::Replugs { after_ms: UNTIL_BACK }, Fault::UnplugAfterBytes { bytes }]
        }
        Mischief::UnplugsAfterBytes => vec![Fault::UnplugAfterBytes { bytes }],
        Mischief::UnplugsAfterRequests => vec![Fault::UnplugAfterRequests { requests: dice.below(400) as u64 }],
        Mischief::Locks => {
            let how = if dice.one_in(2) { Fault::RefusesReadsWhileLocked } else { Fault::HangsUpWhenLocked };
            vec![how, Fault::Unlocks { after_ms: UNTIL_UNLOCKED }, Fault::LocksAfterBytes { bytes }]
        }
        Mischief::CannotRead => (0..4).map(|_| Fault::ReadFails { path: some(dice), offset, status }).collect(),
        Mischief::CannotOpen => (0..4).map(|_| Fault::Fails { path: some(dice), status }).collect(),
        Mischief::OtherSize => (0..4).map(|_| Fault::TellsSize { path: some(dice), size: bytes }).collect(),
        Mischief::OtherTime => {
            let nanoseconds = dice.pick(&[0, -1, 1_700_000_000_000_000_000]);
            (0..4).map(|_| Fault::TellsTime { path: some(dice), nanoseconds }).collect()
        }
        Mischief::WrongByte => (0..4).map(|_| Fault::WrongByte { path: some(dice), offset }).collect(),
        Mischief::WrongAtFirst => vec![Fault::WrongAtFirst { path: "/DCIM/".into(), offset, bytes: 10, times: 3 }],
        Mischief::EndsEarly => (0..4).map(|_| Fault::EarlyEnd { path: some(dice), at: offset }).collect(),
        Mischief::WritesDatabase => vec![Fault::WritesDatabase { every_ms: 5, assets: 3, seed: offset }],
        Mischief::NoHashes => vec![Fault::RefusesHash { status: Status::Unsupported }],
    }
}
