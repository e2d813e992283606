//! What is sent and received.

use std::io::{self, IoSlice};
use std::ptr;

use berkeley_constants as c;
use c::ioctl::{FIONREAD, SIOCATMARK};
use socket2::{MaybeUninitSlice, MsgHdr, SockAddr, Socket, Type};
use windows_sys::Win32::Networking::WinSock as ws;

use super::call::{answer, number_of, request};
use super::control::{linux_control, native_control};
use super::poll::has_urgent_data;
use crate::address::RawAddress;
use crate::error::Errno;
use crate::number;
use crate::sys::address::from_sockaddr;
use crate::sys::message::{Opened, RawMessage};
use crate::sys::native;
use crate::sys::socket::Received;

/// Whether a call can be asked not to wait, whatever the socket's mode.
pub(crate) const HAS_DONTWAIT: bool = false;

/// send(2).
pub(crate) fn send(socket: &Socket, data: &[u8], flags: i32) -> io::Result<usize> {
    socket.send_with_flags(data, native::flags(flags)?).map_err(send_error)
}

/// sendto(2).
#[allow(clippy::disallowed_methods, reason = "its only caller is behind the policy")]
pub(crate) fn send_to(socket: &Socket, data: &[u8], peer: &SockAddr, flags: i32) -> io::Result<usize> {
    socket.send_to_with_flags(data, peer, native::flags(flags)?).map_err(send_error)
}

/// sendmsg(2). Control messages go with datagrams alone: WSASendMsg.
#[allow(clippy::disallowed_methods, reason = "its only caller is behind the policy")]
pub(crate) fn send_message(
    socket: &Socket,
    buffers: &[IoSlice<'_>],
    control: &[u8],
    peer: Option<&SockAddr>,
    flags: i32,
) -> io::Result<usize> {
    let flags = native::flags(flags)?;
    let sent = if !control.is_empty() {
        let control = native_control(control)?;
        let message = MsgHdr::new().with_buffers(buffers).with_control(&control);
        match peer {
            Some(peer) => socket.sendmsg(&message.with_addr(peer), flags),
            None => socket.sendmsg(&message, flags),
        }
    } else if let Some(peer) = peer {
        socket.send_to_vectored_with_flags(buffers, peer, flags)
    } else {
        socket.send_vectored_with_flags(buffers, flags)
    };
    sent.map_err(send_error)
}

/// What sending answered: of a socket that was shut down Linux says that its pipe is broken.
fn send_error(error: io::Error) -> io::Error {
    if Errno::of(&error) == Some(Errno::ESHUTDOWN) { Errno::EPIPE.into() } else { error }
}

/// Receives into a buffer of at most `size` bytes that is not cleared beforehand: WSARecvFrom.
pub(crate) fn receive(socket: &Socket, size: usize, flags: i32) -> io::Result<(Vec<u8>, RawAddress)> {
    let (message, address) = receive_plain(socket, size, flags)?;
    Ok((message.data, address))
}

/// Receives from a connection.
pub(crate) fn receive_unnamed(socket: &Socket, size: usize, flags: i32) -> io::Result<Vec<u8>> {
    receive(socket, size, flags).map(|(data, _)| data)
}

/// Receives from a connection into the buffer.
pub(crate) fn receive_into(socket: &Socket, buffer: &mut [u8], flags: i32) -> io::Result<usize> {
    let data = receive_unnamed(socket, buffer.len(), flags)?;
    buffer[..data.len()].copy_from_slice(&data);
    Ok(data.len())
}

fn receive_plain(socket: &Socket, size: usize, flags: i32) -> io::Result<(RawMessage, RawAddress)> {
    let flags = native::flags(flags)?;
    let mut data: Vec<u8> = Vec::with_capacity(size);
    loop {
        let mut room = [MaybeUninitSlice::new(&mut data.spare_capacity_mut()[..size])];
        match socket.recv_from_vectored_with_flags(&mut room, flags) {
            Ok((received, told, address)) => {
                // Of a datagram that was cut off there is as much as fits, whatever is told.
                let (received, flags) = if told.is_truncated() { (size, c::MSG_TRUNC) } else { (received, 0) };
                let received = received.min(size);
                // SAFETY: the kernel has written this many bytes.
                unsafe { data.set_len(received) };
                return Ok((
                    RawMessage { data, length: received, flags, ..RawMessage::default() },
                    from_sockaddr(&address),
                ));
            }
            Err(error) => unreachable_peer(socket, error)?,
        }
    }
}

/// An earlier datagram reached nobody, which Winsock tells of by WSAECONNRESET. Linux says ECONNREFUSED where the socket
/// is connected, and nothing otherwise.
fn unreachable_peer(socket: &Socket, error: io::Error) -> io::Result<()> {
    let is_datagram = || socket.r#type().is_ok_and(|kind| kind == Type::DGRAM);
    match error.kind() {
        io::ErrorKind::ConnectionReset if is_datagram() && socket.peer_addr().is_ok() => {
            Err(Errno::ECONNREFUSED.into())
        }
        io::ErrorKind::ConnectionReset if is_datagram() => Ok(()),
        _ => Err(error),
    }
}

/// Receives into buffers of these sizes: WSARecvMsg, which streams do not have.
pub(crate) fn receive_message(
    socket: &Socket,
    (size, control_size): (usize, usize),
    flags: i32,
) -> io::Result<(RawMessage, RawAddress)> {
    if control_size == 0 || socket.r#type()? == Type::STREAM {
        return receive_plain(socket, size, flags);
    }
    let Some(call) = receive_message_function(socket)? else { return receive_plain(socket, size, flags) };
    let flags = native::flags(flags)?;
    let mut message = RawMessage { data: Vec::with_capacity(size), ..RawMessage::default() };
    message.control.resize(control_size, 0);
    loop {
        let (mut told, mut cut_off) = (0, false);
        // SAFETY: cleared, the structures are valid; their pointers and lengths are those of buffers that outlive the
        // call; without an OVERLAPPED the call is over when it returns.
        let result = unsafe {
            SockAddr::try_init(|storage, len| {
                let mut buffer = ws::WSABUF { len: size as u32, buf: message.data.as_mut_ptr() };
                let mut header: ws::WSAMSG = std::mem::zeroed();
                header.name = storage.cast();
                header.namelen = *len;
                header.lpBuffers = &raw mut buffer;
                header.dwBufferCount = 1;
                header.Control = ws::WSABUF { len: control_size as u32, buf: message.control.as_mut_ptr() };
                header.dwFlags = flags as u32;
                let number = number_of(socket);
                let result = answer(call(number, &raw mut header, &raw mut told, ptr::null_mut(), None));
                cut_off = matches!(&result, Err(error) if Errno::of(error) == Some(Errno::EMSGSIZE));
                if !cut_off {
                    result?;
                }
                message.flags = number::linux_flags(header.dwFlags as i32);
                message.control.truncate(header.Control.len as usize);
                *len = header.namelen;
                Ok(())
            })
        };
        match result {
            Ok(((), address)) => {
                // Of a datagram that was cut off there is as much as fits, whatever is told.
                if cut_off {
                    message.flags |= c::MSG_TRUNC;
                }
                message.length = if message.flags & c::MSG_TRUNC != 0 { size } else { told as usize };
                // SAFETY: the kernel has written this many bytes.
                unsafe { message.data.set_len(message.length.min(size)) };
                message.control = linux_control(&message.control);
                return Ok((message, from_sockaddr(&address)));
            }
            Err(error) => unreachable_peer(socket, error)?,
        }
    }
}

