//! Receiving: recv(2), recvfrom(2), and the data of recvmsg(2). What the policy does not let in is dropped here.

use std::io::{self, IoSlice};
use std::sync::atomic::Ordering;

use berkeley_constants as c;
use c::{POLLERR, POLLHUP, POLLIN, POLLPRI, POLLRDHUP};

use super::handle::Socket;
use super::patience::{Patience, is_shut, would_block};
use crate::address::{Address, RawAddress};
use crate::cmsg;
use crate::endpoint::{AnySocket, Carried};
use crate::error::Result;
use crate::gate::Way;
use crate::observer::{Answer, Call, Direction, watched};
use crate::policy::{Operation, Transport};
use crate::sys::RawMessage;
use crate::wait::{Descriptor, PAUSE};

/// No call receives more bytes of control messages.
const MOST_CONTROL: usize = 1 << 16;
/// MSG_WAITALL gives as much at least, so that a guest that gets less knows that there is no more to get.
const LEAST_WHOLE: u64 = 1 << 16;
/// A datagram of at most this size needs no asking how long it is.
pub(super) const USUAL_DATAGRAM: usize = 1 << 16;

impl Socket {
    /// Receives at most `size` bytes: recv(2).
    pub async fn recv(&self, size: u64, flags: i32) -> Result<Vec<u8>> {
        let mut seen = self.seen(Call::Recv { size, flags });
        let result = if self.fills(flags) {
            watched!(seen, self.recv_whole(size, flags))
        } else {
            watched!(seen, self.recvfrom_unseen(size, flags)).map(|(data, _)| data)
        };
        self.tell(&mut seen, &result, |data| Answer::Bytes(data.len() as u64));
        result
    }

    /// Receives with MSG_WAITALL, up to where the kernel would end it.
    async fn recv_whole(&self, size: u64, flags: i32) -> Result<Vec<u8>> {
        let size = self.room(size).max(size.min(LEAST_WHOLE) as usize);
        let mut data = self.recvfrom_unseen(size as u64, flags).await?.0;
        while !data.is_empty() && data.len() < size && !self.ends_here()? {
            match self.recvfrom_unseen((size - data.len()) as u64, flags).await {
                Ok((more, _)) if !more.is_empty() => data.extend(more),
                // What stopped it is told by the next call, as the kernel does it.
                _ => break,
            }
        }
        Ok(data)
    }

    /// Receives at most `size` bytes, and tells who sent them: recvfrom(2).
    pub async fn recvfrom(&self, size: u64, flags: i32) -> Result<(Vec<u8>, Option<Address>)> {
        let mut seen = self.seen(Call::Recvfrom { size, flags });
        let result = watched!(seen, self.recvfrom_unseen(size, flags));
        self.tell(&mut seen, &result, |(data, peer)| Answer::From(data.len() as u64, peer.as_ref()));
        result
    }

    async fn recvfrom_unseen(&self, size: u64, flags: i32) -> Result<(Vec<u8>, Option<Address>)> {
        let receive =
            |socket: &AnySocket| socket.receive(self.room_for_next(socket, size, flags)?, flags | c::MSG_DONTWAIT);
        let result = self.receive(size, flags, &receive).await;
        if let Ok((data, peer)) = &result {
            self.tell_data(Direction::Received, peer.as_ref(), flags, &[IoSlice::new(data)], data.len());
        }
        result
    }

    /// As `receive_message`, but with MSG_WAITALL up to where the kernel would end it.
    pub(crate) async fn receive_whole_message(
        &self,
        size: u64,
        ancillary_size: u64,
        flags: i32,
    ) -> Result<(RawMessage<Carried>, Option<Address>)> {
        let (mut message, peer) = self.receive_message(size, ancillary_size, flags).await?;
        let size = self.room(size);
        while self.fills(flags) && (1..size).contains(&message.data.len()) && !self.ends_here()? {
            // The kernel ends it after descriptors, also where there was no room for them, and before what others sent.
            let is_unix = self.family == c::AF_UNIX;
            if is_unix && (!message.descriptors.is_empty() || message.flags & c::MSG_CTRUNC != 0) {
                break;
            }
            if is_unix && !message.control.is_empty() {
                let next = self.receive_message(1, ancillary_size, flags | c::MSG_PEEK).await;
                if !next.is_ok_and(|(next, _)| cmsg::plain(&next.control).eq(cmsg::plain(&message.control))) {
                    break;
                }
            }
            let left = (size - message.data.len()) as u64;
            match self.receive_message(left, ancillary_size, flags).await {
                Ok((more, _)) if !more.data.is_empty() => message.append(more),
                // What stopped it is told by the next call, as the kernel does it.
                _ => break,
            }
        }
        Ok((message, peer))
    }

