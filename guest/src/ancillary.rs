//! Messages with ancillary data: Python's `sendmsg`, `recvmsg`, `send_fds`, `recv_fds`.
//!
//! A control message is [`ControlData`], which has a case for each that the contract knows. The others are raw: methods
//! of it, such as [`ControlData::segment_size`], read the more usual ones, and functions of [`ControlMessage`], such as
//! [`ControlMessage::udp_segment`], make them. [`ControlData::to_raw`] gives every one as Python does.

mod control;

use std::io::IoSliceMut;

use wasip2::filesystem::types::Descriptor;

use crate::address::{Address, ToAddress};
use crate::bindings::ancillary as wit;
pub use crate::bindings::ancillary::{
    ControlData, Credentials, ExtendedError, IpPktinfo, Ipv6Pktinfo, RawControlMessage, Timestamp,
};
use crate::error::{Error, Result};
use crate::socket::{AF_ALG, MSG_DONTWAIT, MSG_FASTOPEN, PART, SOCK_STREAM, Socket};
pub use control::{
    IP_RECVORIGDSTADDR, IPV6_RECVORIGDSTADDR, PACKET_AUXDATA, PacketAuxdata, SCM_SECURITY, SO_RXQ_OVFL,
    SO_TIMESTAMPING, SOL_PACKET, SOL_TLS, TLS_GET_RECORD_TYPE, TLS_SET_RECORD_TYPE, UDP_GRO, UDP_SEGMENT,
};

/// A control message to send.
#[derive(Debug)]
pub enum ControlMessage<'a> {
    /// SCM_RIGHTS: sockets for the peer; the sender keeps its own.
    Rights(&'a [&'a Socket]),
    /// SCM_RIGHTS: regular files for the peer, for what they were opened for; the sender keeps its own. The kernel makes
    /// one list of these and of sockets in the same call, in their order.
    Files(&'a [&'a Descriptor]),
    /// Anything else.
    Data(ControlData),
}

impl From<ControlData> for ControlMessage<'_> {
    fn from(data: ControlData) -> Self {
        Self::Data(data)
    }
}

