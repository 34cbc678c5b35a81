//! The commands, one file each: arguments, then what is done with them.

pub mod albums;
pub mod completions;
pub mod device_report;
pub mod devices;
pub mod history;
pub mod import;
pub mod list;
pub mod undo;
pub mod verify;
