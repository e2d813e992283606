//! What the programs share: the declarations that C programs have from headers, and checks.
#![cfg(target_os = "wasi")]
#![allow(unsafe_code, missing_docs, reason = "the functions are C's, and documented there")]
#![allow(clippy::missing_safety_doc, clippy::undocumented_unsafe_blocks, reason = "the functions are C's")]

extern crate berkeley_libc as _;

use std::ffi::{c_char, c_int, c_short, c_void};
use std::io;

pub const AF_UNIX: c_int = 3;
pub const SOCK_SEQPACKET: c_int = 7;
pub const SOCK_NONBLOCK: c_int = 0x4000;
pub const SOCK_CLOEXEC: c_int = 0x2000;
pub const SOL_SOCKET: c_int = 0x7fff_ffff;
pub const SO_TYPE: c_int = 3;
pub const SO_PEERCRED: c_int = 17;
pub const SO_PASSCRED: c_int = 16;
pub const SO_TIMESTAMP: c_int = 29;
pub const SCM_RIGHTS: c_int = 1;
pub const SCM_CREDENTIALS: c_int = 2;
pub const MSG_OOB: c_int = 1;
pub const MSG_CTRUNC: c_int = 8;
pub const MSG_TRUNC: c_int = 0x20;
pub const MSG_DONTWAIT: c_int = 0x40;
pub const MSG_WAITALL: c_int = 0x100;
pub const MSG_WAITFORONE: c_int = 0x1_0000;
pub const F_DUPFD: c_int = 0;
pub const F_DUPFD_CLOEXEC: c_int = 1030;
pub const FD_CLOEXEC: c_int = 1;
pub const POLLPRI: c_short = 4;
pub const POLLRDHUP: c_short = 0x800;
pub const EPOLLIN: u32 = 1;
pub const EPOLLOUT: u32 = 4;
pub const EPOLLERR: u32 = 8;
pub const EPOLLHUP: u32 = 0x10;
pub const EPOLLRDHUP: u32 = 0x2000;
pub const EPOLLEXCLUSIVE: u32 = 1 << 28;
pub const EPOLLONESHOT: u32 = 1 << 30;
pub const EPOLLET: u32 = 1 << 31;
pub const EPOLL_CTL_ADD: c_int = 1;
pub const EPOLL_CTL_DEL: c_int = 2;
pub const EPOLL_CTL_MOD: c_int = 3;
pub const EFD_SEMAPHORE: c_int = 1;
pub const ESHUTDOWN: c_int = 1108;
pub const ESOCKTNOSUPPORT: c_int = 1094;

#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Msghdr {
    pub name: *mut c_void,
    pub namelen: u32,
    pub iov: *mut libc::iovec,
    pub iovlen: c_int,
    pub control: *mut c_void,
    pub controllen: u32,
    pub flags: c_int,
}

#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Mmsghdr {
    pub header: Msghdr,
    pub length: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub struct EpollEvent {
    pub events: u32,
    pub data: u64,
}

#[derive(Debug)]
#[repr(C)]
pub struct Hostent {
    pub name: *mut c_char,
    pub aliases: *mut *mut c_char,
    pub family: c_int,
    pub length: c_int,
    pub addresses: *mut *mut c_char,
}

#[derive(Debug)]
#[repr(C)]
pub struct Servent {
    pub name: *mut c_char,
    pub aliases: *mut *mut c_char,
    pub port: c_int,
    pub protocol: *mut c_char,
}

#[derive(Debug)]
#[repr(C)]
pub struct Protoent {
    pub name: *mut c_char,
    pub aliases: *mut *mut c_char,
    pub number: c_int,
}

#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct NameIndex {
    pub index: u32,
    pub name: *mut c_char,
}

#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Ifaddrs {
    pub next: *mut Self,
    pub name: *mut c_char,
    pub flags: u32,
    pub address: *mut u8,
    pub mask: *mut u8,
    pub other: *mut u8,
    pub data: *mut c_void,
}

