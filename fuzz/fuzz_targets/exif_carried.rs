//! EXIF blocks of photos, as the JPEGs made of them get them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| media::fuzzing::carried_exif(data));
