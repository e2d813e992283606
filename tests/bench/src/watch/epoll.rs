//! By epoll(7): the system's, or berkeley-libc's.
#![allow(unsafe_code, reason = "epoll(7) is C's")]

use std::io;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};

#[cfg(target_os = "linux")]
use libc::{EPOLL_CTL_ADD, EPOLLIN, epoll_create1, epoll_ctl, epoll_event, epoll_wait};

#[cfg(not(target_os = "linux"))]
use self::declared::{EPOLL_CTL_ADD, EPOLLIN, epoll_create1, epoll_ctl, epoll_event, epoll_wait};
use super::MOST;
use crate::meter::Result;
use crate::net::TcpStream;

/// What berkeley-libc's header sys/epoll.h declares.
#[cfg(not(target_os = "linux"))]
#[allow(non_camel_case_types, reason = "C's name")]
mod declared {
    use std::ffi::c_int;

    pub(super) const EPOLLIN: c_int = 1;
    pub(super) const EPOLL_CTL_ADD: c_int = 1;

    #[derive(Clone, Copy)]
    #[repr(C)]
    pub(super) struct epoll_event {
        pub(super) events: u32,
        pub(super) u64: u64,
    }

    unsafe extern "C" {
        pub(super) fn epoll_create1(flags: c_int) -> c_int;
        pub(super) fn epoll_ctl(epfd: c_int, op: c_int, fd: c_int, event: *mut epoll_event) -> c_int;
        pub(super) fn epoll_wait(epfd: c_int, events: *mut epoll_event, most: c_int, timeout: c_int) -> c_int;
    }
}

pub(crate) struct Watch {
    set: OwnedFd,
    events: Vec<epoll_event>,
}

impl Watch {
    /// Watches them all. Each is known by its place.
    pub(crate) fn new(streams: &[TcpStream]) -> Result<Self> {
        // SAFETY: it takes no pointer.
        let set = told(unsafe { epoll_create1(0) })?;
        // SAFETY: nobody else has it.
        let set = unsafe { OwnedFd::from_raw_fd(set) };
        for (at, stream) in streams.iter().enumerate() {
            let mut event = epoll_event { events: EPOLLIN as u32, u64: at as u64 };
            // SAFETY: the event outlives the call.
            told(unsafe { epoll_ctl(set.as_raw_fd(), EPOLL_CTL_ADD, stream.as_raw_fd(), &mut event) })?;
        }
        Ok(Self { set, events: vec![epoll_event { events: 0, u64: 0 }; MOST] })
    }

    /// Waits until some have something to receive.
    pub(crate) fn wait(&mut self) -> Result<impl Iterator<Item = usize>> {
        // SAFETY: the list is so long.
        let count = told(unsafe { epoll_wait(self.set.as_raw_fd(), self.events.as_mut_ptr(), MOST as i32, -1) })?;
        Ok(self.events[..count as usize].iter().map(|event| event.u64 as usize))
    }
}

fn told(answer: i32) -> io::Result<i32> {
    if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(answer) }
}
