//! Messages with ancillary data: Python's `sendmsg`, `recvmsg`, `send_fds`, `recv_fds`.

use std::io::IoSliceMut;

use wasip2::filesystem::types::Descriptor;

use crate::address::{Address, ToAddress};
use crate::bindings::ancillary as wit;
pub use crate::bindings::ancillary::{
    ControlData, Credentials, ExtendedError, IpPktinfo, Ipv6Pktinfo, RawControlMessage, Timestamp,
};
use crate::error::Result;
use crate::socket::Socket;

/// A control message to send.
#[derive(Debug)]
pub enum ControlMessage<'a> {
    /// SCM_RIGHTS: sockets for the peer; the sender keeps its own.
    Rights(&'a [&'a Socket]),
    /// Anything else.
    Data(ControlData),
}

impl ControlMessage<'_> {
    /// A control message as Python has it: the level, the type, the data in Linux's 64-bit little-endian layout.
    pub fn raw(level: i32, r#type: i32, data: &[u8]) -> Self {
        Self::Data(ControlData::Raw(RawControlMessage { level, type_: r#type, data: data.to_vec() }))
    }

    fn lower(&self) -> wit::OutgoingControlMessage<'_> {
        match self {
            Self::Rights(sockets) => {
                wit::OutgoingControlMessage::Rights(sockets.iter().map(|socket| socket.handle()).collect())
            }
            Self::Data(data) => wit::OutgoingControlMessage::Data(data.clone()),
        }
    }
}

/// A descriptor that was received.
#[derive(Debug)]
pub enum Passed {
    /// A socket.
    Socket(Socket),
    /// A file or directory of WASI, where the host grants it.
    File(Descriptor),
}

/// A control message that was received.
#[derive(Debug)]
pub enum Received {
    /// SCM_RIGHTS. What the host does not let in is left out.
    Rights(Vec<Passed>),
    /// Anything else.
    Data(ControlData),
}

/// A message that was received: Python's `(data, ancdata, msg_flags, address)`.
#[derive(Debug)]
pub struct Message {
    /// The data.
    pub data: Vec<u8>,
    /// The length as the kernel tells it; with MSG_TRUNC it may be more than there is in `data`.
    pub length: usize,
    /// The control messages.
    pub ancillary: Vec<Received>,
    /// MSG_EOR, MSG_TRUNC, MSG_CTRUNC, MSG_OOB and MSG_ERRQUEUE, as they apply.
    pub flags: i32,
    /// Who sent it; [`Address::Unspecified`] where nothing tells.
    pub address: Address,
}

impl Message {
    /// The sockets that came with the message.
    pub fn sockets(self) -> Vec<Socket> {
        let rights = self.ancillary.into_iter().filter_map(|message| match message {
            Received::Rights(passed) => Some(passed),
            Received::Data(_) => None,
        });
        let socket = |passed| match passed {
            Passed::Socket(socket) => Some(socket),
            Passed::File(_) => None,
        };
        rights.flatten().filter_map(socket).collect()
    }
}

impl From<wit::PassedDescriptor> for Passed {
    fn from(passed: wit::PassedDescriptor) -> Self {
        match passed {
            wit::PassedDescriptor::Socket(handle) => Self::Socket(Socket::from_handle(handle)),
            wit::PassedDescriptor::File(descriptor) => Self::File(descriptor),
        }
    }
}

impl From<wit::IncomingControlMessage> for Received {
    fn from(message: wit::IncomingControlMessage) -> Self {
        match message {
            wit::IncomingControlMessage::Rights(passed) => Self::Rights(passed.into_iter().map(Into::into).collect()),
            wit::IncomingControlMessage::Data(data) => Self::Data(data),
        }
    }
}

impl Socket {
    /// Sends the buffers as one message with control messages: sendmsg(2).
    ///
    /// ```no_run
    /// use berkeley_guest::ancillary::ControlMessage;
    /// use berkeley_guest::socket::{AF_UNIX, SOCK_STREAM, socketpair};
    ///
    /// let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    /// let (gift, kept) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    /// left.sendmsg(&[b"take ", b"this"], &[ControlMessage::Rights(&[&gift])], 0)?;
    /// let sockets = right.recvmsg(100, 100, 0)?.sockets();
    /// sockets[0].sendall(b"thanks")?;
    /// assert_eq!(kept.recv(100)?, b"thanks");
    /// # Ok::<(), berkeley_guest::Error>(())
    /// ```
    pub fn sendmsg(&self, buffers: &[&[u8]], ancillary: &[ControlMessage<'_>], flags: i32) -> Result<usize> {
        self.sendmsg_address(buffers, ancillary, flags, None)
    }

    /// As `sendmsg`, to an address.
    pub fn sendmsg_to(
        &self,
        buffers: &[&[u8]],
        ancillary: &[ControlMessage<'_>],
        flags: i32,
        address: impl ToAddress,
    ) -> Result<usize> {
        self.sendmsg_address(buffers, ancillary, flags, Some(address.to_address(self.family())?))
    }

    fn sendmsg_address(
        &self,
        buffers: &[&[u8]],
        ancillary: &[ControlMessage<'_>],
        flags: i32,
        address: Option<Address>,
    ) -> Result<usize> {
        let buffers: Vec<Vec<u8>> = buffers.iter().map(|buffer| buffer.to_vec()).collect();
        let ancillary: Vec<_> = ancillary.iter().map(ControlMessage::lower).collect();
        let address = address.map(Into::into);
        Ok(wit::sendmsg(self.handle(), &buffers, &ancillary, flags, address.as_ref())? as usize)
    }

    /// Receives a message of at most `size` bytes, with at most `ancillary_size` bytes of control messages, counted as
    /// [`CMSG_SPACE`] does: recvmsg(2).
    pub fn recvmsg(&self, size: usize, ancillary_size: usize, flags: i32) -> Result<Message> {
        let message = wit::recvmsg(self.handle(), size as u64, ancillary_size as u64, flags)?;
        Ok(Message {
            data: message.data,
            length: message.length as usize,
            ancillary: message.ancillary.into_iter().map(Into::into).collect(),
            flags: message.flags,
            address: message.address.map_or(Address::Unspecified, Into::into),
        })
    }

    /// As `recvmsg`, into the buffers, one after the other; the message's own data is empty, and its length tells how
    /// many bytes there are.
    pub fn recvmsg_into(&self, buffers: &mut [IoSliceMut<'_>], ancillary_size: usize, flags: i32) -> Result<Message> {
        let size = buffers.iter().map(|buffer| buffer.len()).sum();
        let mut message = self.recvmsg(size, ancillary_size, flags)?;
        let mut data = std::mem::take(&mut message.data).into_iter();
        for byte in buffers.iter_mut().flat_map(|buffer| buffer.iter_mut()) {
            match data.next() {
                Some(received) => *byte = received,
                None => break,
            }
        }
        Ok(message)
    }
}

/// Sends sockets along with the buffers, of which there must be some bytes: Python's `send_fds`.
pub fn send_fds(socket: &Socket, buffers: &[&[u8]], sockets: &[&Socket], flags: i32) -> Result<usize> {
    socket.sendmsg(buffers, &[ControlMessage::Rights(sockets)], flags)
}

/// Receives at most `size` bytes and at most `most` sockets: Python's `recv_fds`. What else comes is left out.
pub fn recv_fds(socket: &Socket, size: usize, most: usize, flags: i32) -> Result<(Vec<u8>, Vec<Socket>, i32, Address)> {
    let mut message = socket.recvmsg(size, CMSG_LEN(most * size_of::<i32>()), flags)?;
    let (data, flags) = (std::mem::take(&mut message.data), message.flags);
    let address = message.address.clone();
    Ok((data, message.sockets(), flags, address))
}

/// The size of a control message's header in Linux's 64-bit layout, and what control messages are aligned to.
const HEADER: usize = 16;
const ALIGNMENT: usize = 8;

/// The length of a control message with so many bytes of data, without padding: cmsg(3), in Linux's 64-bit layout.
///
/// ```
/// use berkeley_guest::socket::{CMSG_LEN, CMSG_SPACE};
///
/// assert_eq!((CMSG_LEN(4), CMSG_SPACE(4)), (20, 24));
/// ```
#[allow(non_snake_case, reason = "that is its name")]
pub const fn CMSG_LEN(length: usize) -> usize {
    HEADER.saturating_add(length)
}

/// The room that a control message with so many bytes of data takes, with padding: cmsg(3), in Linux's 64-bit layout.
#[allow(non_snake_case, reason = "that is its name")]
pub const fn CMSG_SPACE(length: usize) -> usize {
    HEADER.saturating_add(length.next_multiple_of(ALIGNMENT))
}
