//! What a program is called, for what C libraries tell of it.

use core::ffi::c_char;
use core::ptr;
use std::ffi::CString;

use crate::export::exported;

exported! {
    /// The name by which the program was called, which stays; null where it has none. For the runtime alone.
    fn __berkeley_program() -> *const c_char {
        let name = std::env::args().next().and_then(|name| CString::new(name).ok());
        Ok(name.map_or(ptr::null(), |name| name.into_raw().cast_const()))
    }
}
