//! The life of sockets: how they come to be, are duplicated, handed over and closed: socket(2), socketpair(2), dup(2).

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use berkeley_constants as c;

use super::handle::Socket;
use super::receive::USUAL_DATAGRAM;
use crate::address::Address;
use crate::endpoint::AnySocket;
use crate::error::{Errno, Result};
use crate::observer::{Answer, Call};
use crate::policy::{Operation, Transport};
use crate::shared::Shared;
use crate::sys::{self, OwnedSocket};
use crate::wait::{Descriptor, Waiting};

/// A descriptor from elsewhere that is known to be a socket.
pub(crate) struct Adopted {
    socket: AnySocket,
    family: i32,
    kind: i32,
    protocol: i32,
}

impl Adopted {
    /// ENOTSOCK.
    pub(crate) fn new(socket: OwnedSocket) -> io::Result<Self> {
        Self::of(AnySocket::Kernel(Arc::new(socket.into())))
    }

    /// ENOTSOCK.
    pub(crate) fn of(socket: AnySocket) -> io::Result<Self> {
        let (family, kind, protocol) = socket.numbers()?;
        Ok(Self { socket, family, kind, protocol })
    }
}

impl Socket {
    /// Makes a socket: socket(2). The type may have the flags SOCK_NONBLOCK and SOCK_CLOEXEC.
    pub(crate) fn create(shared: &Arc<Shared>, family: i32, kind: i32, protocol: i32) -> Result<Self> {
        let mut seen = shared.seen(Call::Socket { family, kind, protocol });
        let result = seen.run(|| Self::create_unseen(shared, family, kind, protocol));
        shared.tell(&mut seen, &result, |socket| Answer::Socket(socket.info()));
        result
    }

    fn create_unseen(shared: &Arc<Shared>, family: i32, kind: i32, protocol: i32) -> Result<Self> {
        let (kind, nonblocking) = split_type(kind);
        let generation = shared.governance.generation();
        judge_creation(shared, family, kind, protocol)?;
        let lease = shared.lease()?;
        let socket = shared.open_socket(family, kind, protocol)?;
        shared.admit_socket(&socket)?;
        let socket = Self::new(shared, socket, lease, (family, kind, protocol)).judged(generation);
        Ok(socket.nonblocking_if(nonblocking))
    }

    /// Makes two sockets that are connected with each other: socketpair(2).
    pub(crate) fn pair(shared: &Arc<Shared>, family: i32, kind: i32, protocol: i32) -> Result<(Self, Self)> {
        let mut seen = shared.seen(Call::Socketpair { family, kind, protocol });
        let result = seen.run(|| Self::pair_unseen(shared, family, kind, protocol));
        shared.tell(&mut seen, &result, |(one, other)| Answer::Pair(one.info(), other.info()));
        result
    }

    fn pair_unseen(shared: &Arc<Shared>, family: i32, kind: i32, protocol: i32) -> Result<(Self, Self)> {
        let (kind, nonblocking) = split_type(kind);
        let generation = shared.governance.generation();
        judge_creation(shared, family, kind, protocol)?;
        let leases = (shared.lease()?, shared.lease()?);
        let pair = shared.open_pair(family, kind, protocol)?;
        shared.admit_socket(&pair.0)?;
        shared.admit_socket(&pair.1)?;
        let make = |socket, lease| {
            let socket = Self::new(shared, socket, lease, (family, kind, protocol)).judged(generation);
            socket.nonblocking_if(nonblocking)
        };
        Ok((make(pair.0, leases.0), make(pair.1, leases.1)))
    }

    /// Takes a socket from elsewhere, though there be too many.
    pub(crate) fn adopt(shared: &Arc<Shared>, from: Adopted) -> Self {
        let descriptor = Descriptor::adopted(from.socket, shared.given_lease());
        let mut socket = Self::around(shared, descriptor, (from.family, from.kind, from.protocol));
        socket.note_low_water();
        socket.note_listening();
        socket.given = true;
        socket
    }

