//! Sending: send(2), sendto(2).
#![allow(clippy::disallowed_methods, reason = "what is called here stands behind the policy")]

use std::io::{self, IoSlice};

use berkeley_constants as c;
use c::POLLOUT;

use super::attempt::{Blocked, Tried};
use super::handle::Socket;
use super::patience::Patience;
use crate::address::{Address, RawAddress};
use crate::directory::Located;
use crate::endpoint::{AnySocket, OutgoingControl};
use crate::error::{Error, Result};
use crate::gate::Way;
use crate::observer::{Answer, Call, watched};
use crate::policy::Transport;

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

/// How far a call that sends has come.
#[derive(Default)]
pub(crate) struct Begun {
    pub(super) sent: usize,
    /// What it must wait for.
    pub(super) blocked: Blocked,
    /// Where it goes, if the policy was asked.
    pub(super) aim: Option<Aim>,
}

/// Where a message goes, which a policy has allowed.
pub(crate) struct Aim {
    pub(super) peer: RawAddress,
    /// What must stay open until it is sent.
    _located: Option<Located>,
    /// By which policy it was judged.
    pub(super) judged: u64,
}

impl Socket {
    /// Sends on a connected socket: send(2). In blocking mode a stream takes all of it.
    pub async fn send(&self, data: &[u8], flags: i32) -> Result<usize> {
        match self.send_now(data, flags, self.sends_all(flags)) {
            Tried::Done(result) => result,
            Tried::Blocked(begun) => self.send_on(begun, data, flags).await,
        }
    }

    /// Sends what there is room for already, if that is all that the call does; some may be left where the whole is wanted.
    /// Otherwise [`send_on`](Self::send_on) or [`sendall_on`](Self::sendall_on) goes on.
    pub(crate) fn send_now(&self, data: &[u8], flags: i32, whole: bool) -> Tried<usize, Begun> {
        if self.observers().want_calls() {
            return Tried::Blocked(Begun::default());
        }
        let patience = self.patience_to_send(flags);
        let attempt = &mut |socket: &AnySocket| self.send_part(socket, data, flags);
        match self.try_telling(POLLOUT, Some(&patience), attempt).unless_it_waits(&patience) {
            Tried::Done(Ok(sent)) => {
                self.charge_sent(sent, None);
                if sent < data.len() && whole {
                    return Tried::Blocked(Begun { sent, ..Begun::default() });
                }
                Tried::Done(Ok(sent))
            }
            Tried::Done(Err(error)) => Tried::Done(Err(error)),
            Tried::Blocked(blocked) => Tried::Blocked(Begun { blocked, ..Begun::default() }),
        }
    }

    /// Goes on with what [`send_now`](Self::send_now) has begun.
    pub(crate) async fn send_on(&self, begun: Begun, data: &[u8], flags: i32) -> Result<usize> {
        let mut seen = self.seen(Call::Send { size: data.len(), flags });
        let result = match watched!(seen, self.transmit_on(begun, data, flags, self.sends_all(flags))) {
            Ok((0, Some(error))) => Err(error),
            result => result.map(|(sent, _)| sent),
        };
        self.tell(&mut seen, &result, |sent| Answer::Bytes(*sent as u64));
        result
    }

    /// Sends all of it.
    pub async fn sendall(&self, data: &[u8], flags: i32) -> Result<()> {
        match self.send_now(data, flags, true) {
            Tried::Done(result) => result.map(|_| ()),
            Tried::Blocked(begun) => self.sendall_on(begun, data, flags).await,
        }
    }

    /// Goes on with what [`send_now`](Self::send_now) has begun.
    pub(crate) async fn sendall_on(&self, begun: Begun, data: &[u8], flags: i32) -> Result<()> {
        let mut seen = self.seen(Call::Sendall { size: data.len(), flags });
        let result = match watched!(seen, self.transmit_on(begun, data, flags, true)) {
            Ok((_, Some(error))) => Err(error),
            result => result.map(|_| ()),
        };
        self.tell(&mut seen, &result, |()| Answer::Bytes(data.len() as u64));
        result
    }

    /// Sends on, until all was sent or, unless the whole is wanted, a part; tells how much, and what stopped it.
    pub(crate) async fn transmit(&self, data: &[u8], flags: i32, whole: bool) -> Result<(usize, Option<Error>)> {
        self.transmit_on(Begun::default(), data, flags, whole).await
    }

    async fn transmit_on(
        &self,
        Begun { mut sent, mut blocked, .. }: Begun,
        data: &[u8],
        flags: i32,
        whole: bool,
    ) -> Result<(usize, Option<Error>)> {
        self.descriptor()?;
        let mut patience = self.patience_to_send(flags);
        loop {
            let attempt = &mut |socket: &AnySocket| self.send_part(socket, &data[sent..], flags);
            let tries = &mut |fresh: Option<&Patience>| self.try_telling(POLLOUT, fresh, attempt);
            match self.persist(std::mem::take(&mut blocked), POLLOUT, &mut patience, tries).await {
                Ok(more) => {
                    self.charge_sent(more, None);
                    let rest = [IoSlice::new(&data[sent..])];
                    self.tell_sent(None, self.sending(flags), &rest, more, None);
                    sent += more;
                    self.renew(&mut patience);
                }
                Err(error) => return Ok((sent, Some(error))),
            }
            if sent >= data.len() || !whole {
                return Ok((sent, None));
            }
        }
    }

