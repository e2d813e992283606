//! The system calls that Linux alone has, or has otherwise. Its numbers are the contract's.

use std::borrow::Cow;
use std::ffi::CStr;
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::net::UnixDatagram;
use std::ptr;

use berkeley_constants as c;
use socket2::{SockAddr, SockAddrStorage, Socket, Type};

use super::Host;
use super::unix::{answer, get_option, list, set_option, set_option_null, text};
use crate::address::{CAPACITY, RawAddress};
use crate::error::{Errno, Error, HostCode};

/// What connecting answered.
pub(crate) fn connect_error(error: io::Error) -> io::Error {
    error
}

/// Whether a call that blocked would ask how connecting went by connecting again.
pub(crate) const CONNECTS_AGAIN: bool = true;

// The structures below are read and written as the kernel's own; their sizes agree on every Linux.
const _: () = assert!(size_of::<libc::sockaddr_storage>() == CAPACITY);

/// The address in the form that `socket2` takes.
pub(crate) fn to_sockaddr(address: &RawAddress) -> SockAddr {
    let bytes = address.as_bytes();
    let mut storage = SockAddrStorage::zeroed();
    // SAFETY: the storage is a plain structure of CAPACITY bytes, of which any bytes are a valid value, and the
    // address has at most as many.
    unsafe {
        ptr::copy_nonoverlapping(bytes.as_ptr(), (&raw mut storage).cast(), bytes.len());
        SockAddr::new(storage, bytes.len() as libc::socklen_t)
    }
}

/// The address that `socket2` gave.
pub(crate) fn from_sockaddr(address: &SockAddr) -> RawAddress {
    // The kernel tells the address's true length even where it did not fit.
    let len = (address.len() as usize).min(CAPACITY);
    // SAFETY: the storage is a plain structure of CAPACITY bytes, all of which were initialised before the call.
    unsafe { from_parts(address.as_ptr().cast(), len as libc::socklen_t) }
}

/// The address that the C library gave.
///
/// # Safety
///
/// There are so many bytes there.
pub(super) unsafe fn from_parts(address: *const u8, len: libc::socklen_t) -> RawAddress {
    // SAFETY: as the caller promises.
    RawAddress::from_bytes(unsafe { std::slice::from_raw_parts(address, len as usize) })
}

/// The type, with the flags for a socket that does not block and is closed on exec.
pub(super) fn native_kind(kind: i32) -> Type {
    Type::from(kind | c::SOCK_NONBLOCK | c::SOCK_CLOEXEC)
}

/// A new socket needs nothing more.
pub(super) fn prepare(_: &Socket) -> io::Result<()> {
    Ok(())
}

/// # Safety
///
/// The address and its length are valid for the call, or null.
pub(super) unsafe fn accept_into(
    socket: &Socket,
    address: *mut libc::sockaddr,
    len: *mut libc::socklen_t,
) -> io::Result<Socket> {
    let flags = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    // SAFETY: as the caller promises; the descriptor returned belongs to nobody else.
    unsafe { Ok(Socket::from_raw_fd(answer(libc::accept4(socket.as_raw_fd(), address, len, flags))?)) }
}

/// The length of the datagram that is next to be received; it stays.
pub(crate) fn next_length(socket: &Socket) -> io::Result<usize> {
    let flags = libc::MSG_PEEK | libc::MSG_TRUNC | libc::MSG_DONTWAIT;
    socket.recv_with_flags(&mut [], flags)
}

/// How much of what a unix socket has sent waits to be received, in bytes of the kernel's memory: SIOCOUTQ.
pub(crate) fn unreceived(socket: &Socket) -> io::Result<usize> {
    let mut bytes: libc::c_int = 0;
    // SAFETY: the request writes one integer. It has the number of the terminals' TIOCOUTQ.
    answer(unsafe { libc::ioctl(socket.as_raw_fd(), libc::TIOCOUTQ, &raw mut bytes) })?;
    Ok(usize::try_from(bytes).unwrap_or(0))
}

