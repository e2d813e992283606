//! Local addresses, connections and peers: bind(2), listen(2), accept(2), connect(2).
#![allow(clippy::disallowed_methods, reason = "what is called here stands behind the policy")]

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use berkeley_constants as c;
use c::{POLLIN, POLLOUT};

use super::attempt::{Again, would_block};
use super::handle::Socket;
use super::past::{Origin, Past};
use super::patience::{Patience, Pauses};
use crate::address::Address;
use crate::directory::Directory;
use crate::endpoint::AnySocket;
use crate::error::{Errno, Error, Result};
use crate::gate::Way;
use crate::observer::{Answer, Call, watched};
use crate::policy::{Operation, Transport};
use crate::shared::Place;
use crate::sys::CONNECTS_AGAIN;
use crate::wait::PAUSE;

impl Socket {
    /// Gives it a local address: bind(2).
    pub fn bind(&mut self, address: &Address) -> Result<()> {
        let mut seen = self.seen(Call::Bind { address });
        let result = seen.run(|| self.bind_unseen(address));
        self.tell(&mut seen, &result, |()| Answer::Done);
        result
    }

    fn bind_unseen(&mut self, address: &Address) -> Result<()> {
        let descriptor = self.descriptor()?;
        let address = self.understood(address)?;
        // Linux takes AF_UNSPEC for AF_INET here.
        let judged = match address {
            Address::Unspecified => Address::Inet(std::net::SocketAddrV4::new([0; 4].into(), 0)),
            ref other => other.clone(),
        };
        let operation = Operation::Bind { transport: self.transport, address: &judged };
        self.judge(&operation)?;
        let plain = address.encode()?;
        let path = address.unix_path().filter(|_| self.transport == Transport::Unix);
        let governing = self.shared.governance.current();
        let place = path.map(|path| self.shared.place(&governing, path, &operation)).transpose()?;
        match place {
            Some(Place::In(directory, below)) => {
                let located = directory.new_entry(below)?;
                self.shared.judge_place(&governing, &located, &operation)?;
                // So a guest has no more of those either.
                let lease = directory.costs_descriptor(&located).then(|| self.shared.lease()).transpose()?;
                descriptor.socket().bind(&located.address)?;
                if !Directory::has_entry(&located, below) {
                    // Somebody moved the directory meanwhile. What was bound elsewhere is of no use to the guest.
                    self.close()?;
                    return Err(Errno::EACCES.into());
                }
                descriptor.keep(located, lease);
            }
            Some(Place::Anywhere) | None => descriptor.socket().bind(&plain)?,
        }
        self.asked = Some(judged);
        let Err(denied) = self.tolerate_chosen_port() else { return Ok(()) };
        // There is no way to unbind it.
        self.close()?;
        Err(denied)
    }

    /// Makes it take connections: listen(2).
    pub fn listen(&self, backlog: i32) -> Result<()> {
        let mut seen = self.seen(Call::Listen { backlog });
        let result = seen.run(|| self.listen_unseen(backlog));
        self.tell(&mut seen, &result, |()| Answer::Done);
        result
    }

    fn listen_unseen(&self, backlog: i32) -> Result<()> {
        let descriptor = self.descriptor()?;
        // What listens already may listen on.
        let listens = self.getsockopt_unseen(c::SOL_SOCKET, c::SO_ACCEPTCONN)? != 0;
        // A socket that cannot tell an address, such as one of HCI that has no controller, cannot listen: the kernel tells why.
        if let Some(actual) = self.getsockname().unwrap_or(None).filter(|_| !listens) {
            let asked = self.asked.as_ref().unwrap_or(&actual);
            self.judge(&Operation::Listen { transport: self.transport, asked, actual: &actual })?;
        }
        let (backlog, queue) = self.shared.queue(backlog);
        descriptor.socket().listen(backlog)?;
        descriptor.listen(Some(queue));
        Ok(())
    }

    /// Takes the next connection that the policy lets in: accept(2).
    pub async fn accept(&self) -> Result<(Self, Option<Address>)> {
        let mut seen = self.seen(Call::Accept);
        let result = watched!(seen, self.accept_unseen());
        self.tell(&mut seen, &result, |(socket, peer)| Answer::Accepted(socket.info(), peer.as_ref()));
        result
    }

