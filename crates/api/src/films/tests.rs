//! The server over real sockets.

use super::*;
use std::io::Read;

const TOKEN: &str = "7-0a1b2c3d";

/// A film of which every byte is known.
struct Counting(u64);

fn byte_at(at: u64) -> u8 {
    (at % 251) as u8
}

impl ResourceReader for Counting {
    fn size(&self) -> u64 {
        self.0
    }

    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        Ok((offset..self.0.min(offset + length as u64)).map(byte_at).collect())
    }
}

fn served(size: u64) -> FilmServer {
    let find = move |token: &str| {
        (token == TOKEN).then(|| Film { reader: Box::new(Counting(size)), media_type: "video/quicktime" })
    };
    FilmDoor::open().unwrap().serve(Arc::new(find)).unwrap()
}

/// Sends a request as it stands and returns the answer's head and body.
fn exchange(server: &FilmServer, request: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
    (String::from_utf8(answer[..end].to_vec()).unwrap(), answer[end..].to_vec())
}

fn ask(server: &FilmServer, method: &str, token: &str, fields: &str) -> (String, Vec<u8>) {
    let address = server.address(token);
    let path = address.strip_prefix(&format!("http://{}", server.address)).unwrap();
    exchange(server, &format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n{fields}\r\n", server.address))
}

#[test]
fn parts_and_wholes_are_what_was_asked_for() {
    let server = served(3_000_000);
    let (head, body) = ask(&server, "GET", TOKEN, "");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.contains("Content-Length: 3000000\r\n"), "{head}");
    assert!(body.len() == 3_000_000 && (0..).zip(&body).all(|(at, byte)| *byte == byte_at(at)));
    for (range, first, last) in [
        ("0-1", 0, 1),
        ("1048575-1048577", 1_048_575, 1_048_577),
        ("2999990-", 2_999_990, 2_999_999),
        ("-7", 2_999_993, 2_999_999),
    ] {
        let (head, body) = ask(&server, "GET", TOKEN, &format!("Range: bytes={range}\r\n"));
        assert!(head.starts_with("HTTP/1.1 206 Partial Content\r\n"), "{head}");
        assert!(head.contains(&format!("Content-Range: bytes {first}-{last}/3000000\r\n")), "{head}");
        assert_eq!(body, (first..=last).map(byte_at).collect::<Vec<_>>(), "{range}");
        for always in
            ["Content-Type: video/quicktime", "Accept-Ranges: bytes", "X-Content-Type-Options: nosniff", "no-store"]
        {
            assert!(head.contains(always), "{head}");
        }
        assert!(!head.to_lowercase().contains("access-control"), "pages elsewhere may not read it: {head}");
    }
}

#[test]
fn a_head_has_no_body_and_bytes_that_are_not_there_are_refused() {
    let server = served(1000);
    let (head, body) = ask(&server, "HEAD", TOKEN, "Range: bytes=10-19\r\n");
    assert!(head.contains("206 Partial") && head.contains("Content-Length: 10\r\n") && body.is_empty(), "{head}");
    let (head, body) = ask(&server, "GET", TOKEN, "Range: bytes=1000-\r\n");
    assert!(head.starts_with("HTTP/1.1 416 ") && head.contains("Content-Range: bytes */1000\r\n"), "{head}");
    assert!(body.is_empty());
    assert!(ask(&server, "POST", TOKEN, "").0.starts_with("HTTP/1.1 405 "));
}

#[test]
fn whoever_was_not_given_an_address_gets_nothing() {
    let server = served(1000);
    let address = server.address(TOKEN);
    let secret = address.rsplit('/').nth(1).unwrap();
    let host = server.address.to_string();
    let ask_at = |path: &str, host: &str| exchange(&server, &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n")).0;
    assert!(ask_at(&format!("/{secret}/{TOKEN}"), &host).contains(" 200 "));
    for (path, host) in [
        (format!("/{secret}/{TOKEN}"), "evil.example"),
        (format!("/{secret}/{TOKEN}"), "localhost"),
        (format!("/{}/{TOKEN}", "0".repeat(32)), &*host),
        (format!("/{TOKEN}"), &host),
        (format!("/{secret}/other"), &host),
        (format!("/{secret}/../../etc/passwd"), &host),
        (format!("/{secret}//etc/passwd"), &host),
        (format!("http://{host}/{secret}/{TOKEN}"), &host),
    ] {
        let head = ask_at(&path, host);
        assert!(head.contains(" 404 ") || head.contains(" 400 "), "{path} {host}: {head}");
    }
    assert_ne!(served(1).address(TOKEN).rsplit('/').nth(1), Some(secret), "every start has its own");
}

#[test]
fn the_door_is_shut_when_the_server_is_let_go() {
    let server = served(10);
    let address = server.address;
    drop(server);
    let begun = std::time::Instant::now();
    while TcpStream::connect(address).is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it still listens");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn many_callers_do_not_keep_others_out_for_good() {
    let server = served(1000);
    let idle: Vec<_> = (0..2 * MOST_AT_ONCE).map(|_| TcpStream::connect(server.address).unwrap()).collect();
    drop(idle);
    let begun = std::time::Instant::now();
    loop {
        let asked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| ask(&server, "GET", TOKEN, "")));
        if asked.is_ok_and(|(head, _)| head.contains(" 200 ")) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "nobody is answered any more");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn content_says_what_a_film_is() {
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/media");
    let of = |name: &str| media_type(&std::fs::read(samples.join(name)).unwrap()[..64]);
    assert_eq!(of("photo-cli__leiden.mov"), Some("video/quicktime"));
    // Named like one, made like the other.
    assert_eq!(of("ExoPlayer__sample_with_color_info.mp4"), Some("video/quicktime"));
    assert_eq!(media_type(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x08free"), Some("video/mp4"));
    assert_eq!((of("Nuke__img_751.heic"), of("osxphotos__IMG_2908.PNG")), (None, None));
    assert_eq!((media_type(b""), media_type(b"<html><script>")), (None, None));
}