/// The machine's context id among virtual machines: IOCTL_VM_SOCKETS_GET_LOCAL_CID of `/dev/vsock`, vsock(7). ENODEV.
pub(crate) fn local_cid() -> io::Result<u32> {
    let device = File::open("/dev/vsock").map_err(|_| Errno::ENODEV)?;
    let mut cid = 0u32;
    // SAFETY: the request writes one 32-bit number.
    answer(unsafe { libc::ioctl(device.as_raw_fd(), c::IOCTL_VM_SOCKETS_GET_LOCAL_CID as _, &raw mut cid) })?;
    Ok(cid)
}

/// Has the kernel look for sockets that are on their way to nobody but each other, as it does when a unix socket is
/// closed.
pub(crate) fn collect_sockets() {
    drop(UnixDatagram::unbound());
}

/// getsockopt(2), at most `size` bytes.
pub(crate) fn getsockopt(socket: &Socket, level: i32, name: i32, size: usize) -> io::Result<Vec<u8>> {
    get_option(socket, level, name, size)
}

/// setsockopt(2).
pub(crate) fn setsockopt(socket: &Socket, level: i32, name: i32, value: &[u8]) -> io::Result<()> {
    set_option(socket, level, name, value)
}

/// setsockopt(2) with a null pointer and a length.
pub(crate) fn setsockopt_null(socket: &Socket, level: i32, name: i32, len: u32) -> io::Result<()> {
    set_option_null(socket, level, name, len)
}

/// The family, type and protocol of a socket from elsewhere. ENOTSOCK.
pub(crate) fn numbers(socket: &Socket) -> io::Result<(i32, i32, i32)> {
    let option = |name| {
        let value = getsockopt(socket, c::SOL_SOCKET, name, 4)?;
        Ok::<_, io::Error>(value.try_into().map_or(0, i32::from_ne_bytes))
    };
    Ok((option(c::SO_DOMAIN)?, option(c::SO_TYPE)?, option(c::SO_PROTOCOL)?))
}

/// sendfile(2): sends at most so many bytes of the file from there on, and goes on from behind them.
pub(crate) fn sendfile(socket: &Socket, file: &File, at: &mut u64, count: usize) -> io::Result<usize> {
    Ok(rustix::fs::sendfile(socket, file, Some(at), count)?)
}

/// EAFNOSUPPORT: PF_SYSTEM is macOS's own.
pub(crate) fn control_id(_: &Socket, _: &[u8]) -> io::Result<u32> {
    Err(Errno::EAFNOSUPPORT.into())
}

/// Control messages as this system lays them out.
pub(super) fn native_control(control: &[u8]) -> io::Result<Cow<'_, [u8]>> {
    Ok(Cow::Borrowed(control))
}

/// Control messages as Linux lays them out.
pub(super) fn linux_control(control: Vec<u8>) -> Vec<u8> {
    control
}

unsafe extern "C" {
    // netdb.h; the `libc` crate does not declare them.
    fn gethostbyname2_r(
        name: *const libc::c_char,
        family: libc::c_int,
        entry: *mut libc::hostent,
        buffer: *mut libc::c_char,
        size: libc::size_t,
        result: *mut *mut libc::hostent,
        error: *mut libc::c_int,
    ) -> libc::c_int;
    fn gethostbyaddr_r(
        address: *const libc::c_void,
        len: libc::socklen_t,
        family: libc::c_int,
        entry: *mut libc::hostent,
        buffer: *mut libc::c_char,
        size: libc::size_t,
        result: *mut *mut libc::hostent,
        error: *mut libc::c_int,
    ) -> libc::c_int;
    fn getservbyname_r(
        name: *const libc::c_char,
        protocol: *const libc::c_char,
        entry: *mut libc::servent,
        buffer: *mut libc::c_char,
        size: libc::size_t,
        result: *mut *mut libc::servent,
    ) -> libc::c_int;
    fn getservbyport_r(
        port: libc::c_int,
        protocol: *const libc::c_char,
        entry: *mut libc::servent,
        buffer: *mut libc::c_char,
        size: libc::size_t,
        result: *mut *mut libc::servent,
    ) -> libc::c_int;
    fn getprotobyname_r(
        name: *const libc::c_char,
        entry: *mut libc::protoent,
        buffer: *mut libc::c_char,
        size: libc::size_t,
        result: *mut *mut libc::protoent,
    ) -> libc::c_int;
}

