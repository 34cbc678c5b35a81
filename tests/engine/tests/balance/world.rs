//! One case from its first listing to its last import.

use crate::books::{self, number};
use crate::case::{By, Cancelled, Case, Choice, Step};
use crate::choosing;
use crate::dice::Dice;
use crate::mischief::{self, MEAN_BYTES};
use api::ErrorCode;
use api::terminal::{
    ImportLine, ImportListener, ImportMode, ImportOrder, Progress, Renditions, SharedAlbums, Terminal, Thoroughness,
};
use destinations::LibraryFolder;
use domain::{CancelFlag, Evidence, ManifestEntry, ManifestLine, Source, SourcePath};
use engine::Lab;
use iphone::{MuxAddress, Phones};
use iphone_sim::{Phone, PhotosLibrary, RunningPhone};
use serde_json::{Value, json};
use sources::IphoneSource;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const LIBRARY: &str = "Photos";
/// Files that are none of Keepsake's business.
const OUTSIDE: [&str; 3] = ["beside.txt", "elsewhere/photo.jpg", "Photos/my own.txt"];

struct World<'a> {
    lab: &'a Lab,
    outside: BTreeMap<&'static str, (Vec<u8>, std::time::SystemTime)>,
    /// Where the phone's files are.
    paths: Vec<String>,
}

/// Runs a case; panics when anything does not hold.
pub fn run(case: &Case) {
    let library = PhotosLibrary { assets: case.assets, mean_bytes: MEAN_BYTES, model: case.model, seed: case.seed };
    let lab = Lab::beside(Phone::builder().photos_library(library).start().unwrap());
    lab.choose_library(LIBRARY);
    let mut world = World { lab: &lab, outside: place_outside(&lab), paths: Vec::new() };
    books::of_phone(&lab);
    let everything = ["new", "hidden", "recently_deleted"].into_iter().flat_map(|s| books::of_source(&lab, s));
    world.paths = everything.map(|item| format!("/{}", item["source_path"].as_str().unwrap())).collect();
    for step in &case.steps {
        world.step(step);
        world.check();
    }
    world.come_to_rest();
}

fn place_outside(lab: &Lab) -> BTreeMap<&'static str, (Vec<u8>, std::time::SystemTime)> {
    for name in OUTSIDE {
        let path = lab.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, name).unwrap();
    }
    look_outside(lab)
}

fn look_outside(lab: &Lab) -> BTreeMap<&'static str, (Vec<u8>, std::time::SystemTime)> {
    let look = |name| {
        let path = lab.path(name);
        (name, (std::fs::read(&path).unwrap(), path.metadata().unwrap().modified().unwrap()))
    };
    OUTSIDE.into_iter().map(look).collect()
}

