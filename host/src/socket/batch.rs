//! Many datagrams by one call: sendmmsg(2), recvmmsg(2). Each is judged and counted as by a call of its own.

use std::io::IoSlice;

use berkeley_constants as c;
use c::{POLLIN, POLLOUT};

use super::attempt::{Again, Blocked, Tried, would_block};
use super::handle::Socket;
use super::patience::Patience;
use super::receive::{MOST_CONTROL, USUAL_DATAGRAM, is_usual};
use super::send::Begun;
use crate::address::{Address, RawAddress};
use crate::endpoint::{AnySocket, OutgoingControl};
use crate::error::{Errno, Result};
use crate::gate::Way;
use crate::observer::Direction;
use crate::policy::Transport;
use crate::sys::{self, Arrival, MOST_AT_ONCE, Packet};

/// Datagrams in this order.
pub(crate) struct Parcel {
    /// How many bytes of the data are its.
    pub(crate) length: usize,
    /// None is the peer that the socket is connected to.
    pub(crate) address: Option<Address>,
    pub(crate) control: OutgoingControl,
}

/// What came along with others.
pub(crate) struct Came {
    pub(crate) length: usize,
    /// What the kernel told as the length.
    pub(crate) told: usize,
    pub(crate) flags: i32,
    pub(crate) peer: Option<Address>,
    pub(crate) control: Vec<u8>,
}

/// The values up to the first error, which is one only where there is no value before it: the next call tells of it.
pub(crate) fn until_error<T, E>(values: impl Iterator<Item = Result<T, E>>) -> Result<Vec<T>, E> {
    let mut good = Vec::with_capacity(values.size_hint().0);
    for value in values {
        match value {
            Ok(value) => good.push(value),
            Err(error) if good.is_empty() => return Err(error),
            Err(_) => break,
        }
    }
    Ok(good)
}

impl Socket {
    /// Sends the datagrams, whose bytes lie one behind the other, and tells how many went. What stops it is an error only
    /// where none went.
    pub(crate) async fn transmit_many(&self, mut data: &[u8], mut parcels: &[Parcel], flags: i32) -> Result<usize> {
        self.descriptor()?;
        let all = parcels.len();
        let mut patience = self.patience_to_send(flags);
        while !parcels.is_empty() {
            let sent = if self.sends_together(parcels, flags) {
                self.transmit_together(data, parcels, flags, &mut patience).await
            } else {
                self.transmit_one(data, &parcels[0], flags, &mut patience).await
            };
            let sent = match sent {
                Err(_) if parcels.len() < all => break,
                sent => sent?,
            };
            data = &data[parcels[..sent].iter().map(|parcel| parcel.length).sum()..];
            parcels = &parcels[sent..];
        }
        Ok(all - parcels.len())
    }

    async fn transmit_one(&self, data: &[u8], parcel: &Parcel, flags: i32, patience: &mut Patience) -> Result<usize> {
        let data = [IoSlice::new(&data[..parcel.length])];
        let (control, address) = (&parcel.control, parcel.address.as_ref());
        self.transmit_message(Begun::default(), &data, control, flags, address, patience).await?;
        Ok(1)
    }

    /// Whether one system call may send the next of them.
    fn sends_together(&self, parcels: &[Parcel], flags: i32) -> bool {
        let is_kernels = self.descriptor().is_ok_and(|descriptor| descriptor.socket().kernel().is_some());
        // What has a path must be found first, and waited for in a way of its own.
        let may_have_path = self.transport == Transport::Unix && parcels[0].address.is_some();
        let is_datagram = self.kind == c::SOCK_DGRAM && (self.peers.is_some() || self.transport == Transport::Unix);
        sys::HAS_BATCHES && is_kernels && is_datagram && !may_have_path && flags & c::MSG_FASTOPEN == 0
    }

