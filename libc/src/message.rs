//! Messages with control messages: sendmsg(2), recvmsg(2), cmsg(3).

mod many;
mod receive;
mod send;

use core::ffi::c_int;

use crate::memory::{Out, plain};

/// `struct msghdr`
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Msghdr {
    name: Out<u8>,
    name_length: u32,
    vectors: Out<libc::iovec>,
    count: c_int,
    control: Out<u8>,
    control_length: u32,
    flags: c_int,
}

/// `struct mmsghdr`
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Mmsghdr {
    header: Msghdr,
    length: u32,
}

plain!(Msghdr, Mmsghdr);

/// As the headers have them.
const _: () = assert!(size_of::<Msghdr>() == 28 && size_of::<Mmsghdr>() == 32);
