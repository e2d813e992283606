//! What the kernel holds for a socket.

use berkeley_constants as c;
use socket2::Socket;

use crate::sys::call::get_option;
use crate::sys::memory::Memory;

/// linux/sock_diag.h: the numbers of SO_MEMINFO.
const RMEM_ALLOC: usize = 0;
const RCVBUF: usize = 1;
const WMEM_ALLOC: usize = 2;
const WMEM_QUEUED: usize = 5;
const OPTMEM: usize = 6;
const BACKLOG: usize = 7;

/// linux/tcp.h: where struct tcp_info tells of a listener how many connections wait.
const UNACKED: usize = 24;

/// What the kernel holds for the socket: SO_MEMINFO. Nothing, where it does not tell.
pub(crate) fn memory(socket: &Socket) -> Memory {
    let bytes = get_option(socket, c::SOL_SOCKET, c::SO_MEMINFO, 9 * size_of::<u32>()).unwrap_or_default();
    let number = |at: usize| word(&bytes, at * size_of::<u32>());
    Memory {
        received: number(RMEM_ALLOC) + number(BACKLOG),
        // TCP counts what is in its queue, others what is on its way.
        sent: number(WMEM_ALLOC).max(number(WMEM_QUEUED)),
        options: number(OPTMEM),
        receive_buffer: number(RCVBUF),
    }
}

/// How many connections wait for a listener to accept them, as far as it is of TCP.
pub(crate) fn unaccepted(listener: &Socket) -> usize {
    get_option(listener, c::IPPROTO_TCP, c::TCP_INFO, UNACKED + size_of::<u32>()).map_or(0, |info| word(&info, UNACKED))
}

fn word(bytes: &[u8], at: usize) -> usize {
    let word = bytes.get(at..).and_then(|rest| rest.first_chunk());
    word.map_or(0, |word| usize::try_from(u32::from_ne_bytes(*word)).unwrap_or(usize::MAX))
}
