//! One photo on its own: its large picture, its film, and what is said of it.

use engine::Lab;
use iphone_sim::Phone;
use serde_json::{Value, json};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

const HEIC: &str = "photo-cli__leiden.HEIC";
const FILM: &str = "photo-cli__leiden.mov";
const JPEG: &str = "digicam_corpus__IMG_3614.JPG";
const BROKEN: &str = "IMG_0666.JPG";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/media").join(name)
}

/// Lays out a phone with a Live Photo, a photo and something that is none.
fn laid_out() -> tempfile::TempDir {
    let media = tempfile::tempdir().unwrap();
    let camera = media.path().join("DCIM/100APPLE");
    fs::create_dir_all(&camera).unwrap();
    for name in [HEIC, FILM, JPEG] {
        fs::copy(fixture(name), camera.join(name)).unwrap();
    }
    fs::write(camera.join(BROKEN), vec![7; 5000]).unwrap();
    media
}

fn rows(lab: &Lab, section: &str) -> Vec<Value> {
    let args = json!({"source": "iphone:00008110-000A1B2C3D4E801E", "section": section, "offset": 0, "limit": 500});
    lab.call("grid_rows", args).as_array().unwrap().clone()
}

fn row(lab: &Lab, name: &str) -> Value {
    let all = ["new", "already_imported"].into_iter().flat_map(|section| rows(lab, section));
    all.into_iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("{name} is not listed"))
}

fn preview(lab: &Lab, name: &str) -> Value {
    lab.call("preview", json!({"id": row(lab, name)["id"], "beside": []}))
}

fn ask(lab: &Lab, token: &str) -> Receiver<Option<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    lab.app.picture(token, Box::new(move |bytes| sender.send(bytes.map(|b| b.to_vec())).unwrap()));
    receiver
}

/// Returns the size of the large picture of a photo.
fn large(lab: &Lab, name: &str, edge: u32) -> Option<(u32, u32)> {
    let token = format!("{}-{edge}", row(lab, name)["thumbnail"].as_str().unwrap());
    let bytes = ask(lab, &token).recv_timeout(Duration::from_secs(60)).unwrap()?;
    let picture = image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg).unwrap();
    Some((picture.width(), picture.height()))
}

/// Asks for a stretch of a film as a player does, and returns status line and bytes.
fn stretch(address: &str, range: &str) -> (String, Vec<u8>) {
    let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nRange: bytes={range}\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    (head.lines().next().unwrap().to_owned(), answer[end..].to_vec())
}

fn film_is_whole(address: &str) {
    let bytes = fs::read(fixture(FILM)).unwrap();
    assert_eq!(stretch(address, "0-1"), ("HTTP/1.1 206 Partial Content".into(), bytes[..2].to_vec()));
    let (_, end) = stretch(address, "-5000");
    assert!(end == bytes[bytes.len() - 5000..]);
    assert!(stretch(address, "0-").1 == bytes, "the film differs");
    assert_eq!(stretch(address, &format!("{}-", bytes.len())).0, "HTTP/1.1 416 Range Not Satisfiable");
}

