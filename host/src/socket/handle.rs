//! The socket that a guest holds: what it is, and what it has in common with the guest's others.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Duration;

use berkeley_constants as c;
use tokio::runtime::Handle;

use crate::address::Address;
use crate::budget::One;
use crate::buffers::Reception;
use crate::endpoint::AnySocket;
use crate::error::{Errno, Error, Refusal, Result};
use crate::flight::Flights;
use crate::observer::{Answer, Call, Identity};
use crate::peers::Peers;
use crate::policy::{Operation, Transport};
use crate::shared::Shared;
use crate::wait::{Descriptor, Waiting};

/// A socket of a guest.
pub struct Socket {
    pub(super) shared: Arc<Shared>,
    pub(super) family: i32,
    pub(super) kind: i32,
    pub(super) protocol: i32,
    pub(super) transport: Transport,
    pub(super) limit: Option<Duration>,
    /// None once closed.
    pub(super) descriptor: Option<Arc<Descriptor>>,
    /// The local address as the guest asked for it.
    pub(super) asked: Option<Arc<Address>>,
    /// Whether the host gave it, and so lets it be used as it is.
    pub(super) given: bool,
    /// Whom a datagram socket may answer.
    pub(super) peers: Option<Arc<Peers>>,
    /// By which policy it was judged last.
    pub(super) obeys: AtomicU64,
    /// Whether the guest was told that connecting failed, and the kernel does not know it.
    pub(super) failed: AtomicBool,
    /// What observers know it by, if there are any: most sockets have none, and need the less memory.
    pub(super) identity: Option<Box<Identity>>,
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket")
            .field("transport", &self.transport)
            .field("kind", &self.kind)
            .field("limit", &self.limit)
            .field("open", &self.descriptor.is_some())
            .finish_non_exhaustive()
    }
}

impl Socket {
    pub(super) fn new(shared: &Arc<Shared>, socket: AnySocket, lease: One, numbers: (i32, i32, i32)) -> Self {
        Self::around(shared, Descriptor::new(socket, lease), numbers)
    }

    pub(super) fn around(
        shared: &Arc<Shared>,
        descriptor: Descriptor,
        (family, kind, protocol): (i32, i32, i32),
    ) -> Self {
        let transport = Transport::of(family, kind, protocol);
        let descriptor = Arc::new(descriptor);
        let reception = if transport == Transport::Unix { Reception::Senders } else { Reception::Own };
        shared.gates.buffers.watch(&descriptor, reception);
        let peers = || Arc::new(Peers::new(&shared.peers, shared.limits.peers));
        let socket = Self {
            shared: shared.clone(),
            family,
            kind,
            protocol,
            transport,
            limit: None,
            descriptor: Some(descriptor),
            asked: None,
            given: false,
            peers: has_datagrams(transport).then(peers),
            obeys: AtomicU64::new(0),
            failed: AtomicBool::new(false),
            identity: shared.observers.identity().map(Box::new),
        };
        socket.tell_opened();
        socket
    }

    /// The socket, that was judged when the policy was of that generation.
    pub(super) fn judged(mut self, generation: u64) -> Self {
        *self.obeys.get_mut() = generation;
        self
    }

    pub(super) fn nonblocking_if(mut self, nonblocking: bool) -> Self {
        self.limit = nonblocking.then_some(Duration::ZERO);
        self
    }

    /// The family, in Linux's numbering.
    pub fn family(&self) -> i32 {
        self.family
    }

    /// The type, without flags.
    pub fn kind(&self) -> i32 {
        self.kind
    }

    /// The protocol, as it was given.
    pub fn protocol(&self) -> i32 {
        self.protocol
    }

    /// What carries its data.
    pub fn transport(&self) -> Transport {
        self.transport
    }

    /// Whether the guest's thread runs others too, which no call of its may keep waiting.
    pub(crate) fn yields(&self) -> bool {
        self.shared.waiting == Waiting::Yield && Handle::try_current().is_ok()
    }

    pub(crate) fn is_stream(&self) -> bool {
        self.kind == c::SOCK_STREAM
    }

    /// Whether it only sends to whom it is connected to, in unix sockets' case. Their raw ones are datagram sockets.
    pub(super) fn connects(&self) -> bool {
        matches!(self.kind, c::SOCK_STREAM | c::SOCK_SEQPACKET)
    }

    /// Whether connecting it or accepting by it may take a while: datagrams have nothing to wait for there.
    pub(super) fn waits_to_connect(&self) -> bool {
        let datagrams = matches!(self.kind, c::SOCK_DGRAM | c::SOCK_RAW);
        !datagrams || !matches!(self.family, c::AF_UNIX | c::AF_INET | c::AF_INET6)
    }

    /// The time limit: none is blocking, zero is non-blocking.
    pub fn gettimeout(&self) -> Option<Duration> {
        self.limit
    }

    /// Sets the time limit.
    pub fn settimeout(&mut self, limit: Option<Duration>) {
        let mut seen = self.seen(Call::Settimeout { limit });
        self.limit = limit;
        self.tell(&mut seen, &Ok(()), |()| Answer::Done);
    }

    /// The open socket. EBADF.
    pub(crate) fn descriptor(&self) -> Result<&Arc<Descriptor>> {
        self.descriptor.as_ref().ok_or_else(|| Errno::EBADF.into())
    }

    pub(crate) fn judge(&self, operation: &Operation<'_>) -> Result<()> {
        self.shared.judge(operation)
    }

    /// Asks whether the policy has something against what needs no grant.
    pub(crate) fn tolerate(&self, operation: &Operation<'_>) -> Result<()> {
        self.shared.tolerate(operation)
    }

    pub(crate) fn would_allow(&self, operation: &Operation<'_>) -> bool {
        self.shared.would_allow(operation)
    }

    /// Refuses what no policy can grant.
    pub(crate) fn refused(&self, operation: &Operation<'_>) -> Error {
        self.refuse(Refusal::new(operation))
    }

    pub(crate) fn refuse(&self, refusal: Refusal) -> Error {
        self.shared.refuse(refusal)
    }

    /// What the guest has in common for all its sockets.
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// What the guest has on its way to others.
    pub(crate) fn flights(&self) -> &Flights {
        &self.shared.flights
    }
}

/// Whether its datagrams come with internet addresses that the policy judges.
fn has_datagrams(transport: Transport) -> bool {
    transport.is_internet() && transport != Transport::Tcp
}
