//! The system calls of macOS and its kin, where they are not Linux's too.

use std::borrow::Cow;
use std::ffi::CStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd};
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use berkeley_constants as c;
use socket2::{SockAddr, SockAddrStorage, Socket, Type};

use super::Host;
use super::layout::{self, APPLE_CONTROL, LINUX_CONTROL};
use super::unix::{answer, get_option, list, set_option, set_option_null, text};
use crate::address::{CAPACITY, RawAddress};
use crate::error::{Errno, Error, HostCode};
use crate::number::{self, linux_errno, linux_family, native_family};

// A structure of its own on every system, of the same size.
const _: () = assert!(size_of::<libc::sockaddr_storage>() == CAPACITY);

/// Whether a call that blocked would ask how connecting went by connecting again.
pub(crate) const CONNECTS_AGAIN: bool = false;

/// The size of sys/vsock.h's `struct sockaddr_vm`, which ends sooner than Linux's.
const VSOCK_LEN: usize = 12;

/// sys/socket.h: how long the next datagram is.
const SO_NREAD: i32 = 0x1020;
/// sys/un.h: the level of the options of unix sockets.
const SOL_LOCAL: i32 = 0;

/// ENOPROTOOPT: one that this system does not have.
fn native_option(level: i32, name: i32) -> io::Result<(i32, i32)> {
    number::native_option(level, name).ok_or_else(|| Errno::ENOPROTOOPT.into())
}

/// What connecting answered.
pub(crate) fn connect_error(error: io::Error) -> io::Error {
    error
}

/// The address in the form that `socket2` takes: the length and the family have a byte each.
pub(crate) fn to_sockaddr(address: &RawAddress) -> SockAddr {
    let bytes = native_address(address.as_bytes());
    let mut storage = SockAddrStorage::zeroed();
    // SAFETY: the storage is a plain structure of CAPACITY bytes, of which any bytes are a valid value, and the address
    // has at most as many.
    unsafe {
        ptr::copy_nonoverlapping(bytes.as_ptr(), (&raw mut storage).cast(), bytes.len());
        SockAddr::new(storage, bytes.len() as libc::socklen_t)
    }
}

fn native_address(linux: &[u8]) -> Vec<u8> {
    let mut bytes = linux.to_vec();
    let family = linux.first_chunk().map_or(c::AF_UNSPEC, |bytes| u16::from_ne_bytes(*bytes).into());
    if family == c::AF_VSOCK {
        bytes.truncate(VSOCK_LEN);
    }
    let len = bytes.len() as u8;
    if let Some(header) = bytes.first_chunk_mut() {
        *header = [len, native_family(family) as u8];
    }
    bytes
}

/// The address that `socket2` gave.
pub(crate) fn from_sockaddr(address: &SockAddr) -> RawAddress {
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
    let mut bytes = unsafe { std::slice::from_raw_parts(address, (len as usize).min(CAPACITY)) }.to_vec();
    let Some(header) = bytes.first_chunk_mut() else { return RawAddress::from_bytes(&[]) };
    let [_, family] = *header;
    let family = linux_family(family.into());
    *header = (family as u16).to_ne_bytes();
    // There are no names that begin with a NUL, but zeros behind every path.
    if family == c::AF_UNIX {
        let path = bytes[2..].iter().position(|byte| *byte == 0).unwrap_or(bytes.len() - 2);
        bytes.truncate(2 + path);
    }
    RawAddress::from_bytes(&bytes)
}

/// The type. What else a new socket needs, `prepare` gives it.
pub(super) fn native_kind(kind: i32) -> Type {
    Type::from(kind)
}

/// Sees to it that a new socket does not block, is closed on exec, and raises no signal.
pub(super) fn prepare(socket: &Socket) -> io::Result<()> {
    socket.set_cloexec(true)?;
    socket.set_nonblocking(true)?;
    socket.set_nosigpipe(true)
}

/// # Safety
///
/// The address and its length are valid for the call, or null.
pub(super) unsafe fn accept_into(
    socket: &Socket,
    address: *mut libc::sockaddr,
    len: *mut libc::socklen_t,
) -> io::Result<Socket> {
    // SAFETY: as the caller promises; the descriptor returned belongs to nobody else.
    let accepted = unsafe { Socket::from_raw_fd(answer(libc::accept(socket.as_raw_fd(), address, len))?) };
    prepare(&accepted)?;
    Ok(accepted)
}

