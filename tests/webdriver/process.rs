//! A child process that never outlives the test, with everything it started.

use anyhow::{Context, Result};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

/// A running process, ended when dropped.
pub struct Process(Child);

impl Process {
    /// Starts a program in a process group of its own. `hint` says what is missing when there is no such program.
    pub fn start(command: &mut Command, hint: &str) -> Result<Self> {
        Ok(Self(command.process_group(0).spawn().with_context(|| hint.to_owned())?))
    }

    /// The process itself.
    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The group: a browser's helpers are not the driver's to wait for.
        let group = format!("-{}", self.0.id());
        let kill =
            Command::new("kill").args(["-KILL", "--", &group]).stdout(Stdio::null()).stderr(Stdio::null()).status();
        drop(kill);
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
