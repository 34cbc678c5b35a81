//! Manifests of libraries.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| destinations::fuzzing::manifest(data));
