//! Sending: send(2), sendto(2), and the data of sendmsg(2).
#![allow(clippy::disallowed_methods, reason = "what is called here stands behind the policy")]

use std::io::IoSlice;

use berkeley_constants as c;
use c::POLLOUT;

use super::handle::Socket;
use super::patience::Patience;
use crate::address::Address;
use crate::endpoint::{AnySocket, OutgoingControl};
use crate::error::{Errno, Error, Result};
use crate::gate::Way;
use crate::observer::{Answer, Call, Direction, watched};

/// Flags that the host sets itself, or that would let the kernel read memory after the call.
const MSG_ZEROCOPY: i32 = 0x400_0000;

/// Families whose sockets refuse to send with MSG_NOSIGNAL. Where they have signals at all, it would keep none away.
const REFUSE_NOSIGNAL: &[i32] = &[
    c::AF_AX25,
    c::AF_APPLETALK,
    c::AF_NETROM,
    c::AF_ATMPVC,
    c::AF_X25,
    c::AF_ROSE,
    c::AF_ATMSVC,
    c::AF_RDS,
    c::AF_QIPCRTR,
    c::AF_MCTP,
];

/// The first so many bytes of the buffers.
fn first<'a>(buffers: &'a [IoSlice<'_>], most: usize) -> Vec<IoSlice<'a>> {
    let mut left = most;
    let part = buffers.iter().map(|buffer| {
        let length = buffer.len().min(left);
        left -= length;
        IoSlice::new(&buffer[..length])
    });
    part.collect()
}

impl Socket {
    /// Sends on a connected socket: send(2). In blocking mode a stream takes all of it.
    pub async fn send(&self, data: &[u8], flags: i32) -> Result<usize> {
        let mut seen = self.seen(Call::Send { size: data.len(), flags });
        let result = match watched!(seen, self.transmit(data, flags, self.sends_all(flags))) {
            Ok((0, Some(error))) => Err(error),
            result => result.map(|(sent, _)| sent),
        };
        self.tell(&mut seen, &result, |sent| Answer::Bytes(*sent as u64));
        result
    }

    /// Sends all of it.
    pub async fn sendall(&self, data: &[u8], flags: i32) -> Result<()> {
        let mut seen = self.seen(Call::Sendall { size: data.len(), flags });
        let result = match watched!(seen, self.transmit(data, flags, true)) {
            Ok((_, Some(error))) => Err(error),
            result => result.map(|_| ()),
        };
        self.tell(&mut seen, &result, |()| Answer::Bytes(data.len() as u64));
        result
    }

    /// Sends on, until all was sent or, unless the whole is wanted, a part; tells how much, and what stopped it.
    pub(crate) async fn transmit(&self, data: &[u8], flags: i32, whole: bool) -> Result<(usize, Option<Error>)> {
        self.descriptor()?;
        let mut patience = self.patience_to_send(flags);
        let flags = self.sending(flags);
        let mut sent = 0;
        loop {
            let attempt = &mut |socket: &AnySocket| {
                let rest = &data[sent..];
                socket.send(&rest[..self.part(rest.len())], flags)
            };
            match self.attempt(POLLOUT, &mut patience, attempt).await {
                Ok(more) => {
                    self.shared.gates.charge(Way::Out, more);
                    self.tell_data(Direction::Sent, None, flags, &[IoSlice::new(&data[sent..])], more);
                    sent += more;
                }
                Err(error) => return Ok((sent, Some(error))),
            }
            if sent >= data.len() || !whole {
                return Ok((sent, None));
            }
        }
    }

    /// Sends to the address: sendto(2).
    pub async fn sendto(&self, data: &[u8], flags: i32, address: &Address) -> Result<usize> {
        let mut seen = self.seen(Call::Sendto { size: data.len(), flags, address });
        let (buffers, control) = ([IoSlice::new(data)], OutgoingControl::default());
        let result = watched!(seen, self.transmit_message(&buffers, &control, flags, Some(address)));
        self.tell(&mut seen, &result, |sent| Answer::Bytes(*sent as u64));
        result
    }

    /// Sends the buffers as one message. In blocking mode a stream takes all of it.
    pub(crate) async fn transmit_message(
        &self,
        buffers: &[IoSlice<'_>],
        control: &OutgoingControl,
        flags: i32,
        address: Option<&Address>,
    ) -> Result<usize> {
        self.descriptor()?;
        let address = address.map(|address| self.understood(address)).transpose()?;
        // The kernel does not look at a path where there is nothing to send to it.
        let address = match address {
            Some(Address::Unix(_)) if self.family == c::AF_UNIX && self.connects() => Some(Address::Unix(Vec::new())),
            address => address,
        };
        // A peer that an earlier policy let through is none any more.
        self.obey()?;
        let mut judged = self.shared.governance.generation();
        let mut located = address.as_ref().map(|address| self.destination(address)).transpose()?;
        if let Some(address) = address.as_ref().filter(|_| flags & c::MSG_FASTOPEN != 0) {
            self.past.connected(address);
        }
        let mut patience = self.patience_to_send(flags);
        if flags & c::MSG_FASTOPEN != 0 {
            self.pass(self.descriptor()?, Way::Connection, &mut patience).await?;
            self.shared.gates.charge(Way::Connection, 1);
        }
        let is_stale = |judged: u64| address.is_some() && self.shared.governance.generation() != judged;
        let total: usize = buffers.iter().map(|buffer| buffer.len()).sum();
        let mut slices = buffers.to_vec();
        let mut rest = slices.as_mut_slice();
        let mut sent = 0;
        loop {
            let peer = located.as_ref().map(|(raw, _)| *raw);
            let towards = peer.as_ref().filter(|_| self.family == c::AF_UNIX && !self.connects());
            let control = (sent == 0).then_some(control);
            let send = &mut |socket: &AnySocket| {
                if is_stale(judged) {
                    return Err(Errno::ESTALE.into());
                }
                let most = self.part(total - sent);
                let part = (most < total - sent).then(|| first(rest, most));
                socket.send_message(part.as_deref().unwrap_or(rest), control, peer.as_ref(), self.sending(flags))
            };
            let result = match towards {
                Some(peer) => self.attempt_towards(peer, &mut patience, send).await,
                None => self.attempt(POLLOUT, &mut patience, send).await,
            };
            let more = match result {
                Err(_) if sent > 0 => return Ok(sent),
                // The policy was replaced while the call waited.
                Err(_) if is_stale(judged) => {
                    self.obey()?;
                    judged = self.shared.governance.generation();
                    located = address.as_ref().map(|address| self.destination(address)).transpose()?;
                    continue;
                }
                result => result?,
            };
            self.shared.gates.charge(Way::Out, more);
            self.tell_data(Direction::Sent, address.as_ref(), flags, rest, more);
            sent += more;
            if sent >= total || !self.sends_all(flags) {
                return Ok(sent);
            }
            IoSlice::advance_slices(&mut rest, more);
        }
    }

    /// How much of the rest one system call may send now. A datagram is sent as a whole.
    fn part(&self, rest: usize) -> usize {
        if self.is_stream() { self.shared.gates.portion(Way::Out, rest) } else { rest }
    }

    /// Whether a call takes all data, as in Linux a stream's does that may wait without limit.
    pub(super) fn sends_all(&self, flags: i32) -> bool {
        self.limit.is_none() && flags & c::MSG_DONTWAIT == 0 && self.is_stream()
    }

    /// The flags for a system call that sends.
    pub(super) fn sending(&self, flags: i32) -> i32 {
        let quiet = if REFUSE_NOSIGNAL.contains(&self.family) { 0 } else { c::MSG_NOSIGNAL };
        flags & !MSG_ZEROCOPY | c::MSG_DONTWAIT | quiet
    }

    /// How long a call that sends may wait.
    pub(crate) fn patience_to_send(&self, flags: i32) -> Patience {
        self.patience(flags, c::SO_SNDTIMEO)
    }
}