    /// Takes a socket that came over a unix socket. EACCES, EMFILE.
    ///
    /// It is used under this guest's own policy. What it is connected to, somebody else has connected it to.
    pub(crate) fn receive_socket(&self, from: AnySocket) -> Result<Self> {
        let lease = self.shared.lease()?;
        let Adopted { socket, family, kind, protocol } = Adopted::of(from)?;
        self.shared.admit_socket(&socket)?;
        judge_creation(&self.shared, family, kind, protocol)?;
        let mut received = Self::around(&self.shared, Descriptor::adopted(socket, lease), (family, kind, protocol));
        // Some families know no names.
        received.asked = received.getsockname().ok().flatten().map(Arc::new);
        received.note_listening();
        let peer = received.getpeername().ok().flatten();
        if let Some((peer, peers)) = peer.as_ref().and_then(Address::internet).zip(received.peers.as_ref()) {
            peers.remember(peer);
        }
        Ok(received)
    }

    /// Takes a socket that another process gave: Windows's WSADuplicateSocket. EOPNOTSUPP elsewhere.
    pub(crate) fn from_share(shared: &Arc<Shared>, data: &[u8]) -> Result<Self> {
        let mut seen = shared.seen(Call::Fromshare);
        let result = seen.run(|| Self::from_share_unseen(shared, data));
        shared.tell(&mut seen, &result, |socket| Answer::Socket(socket.info()));
        result
    }

    fn from_share_unseen(shared: &Arc<Shared>, data: &[u8]) -> Result<Self> {
        if !sys::SHARES {
            return Err(Errno::EOPNOTSUPP.into());
        }
        shared.judge(&Operation::Share)?;
        let lease = shared.lease()?;
        let Adopted { socket, family, kind, protocol } = Adopted::new(sys::from_share(data)?)?;
        judge_creation(shared, family, kind, protocol)?;
        Ok(Self::around(shared, Descriptor::adopted(socket, lease), (family, kind, protocol)))
    }

    /// Gives a process a share of the socket, and tells what it takes it by. EOPNOTSUPP but on Windows.
    pub fn share(&self, process: u32) -> Result<Vec<u8>> {
        let mut seen = self.seen(Call::Share { process });
        let result = seen.run(|| self.share_unseen(process));
        // What it is taken by is a secret.
        self.tell(&mut seen, &result, |_| Answer::Done);
        result
    }

    fn share_unseen(&self, process: u32) -> Result<Vec<u8>> {
        let descriptor = self.descriptor()?;
        if !sys::SHARES {
            return Err(Errno::EOPNOTSUPP.into());
        }
        self.judge(&Operation::Share)?;
        self.prepare_to_pass()?;
        Ok(descriptor.socket().share(process)?)
    }

    /// Windows's WSAIoctl, with Python's control codes. EOPNOTSUPP elsewhere.
    pub fn ioctl(&self, control: u32, argument: &[u8]) -> Result<()> {
        let mut seen = self.seen(Call::Ioctl { control, size: argument.len() });
        let result = seen.run(|| -> Result<()> { Ok(self.descriptor()?.socket().ioctl(control, argument)?) });
        self.tell(&mut seen, &result, |()| Answer::Done);
        result
    }

    /// Notes whether a socket from elsewhere takes connections.
    fn note_listening(&self) {
        let listens = self.getsockopt_unseen(c::SOL_SOCKET, c::SO_ACCEPTCONN).is_ok_and(|listens| listens != 0);
        if let (true, Ok(descriptor)) = (listens, self.descriptor()) {
            descriptor.file().listen(None);
        }
    }

    /// Sees to it that the socket is to those who get it what this guest has made it.
    ///
    /// One that is not connected stays non-blocking where guests yield: accept(2) and connect(2) would block the
    /// executor.
    pub(crate) fn prepare_to_pass(&self) -> Result<()> {
        let descriptor = self.descriptor()?;
        let waits = self.waits_to_connect() && descriptor.socket().peer_address().is_err();
        let stays = waits && self.shared.waiting == Waiting::Yield;
        Ok(descriptor.share(self.limit.is_some() || stays)?)
    }

    /// A second handle to the same socket: dup(2).
    pub fn dup(&self) -> Result<Self> {
        let mut seen = self.seen(Call::Dup);
        let result = seen.run(|| self.dup_unseen());
        self.tell(&mut seen, &result, |copy| Answer::Socket(copy.info()));
        result
    }

    fn dup_unseen(&self) -> Result<Self> {
        let lease = self.shared.lease()?;
        let descriptor = self.descriptor()?.duplicate(lease)?;
        self.shared.admit_socket(descriptor.socket())?;
        let copy = Self::around(&self.shared, descriptor, (self.family, self.kind, self.protocol));
        let mut copy = copy.judged(self.obeys.load(Ordering::Relaxed));
        copy.limit = self.limit;
        copy.asked.clone_from(&self.asked);
        copy.given = self.given;
        copy.peers.clone_from(&self.peers);
        copy.share_ends(self);
        Ok(copy)
    }

