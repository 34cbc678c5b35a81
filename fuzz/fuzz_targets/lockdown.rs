//! Answers of a phone's lockdown.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| iphone::fuzzing::lockdown_answer(data));