    /// Receives a message with at most so many bytes of data and of control messages.
    pub(super) async fn receive_message(
        &self,
        size: u64,
        ancillary_size: u64,
        flags: i32,
    ) -> Result<(RawMessage<Carried>, Option<Address>)> {
        let control = usize::try_from(ancillary_size).unwrap_or(MOST_CONTROL).min(MOST_CONTROL);
        let control = self.room_for_descriptors(control)?;
        // Only unix sockets pass descriptors; packet sockets refuse the flag.
        let close_on_exec = if self.family == c::AF_UNIX { c::MSG_CMSG_CLOEXEC } else { 0 };
        let receive = |socket: &AnySocket| {
            let sizes = (self.room_for_next(socket, size, flags)?, control);
            socket.receive_message(sizes, flags | c::MSG_DONTWAIT | close_on_exec)
        };
        let result = self.receive(size, flags, &receive).await;
        if let Ok((RawMessage { data, flags: came, .. }, peer)) = &result {
            let flags = flags | came & c::MSG_ERRQUEUE;
            self.tell_data(Direction::Received, peer.as_ref(), flags, &[IoSlice::new(data)], data.len());
        }
        result
    }

    /// Receives what the policy lets in; what it does not is dropped.
    pub(super) async fn receive<T: AsRef<[u8]> + Default + Send>(
        &self,
        size: u64,
        flags: i32,
        receive: &(dyn Fn(&AnySocket) -> io::Result<(T, RawAddress)> + Sync),
    ) -> Result<(T, Option<Address>)> {
        let descriptor = self.descriptor()?;
        let mut patience = self.patience(flags, c::SO_RCVTIMEO);
        let events = if flags & c::MSG_OOB != 0 { POLLIN | POLLPRI } else { POLLIN };
        if self.is_stream() && self.shared.low_water.load(Ordering::Relaxed) {
            self.reach_low_water(descriptor, size, &mut patience).await?;
        }
        loop {
            let waits = self.limit.is_none() && !matches!(patience, Patience::None);
            let attempt = &mut |socket: &AnySocket| match receive(socket) {
                // A call that blocked would say that there is nothing more; this one says that it would block.
                Err(error) if would_block(&error) && waits && !self.is_stream() && is_shut(descriptor) => {
                    Ok((T::default(), RawAddress::from_bytes(&[])))
                }
                result => result,
            };
            let (received, peer) = self.attempt(events, &mut patience, attempt).await?;
            if flags & (c::MSG_PEEK | self.no_wait() & c::MSG_ERRQUEUE) == 0 {
                self.shared.gates.charge(Way::In, received.as_ref().len());
            }
            let peer = self.shared.guest_address(&peer, self.protocol);
            if self.may_receive(peer.as_ref(), flags) {
                return Ok((received, peer));
            }
            if flags & c::MSG_PEEK != 0 {
                let _ = descriptor.socket().receive(0, c::MSG_DONTWAIT);
            }
            self.go_on(descriptor, &mut patience).await?;
        }
    }

    /// Whether the policy lets a datagram of that peer through; if so, it may be answered.
    pub(super) fn may_receive(&self, peer: Option<&Address>, flags: i32) -> bool {
        // The address of an error is that of whom the guest has sent to.
        let is_error = flags & c::MSG_ERRQUEUE != 0 && matches!(self.transport, Transport::Udp | Transport::UdpLite);
        let Some((peer, peers)) = peer.zip(self.peers.as_ref()).filter(|_| !is_error) else { return true };
        let (transport, asked, given) = (self.transport, self.asked.as_ref(), self.given);
        let known = peer.internet().is_some_and(|peer| peers.contains(peer));
        if !known && self.judge(&Operation::Receive { transport, asked, peer, given }).is_err() {
            return false;
        }
        peer.internet().into_iter().for_each(|peer| peers.remember(peer));
        true
    }

