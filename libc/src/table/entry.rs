//! Entries: finding, copying and removing them.

use core::ffi::c_int;

use berkeley_guest::error::Errno;

#[cfg(table = "counted")]
pub(super) use self::counted::{Held, copy, move_to};
#[cfg(table = "referenced")]
pub(super) use self::referenced::{Held, copy, move_to};
use super::layout::Raw;
use crate::failure::{Failure, Result};

unsafe extern "C" {
    fn descriptor_table_insert(entry: Raw) -> c_int;
    safe fn descriptor_table_remove(fd: c_int) -> c_int;
    // Only the tables that are known have it: the older ones share the names of other functions with them.
    fn __wasilibc_init_stdio() -> c_int;
}

/// No number is higher, so that a program that asks for one does not fill the memory.
const MOST: c_int = 1 << 16;

/// Gives the entry a number that is free, which the table chooses. The table frees what it cannot take.
pub(super) fn insert(entry: Raw) -> Result<c_int> {
    core::hint::black_box(__wasilibc_init_stdio as *const ());
    // SAFETY: who makes an entry keeps its data and functions as the table wants them.
    checked(unsafe { descriptor_table_insert(entry) })
}

/// Closes the number.
pub(crate) fn remove(fd: c_int) -> Result<()> {
    checked(descriptor_table_remove(fd)).map(drop)
}

/// A second number for what that number refers to: dup(2).
pub(crate) fn duplicate(fd: c_int) -> Result<c_int> {
    copy(fd)
}

/// As [`duplicate`], with the lowest number from `least` on: F_DUPFD. EINVAL, EMFILE.
pub(crate) fn duplicate_from(fd: c_int, least: c_int) -> Result<c_int> {
    Held::of(fd)?;
    if !(0..MOST).contains(&least) {
        return Err(Errno::Einval.into());
    }
    let number = (least..MOST).find(|&number| Held::of(number).is_err()).ok_or(Errno::Emfile)?;
    reach(fd, number)
}

/// As [`duplicate`], with that number, which is closed before: dup2(2). EBADF for a number that none can have.
pub(crate) fn duplicate_to(fd: c_int, number: c_int) -> Result<c_int> {
    Held::of(fd)?;
    if !(0..MOST).contains(&number) {
        return Err(Errno::Ebadf.into());
    }
    if fd == number {
        return Ok(number);
    }
    if Held::of(number).is_err() {
        return reach(fd, number);
    }
    move_to(copy(fd)?, number)?;
    Ok(number)
}

/// Copies until a copy has that number, which is free: the table gives each free one in its turn, and then further ones.
fn reach(fd: c_int, number: c_int) -> Result<c_int> {
    let mut others = Vec::new();
    let reached = loop {
        match copy(fd) {
            Ok(other) if other != number => others.push(other),
            result => break result,
        }
    };
    // A table that gives the number that was freed last goes on with the lowest of these.
    others.sort_unstable();
    for other in others.into_iter().rev() {
        remove(other)?;
    }
    reached
}

fn checked(answer: c_int) -> Result<c_int> {
    if answer < 0 { Err(Failure::last()) } else { Ok(answer) }
}

#[cfg(table = "referenced")]
mod referenced {
    use core::ffi::c_int;

    use super::super::layout::Raw;
    use super::super::{own, shared};
    use super::{checked, insert};
    use crate::failure::{Failure, Result};

    unsafe extern "C" {
        safe fn descriptor_table_get_ref(fd: c_int) -> *mut Raw;
        safe fn descriptor_table_renumber(fd: c_int, number: c_int) -> c_int;
    }

    /// An entry that was found. It stays until something is inserted or removed.
    pub(crate) struct Held(*mut Raw);

    impl Held {
        /// EBADF.
        pub(crate) fn of(fd: c_int) -> Result<Self> {
            let entry = descriptor_table_get_ref(fd);
            if entry.is_null() { Err(Failure::last()) } else { Ok(Self(entry)) }
        }

        pub(crate) fn raw(&self) -> Raw {
            // SAFETY: the table gave it, and has not changed since.
            unsafe { *self.0 }
        }
    }

    /// Closes `number`, which is open, and gives it to what `fd` refers to, which loses its own.
    pub(crate) fn move_to(fd: c_int, number: c_int) -> Result<()> {
        checked(descriptor_table_renumber(fd, number)).map(drop)
    }

    /// A second number for the same.
    pub(crate) fn copy(fd: c_int) -> Result<c_int> {
        let held = Held::of(fd)?;
        let copied = match own::copy(&held) {
            Some(copied) => copied,
            // SAFETY: the entry is the table's, which has not changed since.
            None => shared::share(unsafe { &mut *held.0 }),
        };
        insert(copied)
    }
}

#[cfg(table = "counted")]
mod counted {
    use core::ffi::c_int;
    use core::mem::MaybeUninit;

    use super::super::layout::Raw;
    use super::checked;
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
    pub(crate) struct Held(Raw);

    impl Held {
        /// EBADF.
        pub(crate) fn of(fd: c_int) -> Result<Self> {
            let mut entry = MaybeUninit::<Raw>::uninit();
            // SAFETY: there is room for an entry, and one is there if the function succeeds.
            unsafe {
                checked(descriptor_table_get(fd, entry.as_mut_ptr()))?;
                Ok(Self(entry.assume_init()))
            }
        }

        pub(crate) fn raw(&self) -> Raw {
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
    pub(crate) fn move_to(fd: c_int, number: c_int) -> Result<()> {
        checked(descriptor_table_dup(fd, DUP2, number))?;
        super::remove(fd)
    }

    /// A second number for the same.
    pub(crate) fn copy(fd: c_int) -> Result<c_int> {
        checked(descriptor_table_dup(fd, DUP, 0))
    }
}
