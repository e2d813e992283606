//! See `berkeley_host::fuzz::wasi`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| berkeley_host::fuzz::wasi(bytes));
