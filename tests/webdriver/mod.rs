//! A small blocking client of the W3C WebDriver protocol, with what it takes to open the real window on a display of its own.
//! Knows nothing of what the window shows.

mod display;
mod process;
mod session;
mod wish;

pub use display::Display;
pub use session::Session;

use std::time::Duration;

/// How long anything may take before the test fails. Test machines are slow and shared; a test that passes never waits so long.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// How long to wait between two looks.
pub const GLANCE: Duration = Duration::from_millis(50);