/// Calls a function of the `*_r` kind with a buffer that grows until the answer fits, and reads the answer.
///
/// # Safety
///
/// `call` fills the entry with pointers into the buffer, or leaves the result null; `read` may follow them.
unsafe fn with_buffer<E, T>(
    mut call: impl FnMut(*mut E, *mut libc::c_char, usize, *mut *mut E) -> libc::c_int,
    read: impl FnOnce(&E) -> T,
) -> Option<T> {
    let mut buffer = vec![0 as libc::c_char; 1024];
    loop {
        let mut entry = MaybeUninit::<E>::uninit();
        let mut result = ptr::null_mut();
        match call(entry.as_mut_ptr(), buffer.as_mut_ptr(), buffer.len(), &raw mut result) {
            libc::ERANGE if buffer.len() < 1 << 20 => buffer.resize(buffer.len() * 4, 0),
            // SAFETY: a result that is not null points to the entry, which the function has filled.
            _ => return unsafe { result.as_ref() }.map(read),
        }
    }
}

/// gethostbyname2(3). Blocks.
pub(crate) fn gethostbyname(name: &CStr, family: i32) -> Result<Host, Error> {
    let mut error = 0;
    // SAFETY: the name ends with a NUL, and the function keeps to `with_buffer`'s terms.
    let host = unsafe {
        with_buffer(
            |entry, buffer, size, result| {
                gethostbyname2_r(name.as_ptr(), family, entry, buffer, size, result, &raw mut error)
            },
            |entry| read_host(entry),
        )
    };
    host.ok_or(Error::Host(HostCode(error)))
}

/// gethostbyaddr(3), the address in network order. Blocks.
pub(crate) fn gethostbyaddr(address: &[u8], family: i32) -> Result<Host, Error> {
    let mut error = 0;
    let len = address.len() as libc::socklen_t;
    // SAFETY: the address has that many bytes, and the function keeps to `with_buffer`'s terms.
    let host = unsafe {
        with_buffer(
            |entry, buffer, size, result| {
                let address = address.as_ptr().cast();
                gethostbyaddr_r(address, len, family, entry, buffer, size, result, &raw mut error)
            },
            |entry| read_host(entry),
        )
    };
    host.ok_or(Error::Host(HostCode(error)))
}

/// # Safety
///
/// The entry is one that the C library has filled.
unsafe fn read_host(entry: &libc::hostent) -> Host {
    // SAFETY: the lists end with null pointers, names end with NULs, and addresses have the length told.
    unsafe {
        let aliases = list(entry.h_aliases).map(|alias| text(alias)).collect();
        let length = entry.h_length as usize;
        let addresses = list(entry.h_addr_list)
            .map(|address| std::slice::from_raw_parts(address.cast::<u8>(), length).to_vec())
            .collect();
        (text(entry.h_name), aliases, addresses)
    }
}

/// getservbyname(3): the port.
pub(crate) fn getservbyname(name: &CStr, protocol: Option<&CStr>) -> Option<u16> {
    let protocol = protocol.map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: the texts end with NULs, and the function keeps to `with_buffer`'s terms.
    unsafe {
        with_buffer(
            |entry, buffer, size, result| getservbyname_r(name.as_ptr(), protocol, entry, buffer, size, result),
            |entry: &libc::servent| u16::from_be(entry.s_port as u16),
        )
    }
}

/// getservbyport(3): the name.
pub(crate) fn getservbyport(port: u16, protocol: Option<&CStr>) -> Option<Vec<u8>> {
    let protocol = protocol.map_or(ptr::null(), CStr::as_ptr);
    let port = libc::c_int::from(port.to_be());
    // SAFETY: the text ends with a NUL, and the function keeps to `with_buffer`'s terms.
    unsafe {
        with_buffer(
            |entry, buffer, size, result| getservbyport_r(port, protocol, entry, buffer, size, result),
            |entry: &libc::servent| text(entry.s_name),
        )
    }
}

/// getprotobyname(3): the number.
pub(crate) fn getprotobyname(name: &CStr) -> Option<i32> {
    // SAFETY: the name ends with a NUL, and the function keeps to `with_buffer`'s terms.
    unsafe {
        with_buffer(
            |entry, buffer, size, result| getprotobyname_r(name.as_ptr(), entry, buffer, size, result),
            |entry: &libc::protoent| entry.p_proto,
        )
    }
}
