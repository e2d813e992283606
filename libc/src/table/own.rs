//! Descriptors of this crate's descriptions.

use core::cell::Cell;
use core::ffi::{c_int, c_void};
use core::ptr;
use std::rc::Rc;

use berkeley_guest::error::Errno;

use super::layout::{Functions, Raw};
use super::{raw, taken};
use crate::description::Description;
use crate::failure::{Failure, Result};
use crate::number::file::O_NONBLOCK;

/// What the table keeps of a descriptor.
#[repr(C)]
struct Own {
    /// The count of a table that counts.
    count: u32,
    /// Whether FD_CLOEXEC is set, which is each descriptor's own. Nothing is ever executed.
    cloexec: Cell<bool>,
    /// Its number, as far as it is known.
    number: Cell<c_int>,
    description: Rc<dyn Description>,
}

static FUNCTIONS: Functions = Functions {
    free,
    get_read_stream: None,
    get_write_stream: None,
    set_blocking: Some(set_blocking),
    fstat: Some(fstat),
    get_file: Some(get_file),
    seek: Some(seek),
    #[cfg(table = "referenced")]
    close_streams: None,
    getfl: Some(getfl),
    setfl: Some(setfl),
    isatty: Some(isatty),
    sockets: [None; 13],
};

/// Gives the description a number that is free, which the table chooses.
pub(super) fn insert(description: Rc<dyn Description>, cloexec: bool) -> Result<c_int> {
    raw::insert(entry(description, cloexec))
}

/// The description of an entry, if it is one of these.
pub(super) fn description(raw: &Raw) -> Option<Rc<dyn Description>> {
    own(raw).map(|own| own.description.clone())
}

/// An entry for the same description. FD_CLOEXEC is not copied.
#[cfg(table = "referenced")]
pub(super) fn copy(raw: &Raw) -> Option<Raw> {
    description(raw).map(|description| entry(description, false))
}

/// Whether FD_CLOEXEC is set, of an entry that is one of these.
pub(super) fn cloexec(raw: &Raw) -> Option<&Cell<bool>> {
    own(raw).map(|own| &own.cloexec)
}

/// Notes the number, of an entry that is one of these.
pub(super) fn note(raw: &Raw, number: c_int) {
    if let Some(own) = own(raw) {
        own.number.set(number);
    }
}

fn entry(description: Rc<dyn Description>, cloexec: bool) -> Raw {
    let own = Box::new(Own { count: 0, cloexec: Cell::new(cloexec), number: Cell::new(c_int::MAX), description });
    debug_assert_eq!(own.count, 0, "the table sets it");
    Raw { data: Box::into_raw(own).cast(), functions: &raw const FUNCTIONS }
}

fn own(raw: &Raw) -> Option<&Own> {
    // SAFETY: with these functions, the data are one of these, and are kept while the entry is.
    ptr::eq(raw.functions, &raw const FUNCTIONS).then(|| unsafe { &*raw.data.cast::<Own>() })
}

/// # Safety
///
/// The table calls these functions with the data that stand beside them.
unsafe fn given<'a>(data: *mut c_void) -> &'a dyn Description {
    // SAFETY: see above.
    unsafe { &*(*data.cast::<Own>()).description }
}

unsafe extern "C" fn free(data: *mut c_void) {
    // SAFETY: the table's is the last descriptor with these data.
    let own = unsafe { Box::from_raw(data.cast::<Own>()) };
    taken::freed(own.number.get());
}

unsafe extern "C" fn set_blocking(data: *mut c_void, blocking: bool) -> c_int {
    // SAFETY: see `given`.
    unsafe { given(data) }.set_nonblocking(!blocking);
    0
}

unsafe extern "C" fn fstat(data: *mut c_void, stat: *mut libc::stat) -> c_int {
    if stat.is_null() {
        return fail(Errno::Efault);
    }
    // SAFETY: `stat` is what the program gave to `fstat`; all zeros are one, and then its kind is set.
    unsafe {
        stat.write_bytes(0, 1);
        (*stat).st_mode = given(data).kind() | 0o600;
        (*stat).st_nlink = 1;
        (*stat).st_ino = data.addr() as u64;
        (*stat).st_blksize = 4096;
    }
    0
}

/// Whoever wants a file of WASI's wants a directory: what else there is, has functions of this crate.
unsafe extern "C" fn get_file(_: *mut c_void, _: *mut u32) -> c_int {
    fail(Errno::Enotdir)
}

unsafe extern "C" fn seek(_: *mut c_void, _: i64, _: c_int) -> i64 {
    i64::from(fail(Errno::Espipe))
}

unsafe extern "C" fn getfl(data: *mut c_void) -> c_int {
    // SAFETY: see `given`.
    let description = unsafe { given(data) };
    description.flags()
}

unsafe extern "C" fn setfl(data: *mut c_void, flags: c_int) -> c_int {
    // SAFETY: see `given`.
    unsafe { given(data) }.set_nonblocking(flags & O_NONBLOCK != 0);
    0
}

unsafe extern "C" fn isatty(_: *mut c_void) -> c_int {
    fail(Errno::Enotty);
    0
}

fn fail(errno: Errno) -> c_int {
    Failure::from(errno).report();
    -1
}
