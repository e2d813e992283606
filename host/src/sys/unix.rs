//! The system calls that Linux and Apple's systems have alike.

use std::ffi::{CStr, OsStr};
use std::fs::File;
use std::io::{self, IoSlice};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

use berkeley_constants as c;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::{FileType, OFlags};
use socket2::{MsgHdr, SockAddr, Socket};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::native::{
    accept_into, from_parts, from_sockaddr, linux_control, native_control, native_kind, prepare, to_sockaddr,
};
use super::{Info, Opened, RawMessage};
use crate::address::RawAddress;
use crate::cmsg;
use crate::error::{Errno, Error, GaiCode};
use crate::number::{
    self, POLLWRBAND, POLLWRNORM, linux_events, linux_family, linux_flags, native_events, native_family,
};

/// A descriptor that was received.
pub(crate) type Received = OwnedFd;

pub(super) fn answer(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

unsafe extern "C" {
    // sys/socket.h; the `libc` crate does not declare it.
    fn sockatmark(socket: libc::c_int) -> libc::c_int;
}

/// EOPNOTSUPP: one that this system does not have.
fn native_flags(linux: i32) -> io::Result<i32> {
    number::native_flags(linux).ok_or_else(|| Errno::EOPNOTSUPP.into())
}

/// getsockname(2).
pub(crate) fn local_address(socket: &Socket) -> io::Result<RawAddress> {
    Ok(from_sockaddr(&socket.local_addr()?))
}

/// accept(2): the connection does not block, and is closed on exec.
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

/// An empty buffer with room for so many bytes, which were cleared if the kernel may tell of bytes that it has not
/// written: with MSG_TRUNC.
fn buffer(size: usize, flags: i32) -> Vec<u8> {
    let mut buffer = Vec::with_capacity(size);
    if flags & c::MSG_TRUNC != 0 {
        buffer.resize(size, 0);
        buffer.clear();
    }
    buffer
}

/// Receives into a buffer of at most `size` bytes that is not cleared beforehand: recvfrom(2).
pub(crate) fn receive(socket: &Socket, size: usize, flags: i32) -> io::Result<(Vec<u8>, RawAddress)> {
    let mut data = buffer(size, flags);
    let room = &mut data.spare_capacity_mut()[..size];
    let (received, address) = socket.recv_from_with_flags(room, native_flags(flags)?)?;
    // SAFETY: the kernel has written this many bytes, or `buffer` has cleared them.
    unsafe { data.set_len(received.min(size)) };
    Ok((data, from_sockaddr(&address)))
}

/// Receives into buffers of these sizes: recvmsg(2).
pub(crate) fn receive_message(
    socket: &Socket,
    (size, control_size): (usize, usize),
    flags: i32,
) -> io::Result<(RawMessage, RawAddress)> {
    let mut message = RawMessage { data: buffer(size, flags), ..RawMessage::default() };
    message.control.resize(control_size, 0);
    let native = native_flags(flags)?;
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
            let received = libc::recvmsg(socket.as_raw_fd(), &raw mut header, native);
            message.length = usize::try_from(received).map_err(|_| io::Error::last_os_error())?;
            message.data.set_len(message.length.min(size));
            message.control.truncate(header.msg_controllen as usize);
            message.flags = linux_flags(header.msg_flags);
            *len = header.msg_namelen;
            Ok(())
        })?;
        address
    };
    message.control = linux_control(message.control);
    for (level, kind, data) in cmsg::parse(&message.control) {
        if cmsg::has_descriptors(level, kind) {
            // SAFETY: the kernel has just made these descriptors for this process; each is owned once.
            let owned = cmsg::descriptors(data).map(|number| unsafe { OwnedFd::from_raw_fd(number) });
            message.descriptors.extend(owned);
        }
    }
    // Linux does so by itself, asked by MSG_CMSG_CLOEXEC.
    #[cfg(not(target_os = "linux"))]
    for descriptor in &message.descriptors {
        rustix::io::fcntl_setfd(descriptor, rustix::io::FdFlags::CLOEXEC)?;
    }
    Ok((message, from_sockaddr(&address)))
}