impl World<'_> {
    fn phone(&self) -> &RunningPhone {
        self.lab.phone.as_ref().unwrap()
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Undo { seed } => self.undo(&mut Dice::new(*seed)),
            Step::Rescan => drop(self.lab.call("rescan", json!({"source": self.lab.source()}))),
            Step::Import { by: By::Window, choice, mischief, cancelled, seed } => {
                let mut dice = Dice::new(*seed);
                let selection = choosing::by_window(self.lab, *choice, &mut dice);
                self.lab.call("choose_renditions", json!({"saved": dice.one_in(2)}));
                mischief::begin(self.phone(), *mischief, &self.paths, &mut dice);
                let session = self.import_by_window(&selection, *cancelled);
                mischief::end(self.phone());
                self.check_import(session);
            }
            Step::Import { by: By::Terminal, choice, mischief, cancelled, seed } => {
                let mut dice = Dice::new(*seed);
                mischief::begin(self.phone(), *mischief, &self.paths, &mut dice);
                self.import_by_terminal(*choice, *cancelled, &mut dice);
                mischief::end(self.phone());
                // The window does not hear what another program imports.
                self.lab.call("rescan", json!({"source": self.lab.source()}));
            }
        }
    }

    /// Imports to the end, and returns the import's name. `None` when it could not begin: the phone may be gone.
    fn import_by_window(&self, selection: &Value, cancelled: Cancelled) -> Option<Value> {
        let args = json!({"source": self.lab.source(), "selection": selection});
        let started = self.lab.app.call("start_import", args);
        let started = started.inspect_err(|e| assert_ne!(e.code, ErrorCode::BadRequest, "{e:?}")).ok()?;
        if let Cancelled::After(twentieths) = cancelled {
            std::thread::sleep(Duration::from_millis(50 * twentieths as u64));
            self.lab.call("cancel_import", json!({}));
        }
        let import = self.lab.until("the import", || {
            let import = self.lab.call("import_status", json!({}));
            (import["phase"] == "finished").then_some(import)
        });
        books::add_up(&import["totals"]);
        // One that could not begin has no lists; the one before it is told of.
        (import["session"] == started["session"]).then(|| started["session"].clone())
    }

    /// Its lists are parts of the listing it was made from.
    fn check_import(&self, session: Option<Value>) {
        if books::of_phone(self.lab)["phase"] == "done" && session.is_some() {
            books::of_import(self.lab);
        }
    }

    fn import_by_terminal(&self, choice: Choice, cancelled: Cancelled, dice: &mut Dice) {
        let mux = self.phone().addr().to_string();
        let terminal = Terminal::new(&self.lab.path("home"), Some(&mux)).unwrap();
        let (source, cancel) = (self.lab.source(), CancelFlag::default());
        let library = self.lab.path(LIBRARY);
        let shared = dice.pick(&[SharedAlbums::LeftOut, SharedAlbums::Listed]);
        // What the faults leave unlisted cannot be chosen.
        let origin = api::terminal::Origin { source, shared, wait: None };
        let filter = api::terminal::Filter::default();
        let listing = api::terminal::ListOrder { origin: origin.clone(), library: Some(library.clone()), filter };
        let Ok(listing) = terminal.list(&listing, &mut |_| {}, &cancel) else { return };
        let order = ImportOrder {
            new_library: api::terminal::NewLibrary::Refused,
            repeats: api::terminal::Repeats::Dropped,
            origin,
            library,
            filter: api::terminal::Filter::default(),
            choice: choosing::by_terminal(&listing.assets, choice, dice),
            mode: ImportMode::Real,
            conversion: None,
            sidecars: api::terminal::Sidecars::LeftOut,
            renditions: dice.pick(&[Renditions::LeftOut, Renditions::Saved]),
            thoroughness: dice.pick(&[Thoroughness::ReadBack, Thoroughness::SecondRead]),
        };
        let listener = Listener { cancelled, cancel: &cancel, lines: Mutex::default() };
        if let Ok(finished) = terminal.import(&order, &listener, &cancel) {
            let finished = serde_json::to_value(finished).unwrap();
            books::add_up(&finished);
            let lines = listener.lines.lock().unwrap();
            let count = |event: &str| lines.iter().filter(|line| *line == event).count();
            assert_eq!(count("imported"), number(&finished, "imported"), "{finished}");
            assert_eq!(count("failed"), number(&finished, "failed"), "{finished}");
            assert!(count("already_imported") <= number(&finished, "already_imported"), "{finished}");
        }
    }

    fn undo(&self, dice: &mut Dice) {
        let imports = self.lab.call("past_imports", json!({"offset": 0, "limit": 500}));
        let imports = imports.as_array().unwrap();
        let Some(import) = imports.get(dice.below(imports.len())) else { return };
        let folder = self.lab.path(LIBRARY).join(format!("Removed/{}", import["session"].as_str().unwrap()));
        // Smaller pictures whose originals came are there before, and what was undone in part.
        let before = files_below(&folder);
        if dice.one_in(2) {
            let app = Arc::downgrade(&self.lab.app);
            let stop = move |event: &Value| {
                if let Some(app) = app.upgrade().filter(|_| event["type"] == "undo") {
                    app.call("cancel_undo", json!({})).unwrap();
                }
            };
            *self.lab.hook.lock().unwrap() = Some(Arc::new(stop));
        }
        let undone = self.lab.call("undo_import", json!({"session": import["session"]}));
        *self.lab.hook.lock().unwrap() = None;
        assert_eq!(number(&undone, "left"), 0, "{undone}");
        let there = number(&undone, "moved") + number(&undone, "not_reached");
        assert_eq!(there, number(import, "files"), "{undone} of {import}");
        if import["undone_at"].is_null() {
            assert_eq!(before + number(&undone, "moved"), files_below(&folder), "{undone}");
        }
    }

    /// What must hold at any time.
    fn check(&self) {
        books::of_phone(self.lab);
        books::of_journal(self.lab);
        let library = self.lab.path(LIBRARY);
        let folder = LibraryFolder::open(&library).unwrap();
        let report = importer::verify(&folder, &mut |_| {}, &CancelFlag::default()).unwrap();
        assert!(report.is_sound(), "{report:?}");
        assert_eq!(report.unknown, ["my own.txt"], "files that no manifest knows");
        assert_eq!(look_outside(self.lab), self.outside, "what is beside the library was touched");
        assert_eq!(self.phone().activity().changes, 0, "the phone was asked to change something");
    }

    /// All is calm: the library then holds what the phone can give, byte for byte.
    fn come_to_rest(&self) {
        self.lab.call("rescan", json!({"source": self.lab.source()}));
        let before = books::of_phone(self.lab);
        assert_eq!(before["phase"], "done", "{before}");
        let session = self.import_by_window(&json!({"kind": "all_new"}), Cancelled::No);
        self.check_import(session);
        let after = books::of_phone(self.lab);
        assert_eq!(number(&after, "new"), number(&after, "missing"), "{after}");
        self.check();
        self.compare_with_phone();
    }

    /// Whatever the phone itself vouched for is what the phone has.
    fn compare_with_phone(&self) {
        let phones = Phones::new(MuxAddress::Tcp(self.phone().addr())).unwrap();
        phones.ask(self.phone().udid()).unwrap();
        let source = IphoneSource::open(&phones, self.phone().udid(), &self.lab.path("cache")).unwrap();
        let root = self.lab.path(LIBRARY);
        for entry in filed(&root).into_values().filter(|entry| entry.evidence == Evidence::PhoneHash) {
            let copy = std::fs::read(root.join(entry.path.as_str())).unwrap();
            assert!(copy == original(&source, &entry.source_path), "{} is not {}", entry.path, entry.source_path);
        }
    }
}