    /// Sends as many of the first datagrams by one system call as there is room for: at least one.
    async fn transmit_together(
        &self,
        data: &[u8],
        parcels: &[Parcel],
        flags: i32,
        patience: &mut Patience,
    ) -> Result<usize> {
        let descriptor = self.descriptor()?;
        let is_udp = self.transport == Transport::Udp;
        let apart = descriptor.file().sends_apart();
        loop {
            self.obey()?;
            let generation = self.shared.governance.generation();
            let peers = self.destinations(&parcels[..parcels.len().min(MOST_AT_ONCE)])?;
            let is_stale = || self.shared.governance.generation() != generation;
            let packets: Vec<_> =
                parcels.iter().zip(&peers.indices).map(|(parcel, at)| parcel.packet(&peers, *at)).collect();
            let send = &mut |socket: &AnySocket| {
                if is_stale() {
                    return Err(Errno::ESTALE.into());
                }
                let count = self.shared.gates.portion_of(Way::Out, packets.iter().map(|packet| packet.length));
                socket.send_many(data, &packets[..count], (is_udp, apart), self.sending(flags))
            };
            let sent = match self.attempt(POLLOUT, patience, send).await {
                // The policy was replaced while the call waited.
                Err(_) if is_stale() => continue,
                sent => sent?,
            };
            let mut rest = data;
            for parcel in &parcels[..sent] {
                let (own, others) = rest.split_at(parcel.length);
                let (peer, control) = (parcel.address.as_ref(), Some(&parcel.control));
                self.charge_sent(own.len(), control);
                self.tell_sent(peer, flags, &[IoSlice::new(own)], own.len(), control);
                rest = others;
            }
            return Ok(sent);
        }
    }

    /// Where the datagrams go, if the policy allows it: up to the first that it does not, which is an error only where it
    /// is the first of all.
    fn destinations(&self, parcels: &[Parcel]) -> Result<Destinations> {
        let mut last = None;
        let mut addresses = Vec::new();
        let judged = parcels.iter().map(|parcel| -> Result<_> {
            let Some(address) = parcel.address.as_ref() else { return Ok(None) };
            if last != Some(address) {
                addresses.push(self.destination(&self.understood(address)?)?.0);
                last = Some(address);
            }
            Ok(Some(addresses.len() - 1))
        });
        let indices = until_error(judged)?;
        Ok(Destinations { indices, addresses })
    }

    /// Receives at most so many datagrams, of at most so many bytes and of so many of control messages each: what is there
    /// once the first of them is.
    pub(crate) async fn receive_many(
        &self,
        count: usize,
        (size, control): (u64, u64),
        flags: i32,
    ) -> Result<(Vec<u8>, Vec<Came>)> {
        self.descriptor()?;
        let count = count.min(MOST_AT_ONCE);
        let mut patience = self.patience(flags, c::SO_RCVTIMEO);
        if count == 0 {
            return Ok(Default::default());
        }
        let (room, control_room) =
            (self.room(size), usize::try_from(control).unwrap_or(MOST_CONTROL).min(MOST_CONTROL));
        if !self.receives_together(room, control_room, flags) {
            return self.receive_in_turn(count, (size, control), flags, &mut patience).await;
        }
        let most = |whole: usize, each: usize| whole.checked_div(each).map_or(count, |most| most.max(1));
        let count = count.min(most(self.shared.limits.receive, room)).min(most(MOST_CONTROL, control_room));
        let mut again = Again::default();
        let tries = &mut |fresh: Option<&Patience>| {
            self.receive_together(count, (room, control_room), flags, &mut again, fresh)
        };
        self.persist(Blocked::Untried, POLLIN, &mut patience, tries).await
    }

    /// Receives one after the other, each by a system call.
    async fn receive_in_turn(
        &self,
        count: usize,
        (size, control): (u64, u64),
        flags: i32,
        patience: &mut Patience,
    ) -> Result<(Vec<u8>, Vec<Came>)> {
        let (mut data, mut came) = (Vec::new(), Vec::new());
        while came.len() < count && data.len() <= self.shared.limits.receive {
            match self.receive_message(Blocked::Untried, size, control, flags, patience).await {
                Ok((message, peer)) => {
                    // What has come with it is closed.
                    let cut = if message.descriptors.is_empty() { 0 } else { c::MSG_CTRUNC };
                    data.extend_from_slice(&message.data);
                    came.push(Came {
                        length: message.data.len(),
                        told: message.length,
                        flags: message.flags & !c::MSG_CMSG_CLOEXEC | cut,
                        peer,
                        control: message.control,
                    });
                }
                // What stopped it is told by the next call.
                Err(_) if !came.is_empty() => break,
                Err(error) => return Err(error),
            }
            *patience = Patience::None;
        }
        Ok((data, came))
    }

