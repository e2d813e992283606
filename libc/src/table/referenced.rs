//! Entries of a table that gives references to them.

use core::ffi::c_int;

use super::layout::Raw;
use super::raw::{checked, insert};
use super::{own, shared};
use crate::failure::{Failure, Result};

unsafe extern "C" {
    safe fn descriptor_table_get_ref(fd: c_int) -> *mut Raw;
    safe fn descriptor_table_renumber(fd: c_int, number: c_int) -> c_int;
}

/// An entry that was found. It stays until something is inserted or removed.
pub(super) struct Held(*mut Raw);

impl Held {
    /// EBADF.
    pub(super) fn of(fd: c_int) -> Result<Self> {
        let entry = descriptor_table_get_ref(fd);
        if entry.is_null() { Err(Failure::last()) } else { Ok(Self(entry)) }
    }

    pub(super) fn raw(&self) -> Raw {
        // SAFETY: the table gave it, and has not changed since.
        unsafe { *self.0 }
    }
}

/// Closes `number`, which is open, and gives it to what `fd` refers to, which loses its own.
pub(super) fn move_to(fd: c_int, number: c_int) -> Result<()> {
    checked(descriptor_table_renumber(fd, number)).map(drop)
}

/// A second number for the same.
pub(super) fn copy(fd: c_int) -> Result<c_int> {
    let held = Held::of(fd)?;
    let copied = match own::copy(&held.raw()) {
        Some(copied) => copied,
        // SAFETY: the entry is the table's, which has not changed since.
        None => shared::share(unsafe { &mut *held.0 }),
    };
    insert(copied)
}
