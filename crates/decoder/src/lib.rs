//! Drawing in child processes: a file that makes a decoder crash, hang or run out of memory costs one picture, and a decoder
//! that a file has taken over finds no network, no file system and nobody to talk to but us.
//!
//! A child is the same program, started again with [`ARGUMENT`]; whoever draws calls [`serve_if_asked`] first of all in
//! `main`. It gets the bytes it asks for from here and hands back pixels, so that sources are read and JPEGs are made in
//! this process. What each side may say is in `protocol`, what a child gives up before it sees the first byte in `confine`.

mod child;
mod confine;
mod decoders;
mod error;
mod launch;
mod protocol;
mod watch;
mod worker;

pub use child::{drawn, serve, serve_if_asked};
pub use confine::Confinement;
pub use decoders::{Decoders, Limits};
pub use error::DecodeError;
pub use launch::{ARGUMENT, Launch};
pub use protocol::Purpose;
