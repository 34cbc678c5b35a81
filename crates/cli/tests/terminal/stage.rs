//! A hermetic stage for one test: own folders, own phone, own data folder, and not root even when the tests are.

use iphone_sim::{Phone, RunningPhone};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

/// Nobody: files of others are closed to it, as they are to any user.
#[cfg(unix)]
const NOBODY: u32 = 65534;
/// The phone all snapshots show.
pub const UDID: &str = "00008110-000A1B2C3D4E801E";

pub struct Stage {
    pub dir: tempfile::TempDir,
    pub phone: Option<RunningPhone>,
}

/// What a run of the program gave.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    pub fn of(Output { status, stdout, stderr }: Output) -> Self {
        let code = status.code().unwrap_or_else(|| panic!("ended by a signal: {status}"));
        Self { code, out: String::from_utf8(stdout).unwrap(), err: String::from_utf8(stderr).unwrap() }
    }

    pub fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"))).collect()
    }

    /// The last line of an import; its counts are checked to balance.
    pub fn finished(&self) -> Value {
        let last = self.lines().pop().unwrap_or_else(|| panic!("nothing was printed: {}", self.err));
        assert_eq!(last["event"], "finished", "{last} {}", self.err);
        let count = |name: &str| last[name].as_u64().unwrap();
        let sum: u64 =
            ["imported", "already_imported", "only_in_icloud", "not_selected", "failed"].into_iter().map(count).sum();
        assert_eq!(sum, count("seen"), "{last}");
        last
    }
}

impl Stage {
    pub fn new() -> Self {
        Self::at(tempfile::tempdir().unwrap())
    }

    /// A stage in memory where there is such a place: for tests that wait for nothing but flushes.
    pub fn in_memory() -> Self {
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        Self::at(tempfile::tempdir_in(place).unwrap())
    }

    fn at(dir: tempfile::TempDir) -> Self {
        let stage = Self { dir, phone: None };
        std::fs::create_dir(stage.path("home")).unwrap();
        stage.give_away(stage.dir.path());
        stage.give_away(&stage.path("home"));
        stage
    }

    /// A stage with a phone that holds a folder.
    pub fn with_phone(media: &Path) -> Self {
        let mut stage = Self::new();
        stage.phone = Some(Phone::builder().media(media).udid(UDID).start().unwrap());
        stage
    }

    /// A stage with a phone that holds the photos of real cameras.
    pub fn with_fixtures() -> Self {
        Self::with_phone(&fixtures())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Makes the ordinary user its owner.
    pub fn give_away(&self, path: &Path) {
        #[cfg(unix)]
        if is_root() {
            std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program());
        let mux = self.phone.as_ref().map_or("127.0.0.1:9".into(), |p| p.addr().to_string());
        command
            .args(args)
            .current_dir(self.dir.path())
            .env_clear()
            .env("HOME", self.path("home"))
            .env("KEEPSAKE_HOME", self.path("home/keepsake"))
            .env("USBMUXD_SOCKET_ADDRESS", mux)
            .env("TZ", "UTC")
            .stdin(Stdio::null());
        #[cfg(unix)]
        if is_root() {
            use std::os::unix::process::CommandExt;
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    pub fn run(&self, args: &[&str]) -> Run {
        Run::of(self.command(args).output().unwrap())
    }

    pub fn start(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    pub fn import(&self, source: &str) -> Run {
        self.run(&["import", "--source", source, "--library", "library", "--create", "--all-new", "--json"])
    }

    /// What `verify` says, which must be sound.
    pub fn verified(&self) -> u64 {
        let run = self.run(&["verify", "--library", "library", "--json"]);
        let report: Value = serde_json::from_str(&run.out).unwrap_or_else(|e| panic!("{e}: {} {}", run.out, run.err));
        assert_eq!(
            (run.code, &report["changed"], &report["missing"], &report["unknown"]),
            (0, &empty(), &empty(), &empty()),
            "{report}"
        );
        report["ok"].as_u64().unwrap()
    }
}

fn empty() -> Value {
    Value::Array(Vec::new())
}

/// The program, at a place that an ordinary user may enter: the folder it was built in may not be one.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        sweep();
        let folder = tempfile::Builder::new().prefix("keepsake-program").tempdir().unwrap().keep();
        let program = folder.join(format!("keepsake{}", std::env::consts::EXE_SUFFIX));
        std::fs::copy(env!("CARGO_BIN_EXE_keepsake"), &program).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
            std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        program
    })
}

/// Nobody is left to remove such a folder when the tests end: the next day's do it.
fn sweep() {
    let day = std::time::Duration::from_secs(24 * 3600);
    for entry in std::fs::read_dir(std::env::temp_dir()).unwrap().flatten() {
        let old =
            entry.metadata().and_then(|m| m.modified()).is_ok_and(|time| time.elapsed().is_ok_and(|age| age > day));
        if old && entry.file_name().to_string_lossy().starts_with("keepsake-program") {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(unix)]
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0)
}

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/media")
}

/// Every file below a folder with its SHA-256, by path relative to it.
pub fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).unwrap_or_else(|e| panic!("{}: {e}", next.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                found.insert(name, sha256(&path));
            }
        }
    }
    found
}

pub fn sha256(path: &Path) -> String {
    let mut hash = Sha256::new();
    std::io::copy(&mut std::fs::File::open(path).unwrap(), &mut hash).unwrap();
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

/// Sorted contents of a folder, as hashes: what must be the same at source and library.
pub fn contents(folder: &Path) -> Vec<String> {
    let mut hashes: Vec<String> = tree(folder).into_values().collect();
    hashes.sort();
    hashes
}