unsafe extern "C" {
    pub fn socketpair(domain: c_int, kind: c_int, protocol: c_int, pair: *mut c_int) -> c_int;
    pub fn shutdown(fd: c_int, how: c_int) -> c_int;
    pub fn send(fd: c_int, data: *const c_void, length: usize, flags: c_int) -> isize;
    pub fn recv(fd: c_int, buffer: *mut c_void, length: usize, flags: c_int) -> isize;
    pub fn sendmsg(fd: c_int, header: *const Msghdr, flags: c_int) -> isize;
    pub fn recvmsg(fd: c_int, header: *mut Msghdr, flags: c_int) -> isize;
    pub fn sendmmsg(fd: c_int, messages: *mut Mmsghdr, count: u32, flags: c_int) -> c_int;
    pub fn recvmmsg(fd: c_int, messages: *mut Mmsghdr, count: u32, flags: c_int, limit: *mut libc::timespec) -> c_int;
    pub fn sendfile(to: c_int, from: c_int, offset: *mut i64, count: usize) -> isize;
    pub fn dup(fd: c_int) -> c_int;
    pub fn dup2(fd: c_int, number: c_int) -> c_int;
    pub fn dup3(fd: c_int, number: c_int, flags: c_int) -> c_int;
    pub fn ppoll(list: *mut libc::pollfd, count: usize, limit: *const libc::timespec, mask: *const c_void) -> c_int;
    pub fn pselect(
        count: c_int,
        read: *mut libc::fd_set,
        write: *mut libc::fd_set,
        except: *mut libc::fd_set,
        limit: *const libc::timespec,
        mask: *const c_void,
    ) -> c_int;
    pub fn epoll_create(size: c_int) -> c_int;
    pub fn epoll_create1(flags: c_int) -> c_int;
    pub fn epoll_ctl(set: c_int, operation: c_int, fd: c_int, event: *const EpollEvent) -> c_int;
    pub fn epoll_wait(set: c_int, events: *mut EpollEvent, most: c_int, limit: c_int) -> c_int;
    pub fn epoll_pwait(set: c_int, events: *mut EpollEvent, most: c_int, limit: c_int, mask: *const c_void) -> c_int;
    pub fn epoll_pwait2(
        set: c_int,
        events: *mut EpollEvent,
        most: c_int,
        limit: *const libc::timespec,
        mask: *const c_void,
    ) -> c_int;
    pub fn eventfd(count: u32, flags: c_int) -> c_int;
    pub fn eventfd_read(fd: c_int, number: *mut u64) -> c_int;
    pub fn eventfd_write(fd: c_int, number: u64) -> c_int;
    pub fn timerfd_create(clock: c_int, flags: c_int) -> c_int;
    pub fn timerfd_settime(
        fd: c_int,
        flags: c_int,
        setting: *const [libc::timespec; 2],
        before: *mut [libc::timespec; 2],
    ) -> c_int;
    pub fn timerfd_gettime(fd: c_int, setting: *mut [libc::timespec; 2]) -> c_int;
    pub fn pipe(ends: *mut c_int) -> c_int;
    pub fn pipe2(ends: *mut c_int, flags: c_int) -> c_int;
    pub fn fdopen(fd: c_int, mode: *const c_char) -> *mut libc::FILE;
    pub fn getnameinfo(
        address: *const c_void,
        length: u32,
        host: *mut c_char,
        host_room: u32,
        service: *mut c_char,
        service_room: u32,
        flags: c_int,
    ) -> c_int;
    pub fn gethostbyname(name: *const c_char) -> *mut Hostent;
    pub fn gethostbyname2(name: *const c_char, family: c_int) -> *mut Hostent;
    pub fn gethostbyaddr(address: *const c_void, length: u32, family: c_int) -> *mut Hostent;
    pub fn gethostbyname_r(
        name: *const c_char,
        entry: *mut Hostent,
        memory: *mut c_char,
        room: usize,
        answer: *mut *mut Hostent,
        code: *mut c_int,
    ) -> c_int;
    pub fn __h_errno_location() -> *mut c_int;
    pub fn hstrerror(code: c_int) -> *const c_char;
    pub fn getservbyname(name: *const c_char, protocol: *const c_char) -> *mut Servent;
    pub fn getservbyport(port: c_int, protocol: *const c_char) -> *mut Servent;
    pub fn getprotobyname(name: *const c_char) -> *mut Protoent;
    pub fn getprotobynumber(number: c_int) -> *mut Protoent;
    pub fn getprotoent() -> *mut Protoent;
    pub fn setprotoent(open: c_int);
    pub fn gethostname(name: *mut c_char, room: usize) -> c_int;
    pub fn if_nametoindex(name: *const c_char) -> u32;
    pub fn if_indextoname(index: u32, name: *mut c_char) -> *mut c_char;
    pub fn if_nameindex() -> *mut NameIndex;
    pub fn if_freenameindex(list: *mut NameIndex);
    pub fn getifaddrs(answer: *mut *mut Ifaddrs) -> c_int;
    pub fn freeifaddrs(list: *mut Ifaddrs);
    pub fn strerror(number: c_int) -> *const c_char;
}