    /// Ends one direction or both: shutdown(2).
    pub fn shutdown(&self, how: i32) -> Result<()> {
        let mut seen = self.seen(Call::Shutdown { how });
        let result = seen.run(|| -> Result<()> { Ok(self.descriptor()?.socket().shutdown(how)?) });
        self.tell(&mut seen, &result, |()| Answer::Done);
        result
    }

    /// Closes it: each later call fails with EBADF.
    ///
    /// With SO_LINGER it waits, as in Linux, where the guest has the thread to itself: [`Waiting::Inline`].
    pub fn close(&mut self) -> Result<()> {
        self.release(true)
    }

    /// Closes it, if the guest calls for that or if the handle is no more.
    fn release(&mut self, is_called: bool) -> Result<()> {
        let mut seen = self.seen(Call::Close);
        let result = seen.run(|| self.release_unseen(is_called));
        self.tell(&mut seen, &result, |()| Answer::Done);
        result
    }

    fn release_unseen(&mut self, is_called: bool) -> Result<()> {
        self.tell_closed();
        let descriptor = self.descriptor.take().ok_or(Errno::EBADF)?;
        // The kernel would watch it as long as anybody has it.
        descriptor.unwatch_all(is_called);
        if !(is_called && self.shared.waiting == Waiting::Inline) {
            descriptor.close_without_waiting();
        }
        let Some(socket) = descriptor.socket().kernel() else {
            // Another network has no thread that could look after it.
            self.shared.flights.forget(&descriptor);
            return Ok(());
        };
        let is_carrier = self.shared.flights.close(&descriptor);
        if !is_carrier && self.must_stay(&descriptor, socket) {
            self.shared.flights.keep(descriptor.clone());
        } else if !is_carrier {
            return Ok(());
        }
        if descriptor.is_alone() {
            end(socket, self.transport);
        }
        Ok(())
    }
}

impl Socket {
    /// Whether the socket must stay open after the guest has closed it, so that it can be told how much of what it has sent
    /// the kernel still holds.
    fn must_stay(&self, descriptor: &Descriptor, socket: &socket2::Socket) -> bool {
        let holds = matches!(self.transport, Transport::Unix | Transport::Tcp) && descriptor.is_last();
        if !holds || !descriptor.file().may_have_sent() || self.shared.gates.buffers.lose(descriptor) {
            return false;
        }
        // Where something was not read, or there is no time to linger, closing resets a connection, and all is gone.
        let resets = || {
            let at_once = socket.linger().is_ok_and(|time| time.is_some_and(|time| time.is_zero()));
            at_once || sys::available(socket).map_or(true, |unread| unread > 0)
        };
        self.transport == Transport::Unix || !resets()
    }
}

impl Drop for Socket {
    /// The guest has ended, has let go of the socket, or never had it: nobody waits for its peer.
    fn drop(&mut self) {
        if self.descriptor.is_some() {
            // Nobody is left to hear of an error.
            let _ = self.release(false);
        }
    }
}

/// Ends a socket that the guest has closed but that stays open: its peer is told, and nobody reads what came.
fn end(socket: &socket2::Socket, transport: Transport) {
    if transport == Transport::Tcp {
        // A peer that has ended it before needs no telling.
        let _ = sys::shutdown(socket, c::SHUT_WR);
        return;
    }
    // One that was never connected has no peer.
    let _ = sys::shutdown(socket, c::SHUT_RDWR);
    while sys::receive(socket, USUAL_DATAGRAM, c::MSG_DONTWAIT).is_ok_and(|(data, _)| !data.is_empty()) {}
}

/// The type without its flags, and whether it was to be non-blocking.
fn split_type(kind: i32) -> (i32, bool) {
    (kind & !(c::SOCK_NONBLOCK | c::SOCK_CLOEXEC), kind & c::SOCK_NONBLOCK != 0)
}

fn judge_creation(shared: &Shared, family: i32, kind: i32, protocol: i32) -> Result<()> {
    let transport = Transport::of(family, kind, protocol);
    if transport.is_privileged() { shared.judge(&Operation::Create { transport }) } else { Ok(()) }
}
