//! wasi-libc's private table of descriptors, in which sockets and their like are ordinary descriptors.
//!
//! wasi-libc for WASI 0.2 finds everything that it does with a descriptor in a table of functions beside it. Two layouts of
//! that table are known; the build script chooses, and a wrong choice does not link: see the README.
//!
//! Facts: `descriptor_table.h` and `descriptor_table.c` of wasi-libc, and the code that Rust's `libc.a` has.
#![allow(unsafe_code, reason = "wasi-libc's table is of C")]

mod entry;
mod foreign;
#[cfg_attr(table = "referenced", path = "table/referenced.rs")]
#[cfg_attr(table = "counted", path = "table/counted.rs")]
mod held;
mod layout;
mod lowest;
mod own;
mod raw;
#[cfg(table = "referenced")]
mod shared;
#[cfg_attr(streams = "separate", path = "table/separate.rs")]
#[cfg_attr(streams = "together", path = "table/together.rs")]
mod stream;
mod taken;

use core::ffi::c_int;
use std::rc::Rc;

use berkeley_guest::error::Errno;
pub(crate) use entry::{duplicate, duplicate_from, duplicate_to, inherited, remove, set_inherited};
pub(crate) use foreign::{Foreign, add as insert_file};
pub(crate) use taken::highest;

use crate::description::{Description, downcast};
use crate::failure::Result;

/// What a number refers to.
pub(crate) enum Entry {
    /// A description of this crate.
    Own(Rc<dyn Description>),
    /// Anything of wasi-libc's own: a file, or a standard stream.
    Foreign(Foreign),
}

impl Entry {
    /// The description, if it is of this crate.
    pub(crate) fn own(&self) -> Option<Rc<dyn Description>> {
        match self {
            Self::Own(description) => Some(description.clone()),
            Self::Foreign(_) => None,
        }
    }
}

/// Gives the description the lowest number that is free. EMFILE.
pub(crate) fn insert(description: Rc<dyn Description>, cloexec: bool) -> Result<c_int> {
    own::insert(description, cloexec).map(lowest::settle).and_then(entry::within_limit)
}

/// What the number refers to. EBADF.
pub(crate) fn lookup(fd: c_int) -> Result<Entry> {
    let held = held::Held::of(fd)?;
    Ok(match own::description(&held.raw()) {
        Some(description) => Entry::Own(description),
        None => Entry::Foreign(Foreign::new(fd, held)),
    })
}

/// The description of that kind that the number refers to; the error otherwise. EBADF.
pub(crate) fn find<D: Description>(fd: c_int, otherwise: Errno) -> Result<Rc<D>> {
    match lookup(fd)? {
        Entry::Own(description) => downcast(&description).ok_or_else(|| otherwise.into()),
        Entry::Foreign(_) => Err(otherwise.into()),
    }
}
