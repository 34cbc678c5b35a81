//! Helpers for tests of the engine as the window uses it: by command names and JSON, without a window.

use api::{App, AppConfig, Event, Host};
use iphone_sim::{Phone, RunningPhone};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

/// How long anything may take on a busy machine. A test that passes never waits this long.
const PATIENCE: Duration = Duration::from_secs(60);

/// The engine with its own folders and, if wished, a phone.
pub struct Lab {
    /// The engine.
    pub app: Arc<App>,
    /// What it told unasked.
    pub events: Arc<Mutex<Vec<Value>>>,
    /// The phone.
    pub phone: Option<RunningPhone>,
    /// What the next folder dialog answers.
    pub chosen: Arc<Mutex<Option<PathBuf>>>,
    /// What was opened with the system's programs.
    pub opened: Arc<Mutex<Vec<PathBuf>>>,
    /// How often the application was closed.
    pub closed: Arc<AtomicU32>,
    /// Hears each event at once, on the thread that tells it.
    pub hook: Arc<Mutex<Option<Hook>>>,
    dir: tempfile::TempDir,
}

/// What a test does at an event.
pub type Hook = Arc<dyn Fn(&Value) + Send + Sync>;

/// The program beside the tests that is also a decoder.
fn ui_server() -> PathBuf {
    let tests = std::env::current_exe().unwrap_or_default();
    tests.ancestors().nth(2).unwrap_or(&tests).join(format!("ui_server{}", std::env::consts::EXE_SUFFIX))
}

struct Dialogs {
    closed: Arc<AtomicU32>,
    chosen: Arc<Mutex<Option<PathBuf>>>,
    opened: Arc<Mutex<Vec<PathBuf>>>,
}

impl Host for Dialogs {
    fn pick_folder(&self, _title: &str) -> Option<PathBuf> {
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
    fn pick_save_file(&self, _title: &str, _name: &str) -> Option<PathBuf> {
        self.pick_folder("")
    }
    fn reveal(&self, _path: &Path) {}
    fn open(&self, path: &Path) -> bool {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
        true
    }
    fn close(&self) {
        self.closed.fetch_add(1, Ordering::SeqCst);
    }
}

impl Lab {
    /// Starts the engine beside a phone that holds a folder.
    ///
    /// # Panics
    /// When anything cannot be set up: the test cannot go on.
    #[allow(clippy::expect_used, reason = "a helper of tests")]
    pub fn with_phone(media: &Path) -> Self {
        Self::beside(Phone::builder().media(media).start().expect("a simulated phone"))
    }

    /// Starts the engine beside a phone.
    ///
    /// # Panics
    /// When anything cannot be set up: the test cannot go on.
    #[allow(clippy::expect_used, reason = "a helper of tests")]
    pub fn beside(phone: RunningPhone) -> Self {
        Self::start(Some(phone), tempfile::tempdir().expect("a folder"))
    }

    /// Starts the engine beside a phone, with its folders in memory where there is such a place: for tests that flush much.
    ///
    /// # Panics
    /// When anything cannot be set up: the test cannot go on.
    #[allow(clippy::expect_used, reason = "a helper of tests")]
    pub fn in_memory(phone: RunningPhone) -> Self {
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        Self::start(Some(phone), tempfile::tempdir_in(place).expect("a folder"))
    }

    /// Ends the engine and starts it again over the same folders, as the next day would.
    pub fn restarted(self) -> Self {
        self.restarted_after(|_| {})
    }

    /// Ends the engine and starts it again over the same folders, beside another phone.
    pub fn beside_another(self, phone: RunningPhone) -> Self {
        Self { phone: Some(phone), ..self }.restarted()
    }

