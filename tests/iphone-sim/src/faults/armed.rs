//! The faults in force on one phone, and how far each has come.

use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use super::{At, Fault, Hang};
use crate::lock::lock;
use crate::media::PhonePath;
use crate::status::Status;

/// Matches every request of the file service.
const ANY_FILE_REQUEST: &str = "AnyFileRequest";

/// The faults in force.
#[derive(Default)]
pub(crate) struct Faults {
    list: Mutex<Vec<Armed>>,
    /// Spares a well-behaved phone the lock.
    any: AtomicBool,
}

struct Armed {
    fault: Fault,
    /// Bytes or messages met so far.
    met: u64,
}

/// What happens to the phone as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accident {
    Unplugged,
    Locked,
}

impl Faults {
    pub(crate) fn arm(&self, fault: Fault) {
        let mut list = lock(&self.list);
        list.push(Armed { fault, met: 0 });
        self.any.store(true, Relaxed);
    }

    pub(crate) fn clear(&self) {
        let mut list = lock(&self.list);
        list.clear();
        self.any.store(false, Relaxed);
    }

    /// The first useful thing a fault has to say.
    fn first<T>(&self, mut look: impl FnMut(&mut Armed) -> Option<T>) -> Option<T> {
        if !self.any.load(Relaxed) {
            return None;
        }
        lock(&self.list).iter_mut().find_map(&mut look)
    }

    /// Whether a message is never answered.
    pub(crate) fn stalls(&self, message: Message<'_>) -> bool {
        let stalled = self.first(|armed| match &armed.fault {
            Fault::Stalls(at) if message.is(at) => {
                armed.met += 1;
                (armed.met > at.skip).then_some(())
            }
            _ => None,
        });
        stalled.is_some()
    }

    /// The length a reply is to announce instead of its own.
    pub(crate) fn false_length(&self, message: Message<'_>) -> Option<u64> {
        self.first(|armed| match &armed.fault {
            Fault::LiesAboutLength { at, length } if message.is(at) => {
                armed.met += 1;
                (armed.met == at.skip + 1).then_some(*length)
            }
            _ => None,
        })
    }

    pub(crate) fn false_number(&self, message: Message<'_>) -> bool {
        let lies = self.first(|armed| match &armed.fault {
            Fault::WrongNumber(at) if message.is(at) => {
                armed.met += 1;
                (armed.met == at.skip + 1).then_some(())
            }
            _ => None,
        });
        lies.is_some()
    }

    /// Counts a file request; `true` if the cable is pulled in place of its answer.
    pub(crate) fn request(&self) -> bool {
        let pulled = self.first(|armed| match armed.fault {
            Fault::UnplugAfterRequests { requests } => {
                armed.met += 1;
                (armed.met == requests + 1).then_some(())
            }
            _ => None,
        });
        pulled.is_some()
    }

    /// Counts bytes of file contents about to be sent; tells what happens after how many of them.
    pub(crate) fn contents(&self, sent: u64) -> Option<(u64, Accident)> {
        self.first(|armed| {
            let (limit, accident) = match armed.fault {
                Fault::UnplugAfterBytes { bytes } => (bytes, Accident::Unplugged),
                Fault::LocksAfterBytes { bytes } => (bytes, Accident::Locked),
                _ => return None,
            };
            let before = armed.met;
            armed.met = before.saturating_add(sent);
            (before <= limit && armed.met > limit).then(|| (limit - before, accident))
        })
    }

    /// How long the phone stays away when a fault has pulled the cable; `None` for ever.
    pub(crate) fn comes_back(&self) -> Option<Duration> {
        self.first(|armed| match armed.fault {
            Fault::Replugs { after_ms } => Some(Duration::from_millis(after_ms)),
            _ => None,
        })
    }

    /// How long the phone stays locked when a fault has locked it; `None` for ever.
    pub(crate) fn unlocks(&self) -> Option<Duration> {
        self.first(|armed| match armed.fault {
            Fault::Unlocks { after_ms } => Some(Duration::from_millis(after_ms)),
            _ => None,
        })
    }

    /// How many seconds the phone's clock is ahead.
    pub(crate) fn clock_ahead(&self) -> i64 {
        let ahead = self.first(|armed| match armed.fault {
            Fault::ClockAhead { seconds } => Some(seconds),
            _ => None,
        });
        ahead.unwrap_or(0)
    }

    pub(crate) fn resets_on_trust(&self) -> bool {
        self.first(|armed| (armed.fault == Fault::ResetsOnTrust).then_some(())).is_some()
    }

    pub(crate) fn refuses_reads_while_locked(&self) -> bool {
        let refuses = [Fault::RefusesReadsWhileLocked, Fault::RefusesAllWhileLocked];
        self.first(|armed| refuses.contains(&armed.fault).then_some(())).is_some()
    }

    pub(crate) fn refuses_all_while_locked(&self) -> bool {
        self.first(|armed| (armed.fault == Fault::RefusesAllWhileLocked).then_some(())).is_some()
    }

