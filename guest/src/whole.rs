//! Receiving with MSG_WAITALL more than the host gives by one call: part after part, up to where the kernel would end it.

use std::time::{Duration, Instant};

use berkeley_constants::ioctl::{FIONREAD, SIOCATMARK, SOL_IOCTL};
use berkeley_constants::{
    AF_UNIX, MSG_CTRUNC, MSG_DONTWAIT, MSG_PEEK, MSG_WAITALL, POLLERR, POLLHUP, POLLIN, SO_PASSCRED, SO_RCVTIMEO,
    SOL_SOCKET,
};

use crate::bindings::address::SocketAddress;
use crate::bindings::ancillary::{Message, recvmsg};
use crate::bindings::error::{Errno, Error};
use crate::bindings::option::{getsockopt, getsockopt_bytes};
use crate::bindings::poll::{Interest, poll};
use crate::bindings::socket::Socket;
use crate::endpoint::nanoseconds;
use crate::option::{OptionStruct, Timeval};
use crate::place;

/// How much of a stream the host gives at once to a call that waits for all of it, at least.
const LEAST_PART: usize = 1 << 16;

/// What one call of the host's gave.
#[derive(Debug)]
pub struct Part {
    /// So many bytes.
    pub length: usize,
    /// Nothing belongs to the same call of the program's behind it.
    pub is_last: bool,
}

/// Whether a call of a stream's in blocking mode, for so much, may take more than one of the host's.
pub fn takes_parts(size: usize, flags: i32) -> bool {
    size > LEAST_PART && flags & (MSG_WAITALL | MSG_PEEK | MSG_DONTWAIT) == MSG_WAITALL
}

/// Receives so much by a function that receives a part, behind what there is already, with flags. Tells how much came.
///
/// # Errors
///
/// Those of the first part.
pub fn receive(
    socket: &Socket,
    size: usize,
    flags: i32,
    mut part: impl FnMut(usize, i32) -> Result<Part, Error>,
) -> Result<usize, Error> {
    let began = Instant::now();
    let Part { mut length, is_last } = part(0, flags)?;
    // Less than that is all that there was to get.
    let mut is_last = is_last || length < LEAST_PART;
    // Only what is there, for each part would wait as long as the whole may.
    let at_once = flags & !MSG_WAITALL | MSG_DONTWAIT;
    while !is_last && length < size && has_more(socket, began) {
        match part(length, at_once) {
            Ok(more) => {
                length += more.length;
                is_last = more.is_last || more.length == 0;
            }
            // Who else receives there has taken it.
            Err(Error::Os(Errno::Eagain)) => {}
            // What stops it is told by the next call, as the kernel does it.
            Err(_) => is_last = true,
        }
    }
    Ok(length)
}

/// Receives into the buffer, and tells who sent the first of it.
///
/// # Errors
///
/// Those of recvfrom(2).
pub fn receive_into(socket: &Socket, buffer: &mut [u8], flags: i32) -> Result<(usize, Option<SocketAddress>), Error> {
    let is_unix = socket.family() == AF_UNIX;
    let mut first = None;
    let length = receive(socket, buffer.len(), flags, |have, flags| {
        let room = &mut buffer[have..];
        let (part, peer) = if is_unix { message_into(socket, room, flags)? } else { bytes_into(socket, room, flags)? };
        first.get_or_insert(peer);
        Ok(part)
    })?;
    Ok((length, first.flatten()))
}

fn bytes_into(socket: &Socket, room: &mut [u8], flags: i32) -> Result<(Part, Option<SocketAddress>), Error> {
    let (length, peer) = place::receive(room, |size| socket.recvfrom(size, flags))?;
    Ok((Part { length, is_last: false }, peer))
}

/// Of descriptors, behind which the kernel ends the call, messages alone tell.
fn message_into(socket: &Socket, room: &mut [u8], flags: i32) -> Result<(Part, Option<SocketAddress>), Error> {
    let message = recvmsg(socket, room.len() as u64, 0, flags)?;
    room[..message.data.len()].copy_from_slice(&message.data);
    Ok((Part { length: message.data.len(), is_last: is_last(socket, &message) }, message.address))
}

/// Whether the kernel ends the call behind that message of a stream: it came with descriptors, or with what there was no
/// room for, unless that is who sent it.
pub fn is_last(socket: &Socket, message: &Message) -> bool {
    !message.ancillary.is_empty()
        || message.flags & MSG_CTRUNC != 0 && !getsockopt(socket, SOL_SOCKET, SO_PASSCRED).is_ok_and(|on| on != 0)
}

/// Waits, as long as the call may, for more of what belongs to it. Urgent data does not, nor does the error that ended the
/// connection.
fn has_more(socket: &Socket, began: Instant) -> bool {
    if getsockopt(socket, SOL_IOCTL, SIOCATMARK).is_ok_and(|at| at != 0) {
        return false;
    }
    let left = limit(socket, SO_RCVTIMEO).map(|limit| nanoseconds(limit.saturating_sub(began.elapsed())));
    let events = poll(&[Interest { socket, events: POLLIN }], left).map_or(0, |told| told[0]);
    let broken = POLLERR | POLLHUP;
    events != 0 && (events & broken != broken || getsockopt(socket, SOL_IOCTL, FIONREAD).is_ok_and(|length| length > 0))
}

/// How long a call may wait, by the option that says it: SO_RCVTIMEO, SO_SNDTIMEO.
pub fn limit(socket: &Socket, option: i32) -> Option<Duration> {
    let bytes = getsockopt_bytes(socket, SOL_SOCKET, option, Timeval::SIZE as u32).ok()?;
    Timeval::from_bytes(&bytes)?.into()
}
