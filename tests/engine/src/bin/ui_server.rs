//! The engine behind a page in an ordinary browser, on loopback, for work on the page: `cargo run -p engine --bin ui_server`.
//!
//! The routes are those of `ui/src/ipc/host-http.ts`: `POST /call`, `GET /events`, `GET /media/TOKEN`, and the built page.
//! Not a product: it trusts whoever can reach its port.

#![allow(clippy::print_stdout, reason = "says where it listens")]

use api::{App, AppConfig, Event, Host};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use tiny_http::{Header, Method, Request, Response, Server};

/// Longest command accepted, in bytes: 200,000 ids.
const LONGEST_CALL: u64 = 4 << 20;

type Listeners = Arc<Mutex<Vec<Sender<String>>>>;
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Stands in for the system's dialogs: the folder comes from the environment.
struct NoDesktop;

impl Host for NoDesktop {
    fn pick_folder(&self, _title: &str) -> Option<PathBuf> {
        std::env::var_os("KEEPSAKE_TEST_PICK_FOLDER").map(PathBuf::from)
    }
    fn pick_save_file(&self, _title: &str, _name: &str) -> Option<PathBuf> {
        std::env::var_os("KEEPSAKE_TEST_SAVE_FILE").map(PathBuf::from)
    }
    fn reveal(&self, _path: &Path) {}
    fn open(&self, _path: &Path) -> bool {
        false
    }
    fn close(&self) {}
}

fn main() -> Result<(), Failure> {
    api::decode_if_asked();
    let listeners = Listeners::default();
    let heard = listeners.clone();
    let on_event = move |event: &Event| {
        let line = serde_json::to_string(event).unwrap_or_default();
        // Whoever hung up is forgotten.
        heard.lock().unwrap_or_else(PoisonError::into_inner).retain(|l| l.send(line.clone()).is_ok());
    };
    let app = App::start(AppConfig {
        home: api::default_home(std::env::var_os("KEEPSAKE_HOME")),
        mux: std::env::var("USBMUXD_SOCKET_ADDRESS").ok(),
        decoder: api::Launch::this_program(),
        host: Box::new(NoDesktop),
        films: Some(api::FilmDoor::open()?),
        on_event: Box::new(on_event),
    })?;
    let port = std::env::args().nth(1).unwrap_or_else(|| "0".into());
    let server = Server::http(format!("127.0.0.1:{port}"))?;
    println!("ready http://{}", server.server_addr());
    std::io::stdout().flush()?;
    for request in server.incoming_requests() {
        let (app, listeners) = (app.clone(), listeners.clone());
        // A browser that hung up is no failure of ours.
        std::thread::spawn(move || drop(answer(&app, &listeners, request)));
    }
    Ok(())
}

fn answer(app: &App, listeners: &Listeners, request: Request) -> Result<(), Failure> {
    let url = request.url().to_owned();
    match (request.method(), url.as_str()) {
        (Method::Post, "/call") => call(app, request),
        (Method::Get, "/events") => events(listeners, request),
        (Method::Get, path) => match path.strip_prefix("/media/") {
            Some(token) => picture(app, token, request),
            None => page(path, request),
        },
        _ => Ok(request.respond(Response::empty(405))?),
    }
}

fn call(app: &App, mut request: Request) -> Result<(), Failure> {
    let mut body = String::new();
    request.as_reader().take(LONGEST_CALL).read_to_string(&mut body)?;
    let call: Value = serde_json::from_str(&body)?;
    let name = call["name"].as_str().unwrap_or_default();
    let (status, body) = match app.call(name, call["args"].clone()) {
        Ok(result) => (200, result),
        Err(error) => (400, json!(error)),
    };
    Ok(request.respond(typed(body.to_string().into_bytes(), "application/json")?.with_status_code(status))?)
}

fn events(listeners: &Listeners, request: Request) -> Result<(), Failure> {
    let (sender, receiver) = mpsc::channel();
    listeners.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
    let mut out = request.into_writer();
    write!(out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\r\n")?;
    out.flush()?;
    for line in receiver {
        write!(out, "data: {line}\n\n")?;
        out.flush()?;
    }
    Ok(())
}

fn picture(app: &App, token: &str, request: Request) -> Result<(), Failure> {
    let (sender, receiver) = mpsc::channel();
    app.picture(token, Box::new(move |bytes| drop(sender.send(bytes))));
    match receiver.recv()? {
        Some(bytes) => Ok(request.respond(typed(bytes.to_vec(), "image/jpeg")?)?),
        None => {
            let fresh = Header::from_bytes("Cache-Control", "no-store").map_err(|()| "a malformed header")?;
            Ok(request.respond(Response::empty(404).with_header(fresh))?)
        }
    }
}

/// Files of the built page; a name with anything but letters, digits, dots, dashes and single slashes is none of them.
fn page(path: &str, request: Request) -> Result<(), Failure> {
    let name = if path == "/" { "index.html" } else { path.trim_start_matches('/') };
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "./-_".contains(c)) && !name.contains("..");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/dist").join(name);
    let kind = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    match std::fs::read(file) {
        Ok(bytes) if plain => Ok(request.respond(typed(bytes, kind)?)?),
        _ => Ok(request.respond(Response::empty(404))?),
    }
}

fn typed(bytes: Vec<u8>, kind: &str) -> Result<Response<std::io::Cursor<Vec<u8>>>, Failure> {
    let header = Header::from_bytes("Content-Type", kind).map_err(|()| "a malformed header")?;
    Ok(Response::from_data(bytes).with_header(header))
}