    /// So much room for control messages, or less where the process has no descriptor to spare for all that they may hold.
    fn room_for_descriptors(&self, control: usize) -> Result<usize> {
        if self.family != c::AF_UNIX || control < cmsg::room_for_descriptors(1) {
            return Ok(control);
        }
        let left = self.shared.descriptors_left(self.descriptor()?);
        Ok(if left < cmsg::MOST_PASSED { control.min(cmsg::room_for_descriptors(left)) } else { control })
    }

    /// How much of what was asked for one call gives.
    pub(super) fn room(&self, size: u64) -> usize {
        let most = if self.is_stream() { self.shared.limits.receive } else { self.shared.limits.datagram };
        usize::try_from(size).unwrap_or(usize::MAX).min(most)
    }

    /// As `room`, but no more than the next datagram needs.
    pub(super) fn room_for_next(&self, socket: &AnySocket, size: u64, flags: i32) -> io::Result<usize> {
        let room = self.room(size);
        if self.is_stream() {
            return Ok(self.shared.gates.portion(Way::In, room));
        }
        if room <= USUAL_DATAGRAM {
            return Ok(room);
        }
        // What does not come from the queue of datagrams is never larger.
        if flags & (c::MSG_OOB | self.no_wait() & c::MSG_ERRQUEUE) != 0 {
            return Ok(USUAL_DATAGRAM);
        }
        Ok(room.min(socket.next_length()?.max(USUAL_DATAGRAM)))
    }

    /// Whether a call that receives takes as much as was asked for, as in Linux a stream's does that may wait without
    /// limit and has MSG_WAITALL.
    pub(super) fn fills(&self, flags: i32) -> bool {
        let asked = flags & c::MSG_WAITALL != 0 && flags & (self.no_wait() | c::MSG_PEEK) == 0;
        asked && self.limit.is_none() && self.is_stream()
    }

    /// Whether a call that has received something asks for no more: urgent data is next, or the connection ended with an
    /// error, which is for the call after it.
    pub(super) fn ends_here(&self) -> Result<bool> {
        let descriptor = self.descriptor()?;
        let broken = POLLERR | POLLHUP;
        Ok(descriptor.socket().at_mark() || descriptor.events(0)? & broken == broken)
    }
}

impl Socket {
    /// Notes whether the guest has sockets now that wait for more than one byte.
    pub(crate) fn note_low_water(&self) {
        if self.getsockopt_unseen(c::SOL_SOCKET, c::SO_RCVLOWAT).is_ok_and(|mark| mark > 1) {
            self.shared.low_water.store(true, Ordering::Relaxed);
        }
    }

    /// Waits, where the call may, until a stream has as much as SO_RCVLOWAT wants, or all that it will ever have.
    pub(super) async fn reach_low_water(
        &self,
        descriptor: &Descriptor,
        size: u64,
        patience: &mut Patience,
    ) -> Result<()> {
        let mark = u64::try_from(self.getsockopt(c::SOL_SOCKET, c::SO_RCVLOWAT)?).unwrap_or(1);
        match patience {
            Patience::None => return Ok(()),
            // As CPython does it, whatever the size.
            Patience::For(_) if mark > 1 => return self.wait(descriptor, POLLIN, patience).await,
            _ => {}
        }
        let enough = mark.min(size);
        let ends = POLLERR | POLLHUP | POLLRDHUP;
        // Where it does not tell how much it has, the call itself answers.
        let available = || descriptor.socket().available().unwrap_or(u64::MAX);
        while enough > 1 && available() < enough && descriptor.events(POLLRDHUP)? & ends == 0 {
            // Of the mark itself poll(2) tells, with TCP; of what is below, and with others, nothing does.
            let told = self.transport == Transport::Tcp && enough == mark;
            let waited = match told {
                true => self.wait(descriptor, POLLIN, patience).await,
                false => self.pause(descriptor, patience, PAUSE).await,
            };
            match waited {
                // The kernel then gives what there is.
                Err(error) if error.would_block() => break,
                Ok(()) if told => break,
                result => result?,
            }
        }
        Ok(())
    }
}
