//! An X display without a screen, for one test alone.

use super::process::Process;
use super::wish;
use anyhow::{Context, Result, ensure};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// A running Xvfb.
pub struct Display {
    _server: Process,
    name: String,
}

impl Display {
    /// Starts an X server that picks a free number by itself, so tests may run side by side.
    pub fn start(width: u32, height: u32) -> Result<Self> {
        let screen = format!("{width}x{height}x24");
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", &screen, "-nolisten", "tcp"]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = Process::start(&mut command, "Xvfb cannot be started (Debian: xvfb)")?;
        let output = server.child().stdout.take().context("Xvfb has no output")?;
        let mut number = String::new();
        BufReader::new(output).read_line(&mut number)?;
        ensure!(!number.trim().is_empty(), "Xvfb ended before it was ready");
        Ok(Self { _server: server, name: format!(":{}", number.trim()) })
    }

    /// Asks the window of this title to close, as the button in its frame would.
    pub fn ask_to_close(&self, title: &str) -> Result<()> {
        wish::ask_to_close(&self.name, title)
    }

    /// Tells whether there is a window of this title.
    pub fn has(&self, title: &str) -> Result<bool> {
        wish::is_open(&self.name, title)
    }

    /// The value of `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }
}
