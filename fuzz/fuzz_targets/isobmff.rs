//! Boxes, and the tables of HEIF's list of pictures.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| media::fuzzing::boxes(data));