#[test]
fn a_photo_is_looked_at_on_the_phone_then_in_the_library_and_says_when_it_is_away() {
    let media = laid_out();
    let lab = Lab::with_phone(media.path());
    lab.choose_library("Photos");
    lab.listed();
    let seen = preview(&lab, HEIC);
    assert_eq!((&seen["original"], &seen["opens_elsewhere"]), (&json!("source"), &json!(false)), "{seen}");
    assert!(seen["camera"].as_str().unwrap().starts_with("Apple iPhone"), "{seen}");
    let (width, height) = (seen["width"].as_u64().unwrap() as u32, seen["height"].as_u64().unwrap() as u32);
    assert_eq!(large(&lab, HEIC, 8192), Some((width, height)), "100 %");
    assert_eq!(large(&lab, JPEG, 1100).map(|(w, h)| w.max(h)), Some(1280));
    film_is_whole(seen["film"].as_str().unwrap());
    assert_eq!(preview(&lab, JPEG)["film"], Value::Null);
    let refused = lab.app.call("open_elsewhere", json!({"id": row(&lab, HEIC)["id"]})).unwrap_err();
    assert!(refused.message.contains("import it first"), "{refused}");

    lab.imported(&json!({"kind": "all_new"}));
    let mut lab = lab.restarted();
    lab.phone = None;
    let lab = lab.restarted();
    let seen = preview(&lab, HEIC);
    assert_eq!((&seen["original"], &seen["opens_elsewhere"]), (&json!("library"), &json!(true)), "{seen}");
    assert_eq!(large(&lab, HEIC, 8192), Some((width, height)));
    film_is_whole(seen["film"].as_str().unwrap());
    lab.call("open_elsewhere", json!({"id": row(&lab, HEIC)["id"]}));
    let copy = lab.path("Photos").join(row(&lab, HEIC)["library_path"].as_str().unwrap());
    assert_eq!(*lab.opened.lock().unwrap(), std::slice::from_ref(&copy));
    assert_eq!(preview(&lab, BROKEN)["opens_elsewhere"], json!(false), "what is no picture is given to nobody");
    assert!(lab.app.call("open_elsewhere", json!({"id": row(&lab, BROKEN)["id"]})).is_err());
    assert_eq!(lab.opened.lock().unwrap().len(), 1);

    fs::remove_file(copy).unwrap();
    let seen = preview(&lab, HEIC);
    assert_eq!((&seen["original"], &seen["opens_elsewhere"]), (&json!("away"), &json!(false)), "{seen}");
    assert_eq!(large(&lab, HEIC, 2000), None);
}

#[test]
fn what_cannot_be_drawn_says_why_and_no_address_leads_elsewhere() {
    let media = laid_out();
    let lab = Lab::with_phone(media.path());
    lab.listed();
    assert_eq!(large(&lab, BROKEN, 2000), None);
    let id = row(&lab, BROKEN)["id"].clone();
    let why = lab.call("picture_problem", json!({"id": id, "edge": 2000}));
    assert!(why.as_str().is_some_and(|why| why.contains("not a picture")), "{why}");
    assert_eq!(lab.call("picture_problem", json!({"id": row(&lab, JPEG)["id"], "edge": 2000})), Value::Null);

    let token = row(&lab, JPEG)["thumbnail"].as_str().unwrap().to_owned();
    for stray in ["-", "-0", "-8193", "-1280-1280", "-x", "--1", "-99999999999"] {
        assert_eq!(ask(&lab, &format!("{token}{stray}")).recv().unwrap(), None, "{stray}");
    }
    let film = preview(&lab, HEIC)["film"].as_str().unwrap().to_owned();
    let (origin, live) = film.rsplit_once('/').unwrap();
    for stray in
        [&*token, "", "..", "../../etc/passwd", "1-", "999999-00000000", &format!("{live}-1280"), &format!("{live}/x")]
    {
        assert_eq!(stretch(&format!("{origin}/{stray}"), "0-1").0, "HTTP/1.1 404 Not Found", "{stray}");
    }
    assert_eq!(stretch(&film.replace(origin, &origin[..origin.len() - 1]), "0-1").0, "HTTP/1.1 404 Not Found");
}

#[test]
fn what_nobody_looks_at_any_more_is_not_fetched() {
    let media = laid_out();
    // So slow that the photo takes half a minute.
    let lab = Lab::beside(Phone::builder().media(media.path()).bytes_per_second(40_000.0).start().unwrap());
    lab.listed();
    let token = |name: &str| format!("{}-2000", row(&lab, name)["thumbnail"].as_str().unwrap());
    let left = ask(&lab, &token(JPEG));
    std::thread::sleep(Duration::from_millis(300));
    assert!(left.try_recv().is_err(), "it is on its way");
    preview(&lab, BROKEN);
    assert_eq!(left.recv_timeout(Duration::from_secs(60)).unwrap(), None);
    let stays = ask(&lab, &token(JPEG));
    let args = json!({"id": row(&lab, BROKEN)["id"], "beside": [row(&lab, JPEG)["id"]]});
    lab.call("preview", args);
    std::thread::sleep(Duration::from_millis(300));
    assert!(stays.try_recv().is_err(), "its neighbour may be next");
    lab.call("leave_preview", json!({}));
    assert_eq!(stays.recv_timeout(Duration::from_secs(60)).unwrap(), None);
}
