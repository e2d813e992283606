//! By sendmmsg(2) and recvmmsg(2): the system's, or berkeley-libc's.
#![allow(unsafe_code, reason = "the functions are C's")]

use std::ffi::c_int;
use std::io;
use std::mem;
use std::net::SocketAddr;
use std::os::fd::AsRawFd as _;
use std::ptr;

#[cfg(target_os = "linux")]
use libc::{AF_INET, MSG_WAITFORONE, iovec, mmsghdr, recvmmsg, sendmmsg, sockaddr_in};

#[cfg(not(target_os = "linux"))]
use self::declared::{AF_INET, MSG_WAITFORONE, iovec, mmsghdr, recvmmsg, sendmmsg, sockaddr_in};
use super::BATCH;
use crate::meter::Result;
use crate::net::UdpSocket;
use crate::workload::MESSAGE;

/// What berkeley-libc's headers declare.
#[cfg(not(target_os = "linux"))]
#[allow(non_camel_case_types, reason = "C's names")]
mod declared {
    use std::ffi::{c_int, c_void};

    pub(super) use libc::iovec;

    pub(super) const AF_INET: c_int = 1;
    pub(super) const MSG_WAITFORONE: c_int = 0x10000;

    #[derive(Clone, Copy)]
    #[repr(C)]
    pub(super) struct sockaddr_in {
        pub(super) sin_family: u16,
        pub(super) sin_port: u16,
        pub(super) sin_addr: in_addr,
        pub(super) sin_zero: [u8; 8],
    }

    #[derive(Clone, Copy)]
    #[repr(C)]
    pub(super) struct in_addr {
        pub(super) s_addr: u32,
    }

    #[derive(Clone, Copy)]
    #[repr(C)]
    pub(super) struct msghdr {
        pub(super) msg_name: *mut c_void,
        pub(super) msg_namelen: u32,
        pub(super) msg_iov: *mut iovec,
        pub(super) msg_iovlen: c_int,
        pub(super) msg_control: *mut c_void,
        pub(super) msg_controllen: u32,
        pub(super) msg_flags: c_int,
    }

    #[derive(Clone, Copy)]
    #[repr(C)]
    pub(super) struct mmsghdr {
        pub(super) msg_hdr: msghdr,
        pub(super) msg_len: u32,
    }

    unsafe extern "C" {
        pub(super) fn sendmmsg(fd: c_int, messages: *mut mmsghdr, count: u32, flags: c_int) -> c_int;
        pub(super) fn recvmmsg(
            fd: c_int,
            messages: *mut mmsghdr,
            count: u32,
            flags: c_int,
            limit: *mut libc::timespec,
        ) -> c_int;
    }
}

pub(crate) struct Many {
    data: Box<[[u8; MESSAGE]; BATCH]>,
}

impl Many {
    pub(crate) fn new() -> Self {
        Self { data: Box::new([[7; MESSAGE]; BATCH]) }
    }

    /// Sends so many datagrams as one call takes.
    pub(crate) fn send(&mut self, socket: &UdpSocket, peer: &SocketAddr) -> Result<u64> {
        let SocketAddr::V4(peer) = peer else { return Err("no address of IPv4's".into()) };
        // SAFETY: zeros are an address.
        let mut address: sockaddr_in = unsafe { mem::zeroed() };
        address.sin_family = AF_INET as u16;
        address.sin_port = peer.port().to_be();
        address.sin_addr.s_addr = u32::from_ne_bytes(peer.ip().octets());
        self.call(Some(&mut address), |messages| {
            // SAFETY: the messages are so many, and what they point to outlives the call.
            unsafe { sendmmsg(socket.as_raw_fd(), messages.as_mut_ptr(), BATCH as u32, 0) }
        })
    }

    /// Receives those that have come.
    pub(crate) fn receive(&mut self, socket: &UdpSocket) -> Result<u64> {
        let (fd, flags) = (socket.as_raw_fd(), MSG_WAITFORONE as _);
        self.call(None, |messages| {
            // SAFETY: as above.
            unsafe { recvmmsg(fd, messages.as_mut_ptr(), BATCH as u32, flags, ptr::null_mut()) }
        })
    }

    fn call(
        &mut self,
        mut address: Option<&mut sockaddr_in>,
        call: impl FnOnce(&mut [mmsghdr; BATCH]) -> c_int,
    ) -> Result<u64> {
        let mut vectors =
            self.data.each_mut().map(|data| iovec { iov_base: data.as_mut_ptr().cast(), iov_len: MESSAGE });
        // SAFETY: zeros are messages without anything.
        let mut messages: [mmsghdr; BATCH] = unsafe { mem::zeroed() };
        for (message, vector) in messages.iter_mut().zip(&mut vectors) {
            let header = &mut message.msg_hdr;
            (header.msg_iov, header.msg_iovlen) = (vector, 1);
            if let Some(address) = address.as_deref_mut() {
                header.msg_name = ptr::from_mut(address).cast();
                header.msg_namelen = size_of::<sockaddr_in>() as u32;
            }
        }
        let count = call(&mut messages);
        Ok(u64::try_from(count).map_err(|_| io::Error::last_os_error())?)
    }
}
