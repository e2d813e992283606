//! Sending several buffers as one message, with control messages: the data of sendmsg(2).

use std::io::IoSlice;

use berkeley_constants as c;
use c::POLLOUT;

use super::attempt::{Blocked, Tried};
use super::handle::Socket;
use super::patience::Patience;
use super::send::{Aim, Begun};
use crate::address::Address;
use crate::endpoint::{AnySocket, OutgoingControl};
use crate::error::{Errno, Result};
use crate::gate::Way;

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
    /// Sends the buffers as one message, as much as there is room for already, if that is all that the call does; some may
    /// be left where the whole is wanted. Otherwise [`transmit_message`](Self::transmit_message) goes on.
    pub(crate) fn transmit_message_now(
        &self,
        buffers: &[IoSlice<'_>],
        control: &OutgoingControl,
        flags: i32,
        address: Option<&Address>,
    ) -> Tried<usize, Begun> {
        // What has a path must be found first, and a connection that is begun by sending be counted.
        let is_plain = address.is_none() || self.peers.is_some() && !self.is_stream();
        if self.observers().want_calls() || flags & c::MSG_FASTOPEN != 0 || !is_plain {
            return Tried::Blocked(Begun::default());
        }
        let total: usize = buffers.iter().map(|buffer| buffer.len()).sum();
        if self.part(total) < total {
            return Tried::Blocked(Begun::default());
        }
        let aim = match address.map(|address| self.aim_anew(address)).transpose() {
            Ok(aim) => aim,
            Err(error) => return Tried::Done(Err(error)),
        };
        let peer = aim.as_ref().map(|aim| aim.peer);
        let attempt =
            &mut |socket: &AnySocket| socket.send_message(buffers, Some(control), peer.as_ref(), self.sending(flags));
        match self.try_once(POLLOUT, None, attempt).unless_it_waits(&self.patience_to_send(flags)) {
            Tried::Done(Ok(sent)) => {
                self.charge_sent(sent, Some(control));
                if sent < total && self.sends_all(flags) {
                    return Tried::Blocked(Begun { sent, blocked: Blocked::Untried, aim });
                }
                Tried::Done(Ok(sent))
            }
            Tried::Done(Err(error)) => Tried::Done(Err(error)),
            Tried::Blocked(blocked) => Tried::Blocked(Begun { sent: 0, blocked, aim }),
        }
    }

    /// Sends the buffers as one message, from where it was begun. In blocking mode a stream takes all of it.
    pub(crate) async fn transmit_message(
        &self,
        Begun { mut sent, mut blocked, aim }: Begun,
        buffers: &[IoSlice<'_>],
        control: &OutgoingControl,
        flags: i32,
        address: Option<&Address>,
        patience: &mut Patience,
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
        let is_stale = |aim: &Aim| self.shared.governance.generation() != aim.judged;
        let aim_anew = || address.as_ref().map(|address| self.aim(address)).transpose();
        let mut aim = aim.filter(|aim| !is_stale(aim)).map_or_else(aim_anew, |aim| Ok(Some(aim)))?;
        if let Some(address) = address.as_ref().filter(|_| flags & c::MSG_FASTOPEN != 0) {
            self.descriptor()?.file().connected(address);
        }
        if flags & c::MSG_FASTOPEN != 0 {
            self.pass(self.descriptor()?, Way::Connection, patience).await?;
            self.shared.gates.charge_connection();
        }
        let total: usize = buffers.iter().map(|buffer| buffer.len()).sum();
        let mut slices = buffers.to_vec();
        let mut rest = slices.as_mut_slice();
        IoSlice::advance_slices(&mut rest, sent);
        loop {
            let peer = aim.as_ref().map(|aim| aim.peer);
            let towards = peer.as_ref().filter(|_| self.family == c::AF_UNIX && !self.connects());
            let control = (sent == 0).then_some(control);
            let send = &mut |socket: &AnySocket| {
                if aim.as_ref().is_some_and(is_stale) {
                    return Err(Errno::ESTALE.into());
                }
                let most = self.part(total - sent);
                let part = (most < total - sent).then(|| first(rest, most));
                socket.send_message(part.as_deref().unwrap_or(rest), control, peer.as_ref(), self.sending(flags))
            };
            let result = match towards {
                Some(peer) => self.attempt_towards(peer, patience, send).await,
                None => {
                    let tries = &mut |_: Option<&Patience>| self.try_once(POLLOUT, None, &mut *send);
                    self.persist(std::mem::take(&mut blocked), POLLOUT, patience, tries).await
                }
            };
            let more = match result {
                Err(_) if sent > 0 => return Ok(sent),
                // The policy was replaced while the call waited.
                Err(_) if aim.as_ref().is_some_and(is_stale) => {
                    self.obey()?;
                    aim = aim_anew()?;
                    continue;
                }
                result => result?,
            };
            self.charge_sent(more, control);
            self.tell_sent(address.as_ref(), flags, rest, more, control);
            sent += more;
            self.renew(patience);
            if sent >= total || !self.sends_all(flags) {
                return Ok(sent);
            }
            IoSlice::advance_slices(&mut rest, more);
        }
    }
}
