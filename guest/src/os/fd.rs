//! Descriptors: the traits of [`std::os::fd`] for the types of this crate.
//!
//! The numbers are this crate's own, those of [`Socket::fileno`]. They begin where the C library's, which `std` has for
//! files, do not reach. So a number that gets to the C library by mistake is EBADF there, never another's file, and a
//! [`BorrowedFd`] or an [`OwnedFd`] is good for what it is here: to hand a socket on, and to make one of this crate's
//! types of it again. An [`OwnedFd`] that is dropped does not close its socket, for `std` asks the C library to;
//! [`close`](crate::socket::close) does.
//!
//! ```no_run
//! use berkeley_guest::net::TcpStream;
//! use berkeley_guest::os::fd::OwnedFd;
//!
//! let stream = TcpStream::connect("127.0.0.1:7")?;
//! let descriptor = OwnedFd::from(stream);
//! let stream = TcpStream::from(descriptor);
//! # Ok::<(), std::io::Error>(())
//! ```
#![allow(unsafe_code, reason = "the traits of `std` for raw descriptors are unsafe")]

pub use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};

use crate::net::{TcpListener, TcpStream, UdpSocket};
use crate::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use crate::poll::AsSocket;
use crate::socket::Socket;

/// What stands for the number of a closed socket where `std` has no -1. No socket has it.
const CLOSED: RawFd = RawFd::MAX;

/// The number, which may not be -1.
fn valid(number: RawFd) -> RawFd {
    if number == -1 { CLOSED } else { number }
}

macro_rules! descriptors {
    ($($name:ident),+) => {
        $(
            /// The number in this crate's own table: [`Socket::fileno`].
            impl AsRawFd for $name {
                fn as_raw_fd(&self) -> RawFd {
                    self.as_socket().fileno()
                }
            }

            impl AsFd for $name {
                fn as_fd(&self) -> BorrowedFd<'_> {
                    // SAFETY: the number is not -1, and stays the socket's while it is borrowed.
                    unsafe { BorrowedFd::borrow_raw(valid(self.as_raw_fd())) }
                }
            }

            /// Leaves the socket open: [`Socket::detach`].
            impl IntoRawFd for $name {
                fn into_raw_fd(self) -> RawFd {
                    Socket::from(self).detach()
                }
            }

            /// Takes the socket that has the number in this crate's own table. With any other number, such as a file's,
            /// each call fails with EBADF.
            impl FromRawFd for $name {
                unsafe fn from_raw_fd(fd: RawFd) -> Self {
                    Socket::by_number(fd).unwrap_or_else(Socket::nowhere).into()
                }
            }

            impl From<$name> for OwnedFd {
                fn from(socket: $name) -> Self {
                    // SAFETY: the number is not -1, and from now on nobody else's.
                    unsafe { Self::from_raw_fd(valid(socket.into_raw_fd())) }
                }
            }

            /// Takes the socket that the descriptor was made of. Any other one, such as a file's, is closed, and each
            /// call fails with EBADF.
            impl From<OwnedFd> for $name {
                fn from(descriptor: OwnedFd) -> Self {
                    match Socket::by_number(descriptor.as_raw_fd()) {
                        Some(socket) => {
                            let _ = descriptor.into_raw_fd();
                            socket.into()
                        }
                        None => Socket::nowhere().into(),
                    }
                }
            }
        )+
    };
}
descriptors!(Socket, TcpListener, TcpStream, UdpSocket, UnixDatagram, UnixListener, UnixStream);