/// The length of the datagram that is next to be received; it stays: SO_NREAD.
pub(crate) fn next_length(socket: &Socket) -> io::Result<usize> {
    Ok(usize::try_from(native_int(socket, libc::SOL_SOCKET, SO_NREAD)?).unwrap_or(0))
}

/// Nothing tells what of that which a unix socket has sent waits to be received: it lies with its peer.
pub(crate) fn unreceived(_: &Socket) -> io::Result<usize> {
    Err(Errno::EOPNOTSUPP.into())
}

/// The kernel collects sockets that are on their way to nobody but each other by itself.
pub(crate) fn collect_sockets() {}

/// ENODEV: the hosts of macOS' virtual machines tell it by other means.
pub(crate) fn local_cid() -> io::Result<u32> {
    Err(Errno::ENODEV.into())
}

/// The number of a control of PF_SYSTEM by its name: CTLIOCGINFO. ENOENT.
pub(crate) fn control_id(socket: &Socket, name: &[u8]) -> io::Result<u32> {
    // SAFETY: cleared, the structure is valid.
    let mut info: libc::ctl_info = unsafe { std::mem::zeroed() };
    // A NUL must be left.
    if name.len() >= info.ctl_name.len() || name.contains(&0) {
        return Err(Errno::EINVAL.into());
    }
    for (to, from) in info.ctl_name.iter_mut().zip(name) {
        *to = *from as libc::c_char;
    }
    // SAFETY: the request reads and writes one such structure.
    answer(unsafe { libc::ioctl(socket.as_raw_fd(), libc::CTLIOCGINFO, &raw mut info) })?;
    Ok(info.ctl_id)
}

/// The family, type and protocol of a socket from elsewhere. The protocol is the usual one: nothing tells it. ENOTSOCK.
pub(crate) fn numbers(socket: &Socket) -> io::Result<(i32, i32, i32)> {
    let kind = native_int(socket, libc::SOL_SOCKET, libc::SO_TYPE)?;
    let family = linux_family(socket.local_addr()?.family().into());
    let protocol = match (family, kind) {
        (c::AF_INET | c::AF_INET6, c::SOCK_STREAM) => c::IPPROTO_TCP,
        (c::AF_INET | c::AF_INET6, c::SOCK_DGRAM) => c::IPPROTO_UDP,
        _ => 0,
    };
    Ok((family, kind, protocol))
}

/// sendfile(2): sends at most so many bytes of the file from there on, and goes on from behind them.
pub(crate) fn sendfile(socket: &Socket, file: &File, at: &mut u64, count: usize) -> io::Result<usize> {
    let offset = libc::off_t::try_from(*at).map_err(|_| io::Error::from(Errno::EINVAL))?;
    let mut len = count as libc::off_t;
    // SAFETY: the length is valid for the call; there are no headers.
    let result = answer(unsafe {
        libc::sendfile(file.as_raw_fd(), socket.as_raw_fd(), offset, &raw mut len, ptr::null_mut(), 0)
    });
    let sent = usize::try_from(len).unwrap_or(0);
    match result {
        // What stopped it is told by the next call. Where it sent nothing, the length is what it was.
        Err(error) if sent == 0 || Errno::of(&error).is_none_or(|errno| !is_pause(errno)) => Err(error),
        _ => {
            *at += sent as u64;
            Ok(sent)
        }
    }
}

/// Whether it sets the length: to how much was sent before.
fn is_pause(error: Errno) -> bool {
    matches!(error, Errno::EAGAIN | Errno::EINTR)
}

fn native_int(socket: &Socket, level: i32, name: i32) -> io::Result<i32> {
    let bytes = get_option(socket, level, name, size_of::<i32>())?;
    Ok(bytes.try_into().map_or(0, i32::from_ne_bytes))
}

/// getsockopt(2), at most `size` bytes.
pub(crate) fn getsockopt(socket: &Socket, level: i32, name: i32, size: usize) -> io::Result<Vec<u8>> {
    let int = |value: i32| value.to_ne_bytes().to_vec();
    let mut value = match (level, name) {
        (c::SOL_SOCKET, c::SO_DOMAIN) => int(numbers(socket)?.0),
        (c::SOL_SOCKET, c::SO_PROTOCOL) => int(numbers(socket)?.2),
        (c::SOL_SOCKET, c::SO_ERROR) => int(linux_errno(native_int(socket, libc::SOL_SOCKET, libc::SO_ERROR)?)),
        (c::SOL_SOCKET, c::SO_PEERCRED) => peer_credentials(socket)?,
        _ => {
            let (level, name) = native_option(level, name)?;
            return get_option(socket, level, name, size);
        }
    };
    value.truncate(size);
    Ok(value)
}

