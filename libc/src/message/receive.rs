//! Receiving messages.

use core::ffi::c_int;

use berkeley_constants::MSG_CTRUNC;
use berkeley_guest::bindings::ancillary::{self as wit, IncomingControlMessage, Message, PassedDescriptor};
use berkeley_guest::error::Errno;
use berkeley_guest::whole::{self, Part};

use super::header::Msghdr;
use crate::control::Incoming;
use crate::description::{fill, room};
use crate::endpoint::Socket;
use crate::export::exported;
use crate::failure::Result;
use crate::memory::{self, IOV_MAX, Out};
use crate::socket::told;
use crate::table;

/// The descriptors that come have FD_CLOEXEC set. It says nothing to the host.
pub(super) const MSG_CMSG_CLOEXEC: c_int = 0x4000_0000;

/// Gives a number to a descriptor that came.
fn install(passed: PassedDescriptor, cloexec: bool) -> Result<c_int> {
    match passed {
        PassedDescriptor::Socket(handle) => Socket::new(handle, false).insert(cloexec),
        PassedDescriptor::File(file) => {
            let fd = table::insert_file(file)?;
            table::set_inherited(fd, !cloexec)?;
            Ok(fd)
        }
    }
}

/// What does not fit is closed, as in Linux.
fn install_all(passed: Vec<PassedDescriptor>, incoming: &mut Incoming, cloexec: bool) {
    let all = passed.len();
    let numbers: Vec<_> =
        passed.into_iter().take(incoming.rights()).map_while(|one| install(one, cloexec).ok()).collect();
    incoming.put_rights(&numbers, all);
}

/// Receives a message with so much room, and tells its length; with MSG_WAITALL all that belongs to it of a stream.
fn receive_whole(socket: &Socket, size: usize, room: u64, flags: c_int) -> Result<(Message, usize)> {
    socket.heed_alarm(flags)?;
    if !socket.takes_parts(size, flags) {
        let message = wit::recvmsg(socket.reading(), size as u64, room, flags)?;
        let length = message.length as usize;
        return Ok((message, length));
    }
    let mut whole = None::<Message>;
    let length = whole::receive(socket.reading(), size, flags, |have, flags| {
        let part = wit::recvmsg(socket.reading(), (size - have) as u64, room, flags)?;
        let told = Part { length: part.data.len(), is_last: whole::is_last(socket.handle(), &part) };
        match &mut whole {
            None => whole = Some(part),
            Some(whole) => {
                whole.data.extend(part.data);
                (whole.ancillary, whole.flags) = (part.ancillary, whole.flags | part.flags);
            }
        }
        Ok(told)
    })?;
    let message = whole.ok_or(Errno::Eio)?;
    Ok((message, length))
}

/// Receives a message into what a header names, and gives the header as it is to be.
pub(super) fn receive(socket: &Socket, mut header: Msghdr, flags: c_int) -> Result<(usize, Msghdr)> {
    if usize::try_from(header.count).is_ok_and(|count| count > IOV_MAX) {
        return Err(Errno::Emsgsize.into());
    }
    if !header.name.is_null() && i32::try_from(header.name_length).is_err() {
        return Err(Errno::Einval.into());
    }
    let asked = flags & !MSG_CMSG_CLOEXEC;
    let mut buffers = match memory::scatter(header.vectors.as_in(), header.count) {
        Err(_) if memory::is_nowhere(header.vectors.as_in(), header.count) => {
            return Ok((socket.receive_nowhere(asked)?, header));
        }
        buffers => buffers?,
    };
    let size = room(&buffers);
    let room = if header.control.is_null() { 0 } else { header.control_length as usize };
    // Before anything is taken that could not be told of.
    if let Err(fault) = header.control.buffer(room) {
        socket.receive_nowhere(asked)?;
        return Err(fault);
    }
    let mut incoming = Incoming::new(room);
    let (message, length) = receive_whole(socket, size, incoming.asked(), asked)?;
    fill(&mut buffers, &message.data);
    for control in message.ancillary {
        match control {
            IncomingControlMessage::Rights(passed) => {
                install_all(passed, &mut incoming, flags & MSG_CMSG_CLOEXEC != 0);
            }
            IncomingControlMessage::Data(data) => incoming.put_data(data.to_raw()),
        }
    }
    header.control.put_all(incoming.bytes())?;
    header.control_length = incoming.bytes().len() as u32;
    header.flags = message.flags | if incoming.cut { MSG_CTRUNC } else { 0 };
    if !header.name.is_null() {
        let mut length = [header.name_length];
        told(message.address.as_ref(), header.name, Out::to(&mut length))?;
        [header.name_length] = length;
    }
    Ok((length, header))
}

exported! {
    /// recvmsg(2)
    fn recvmsg(fd: c_int, header: Out<Msghdr>, flags: c_int) -> isize {
        let (length, told) = receive(&*Socket::of(fd)?, header.get()?, flags)?;
        header.put(told)?;
        Ok(length as isize)
    }
}
