//! The life of a socket: sys/socket.h.

use core::ffi::c_int;

use berkeley_guest::bindings::address::SocketAddress;
use berkeley_guest::bindings::socket as wit;
use berkeley_guest::error::Errno;

use crate::address::{decode, encode};
use crate::endpoint::Socket;
use crate::export::exported;
use crate::failure::Result;
use crate::memory::{In, Out};
use crate::number::socket::{self as number, SOCK_CLOEXEC, SOCK_FLAGS, SOCK_NONBLOCK};
use crate::table;

/// The address that a program gives with its length. EFAULT, EINVAL.
pub(crate) fn given(address: In<u8>, length: u32) -> Result<SocketAddress> {
    let length = usize::try_from(length).ok().filter(|&length| length <= 128).ok_or(Errno::Einval)?;
    Ok(decode(address.bytes(length)?)?)
}

/// Gives an address to a program, as far as there is room, and its whole length. EFAULT, EINVAL (a negative length).
pub(crate) fn told(told: Option<&SocketAddress>, address: Out<u8>, length: Out<u32>) -> Result<()> {
    let room = i32::try_from(length.get()?).map_err(|_| Errno::Einval)?;
    let bytes = told.map(encode).unwrap_or_default();
    address.put_all(&bytes[..bytes.len().min(room as usize)])?;
    length.put(bytes.len() as u32)
}

/// As [`told`], unless the program wants no address.
pub(crate) fn told_if(address: Option<&SocketAddress>, to: Out<u8>, length: Out<u32>) -> Result<()> {
    if to.is_null() { Ok(()) } else { told(address, to, length) }
}

/// Closes what was made in vain.
fn close(fd: c_int) {
    // It was made just now.
    let _ = table::remove(fd);
}

exported! {
    /// socket(2)
    fn socket(domain: c_int, kind: c_int, protocol: c_int) -> c_int {
        let handle = wit::create(number::family(domain), number::r#type(kind), protocol)?;
        Socket::new(handle, kind & SOCK_NONBLOCK != 0).insert(kind & SOCK_CLOEXEC != 0)
    }

    /// socketpair(2)
    fn socketpair(domain: c_int, kind: c_int, protocol: c_int, pair: Out<c_int>) -> c_int {
        // As in Linux, what cannot be told is not made.
        pair.put_all(&[-1, -1])?;
        let (one, other) = wit::socketpair(number::family(domain), number::r#type(kind), protocol)?;
        let [nonblocking, cloexec] = [SOCK_NONBLOCK, SOCK_CLOEXEC].map(|flag| kind & flag != 0);
        let one = Socket::new(one, nonblocking).insert(cloexec)?;
        let other = Socket::new(other, nonblocking).insert(cloexec).inspect_err(|_| close(one))?;
        pair.put_all(&[one, other])?;
        Ok(0)
    }

    /// bind(2)
    fn bind(fd: c_int, address: In<u8>, length: u32) -> c_int {
        Socket::of(fd)?.handle().bind(&given(address, length)?)?;
        Ok(0)
    }

    /// listen(2)
    fn listen(fd: c_int, backlog: c_int) -> c_int {
        Socket::of(fd)?.handle().listen(backlog)?;
        Ok(0)
    }

    /// accept(2)
    fn accept(fd: c_int, address: Out<u8>, length: Out<u32>) -> c_int {
        accept4(fd, address, length, 0)
    }

    /// accept4(2)
    fn accept4(fd: c_int, address: Out<u8>, length: Out<u32>, flags: c_int) -> c_int {
        let socket = Socket::of(fd)?;
        if flags & !SOCK_FLAGS != 0 {
            return Err(Errno::Einval.into());
        }
        socket.heed_alarm(0)?;
        let (handle, peer) = socket.reading().accept()?;
        let accepted = Socket::new(handle, flags & SOCK_NONBLOCK != 0);
        // As in Linux, what cannot be told of is closed.
        told_if(peer.as_ref(), address, length)?;
        accepted.insert(flags & SOCK_CLOEXEC != 0)
    }

    /// connect(2)
    fn connect(fd: c_int, address: In<u8>, length: u32) -> c_int {
        Socket::of(fd)?.connect(&given(address, length)?)?;
        Ok(0)
    }

    /// shutdown(2)
    fn shutdown(fd: c_int, how: c_int) -> c_int {
        Socket::of(fd)?.handle().shutdown(number::direction(how))?;
        Ok(0)
    }

    /// getsockname(2)
    fn getsockname(fd: c_int, address: Out<u8>, length: Out<u32>) -> c_int {
        told(Socket::of(fd)?.handle().getsockname()?.as_ref(), address, length)?;
        Ok(0)
    }

    /// getpeername(2)
    fn getpeername(fd: c_int, address: Out<u8>, length: Out<u32>) -> c_int {
        told(Socket::of(fd)?.handle().getpeername()?.as_ref(), address, length)?;
        Ok(0)
    }
}
