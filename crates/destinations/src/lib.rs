//! Where photos go: folders on mounted volumes, and a library in memory for tests.
//!
//! What is copied, and in which order, is the importer's; what a copy is worth, the catalog's and the journal's.

pub mod memory;
