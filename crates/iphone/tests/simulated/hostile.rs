//! Muxes and phones that hang, lie and fall silent.

use crate::{impatient_phones_at, phones_at};
use domain::CancelFlag;
use iphone::{PhoneError, PhoneState};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

/// Serves each connection on a thread of its own, until the test process ends.
fn serve(each: impl Fn(TcpStream) + Send + Sync + Clone + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let each = each.clone();
            thread::spawn(move || each(stream.unwrap()));
        }
    });
    address
}

fn read_message(stream: &mut TcpStream) -> Option<String> {
    let mut header = [0; 16];
    stream.read_exact(&mut header).ok()?;
    let length = u32::from_le_bytes(header[..4].try_into().unwrap());
    let mut body = vec![0; length as usize - 16];
    stream.read_exact(&mut body).ok()?;
    String::from_utf8(body).ok()
}

fn write_message(stream: &mut TcpStream, body: &str) {
    let plist = format!("<?xml version=\"1.0\"?><plist version=\"1.0\">{body}</plist>");
    let mut message = Vec::new();
    for field in [16 + plist.len() as u32, 1, 8, 1] {
        message.extend_from_slice(&field.to_le_bytes());
    }
    message.extend_from_slice(plist.as_bytes());
    let _ = stream.write_all(&message);
}

fn device(number: u32, kind: &str, udid: &str) -> String {
    format!(
        "<dict><key>DeviceID</key><integer>{number}</integer><key>MessageType</key><string>Attached</string>\
         <key>Properties</key><dict><key>ConnectionType</key><string>{kind}</string>\
         <key>DeviceID</key><integer>{number}</integer><key>SerialNumber</key><string>{udid}</string></dict></dict>"
    )
}

fn hang() {
    thread::sleep(Duration::from_secs(30));
}

#[test]
fn a_silent_mux_is_timed_out() {
    let address = serve(|_stream| hang());
    let start = Instant::now();
    assert_eq!(impatient_phones_at(address).devices(), Err(PhoneError::TimedOut));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn senseless_lengths_from_the_mux_are_errors() {
    for length in [0u32, 3, 15, 16, u32::MAX] {
        let address = serve(move |mut stream| {
            read_message(&mut stream);
            let _ = stream.write_all(&[&length.to_le_bytes(), [0; 12].as_slice()].concat());
            hang();
        });
        assert!(impatient_phones_at(address).devices().is_err(), "{length}");
    }
}

#[test]
fn phones_that_hang_are_listed_and_hold_nothing_up() {
    const UDIDS: [&str; 2] = ["00008110-0000000000000001", "00008110-0000000000000002"];
    let address = serve(|mut stream| {
        let Some(request) = read_message(&mut stream) else { return };
        if request.contains("ListDevices") {
            let listed = [
                device(1, "USB", UDIDS[0]),
                device(2, "USB", UDIDS[1]),
                device(3, "USB", "../../../../../etc/passwd"),
                device(4, "USB", UDIDS[0]),
            ];
            write_message(
                &mut stream,
                &format!("<dict><key>DeviceList</key><array>{}</array></dict>", listed.concat()),
            );
        }
        hang();
    });
    let start = Instant::now();
    let phones = impatient_phones_at(address).devices().unwrap();
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    let seen: Vec<_> = phones.iter().map(|p| (p.udid.as_str(), p.name.as_str(), p.state)).collect();
    assert_eq!(seen, UDIDS.map(|udid| (udid, "iPhone", PhoneState::Unreachable)));
    assert_eq!(impatient_phones_at(address).open(UDIDS[0]).map(|_| ()), Err(PhoneError::TimedOut));
}

#[test]
fn a_mux_that_hangs_up_is_an_error() {
    let address = serve(drop);
    assert!(impatient_phones_at(address).devices().is_err());
    assert!(impatient_phones_at(address).open("00008110-0000000000000001").is_err());
}

const UDID: &str = "00008110-0000000000000001";

/// A phone that has one answer for every request of lockdown, behind an honest mux without a record of it.
fn phone_that_says(answer: Vec<u8>) -> SocketAddr {
    serve(move |mut stream| {
        while let Some(request) = read_message(&mut stream) {
            let result = |number: u8| format!("<dict><key>Number</key><integer>{number}</integer></dict>");
            match ["ListDevices", "Connect", "ReadBUID"].iter().position(|name| request.contains(name)) {
                Some(0) => {
                    let device = device(1, "USB", UDID);
                    write_message(&mut stream, &format!("<dict><key>DeviceList</key><array>{device}</array></dict>"));
                }
                Some(1) => {
                    write_message(&mut stream, &result(0));
                    return repeat(&answer, &mut stream);
                }
                Some(_) => write_message(&mut stream, "<dict><key>BUID</key><string>B</string></dict>"),
                None => write_message(&mut stream, &result(2)),
            }
        }
    })
}

fn repeat(answer: &[u8], stream: &mut TcpStream) {
    let mut length = [0; 4];
    while stream.read_exact(&mut length).is_ok() {
        let mut request = vec![0; u32::from_be_bytes(length) as usize];
        if stream.read_exact(&mut request).is_err() || stream.write_all(answer).is_err() {
            return;
        }
    }
}

fn framed(body: &[u8]) -> Vec<u8> {
    [(body.len() as u32).to_be_bytes().as_slice(), body].concat()
}

/// With some of these a parser that descends ends the whole program, others have it allocate without end.
#[test]
fn whatever_lockdown_answers_this_program_lives_and_says_so() {
    let deep = |open: &str, times| framed(format!("<?xml version=\"1.0\"?><plist>{}", open.repeat(times)).as_bytes());
    let closed =
        format!("<plist><dict><key>Value</key>{}{}</dict></plist>", "<array>".repeat(9000), "</array>".repeat(9000));
    let answers = [
        deep("<array>", 1_000_000),
        deep("<dict><key>a</key>", 10_000),
        framed(closed.as_bytes()),
        framed(&b"(".repeat(200_000)),
        framed(b"bplist00"),
        framed(&[0xff; 1000]),
        framed(b""),
        [[0xff; 4].as_slice(), &[b' '; 1 << 20]].concat(),
    ];
    for (i, answer) in answers.into_iter().enumerate() {
        let phones = phones_at(phone_that_says(answer));
        let start = Instant::now();
        let listed = phones.devices().unwrap();
        let seen: Vec<_> = listed.iter().map(|p| (p.udid.as_str(), p.name.as_str(), p.state)).collect();
        assert_eq!(seen, [(UDID, "iPhone", PhoneState::NotTrusted)], "answer {i}");
        let paired = phones.pair(UDID, &CancelFlag::default());
        assert!(matches!(paired, Err(PhoneError::Nonsense(_) | PhoneError::Disconnected)), "answer {i}: {paired:?}");
        assert!(start.elapsed() < Duration::from_secs(20), "answer {i}: {:?}", start.elapsed());
    }
}