/// The manifests' lines of what is in the library now.
fn filed(root: &Path) -> BTreeMap<String, ManifestEntry> {
    let mut filed = BTreeMap::new();
    let folder = LibraryFolder::open(root).unwrap();
    let see = &mut |_: &domain::SessionId, line: ManifestLine| match line {
        ManifestLine::Copied(entry) => drop(filed.insert(entry.path.to_string(), entry)),
        ManifestLine::Removed(removal) => drop(filed.remove(removal.path.as_str())),
    };
    folder.checked_lines(see, &mut |line| panic!("a line that cannot be trusted: {line:?}")).unwrap();
    filed
}

fn original(source: &IphoneSource, path: &SourcePath) -> Vec<u8> {
    let mut file = source.open(path).unwrap();
    let mut bytes = Vec::new();
    while (bytes.len() as u64) < file.size() {
        let block = file.read_at(bytes.len() as u64, 1 << 20).unwrap();
        assert!(!block.is_empty(), "{path} ends early");
        bytes.extend(block);
    }
    bytes
}

fn files_below(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let count = |entry: std::fs::DirEntry| if entry.path().is_dir() { files_below(&entry.path()) } else { 1 };
    entries.map(|entry| count(entry.unwrap())).sum()
}

/// Counts lines by their event, and cancels after some.
struct Listener<'a> {
    cancelled: Cancelled,
    cancel: &'a CancelFlag,
    lines: Mutex<Vec<String>>,
}

impl ImportListener for Listener<'_> {
    fn line(&self, line: &ImportLine) {
        let line = serde_json::to_value(line).unwrap();
        let mut lines = self.lines.lock().unwrap();
        lines.push(line["event"].as_str().unwrap().to_owned());
        if matches!(self.cancelled, Cancelled::After(most) if lines.len() > most) {
            self.cancel.cancel();
        }
    }

    fn progress(&self, _: &Progress) {}
}
