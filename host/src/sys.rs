//! The system calls that no safe crate offers in the shape needed here, and all of this crate's `unsafe`.
//!
//! Everything exported is safe to call with any arguments.
#![allow(unsafe_code, reason = "this module is set aside for it")]

use std::collections::VecDeque;
use std::ffi::{CStr, CString};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr;

use socket2::{SockAddr, SockAddrStorage, Socket};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::address::{CAPACITY, RawAddress};
use crate::ancillary;
use crate::error::{Errno, Error, GaiCode, HostCode};
use crate::wait::Registered;

// The structures below are read and written as the kernel's own; their sizes agree on every Linux.
const _: () = assert!(size_of::<libc::sockaddr_storage>() == CAPACITY);

fn answer(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

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
    RawAddress::from_bytes(unsafe { std::slice::from_raw_parts(address.as_ptr().cast(), len) })
}

/// accept4(2): the connection does not block, and is closed on exec.
pub(crate) fn accept(socket: &Socket) -> io::Result<(Socket, RawAddress)> {
    // SAFETY: the storage and its length are valid for the call.
    let (accepted, address) = unsafe { SockAddr::try_init(|storage, len| accept_into(socket, storage.cast(), len)) }?;
    Ok((accepted, from_sockaddr(&address)))
}

/// As [`accept`], of a family that would fail if it were asked for the peer's address.
pub(crate) fn accept_nameless(socket: &Socket) -> io::Result<(Socket, RawAddress)> {
    // SAFETY: null pointers ask for no address.
    let accepted = unsafe { accept_into(socket, ptr::null_mut(), ptr::null_mut()) }?;
    Ok((accepted, RawAddress::from_bytes(&[])))
}

/// # Safety
///
/// The address and its length are valid for the call, or null.
unsafe fn accept_into(socket: &Socket, address: *mut libc::sockaddr, len: *mut libc::socklen_t) -> io::Result<Socket> {
    let flags = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    // SAFETY: as the caller promises; the descriptor returned belongs to nobody else.
    unsafe { Ok(Socket::from_raw_fd(answer(libc::accept4(socket.as_raw_fd(), address, len, flags))?)) }
}

/// An empty buffer with room for so many bytes, which were cleared if the kernel may tell of bytes that it has not
/// written: with MSG_TRUNC.
fn buffer(size: usize, flags: i32) -> Vec<u8> {
    let mut buffer = Vec::with_capacity(size);
    if flags & libc::MSG_TRUNC != 0 {
        buffer.resize(size, 0);
        buffer.clear();
    }
    buffer
}

/// Receives into a buffer of at most `size` bytes that is not cleared beforehand: recvfrom(2).
pub(crate) fn receive(socket: &Socket, size: usize, flags: i32) -> io::Result<(Vec<u8>, RawAddress)> {
    let mut data = buffer(size, flags);
    let room = &mut data.spare_capacity_mut()[..size];
    let (received, address) = socket.recv_from_with_flags(room, flags)?;
    // SAFETY: the kernel has written this many bytes, or `buffer` has cleared them.
    unsafe { data.set_len(received.min(size)) };
    Ok((data, from_sockaddr(&address)))
}

/// A message as recvmsg(2) gave it.
#[derive(Debug, Default)]
pub(crate) struct RawMessage {
    pub(crate) data: Vec<u8>,
    /// What the kernel told as the length.
    pub(crate) length: usize,
    pub(crate) control: Vec<u8>,
    /// The descriptors in the control messages, in their order.
    pub(crate) descriptors: VecDeque<OwnedFd>,
    pub(crate) flags: i32,
}

impl RawMessage {
    /// Adds what was received next.
    pub(crate) fn append(&mut self, next: Self) {
        self.data.extend(next.data);
        self.length += next.length;
        self.flags |= next.flags;
        self.descriptors.extend(next.descriptors);
        if !next.control.is_empty() {
            self.control = next.control;
        }
    }
}

/// Receives into buffers of these sizes: recvmsg(2).
pub(crate) fn receive_message(
    socket: &Socket,
    (size, control_size): (usize, usize),
    flags: i32,
) -> io::Result<(RawMessage, RawAddress)> {
    let mut message = RawMessage { data: buffer(size, flags), ..RawMessage::default() };
    message.control.resize(control_size, 0);
    // SAFETY: a cleared msghdr is a valid one; its pointers and lengths are those of buffers that outlive the call;
    // the kernel has written as many bytes as it tells, or `buffer` has cleared them.
    let address = unsafe {
        let ((), address) = SockAddr::try_init(|storage, len| {
            let mut buffer = libc::iovec { iov_base: message.data.as_mut_ptr().cast(), iov_len: size };
            let mut header: libc::msghdr = std::mem::zeroed();
            header.msg_name = storage.cast();
            header.msg_namelen = *len;
            header.msg_iov = &raw mut buffer;
            header.msg_iovlen = 1;
            // To no room at all the kernel tells MSG_CTRUNC of more than to an empty one.
            if control_size > 0 {
                header.msg_control = message.control.as_mut_ptr().cast();
                header.msg_controllen = control_size as _;
            }
            let received = libc::recvmsg(socket.as_raw_fd(), &raw mut header, flags);
            message.length = usize::try_from(received).map_err(|_| io::Error::last_os_error())?;
            message.data.set_len(message.length.min(size));
            message.control.truncate(header.msg_controllen as usize);
            message.flags = header.msg_flags;
            *len = header.msg_namelen;
            Ok(())
        })?;
        address
    };
    for (level, kind, data) in ancillary::parse(&message.control) {
        if ancillary::has_descriptors(level, kind) {
            // SAFETY: the kernel has just made these descriptors for this process; each is owned once.
            let owned = ancillary::descriptors(data).map(|number| unsafe { OwnedFd::from_raw_fd(number) });
            message.descriptors.extend(owned);
        }
    }
    Ok((message, from_sockaddr(&address)))
}

