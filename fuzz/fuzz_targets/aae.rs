//! Recipes of edits, and any other file by what it begins with.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| media::fuzzing::inspect("IMG_0001.AAE", data));