    /// Whether one system call may receive several.
    fn receives_together(&self, room: usize, control: usize, flags: i32) -> bool {
        let is_kernels = self.descriptor().is_ok_and(|descriptor| descriptor.socket().kernel().is_some());
        let may_carry = self.family == c::AF_UNIX && control > 0;
        let is_plain = flags & !(c::MSG_DONTWAIT | c::MSG_TRUNC) == 0 && room <= USUAL_DATAGRAM;
        sys::HAS_BATCHES && is_kernels && self.kind == c::SOCK_DGRAM && !may_carry && is_plain
    }

    /// Receives by one try what the policy lets in; what it does not is dropped.
    fn receive_together(
        &self,
        count: usize,
        sizes: (usize, usize),
        flags: i32,
        again: &mut Again,
        fresh: Option<&Patience>,
    ) -> Tried<(Vec<u8>, Vec<Came>)> {
        let waits = self.limit.is_none() && !matches!(self.patience(flags, c::SO_RCVTIMEO), Patience::None);
        let mut is_over = || waits && self.descriptor().is_ok_and(|descriptor| again.is_shut(descriptor));
        let attempt = &mut |socket: &AnySocket| {
            let count = if self.shared.gates.is_metered(Way::In) { 1 } else { count };
            match socket.receive_many((count, sizes.0, sizes.1), flags | c::MSG_DONTWAIT) {
                // A call that blocked would say that there is nothing more; this one says that it would block.
                Err(error) if would_block(&error) && is_over() => Ok((Vec::new(), vec![nothing()])),
                result => result,
            }
        };
        let usual = fresh.filter(|_| is_usual(sizes.0 as u64, flags));
        let (data, arrivals) = match self.try_once(POLLIN, usual, attempt) {
            Tried::Done(Ok(came)) => came,
            Tried::Done(Err(error)) => return Tried::Done(Err(error)),
            Tried::Blocked(blocked) => return Tried::Blocked(blocked),
        };
        let (data, came) = self.sift(data, arrivals, flags);
        if came.is_empty() { Tried::Blocked(Blocked::Refused) } else { Tried::Done(Ok((data, came))) }
    }

    /// Leaves out what the policy does not let in.
    fn sift(&self, mut data: Vec<u8>, arrivals: Vec<Arrival>, flags: i32) -> (Vec<u8>, Vec<Came>) {
        let mut came = Vec::with_capacity(arrivals.len());
        let (mut at, mut end) = (0, 0);
        for Arrival { length, told, control, flags: told_flags, peer } in arrivals {
            self.charge_received(flags, length);
            let peer = self.shared.guest_address(&peer, self.protocol);
            let own = at..at + length;
            at = own.end;
            if !self.may_receive(peer.as_ref(), flags) {
                continue;
            }
            self.tell_data(Direction::Received, peer.as_ref(), flags, &[IoSlice::new(&data[own.clone()])], length);
            data.copy_within(own, end);
            end += length;
            came.push(Came { length, told, flags: told_flags & !c::MSG_CMSG_CLOEXEC, peer, control });
        }
        data.truncate(end);
        (data, came)
    }
}

/// Where datagrams go: many have one address in common.
struct Destinations {
    /// The place of each datagram's address among these.
    indices: Vec<Option<usize>>,
    addresses: Vec<RawAddress>,
}

impl Parcel {
    fn packet<'a>(&'a self, peers: &'a Destinations, at: Option<usize>) -> Packet<'a> {
        Packet { length: self.length, peer: at.map(|at| &peers.addresses[at]), control: self.control.as_bytes() }
    }
}

/// An empty datagram from nobody.
fn nothing() -> Arrival {
    Arrival { length: 0, told: 0, control: Vec::new(), flags: 0, peer: RawAddress::from_bytes(&[]) }
}
