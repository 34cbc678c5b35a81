//! How a phone misbehaves on request: everything here was seen on real phones and cables, or is what a hostile one
//! would try.

mod armed;
mod tree;

use serde::Deserialize;

use crate::error::SimError;
use crate::live::Pace;
use crate::status::Status;
pub(crate) use armed::{Accident, Faults, Message};
pub(crate) use tree::FaultyTree;

/// One way to misbehave, from the moment it is injected.
///
/// A `path` is a path on the phone; one that ends in `/` means everything below, so `/` is every file. In a scenario
/// file a fault is an object such as `{"fault": "early-end", "path": "/DCIM/100APPLE/IMG_0001.JPG", "at": 65536}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fault {
    /// The cable is pulled after so many more bytes of file contents, in the middle of a reply.
    UnplugAfterBytes {
        /// Bytes that still arrive.
        bytes: u64,
    },
    /// The cable is pulled in place of the answer to a file request.
    UnplugAfterRequests {
        /// File requests that are still answered.
        requests: u64,
    },
    /// Whenever a fault pulls the cable, the phone comes back by itself under a new number.
    Replugs {
        /// Milliseconds until then.
        after_ms: u64,
    },
    /// The link is reset when the person taps Trust: gone, and back at once under a new number.
    ResetsOnTrust,
    /// The phone locks itself after so many more bytes of file contents.
    LocksAfterBytes {
        /// Bytes that are still read with the phone unlocked.
        bytes: u64,
    },
    /// Whenever a fault locks the phone, its owner unlocks it.
    Unlocks {
        /// Milliseconds until then.
        after_ms: u64,
    },
    /// While the phone is locked, opening, reading and hashing files gets status 10.
    RefusesReadsWhileLocked,
    /// While the phone is locked, everything about folders and files gets status 10: listing and attributes, too.
    RefusesAllWhileLocked,
    /// When the phone locks, its connections end, and nobody is let in until it is unlocked.
    HangsUpWhenLocked,
    /// A message and all later ones of its kind are never answered.
    Stalls(At),
    /// Reading a file hangs or breaks the connection; all else is answered.
    Hangs {
        /// Which file.
        path: String,
        /// Which of the two.
        how: Hang,
    },
    /// Questions of one sort about a path hang or break the connection; all else is answered.
    SilentOver {
        /// Which path.
        path: String,
        /// Which questions: `ReadDir`, `GetFileInfo`, `FileOpen`, `GetFileHash`, or `AnyFileRequest` for all that name it.
        message: String,
        /// Which of the two.
        #[serde(default)]
        how: Hang,
    },
    /// The reply to a message announces a length that is not its own.
    LiesAboutLength {
        /// Which reply.
        at: At,
        /// The length it announces.
        length: u64,
    },
    /// The reply to a file request carries the packet number of another.
    WrongNumber(At),
    /// Each answer to a question about the attributes of a path carries the packet number of another.
    Misnumbers {
        /// Which path.
        path: String,
    },
    /// A read gives fewer bytes than asked for, though there are more.
    ShortReads {
        /// Of which files.
        path: String,
        /// The most one read gives.
        most: u64,
    },
    /// One byte arrives changed.
    WrongByte {
        /// In which file.
        path: String,
        /// Where in it.
        offset: u64,
    },
    /// Bytes arrive changed the first times they are read, and as they are after that.
    WrongAtFirst {
        /// In which file.
        path: String,
        /// Where in it they begin.
        offset: u64,
        /// How many they are.
        #[serde(default = "one")]
        bytes: u64,
        /// How many reads that touch them are wrong, over all files meant.
        #[serde(default = "one")]
        times: u64,
    },
    /// One byte arrives changed in the first, third, fifth… of the reads that touch it.
    WrongEverySecondTime {
        /// In which file.
        path: String,
        /// Where in it.
        offset: u64,
    },
    /// Reads end too early, without an error.
    EarlyEnd {
        /// Of which file.
        path: String,
        /// The bytes there seem to be.
        at: u64,
    },
    /// Listing, opening and asking about a path fails.
    Fails {
        /// Which path.
        path: String,
        /// With which status.
        status: Status,
    },
    /// Reading a place in a file fails.
    ReadFails {
        /// Which file.
        path: String,
        /// Reads that touch this byte fail.
        offset: u64,
        /// With which status.
        status: Status,
    },
    /// The phone tells a size that the file does not have (any more).
    TellsSize {
        /// Of which file.
        path: String,
        /// The size told.
        size: u64,
    },
    /// The phone tells a time of last change that makes little sense.
    TellsTime {
        /// Of which file.
        path: String,
        /// Nanoseconds since 1970, before it if negative.
        nanoseconds: i64,
    },
    /// An attribute is left out of what the phone tells about a file.
    Withholds {
        /// Of which file.
        path: String,
        /// For example `st_birthtime`.
        attribute: String,
    },
    /// The phone's clock is wrong. Its files have their times all the same; see [`Fault::TellsTime`].
    ClockAhead {
        /// By so much, behind if negative.
        seconds: i64,
    },
    /// A folder lists a name that is not there, perhaps one that no disk could hold.
    Lists {
        /// Which folder.
        path: String,
        /// The name.
        name: String,
    },
    /// The phone refuses to hash files.
    RefusesHash {
        /// 15 (unsupported) or 6 (unknown packet) are what phones are said to answer.
        status: Status,
    },
    /// Somebody uses the phone: its Photos database changes all the time. Nothing happens to a phone without a database
    /// that may change (see [`crate::RunningPhone::database`]); [`crate::RunningPhone::write_database`] is the way to
    /// watch the writer.
    WritesDatabase {
        /// Milliseconds between two transactions.
        #[serde(default = "usual_pause")]
        every_ms: u64,
        /// Assets that one transaction changes.
        #[serde(default = "usual_assets")]
        assets: u64,
        /// When the log is written back, and how, follows from this.
        #[serde(default)]
        seed: u64,
    },
    /// The phone takes its time to hash a file.
    HashesSlowly {
        /// Which files.
        path: String,
        /// Milliseconds more than it would.
        ms: u64,
    },
    /// The phone hashes files wrongly.
    LiesAboutHash {
        /// Which files.
        path: String,
    },
}

