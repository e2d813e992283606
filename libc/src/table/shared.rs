//! Several descriptors of one file or standard stream of wasi-libc's own, in a table that knows no such thing.
//!
//! The entry is put behind a count, and a descriptor with these functions takes its place, which call the entry's own.

use core::ffi::{c_int, c_void};
use core::ptr;
use std::rc::Rc;

use berkeley_guest::error::Errno;

use super::layout::{Functions, GetStream, Raw};
use crate::failure::Failure;

/// The entry that is shared. The last to go closes it.
struct Shared(Raw);

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: the entry was the table's, which has it no more.
        unsafe { ((*self.0.functions).free)(self.0.data) };
    }
}

static FUNCTIONS: Functions = Functions {
    free,
    get_read_stream: Some(get_read_stream),
    get_write_stream: Some(get_write_stream),
    set_blocking: Some(set_blocking),
    fstat: Some(fstat),
    get_file: Some(get_file),
    seek: Some(seek),
    close_streams: Some(close_streams),
    getfl: Some(getfl),
    setfl: Some(setfl),
    isatty: Some(isatty),
    sockets: [None; 13],
};

/// Makes the entry one that is shared, and gives a second one.
pub(super) fn share(entry: &mut Raw) -> Raw {
    if !ptr::eq(entry.functions, &raw const FUNCTIONS) {
        let data = Rc::into_raw(Rc::new(Shared(*entry)));
        *entry = Raw { data: data.cast_mut().cast(), functions: &raw const FUNCTIONS };
    }
    // SAFETY: the data are of an `Rc`, one count of which is the entry's.
    unsafe { Rc::increment_strong_count(entry.data.cast::<Shared>()) };
    *entry
}

unsafe extern "C" fn free(data: *mut c_void) {
    // SAFETY: the count is that of the descriptor that goes.
    unsafe { Rc::decrement_strong_count(data.cast::<Shared>()) };
}

/// # Safety
///
/// The table calls these functions with the data that stand beside them.
unsafe fn given(data: *mut c_void) -> (*mut c_void, &'static Functions) {
    // SAFETY: see above; functions are never freed.
    unsafe {
        let Shared(raw) = &*data.cast::<Shared>();
        (raw.data, &*raw.functions)
    }
}

/// As wasi-libc fails where a function is missing.
fn missing(errno: Errno) -> c_int {
    Failure::from(errno).report();
    -1
}

macro_rules! forwarded {
    ($($name:ident($($argument:ident: $type:ty),*) -> $answer:ty, $missing:expr;)*) => {$(
        unsafe extern "C" fn $name(data: *mut c_void, $($argument: $type),*) -> $answer {
            // SAFETY: see `given`; the arguments are those of the entry's own function.
            unsafe {
                let (data, functions) = given(data);
                match functions.$name {
                    Some(function) => function(data, $($argument),*),
                    None => $missing,
                }
            }
        }
    )*};
}

forwarded! {
    set_blocking(blocking: bool) -> c_int, missing(Errno::Einval);
    fstat(stat: *mut libc::stat) -> c_int, missing(Errno::Einval);
    get_file(file: *mut u32) -> c_int, missing(Errno::Einval);
    seek(offset: i64, whence: c_int) -> i64, i64::from(missing(Errno::Espipe));
    close_streams() -> (), ();
    getfl() -> c_int, missing(Errno::Einval);
    setfl(flags: c_int) -> c_int, missing(Errno::Einval);
    isatty() -> c_int, missing(Errno::Enotty) + 1;
}

#[cfg(streams = "separate")]
forwarded! {
    get_read_stream(stream: *mut c_void, offset: *mut c_void, pollable: *mut c_void) -> c_int, missing(Errno::Eopnotsupp);
    get_write_stream(stream: *mut c_void, offset: *mut c_void, pollable: *mut c_void) -> c_int, missing(Errno::Eopnotsupp);
}

#[cfg(streams = "together")]
forwarded! {
    get_read_stream(stream: *mut c_void) -> c_int, missing(Errno::Eopnotsupp);
    get_write_stream(stream: *mut c_void) -> c_int, missing(Errno::Eopnotsupp);
}

/// The functions have the table's types.
const _: (GetStream, GetStream) = (get_read_stream, get_write_stream);
