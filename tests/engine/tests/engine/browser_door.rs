//! The same engine behind loopback HTTP, for work on the page in a browser.

use engine::Lab;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

struct Running {
    child: Child,
    address: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(home: &Path, mux: &str) -> Running {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ui_server"))
        .env("KEEPSAKE_HOME", home)
        .env("USBMUXD_SOCKET_ADDRESS", mux)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("ready http://").unwrap().to_owned();
    Running { child, address }
}

/// Sends one request and returns status and body.
fn exchange(server: &Running, head: &str, body: &str) -> (u16, Vec<u8>) {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let length = body.len();
    write!(stream, "{head} HTTP/1.0\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let split = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let status = String::from_utf8_lossy(&answer[9..12]).parse().unwrap();
    (status, answer[split + 4..].to_vec())
}

fn call(server: &Running, name: &str, args: &Value) -> (u16, Value) {
    let (status, body) = exchange(server, "POST /call", &json!({"name": name, "args": args}).to_string());
    (status, serde_json::from_slice(&body).unwrap())
}

#[test]
fn a_browser_can_ask_hear_and_see_what_the_window_can() {
    let lab = Lab::with_phone(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/media"));
    let mux = lab.phone.as_ref().unwrap().addr().to_string();
    let server = start(&lab.path("browser"), &mux);
    let mut events = TcpStream::connect(&server.address).unwrap();
    write!(events, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    events.set_read_timeout(Some(Duration::from_secs(60))).unwrap();

    let source = lab.source();
    assert_eq!(call(&server, "sources", &json!({})).1["sources"][0]["id"], source);
    lab.until("the listing", || {
        let (_, scan) = call(&server, "open_source", &json!({"source": source}));
        (scan["phase"] == "done").then_some(())
    });
    let told = BufReader::new(events).lines().map_while(Result::ok).find(|line| line.contains("\"type\":\"scan\""));
    assert!(told.unwrap().starts_with("data: {"));
    let (_, rows) = call(&server, "grid_rows", &json!({"source": source, "section": "new", "offset": 0, "limit": 500}));
    let photo = rows.as_array().unwrap().iter().find(|r| r["name"] == "Nuke__img_751.heic").unwrap();
    let (status, picture) = exchange(&server, &format!("GET /media/{}", photo["thumbnail"].as_str().unwrap()), "");
    assert_eq!((status, &picture[..3]), (200, &[0xFF, 0xD8, 0xFF][..]));
    assert_eq!(exchange(&server, "GET /media/1-x", "").0, 404);
    assert_eq!(exchange(&server, "GET /../../Cargo.toml", "").0, 404);
    assert_eq!(call(&server, "no_such_command", &json!({})).1["code"], "bad_request");
}
