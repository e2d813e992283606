//! Many messages by one call: sendmmsg(2), recvmmsg(2).
//!
//! Those that stand together and have no control messages are one call of the host's; the others are one each.

use core::ffi::c_int;
use std::time::{Duration, Instant};

use berkeley_constants::{MSG_DONTWAIT, MSG_TRUNC, SOCK_STREAM};
use berkeley_guest::bindings::ancillary::{self as wit, IncomingDatagram, OutgoingDatagram};

use super::header::{Mmsghdr, Msghdr};
use super::receive::{MSG_CMSG_CLOEXEC, receive};
use super::send::send;
use crate::description::{fill, room, total};
use crate::endpoint::Socket;
use crate::export::exported;
use crate::failure::Result;
use crate::memory::{self, IOV_MAX, Out};
use crate::poll::{NANOSECONDS, Time};
use crate::socket::{given, told};

/// The call waits for the first message alone. It says nothing to the host.
const MSG_WAITFORONE: c_int = 0x1_0000;

/// How many bytes one call of the host's has at most, unless one message has more.
const MOST: usize = 1 << 20;

/// Goes on until all are done or one fails; then the others count, and the next call tells of it.
fn each(count: u32, mut some: impl FnMut(usize, usize) -> Result<Option<usize>>) -> Result<c_int> {
    let count = (count as usize).min(IOV_MAX);
    let mut done = 0;
    while done < count {
        match some(done, count) {
            Ok(Some(more)) => done += more,
            Ok(None) => break,
            Err(_) if done > 0 => break,
            Err(failure) => return Err(failure),
        }
    }
    Ok(done as c_int)
}

/// Whether the host takes the message along with others.
fn is_plain(socket: &Socket, header: &Msghdr) -> bool {
    let has_control = !header.control.is_null() && header.control_length > 0;
    let is_short = usize::try_from(header.count).is_ok_and(|count| count <= IOV_MAX);
    let has_room = header.name.is_null() || i32::try_from(header.name_length).is_ok();
    socket.r#type() != SOCK_STREAM && !has_control && is_short && has_room
}

/// The data of messages, one behind the other.
#[derive(Default)]
struct Sending {
    data: Vec<u8>,
    datagrams: Vec<OutgoingDatagram>,
}

impl Sending {
    /// Takes in a message, if there is room for it.
    fn add(&mut self, header: &Msghdr) -> Result<bool> {
        let buffers = memory::gather(header.vectors.as_in(), header.count)?;
        let length = total(&buffers);
        if !self.datagrams.is_empty() && self.data.len() + length > MOST {
            return Ok(false);
        }
        let address = if header.name.is_null() { None } else { Some(given(header.name.as_in(), header.name_length)?) };
        buffers.iter().for_each(|buffer| self.data.extend_from_slice(buffer));
        self.datagrams.push(OutgoingDatagram { length: length as u32, address, ancillary: Vec::new() });
        Ok(true)
    }
}

/// Sends some of the messages from there on; tells how many, and whether the last went as a whole.
fn send_some(
    socket: &Socket,
    messages: Out<Mmsghdr>,
    (first, end): (usize, usize),
    flags: c_int,
) -> Result<(usize, bool)> {
    let mut sending = Sending::default();
    for at in first..end {
        let taken = messages
            .at(at)
            .get()
            .and_then(|message| Ok(is_plain(socket, &message.header) && sending.add(&message.header)?));
        match taken {
            Ok(true) => {}
            // It is for the next call.
            Ok(false) => break,
            Err(_) if at > first => break,
            Err(failure) => return Err(failure),
        }
    }
    if sending.datagrams.is_empty() {
        let place = messages.at(first);
        let mut message = place.get()?;
        let all = total(&memory::gather(message.header.vectors.as_in(), message.header.count)?);
        let sent = send(socket, &message.header, flags)?;
        message.length = sent as u32;
        place.put(message)?;
        return Ok((1, sent == all));
    }
    let call = |handle: &_| wit::sendmmsg(handle, &sending.data, &sending.datagrams, flags);
    let sent = socket.sending(flags, call)? as usize;
    for (at, datagram) in sending.datagrams[..sent].iter().enumerate() {
        let place = messages.at(first + at);
        place.put(Mmsghdr { length: datagram.length, ..place.get()? })?;
    }
    Ok((sent, true))
}

/// Puts a datagram where its header says.
fn put(place: Out<Mmsghdr>, data: &[u8], datagram: &IncomingDatagram, flags: c_int) -> Result<()> {
    let Mmsghdr { mut header, .. } = place.get()?;
    let mut buffers = memory::scatter(header.vectors.as_in(), header.count)?;
    let filled = fill(&mut buffers, data);
    // The others may have more room.
    let is_cut = datagram.whole_length as usize > filled;
    header.flags = datagram.flags | if is_cut { MSG_TRUNC } else { 0 };
    header.control_length = 0;
    if !header.name.is_null() {
        let mut length = [header.name_length];
        told(datagram.address.as_ref(), header.name, Out::to(&mut length))?;
        [header.name_length] = length;
    }
    let length = if flags & MSG_TRUNC != 0 { datagram.whole_length } else { filled as u32 };
    place.put(Mmsghdr { header, length })
}

