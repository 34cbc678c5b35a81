//! Libraries on real file systems: full, write-protected, pulled, exchanged, and drivers that lack what others have.
#![cfg(target_os = "linux")]

#[cfg(test)]
#[path = "contract"]
#[macro_use]
mod contract {
    pub mod files;
    #[macro_use]
    pub mod promises;
    pub mod record;
    pub mod samples;
}
#[cfg(test)]
#[path = "mounts"]
mod mounts {
    pub mod drives;
    pub mod faults;
    pub mod lab;
    pub mod order;
}