/// Whether a stream's urgent data is next to be received: sockatmark(3). Other sockets have none.
pub(crate) fn at_mark(socket: &Socket) -> bool {
    // SAFETY: the function takes any descriptor.
    unsafe { sockatmark(socket.as_raw_fd()) == 1 }
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

/// getsockopt(2), at most `size` bytes.
pub(crate) fn getsockopt(socket: &Socket, level: i32, name: i32, size: usize) -> io::Result<Vec<u8>> {
    let mut value = vec![0u8; size];
    let mut len = size as libc::socklen_t;
    // SAFETY: the buffer has `len` bytes.
    answer(unsafe { libc::getsockopt(socket.as_raw_fd(), level, name, value.as_mut_ptr().cast(), &raw mut len) })?;
    value.truncate(len as usize);
    Ok(value)
}

/// setsockopt(2).
pub(crate) fn setsockopt(socket: &Socket, level: i32, name: i32, value: &[u8]) -> io::Result<()> {
    let len = value.len() as libc::socklen_t;
    // SAFETY: the buffer has `len` bytes. Options whose value holds pointers are refused before (see `option`).
    answer(unsafe { libc::setsockopt(socket.as_raw_fd(), level, name, value.as_ptr().cast(), len) }).map(drop)
}

/// setsockopt(2) with a null pointer and a length.
pub(crate) fn setsockopt_null(socket: &Socket, level: i32, name: i32, len: u32) -> io::Result<()> {
    // SAFETY: the kernel answers EFAULT where it would read through the pointer.
    answer(unsafe { libc::setsockopt(socket.as_raw_fd(), level, name, ptr::null(), len) }).map(drop)
}

/// shutdown(2) with any number.
pub(crate) fn shutdown(socket: &Socket, how: i32) -> io::Result<()> {
    // SAFETY: no memory is involved.
    answer(unsafe { libc::shutdown(socket.as_raw_fd(), how) }).map(drop)
}

/// if_nametoindex(3).
pub(crate) fn if_nametoindex(name: &CStr) -> io::Result<u32> {
    // SAFETY: the name ends with a NUL.
    match unsafe { libc::if_nametoindex(name.as_ptr()) } {
        0 => Err(io::Error::last_os_error()),
        index => Ok(index),
    }
}

/// if_indextoname(3).
pub(crate) fn if_indextoname(index: u32) -> io::Result<Vec<u8>> {
    let mut name = [0; libc::IF_NAMESIZE];
    // SAFETY: the buffer has the size that the function asks for.
    if unsafe { libc::if_indextoname(index, name.as_mut_ptr()) }.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the function ended the name with a NUL.
    Ok(unsafe { text(name.as_ptr()) })
}

/// if_nameindex(3).
pub(crate) fn if_nameindex() -> io::Result<Vec<(u32, Vec<u8>)>> {
    // SAFETY: the list ends with an entry of zeros, its names end with NULs, and it is freed once.
    unsafe {
        let list = libc::if_nameindex();
        if list.is_null() {
            return Err(io::Error::last_os_error());
        }
        let mut interfaces = Vec::new();
        let mut at = list;
        while (*at).if_index != 0 {
            interfaces.push(((*at).if_index, text((*at).if_name)));
            at = at.add(1);
        }
        libc::if_freenameindex(list);
        Ok(interfaces)
    }
}

/// gethostname(2).
pub(crate) fn gethostname() -> io::Result<Vec<u8>> {
    let mut name = [0 as libc::c_char; 256];
    // SAFETY: the buffer has one byte more than the function is told of, which stays a NUL.
    unsafe {
        answer(libc::gethostname(name.as_mut_ptr(), name.len() - 1))?;
        Ok(text(name.as_ptr()))
    }
}

/// sethostname(2).
pub(crate) fn sethostname(name: &[u8]) -> io::Result<()> {
    // SAFETY: the name has that many bytes.
    answer(unsafe { libc::sethostname(name.as_ptr().cast(), name.len()) }).map(drop)
}

/// IOCTL_VM_SOCKETS_GET_LOCAL_CID on `/dev/vsock`: vsock(7).
pub(crate) fn local_cid(device: BorrowedFd<'_>) -> io::Result<u32> {
    let request = berkeley_constants::IOCTL_VM_SOCKETS_GET_LOCAL_CID;
    let mut cid = 0u32;
    // SAFETY: the request writes one 32-bit number.
    answer(unsafe { libc::ioctl(device.as_raw_fd(), request as _, &raw mut cid) })?;
    Ok(cid)
}

/// One answer of [`getaddrinfo`].
pub(crate) struct Info {
    pub(crate) family: i32,
    pub(crate) kind: i32,
    pub(crate) protocol: i32,
    pub(crate) canonical_name: Vec<u8>,
    pub(crate) address: RawAddress,
}

/// getaddrinfo(3). Blocks.
pub(crate) fn getaddrinfo(
    host: Option<&CStr>,
    service: Option<&CStr>,
    (family, kind, protocol, flags): (i32, i32, i32, i32),
) -> Result<Vec<Info>, Error> {
    let pointer = |text: Option<&CStr>| text.map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: a cleared addrinfo is a valid one; the texts end with NULs; each entry of the list and each address in
    // it is valid until the list is freed, once.
    unsafe {
        let mut hints: libc::addrinfo = std::mem::zeroed();
        hints.ai_family = family;
        hints.ai_socktype = kind;
        hints.ai_protocol = protocol;
        hints.ai_flags = flags;
        let mut list = ptr::null_mut();
        let code = libc::getaddrinfo(pointer(host), pointer(service), &raw const hints, &raw mut list);
        check_gai(code)?;
        let mut infos = Vec::new();
        let mut at = list;
        while let Some(info) = at.as_ref() {
            let canonical_name = if info.ai_canonname.is_null() { Vec::new() } else { text(info.ai_canonname) };
            let bytes = std::slice::from_raw_parts(info.ai_addr.cast(), info.ai_addrlen as usize);
            infos.push(Info {
                family: info.ai_family,
                kind: info.ai_socktype,
                protocol: info.ai_protocol,
                canonical_name,
                address: RawAddress::from_bytes(bytes),
            });
            at = info.ai_next;
        }
        libc::freeaddrinfo(list);
        Ok(infos)
    }
}

/// getnameinfo(3). Blocks.
pub(crate) fn getnameinfo(address: &RawAddress, flags: i32) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let mut host = [0 as libc::c_char; 1025];
    let mut service = [0 as libc::c_char; 32];
    let address = to_sockaddr(address);
    // SAFETY: the address and the buffers have the lengths that are told; the function ends the texts with NULs.
    unsafe {
        let code = libc::getnameinfo(
            address.as_ptr().cast(),
            address.len(),
            host.as_mut_ptr(),
            host.len() as libc::socklen_t,
            service.as_mut_ptr(),
            service.len() as libc::socklen_t,
            flags,
        );
        check_gai(code)?;
        Ok((text(host.as_ptr()), text(service.as_ptr())))
    }
}