/// What a function gave, unless it failed.
#[track_caller]
pub fn ok<T: TryInto<i64> + Copy>(answer: T) -> T {
    let number = answer.try_into().unwrap_or(-1);
    assert!(number >= 0, "{}", io::Error::last_os_error());
    answer
}

/// The function must have failed so.
#[track_caller]
pub fn fails<T: TryInto<i64>>(answer: T, errno: c_int) {
    let number = answer.try_into().unwrap_or(-1);
    let error = io::Error::last_os_error();
    assert_eq!((number, error.raw_os_error()), (-1, Some(errno)), "{error}");
}

/// Two sockets that are connected.
#[track_caller]
pub fn pair(kind: c_int) -> [c_int; 2] {
    let mut pair = [-1; 2];
    ok(unsafe { socketpair(AF_UNIX, kind, 0, pair.as_mut_ptr()) });
    pair
}

/// Writes all of it at once.
#[track_caller]
pub fn put(fd: c_int, data: &[u8]) {
    assert_eq!(ok(unsafe { libc::write(fd, data.as_ptr().cast(), data.len()) }), data.len() as isize);
}

/// What there is to read, at most so much.
#[track_caller]
pub fn get(fd: c_int, most: usize) -> Vec<u8> {
    let mut buffer = vec![0; most];
    let length = ok(unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), most) });
    buffer.truncate(length as usize);
    buffer
}

/// What an epoll set tells, in the order of its data.
#[track_caller]
pub fn wait(set: c_int, limit: c_int) -> Vec<(u32, u64)> {
    let mut events = [EpollEvent::default(); 8];
    let length = ok(unsafe { epoll_wait(set, events.as_mut_ptr(), 8, limit) });
    let mut events: Vec<_> = events[..length as usize].iter().map(|event| (event.events, event.data)).collect();
    events.sort_by_key(|event| event.1);
    events
}

/// epoll_ctl(2)
#[track_caller]
pub fn control(set: c_int, operation: c_int, fd: c_int, events: u32, data: u64) -> c_int {
    unsafe { epoll_ctl(set, operation, fd, &raw const *Box::leak(Box::new(EpollEvent { events, data }))) }
}

/// The address 127.0.0.1 and a port, as `struct sockaddr_in`.
pub fn loopback(port: u16) -> [u8; 16] {
    let [high, low] = port.to_be_bytes();
    [1, 0, high, low, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
}

/// A pointer beyond the memory.
pub fn nowhere<T>() -> *mut T {
    std::ptr::without_provenance_mut(0xffff_fff0)
}
