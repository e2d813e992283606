//! What a call that receives does, and the data of recvmsg(2). What the policy does not let in is dropped here.

use std::io::{self, IoSlice};
use std::sync::atomic::Ordering;

use berkeley_constants as c;
use c::{POLLIN, POLLPRI};

use super::attempt::{Again, Blocked, Tried, would_block};
use super::handle::Socket;
use super::patience::Patience;
use crate::address::{Address, RawAddress};
use crate::cmsg;
use crate::endpoint::{AnySocket, Carried};
use crate::error::Result;
use crate::gate::Way;
use crate::observer::Direction;
use crate::policy::{Operation, Transport};
use crate::sys::RawMessage;

/// No call receives more bytes of control messages.
pub(super) const MOST_CONTROL: usize = 1 << 16;
/// A datagram of at most this size needs no asking how long it is.
pub(super) const USUAL_DATAGRAM: usize = 1 << 16;

/// Receives by one system call, and tells who sent it.
type Receive<'a, T> = &'a (dyn Fn(&AnySocket) -> io::Result<(T, RawAddress)> + Sync);

/// Whether such a call fails, or gives something, only if the socket is ready.
pub(super) fn is_usual(size: u64, flags: i32) -> bool {
    size > 0 && flags == 0
}

/// What a call with those flags waits for.
fn events_of(flags: i32) -> i16 {
    if flags & c::MSG_OOB != 0 { POLLIN | POLLPRI } else { POLLIN }
}

impl Socket {
    /// Receives a message with at most so many bytes of data and of control messages.
    pub(super) async fn receive_message(
        &self,
        blocked: Blocked,
        size: u64,
        ancillary_size: u64,
        flags: i32,
        patience: &mut Patience,
    ) -> Result<(RawMessage<Carried>, Option<Address>)> {
        let control = self.room_for_control(ancillary_size)?;
        let receive = |socket: &AnySocket| self.receive_message_from(socket, (size, control), flags);
        let result = self.receive(blocked, size, flags, &receive, patience).await;
        if let Ok((RawMessage { data, flags: came, .. }, peer)) = &result {
            let flags = flags | came & c::MSG_ERRQUEUE;
            self.tell_data(Direction::Received, peer.as_ref(), flags, &[IoSlice::new(data)], data.len());
        }
        result
    }

    /// The same of what is there already, if that is all that a call with those flags does.
    pub(crate) fn receive_message_now(
        &self,
        size: u64,
        ancillary_size: u64,
        flags: i32,
    ) -> Tried<(RawMessage<Carried>, Option<Address>)> {
        if !self.is_plain(flags) {
            return Tried::Blocked(Blocked::Untried);
        }
        let control = match self.room_for_control(ancillary_size) {
            Ok(control) => control,
            Err(error) => return Tried::Done(Err(error)),
        };
        let patience = self.patience(flags, c::SO_RCVTIMEO);
        let receive = |socket: &AnySocket| self.receive_message_from(socket, (size, control), flags);
        let tried = self.receive_once(size, flags, &receive, &mut Again::default(), Some(&patience));
        tried.unless_it_waits(&patience)
    }

    fn receive_message_from(
        &self,
        socket: &AnySocket,
        (size, control): (u64, usize),
        flags: i32,
    ) -> io::Result<(RawMessage<Carried>, RawAddress)> {
        // Only unix sockets pass descriptors; packet sockets refuse the flag.
        let close_on_exec = if self.family == c::AF_UNIX { c::MSG_CMSG_CLOEXEC } else { 0 };
        let sizes = (self.room_for_next(socket, size, flags)?, control);
        socket.receive_message(sizes, flags | c::MSG_DONTWAIT | close_on_exec)
    }

    /// Receives what the policy lets in; what it does not is dropped.
    pub(super) async fn receive<T: AsRef<[u8]> + Default + Send>(
        &self,
        blocked: Blocked,
        size: u64,
        flags: i32,
        receive: Receive<'_, T>,
        patience: &mut Patience,
    ) -> Result<(T, Option<Address>)> {
        let descriptor = self.descriptor()?;
        if self.is_stream() && self.shared.low_water.load(Ordering::Relaxed) {
            self.reach_low_water(descriptor, size, patience).await?;
        }
        let mut again = Again::default();
        let tries = &mut |fresh: Option<&Patience>| self.receive_once(size, flags, receive, &mut again, fresh);
        self.persist(blocked, events_of(flags), patience, tries).await
    }

    /// Receives by one try what the policy lets in; what it does not is dropped.
    pub(super) fn receive_once<T: AsRef<[u8]> + Default>(
        &self,
        size: u64,
        flags: i32,
        receive: Receive<'_, T>,
        again: &mut Again,
        fresh: Option<&Patience>,
    ) -> Tried<(T, Option<Address>)> {
        let waits = self.limit.is_none() && !matches!(self.patience(flags, c::SO_RCVTIMEO), Patience::None);
        let mut is_over =
            || waits && !self.is_stream() && self.descriptor().is_ok_and(|descriptor| again.is_shut(descriptor));
        let attempt = &mut |socket: &AnySocket| match receive(socket) {
            // A call that blocked would say that there is nothing more; this one says that it would block.
            Err(error) if would_block(&error) && is_over() => Ok((T::default(), RawAddress::from_bytes(&[]))),
            result => result,
        };
        let (received, peer) = match self.try_once(events_of(flags), fresh.filter(|_| is_usual(size, flags)), attempt) {
            Tried::Done(Ok(came)) => came,
            Tried::Done(Err(error)) => return Tried::Done(Err(error)),
            Tried::Blocked(blocked) => return Tried::Blocked(blocked),
        };
        self.charge_received(flags, received.as_ref().len());
        let peer = self.shared.guest_address(&peer, self.protocol);
        if self.may_receive(peer.as_ref(), flags) {
            return Tried::Done(Ok((received, peer)));
        }
        if let Some(descriptor) = self.descriptor.as_ref().filter(|_| flags & c::MSG_PEEK != 0) {
            let _ = descriptor.socket().receive(0, c::MSG_DONTWAIT);
        }
        Tried::Blocked(Blocked::Refused)
    }

    /// What was only looked at, and errors, do not count.
    pub(super) fn charge_received(&self, flags: i32, length: usize) {
        if flags & (c::MSG_PEEK | self.no_wait() & c::MSG_ERRQUEUE) == 0 {
            self.charge(Way::In, length);
        }
    }

    /// Whether the policy lets a datagram of that peer through; if so, it may be answered.
    pub(super) fn may_receive(&self, peer: Option<&Address>, flags: i32) -> bool {
        // The address of an error is that of whom the guest has sent to.
        let is_error = flags & c::MSG_ERRQUEUE != 0 && matches!(self.transport, Transport::Udp | Transport::UdpLite);
        let Some((peer, peers)) = peer.zip(self.peers.as_ref()).filter(|_| !is_error) else { return true };
        let (transport, asked, given) = (self.transport, self.asked.as_deref(), self.given);
        let known = peer.internet().is_some_and(|peer| peers.contains(peer));
        if !known && self.judge(&Operation::Receive { transport, asked, peer, given }).is_err() {
            return false;
        }
        peer.internet().into_iter().for_each(|peer| peers.remember(peer));
        true
    }

    /// So much room for control messages, or less where the process has no descriptor to spare for all that they may hold.
    fn room_for_control(&self, asked: u64) -> Result<usize> {
        let control = usize::try_from(asked).unwrap_or(MOST_CONTROL).min(MOST_CONTROL);
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
}
