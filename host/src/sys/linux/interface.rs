//! The machine among others.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use berkeley_constants as c;

use crate::error::Errno;
use crate::sys::call::answer;

/// The machine's context id among virtual machines: IOCTL_VM_SOCKETS_GET_LOCAL_CID of `/dev/vsock`, vsock(7). ENODEV.
pub(crate) fn local_cid() -> io::Result<u32> {
    let device = File::open("/dev/vsock").map_err(|_| Errno::ENODEV)?;
    let mut cid = 0u32;
    // SAFETY: the request writes one 32-bit number.
    answer(unsafe { libc::ioctl(device.as_raw_fd(), c::IOCTL_VM_SOCKETS_GET_LOCAL_CID as _, &raw mut cid) })?;
    Ok(cid)
}
