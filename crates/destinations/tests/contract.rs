//! What every destination promises, checked on a folder and on the library in memory with the same words.

#[cfg(test)]
#[macro_use]
mod contract {
    pub mod files;
    #[macro_use]
    pub mod promises;
    pub mod record;
    pub mod samples;
}

use contract::samples::{id, library_at};
use destinations::memory::MemoryLibrary;

macro_rules! for_every_destination {
    ($($module:ident :: $promise:ident),* $(,)?) => {
        mod folder {
            use super::*;
            $(#[test] fn $promise() {
                let temp = tempfile::tempdir().unwrap();
                contract::$module::$promise(&library_at(&temp.path().join("Library")));
            })*
        }
        mod memory {
            use super::*;
            $(#[test] fn $promise() {
                contract::$module::$promise(&MemoryLibrary::new(id()));
            })*
        }
    };
}

every_promise!(for_every_destination);
