//! What a user can ask for: one command list, its values, its errors and its events. Wires the crates below together.

pub mod dto;
pub mod events;
