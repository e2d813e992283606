//! See `berkeley_host::fuzz::control`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| berkeley_host::fuzz::control(bytes));
