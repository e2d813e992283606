//! Taking connections: accept(2). What waits already is given without a future.
#![allow(clippy::disallowed_methods, reason = "what is called here stands behind the policy")]

use std::io;
use std::sync::atomic::Ordering;

use berkeley_constants as c;
use c::POLLIN;

use super::attempt::{Again, Blocked, Tried, would_block};
use super::handle::Socket;
use crate::address::{Address, RawAddress};
use crate::budget::One;
use crate::endpoint::AnySocket;
use crate::error::{Errno, Result};
use crate::observer::{Answer, Call, watched};
use crate::policy::Operation;
use crate::wait::Origin;

/// A connection, and its peer's address.
type Accepted = (Socket, Option<Address>);

impl Socket {
    /// Takes the next connection that the policy lets in: accept(2).
    pub async fn accept(&self) -> Result<Accepted> {
        match self.accept_now() {
            Tried::Done(result) => result,
            Tried::Blocked(blocked) => self.accept_on(blocked).await,
        }
    }

    /// Takes a connection that waits already. Otherwise [`accept_on`](Self::accept_on) goes on.
    pub(crate) fn accept_now(&self) -> Tried<Accepted> {
        if self.observers().want_calls() {
            return Tried::Blocked(Blocked::Untried);
        }
        self.accept_once(&mut Again::default()).unless_it_waits(&self.patience(0, c::SO_RCVTIMEO))
    }

    /// Goes on with what [`accept_now`](Self::accept_now) has begun.
    pub(crate) async fn accept_on(&self, blocked: Blocked) -> Result<Accepted> {
        let mut seen = self.seen(Call::Accept);
        let result = watched!(seen, self.accept_unseen(blocked));
        self.tell(&mut seen, &result, |(socket, peer)| Answer::Accepted(socket.info(), peer.as_ref()));
        result
    }

    async fn accept_unseen(&self, blocked: Blocked) -> Result<Accepted> {
        let mut patience = self.patience(0, c::SO_RCVTIMEO);
        let mut again = Again::default();
        self.persist(blocked, POLLIN, &mut patience, &mut |_| self.accept_once(&mut again)).await
    }

    /// Takes a connection by one try. One that the policy does not let in is reset.
    fn accept_once(&self, again: &mut Again) -> Tried<Accepted> {
        let lease = match self.prepare_to_accept() {
            Ok(lease) => lease,
            Err(error) => return Tried::Done(Err(error)),
        };
        match self.try_once(POLLIN, None, &mut |socket: &AnySocket| self.accept_from(socket, again)) {
            Tried::Done(Ok(came)) => match self.judge_accepted(came, lease) {
                Ok(Some(accepted)) => Tried::Done(Ok(accepted)),
                Ok(None) => Tried::Blocked(Blocked::Refused),
                Err(error) => Tried::Done(Err(error)),
            },
            Tried::Done(Err(error)) => Tried::Done(Err(error)),
            Tried::Blocked(blocked) => Tried::Blocked(blocked),
        }
    }

    /// Sees to it that there is room for one more socket, and that the call does not block.
    fn prepare_to_accept(&self) -> Result<One> {
        let descriptor = self.descriptor()?;
        self.ensure_nonblocking(descriptor)?;
        let lease = self.shared.lease()?;
        self.shared.spare(descriptor)?;
        Ok(lease)
    }

    /// The one system call.
    fn accept_from(&self, socket: &AnySocket, again: &mut Again) -> io::Result<(AnySocket, RawAddress)> {
        let descriptor = self.descriptor().map_err(|_| Errno::EBADF)?;
        // One that may block, on a thread that is the guest's own, is not begun before there is something to accept.
        if descriptor.may_block()? && descriptor.events(POLLIN)? == 0 {
            return Err(Errno::EAGAIN.into());
        }
        // The kernel's cryptography has operations for connections, and no addresses for them.
        match socket.accept(self.family == c::AF_ALG) {
            // As a call that blocked would say of a listener that was shut down.
            Err(error) if would_block(&error) && self.limit.is_none() && again.is_shut(descriptor) => {
                Err(Errno::EINVAL.into())
            }
            result => result,
        }
    }

    /// Makes a socket of what was accepted; none, where the policy does not let the peer in.
    fn judge_accepted(&self, (socket, peer): (AnySocket, RawAddress), lease: One) -> Result<Option<Accepted>> {
        self.shared.gates.charge_connection();
        self.shared.admit_socket(&socket)?;
        let peer = self.shared.guest_address(&peer, self.protocol);
        let judged = peer.as_ref().filter(|_| self.transport.is_internet());
        let (transport, given) = (self.transport, self.given);
        if judged.is_some_and(|peer| self.judge(&Operation::Accept { transport, peer, given }).is_err()) {
            // The peer learns of it by a reset.
            socket.reset_when_closed()?;
            return Ok(None);
        }
        let accepted = Self::new(&self.shared, socket, lease, (self.family, self.kind, self.protocol));
        let mut accepted = accepted.judged(self.obeys.load(Ordering::Relaxed));
        accepted.inherit_linger(self)?;
        let inherits_limits = matches!(self.family, c::AF_INET | c::AF_INET6);
        let (file, listener) = (accepted.descriptor()?.file(), self.descriptor()?.file());
        file.inherit(listener, inherits_limits);
        file.comes_from(match listener.origin() {
            Origin::Made => Origin::Accepted(self.asked.clone()),
            _ => Origin::Elsewhere,
        });
        accepted.asked = self.asked.clone().filter(|asked| asked.unix_path().is_some());
        Ok(Some((accepted, peer)))
    }
}
