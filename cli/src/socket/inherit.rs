//! Sockets that this process was started with.

use std::io;

use berkeley_host::OwnedSocket;

/// Linux alone gives a program what it was started with, without trusting it to name what is its own.
#[cfg(not(target_os = "linux"))]
pub(crate) fn inherited(_: i32) -> io::Result<OwnedSocket> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "only on Linux is a socket taken that this process was started with",
    ))
}

/// A duplicate of the descriptor of that number, which this process was started with. No program that is started has it.
///
/// EBADF: there is none, or it is one of the standard three.
#[cfg(target_os = "linux")]
pub(crate) fn inherited(number: i32) -> io::Result<OwnedSocket> {
    use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
    if number <= 2 {
        return Err(rustix::io::Errno::BADF.into());
    }
    let this = pidfd_open(getpid(), PidfdFlags::empty())?;
    Ok(pidfd_getfd(this, number, PidfdGetfdFlags::empty())?)
}
