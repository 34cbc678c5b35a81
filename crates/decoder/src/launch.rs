//! Which program is started as a decoder.

use std::io;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// The argument that makes a program a decoder; the first and only one.
pub const ARGUMENT: &str = "--decoder";

/// A program whose `main` begins with [`crate::serve_if_asked`].
#[derive(Debug, Clone)]
pub struct Launch(PathBuf);

impl Launch {
    /// Takes the running program itself: whatever is installed, one file is enough.
    pub fn this_program() -> Self {
        // On Linux this is the program that runs, also when an update has put another one in its place.
        let running = PathBuf::from("/proc/self/exe");
        let own = || std::env::current_exe().unwrap_or_else(|_| running.clone());
        Self(if cfg!(target_os = "linux") { running.clone() } else { own() })
    }

    /// Takes another program.
    pub fn program(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Starts a decoder that hears us on its standard input and answers on its standard output.
    pub(crate) fn start(&self) -> io::Result<Child> {
        let mut command = Command::new(&self.0);
        command.arg(ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        without_window(&mut command);
        let child = command.spawn()?;
        widen(&child);
        Ok(child)
    }
}

/// Gives the pipes room for a whole message: with the usual 64 KiB the two sides take sixteen turns for it, and on a busy
/// computer each turn is a wait. Where there is no such room they take their turns.
#[cfg(target_os = "linux")]
fn widen(child: &Child) {
    use crate::protocol::MOST_BYTES;
    use rustix::pipe::fcntl_setpipe_size;
    let _ = child.stdin.as_ref().map(|pipe| fcntl_setpipe_size(pipe, MOST_BYTES));
    let _ = child.stdout.as_ref().map(|pipe| fcntl_setpipe_size(pipe, MOST_BYTES));
}

#[cfg(not(target_os = "linux"))]
fn widen(_child: &Child) {}

#[cfg(windows)]
fn without_window(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NO_WINDOW);
}

#[cfg(not(windows))]
fn without_window(_command: &mut Command) {}