/// Linux's `struct ucred`: LOCAL_PEERPID, LOCAL_PEERCRED.
fn peer_credentials(socket: &Socket) -> io::Result<Vec<u8>> {
    let pid = native_int(socket, SOL_LOCAL, libc::LOCAL_PEERPID)?;
    let bytes = get_option(socket, SOL_LOCAL, libc::LOCAL_PEERCRED, size_of::<libc::xucred>())?;
    if bytes.len() < size_of::<libc::xucred>() {
        return Err(Errno::EINVAL.into());
    }
    // SAFETY: the structure is of plain numbers, and there are as many bytes.
    let credentials: libc::xucred = unsafe { bytes.as_ptr().cast::<libc::xucred>().read_unaligned() };
    let (uid, gid) = (credentials.cr_uid, credentials.cr_groups[0]);
    Ok([pid.to_ne_bytes(), uid.to_ne_bytes(), gid.to_ne_bytes()].concat())
}

/// setsockopt(2).
pub(crate) fn setsockopt(socket: &Socket, level: i32, name: i32, value: &[u8]) -> io::Result<()> {
    let converted = match (level, name) {
        (
            c::IPPROTO_IP,
            c::IP_ADD_SOURCE_MEMBERSHIP | c::IP_DROP_SOURCE_MEMBERSHIP | c::IP_BLOCK_SOURCE | c::IP_UNBLOCK_SOURCE,
        ) => Cow::Owned(layout::source_membership(value)),
        _ if number::is_group_option(level, name) => Cow::Owned(native_group(value)),
        _ => Cow::Borrowed(value),
    };
    let (level, name) = native_option(level, name)?;
    set_option(socket, level, name, &converted)
}

/// `struct group_req` and `group_source_req`, in which addresses follow the index at once.
fn native_group(value: &[u8]) -> Vec<u8> {
    let Some((index, addresses)) = value.split_at_checked(8) else { return value.to_vec() };
    let mut native = index[..4].to_vec();
    for address in addresses.chunks(CAPACITY) {
        let len = match address.first_chunk().map(|family| i32::from(u16::from_ne_bytes(*family))) {
            Some(c::AF_INET) => crate::address::INET_LEN,
            Some(c::AF_INET6) => crate::address::INET6_LEN,
            _ => address.len(),
        };
        let mut one = native_address(&address[..len.min(address.len())]);
        one.resize(CAPACITY, 0);
        native.extend(one);
    }
    native
}

/// setsockopt(2) with a null pointer and a length.
pub(crate) fn setsockopt_null(socket: &Socket, level: i32, name: i32, len: u32) -> io::Result<()> {
    let (level, name) = native_option(level, name)?;
    set_option_null(socket, level, name, len)
}

/// Control messages as this system lays them out. EOPNOTSUPP: of a type that it does not have.
pub(super) fn native_control(control: &[u8]) -> io::Result<Cow<'_, [u8]>> {
    let native = |(level, kind, data): layout::Message| {
        let (level, kind) = number::native_control(level, kind)?;
        // What is received by one number is sent by another.
        let kind = match (level, kind) {
            (libc::IPPROTO_IP, libc::IP_RECVTTL) => libc::IP_TTL,
            (libc::IPPROTO_IP, libc::IP_RECVTOS) => libc::IP_TOS,
            (_, kind) => kind,
        };
        Some((level, kind, data))
    };
    let messages: Option<Vec<_>> = LINUX_CONTROL.parse(control).into_iter().map(native).collect();
    Ok(Cow::Owned(APPLE_CONTROL.put(messages.ok_or(Errno::EOPNOTSUPP)?)))
}

