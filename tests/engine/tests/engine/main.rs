//! The engine as a whole, and the shape of its code.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on ends")]

mod architecture;
mod books;
mod browser_door;
mod checking;
mod choosing_a_library;
mod closing;
mod converting;
mod copies_looked_at_again;
mod ejecting;
mod first_screen;
mod many_files;
mod mishaps;
mod phone_library;
mod previewing;
mod renditions;
mod restored;
mod sidecars;
mod stopping;
mod trusting;
mod waiting;
mod window_commands;