    /// Sends as much as one system call may; tells besides whether the next one would block.
    fn send_part(&self, socket: &AnySocket, data: &[u8], flags: i32) -> io::Result<(usize, bool)> {
        let part = self.part(data.len());
        let sent = socket.send(&data[..part], self.sending(flags))?;
        Ok((sent, self.exhausts(sent, part, flags)))
    }

    /// Sends to the address: sendto(2).
    pub async fn sendto(&self, data: &[u8], flags: i32, address: &Address) -> Result<usize> {
        match self.sendto_now(data, flags, address) {
            Tried::Done(result) => result,
            Tried::Blocked(begun) => self.sendto_on(begun, data, flags, address).await,
        }
    }

    /// Sends a datagram that there is room for already. Otherwise [`sendto_on`](Self::sendto_on) does it.
    pub(crate) fn sendto_now(&self, data: &[u8], flags: i32, address: &Address) -> Tried<usize, Begun> {
        if self.observers().want_calls() || self.peers.is_none() || self.is_stream() {
            return Tried::Blocked(Begun::default());
        }
        let aim = match self.aim_anew(address) {
            Ok(aim) => aim,
            Err(error) => return Tried::Done(Err(error)),
        };
        let attempt = &mut |socket: &AnySocket| socket.send_to(data, &aim.peer, self.sending(flags));
        match self.try_once(POLLOUT, None, attempt).unless_it_waits(&self.patience_to_send(flags)) {
            Tried::Done(result) => Tried::Done(result.inspect(|sent| self.charge_sent(*sent, None))),
            Tried::Blocked(blocked) => Tried::Blocked(Begun { sent: 0, blocked, aim: Some(aim) }),
        }
    }

    /// Goes on with what [`sendto_now`](Self::sendto_now) has begun, waiting as long as it may.
    pub(crate) async fn sendto_on(&self, begun: Begun, data: &[u8], flags: i32, address: &Address) -> Result<usize> {
        let mut seen = self.seen(Call::Sendto { size: data.len(), flags, address });
        let (buffers, control) = ([IoSlice::new(data)], OutgoingControl::default());
        let patience = &mut self.patience_to_send(flags);
        let sending = self.transmit_message(begun, &buffers, &control, flags, Some(address), patience);
        let result = watched!(seen, sending);
        self.tell(&mut seen, &result, |sent| Answer::Bytes(*sent as u64));
        result
    }

    /// Where a datagram goes that is sent to the address now.
    pub(super) fn aim_anew(&self, address: &Address) -> Result<Aim> {
        self.descriptor()?;
        let address = self.understood(address)?;
        // A peer that an earlier policy let through is none any more.
        self.obey()?;
        self.aim(&address)
    }

    /// Asks the policy for whom to send to.
    pub(super) fn aim(&self, address: &Address) -> Result<Aim> {
        // What is replaced while it is asked is asked again.
        let judged = self.shared.governance.generation();
        let (peer, located) = self.destination(address)?;
        Ok(Aim { peer, _located: located, judged })
    }

    /// How much of the rest one system call may send now. A datagram is sent as a whole.
    pub(super) fn part(&self, rest: usize) -> usize {
        if self.is_stream() { self.shared.gates.portion(Way::Out, rest) } else { rest }
    }

    /// Whether a call takes all data, as in Linux a stream's does that may wait without limit.
    pub(crate) fn sends_all(&self, flags: i32) -> bool {
        self.limit.is_none() && flags & c::MSG_DONTWAIT == 0 && self.is_stream()
    }

    /// The flags for a system call that sends.
    pub(super) fn sending(&self, flags: i32) -> i32 {
        let quiet = if REFUSE_NOSIGNAL.contains(&self.family) { 0 } else { c::MSG_NOSIGNAL };
        flags & !MSG_ZEROCOPY | c::MSG_DONTWAIT | quiet
    }

    /// How long a call that sends may wait.
    pub(crate) fn patience_to_send(&self, flags: i32) -> Patience {
        // It keeps who receives from waiting, not who sends.
        self.patience(flags & !c::MSG_OOB, c::SO_SNDTIMEO)
    }

    /// After a part was sent: in the kernel a unix stream has its whole limit for each part that must wait for room. Others
    /// have it for all that one call waits.
    pub(super) fn renew(&self, patience: &mut Patience) {
        let begun = matches!(patience, Patience::Until(..));
        if begun && self.limit.is_none() && self.transport == Transport::Unix && self.is_stream() {
            *patience = Patience::Kernel(c::SO_SNDTIMEO);
        }
    }
}