    pub(crate) fn hangs_up_when_locked(&self) -> bool {
        self.first(|armed| (armed.fault == Fault::HangsUpWhenLocked).then_some(())).is_some()
    }

    pub(crate) fn hash_refusal(&self) -> Option<Status> {
        self.first(|armed| match armed.fault {
            Fault::RefusesHash { status } => Some(status),
            _ => None,
        })
    }

    /// Which bytes of a read are wrong this time; counts the read.
    pub(crate) fn wrong_this_time(&self, path: &PhonePath, read: Range<u64>) -> Option<Range<u64>> {
        self.first(|armed| match &armed.fault {
            Fault::WrongAtFirst { path: wanted, offset, bytes, times } if covers(wanted, path) => {
                let wrong = read.start.max(*offset)..read.end.min(offset.saturating_add(*bytes));
                armed.met += u64::from(!wrong.is_empty());
                (!wrong.is_empty() && armed.met <= *times).then_some(wrong)
            }
            Fault::WrongEverySecondTime { path: wanted, offset } if covers(wanted, path) && read.contains(offset) => {
                armed.met += 1;
                (armed.met % 2 == 1).then_some(*offset..*offset + 1)
            }
            _ => None,
        })
    }

    /// Whether answers about a path's attributes carry another number.
    pub(crate) fn misnumbers(&self, path: &PhonePath) -> bool {
        self.about(path).iter().any(|fault| matches!(fault, Fault::Misnumbers { .. }))
    }

    /// What becomes of the connection when a path is asked about so.
    pub(crate) fn silent_over(&self, message: Message<'_>, path: &PhonePath) -> Option<Hang> {
        self.about(path).iter().find_map(|fault| match fault {
            Fault::SilentOver { message: wanted, how, .. } => message.is_called(wanted).then_some(*how),
            _ => None,
        })
    }

    /// The faults that concern a path, in the order they were injected.
    pub(crate) fn about(&self, path: &PhonePath) -> Vec<Fault> {
        if !self.any.load(Relaxed) {
            return Vec::new();
        }
        let list = lock(&self.list);
        list.iter()
            .filter(|armed| armed.fault.path().is_some_and(|wanted| covers(wanted, path)))
            .map(|armed| armed.fault.clone())
            .collect()
    }
}

impl Fault {
    fn path(&self) -> Option<&str> {
        match self {
            Self::ShortReads { path, .. }
            | Self::WrongByte { path, .. }
            | Self::EarlyEnd { path, .. }
            | Self::Fails { path, .. }
            | Self::ReadFails { path, .. }
            | Self::TellsSize { path, .. }
            | Self::TellsTime { path, .. }
            | Self::Withholds { path, .. }
            | Self::Misnumbers { path }
            | Self::Lists { path, .. }
            | Self::HashesSlowly { path, .. }
            | Self::Hangs { path, .. }
            | Self::SilentOver { path, .. }
            | Self::LiesAboutHash { path } => Some(path),
            _ => None,
        }
    }
}

fn covers(wanted: &str, path: &PhonePath) -> bool {
    let exact = PhonePath::parse(wanted.as_bytes());
    if exact == *path {
        return true;
    }
    wanted.ends_with('/') && path.names().starts_with(exact.names())
}

/// A message as faults know it.
#[derive(Clone, Copy)]
pub(crate) enum Message<'a> {
    /// Of the multiplexer or of lockdown.
    Request(&'a str),
    /// Of the file service.
    File(&'a str),
}

impl Message<'_> {
    fn is(self, at: &At) -> bool {
        self.is_called(&at.message)
    }

    fn is_called(self, wanted: &str) -> bool {
        match self {
            Self::Request(name) => wanted == name,
            Self::File(name) => wanted == name || wanted == ANY_FILE_REQUEST,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cable_goes_in_the_middle_of_the_reply_that_crosses_the_limit() {
        let faults = Faults::default();
        faults.arm(Fault::UnplugAfterBytes { bytes: 150 });
        let seen: Vec<_> = (0..3).map(|_| faults.contents(100)).collect();
        assert_eq!(seen, [None, Some((50, Accident::Unplugged)), None]);
    }

    #[test]
    fn a_path_with_a_slash_at_its_end_covers_what_is_below() {
        let path = PhonePath::parse(b"/DCIM/100APPLE/a.JPG");
        for (wanted, covered) in [("/", true), ("/DCIM/", true), ("/DCIM", false), ("DCIM/100APPLE/a.JPG", true)] {
            assert_eq!(covers(wanted, &path), covered, "{wanted}");
        }
    }

    #[test]
    fn only_the_message_meant_is_touched() {
        let faults = Faults::default();
        faults.arm(Fault::WrongNumber(At { message: "FileRead".into(), skip: 1 }));
        let names = ["FileRead", "FileOpen", "FileRead", "FileRead"];
        assert_eq!(names.map(|name| faults.false_number(Message::File(name))), [false, false, true, false]);
    }
}
