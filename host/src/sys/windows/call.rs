//! Calls of Winsock.

use std::io;
use std::os::windows::io::AsRawSocket;
use std::sync::Once;

use socket2::{Domain, Socket, Type};
use windows_sys::Win32::Networking::WinSock as ws;

/// The answer of a call, which is SOCKET_ERROR where there is an error.
pub(super) fn answer(result: i32) -> io::Result<i32> {
    if result == ws::SOCKET_ERROR { Err(last_error()) } else { Ok(result) }
}

/// The error of this thread's last call.
pub(super) fn last_error() -> io::Error {
    // SAFETY: the function has no terms.
    io::Error::from_raw_os_error(unsafe { ws::WSAGetLastError() })
}

/// The socket, as calls take it.
pub(super) fn number_of(socket: &Socket) -> ws::SOCKET {
    socket.as_raw_socket() as ws::SOCKET
}

/// Sees to it that Winsock was started, as every call of it needs.
pub(super) fn start() {
    static STARTED: Once = Once::new();
    // `socket2` starts it before it makes a socket.
    STARTED.call_once(|| drop(Socket::new(Domain::IPV4, Type::DGRAM, None)));
}

/// ioctlsocket: a request that tells one number.
pub(super) fn request(socket: &Socket, request: i32) -> io::Result<u32> {
    let mut value = 0;
    // SAFETY: the request writes one number.
    answer(unsafe { ws::ioctlsocket(number_of(socket), request, &raw mut value) })?;
    Ok(value)
}
