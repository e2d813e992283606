//! What is sent and received.

use std::cell::Cell;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use berkeley_constants as c;
use rustix::fs::FileType;
use socket2::{MsgHdr, SockAddr, Socket};

use crate::address::RawAddress;
use crate::cmsg;
use crate::error::Errno;
use crate::number::linux_flags;
use crate::sys::address::from_sockaddr;
use crate::sys::message::{Opened, RawMessage};
use crate::sys::native;
use crate::sys::own::control::{linux_control, native_control};
use crate::sys::socket::Received;

/// Whether a call can be asked not to wait, whatever the socket's mode: MSG_DONTWAIT.
pub(crate) const HAS_DONTWAIT: bool = true;

/// send(2).
pub(crate) fn send(socket: &Socket, data: &[u8], flags: i32) -> io::Result<usize> {
    socket.send_with_flags(data, native::flags(flags)?)
}

/// sendto(2).
#[allow(clippy::disallowed_methods, reason = "its only caller is behind the policy")]
pub(crate) fn send_to(socket: &Socket, data: &[u8], peer: &SockAddr, flags: i32) -> io::Result<usize> {
    socket.send_to_with_flags(data, peer, native::flags(flags)?)
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
    socket.sendmsg(&message, native::flags(flags)?)
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

/// No larger buffer is kept for the next call.
const LARGEST_KEPT: usize = 1 << 20;

thread_local! {
    /// The buffer of a call that received nothing. Programs ask for as much again, so that the next one needs no other.
    static KEPT: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Receives into a buffer of at most `size` bytes that is not cleared beforehand. What receives is given the room and the
/// flags, and tells how many bytes it has written.
fn receive_with<T>(
    size: usize,
    flags: i32,
    receive: impl FnOnce(&mut [MaybeUninit<u8>], i32) -> io::Result<(usize, T)>,
) -> io::Result<(Vec<u8>, T)> {
    let native = native::flags(flags)?;
    let kept = KEPT.take();
    let is_fit = kept.capacity() == size && flags & c::MSG_TRUNC == 0;
    let mut data = if is_fit { kept } else { buffer(size, flags) };
    match receive(&mut data.spare_capacity_mut()[..size], native) {
        Ok((received, told)) => {
            // SAFETY: the kernel has written this many bytes, or `buffer` has cleared them.
            unsafe { data.set_len(received.min(size)) };
            Ok((data, told))
        }
        Err(error) => {
            if size <= LARGEST_KEPT {
                KEPT.set(data);
            }
            Err(error)
        }
    }
}

/// Receives, and tells who sent it: recvfrom(2).
pub(crate) fn receive(socket: &Socket, size: usize, flags: i32) -> io::Result<(Vec<u8>, RawAddress)> {
    let (data, address) = receive_with(size, flags, |room, flags| socket.recv_from_with_flags(room, flags))?;
    Ok((data, from_sockaddr(&address)))
}

/// Receives from a connection: recv(2).
pub(crate) fn receive_unnamed(socket: &Socket, size: usize, flags: i32) -> io::Result<Vec<u8>> {
    let receive = |room: &mut [MaybeUninit<u8>], flags| Ok((socket.recv_with_flags(room, flags)?, ()));
    receive_with(size, flags, receive).map(|(data, ())| data)
}

/// Receives from a connection straight into the buffer: recv(2).
pub(crate) fn receive_into(socket: &Socket, buffer: &mut [u8], flags: i32) -> io::Result<usize> {
    // SAFETY: what is written there is what recv(2) has received, so that all of the buffer stays initialised.
    let room = unsafe { &mut *(std::ptr::from_mut(buffer) as *mut [MaybeUninit<u8>]) };
    socket.recv_with_flags(room, native::flags(flags)?)
}

thread_local! {
    /// The room for control messages of a call that received nothing, as [`KEPT`] is for data.
    static KEPT_CONTROL: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Receives into buffers of these sizes: recvmsg(2).
pub(crate) fn receive_message(
    socket: &Socket,
    (size, control_size): (usize, usize),
    flags: i32,
) -> io::Result<(RawMessage, RawAddress)> {
    let mut control = KEPT_CONTROL.take();
    control.clear();
    control.resize(control_size, 0);
    let result = receive_with(size, flags, |room, flags| receive_header(socket, room, &mut control, flags));
    let (data, (length, told, address)) = match result {
        Ok(came) => came,
        Err(error) => {
            KEPT_CONTROL.set(control);
            return Err(error);
        }
    };
    let mut message = RawMessage { data, length, control, flags: told, ..RawMessage::default() };
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

/// The length that the kernel tells, its flags, and who sent the message. The control messages are as long as they are.
fn receive_header(
    socket: &Socket,
    room: &mut [MaybeUninit<u8>],
    control: &mut Vec<u8>,
    flags: i32,
) -> io::Result<(usize, (usize, i32, SockAddr))> {
    let mut buffer = libc::iovec { iov_base: room.as_mut_ptr().cast(), iov_len: room.len() };
    // SAFETY: a cleared msghdr is a valid one; its pointers and lengths are those of buffers that outlive the call; of the
    // address the kernel tells the length.
    let ((length, told), address) = unsafe {
        SockAddr::try_init(|storage, len| {
            let mut header: libc::msghdr = std::mem::zeroed();
            header.msg_name = storage.cast();
            header.msg_namelen = *len;
            header.msg_iov = &raw mut buffer;
            header.msg_iovlen = 1;
            // To no room at all the kernel tells MSG_CTRUNC of more than to an empty one.
            if !control.is_empty() {
                header.msg_control = control.as_mut_ptr().cast();
                header.msg_controllen = control.len() as _;
            }
            let received = libc::recvmsg(socket.as_raw_fd(), &raw mut header, flags);
            let length = usize::try_from(received).map_err(|_| io::Error::last_os_error())?;
            control.truncate(header.msg_controllen as usize);
            *len = header.msg_namelen;
            Ok((length, linux_flags(header.msg_flags)))
        })?
    };
    Ok((length, (length, told, address)))
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

unsafe extern "C" {
    // sys/socket.h; the `libc` crate does not declare it.
    fn sockatmark(socket: libc::c_int) -> libc::c_int;
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