/// Control messages as Linux has them, but for those that it has not.
pub(super) fn linux_control(control: Vec<u8>) -> Vec<u8> {
    let linux = |(level, kind, mut data): layout::Message| {
        let (level, kind) = number::linux_control(level, kind)?;
        match (level, kind, data.as_slice()) {
            (c::IPPROTO_IP, c::IP_TTL, [ttl]) => data = i32::from(*ttl).to_ne_bytes().to_vec(),
            // The microseconds have four bytes, and four behind them that mean nothing.
            (c::SOL_SOCKET, c::SO_TIMESTAMP, [.., _, _, _, _]) => {
                let at = data.len() - 4;
                data[at..].fill(0);
            }
            _ => {}
        }
        Some((level, kind, data))
    };
    LINUX_CONTROL.put(APPLE_CONTROL.parse(&control).into_iter().filter_map(linux))
}

/// netdb.h's functions of old answer with what is theirs until the next call.
fn one_at_a_time() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// netdb.h; the `libc` crate does not declare these.
mod libc_netdb {
    unsafe extern "C" {
        pub(super) static h_errno: libc::c_int;
        pub(super) fn gethostbyname2(name: *const libc::c_char, family: libc::c_int) -> *mut libc::hostent;
        pub(super) fn gethostbyaddr(
            address: *const libc::c_void,
            len: libc::socklen_t,
            family: libc::c_int,
        ) -> *mut libc::hostent;
        pub(super) fn getservbyname(name: *const libc::c_char, protocol: *const libc::c_char) -> *mut libc::servent;
        pub(super) fn getservbyport(port: libc::c_int, protocol: *const libc::c_char) -> *mut libc::servent;
        pub(super) fn getprotobyname(name: *const libc::c_char) -> *mut libc::protoent;
    }
}

/// gethostbyname2(3). Blocks.
pub(crate) fn gethostbyname(name: &CStr, family: i32) -> Result<Host, Error> {
    let _guard = one_at_a_time();
    // SAFETY: the name ends with a NUL; nobody else of this process asks meanwhile.
    unsafe { host(libc_netdb::gethostbyname2(name.as_ptr(), native_family(family))) }
}

/// gethostbyaddr(3), the address in network order. Blocks.
pub(crate) fn gethostbyaddr(address: &[u8], family: i32) -> Result<Host, Error> {
    let _guard = one_at_a_time();
    let len = address.len() as libc::socklen_t;
    // SAFETY: the address has that many bytes; nobody else of this process asks meanwhile.
    unsafe { host(libc_netdb::gethostbyaddr(address.as_ptr().cast(), len, native_family(family))) }
}

/// # Safety
///
/// The entry is null, or one that the C library has filled.
unsafe fn host(entry: *const libc::hostent) -> Result<Host, Error> {
    // SAFETY: the lists end with null pointers, names end with NULs, and addresses have the length told.
    unsafe {
        let entry = entry.as_ref().ok_or(Error::Host(HostCode(libc_netdb::h_errno)))?;
        let aliases = list(entry.h_aliases).map(|alias| text(alias)).collect();
        let length = entry.h_length as usize;
        let address = |at: *mut libc::c_char| std::slice::from_raw_parts(at.cast::<u8>(), length).to_vec();
        Ok((text(entry.h_name), aliases, list(entry.h_addr_list).map(address).collect()))
    }
}

/// getservbyname(3): the port.
pub(crate) fn getservbyname(name: &CStr, protocol: Option<&CStr>) -> Option<u16> {
    let _guard = one_at_a_time();
    let protocol = protocol.map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: the texts end with NULs; nobody else of this process asks meanwhile.
    unsafe { libc_netdb::getservbyname(name.as_ptr(), protocol).as_ref() }
        .map(|entry| u16::from_be(entry.s_port as u16))
}

/// getservbyport(3): the name.
pub(crate) fn getservbyport(port: u16, protocol: Option<&CStr>) -> Option<Vec<u8>> {
    let _guard = one_at_a_time();
    let protocol = protocol.map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: the text ends with a NUL, and so does the name; nobody else of this process asks meanwhile.
    unsafe { libc_netdb::getservbyport(port.to_be().into(), protocol).as_ref().map(|entry| text(entry.s_name)) }
}

/// getprotobyname(3): the number.
pub(crate) fn getprotobyname(name: &CStr) -> Option<i32> {
    let _guard = one_at_a_time();
    // SAFETY: the name ends with a NUL; nobody else of this process asks meanwhile.
    unsafe { libc_netdb::getprotobyname(name.as_ptr()).as_ref() }.map(|entry| entry.p_proto)
}
