//! Stands in for the system's program that keeps the computer awake, and sees who asked it to.

use anyhow::{Context, Result};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// What it is: it writes down its process and what it was asked, and lives as long as its pipe.
const PROGRAM: &str = "#!/bin/sh\necho \"$$ $*\" >\"${0%/*}/asked\"\nexec cat\n";

/// Lays it into a folder; returns a `PATH` on which it is found before the system's own.
pub fn stand_in(folder: &Path) -> Result<String> {
    fs::create_dir_all(folder)?;
    let program = folder.join("systemd-inhibit");
    fs::write(&program, PROGRAM)?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    Ok(format!("{}:{}", folder.display(), std::env::var("PATH")?))
}

/// What it was asked last; `None` when it was not, or has ended since.
pub fn now(folder: &Path) -> Result<Option<String>> {
    let Ok(asked) = fs::read_to_string(folder.join("asked")) else { return Ok(None) };
    let (process, words) = asked.trim().split_once(' ').context("it wrote something else")?;
    Ok(Path::new("/proc").join(process).exists().then(|| words.to_owned()))
}
