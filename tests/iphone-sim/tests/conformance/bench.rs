//! A place to run foreign programs in: a home of their own, the phone's address, an end to their patience.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use iphone_sim::{Builder, RunningPhone};
use tempfile::TempDir;

const PATIENCE_SECONDS: &str = "150";

/// A phone and the surroundings of its clients.
pub struct Bench {
    pub phone: RunningPhone,
    home: TempDir,
}

impl Bench {
    pub fn new(phone: Builder) -> Self {
        Self { phone: phone.start().unwrap(), home: tempfile::tempdir().unwrap() }
    }

    pub fn command(&self, program: impl AsRef<Path>, arguments: &[&str]) -> Command {
        let mut command = Command::new("timeout");
        command.arg(PATIENCE_SECONDS).arg(program.as_ref()).args(arguments);
        command.env("HOME", self.home.path()).env("USBMUXD_SOCKET_ADDRESS", self.phone.addr().to_string());
        command.env("NO_COLOR", "1").env("TERM", "dumb").stdin(Stdio::null());
        command
    }

    pub fn run(&self, program: impl AsRef<Path>, arguments: &[&str]) -> Said {
        let program = program.as_ref();
        let output = self.command(program, arguments).output().unwrap();
        assert_ne!(output.status.code(), Some(127), "{} is not installed", program.display());
        Said::new(format!("{} {}", program.display(), arguments.join(" ")), &output)
    }

    pub fn pymobiledevice(&self, arguments: &[&str]) -> Said {
        self.run(python_tool("pymobiledevice3"), arguments)
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }
}

/// What a program said, both streams together.
pub struct Said {
    pub text: String,
    command: String,
    worked: bool,
}

impl Said {
    fn new(command: String, output: &Output) -> Self {
        let text = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes)).concat();
        Self { text, command, worked: output.status.success() }
    }

    #[track_caller]
    pub fn works(self) -> String {
        assert!(self.worked, "{} failed:\n{}", self.command, self.text);
        self.text
    }

    #[track_caller]
    pub fn fails_with(self, words: &str) {
        assert!(!self.worked, "{} worked:\n{}", self.command, self.text);
        assert!(self.text.contains(words), "{} did not say {words:?}:\n{}", self.command, self.text);
    }
}

/// The folder `install-conformance` filled.
pub fn python_environment() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.cache/venv-conformance");
    let venv = std::env::var_os("KEEPSAKE_CONFORMANCE_VENV").map_or_else(default, PathBuf::from);
    let marker = venv.join("installed");
    assert!(marker.is_file(), "{} is missing: run tests/iphone-sim/install-conformance", marker.display());
    venv
}

pub fn python_tool(name: &str) -> PathBuf {
    python_environment().join("bin").join(name)
}
