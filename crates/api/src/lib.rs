//! What a user can ask for: one command list, its values, its errors and its events. Wires the crates below together.
//!
//! The shell calls [`App::call`] with names and JSON; the terminal calls the typed functions of [`terminal`]. Both run the
//! same engine.

pub mod albums;
mod app;
pub mod args;
mod asked;
mod busy;
mod carried;
mod check_job;
pub mod checks;
pub mod choosing;
mod closing;
pub mod commands;
pub mod conversion;
mod copies;
pub mod device_report;
pub mod devices;
pub mod dto;
mod error;
pub mod events;
pub mod export;
mod films;
mod grid;
pub mod history;
mod home;
mod identity;
mod import_job;
mod imports;
mod libraries;
mod library;
mod lists;
pub mod photo;
pub mod pictures;
pub mod preview;
mod progress;
pub mod proof;
mod quiet;
mod scan_job;
mod scans;
mod settings;
mod settings_file;
mod sight;
pub mod terminal;
pub mod text;

pub use app::{App, AppConfig, Host};
pub use decoder::{Launch, serve_if_asked as decode_if_asked};
pub use dto::{ErrorCode, ErrorDto};
pub use events::Event;
pub use films::FilmDoor;
pub use home::default_home;