fn check_gai(code: i32) -> Result<(), Error> {
    match code {
        0 => Ok(()),
        libc::EAI_SYSTEM => Err(io::Error::last_os_error().into()),
        code => Err(Error::Gai(GaiCode(code))),
    }
}

/// A host: its name, its aliases, its addresses in network order.
pub(crate) type Host = (Vec<u8>, Vec<Vec<u8>>, Vec<Vec<u8>>);

unsafe extern "C" {
    // sys/socket.h, netdb.h; the `libc` crate does not declare them.
    fn sockatmark(socket: libc::c_int) -> libc::c_int;
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

/// # Safety
///
/// The list ends with a null pointer and stays valid while it is gone through.
unsafe fn list(mut at: *mut *mut libc::c_char) -> impl Iterator<Item = *mut libc::c_char> {
    std::iter::from_fn(move || {
        // SAFETY: the list has not ended before this entry.
        let entry = unsafe { *at };
        if entry.is_null() {
            return None;
        }
        // SAFETY: an entry that is not null has one behind it.
        at = unsafe { at.add(1) };
        Some(entry)
    })
}

/// # Safety
///
/// The text ends with a NUL.
unsafe fn text(from: *const libc::c_char) -> Vec<u8> {
    // SAFETY: as the caller promises.
    unsafe { CStr::from_ptr(from) }.to_bytes().to_vec()
}

/// The bytes as a C string; EINVAL if they hold a NUL.
pub(crate) fn c_string(bytes: &[u8]) -> Result<CString, Errno> {
    CString::new(bytes).map_err(|_| Errno::EINVAL)
}

/// Gives a socket a place in tokio's reactor. Panics outside a runtime.
pub(crate) fn register(socket: Registered, interest: Interest) -> io::Result<AsyncFd<Registered>> {
    // SAFETY: what is registered owns its descriptor, so that it stays open, and never changes it.
    Ok(unsafe { AsyncFd::register_with_interest(socket, interest) }?)
}
