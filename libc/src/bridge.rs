//! Sockets of `berkeley-guest` as descriptors, and the other way round.
#![allow(unsafe_code, reason = "a number becomes a descriptor that is owned")]

use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::time::Duration;

use berkeley_guest::poll::AsSocket;
use berkeley_guest::socket::Socket as GuestSocket;

use crate::endpoint::Socket;
use crate::failure::Failure;

impl From<Failure> for io::Error {
    fn from(failure: Failure) -> Self {
        Self::from_raw_os_error(failure.number())
    }
}

/// Gives a socket of `berkeley-guest` a descriptor of the C library: what `std`, socket2, mio and tokio make their own
/// sockets of.
///
/// Both refer to the same socket, as after dup(2), and each must be closed or dropped. The descriptor is non-blocking if the
/// socket is when this is called; later each has a mode of its own. So a program on `std` or tokio can use what only
/// `berkeley-guest` gives it: a socket that was opened beforehand, or came from another program. tokio, which has no types for unix sockets in
/// WebAssembly, takes a unix stream as a `TcpStream`, all of whose calls but those on addresses it has.
///
/// EBADF (it is closed), EMFILE.
///
/// ```no_run
/// use std::net::TcpListener;
///
/// for (name, socket) in berkeley_guest::socket::preopened()? {
///     let listener = TcpListener::from(berkeley_libc::to_descriptor(&socket)?);
///     println!("{name} listens on {}", listener.local_addr()?);
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn to_descriptor(socket: &impl AsSocket) -> io::Result<OwnedFd> {
    let socket = socket.as_socket();
    let handle = socket.handle().dup().map_err(Failure::from)?;
    let number = Socket::new(handle, socket.gettimeout() == Some(Duration::ZERO)).insert(true)?;
    // SAFETY: the number was given just now, and nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// Gives a descriptor's socket as one of `berkeley-guest`, which has every option, family and control message.
///
/// Both refer to the same socket, as after dup(2), and each must be closed or dropped. The socket is non-blocking if the
/// descriptor is when this is called; later each has a mode of its own.
///
/// EBADF, ENOTSOCK, EMFILE.
///
/// ```no_run
/// use std::net::TcpStream;
/// use berkeley_guest::socket::{IPPROTO_TCP, TCP_USER_TIMEOUT};
///
/// let stream = TcpStream::connect("127.0.0.1:7")?;
/// berkeley_libc::to_socket(&stream)?.setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, 5000)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn to_socket(descriptor: &impl AsFd) -> io::Result<GuestSocket> {
    let socket = Socket::of(descriptor.as_fd().as_raw_fd())?;
    let copy = GuestSocket::from_handle(socket.handle().dup().map_err(Failure::from)?);
    copy.setblocking(!socket.is_nonblocking());
    Ok(copy)
}