/// How many of the messages from there on the host may receive at once, and for how many bytes each.
fn plain_ones(socket: &Socket, messages: Out<Mmsghdr>, (first, end): (usize, usize)) -> Result<(usize, usize)> {
    let mut size = 0;
    for at in first..end {
        let fits = messages.at(at).get().and_then(|Mmsghdr { header, .. }| {
            if !is_plain(socket, &header) || memory::is_nowhere(header.vectors.as_in(), header.count) {
                return Ok(None);
            }
            let room = room(&memory::scatter(header.vectors.as_in(), header.count)?);
            if !header.name.is_null() {
                header.name.buffer(header.name_length as usize)?;
            }
            Ok(Some(room))
        });
        match fits {
            Ok(Some(room)) => size = size.max(room),
            Ok(None) => return Ok((at - first, size)),
            Err(_) if at > first => return Ok((at - first, size)),
            Err(failure) => return Err(failure),
        }
    }
    Ok((end - first, size))
}

/// Receives some messages from there on; tells how many, and whether there may be more at once.
fn receive_some(
    socket: &Socket,
    messages: Out<Mmsghdr>,
    (first, end): (usize, usize),
    flags: c_int,
) -> Result<(usize, bool)> {
    let (plain, size) = plain_ones(socket, messages, (first, end))?;
    if plain == 0 {
        let place = messages.at(first);
        let (length, header) = receive(socket, place.get()?.header, flags)?;
        place.put(Mmsghdr { header, length: length as u32 })?;
        return Ok((1, true));
    }
    let asked = flags & !MSG_CMSG_CLOEXEC;
    let (data, came) = wit::recvmmsg(socket.reading(), plain as u32, size as u64, 0, asked)?;
    let mut rest = &data[..];
    for (at, datagram) in came.iter().enumerate() {
        let (own, others) = rest.split_at(datagram.length as usize);
        put(messages.at(first + at), own, datagram, flags)?;
        rest = others;
    }
    Ok((came.len(), came.len() == plain))
}

/// How long recvmmsg(2) goes on.
struct Limit {
    began: Instant,
    length: Duration,
    place: Out<Time>,
}

impl Limit {
    fn of(place: Out<Time>) -> Result<Option<Self>> {
        let Some(time) = place.as_in().get_if()? else { return Ok(None) };
        let length = Duration::from_nanos(time.nanoseconds(NANOSECONDS)?);
        Ok(Some(Self { began: Instant::now(), length, place }))
    }

    fn left(&self) -> Duration {
        self.length.saturating_sub(self.began.elapsed())
    }
}

exported! {
    /// sendmmsg(2): as in Linux, the messages end with one of which only a part went.
    fn sendmmsg(fd: c_int, messages: Out<Mmsghdr>, count: u32, flags: c_int) -> c_int {
        let socket = Socket::of(fd)?;
        let mut goes_on = true;
        let sent = each(count, |first, end| {
            if !goes_on {
                return Ok(None);
            }
            let (sent, is_whole) = send_some(&socket, messages, (first, end), flags)?;
            goes_on = is_whole;
            Ok(Some(sent))
        });
        socket.told(sent, flags)
    }

    /// recvmmsg(2): as in Linux, the limit is looked at only when something has come, and what is left of it is told.
    fn recvmmsg(fd: c_int, messages: Out<Mmsghdr>, count: u32, flags: c_int, limit: Out<Time>) -> c_int {
        let socket = Socket::of(fd)?;
        let limit = Limit::of(limit)?;
        let mut asked = flags & !MSG_WAITFORONE;
        let mut may_be_more = true;
        let done = each(count, |first, end| {
            // One may have to be waited for, so that nothing is received when the limit has run out.
            let end = if limit.is_some() && first == 0 { 1 } else { end };
            if first > 0 && (!may_be_more || limit.as_ref().is_some_and(|limit| limit.left().is_zero())) {
                return Ok(None);
            }
            let (came, is_full) = receive_some(&socket, messages, (first, end), asked)?;
            if flags & MSG_WAITFORONE != 0 {
                asked |= MSG_DONTWAIT;
            }
            may_be_more = is_full || socket.waits(asked);
            Ok(Some(came))
        })?;
        if let Some(limit) = limit.filter(|_| done > 0) {
            limit.place.put(limit.left().into())?;
        }
        Ok(done)
    }
}
