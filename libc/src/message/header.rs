//! The structures of messages.

use core::ffi::c_int;

use crate::memory::{Out, plain};

/// `struct msghdr`
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Msghdr {
    pub(super) name: Out<u8>,
    pub(super) name_length: u32,
    pub(super) vectors: Out<libc::iovec>,
    pub(super) count: c_int,
    pub(super) control: Out<u8>,
    pub(super) control_length: u32,
    pub(super) flags: c_int,
}

/// `struct mmsghdr`
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Mmsghdr {
    pub(super) header: Msghdr,
    pub(super) length: u32,
}

plain!(Msghdr, Mmsghdr);

/// As the headers have them.
const _: () = assert!(size_of::<Msghdr>() == 28 && size_of::<Mmsghdr>() == 32);