impl ControlMessage<'_> {
    /// A control message as Python has it: the level, the type, the data in Linux's 64-bit little-endian layout.
    pub fn raw(level: i32, r#type: i32, data: &[u8]) -> Self {
        Self::Data(ControlData::Raw(RawControlMessage { level, type_: r#type, data: data.to_vec() }))
    }

    /// What `sendmsg` of the contract takes; none for files, for which there is `sendmsg_rights`.
    fn lower(&self) -> Option<wit::OutgoingControlMessage<'_>> {
        Some(match self {
            Self::Rights(sockets) => {
                wit::OutgoingControlMessage::Rights(sockets.iter().map(|socket| socket.handle()).collect())
            }
            Self::Files(_) => return None,
            Self::Data(data) => wit::OutgoingControlMessage::Data(data.clone()),
        })
    }
}

/// What `sendmsg_rights` of the contract takes.
fn lower_rights<'a>(ancillary: &'a [ControlMessage<'_>]) -> (Vec<wit::OutgoingDescriptor<'a>>, Vec<ControlData>) {
    let (mut rights, mut further) = (Vec::new(), Vec::new());
    for message in ancillary {
        match message {
            ControlMessage::Rights(sockets) => {
                rights.extend(sockets.iter().map(|socket| wit::OutgoingDescriptor::Socket(socket.handle())));
            }
            ControlMessage::Files(files) => {
                rights.extend(files.iter().map(|file| wit::OutgoingDescriptor::File(file)));
            }
            ControlMessage::Data(data) => further.push(data.clone()),
        }
    }
    (rights, further)
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
    /// SCM_RIGHTS. What the host does not let in is left out, and the message has MSG_CTRUNC.
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
    /// MSG_EOR, MSG_TRUNC, MSG_CTRUNC, MSG_OOB, MSG_ERRQUEUE, and what a family has of its own, as they apply.
    pub flags: i32,
    /// Who sent it; [`Address::Unspecified`] where nothing tells.
    pub address: Address,
}

impl Message {
    /// The sockets, files and directories that came with the message.
    pub fn passed(self) -> Vec<Passed> {
        let rights = self.ancillary.into_iter().filter_map(|message| match message {
            Received::Rights(passed) => Some(passed),
            Received::Data(_) => None,
        });
        rights.flatten().collect()
    }

    /// The sockets that came with the message. Files and directories are closed.
    pub fn sockets(self) -> Vec<Socket> {
        let socket = |passed| match passed {
            Passed::Socket(socket) => Some(socket),
            Passed::File(_) => None,
        };
        self.passed().into_iter().filter_map(socket).collect()
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
        let address = address.map(Into::into);
        // The host takes no more than a part of a stream at once; the kernel refuses more buffers than these.
        let parted = self.r#type() == SOCK_STREAM && buffers.len() <= MOST_BUFFERS;
        let (first, rest) = part(buffers, if parted { PART } else { usize::MAX });
        let lowered: Option<Vec<_>> = ancillary.iter().map(ControlMessage::lower).collect();
        let sent = match lowered {
            Some(ancillary) => wit::sendmsg(self.handle(), &first, &ancillary, flags, address.as_ref()),
            None => {
                let (rights, further) = lower_rights(ancillary);
                wit::sendmsg_rights(self.handle(), &first, &rights, &further, flags, address.as_ref())
            }
        };
        let mut sent = sent? as usize;
        if sent < first.iter().map(Vec::len).sum() || !self.fills() || flags & MSG_DONTWAIT != 0 {
            return Ok(sent);
        }
        for buffer in rest {
            match self.send_flags(buffer, flags & !MSG_FASTOPEN) {
                Ok(more) if more == buffer.len() => sent += more,
                Ok(more) => return Ok(sent + more),
                Err(_) => break,
            }
        }
        Ok(sent)
    }

    /// Sends the buffers to an AF_ALG socket, with what is to be done with them: Python's `sendmsg_afalg`.
    ///
    /// The operation is ALG_OP_ENCRYPT, ALG_OP_DECRYPT and so on. Further are an initialisation vector, for AEAD how
    /// many of the bytes are authenticated only, and MSG_ flags. Another socket is refused, as in Python.
    ///
    /// ```no_run
    /// use berkeley_guest::address::{Address, AlgAddress};
    /// use berkeley_guest::socket::*;
    ///
    /// let algorithm = Socket::new(AF_ALG, SOCK_SEQPACKET, 0)?;
    /// let name = AlgAddress { type_: "skcipher".into(), name: "cbc(aes)".into(), features: 0, mask: 0 };
    /// algorithm.bind(Address::Alg(name))?;
    /// algorithm.setsockopt(SOL_ALG, ALG_SET_KEY, &[7; 16])?;
    /// let (cipher, _) = algorithm.accept()?;
    /// cipher.sendmsg_afalg(&[b"sixteen bytes in"], ALG_OP_ENCRYPT, Some(&[0; 16]), None, 0)?;
    /// assert_eq!(cipher.recv(16)?.len(), 16);
    /// # Ok::<(), berkeley_guest::Error>(())
    /// ```
    pub fn sendmsg_afalg(
        &self,
        buffers: &[&[u8]],
        op: i32,
        iv: Option<&[u8]>,
        assoclen: Option<u32>,
        flags: i32,
    ) -> Result<usize> {
        if self.family() != AF_ALG {
            return Err(Error::Invalid("algset is only supported for AF_ALG"));
        }
        if op < 0 {
            return Err(Error::Invalid("Invalid or missing argument 'op'"));
        }
        self.sendmsg(buffers, &afalg(op, iv, assoclen), flags)
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
        let size = buffers.iter().fold(0, |size: usize, buffer| size.saturating_add(buffer.len()));
        let mut message = self.recvmsg(size, ancillary_size, flags)?;
        let data = std::mem::take(&mut message.data);
        let mut rest = data.as_slice();
        for buffer in buffers {
            let (here, later) = rest.split_at(rest.len().min(buffer.len()));
            buffer[..here.len()].copy_from_slice(here);
            rest = later;
        }
        Ok(message)
    }
}

/// The control messages of [`Socket::sendmsg_afalg`], in Python's order.
fn afalg(op: i32, iv: Option<&[u8]>, assoclen: Option<u32>) -> Vec<ControlMessage<'static>> {
    let further = [iv.map(ControlMessage::alg_iv), assoclen.map(ControlMessage::alg_assoclen)];
    [Some(ControlMessage::alg_op(op))].into_iter().chain(further).flatten().collect()
}