/// What becomes of a connection on which a certain file is read or asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hang {
    /// Nothing on it is answered any more.
    #[default]
    Stalls,
    /// It is closed.
    Drops,
}

fn one() -> u64 {
    1
}

fn usual_pause() -> u64 {
    Pace::default().every.as_millis() as u64
}

fn usual_assets() -> u64 {
    Pace::default().assets
}

impl Fault {
    /// Reads a scenario: a JSON array of faults.
    pub fn read_scenario(json: &str) -> Result<Vec<Self>, SimError> {
        serde_json::from_str(json).map_err(SimError::Scenario)
    }
}

/// A message of the conversation, by its name and how many of its kind go before it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct At {
    /// The name of a multiplexer or lockdown request (`ListDevices`, `Connect`, `Pair`, `StartSession`, …), of a file
    /// operation (`ReadDir`, `GetFileInfo`, `FileOpen`, `FileRead`, …), or `AnyFileRequest`.
    pub message: String,
    /// How many such messages are still treated well.
    #[serde(default)]
    pub skip: u64,
}

impl At {
    /// The next message of this name.
    pub fn next(message: impl Into<String>) -> Self {
        Self { message: message.into(), skip: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_read_and_a_misspelt_one_refused() {
        let text = r#"[{"fault": "early-end", "path": "/a", "at": 65536}, {"fault": "stalls", "message": "Pair"},
            {"fault": "fails", "path": "/DCIM/", "status": "io-error"}, {"fault": "refuses-reads-while-locked"},
            {"fault": "writes-database", "assets": 3}, {"fault": "silent-over", "path": "/a", "message": "ReadDir"},
            {"fault": "wrong-at-first", "path": "/a", "offset": 9, "times": 2},
            {"fault": "lies-about-length", "at": {"message": "FileRead", "skip": 2}, "length": 3}]"#;
        let expected = vec![
            Fault::EarlyEnd { path: "/a".into(), at: 65536 },
            Fault::Stalls(At::next("Pair")),
            Fault::Fails { path: "/DCIM/".into(), status: Status::IoError },
            Fault::RefusesReadsWhileLocked,
            Fault::WritesDatabase { every_ms: 5, assets: 3, seed: 0 },
            Fault::SilentOver { path: "/a".into(), message: "ReadDir".into(), how: Hang::Stalls },
            Fault::WrongAtFirst { path: "/a".into(), offset: 9, bytes: 1, times: 2 },
            Fault::LiesAboutLength { at: At { message: "FileRead".into(), skip: 2 }, length: 3 },
        ];
        assert_eq!(Fault::read_scenario(text).unwrap(), expected);
        assert!(Fault::read_scenario(r#"[{"fault": "early-end", "path": "/a", "offset": 1}]"#).is_err());
        assert!(Fault::read_scenario(r#"[{"fault": "explodes"}]"#).is_err());
    }
}
