//! The file service over a bare socket: every fault it can be told to have.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::frame::{HEADER, reply};
use crate::channel::Channel;
use crate::device::Device;
use crate::socket::Socket;
use crate::{At, Builder, Fault, LockState, Phone, Status};

const PHOTO: &str = "/DCIM/100APPLE/a.JPG";
const SIZE: usize = 200_000;

/// A phone with one photo and a client that speaks frames.
struct Rig {
    device: Arc<Device>,
    client: TcpStream,
    number: u64,
    _media: TempDir,
}

#[derive(Debug, PartialEq, Eq)]
struct Answer {
    number: u64,
    op: u64,
    argument: Option<u64>,
    data: Vec<u8>,
}

fn contents() -> Vec<u8> {
    (0..SIZE).map(|at| (at % 251) as u8).collect()
}

impl Rig {
    fn new() -> Self {
        Self::with(|phone| phone)
    }

    fn with(shape: impl FnOnce(Builder) -> Builder) -> Self {
        let media = tempfile::tempdir().unwrap();
        fs::write(media.path().join("a.JPG"), contents()).unwrap();
        let device = shape(Phone::builder().media(media.path())).device().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        client.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        let (socket, _) = listener.accept().unwrap();
        socket.set_nodelay(true).unwrap();
        let served = device.clone();
        thread::spawn(move || super::serve(&served, &served.traits.media, Channel::plain(Socket::Tcp(socket))));
        Self { device, client, number: 0, _media: media }
    }

    fn misbehaving(faults: impl IntoIterator<Item = Fault>) -> Self {
        let rig = Self::new();
        faults.into_iter().for_each(|fault| rig.device.faults.arm(fault));
        rig
    }

    fn send(&mut self, op: u64, arguments: &[u8]) {
        self.number += 1;
        let length = (HEADER + arguments.len()) as u64;
        let mut frame = b"CFA6LPAA".to_vec();
        for word in [length, length, self.number, op] {
            frame.extend_from_slice(&word.to_le_bytes());
        }
        frame.extend_from_slice(arguments);
        self.client.write_all(&frame).unwrap();
    }

    fn receive(&mut self) -> Option<Answer> {
        let mut header = [0_u8; HEADER];
        self.client.read_exact(&mut header).ok()?;
        let word = |at: usize| u64::from_le_bytes(header[at..at + 8].try_into().unwrap());
        let mut rest = vec![0_u8; (word(8) - HEADER as u64) as usize];
        self.client.read_exact(&mut rest).ok()?;
        let data = rest.split_off(word(16) as usize - HEADER);
        let argument = rest.try_into().ok().map(u64::from_le_bytes);
        Some(Answer { number: word(24), op: word(32), argument, data })
    }

    fn ask(&mut self, op: u64, arguments: &[u8]) -> Answer {
        self.send(op, arguments);
        self.receive().expect("an answer")
    }

    fn status(&mut self, op: u64, arguments: &[u8]) -> u64 {
        let answer = self.ask(op, arguments);
        assert_eq!(answer.op, reply::STATUS, "{answer:?}");
        answer.argument.unwrap()
    }

    fn open(&mut self) -> u64 {
        let answer = self.ask(0x0D, &[&1_u64.to_le_bytes(), PHOTO.as_bytes()].concat());
        assert_eq!(answer.op, reply::OPENED, "{answer:?}");
        answer.argument.unwrap()
    }

    fn read(&mut self, handle: u64, length: u64) -> Vec<u8> {
        self.ask(0x0F, &[handle.to_le_bytes(), length.to_le_bytes()].concat()).data
    }

    /// Reads to the end as a client does: until a read gives nothing.
    fn read_all(&mut self) -> Vec<u8> {
        let handle = self.open();
        let mut all = Vec::new();
        loop {
            let piece = self.read(handle, 65_536);
            if piece.is_empty() {
                return all;
            }
            all.extend(piece);
        }
    }

    fn info(&mut self) -> String {
        String::from_utf8(self.ask(0x0A, PHOTO.as_bytes()).data).unwrap().replace('\0', " ")
    }
}

#[test]
fn a_well_behaved_phone_gives_every_byte() {
    assert_eq!(Rig::new().read_all(), contents());
}

#[test]
fn changes_are_refused_unless_allowed() {
    let mut rig = Rig::new();
    assert_eq!(rig.status(0x08, PHOTO.as_bytes()), 10);
    assert_eq!(rig.status(0x09, b"/DCIM/new"), 10);
    assert_eq!(rig.status(0x0D, &[&2_u64.to_le_bytes(), PHOTO.as_bytes()].concat()), 10);
}