/// Whether a stream's urgent data is next to be received: sockatmark(3). Other sockets have none.
pub(crate) fn at_mark(socket: &Socket) -> bool {
    // SAFETY: the function takes any descriptor.
    unsafe { sockatmark(socket.as_raw_fd()) == 1 }
}

/// How much a stream has to be received: FIONREAD.
pub(crate) fn available(socket: &Socket) -> io::Result<u64> {
    Ok(rustix::io::ioctl_fionread(socket)?)
}

/// getsockopt(2) by this system's numbers, at most `size` bytes.
pub(super) fn get_option(socket: &Socket, level: i32, name: i32, size: usize) -> io::Result<Vec<u8>> {
    let mut value = vec![0u8; size];
    let mut len = size as libc::socklen_t;
    // SAFETY: the buffer has `len` bytes.
    answer(unsafe { libc::getsockopt(socket.as_raw_fd(), level, name, value.as_mut_ptr().cast(), &raw mut len) })?;
    value.truncate(len as usize);
    Ok(value)
}

/// setsockopt(2) by this system's numbers.
pub(super) fn set_option(socket: &Socket, level: i32, name: i32, value: &[u8]) -> io::Result<()> {
    let len = value.len() as libc::socklen_t;
    // SAFETY: the buffer has `len` bytes. Options whose value holds pointers are refused before (see `option`).
    answer(unsafe { libc::setsockopt(socket.as_raw_fd(), level, name, value.as_ptr().cast(), len) }).map(drop)
}

