//! Where photos come from: one module per kind of source, each playing the role [`domain::Source`].
//!
//! What a file is, and whether it was imported before, is left to others.

#[cfg(any(test, feature = "testing"))]
pub mod memory;
