//! Many messages by one call: sendmmsg(2), recvmmsg(2). The contract has none for it.

use core::ffi::c_int;
use std::time::{Duration, Instant};

use berkeley_constants::MSG_DONTWAIT;

use super::header::Mmsghdr;
use super::receive::receive;
use super::send::send;
use crate::endpoint::Socket;
use crate::export::exported;
use crate::failure::Result;
use crate::memory::{IOV_MAX, In, Out};
use crate::poll::{NANOSECONDS, Time};

/// The call waits for the first message alone. It says nothing to the host.
const MSG_WAITFORONE: c_int = 0x1_0000;

/// Goes on until one fails; then the others count, and the next call tells of it.
fn each(count: u32, mut one: impl FnMut(usize) -> Result<bool>) -> Result<c_int> {
    let mut done = 0;
    for at in 0..(count as usize).min(IOV_MAX) {
        match one(at) {
            Ok(goes_on) => {
                done += 1;
                if !goes_on {
                    break;
                }
            }
            Err(_) if done > 0 => break,
            Err(failure) => return Err(failure),
        }
    }
    Ok(done)
}

exported! {
    /// sendmmsg(2)
    fn sendmmsg(fd: c_int, messages: Out<Mmsghdr>, count: u32, flags: c_int) -> c_int {
        let socket = Socket::of(fd)?;
        each(count, |at| {
            let place = messages.at(at);
            let mut message = place.get()?;
            message.length = send(&socket, &message.header, flags)? as u32;
            place.put(message)?;
            Ok(true)
        })
    }

    /// recvmmsg(2): as in Linux, the limit is looked at between messages.
    fn recvmmsg(fd: c_int, messages: Out<Mmsghdr>, count: u32, flags: c_int, limit: In<Time>) -> c_int {
        let socket = Socket::of(fd)?;
        let limit = limit.get_if()?.map(|limit| limit.nanoseconds(NANOSECONDS)).transpose()?.map(Duration::from_nanos);
        let began = Instant::now();
        let mut asked = flags & !MSG_WAITFORONE;
        each(count, |at| {
            let place = messages.at(at);
            let (length, header) = receive(&socket, place.get()?.header, asked)?;
            place.put(Mmsghdr { header, length: length as u32 })?;
            if flags & MSG_WAITFORONE != 0 {
                asked |= MSG_DONTWAIT;
            }
            Ok(limit.is_none_or(|limit| began.elapsed() < limit))
        })
    }
}
