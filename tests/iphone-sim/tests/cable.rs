//! The multiplexer and lockdown as a client sees them: cables, trust, silence. Speaks the two protocols by itself.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its surroundings has failed")]

use std::io::{Cursor, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use iphone_sim::{At, Fault, Phone, RunningPhone, SimError};
use plist::{Dictionary, Value};
use tempfile::TempDir;

struct Rig {
    phone: RunningPhone,
    _media: TempDir,
}

fn rig() -> Rig {
    let media = tempfile::tempdir().unwrap();
    let phone = Phone::builder().media(media.path()).start().unwrap();
    Rig { phone, _media: media }
}

fn xml(pairs: &[(&str, Value)]) -> Vec<u8> {
    let body: Dictionary = pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    let mut bytes = Vec::new();
    Value::Dictionary(body).to_writer_xml(&mut bytes).unwrap();
    bytes
}

fn dictionary(bytes: Vec<u8>) -> Dictionary {
    Value::from_reader(Cursor::new(bytes)).unwrap().into_dictionary().unwrap()
}

struct Mux(TcpStream);

impl Mux {
    fn new(phone: &RunningPhone) -> Self {
        let stream = TcpStream::connect(phone.addr()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        Self(stream)
    }

    fn send(&mut self, pairs: &[(&str, Value)]) {
        let body = xml(pairs);
        for word in [16 + body.len() as u32, 1, 8, 42] {
            self.0.write_all(&word.to_le_bytes()).unwrap();
        }
        self.0.write_all(&body).unwrap();
    }

    fn receive(&mut self) -> std::io::Result<Dictionary> {
        let mut header = [0; 16];
        self.0.read_exact(&mut header)?;
        let mut body = vec![0; u32::from_le_bytes(header[..4].try_into().unwrap()) as usize - 16];
        self.0.read_exact(&mut body)?;
        Ok(dictionary(body))
    }

    fn ask(&mut self, pairs: &[(&str, Value)]) -> Dictionary {
        self.send(pairs);
        self.receive().unwrap()
    }

    fn device_ids(&mut self) -> Vec<u64> {
        let reply = self.ask(&[("MessageType", "ListDevices".into())]);
        let list = reply["DeviceList"].as_array().unwrap();
        list.iter().map(|d| d.as_dictionary().unwrap()["DeviceID"].as_unsigned_integer().unwrap()).collect()
    }

    fn lockdown(mut self, device: u64) -> TcpStream {
        let pairs = [
            ("MessageType", "Connect".into()),
            ("DeviceID", device.into()),
            ("PortNumber", u64::from(62078_u16.swap_bytes()).into()),
        ];
        assert_eq!(self.ask(&pairs)["Number"].as_unsigned_integer(), Some(0));
        self.0
    }
}

fn request(stream: &mut TcpStream, name: &str) {
    let body = xml(&[("Request", name.into())]);
    stream.write_all(&(body.len() as u32).to_be_bytes()).unwrap();
    stream.write_all(&body).unwrap();
}

#[test]
fn a_listener_hears_the_cable_and_a_new_number_each_time() {
    let rig = rig();
    let mut listener = Mux::new(&rig.phone);
    assert_eq!(listener.ask(&[("MessageType", "Listen".into())])["Number"].as_unsigned_integer(), Some(0));
    let mut heard = |kind: &str| {
        let event = listener.receive().unwrap();
        assert_eq!(event["MessageType"].as_string(), Some(kind));
        event["DeviceID"].as_unsigned_integer().unwrap()
    };
    let first = heard("Attached");
    rig.phone.unplug();
    assert_eq!(heard("Detached"), first);
    rig.phone.replug();
    assert_ne!(heard("Attached"), first);
}

#[test]
fn an_unplugged_phone_drops_its_streams_and_refuses_new_ones() {
    let rig = rig();
    let mut lockdown = Mux::new(&rig.phone).lockdown(1);
    rig.phone.unplug();
    assert!(matches!(lockdown.read(&mut [0; 1]), Ok(0) | Err(_)));
    let mut mux = Mux::new(&rig.phone);
    assert!(mux.device_ids().is_empty());
    let reply = mux.ask(&[("MessageType", "Connect".into()), ("DeviceID", 1.into()), ("PortNumber", 32498.into())]);
    assert_eq!(reply["Number"].as_unsigned_integer(), Some(2));
}

#[test]
fn dropping_the_phone_ends_every_connection() {
    let Rig { phone, _media } = rig();
    let mut idle = Mux::new(&phone);
    idle.device_ids();
    let address = phone.addr();
    drop(phone);
    assert!(matches!(idle.0.read(&mut [0; 1]), Ok(0) | Err(_)));
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn requests_stall_and_replies_lie_on_demand() {
    let rig = rig();
    rig.phone.inject(Fault::LiesAboutLength { at: At::next("QueryType"), length: 0xffff_ffff });
    rig.phone.inject(Fault::Stalls(At { message: "QueryType".into(), skip: 1 }));
    rig.phone.inject(Fault::LiesAboutLength { at: At::next("ReadBUID"), length: 15 });
    let mut lockdown = Mux::new(&rig.phone).lockdown(1);
    let mut length = [0; 4];
    request(&mut lockdown, "QueryType");
    lockdown.read_exact(&mut length).unwrap();
    assert_eq!(length, [0xff; 4]);
    let mut second = Mux::new(&rig.phone).lockdown(1);
    second.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    request(&mut second, "QueryType");
    assert!(second.read(&mut length).is_err());
    let mut mux = Mux::new(&rig.phone);
    mux.send(&[("MessageType", "ReadBUID".into())]);
    mux.0.read_exact(&mut length).unwrap();
    assert_eq!(length, [15, 0, 0, 0]);
    rig.phone.behave();
    assert_eq!(Mux::new(&rig.phone).device_ids(), [1]);
}

#[test]
fn lockdown_hangs_up_on_a_silent_client() {
    let media = tempfile::tempdir().unwrap();
    let phone = Phone::builder().media(media.path()).lockdown_idle(Duration::from_millis(100)).start().unwrap();
    let mut lockdown = Mux::new(&phone).lockdown(1);
    let start = Instant::now();
    assert!(matches!(lockdown.read(&mut [0; 1]), Ok(0)));
    assert!(start.elapsed() >= Duration::from_millis(90));
}

#[test]
fn garbage_ends_one_connection_and_nothing_else() {
    let rig = rig();
    let mut garbage = Mux::new(&rig.phone);
    garbage.0.write_all(&[0xff; 64]).unwrap();
    assert!(matches!(garbage.0.read(&mut [0; 1]), Ok(0) | Err(_)));
    let mut lockdown = Mux::new(&rig.phone).lockdown(1);
    lockdown.write_all(&[0xff; 64]).unwrap();
    assert!(matches!(lockdown.read(&mut [0; 1]), Ok(0) | Err(_)));
    assert_eq!(Mux::new(&rig.phone).device_ids(), [1]);
}

#[test]
fn a_folder_that_is_not_there_is_said_so() {
    let missing = Phone::builder().media("/no/such/folder").start();
    assert!(matches!(missing, Err(SimError::NoMedia(_))));
}

#[cfg(unix)]
#[test]
fn the_unix_socket_leads_to_the_same_phone() {
    let media = tempfile::tempdir().unwrap();
    let path = media.path().join("mux");
    let phone = Phone::builder().media(media.path()).unix_socket(&path).start().unwrap();
    let mut stream = std::os::unix::net::UnixStream::connect(&path).unwrap();
    let body = xml(&[("MessageType", "ListDevices".into())]);
    for word in [16 + body.len() as u32, 1, 8, 1] {
        stream.write_all(&word.to_le_bytes()).unwrap();
    }
    stream.write_all(&body).unwrap();
    let mut header = [0; 16];
    stream.read_exact(&mut header).unwrap();
    drop(phone);
    assert!(!path.exists());
}
