//! EXIF blocks with Apple's maker note, and XMP packets.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| media::fuzzing::metadata(data));
