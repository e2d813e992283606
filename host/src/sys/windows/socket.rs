//! Sockets: how they are made, and what is asked of them.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use berkeley_constants as c;
use socket2::{Domain, Socket, Type};
use windows_sys::Win32::Networking::WinSock as ws;

use super::call::{answer, number_of};
use crate::address::{Address, NoInterfaces, RawAddress};
use crate::error::Errno;
use crate::number::{linux_family, native_family};
use crate::sys::address::from_sockaddr;
use crate::sys::layout::PROTOCOL_INFO;

/// Whether a call that blocked would ask how connecting went by connecting again.
pub(crate) const CONNECTS_AGAIN: bool = false;

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

/// What connecting answered: where Linux says that it is under way, Winsock says that it would block.
pub(crate) fn connect_error(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::WouldBlock { Errno::EINPROGRESS.into() } else { error }
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
    address.encode_with(&NoInterfaces).map_err(|_| error)
}

/// Whether calls do not wait. Windows cannot be asked; here none does.
pub(crate) fn is_nonblocking(_: &Socket) -> io::Result<bool> {
    Ok(true)
}

/// shutdown(2) with any number; SD_RECEIVE, SD_SEND and SD_BOTH are the contract's.
pub(crate) fn shutdown(socket: &Socket, how: i32) -> io::Result<()> {
    // SAFETY: no memory is involved.
    answer(unsafe { ws::shutdown(number_of(socket), how) }).map(drop)
}

/// No socket is ever on its way to another.
pub(crate) fn collect_sockets() {}

/// EAFNOSUPPORT: PF_SYSTEM is macOS' own.
pub(crate) fn control_id(_: &Socket, _: &[u8]) -> io::Result<u32> {
    Err(Errno::EAFNOSUPPORT.into())
}