/// WSARecvMsg, which Winsock gives by its identifier; none where the socket has none.
fn receive_message_function(socket: &Socket) -> io::Result<ws::LPFN_WSARECVMSG> {
    let id = ws::WSAID_WSARECVMSG;
    let mut function: ws::LPFN_WSARECVMSG = None;
    let mut told = 0;
    // SAFETY: the buffers have the sizes that are told, and what is written is null or the function.
    let result = answer(unsafe {
        ws::WSAIoctl(
            number_of(socket),
            ws::SIO_GET_EXTENSION_FUNCTION_POINTER,
            (&raw const id).cast(),
            size_of_val(&id) as u32,
            (&raw mut function).cast(),
            size_of_val(&function) as u32,
            &raw mut told,
            ptr::null_mut(),
            None,
        )
    });
    match result {
        Ok(_) => Ok(function),
        Err(error) if Errno::of(&error) == Some(Errno::EINVAL) => Ok(None),
        Err(error) => Err(error),
    }
}

/// EOPNOTSUPP: Windows passes no sockets over others.
pub(crate) fn passed_number<T>(_: &T) -> Result<i32, Errno> {
    Err(Errno::EOPNOTSUPP)
}

/// What the descriptor is of.
pub(crate) fn opened(descriptor: Received) -> io::Result<Opened> {
    match descriptor {}
}

/// Whether a stream's urgent data is next to be received: SIOCATMARK, which is true where there is none.
pub(crate) fn at_mark(socket: &Socket) -> bool {
    has_urgent_data(socket) && request(socket, ws::SIOCATMARK).is_ok_and(|all_read| all_read == 0)
}

/// How much a stream has to be received: FIONREAD.
pub(crate) fn available(socket: &Socket) -> io::Result<u64> {
    request(socket, ws::FIONREAD).map(u64::from)
}

/// The length of the datagram that is next to be received, or of some.
pub(crate) fn next_length(socket: &Socket) -> io::Result<usize> {
    request(socket, ws::FIONREAD).map(|bytes| bytes as usize)
}

/// What Linux's ioctl(2) tells for these requests. ENOPROTOOPT: another, or what Windows does not tell.
pub(crate) fn ioctl_number(socket: &Socket, request: i32) -> io::Result<i32> {
    match request {
        FIONREAD => Ok(available(socket)?.try_into().unwrap_or(i32::MAX)),
        SIOCATMARK => Ok(at_mark(socket).into()),
        _ => Err(Errno::ENOPROTOOPT.into()),
    }
}
