//! The system calls of Windows: Winsock, and what stands beside it.

use std::convert::Infallible;
use std::ffi::CStr;
use std::fs::File;
use std::io::{self, IoSlice, Read as _, Seek as _, SeekFrom};
use std::marker::PhantomData;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::windows::io::{AsRawSocket, FromRawSocket};
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::{Arc, Once};
use std::time::Duration;

use berkeley_constants as c;
use socket2::{Domain, MaybeUninitSlice, MsgHdr, SockAddr, SockAddrStorage, Socket, Type};
use tokio::io::Interest;
use tokio::net::TcpStream;
use windows_sys::Win32::Foundation as win32;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    ConvertInterfaceLuidToNameW, FreeMibTable, GetIfTable2Ex, MibIfTableRaw,
};
use windows_sys::Win32::Networking::WinSock as ws;

use super::layout::{self, Control, LINUX_CONTROL, PROTOCOL_INFO};
use super::{Host, Info, Opened, RawMessage};
use crate::address::{Address, CAPACITY, RawAddress};
use crate::error::{Errno, Error, GaiCode, HostCode};
use crate::number::{self, POLLRDBAND, POLLRDNORM, POLLWRNORM, linux_errno, linux_family, native_family};

// A structure of its own on every system, of the same size.
const _: () = assert!(size_of::<ws::SOCKADDR_STORAGE>() == CAPACITY);
const _: () = assert!(size_of::<ws::WSAPROTOCOL_INFOW>() == PROTOCOL_INFO);
const _: () = assert!(ws::SIO_RCVALL == layout::SIO_RCVALL);
const _: () = assert!(ws::SIO_KEEPALIVE_VALS == layout::SIO_KEEPALIVE_VALS);
const _: () = assert!(ws::SIO_LOOPBACK_FAST_PATH == layout::SIO_LOOPBACK_FAST_PATH);
const _: () = assert!(size_of::<ws::tcp_keepalive>() == 12);

/// Whether a call that blocked would ask how connecting went by connecting again.
pub(crate) const CONNECTS_AGAIN: bool = false;

/// A descriptor that was received: none ever is.
pub(crate) type Received = Infallible;

/// EOPNOTSUPP: one that Winsock does not have.
fn native_flags(linux: i32) -> io::Result<i32> {
    number::native_flags(linux).ok_or_else(|| Errno::EOPNOTSUPP.into())
}

/// ENOPROTOOPT: one that Winsock does not have.
fn native_option(level: i32, name: i32) -> io::Result<(i32, i32)> {
    number::native_option(level, name).ok_or_else(|| Errno::ENOPROTOOPT.into())
}

fn answer(result: i32) -> io::Result<i32> {
    if result == ws::SOCKET_ERROR { Err(last_error()) } else { Ok(result) }
}

fn last_error() -> io::Error {
    // SAFETY: the function has no terms.
    io::Error::from_raw_os_error(unsafe { ws::WSAGetLastError() })
}

fn number_of(socket: &Socket) -> ws::SOCKET {
    socket.as_raw_socket() as ws::SOCKET
}

/// Sees to it that Winsock was started, as every call of it needs.
fn start() {
    static STARTED: Once = Once::new();
    // `socket2` starts it before it makes a socket.
    STARTED.call_once(|| drop(Socket::new(Domain::IPV4, Type::DGRAM, None)));
}

/// What connecting answered: where Linux says that it is under way, Winsock says that it would block.
pub(crate) fn connect_error(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::WouldBlock { Errno::EINPROGRESS.into() } else { error }
}

/// What sending answered: of a socket that was shut down Linux says that its pipe is broken.
fn send_error(error: io::Error) -> io::Error {
    if Errno::of(&error) == Some(Errno::ESHUTDOWN) { Errno::EPIPE.into() } else { error }
}

/// The address in the form that `socket2` takes.
pub(crate) fn to_sockaddr(address: &RawAddress) -> SockAddr {
    let bytes = address.as_bytes();
    let mut storage = SockAddrStorage::zeroed();
    // SAFETY: the storage is a plain structure of CAPACITY bytes, of which any bytes are a valid value, that begins with
    // the family; the address has at most as many bytes.
    unsafe {
        ptr::copy_nonoverlapping(bytes.as_ptr(), (&raw mut storage).cast(), bytes.len());
        let storage = storage.view_as::<ws::SOCKADDR_STORAGE>();
        storage.ss_family = native_family(i32::from(storage.ss_family)) as u16;
        let mut whole = SockAddrStorage::zeroed();
        *whole.view_as::<ws::SOCKADDR_STORAGE>() = *storage;
        SockAddr::new(whole, bytes.len() as i32)
    }
}

