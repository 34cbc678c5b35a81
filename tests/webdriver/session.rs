//! One session: a driver, the application it started, and its window.

use super::process::Process;
use super::{GLANCE, PATIENCE};
use anyhow::{Context, Result, anyhow, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Instant;

/// The key under which the protocol hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The application's window under a driver of its own. Dropping it ends both.
pub struct Session {
    agent: ureq::Agent,
    address: String,
    _driver: Process,
}

impl Drop for Session {
    /// The application ends with its session; killing the driver alone would leave it behind.
    fn drop(&mut self) {
        drop(self.agent.delete(&self.address).call());
    }
}

impl Session {
    /// Starts a driver in this environment, and through it the application.
    pub fn open(binary: &str, environment: &[(&str, String)]) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let driver = start_driver(port, environment)?;
        let agent = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build();
        let agent = ureq::Agent::from(agent);
        let wish = json!({"webkitgtk:browserOptions": {"binary": binary, "args": []}});
        let sessions = format!("http://127.0.0.1:{port}/session");
        let mut answer = agent.post(&sessions).send_json(json!({"capabilities": {"alwaysMatch": wish}}))?;
        let answer = value_of(answer.body_mut().read_json()?)?;
        let id = answer["sessionId"].as_str().context("the driver gave no session")?;
        Ok(Self { address: format!("{sessions}/{id}"), agent, _driver: driver })
    }

    /// Waits until something holds, and returns what it found.
    pub fn wait<T>(&self, what: &str, mut look: impl FnMut() -> Result<T>) -> Result<T> {
        let begun = Instant::now();
        loop {
            match look() {
                Ok(found) => return Ok(found),
                Err(error) if begun.elapsed() > PATIENCE => {
                    let page = self.text("body").unwrap_or_else(|error| error.to_string());
                    return Err(error.context(format!("waited for {what}, the page said:\n{page}\n")));
                }
                Err(_) => std::thread::sleep(GLANCE),
            }
        }
    }

    /// Clicks the first element that the selector names, once it is there, visible and enabled.
    pub fn click(&self, css: &str) -> Result<()> {
        self.wait(&format!("{css} to be clicked"), || {
            let element = self.find(css)?;
            let enabled = self.get(&format!("/element/{element}/enabled"))?;
            ensure!(enabled == json!(true), "{css} is disabled");
            self.post(&format!("/element/{element}/click"), &json!({})).map(drop)
        })
    }

    /// Presses a key and lets it go: a character, or one of the protocol's codes for the others.
    pub fn press(&self, key: &str) -> Result<()> {
        let strokes = json!([{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]);
        let keyboard = json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]});
        self.post("/actions", &keyboard).map(drop)
    }

    /// Returns the text of the first element that the selector names, as it is laid out.
    pub fn text(&self, css: &str) -> Result<String> {
        let text = self.script("return document.querySelector(arguments[0])?.innerText ?? null;", json!([css]))?;
        Ok(text.as_str().with_context(|| format!("there is no {css}"))?.to_owned())
    }

    /// Waits for an element whose text passes, and returns the text.
    pub fn wait_text(&self, css: &str, passes: impl Fn(&str) -> bool) -> Result<String> {
        self.wait(css, || {
            let text = self.text(css)?;
            if passes(&text) { Ok(text) } else { Err(anyhow!("{css} says {text:?}")) }
        })
    }

    /// Runs a script in the page; `arguments[0]`, … are the given ones.
    pub fn script(&self, script: &str, arguments: Value) -> Result<Value> {
        self.post("/execute/sync", &json!({"script": script, "args": arguments}))
    }

    /// Runs the body of an async function in the page and returns what it resolves to.
    pub fn script_async(&self, body: &str) -> Result<Value> {
        let script = format!("const done = arguments[0]; (async () => {{ {body} }})().then(done, e => done('' + e));");
        self.post("/execute/async", &json!({"script": script, "args": []}))
    }

    /// Takes a picture of the page as it is drawn, as PNG.
    pub fn screenshot(&self) -> Result<Vec<u8>> {
        let picture = self.get("/screenshot")?;
        Ok(STANDARD.decode(picture.as_str().context("no picture")?)?)
    }

    fn find(&self, css: &str) -> Result<String> {
        let found = self.post("/element", &json!({"using": "css selector", "value": css}))?;
        Ok(found[ELEMENT].as_str().context("no element")?.to_owned())
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let mut answer = self.agent.post(format!("{}{path}", self.address)).send_json(body)?;
        value_of(answer.body_mut().with_config().limit(MOST_BYTES).read_json()?)
    }

    fn get(&self, path: &str) -> Result<Value> {
        let mut answer = self.agent.get(format!("{}{path}", self.address)).call()?;
        value_of(answer.body_mut().with_config().limit(MOST_BYTES).read_json()?)
    }
}

/// No answer is larger: a picture of a screen, in base64.
const MOST_BYTES: u64 = 64 << 20;

fn start_driver(port: u16, environment: &[(&str, String)]) -> Result<Process> {
    let mut command = Command::new("WebKitWebDriver");
    command.args([format!("--port={port}"), "--host=127.0.0.1".into()]);
    command.env("GDK_BACKEND", "x11").env("TAURI_WEBVIEW_AUTOMATION", "true");
    // With either of these a screenshot of an idle page never returns (WebKitGTK 2.50).
    command.env_remove("WEBKIT_DISABLE_DMABUF_RENDERER").env_remove("WEBKIT_DISABLE_COMPOSITING_MODE");
    command.envs(environment.iter().map(|(name, value)| (name, value))).stdout(Stdio::null());
    let driver = Process::start(&mut command, "WebKitWebDriver cannot be started (Debian: webkit2gtk-driver)")?;
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        ensure!(begun.elapsed() < PATIENCE, "WebKitWebDriver does not listen");
        std::thread::sleep(GLANCE);
    }
    Ok(driver)
}

/// Opens the envelope of an answer.
fn value_of(mut answer: Value) -> Result<Value> {
    let value = answer["value"].take();
    if let Some(error) = value.get("error").filter(|error| error.is_string()) {
        bail!("{error}: {}", value["message"]);
    }
    Ok(value)
}
