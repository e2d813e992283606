//! Sending messages.

use core::ffi::c_int;
use core::mem::ManuallyDrop;
use std::rc::Rc;

use berkeley_constants::SOCK_STREAM;
use berkeley_guest::bindings::ancillary::{
    self as wit, ControlData, OutgoingControlMessage, OutgoingDescriptor, RawControlMessage,
};
use berkeley_guest::error::Errno;
use wasip2::filesystem::types::Descriptor;

use super::header::Msghdr;
use crate::control::{Outgoing, outgoing};
use crate::description::{downcast, total};
use crate::endpoint::{PART, Socket};
use crate::export::exported;
use crate::failure::Result;
use crate::memory::{self, IOV_MAX, In};
use crate::socket::given;
use crate::table::{Entry, lookup};

/// A descriptor to send.
enum Right {
    Socket(Rc<Socket>),
    /// With what keeps it.
    File(ManuallyDrop<Descriptor>, #[allow(dead_code, reason = "it is kept while it is sent")] Entry),
}

impl Right {
    /// EBADF; EACCES for what cannot be handed over: neither a socket nor a file.
    fn of(fd: c_int) -> Result<Self> {
        match lookup(fd)? {
            Entry::Own(description) => Ok(Self::Socket(downcast(&description).ok_or(Errno::Eacces)?)),
            Entry::Foreign(file) => {
                let descriptor = file.file().map_err(|_| Errno::Eacces)?;
                Ok(Self::File(descriptor, Entry::Foreign(file)))
            }
        }
    }

    fn lower(&self) -> OutgoingDescriptor<'_> {
        match self {
            Self::Socket(socket) => OutgoingDescriptor::Socket(socket.handle()),
            Self::File(file, _) => OutgoingDescriptor::File(file),
        }
    }
}

/// Sends the message of a header.
pub(super) fn send(socket: &Socket, header: &Msghdr, flags: c_int) -> Result<usize> {
    if usize::try_from(header.count).is_ok_and(|count| count > IOV_MAX) {
        return Err(Errno::Emsgsize.into());
    }
    let buffers = memory::gather(header.vectors.as_in(), header.count)?;
    let address = if header.name.is_null() { None } else { Some(given(header.name.as_in(), header.name_length)?) };
    let control = header.control.as_in().bytes(header.control_length as usize)?;
    let all = total(&buffers);
    if address.is_none() && control.is_empty() {
        return match buffers[..] {
            [data] => socket.send(data, flags),
            _ => socket.send_all(&buffers, all, flags),
        };
    }
    let mut rights = Vec::new();
    let mut data = Vec::new();
    for message in outgoing(control)? {
        match message {
            Outgoing::Rights(numbers) => {
                for number in numbers {
                    rights.push(Right::of(number)?);
                }
            }
            Outgoing::Data(level, type_, bytes) => {
                data.push(ControlData::Raw(RawControlMessage { level, type_, data: bytes.to_vec() }));
            }
        }
    }
    // The host takes no more of a stream at once, or less where an alarm is near.
    let is_alarmed = socket.is_alarmed(flags);
    let parts = socket.r#type() == SOCK_STREAM && (all > PART || is_alarmed);
    let joined = if parts { buffers.concat() } else { Vec::new() };
    let part = [&joined[..joined.len().min(PART)]];
    let (first, length) = if joined.is_empty() { (&*buffers, all) } else { (&part[..], part[0].len()) };
    let sent = if rights.iter().any(|right| matches!(right, Right::File(..))) {
        let rights: Vec<_> = rights.iter().map(Right::lower).collect();
        socket.sending(flags, |handle| wit::sendmsg_rights(handle, first, &rights, &data, flags, address.as_ref()))?
    } else {
        let sockets: Vec<_> = rights
            .iter()
            .filter_map(|right| match right {
                Right::Socket(socket) => Some(socket.handle()),
                Right::File(..) => None,
            })
            .collect();
        let mut messages: Vec<_> = data.into_iter().map(OutgoingControlMessage::Data).collect();
        if !sockets.is_empty() {
            messages.insert(0, OutgoingControlMessage::Rights(sockets));
        }
        socket.sending(flags, |handle| wit::sendmsg(handle, first, &messages, flags, address.as_ref()))?
    } as usize;
    if sent >= joined.len() || sent < length && !is_alarmed || !socket.fills(flags) {
        return Ok(sent);
    }
    Ok(sent + socket.send(&joined[sent..], flags).unwrap_or_default())
}

exported! {
    /// sendmsg(2)
    fn sendmsg(fd: c_int, header: In<Msghdr>, flags: c_int) -> isize {
        let socket = Socket::of(fd)?;
        let sent = send(&socket, &header.get()?, flags);
        Ok(socket.told(sent, flags)? as isize)
    }
}
