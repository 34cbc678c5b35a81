//! Replies of a phone's file protocol.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| iphone::fuzzing::afc_reply(data));
