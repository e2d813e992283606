//! By poll(2), which is what there is over WASI's own sockets.
#![allow(unsafe_code, reason = "poll(2) is C's")]

use std::io;
use std::os::fd::AsRawFd as _;

use crate::meter::Result;
use crate::net::TcpStream;

pub(crate) struct Watch(Vec<libc::pollfd>);

impl Watch {
    /// Watches them all. Each is known by its place.
    pub(crate) fn new(streams: &[TcpStream]) -> Result<Self> {
        let of = |stream: &TcpStream| libc::pollfd { fd: stream.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        Ok(Self(streams.iter().map(of).collect()))
    }

    /// Waits until some have something to receive.
    pub(crate) fn wait(&mut self) -> Result<impl Iterator<Item = usize>> {
        // SAFETY: the list is so long.
        if unsafe { libc::poll(self.0.as_mut_ptr(), self.0.len() as _, -1) } < 0 {
            return Err(io::Error::last_os_error().into());
        }
        Ok(self.0.iter().enumerate().filter(|(_, each)| each.revents != 0).map(|(at, _)| at))
    }
}