    #[allow(clippy::expect_used, reason = "a helper of tests")]
    fn start(phone: Option<RunningPhone>, dir: tempfile::TempDir) -> Self {
        let events: Arc<Mutex<Vec<Value>>> = Arc::default();
        let chosen: Arc<Mutex<Option<PathBuf>>> = Arc::default();
        let opened: Arc<Mutex<Vec<PathBuf>>> = Arc::default();
        let hook: Arc<Mutex<Option<Hook>>> = Arc::default();
        let closed: Arc<AtomicU32> = Arc::default();
        let (heard, called) = (events.clone(), hook.clone());
        let on_event = Box::new(move |event: &Event| {
            let event = serde_json::to_value(event).unwrap_or_default();
            heard.lock().unwrap_or_else(PoisonError::into_inner).push(event.clone());
            let hook = called.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some(hook) = hook {
                hook(&event);
            }
        });
        let config = AppConfig {
            home: dir.path().join("home"),
            mux: phone.as_ref().map(|p| p.addr().to_string()),
            decoder: api::Launch::program(ui_server()),
            host: Box::new(Dialogs { closed: closed.clone(), chosen: chosen.clone(), opened: opened.clone() }),
            films: api::FilmDoor::open().ok(),
            on_event,
        };
        Self { app: App::start(config).expect("the engine"), events, phone, chosen, opened, closed, hook, dir }
    }

    /// Ends the engine, changes its folders, and starts it again.
    pub fn restarted_after(self, change: impl FnOnce(&Path)) -> Self {
        let Self { app, phone, dir, .. } = self;
        app.wind_up(Duration::from_secs(5));
        drop(app);
        change(dir.path());
        Self::start(phone, dir)
    }

    /// A place below the test's own folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs a command that must succeed.
    ///
    /// # Panics
    /// When it does not.
    #[allow(clippy::panic, reason = "a helper of tests")]
    pub fn call(&self, name: &str, args: Value) -> Value {
        self.app.call(name, args.clone()).unwrap_or_else(|e| panic!("{name} {args}: {e:?}"))
    }

    /// Makes a folder the current library, as the system's dialog would.
    pub fn choose_library(&self, name: &str) -> Value {
        *self.chosen.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.path(name));
        self.call("pick_library", json!({}))
    }

    /// Lists the phone to the end and returns how the listing stands.
    pub fn listed(&self) -> Value {
        let source = self.source();
        self.until("the listing", || {
            let scan = self.call("open_source", json!({"source": source}));
            (scan["phase"] != "listing").then_some(scan)
        })
    }

    /// The phone's id.
    pub fn source(&self) -> String {
        let udid = self.phone.as_ref().map_or("", |p| p.udid());
        format!("iphone:{udid}")
    }

    /// Imports a selection to the end and returns how the import stands.
    pub fn imported(&self, selection: &Value) -> Value {
        self.call("start_import", json!({"source": self.source(), "selection": selection}));
        self.until("the import", || {
            let import = self.call("import_status", json!({}));
            (import["phase"] == "finished").then_some(import)
        })
    }

    /// Returns the first new photos of the phone as the grid has them: their names and the tokens of their pictures.
    ///
    /// # Panics
    /// When the grid has other rows than it should.
    #[allow(clippy::expect_used, reason = "a helper of tests")]
    pub fn first_new(&self, count: usize) -> Vec<(String, String)> {
        let args = json!({"source": self.source(), "section": "new", "offset": 0, "limit": count});
        let text = |row: &Value, field: &str| row[field].as_str().expect("a text").to_owned();
        let rows = self.call("grid_rows", args);
        let rows = rows.as_array().expect("rows").iter();
        rows.map(|row| (text(row, "name"), text(row, "thumbnail"))).collect()
    }

    /// Asks for pictures as a page does, all at once, and waits for them.
    ///
    /// # Panics
    /// When one is missing.
    #[allow(clippy::expect_used, reason = "a helper of tests")]
    pub fn shown(&self, photos: &[(String, String)]) {
        let (sender, receiver) = mpsc::channel();
        for (_, token) in photos {
            let sender = sender.clone();
            self.app.picture(
                token,
                Box::new(move |jpeg| {
                    let _ = sender.send(jpeg.is_some());
                }),
            );
        }
        for _ in photos {
            assert!(receiver.recv_timeout(2 * PATIENCE).expect("an answer"), "a picture is missing");
        }
    }

    /// Asks again and again until there is an answer.
    ///
    /// # Panics
    /// When there is none in time.
    pub fn until<T>(&self, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(answer) = ask() {
                return answer;
            }
            assert!(began.elapsed() < PATIENCE, "{what} takes too long");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