/// The address that `socket2` gave; of a family or none, which is no address.
pub(crate) fn from_sockaddr(address: &SockAddr) -> RawAddress {
    let len = (address.len() as usize).min(CAPACITY);
    // SAFETY: the storage is a plain structure of CAPACITY bytes, all of which were initialised before the call.
    unsafe { from_parts(address.as_ptr().cast(), len) }
}

/// # Safety
///
/// There are so many bytes there.
unsafe fn from_parts(address: *const u8, len: usize) -> RawAddress {
    // SAFETY: as the caller promises.
    let mut bytes = unsafe { std::slice::from_raw_parts(address, len.min(CAPACITY)) }.to_vec();
    let Some(family) = bytes.first_chunk_mut() else { return RawAddress::from_bytes(&[]) };
    // Of a stream's peer Winsock tells nothing when it receives, but leaves what was there.
    if *family == [0; 2] {
        return RawAddress::from_bytes(&[]);
    }
    *family = (linux_family(i32::from(u16::from_ne_bytes(*family))) as u16).to_ne_bytes();
    RawAddress::from_bytes(&bytes)
}

/// A socket that does not block: WSASocketW.
pub(crate) fn socket(family: i32, kind: i32, protocol: i32) -> io::Result<Socket> {
    let socket = Socket::new_raw(native_family(family).into(), kind.into(), Some(protocol.into()))?;
    socket.set_nonblocking(true)?;
    socket.set_no_inherit(true)?;
    Ok(socket)
}

/// Two sockets that do not block, connected with each other. Windows has none; two streams of AF_INET or AF_INET6 are
/// connected over the loopback, as CPython does it. EOPNOTSUPP: others.
#[allow(clippy::disallowed_methods, reason = "nobody else can reach them: who connects is looked at")]
pub(crate) fn pair(family: i32, kind: i32, protocol: i32) -> io::Result<(Socket, Socket)> {
    let local: SocketAddr = match (family, kind, protocol) {
        (c::AF_INET, c::SOCK_STREAM, 0 | c::IPPROTO_TCP) => (Ipv4Addr::LOCALHOST, 0).into(),
        (c::AF_INET6, c::SOCK_STREAM, 0 | c::IPPROTO_TCP) => (Ipv6Addr::LOCALHOST, 0).into(),
        _ => return Err(Errno::EOPNOTSUPP.into()),
    };
    let listener = Socket::new(Domain::for_address(local), Type::STREAM, None)?;
    listener.bind(&local.into())?;
    listener.listen(1)?;
    let one = Socket::new(Domain::for_address(local), Type::STREAM, None)?;
    one.connect(&listener.local_addr()?)?;
    let own = one.local_addr()?;
    loop {
        // Somebody else may have come first.
        let (other, peer) = listener.accept()?;
        if peer == own {
            one.set_nonblocking(true)?;
            other.set_nonblocking(true)?;
            return Ok((one, other));
        }
    }
}

/// The family, type and protocol of a socket from elsewhere. ENOTSOCK.
pub(crate) fn numbers(socket: &Socket) -> io::Result<(i32, i32, i32)> {
    // SAFETY: cleared, the structure is valid.
    let mut info: ws::WSAPROTOCOL_INFOW = unsafe { std::mem::zeroed() };
    let mut len = PROTOCOL_INFO as i32;
    let name = ws::SO_PROTOCOL_INFOW;
    // SAFETY: the structure has `len` bytes.
    answer(unsafe { ws::getsockopt(number_of(socket), ws::SOL_SOCKET, name, (&raw mut info).cast(), &raw mut len) })?;
    Ok((linux_family(info.iAddressFamily), info.iSocketType, info.iProtocol))
}

/// getsockname(2). Of a socket that was never bound Winsock says EINVAL; Linux tells the address of its family that
/// stands for none.
pub(crate) fn local_address(socket: &Socket) -> io::Result<RawAddress> {
    match socket.local_addr() {
        Ok(address) => Ok(from_sockaddr(&address)),
        Err(error) if Errno::of(&error) == Some(Errno::EINVAL) => unbound_address(numbers(socket)?.0, error),
        Err(error) => Err(error),
    }
}

fn unbound_address(family: i32, error: io::Error) -> io::Result<RawAddress> {
    let address = match family {
        c::AF_INET => Address::from(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0))),
        c::AF_INET6 => Address::from(SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0))),
        c::AF_UNIX => Address::Unix(Vec::new()),
        _ => return Err(error),
    };
    address.encode().map_err(|_| error)
}

/// accept(2): the connection does not block.
pub(crate) fn accept(socket: &Socket) -> io::Result<(Socket, RawAddress)> {
    let (accepted, address) = socket.accept()?;
    accepted.set_nonblocking(true)?;
    Ok((accepted, from_sockaddr(&address)))
}