    async fn accept_unseen(&self) -> Result<(Self, Option<Address>)> {
        let descriptor = self.descriptor()?;
        self.ensure_nonblocking(descriptor)?;
        let mut patience = self.patience(0, c::SO_RCVTIMEO);
        // The kernel's cryptography has operations for connections, and no addresses for them.
        let nameless = self.family == c::AF_ALG;
        loop {
            let lease = self.shared.lease()?;
            self.shared.spare(descriptor)?;
            // One that may block, on a thread that is the guest's own, is not begun before there is something to accept.
            let early = || Ok::<_, std::io::Error>(descriptor.may_block()? && descriptor.events(POLLIN)? == 0);
            let accept =
                |socket: &AnySocket| if early()? { Err(Errno::EAGAIN.into()) } else { socket.accept(nameless) };
            let mut again = Again::default();
            let attempt = &mut |socket: &AnySocket| match accept(socket) {
                // As a call that blocked would say of a listener that was shut down.
                Err(error) if would_block(&error) && self.limit.is_none() && again.is_shut(descriptor) => {
                    Err(Errno::EINVAL.into())
                }
                result => result,
            };
            let (socket, peer) = self.attempt(POLLIN, &mut patience, attempt).await?;
            self.shared.gates.charge(Way::Connection, 1);
            self.shared.admit_socket(&socket)?;
            let peer = self.shared.guest_address(&peer, self.protocol);
            let judged = peer.as_ref().filter(|_| self.transport.is_internet());
            let (transport, given) = (self.transport, self.given);
            if judged.is_some_and(|peer| self.judge(&Operation::Accept { transport, peer, given }).is_err()) {
                // The peer learns of it by a reset.
                socket.reset_when_closed()?;
                self.go_on(descriptor, &mut patience).await?;
                continue;
            }
            let accepted = Self::new(&self.shared, socket, lease, (self.family, self.kind, self.protocol));
            let mut accepted = accepted.judged(self.obeys.load(Ordering::Relaxed));
            accepted.inherit_linger(self)?;
            accepted.descriptor()?.inherit(descriptor);
            accepted.past = Arc::new(Past::of(match self.past.origin {
                Origin::Made => Origin::Accepted(self.asked.clone()),
                _ => Origin::Elsewhere,
            }));
            accepted.asked = self.asked.clone().filter(|asked| asked.unix_path().is_some());
            return Ok((accepted, peer));
        }
    }

    /// What became of connecting in non-blocking mode. EAGAIN: it is under way still.
    pub(crate) fn finish_connect(&self) -> Result<()> {
        let descriptor = self.descriptor()?;
        if descriptor.events(POLLOUT)? == 0 {
            return Err(Errno::EAGAIN.into());
        }
        descriptor.socket().take_error()?.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Connects to a peer, or sets a datagram socket's default peer: connect(2).
    pub async fn connect(&mut self, address: &Address) -> Result<()> {
        let mut seen = self.seen(Call::Connect { address });
        self.forget_ends();
        let result = watched!(seen, self.connect_unseen(address));
        self.tell(&mut seen, &result, |()| Answer::Done);
        result
    }

    async fn connect_unseen(&mut self, address: &Address) -> Result<()> {
        let descriptor = self.descriptor()?;
        let address = self.understood(address)?;
        // A peer that an earlier policy let through is none any more.
        self.obey()?;
        let (peer, _located) = self.destination(&address)?;
        self.past.connected(&address);
        self.ensure_nonblocking(descriptor)?;
        let (mut patience, mut pauses) = (self.patience_to_send(0), Pauses::default());
        if self.connects() {
            self.pass(descriptor, Way::Connection, &mut patience).await?;
            self.shared.gates.charge(Way::Connection, 1);
        }
        let mut failed = self.failed.swap(false, Ordering::Relaxed) && self.limit != Some(Duration::ZERO);
        let under_way = loop {
            match descriptor.socket().connect(&peer) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) if Errno::of(&error) == Some(Errno::EINPROGRESS) => break Errno::EINPROGRESS,
                // It is the attempt before, of which the guest was told.
                Err(error) if failed && Errno::of(&error) == Some(Errno::ECONNABORTED) => failed = false,
                // A call that blocked would wait for the attempt that is under way.
                Err(error) if Errno::of(&error) == Some(Errno::EALREADY) && self.limit.is_none() => {
                    break Errno::EALREADY;
                }
                // A unix socket's peer has no room for it; nothing tells when it has.
                Err(error) if would_block(&error) && self.family == c::AF_UNIX && self.limit.is_none() => {
                    self.pause(descriptor, &mut patience, pauses.longer()).await?;
                }
                result => return Ok(result?),
            }
        };
        if matches!(patience, Patience::None) {
            return Err(under_way.into());
        }
        // So the kernel answers when its own limit, SO_SNDTIMEO, has run out.
        let late = |error: Error| if error.would_block() { under_way.into() } else { error };
        // A peer on this machine has mostly answered before the call returned.
        let is_near = || address.internet().is_some_and(|peer| peer.ip().is_loopback());
        let mut may_be_over = self.transport == Transport::Tcp && self.limit.is_none() && CONNECTS_AGAIN && is_near();
        loop {
            let is_early = std::mem::take(&mut may_be_over);
            if !is_early {
                self.wait(descriptor, POLLOUT, &mut patience).await.map_err(late)?;
            }
            // A call that blocked would leave the socket fit for another attempt. CPython, in time-out mode, does not.
            if self.limit.is_some() || !CONNECTS_AGAIN {
                let Some(error) = descriptor.socket().take_error()? else { return Ok(()) };
                self.failed.store(true, Ordering::Relaxed);
                return Err(error.into());
            }
            match descriptor.socket().connect(&peer) {
                Err(error) if is_early && Errno::of(&error) == Some(Errno::EALREADY) => {}
                // Ready, it says, and is not: what was shut down is always ready.
                Err(error) if Errno::of(&error) == Some(Errno::EALREADY) => {
                    self.pause(descriptor, &mut patience, PAUSE).await.map_err(late)?;
                }
                // So SCTP, AF_VSOCK and others tell that the attempt has succeeded.
                Err(error) if Errno::of(&error) == Some(Errno::EISCONN) => return Ok(()),
                // RFCOMM and others of AF_BLUETOOTH say only that they take no second attempt.
                Err(error) if Errno::of(&error) == Some(Errno::EBADFD) => {
                    return descriptor.socket().take_error()?.map_or(Ok(()), |error| Err(error.into()));
                }
                result => return Ok(result?),
            }
        }
    }
}
