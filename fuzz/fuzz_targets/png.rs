//! What PNG files say of themselves.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| media::fuzzing::inspect_as("PNG", data));