/// As [`accept`], of a family that Windows does not have.
pub(crate) fn accept_nameless(socket: &Socket) -> io::Result<(Socket, RawAddress)> {
    accept(socket)
}

/// Receives into a buffer of at most `size` bytes that is not cleared beforehand: WSARecvFrom.
pub(crate) fn receive(socket: &Socket, size: usize, flags: i32) -> io::Result<(Vec<u8>, RawAddress)> {
    let (message, address) = receive_plain(socket, size, flags)?;
    Ok((message.data, address))
}

fn receive_plain(socket: &Socket, size: usize, flags: i32) -> io::Result<(RawMessage, RawAddress)> {
    let flags = native_flags(flags)?;
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
    let native = native_flags(flags)?;
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
                header.dwFlags = native as u32;
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

/// Control messages as Winsock takes them. EOPNOTSUPP: of a type that it does not have.
fn native_control(control: &[u8]) -> io::Result<Vec<u8>> {
    let native = |(level, kind, data): layout::Message| {
        let (level, kind) = number::native_control(level, kind)?;
        let data = match (level, kind) {
            (ws::IPPROTO_IP, ws::IP_PKTINFO) => layout::windows_pktinfo(&data),
            // Linux takes one byte too.
            (ws::IPPROTO_IP, ws::IP_TOS) if data.len() == 1 => i32::from(data[0]).to_ne_bytes().to_vec(),
            _ => data,
        };
        Some((level, kind, data))
    };
    let messages: Option<Vec<_>> = LINUX_CONTROL.parse(control).into_iter().map(native).collect();
    Ok(LINUX_CONTROL.put(messages.ok_or(Errno::EOPNOTSUPP)?))
}

/// Control messages as Linux has them, but for those that it has not.
fn linux_control(control: &[u8]) -> Vec<u8> {
    let linux = |(level, kind, data): layout::Message| {
        let (level, kind) = number::linux_control(level, kind)?;
        let data = match (level, kind) {
            (c::IPPROTO_IP, c::IP_PKTINFO) => layout::linux_pktinfo(&data),
            (c::IPPROTO_IP, c::IP_TOS) => data[..data.len().min(1)].to_vec(),
            _ => data,
        };
        Some((level, kind, data))
    };
    LINUX_CONTROL.put(LINUX_CONTROL.parse(control).into_iter().filter_map(linux))
}

/// send(2).
pub(crate) fn send(socket: &Socket, data: &[u8], flags: i32) -> io::Result<usize> {
    socket.send_with_flags(data, native_flags(flags)?).map_err(send_error)
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
    let native = native_flags(flags)?;
    let sent = if !control.is_empty() {
        let control = native_control(control)?;
        let message = MsgHdr::new().with_buffers(buffers).with_control(&control);
        match peer {
            Some(peer) => socket.sendmsg(&message.with_addr(peer), native),
            None => socket.sendmsg(&message, native),
        }
    } else if let Some(peer) = peer {
        socket.send_to_vectored_with_flags(buffers, peer, native)
    } else {
        socket.send_vectored_with_flags(buffers, native)
    };
    sent.map_err(send_error)
}

/// Sends at most so many bytes of the file from there on, and goes on from behind them.
///
/// TransmitFile would have the kernel read the file, but waits, or asks to be waited for, as no other call here does.
pub(crate) fn sendfile(socket: &Socket, mut file: &File, at: &mut u64, count: usize) -> io::Result<usize> {
    const MOST: usize = 1 << 16;
    let mut data = Vec::new();
    file.seek(SeekFrom::Start(*at))?;
    file.take(count.min(MOST) as u64).read_to_end(&mut data)?;
    if data.is_empty() {
        return Ok(0);
    }
    let sent = send(socket, &data, 0)?;
    *at += sent as u64;
    Ok(sent)
}

/// Whether a stream's urgent data is next to be received: SIOCATMARK, which is true where there is none.
pub(crate) fn at_mark(socket: &Socket) -> bool {
    let urgent = ws::POLLRDBAND;
    let mut entry = [PollEntry { events: urgent, ..poll_entry(socket, 0) }];
    let has_urgent = poll(&mut entry, Some(Duration::ZERO)).is_ok() && entry[0].happened & urgent != 0;
    has_urgent && request(socket, ws::SIOCATMARK).is_ok_and(|all_read| all_read == 0)
}

/// ioctlsocket: a request that tells one number.
fn request(socket: &Socket, request: i32) -> io::Result<u32> {
    let mut value = 0;
    // SAFETY: the request writes one number.
    answer(unsafe { ws::ioctlsocket(number_of(socket), request, &raw mut value) })?;
    Ok(value)
}

/// How much a stream has to be received: FIONREAD.
pub(crate) fn available(socket: &Socket) -> io::Result<u64> {
    request(socket, ws::FIONREAD).map(u64::from)
}

/// The length of the datagram that is next to be received, or of some.
pub(crate) fn next_length(socket: &Socket) -> io::Result<usize> {
    request(socket, ws::FIONREAD).map(|bytes| bytes as usize)
}

/// Nothing tells what of that which a unix socket has sent waits to be received.
pub(crate) fn unreceived(_: &Socket) -> io::Result<usize> {
    Ok(0)
}

/// No socket is ever on its way to another.
pub(crate) fn collect_sockets() {}

/// EOPNOTSUPP: Windows passes no sockets over others.
pub(crate) fn passed_number<T>(_: &T) -> Result<i32, Errno> {
    Err(Errno::EOPNOTSUPP)
}

/// What the descriptor is of.
pub(crate) fn opened(descriptor: Received) -> io::Result<Opened> {
    match descriptor {}
}

/// Whether calls do not wait. Windows cannot be asked; here none does.
pub(crate) fn is_nonblocking(_: &Socket) -> io::Result<bool> {
    Ok(true)
}

/// getsockopt(2), at most `size` bytes.
pub(crate) fn getsockopt(socket: &Socket, level: i32, name: i32, size: usize) -> io::Result<Vec<u8>> {
    let int = |value: i32| value.to_ne_bytes().to_vec();
    let mut value = match (level, name) {
        (c::SOL_SOCKET, c::SO_DOMAIN) => int(numbers(socket)?.0),
        (c::SOL_SOCKET, c::SO_PROTOCOL) => int(numbers(socket)?.2),
        (c::SOL_SOCKET, c::SO_ERROR) => int(linux_errno(get_int(socket, level, name)?)),
        (c::SOL_SOCKET, c::SO_RCVTIMEO | c::SO_SNDTIMEO) => {
            layout::timeval_of(get_int(socket, level, name)?.cast_unsigned())
        }
        (c::SOL_SOCKET, c::SO_LINGER) => layout::long_linger(get_int(socket, level, name)?.to_ne_bytes()),
        _ => return get_option(socket, level, name, size),
    };
    value.truncate(size);
    Ok(value)
}

fn get_int(socket: &Socket, level: i32, name: i32) -> io::Result<i32> {
    let bytes = get_option(socket, level, name, size_of::<i32>())?;
    Ok(bytes.try_into().map_or(0, i32::from_ne_bytes))
}

fn get_option(socket: &Socket, level: i32, name: i32, size: usize) -> io::Result<Vec<u8>> {
    let (level, name) = native_option(level, name)?;
    let mut value = vec![0u8; size];
    let mut len = size as i32;
    // SAFETY: the buffer has `len` bytes.
    answer(unsafe { ws::getsockopt(number_of(socket), level, name, value.as_mut_ptr(), &raw mut len) })?;
    value.truncate(len as usize);
    Ok(value)
}

/// setsockopt(2).
pub(crate) fn setsockopt(socket: &Socket, level: i32, name: i32, value: &[u8]) -> io::Result<()> {
    let converted = match (level, name) {
        // To listen again where connections of an earlier listener linger, which Linux means by it, needs nothing. What
        // Windows means is to take the port from another program.
        (c::SOL_SOCKET, c::SO_REUSEADDR) if socket.r#type()? == Type::STREAM => return Ok(()),
        (c::SOL_SOCKET, c::SO_RCVTIMEO | c::SO_SNDTIMEO) => layout::milliseconds_of(value)?.to_ne_bytes().to_vec(),
        (c::SOL_SOCKET, c::SO_LINGER) => layout::short_linger(value)?.to_vec(),
        (c::IPPROTO_IP, c::IP_ADD_MEMBERSHIP | c::IP_DROP_MEMBERSHIP) => layout::membership(value, true),
        (c::IPPROTO_IP, c::IP_MULTICAST_IF) => layout::membership(value, false),
        (
            c::IPPROTO_IP,
            c::IP_ADD_SOURCE_MEMBERSHIP | c::IP_DROP_SOURCE_MEMBERSHIP | c::IP_BLOCK_SOURCE | c::IP_UNBLOCK_SOURCE,
        ) => layout::source_membership(value),
        _ if number::is_group_option(level, name) => native_group(value),
        _ => value.to_vec(),
    };
    let (level, name) = native_option(level, name)?;
    // SAFETY: the buffer has that many bytes. Options whose value holds pointers are refused before (see `option`).
    answer(unsafe { ws::setsockopt(number_of(socket), level, name, converted.as_ptr(), converted.len() as i32) })
        .map(drop)
}

/// `struct group_req` and `group_source_req`, whose addresses name their families by this system's numbers.
fn native_group(value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    for at in [8, 8 + CAPACITY] {
        if let Some(family) = value.get_mut(at..).and_then(|rest| rest.first_chunk_mut()) {
            *family = (native_family(i32::from(u16::from_ne_bytes(*family))) as u16).to_ne_bytes();
        }
    }
    value
}

/// setsockopt(2) with a null pointer and a length. EOPNOTSUPP: no option of Windows' takes one.
pub(crate) fn setsockopt_null(_: &Socket, level: i32, name: i32, _: u32) -> io::Result<()> {
    native_option(level, name)?;
    Err(Errno::EOPNOTSUPP.into())
}

/// shutdown(2) with any number; SD_RECEIVE, SD_SEND and SD_BOTH are the contract's.
pub(crate) fn shutdown(socket: &Socket, how: i32) -> io::Result<()> {
    // SAFETY: no memory is involved.
    answer(unsafe { ws::shutdown(number_of(socket), how) }).map(drop)
}

/// WSAIoctl with a control code that Python takes, and its argument. EINVAL: another, or another argument.
pub(crate) fn ioctl(socket: &Socket, code: u32, argument: &[u8]) -> io::Result<()> {
    let (code, argument) = Control::decode(code, argument)?.encode();
    let mut told = 0;
    // SAFETY: the buffer has that many bytes, and none are to be written but the number of those that were.
    answer(unsafe {
        ws::WSAIoctl(
            number_of(socket),
            code,
            argument.as_ptr().cast(),
            argument.len() as u32,
            ptr::null_mut(),
            0,
            &raw mut told,
            ptr::null_mut(),
            None,
        )
    })
    .map(drop)
}

/// Whether a call can be asked not to wait, whatever the socket's mode.
pub(crate) const HAS_DONTWAIT: bool = false;

/// Whether processes share sockets by telling each other bytes.
pub(crate) const SHARES: bool = true;

/// Gives a process a share of the socket, and what it takes it by: WSADuplicateSocketW.
pub(crate) fn share(socket: &Socket, process: u32) -> io::Result<Vec<u8>> {
    // SAFETY: cleared, the structure is valid; it has no padding, and is read as the bytes that it is.
    unsafe {
        let mut info: ws::WSAPROTOCOL_INFOW = std::mem::zeroed();
        answer(ws::WSADuplicateSocketW(number_of(socket), process, &raw mut info))?;
        Ok(std::slice::from_raw_parts((&raw const info).cast::<u8>(), PROTOCOL_INFO).to_vec())
    }
}

/// Takes a socket that a process gave by [`share`]: WSASocketW. EINVAL: bytes of another length.
pub(crate) fn from_share(bytes: &[u8]) -> io::Result<super::OwnedSocket> {
    start();
    let bytes: &[u8; PROTOCOL_INFO] = bytes.try_into().map_err(|_| io::Error::from(Errno::EINVAL))?;
    // SAFETY: the structure is of plain numbers, and has that many bytes.
    let info: ws::WSAPROTOCOL_INFOW = unsafe { bytes.as_ptr().cast::<ws::WSAPROTOCOL_INFOW>().read_unaligned() };
    let flags = ws::WSA_FLAG_OVERLAPPED | ws::WSA_FLAG_NO_HANDLE_INHERIT;
    let any = ws::FROM_PROTOCOL_INFO;
    // SAFETY: the structure outlives the call; the socket belongs to nobody else.
    unsafe {
        let socket = ws::WSASocketW(any, any, any, &raw const info, 0, flags);
        if socket == ws::INVALID_SOCKET {
            return Err(last_error());
        }
        Ok(super::OwnedSocket::from_raw_socket(socket as _))
    }
}

/// if_nametoindex.
pub(crate) fn if_nametoindex(name: &CStr) -> io::Result<u32> {
    use windows_sys::Win32::NetworkManagement::IpHelper::if_nametoindex;
    // SAFETY: the name ends with a NUL.
    match unsafe { if_nametoindex(name.as_ptr().cast()) } {
        0 => Err(Errno::ENODEV.into()),
        index => Ok(index),
    }
}

/// if_indextoname.
pub(crate) fn if_indextoname(index: u32) -> io::Result<Vec<u8>> {
    use windows_sys::Win32::NetworkManagement::IpHelper::if_indextoname;
    // netioapi.h: NDIS_IF_MAX_STRING_SIZE and a NUL.
    let mut name = [0u8; 257];
    // SAFETY: the buffer has the size that the function asks for.
    if unsafe { if_indextoname(index, name.as_mut_ptr()) }.is_null() {
        return Err(Errno::ENXIO.into());
    }
    Ok(name.split(|byte| *byte == 0).next().unwrap_or_default().to_vec())
}

/// Every interface's index and name, as CPython lists them: GetIfTable2Ex.
pub(crate) fn if_nameindex() -> io::Result<Vec<(u32, Vec<u8>)>> {
    let mut table = ptr::null_mut();
    // SAFETY: the table is read as long as it is, and freed once; each name's buffer has the size that is told.
    unsafe {
        let code = GetIfTable2Ex(MibIfTableRaw, &raw mut table);
        if code != win32::NO_ERROR {
            return Err(io::Error::from_raw_os_error(code as i32));
        }
        let rows = (&raw const (*table).Table).cast();
        let rows: &[windows_sys::Win32::NetworkManagement::IpHelper::MIB_IF_ROW2] =
            std::slice::from_raw_parts(rows, (*table).NumEntries as usize);
        let interfaces = rows.iter().map(|row| {
            let mut name = [0u16; 257];
            let code = ConvertInterfaceLuidToNameW(&raw const row.InterfaceLuid, name.as_mut_ptr(), name.len());
            if code != win32::NO_ERROR {
                return Err(io::Error::from_raw_os_error(code as i32));
            }
            let name = name.split(|unit| *unit == 0).next().unwrap_or_default();
            Ok((row.InterfaceIndex, String::from_utf16_lossy(name).into_bytes()))
        });
        let interfaces = interfaces.collect();
        FreeMibTable(table.cast());
        interfaces
    }
}

/// gethostname.
pub(crate) fn gethostname() -> io::Result<Vec<u8>> {
    start();
    let mut name = [0u8; 257];
    // SAFETY: the buffer has that many bytes.
    answer(unsafe { ws::gethostname(name.as_mut_ptr(), name.len() as i32) })?;
    Ok(name.split(|byte| *byte == 0).next().unwrap_or_default().to_vec())
}

/// EOPNOTSUPP: Winsock has no such call, and Python none on Windows.
pub(crate) fn sethostname(_: &[u8]) -> io::Result<()> {
    Err(Errno::EOPNOTSUPP.into())
}

/// ENODEV: vsock(7) is Linux's; Windows has AF_HYPERV.
pub(crate) fn local_cid() -> io::Result<u32> {
    Err(Errno::ENODEV.into())
}

/// getaddrinfo. Blocks.
pub(crate) fn getaddrinfo(
    host: Option<&CStr>,
    service: Option<&CStr>,
    (family, kind, protocol, flags): (i32, i32, i32, i32),
) -> Result<Vec<Info>, Error> {
    start();
    let pointer = |text: Option<&CStr>| text.map_or(ptr::null(), |text| text.as_ptr().cast());
    let flags = number::native_lookup_flags(flags).ok_or(BAD_FLAGS)?;
    // SAFETY: cleared, the structure is valid; the texts end with NULs; each entry of the list and each address in it is
    // valid until the list is freed, once.
    unsafe {
        let mut hints: ws::ADDRINFOA = std::mem::zeroed();
        hints.ai_family = native_family(family);
        hints.ai_socktype = kind;
        hints.ai_protocol = protocol;
        hints.ai_flags = flags;
        let mut list: *mut ws::ADDRINFOA = ptr::null_mut();
        check_gai(ws::getaddrinfo(pointer(host), pointer(service), &raw const hints, &raw mut list))?;
        let mut infos = Vec::new();
        let mut at = list;
        while let Some(info) = at.as_ref() {
            infos.push(Info {
                family: linux_family(info.ai_family),
                kind: if info.ai_socktype == 0 { kind } else { info.ai_socktype },
                protocol: info.ai_protocol,
                canonical_name: if info.ai_canonname.is_null() { Vec::new() } else { text(info.ai_canonname) },
                address: from_parts(info.ai_addr.cast(), info.ai_addrlen),
            });
            at = info.ai_next;
        }
        ws::freeaddrinfo(list);
        Ok(infos)
    }
}

/// getnameinfo. Blocks.
pub(crate) fn getnameinfo(address: &RawAddress, flags: i32) -> Result<(Vec<u8>, Vec<u8>), Error> {
    start();
    let mut host = [0u8; 1025];
    let mut service = [0u8; 32];
    let address = to_sockaddr(address);
    let flags = number::native_name_flags(flags).ok_or(BAD_FLAGS)?;
    // SAFETY: the address and the buffers have the lengths that are told; the function ends the texts with NULs.
    unsafe {
        check_gai(ws::getnameinfo(
            address.as_ptr().cast(),
            address.len(),
            host.as_mut_ptr(),
            host.len() as u32,
            service.as_mut_ptr(),
            service.len() as u32,
            flags,
        ))?;
        Ok((text(host.as_ptr()), text(service.as_ptr())))
    }
}

const BAD_FLAGS: Error = Error::Gai(GaiCode(c::EAI_BADFLAGS));

fn check_gai(code: i32) -> Result<(), Error> {
    match code {
        0 => Ok(()),
        code => match number::linux_gai(code) {
            Some(code) => Err(Error::Gai(GaiCode(code))),
            None => Err(io::Error::from_raw_os_error(code).into()),
        },
    }
}

fn host_error() -> Error {
    let code = last_error().raw_os_error().unwrap_or_default();
    Error::Host(HostCode(number::linux_host_error(code)))
}

/// gethostbyname. Blocks. No address: a family other than AF_INET, which it does not know.
pub(crate) fn gethostbyname(name: &CStr, family: i32) -> Result<Host, Error> {
    start();
    if family != c::AF_INET {
        return Err(Error::Host(HostCode(4)));
    }
    // SAFETY: the name ends with a NUL; the answer is this thread's own until its next call.
    unsafe { ws::gethostbyname(name.as_ptr().cast()).as_ref().map(|entry| read_host(entry)) }.ok_or_else(host_error)
}

/// gethostbyaddr, the address in network order. Blocks.
pub(crate) fn gethostbyaddr(address: &[u8], family: i32) -> Result<Host, Error> {
    start();
    // SAFETY: the address has that many bytes; the answer is this thread's own until its next call.
    unsafe {
        let entry = ws::gethostbyaddr(address.as_ptr(), address.len() as i32, native_family(family));
        entry.as_ref().map(|entry| read_host(entry)).ok_or_else(host_error)
    }
}

/// # Safety
///
/// The entry is one that Winsock has filled.
unsafe fn read_host(entry: &ws::HOSTENT) -> Host {
    // SAFETY: the lists end with null pointers, names end with NULs, and addresses have the length told.
    unsafe {
        let length = usize::try_from(entry.h_length).unwrap_or(0);
        let address = |at: *mut i8| std::slice::from_raw_parts(at.cast::<u8>(), length).to_vec();
        let aliases = list(entry.h_aliases).into_iter().map(|alias| text(alias.cast())).collect();
        (text(entry.h_name), aliases, list(entry.h_addr_list).into_iter().map(address).collect())
    }
}

/// # Safety
///
/// The list is null or ends with a null pointer.
unsafe fn list(mut at: *mut *mut i8) -> Vec<*mut i8> {
    let mut entries = Vec::new();
    // SAFETY: an entry that is not null has one behind it.
    unsafe {
        while !at.is_null() && !(*at).is_null() {
            entries.push(*at);
            at = at.add(1);
        }
    }
    entries
}

/// # Safety
///
/// The text is null or ends with a NUL.
unsafe fn text(from: *const u8) -> Vec<u8> {
    if from.is_null() {
        return Vec::new();
    }
    // SAFETY: as the caller promises.
    unsafe { CStr::from_ptr(from.cast()) }.to_bytes().to_vec()
}

/// getservbyname: the port.
pub(crate) fn getservbyname(name: &CStr, protocol: Option<&CStr>) -> Option<u16> {
    start();
    let protocol = protocol.map_or(ptr::null(), |protocol| protocol.as_ptr().cast());
    // SAFETY: the texts end with NULs; the answer is this thread's own until its next call.
    let entry = unsafe { ws::getservbyname(name.as_ptr().cast(), protocol).as_ref() };
    entry.map(|entry| u16::from_be(entry.s_port.cast_unsigned()))
}

/// getservbyport: the name.
pub(crate) fn getservbyport(port: u16, protocol: Option<&CStr>) -> Option<Vec<u8>> {
    start();
    let protocol = protocol.map_or(ptr::null(), |protocol| protocol.as_ptr().cast());
    // SAFETY: the text ends with a NUL; the answer is this thread's own until its next call, and its name ends with one.
    unsafe { ws::getservbyport(i32::from(port.to_be()), protocol).as_ref().map(|entry| text(entry.s_name)) }
}

/// getprotobyname: the number.
pub(crate) fn getprotobyname(name: &CStr) -> Option<i32> {
    start();
    // SAFETY: the name ends with a NUL; the answer is this thread's own until its next call.
    unsafe { ws::getprotobyname(name.as_ptr().cast()).as_ref() }.map(|entry| entry.p_proto.into())
}

/// The path of these bytes; none where they are not UTF-8.
pub(crate) fn path(bytes: &[u8]) -> Option<&Path> {
    std::str::from_utf8(bytes).ok().map(Path::new)
}

/// The bytes of the path, as guests write them: with `/`.
pub(crate) fn path_bytes(path: &Path) -> Vec<u8> {
    path.to_string_lossy().replace('\\', "/").into_bytes()
}

/// The path without symbolic links, and without the `\\?\` that unix sockets do not take.
pub(crate) fn true_path(path: &Path) -> io::Result<PathBuf> {
    let path = std::fs::canonicalize(path)?;
    let short = path.to_str().and_then(|text| text.strip_prefix(r"\\?\"));
    // What follows may also be a share of another machine's.
    let on_disk = short.filter(|text| text.as_bytes().get(1) == Some(&b':'));
    Ok(on_disk.map_or_else(|| path.clone(), PathBuf::from))
}

/// Whether the file may be read, and whether it may be written. Nobody is ever handed one.
pub(crate) fn access(_: &File) -> (bool, bool) {
    (true, false)
}

/// Whether they are this process' own ids: Windows has no such.
pub(crate) fn is_this_process(_: i32, _: u32, _: u32) -> bool {
    false
}

/// How many sockets this process may have: as many as there is memory for.
pub(crate) fn most_descriptors() -> u64 {
    u64::MAX
}

/// A socket to be waited for, and what for.
pub(crate) struct PollEntry<'a> {
    number: ws::SOCKET,
    events: i16,
    happened: i16,
    socket: PhantomData<&'a Socket>,
}

/// Waits for these events of the socket.
pub(crate) fn poll_entry(socket: &Socket, asked: i16) -> PollEntry<'_> {
    PollEntry { number: number_of(socket), events: number::native_events(asked), happened: 0, socket: PhantomData }
}

/// Which of the events that were asked for hold, or of error.
pub(crate) fn polled(entry: &PollEntry<'_>, asked: i16) -> i16 {
    number::linux_events(entry.happened, asked)
}

/// WSAPoll: whether an event of one of the sockets holds.
pub(crate) fn poll(entries: &mut [PollEntry<'_>], limit: Option<Duration>) -> io::Result<bool> {
    // As std does it: what is left of a millisecond is waited for as well.
    let millis = limit.map(|limit| limit.as_nanos().div_ceil(1_000_000));
    if entries.is_empty() {
        // WSAPoll would refuse.
        match limit {
            Some(limit) => std::thread::sleep(limit),
            None => std::thread::park(),
        }
        return Ok(false);
    }
    let millis = millis.map_or(-1, |millis| i32::try_from(millis).unwrap_or(i32::MAX));
    let raw = |entry: &PollEntry<'_>| ws::WSAPOLLFD { fd: entry.number, events: entry.events, revents: 0 };
    let (mut one, mut many);
    let fds: &mut [ws::WSAPOLLFD] = if let [entry] = &*entries {
        one = [raw(entry)];
        &mut one
    } else {
        many = entries.iter().map(raw).collect::<Vec<_>>();
        &mut many
    };
    // SAFETY: there are that many entries.
    let any = answer(unsafe { ws::WSAPoll(fds.as_mut_ptr(), fds.len() as u32, millis) })? != 0;
    for (entry, fd) in entries.iter_mut().zip(fds) {
        entry.happened = fd.revents;
    }
    Ok(any)
}

/// A socket's place in tokio's reactor, which watches a duplicate as it would a stream's: it asks the driver that all
/// sockets of Windows' own have in common.
pub(crate) struct Registration(TcpStream);

impl Registration {
    /// Panics outside a runtime.
    pub(crate) fn new(socket: &Arc<Socket>) -> io::Result<Self> {
        Ok(Self(TcpStream::from_std(socket.try_clone()?.into())?))
    }

    /// Waits in the reactor until what is asked for holds.
    pub(crate) async fn woken(&self, events: i16, holds: impl Fn() -> io::Result<bool>) -> io::Result<bool> {
        let reads = events & (c::POLLIN | POLLRDNORM) != 0;
        let writes = events & (c::POLLOUT | POLLWRNORM) != 0;
        let interest = match (reads, writes) {
            // Of urgent data alone, and of errors alone, nothing tells.
            _ if events & (c::POLLPRI | POLLRDBAND) != 0 => None,
            (false, false) => None,
            (true, true) => Some(Interest::READABLE | Interest::WRITABLE),
            (true, false) => Some(Interest::READABLE),
            (false, true) => Some(Interest::WRITABLE),
        };
        let Some(interest) = interest else {
            while !holds()? {
                tokio::time::sleep(super::LOOK).await;
            }
            return Ok(true);
        };
        let ask = || if holds()? { Ok(()) } else { Err(io::ErrorKind::WouldBlock.into()) };
        self.0.async_io(interest, ask).await?;
        Ok(true)
    }
}

/// EAFNOSUPPORT: PF_SYSTEM is macOS' own.
pub(crate) fn control_id(_: &Socket, _: &[u8]) -> io::Result<u32> {
    Err(Errno::EAFNOSUPPORT.into())
}
