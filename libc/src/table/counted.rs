//! Entries of a table that counts who has them.

use core::ffi::c_int;
use core::mem::MaybeUninit;

use super::layout::Raw;
use super::raw::{checked, remove};
use crate::failure::Result;

unsafe extern "C" {
    fn descriptor_table_get(fd: c_int, entry: *mut Raw) -> c_int;
    safe fn descriptor_table_dup(fd: c_int, operation: c_int, argument: c_int) -> c_int;
    fn __wasilibc_descriptor_deallocate(entry: Raw);
}

/// The operations of `descriptor_table_dup`.
const DUP: c_int = 0;
const DUP2: c_int = 1;

/// An entry that was found, and is kept while this is.
pub(super) struct Held(Raw);

impl Held {
    /// EBADF.
    pub(super) fn of(fd: c_int) -> Result<Self> {
        let mut entry = MaybeUninit::<Raw>::uninit();
        // SAFETY: there is room for an entry, and one is there if the function succeeds.
        unsafe {
            checked(descriptor_table_get(fd, entry.as_mut_ptr()))?;
            Ok(Self(entry.assume_init()))
        }
    }

    pub(super) fn raw(&self) -> Raw {
        self.0
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let count = self.0.data.cast::<u32>();
        // SAFETY: every entry's data begin with the count, one of which is this one's.
        unsafe {
            *count -= 1;
            if *count == 0 {
                __wasilibc_descriptor_deallocate(self.0);
            }
        }
    }
}

/// Closes `number`, and gives it to what `fd` refers to, which loses its own.
pub(super) fn move_to(fd: c_int, number: c_int) -> Result<()> {
    checked(descriptor_table_dup(fd, DUP2, number))?;
    remove(fd)
}

/// A second number for the same.
pub(super) fn copy(fd: c_int) -> Result<c_int> {
    checked(descriptor_table_dup(fd, DUP, 0))
}
