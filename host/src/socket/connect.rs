//! Local addresses, connections and peers: bind(2), listen(2), connect(2).
#![allow(clippy::disallowed_methods, reason = "what is called here stands behind the policy")]

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use berkeley_constants as c;
use c::POLLOUT;

use super::attempt::{Tried, would_block};
use super::handle::Socket;
use super::patience::{Patience, Pauses};
use crate::address::{Address, RawAddress};
use crate::directory::{Directory, Located};
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
                descriptor.file().keep(located, lease);
            }
            Some(Place::Anywhere) | None => descriptor.socket().bind(&plain)?,
        }
        self.asked = Some(Arc::new(judged));
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
            let asked = self.asked.as_deref().unwrap_or(&actual);
            self.judge(&Operation::Listen { transport: self.transport, asked, actual: &actual })?;
        }
        let (backlog, queue) = self.shared.queue(backlog);
        descriptor.socket().listen(backlog)?;
        descriptor.file().listen(Some(queue));
        Ok(())
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
        match self.connect_now(address) {
            Tried::Done(result) => result,
            Tried::Blocked(begun) => self.connect_on(begun, address).await,
        }
    }

    /// Begins to connect, and ends if that need not wait. Otherwise [`connect_on`](Self::connect_on) goes on.
    pub(crate) fn connect_now(&mut self, address: &Address) -> Tried<(), Option<Connecting>> {
        let is_closed = self.connects() && self.shared.gates.closed(Way::Connection).is_some();
        if self.observers().want_calls() || is_closed {
            return Tried::Blocked(None);
        }
        self.forget_ends();
        match self.prepare_to_connect(address) {
            Ok(connecting) => self.begin_to_connect(connecting).map_blocked(Some),
            Err(error) => Tried::Done(Err(error)),
        }
    }

    /// Goes on with what [`connect_now`](Self::connect_now) has begun.
    pub(crate) async fn connect_on(&mut self, begun: Option<Connecting>, address: &Address) -> Result<()> {
        let mut seen = self.seen(Call::Connect { address });
        self.forget_ends();
        let result = watched!(seen, self.connect_unseen(begun, address));
        self.tell(&mut seen, &result, |()| Answer::Done);
        result
    }

    async fn connect_unseen(&mut self, begun: Option<Connecting>, address: &Address) -> Result<()> {
        let mut patience = self.patience_to_send(0);
        let connecting = match begun {
            Some(begun) => begun,
            None => {
                let connecting = self.prepare_to_connect(address)?;
                if self.connects() {
                    self.pass(self.descriptor()?, Way::Connection, &mut patience).await?;
                }
                match self.begin_to_connect(connecting) {
                    Tried::Done(result) => return result,
                    Tried::Blocked(connecting) => connecting,
                }
            }
        };
        self.end_connecting(connecting, &mut patience).await
    }

    /// Asks the policy, and finds the peer.
    fn prepare_to_connect(&self, address: &Address) -> Result<Connecting> {
        let descriptor = self.descriptor()?;
        let address = self.understood(address)?;
        // A peer that an earlier policy let through is none any more.
        self.obey()?;
        let (peer, located) = self.destination(&address)?;
        descriptor.file().connected(&address);
        self.ensure_nonblocking(descriptor)?;
        let is_near = address.internet().is_some_and(|peer| peer.ip().is_loopback());
        Ok(Connecting { peer, _located: located, is_near, state: Errno::EINPROGRESS })
    }

    /// Counts the attempt, and makes it.
    fn begin_to_connect(&self, mut connecting: Connecting) -> Tried<(), Connecting> {
        if self.connects() {
            self.shared.gates.charge_connection();
        }
        let failed = self.failed.swap(false, Ordering::Relaxed) && self.limit != Some(Duration::ZERO);
        match self.try_to_connect(&connecting.peer, failed) {
            Tried::Done(result) => Tried::Done(result),
            Tried::Blocked(state) if self.limit == Some(Duration::ZERO) => Tried::Done(Err(state.into())),
            Tried::Blocked(state) => {
                connecting.state = state;
                Tried::Blocked(connecting)
            }
        }
    }

    /// Calls connect(2), which tells of the attempt before where the guest was told that it had `failed`. What must be
    /// waited for is told as an error: EINPROGRESS, EALREADY or EAGAIN.
    fn try_to_connect(&self, peer: &RawAddress, mut failed: bool) -> Tried<(), Errno> {
        let descriptor = match self.descriptor() {
            Ok(descriptor) => descriptor,
            Err(error) => return Tried::Done(Err(error)),
        };
        loop {
            match descriptor.socket().connect(peer) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) if Errno::of(&error) == Some(Errno::EINPROGRESS) => {
                    return Tried::Blocked(Errno::EINPROGRESS);
                }
                // It is the attempt before, of which the guest was told.
                Err(error) if failed && Errno::of(&error) == Some(Errno::ECONNABORTED) => failed = false,
                // A call that blocked would wait for the attempt that is under way.
                Err(error) if Errno::of(&error) == Some(Errno::EALREADY) && self.limit.is_none() => {
                    return Tried::Blocked(Errno::EALREADY);
                }
                // A unix socket's peer has no room for it; nothing tells when it has.
                Err(error) if would_block(&error) && self.family == c::AF_UNIX && self.limit.is_none() => {
                    return Tried::Blocked(Errno::EAGAIN);
                }
                result => return Tried::Done(result.map_err(Error::from)),
            }
        }
    }

    /// Waits for the end of an attempt.
    async fn end_connecting(&self, connecting: Connecting, patience: &mut Patience) -> Result<()> {
        let descriptor = self.descriptor()?;
        let Connecting { peer, is_near, state: mut under_way, .. } = connecting;
        let mut pauses = Pauses::default();
        while under_way == Errno::EAGAIN {
            self.pause(descriptor, patience, pauses.longer()).await?;
            match self.try_to_connect(&peer, false) {
                Tried::Done(result) => return result,
                Tried::Blocked(state) => under_way = state,
            }
        }
        // So the kernel answers when its own limit, SO_SNDTIMEO, has run out.
        let late = |error: Error| if error.would_block() { under_way.into() } else { error };
        // A peer on this machine has mostly answered before the call returned.
        let mut may_be_over = self.transport == Transport::Tcp && self.limit.is_none() && CONNECTS_AGAIN && is_near;
        loop {
            let is_early = std::mem::take(&mut may_be_over);
            if !is_early {
                self.wait(descriptor, POLLOUT, patience).await.map_err(late)?;
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
                    self.pause(descriptor, patience, PAUSE).await.map_err(late)?;
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

/// An attempt to connect that has passed the policy.
pub(crate) struct Connecting {
    peer: RawAddress,
    /// What must stay until it is over.
    _located: Option<Located>,
    /// Whether the peer is on this machine.
    is_near: bool,
    /// What connect(2) has answered.
    state: Errno,
}
