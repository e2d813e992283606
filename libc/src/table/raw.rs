//! The table's functions that both layouts have.

use core::ffi::c_int;

use super::layout::Raw;
use crate::failure::{Failure, Result};

unsafe extern "C" {
    fn descriptor_table_insert(entry: Raw) -> c_int;
    safe fn descriptor_table_remove(fd: c_int) -> c_int;
    // Only the tables that are known have it: the older ones share the names of other functions with them.
    fn __wasilibc_init_stdio() -> c_int;
}

/// Gives the entry a number that is free, which the table chooses. It frees what it cannot take.
pub(super) fn insert(entry: Raw) -> Result<c_int> {
    core::hint::black_box(__wasilibc_init_stdio as *const ());
    // SAFETY: who makes an entry keeps its data and functions as the table wants them.
    checked(unsafe { descriptor_table_insert(entry) })
}

/// Closes the number.
pub(super) fn remove(fd: c_int) -> Result<()> {
    checked(descriptor_table_remove(fd)).map(drop)
}

/// What such a function gave, unless it failed.
pub(super) fn checked(answer: c_int) -> Result<c_int> {
    if answer < 0 { Err(Failure::last()) } else { Ok(answer) }
}