/// setsockopt(2) by this system's numbers, with a null pointer and a length.
pub(super) fn set_option_null(socket: &Socket, level: i32, name: i32, len: u32) -> io::Result<()> {
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
    answer(unsafe { libc::sethostname(name.as_ptr().cast(), name.len() as _) }).map(drop)
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
        hints.ai_family = native_family(family);
        hints.ai_socktype = kind;
        hints.ai_protocol = protocol;
        hints.ai_flags = number::native_lookup_flags(flags).ok_or(BAD_FLAGS)?;
        let mut list = ptr::null_mut();
        let code = libc::getaddrinfo(pointer(host), pointer(service), &raw const hints, &raw mut list);
        check_gai(code)?;
        let mut infos = Vec::new();
        let mut at = list;
        while let Some(info) = at.as_ref() {
            let canonical_name = if info.ai_canonname.is_null() { Vec::new() } else { text(info.ai_canonname) };
            infos.push(Info {
                family: linux_family(info.ai_family),
                kind: info.ai_socktype,
                protocol: info.ai_protocol,
                canonical_name,
                address: from_parts(info.ai_addr.cast(), info.ai_addrlen),
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
    let flags = number::native_name_flags(flags).ok_or(BAD_FLAGS)?;
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

const BAD_FLAGS: Error = Error::Gai(GaiCode(c::EAI_BADFLAGS));

fn check_gai(code: i32) -> Result<(), Error> {
    match code {
        0 => Ok(()),
        libc::EAI_SYSTEM => Err(io::Error::last_os_error().into()),
        code => Err(Error::Gai(GaiCode(number::linux_gai(code).unwrap_or(c::EAI_FAIL)))),
    }
}

/// # Safety
///
/// The list ends with a null pointer and stays valid while it is gone through.
pub(super) unsafe fn list(mut at: *mut *mut libc::c_char) -> impl Iterator<Item = *mut libc::c_char> {
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
pub(super) unsafe fn text(from: *const libc::c_char) -> Vec<u8> {
    // SAFETY: as the caller promises.
    unsafe { CStr::from_ptr(from) }.to_bytes().to_vec()
}

/// A socket that does not block: socket(2).
pub(crate) fn socket(family: i32, kind: i32, protocol: i32) -> io::Result<Socket> {
    let socket = Socket::new_raw(native_family(family).into(), native_kind(kind), Some(protocol.into()))?;
    prepare(&socket)?;
    Ok(socket)
}

/// Two sockets that do not block, connected with each other: socketpair(2).
pub(crate) fn pair(family: i32, kind: i32, protocol: i32) -> io::Result<(Socket, Socket)> {
    let pair = Socket::pair_raw(native_family(family).into(), native_kind(kind), Some(protocol.into()))?;
    prepare(&pair.0)?;
    prepare(&pair.1)?;
    Ok(pair)
}

/// send(2).
pub(crate) fn send(socket: &Socket, data: &[u8], flags: i32) -> io::Result<usize> {
    socket.send_with_flags(data, native_flags(flags)?)
}

/// sendmsg(2).
#[allow(clippy::disallowed_methods, reason = "its only caller is behind the policy")]
pub(crate) fn send_message(
    socket: &Socket,
    buffers: &[IoSlice<'_>],
    control: &[u8],
    peer: Option<&SockAddr>,
    flags: i32,
) -> io::Result<usize> {
    let control = native_control(control)?;
    let mut message = MsgHdr::new().with_buffers(buffers);
    if !control.is_empty() {
        message = message.with_control(&control);
    }
    if let Some(peer) = peer {
        message = message.with_addr(peer);
    }
    socket.sendmsg(&message, native_flags(flags)?)
}

/// Whether a call can be asked not to wait, whatever the socket's mode: MSG_DONTWAIT.
pub(crate) const HAS_DONTWAIT: bool = true;

/// Whether processes share sockets by telling each other bytes: on Windows.
pub(crate) const SHARES: bool = false;

/// EOPNOTSUPP.
pub(crate) fn share(_: &Socket, _: u32) -> io::Result<Vec<u8>> {
    Err(Errno::EOPNOTSUPP.into())
}

/// EOPNOTSUPP.
pub(crate) fn from_share(_: &[u8]) -> io::Result<OwnedFd> {
    Err(Errno::EOPNOTSUPP.into())
}

/// EOPNOTSUPP: the control codes are Windows's.
pub(crate) fn ioctl(_: &Socket, _: u32, _: &[u8]) -> io::Result<()> {
    Err(Errno::EOPNOTSUPP.into())
}

/// Whether calls do not wait: O_NONBLOCK.
pub(crate) fn is_nonblocking(socket: &Socket) -> io::Result<bool> {
    socket.nonblocking()
}

/// The number by which the socket is passed on.
pub(crate) fn passed_number(passed: &impl AsRawFd) -> Result<i32, Errno> {
    Ok(passed.as_raw_fd())
}

/// What the descriptor is of: fstat(2).
pub(crate) fn opened(descriptor: Received) -> io::Result<Opened> {
    Ok(match FileType::from_raw_mode(rustix::fs::fstat(&descriptor)?.st_mode) {
        FileType::Socket => Opened::Socket(descriptor),
        FileType::RegularFile | FileType::Directory => Opened::File(descriptor.into()),
        FileType::Fifo => Opened::Other("a pipe"),
        FileType::CharacterDevice | FileType::BlockDevice => Opened::Other("a device"),
        FileType::Symlink => Opened::Other("a symbolic link"),
        // Such as those of eventfd(2), epoll_create(2), pidfd_open(2).
        FileType::Unknown => Opened::Other("a descriptor of neither a socket nor a file"),
    })
}

/// The path of these bytes.
pub(crate) fn path(bytes: &[u8]) -> Option<&Path> {
    Some(Path::new(OsStr::from_bytes(bytes)))
}

/// The path without symbolic links.
pub(crate) fn true_path(path: &Path) -> io::Result<PathBuf> {
    std::fs::canonicalize(path)
}

/// The bytes of the path.
pub(crate) fn path_bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_bytes().to_vec()
}

/// Whether the file may be read, and whether it may be written.
pub(crate) fn access(file: &File) -> (bool, bool) {
    match rustix::fs::fcntl_getfl(file).map(|flags| flags & OFlags::ACCMODE) {
        Ok(OFlags::WRONLY) => (false, true),
        Ok(OFlags::RDWR) => (true, true),
        _ => (true, false),
    }
}

/// Whether they are this process' own ids, as the kernel would say of it.
pub(crate) fn is_this_process(pid: i32, uid: u32, gid: u32) -> bool {
    use rustix::process::{getegid, geteuid, getgid, getpid, getuid};
    pid == getpid().as_raw_nonzero().get()
        && [getuid(), geteuid()].iter().any(|own| own.as_raw() == uid)
        && [getgid(), getegid()].iter().any(|own| own.as_raw() == gid)
}

/// How many descriptors this process may have: RLIMIT_NOFILE.
pub(crate) fn most_descriptors() -> u64 {
    use rustix::process::{Resource, getrlimit};
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// A socket to be waited for, and what for.
pub(crate) type PollEntry<'a> = PollFd<'a>;

/// Waits for these events of the socket.
pub(crate) fn poll_entry(socket: &Socket, events: i16) -> PollEntry<'_> {
    // The bits are the kernel's own.
    PollFd::from_borrowed_fd(socket.as_fd(), PollFlags::from_bits_retain(native_events(events) as _))
}

/// Which of the events that were asked for hold, or of error.
pub(crate) fn polled(entry: &PollEntry<'_>, asked: i16) -> i16 {
    linux_events(entry.revents().bits() as _, asked)
}

/// poll(2): whether an event of one of the sockets holds.
pub(crate) fn poll(entries: &mut [PollEntry<'_>], limit: Option<Duration>) -> io::Result<bool> {
    let limit = limit.and_then(|limit| {
        Some(Timespec { tv_sec: limit.as_secs().try_into().ok()?, tv_nsec: limit.subsec_nanos().into() })
    });
    Ok(rustix::event::poll(entries, limit.as_ref())? != 0)
}

/// A socket's place in tokio's reactor.
pub(crate) struct Registration(AsyncFd<Registered>);

/// What the reactor knows a socket by.
enum Registered {
    /// The socket itself.
    Own(Arc<Socket>),
    /// A duplicate, where the reactor still holds the number from before.
    Duplicate(OwnedFd),
}

impl AsRawFd for Registered {
    fn as_raw_fd(&self) -> RawFd {
        match self {
            Self::Own(socket) => socket.as_raw_fd(),
            Self::Duplicate(fd) => fd.as_raw_fd(),
        }
    }
}

impl Registration {
    /// Panics outside a runtime.
    pub(crate) fn new(socket: &Arc<Socket>) -> io::Result<Self> {
        match Self::of(Registered::Own(socket.clone())) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Self::of(Registered::Duplicate(socket.as_fd().try_clone_to_owned()?))
            }
            new => new,
        }
    }

    fn of(socket: Registered) -> io::Result<Self> {
        // SAFETY: what is registered owns its descriptor, so that it stays open, and never changes it.
        Ok(Self(unsafe { AsyncFd::register_with_interest(socket, ALL_INTERESTS) }?))
    }

    /// Waits in the reactor until what is asked for holds. False: the reactor tells no more, though it does not yet.
    pub(crate) async fn woken(&self, events: i16, holds: impl Fn() -> io::Result<bool>) -> io::Result<bool> {
        // Where the reactor tells nothing of urgent data, only asking now and then remains.
        #[cfg(not(target_os = "linux"))]
        if events & c::POLLPRI != 0 {
            while !holds()? {
                tokio::time::sleep(super::LOOK).await;
            }
            return Ok(true);
        }
        loop {
            let mut guard = self.0.ready(interest(events)).await?;
            if holds()? {
                return Ok(true);
            }
            // The reactor keeps «closed» for good, though a socket that was not connected yet is called so too.
            if guard.ready().is_read_closed() || guard.ready().is_write_closed() {
                return Ok(false);
            }
            guard.clear_ready();
        }
    }
}

#[cfg(target_os = "linux")]
const ALL_INTERESTS: Interest = Interest::READABLE.add(Interest::WRITABLE).add(Interest::PRIORITY);
#[cfg(not(target_os = "linux"))]
const ALL_INTERESTS: Interest = Interest::READABLE.add(Interest::WRITABLE);

/// What to ask the reactor for. Errors always count, for one may come without the socket getting readable; and so does
/// reading, by which the reactor tells of a peer that hangs up.
fn interest(events: i16) -> Interest {
    let wanted = [
        (c::POLLOUT | POLLWRNORM | POLLWRBAND, Interest::WRITABLE),
        #[cfg(target_os = "linux")]
        (c::POLLPRI, Interest::PRIORITY),
    ];
    wanted
        .into_iter()
        .filter(|(bits, _)| events & bits != 0)
        .fold(Interest::ERROR.add(Interest::READABLE), |all, (_, interest)| all.add(interest))
}
