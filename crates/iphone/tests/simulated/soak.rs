//! Random use of a phone that misbehaves at random, from a seed: no call hangs, no wrong byte is handed on, and in the end
//! everything is closed and works.

use crate::{describe, eventually, media, phones_at};
use iphone::{Limits, MuxAddress, Phone, PhoneError, PhoneFile, Phones};
use iphone_sim::{At, Fault, RunningPhone, Status};
use std::thread;
use std::time::{Duration, Instant};

/// `KEEPSAKE_SOAK_SECONDS` makes it longer.
const USUAL: Duration = Duration::from_secs(10);
const BIG: &[u8] = b"/DCIM/100APPLE/big";
const BIG_SIZE: usize = 2_500_000;
const SMALL_FILES: usize = 300;

const MESSAGES: [&str; 13] = [
    "ListDevices",
    "Connect",
    "ReadPairRecord",
    "GetValue",
    "StartSession",
    "StartService",
    "ReadDir",
    "GetFileInfo",
    "FileOpen",
    "FileRead",
    "FileSeek",
    "FileClose",
    "AnyFileRequest",
];

/// Numbers that look random and are the same for the same seed (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

fn big() -> Vec<u8> {
    (0..BIG_SIZE).map(|i| (i * 31 % 251) as u8).collect()
}

fn small(i: usize) -> Vec<u8> {
    format!("/DCIM/100APPLE/f{i}").into_bytes()
}

/// Someone who uses the phone.
struct User {
    phone: Phone,
    dice: Dice,
    big: Vec<u8>,
    file: Option<PhoneFile>,
    offset: usize,
}

impl User {
    fn act(&mut self) -> Result<(), PhoneError> {
        match self.dice.below(6) {
            0 => self.phone.list_dir(b"/DCIM/100APPLE").map(|names| assert_eq!(names.len(), SMALL_FILES + 1)),
            1 => self.look_at_all(),
            2 => {
                let i = self.dice.below(SMALL_FILES);
                self.phone.read_small(&small(i), 1000).map(|bytes| assert!(bytes == vec![i as u8; i]))
            }
            3 => {
                self.file = None;
                self.phone.open_file(BIG).map(|file| self.file = Some(file))
            }
            _ => self.read(),
        }
    }

    fn look_at_all(&self) -> Result<(), PhoneError> {
        let paths: Vec<Vec<u8>> = (0..SMALL_FILES).map(small).collect();
        let infos = self.phone.file_infos(&paths)?;
        infos.into_iter().enumerate().for_each(|(i, info)| assert_eq!(info.unwrap().bytes, i as u64));
        Ok(())
    }

    /// Mostly onwards, sometimes elsewhere. A reader is used on after an error now and then, though it need not work.
    fn read(&mut self) -> Result<(), PhoneError> {
        let Some(file) = &mut self.file else { return Ok(()) };
        if self.dice.below(4) == 0 {
            self.offset = self.dice.below(BIG_SIZE);
        }
        let length = [70_000, 1 << 20, 4096][self.dice.below(3)];
        let piece = file.read_at(self.offset as u64, length);
        if piece.is_err() && self.dice.below(2) == 0 {
            self.file = None;
        }
        let piece = piece?;
        assert!(piece == self.big[self.offset..self.offset + piece.len()], "{} at {}", piece.len(), self.offset);
        self.offset += piece.len();
        Ok(())
    }

    fn act_until(mut self, end: Instant) -> usize {
        let mut done = 0;
        while Instant::now() < end {
            let start = Instant::now();
            let result = self.act();
            assert!(start.elapsed() < Duration::from_secs(30), "{:?} until {result:?}", start.elapsed());
            done += usize::from(result.is_ok());
        }
        done
    }
}

fn misbehave(sim: &RunningPhone, dice: &mut Dice) {
    let at = At { message: MESSAGES[dice.below(MESSAGES.len())].into(), skip: dice.below(20) as u64 };
    let path = || String::from_utf8_lossy(BIG).into_owned();
    sim.inject(Fault::Replugs { after_ms: 300 });
    sim.inject(match dice.below(8) {
        0 => Fault::Stalls(at),
        1 => Fault::LiesAboutLength { at, length: [0, 3, 39, 41, 1 << 20, u64::MAX][dice.below(6)] },
        2 => Fault::WrongNumber(at),
        3 => Fault::UnplugAfterRequests { requests: dice.below(50) as u64 },
        4 => Fault::UnplugAfterBytes { bytes: dice.below(3_000_000) as u64 },
        5 => Fault::ShortReads { path: "/".into(), most: 1 + dice.below(100_000) as u64 },
        6 => Fault::Fails { path: path(), status: Status::NoResources },
        _ => Fault::ReadFails { path: path(), offset: dice.below(BIG_SIZE) as u64, status: Status::IoError },
    });
    thread::sleep(Duration::from_millis(dice.below(500) as u64));
    sim.behave();
    thread::sleep(Duration::from_millis(dice.below(700) as u64));
}

#[test]
fn random_use_of_a_phone_that_misbehaves_at_random() {
    let seconds = std::env::var("KEEPSAKE_SOAK_SECONDS").ok().and_then(|s| s.parse().ok());
    let end = Instant::now() + seconds.map_or(USUAL, Duration::from_secs);
    let media = media(&[("DCIM/100APPLE/big", &big())]);
    (0..SMALL_FILES).for_each(|i| {
        std::fs::write(media.path().join(&String::from_utf8_lossy(&small(i))[1..]), vec![i as u8; i]).unwrap()
    });
    let sim = describe(media.path()).most_open_files(40).start().unwrap();
    phones_at(sim.addr()).ask(sim.udid()).unwrap();
    let short = Duration::from_millis(1500);
    let limits = Limits { mux: short, probe: short, connect: short, request: short, trust: short };
    let phones = Phones::with_limits(MuxAddress::Tcp(sim.addr()), limits).unwrap();
    let phone = phones.open(sim.udid()).unwrap();
    let user = |seed| User { phone: phone.clone(), dice: Dice(seed), big: big(), file: None, offset: 0 };
    thread::scope(|threads| {
        let users: Vec<_> = (1..=4).map(user).map(|user| threads.spawn(move || user.act_until(end))).collect();
        let mut dice = Dice(42);
        while Instant::now() < end {
            misbehave(&sim, &mut dice);
        }
        for user in users {
            assert!(user.join().unwrap() > 0, "nothing worked in between");
        }
    });
    eventually("it works again", || phone.list_dir(b"/DCIM/100APPLE").is_ok());
    eventually("every handle is closed", || sim.activity().open_handles == 0);
}