/// How many buffers one call takes: IOV_MAX.
const MOST_BUFFERS: usize = 1024;

/// Copies of the buffers up to so many bytes in all, and what is left.
fn part<'a>(buffers: &[&'a [u8]], most: usize) -> (Vec<Vec<u8>>, Vec<&'a [u8]>) {
    let (mut first, mut rest, mut room) = (Vec::with_capacity(buffers.len()), Vec::new(), most);
    for buffer in buffers {
        let (here, later) = buffer.split_at(buffer.len().min(room));
        room -= here.len();
        first.push(here.to_vec());
        rest.push(later);
    }
    (first, rest)
}

/// Sends sockets along with the buffers, of which there must be some bytes: Python's `send_fds`.
pub fn send_fds(socket: &Socket, buffers: &[&[u8]], sockets: &[&Socket], flags: i32) -> Result<usize> {
    socket.sendmsg(buffers, &[ControlMessage::Rights(sockets)], flags)
}

/// As [`send_fds`], to an address.
pub fn send_fds_to(
    socket: &Socket,
    buffers: &[&[u8]],
    sockets: &[&Socket],
    flags: i32,
    address: impl ToAddress,
) -> Result<usize> {
    socket.sendmsg_to(buffers, &[ControlMessage::Rights(sockets)], flags, address)
}

/// Receives at most `size` bytes and at most `most` sockets: Python's `recv_fds`. What else comes is left out.
pub fn recv_fds(socket: &Socket, size: usize, most: usize, flags: i32) -> Result<(Vec<u8>, Vec<Socket>, i32, Address)> {
    let mut message = socket.recvmsg(size, CMSG_LEN(most.saturating_mul(size_of::<i32>())), flags)?;
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
    match length.checked_next_multiple_of(ALIGNMENT) {
        Some(length) => HEADER.saturating_add(length),
        None => usize::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_headers() {
        for (length, len, space) in [(0, 16, 16), (1, 17, 24), (8, 24, 24), (9, 25, 32)] {
            assert_eq!((CMSG_LEN(length), CMSG_SPACE(length)), (len, space));
        }
        assert_eq!((CMSG_LEN(usize::MAX), CMSG_SPACE(usize::MAX)), (usize::MAX, usize::MAX));
    }

    #[test]
    fn buffers_are_parted_where_there_is_no_room() {
        let buffers: &[&[u8]] = &[b"one", b"", b"two", b"three"];
        let (first, rest) = part(buffers, 4);
        assert_eq!(first, [&b"one"[..], b"", b"t", b""]);
        assert_eq!(rest, [&b""[..], b"", b"wo", b"three"]);
        assert!(part(buffers, usize::MAX).1.concat().is_empty());
    }

    /// As CPython sends it.
    #[test]
    fn operations_of_af_alg_lie_as_in_the_headers() {
        let raw = |message: ControlMessage<'_>| match message {
            ControlMessage::Data(data) => (data.to_raw().level, data.to_raw().type_, data.to_raw().data),
            ControlMessage::Rights(_) | ControlMessage::Files(_) => panic!("data"),
        };
        let messages = |op, iv, assoclen| afalg(op, iv, assoclen).into_iter().map(raw).collect::<Vec<_>>();
        assert_eq!(messages(0, None, None), [(279, 3, vec![0; 4])]);
        let all = [(279, 3, vec![1, 0, 0, 0]), (279, 2, b"\x03\0\0\0abc".to_vec()), (279, 4, vec![9, 0, 0, 0])];
        assert_eq!(messages(1, Some(b"abc"), Some(9)), all);
    }
}
