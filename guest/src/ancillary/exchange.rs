//! Sending messages, and receiving them.

use std::io::IoSliceMut;

use berkeley_constants::{AF_ALG, MSG_DONTWAIT, MSG_FASTOPEN, SOCK_STREAM};

use super::message::{ControlMessage, Message, lower_rights};
use crate::address::{Address, ToAddress};
use crate::bindings::ancillary as wit;
use crate::endpoint::{MOST_BUFFERS, PART, Socket, room, scatter};
use crate::error::{Error, Result};

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
        if sent < first.iter().map(|buffer| buffer.len()).sum() || !self.fills() || flags & MSG_DONTWAIT != 0 {
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
    /// [`CMSG_SPACE`](super::CMSG_SPACE) does: recvmsg(2).
    pub fn recvmsg(&self, size: usize, ancillary_size: usize, flags: i32) -> Result<Message> {
        Ok(wit::recvmsg(self.handle(), size as u64, ancillary_size as u64, flags)?.into())
    }

    /// As `recvmsg`, into the buffers, one after the other; the message's own data is empty, and its length tells how
    /// many bytes there are.
    pub fn recvmsg_into(&self, buffers: &mut [IoSliceMut<'_>], ancillary_size: usize, flags: i32) -> Result<Message> {
        let mut message = self.recvmsg(room(buffers), ancillary_size, flags)?;
        scatter(buffers, &std::mem::take(&mut message.data));
        Ok(message)
    }
}

/// The control messages of [`Socket::sendmsg_afalg`], in Python's order.
fn afalg(op: i32, iv: Option<&[u8]>, assoclen: Option<u32>) -> Vec<ControlMessage<'static>> {
    let further = [iv.map(ControlMessage::alg_iv), assoclen.map(ControlMessage::alg_assoclen)];
    [Some(ControlMessage::alg_op(op))].into_iter().chain(further).flatten().collect()
}

/// The buffers up to so many bytes in all, and what is left.
fn part<'a>(buffers: &[&'a [u8]], most: usize) -> (Vec<&'a [u8]>, Vec<&'a [u8]>) {
    let (mut first, mut rest, mut room) = (Vec::with_capacity(buffers.len()), Vec::new(), most);
    for buffer in buffers {
        let (here, later) = buffer.split_at(buffer.len().min(room));
        room -= here.len();
        first.push(here);
        rest.push(later);
    }
    (first, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

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