#[test]
fn slots_run_out_and_come_back() {
    let mut rig = Rig::with(|phone| phone.most_open_files(2));
    let first = rig.open();
    rig.open();
    assert_eq!(rig.status(0x0D, &[&1_u64.to_le_bytes(), PHOTO.as_bytes()].concat()), 3);
    assert_eq!(rig.status(0x14, &first.to_le_bytes()), 0);
    rig.open();
    let device = rig.device.clone();
    drop(rig);
    let end = Instant::now() + Duration::from_secs(5);
    while device.counters.snapshot().open_handles > 0 {
        assert!(Instant::now() < end, "a connection that ended must give its slots back");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn requests_in_flight_share_the_delay() {
    let mut rig = Rig::with(|phone| phone.latency(Duration::from_millis(50)));
    rig.client.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let start = Instant::now();
    (0..20).for_each(|_| rig.send(0x0A, PHOTO.as_bytes()));
    let numbers: Vec<_> = (0..20).map(|_| rig.receive().unwrap().number).collect();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
    let together = start.elapsed();
    assert!(together >= Duration::from_millis(50) && together < Duration::from_millis(500), "{together:?}");
    let start = Instant::now();
    (0..4).for_each(|_| drop(rig.ask(0x0A, PHOTO.as_bytes())));
    assert!(start.elapsed() >= Duration::from_millis(200), "{:?}", start.elapsed());
}

#[test]
fn a_request_that_arrives_while_an_answer_is_carried_has_waited_by_then() {
    let second = Duration::from_secs(1);
    let mut rig = Rig::with(|phone| phone.latency(second).bytes_per_second(SIZE as f64 / 2.0));
    rig.client.set_read_timeout(Some(second * 20)).unwrap();
    let handle = rig.open();
    let start = Instant::now();
    rig.send(0x0F, &[handle.to_le_bytes(), (SIZE as u64).to_le_bytes()].concat());
    // The answer travels from the first second to the third.
    thread::sleep(second * 3 / 2);
    rig.send(0x0A, PHOTO.as_bytes());
    assert_eq!(rig.receive().unwrap().data.len(), SIZE);
    let carried = start.elapsed();
    rig.receive().unwrap();
    assert!(carried >= second * 3, "{carried:?}");
    assert!(start.elapsed() - carried < second / 2, "it waited again: {:?}", start.elapsed() - carried);
}

#[test]
fn short_reads_lose_nothing() {
    let mut rig = Rig::misbehaving([Fault::ShortReads { path: PHOTO.into(), most: 1000 }]);
    let handle = rig.open();
    assert_eq!(rig.read(handle, 65_536).len(), 1000);
    assert_eq!(rig.read_all(), contents());
}

#[test]
fn one_byte_is_wrong_and_the_hash_tells_the_truth() {
    let mut rig = Rig::misbehaving([Fault::WrongByte { path: "/DCIM/".into(), offset: 70_000 }]);
    let honest = Rig::new().ask(0x1D, PHOTO.as_bytes());
    assert_eq!((honest.op, honest.data.len()), (reply::DATA, 20));
    let (read, sent) = (rig.read_all(), contents());
    let differ: Vec<_> = (0..SIZE).filter(|at| read[*at] != sent[*at]).collect();
    assert_eq!(differ, [70_000]);
    assert_eq!(rig.ask(0x1D, PHOTO.as_bytes()).data, honest.data);
    rig.device.faults.arm(Fault::LiesAboutHash { path: PHOTO.into() });
    assert_ne!(rig.ask(0x1D, PHOTO.as_bytes()).data, honest.data);
    rig.device.faults.arm(Fault::RefusesHash { status: Status::Unsupported });
    assert_eq!(rig.status(0x1D, PHOTO.as_bytes()), 15);
}

#[test]
fn bytes_that_were_wrong_are_right_when_they_are_read_again() {
    let fault = Fault::WrongAtFirst { path: PHOTO.into(), offset: 65_530, bytes: 10, times: 3 };
    let mut rig = Rig::misbehaving([fault]);
    let mut wrong = || {
        let (read, sent) = (rig.read_all(), contents());
        (0..SIZE).filter(|at| read[*at] != sent[*at]).collect::<Vec<_>>()
    };
    // Every reading touches them twice, because a read ends among them.
    assert_eq!(wrong(), (65_530..65_540).collect::<Vec<_>>());
    assert_eq!(wrong(), (65_530..65_536).collect::<Vec<_>>());
    assert!(wrong().is_empty());
}

#[test]
fn a_file_ends_early_at_a_round_place() {
    let mut rig = Rig::misbehaving([Fault::EarlyEnd { path: PHOTO.into(), at: 131_072 }]);
    assert_eq!(rig.read_all(), &contents()[..131_072]);
    assert!(rig.info().contains("st_size 200000"));
}

#[test]
fn a_place_in_a_file_or_a_whole_path_fails() {
    let fault = Fault::ReadFails { path: PHOTO.into(), offset: 100_000, status: Status::IoError };
    let mut rig = Rig::misbehaving([fault]);
    let handle = rig.open();
    assert_eq!(rig.read(handle, 65_536).len(), 65_536);
    assert_eq!(rig.status(0x0F, &[handle.to_le_bytes(), 65_536_u64.to_le_bytes()].concat()), 20);
    rig.device.faults.arm(Fault::Fails { path: PHOTO.into(), status: Status::PermissionDenied });
    assert_eq!(rig.status(0x0A, PHOTO.as_bytes()), 10);
    assert_eq!(rig.status(0x0A, b"/DCIM/none"), 8);
}

#[test]
fn what_is_told_about_a_file_is_odd() {
    let mut rig = Rig::misbehaving([
        Fault::TellsSize { path: PHOTO.into(), size: 7 },
        Fault::TellsTime { path: PHOTO.into(), nanoseconds: -1_000_000_000 },
        Fault::Withholds { path: PHOTO.into(), attribute: "st_birthtime".into() },
        Fault::Lists { path: "/DCIM/100APPLE".into(), name: "../evil".into() },
    ]);
    let told = rig.info();
    assert!(told.contains("st_size 7 ") && told.contains("st_mtime -1000000000"), "{told}");
    assert!(!told.contains("st_birthtime"), "{told}");
    assert_eq!(rig.read_all().len(), SIZE);
    assert_eq!(rig.ask(0x03, b"/DCIM/100APPLE").data, b".\0..\0a.JPG\0../evil\0");
}

#[test]
fn a_reply_carries_a_number_or_a_length_that_is_not_its_own() {
    let mut rig = Rig::misbehaving([Fault::WrongNumber(At { message: "GetFileInfo".into(), skip: 1 })]);
    let numbers: Vec<_> = (0..3).map(|_| rig.ask(0x0A, PHOTO.as_bytes()).number).collect();
    assert_eq!((numbers[0], numbers[2]), (1, 3));
    assert_ne!(numbers[1], 2);
    rig.device.faults.arm(Fault::LiesAboutLength { at: At::next("AnyFileRequest"), length: u64::MAX });
    rig.send(0x0A, PHOTO.as_bytes());
    let mut header = [0_u8; HEADER];
    rig.client.read_exact(&mut header).unwrap();
    assert_eq!(header[8..16], [0xff; 8]);
}

#[test]
fn a_stalled_phone_says_nothing_and_keeps_the_line() {
    let mut rig = Rig::misbehaving([Fault::Stalls(At { message: "FileRead".into(), skip: 1 })]);
    let handle = rig.open();
    assert_eq!(rig.read(handle, 10).len(), 10);
    rig.send(0x0F, &[handle.to_le_bytes(), 10_u64.to_le_bytes()].concat());
    let silence = rig.client.read(&mut [0; 1]).unwrap_err();
    assert!(matches!(silence.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut), "{silence}");
}

#[test]
fn a_phone_that_locks_refuses_to_read_only_if_told_to() {
    let mut rig = Rig::misbehaving([Fault::LocksAfterBytes { bytes: 100_000 }]);
    assert_eq!(rig.read_all(), contents());
    assert_eq!(rig.device.state().lock, LockState::Locked);
    let open = [&1_u64.to_le_bytes(), PHOTO.as_bytes()].concat();
    rig.device.faults.arm(Fault::RefusesReadsWhileLocked);
    assert_eq!(rig.status(0x0D, &open), 10);
    assert_eq!(rig.ask(0x0A, PHOTO.as_bytes()).op, reply::DATA);
    rig.device.faults.arm(Fault::RefusesAllWhileLocked);
    assert_eq!([rig.status(0x0A, PHOTO.as_bytes()), rig.status(0x03, b"/DCIM"), rig.status(0x0D, &open)], [10; 3]);
    rig.device.lock_screen(LockState::Unlocked);
    assert_eq!(rig.read_all(), contents());
}
