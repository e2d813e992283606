//! Sockets that processes give each other as bytes, and the control codes of `ioctl`.

use std::os::windows::io::FromRawSocket;
use std::{io, ptr, slice};

use socket2::Socket;
use windows_sys::Win32::Networking::WinSock as ws;

use super::call::{answer, last_error, number_of, start};
use crate::error::Errno;
use crate::sys::layout::{self, Control, PROTOCOL_INFO};
use crate::sys::socket::OwnedSocket;

const _: () = assert!(size_of::<ws::WSAPROTOCOL_INFOW>() == PROTOCOL_INFO);
const _: () = assert!(ws::SIO_RCVALL == layout::SIO_RCVALL);
const _: () = assert!(ws::SIO_KEEPALIVE_VALS == layout::SIO_KEEPALIVE_VALS);
const _: () = assert!(ws::SIO_LOOPBACK_FAST_PATH == layout::SIO_LOOPBACK_FAST_PATH);
const _: () = assert!(size_of::<ws::tcp_keepalive>() == 12);

/// Whether processes share sockets by telling each other bytes.
pub(crate) const SHARES: bool = true;

/// Gives a process a share of the socket, and what it takes it by: WSADuplicateSocketW.
pub(crate) fn share(socket: &Socket, process: u32) -> io::Result<Vec<u8>> {
    // SAFETY: cleared, the structure is valid; it has no padding, and is read as the bytes that it is.
    unsafe {
        let mut info: ws::WSAPROTOCOL_INFOW = std::mem::zeroed();
        answer(ws::WSADuplicateSocketW(number_of(socket), process, &raw mut info))?;
        Ok(slice::from_raw_parts((&raw const info).cast::<u8>(), PROTOCOL_INFO).to_vec())
    }
}

/// Takes a socket that a process gave by [`share`]: WSASocketW. EINVAL: bytes of another length.
pub(crate) fn from_share(bytes: &[u8]) -> io::Result<OwnedSocket> {
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
        Ok(OwnedSocket::from_raw_socket(socket as _))
    }
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
