//! What a guest's sockets have in common: its policy, its resolver, its limits, and what it has taken of them.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::address::{Address, RawAddress};
use crate::budget::{Budget, One, Share};
use crate::descriptors;
use crate::directory::{Directory, HostPath, Located};
use crate::endpoint::AnySocket;
use crate::error::{Errno, Error, Refusal, Result};
use crate::flight::Flights;
use crate::gate::{Closed, Gates, Way};
use crate::governance::{Governance, Governing};
use crate::limits::{Limit, Limits};
use crate::network::Network;
use crate::observer::{Answer, Call, Observers, Seen};
use crate::policy::{Names, Operation, Transport};
use crate::resolver::{Lookups, Resolver, SystemResolver};
use crate::sys;
#[cfg(feature = "tls")]
use crate::tls::Tls;
use crate::wait::{Descriptor, Waiting};

/// All of a guest's listeners have room for so many times as many connections as one.
const LISTENERS: usize = 16;

/// What each socket of a guest refers to.
pub(crate) struct Shared {
    pub(crate) governance: Arc<Governance>,
    /// None is the kernel's.
    pub(crate) network: Option<Arc<dyn Network>>,
    /// None is the network's own.
    pub(crate) resolver: Option<Box<dyn Resolver>>,
    pub(crate) waiting: Waiting,
    pub(crate) limits: Limits,
    pub(crate) lookups: Lookups,
    pub(crate) names: Names,
    pub(crate) observers: Arc<Observers>,
    pub(crate) open: Budget,
    /// Room in the queues of listeners.
    pub(crate) backlog: Budget,
    /// Peers that datagram sockets remember.
    pub(crate) peers: Budget,
    pub(crate) gates: Gates,
    pub(crate) _guest: descriptors::Guest,
    /// Whether a socket of the guest's may wait for more than one byte: SO_RCVLOWAT.
    pub(crate) low_water: AtomicBool,
    pub(crate) flights: Arc<Flights>,
    #[cfg(feature = "tls")]
    pub(crate) tls: Tls,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("waiting", &self.waiting).field("open", &self.open).finish_non_exhaustive()
    }
}

/// Where a unix path leads.
pub(crate) enum Place<'a> {
    /// Where the path says it is: the guest is trusted with all of the host's paths, or its network has paths of its own.
    Anywhere,
    /// Below a directory that was granted.
    In(&'a Directory, &'a [u8]),
}

impl Shared {
    /// Asks the policy.
    pub(crate) fn judge(&self, operation: &Operation<'_>) -> Result<()> {
        self.governance.current().policy.check(operation, &self.names).map_err(|refusal| self.refuse(refusal))
    }

    /// Asks whether the policy has something against what needs no grant.
    pub(crate) fn tolerate(&self, operation: &Operation<'_>) -> Result<()> {
        self.governance.current().policy.object(operation, &self.names).map_err(|refusal| self.refuse(refusal))
    }

    /// Refuses a socket of a transport that the policy has no use for, though making one be no operation of its own.
    pub(crate) fn judge_use(&self, transport: Transport) -> Result<()> {
        if self.governance.current().policy.has_use_for(transport) {
            Ok(())
        } else {
            self.judge(&Operation::Create { transport })
        }
    }

    /// Whether the policy would allow it; nobody is told.
    pub(crate) fn would_allow(&self, operation: &Operation<'_>) -> bool {
        self.governance.current().policy.check(operation, &self.names).is_ok()
    }

    /// Refuses, and tells the observers.
    pub(crate) fn refuse(&self, refusal: Refusal) -> Error {
        tracing::debug!(%refusal, "refused");
        self.observers.refused(&refusal);
        Error::Denied(Box::new(refusal))
    }

    /// Tells the observers that the guest has met a limit.
    pub(crate) fn reached(&self, limit: Limit) {
        tracing::debug!(%limit, "limit reached");
        self.observers.limited(limit);
    }

    /// Tells so, and gives the error that answers it.
    pub(crate) fn exceeded(&self, limit: Limit, errno: Errno) -> Error {
        self.reached(limit);
        errno.into()
    }

    /// A call begins that is made on no socket.
    #[inline]
    pub(crate) fn seen<'a>(&self, call: Call<'a>) -> Seen<'a> {
        Seen::begin(&self.observers, call, || None)
    }

    /// The call has ended.
    #[inline]
    pub(crate) fn tell<T>(&self, seen: &mut Seen<'_>, result: &Result<T>, answer: impl FnOnce(&T) -> Answer<'_>) {
        seen.end(|| None, result, answer);
    }

    /// Counts one more socket. EMFILE.
    pub(crate) fn lease(&self) -> Result<One> {
        let lease = self.open.take_one(self.limits.sockets);
        lease.ok_or_else(|| self.exceeded(Limit::Sockets, Errno::EMFILE))
    }

    /// Whether the process has a descriptor to spare for what was opened. EMFILE: close it.
    pub(crate) fn admit(&self, opened: &impl sys::Numbered) -> Result<()> {
        let admitted = descriptors::admit(opened, self.open.taken());
        admitted.map_err(|_| self.exceeded(Limit::Descriptors, Errno::EMFILE))
    }

    /// The same of a socket, of which other networks' take none.
    pub(crate) fn admit_socket(&self, opened: &AnySocket) -> Result<()> {
        opened.kernel().map_or(Ok(()), |socket| self.admit(&**socket))
    }

    /// Makes a socket of the guest's network: socket(2).
    pub(crate) fn open_socket(&self, family: i32, kind: i32, protocol: i32) -> Result<AnySocket> {
        Ok(match &self.network {
            None => AnySocket::Kernel(Arc::new(sys::socket(family, kind, protocol)?)),
            Some(network) => AnySocket::Endpoint(network.socket(family, kind, protocol)?),
        })
    }

    /// Makes two sockets of the guest's network: socketpair(2).
    pub(crate) fn open_pair(&self, family: i32, kind: i32, protocol: i32) -> Result<(AnySocket, AnySocket)> {
        Ok(match &self.network {
            None => {
                let (one, other) = sys::pair(family, kind, protocol)?;
                (AnySocket::Kernel(Arc::new(one)), AnySocket::Kernel(Arc::new(other)))
            }
            Some(network) => {
                let (one, other) = network.pair(family, kind, protocol)?;
                (AnySocket::Endpoint(one), AnySocket::Endpoint(other))
            }
        })
    }

    /// What looks names up for the guest.
    pub(crate) fn resolver(&self) -> &dyn Resolver {
        match (&self.resolver, &self.network) {
            (Some(resolver), _) => &**resolver,
            (None, Some(network)) => network.resolver(),
            (None, None) => &SystemResolver,
        }
    }

    /// Whether the process has one more descriptor to spare, before something comes that would be lost. EMFILE.
    pub(crate) fn spare(&self, descriptor: &Descriptor) -> Result<()> {
        if descriptor.socket().endpoint().is_some()
            || !descriptors::are_scarce()
            || self.descriptors_left(descriptor) > 0
        {
            return Ok(());
        }
        Err(self.exceeded(Limit::Descriptors, Errno::EMFILE))
    }

    /// How many more descriptors the process has to spare, told by one of the guest's.
    pub(crate) fn descriptors_left(&self, descriptor: &Descriptor) -> usize {
        let socket = descriptor.socket().kernel();
        socket.map_or(usize::MAX, |socket| descriptors::left(socket, self.open.taken()))
    }

    /// The backlog that a listener gets where it asks for one, and the room for that: half of what is left, so that there is
    /// something for the next listener.
    pub(crate) fn queue(&self, asked: i32) -> (i32, Share) {
        let most = self.limits.backlog.clamp(1, i32::MAX as usize / LISTENERS);
        // The kernel takes a negative one for the longest, and clamps silently, too.
        let asked = usize::try_from(asked).unwrap_or(most).min(most);
        let left = (most * LISTENERS).saturating_sub(self.backlog.taken()) / 2;
        let granted = asked.min(left.max(1));
        if granted < asked {
            self.reached(Limit::Backlog);
        }
        (granted as i32, self.backlog.take_anyway(granted))
    }

    /// How many sockets the guest may have on their way to others.
    pub(crate) fn most_passed(&self) -> usize {
        if self.network.is_some() {
            return self.limits.sockets;
        }
        self.limits.sockets.min(usize::try_from(descriptors::spare()).unwrap_or(usize::MAX))
    }

    /// How long a call must not be made; none if it may be now.
    pub(crate) fn closed(&self, way: Way) -> Option<Duration> {
        self.gates.closed(way).map(|closed| self.told(closed))
    }

    /// Those of the events that must not be told of the socket now, and how long.
    pub(crate) fn withheld(&self, descriptor: &Descriptor, events: i16) -> Option<(i16, Duration)> {
        self.gates.withheld(descriptor, events).map(|(events, closed)| (events, self.told(closed)))
    }

    fn told(&self, (limit, wait): Closed) -> Duration {
        self.reached(limit);
        wait
    }

    /// Counts one more socket, though there are too many: one that the host gives.
    pub(crate) fn given_lease(&self) -> One {
        self.open.take_one_anyway()
    }

    /// Finds the directory that a unix path is in.
    pub(crate) fn place<'a>(
        &self,
        governing: &'a Governing,
        path: &'a [u8],
        operation: &Operation<'_>,
    ) -> Result<Place<'a>> {
        for directory in &governing.directories {
            if governing.has_all_paths() && directory.is_whole() && path.starts_with(b"/") {
                return Ok(Place::Anywhere);
            }
            if let Some(below) = directory.below(path) {
                if self.network.is_some() {
                    return Ok(Place::Anywhere);
                }
                return Ok(Place::In(directory, below));
            }
        }
        let parent = path.iter().rposition(|&byte| byte == b'/').map_or(&b"/"[..], |at| &path[..at.max(1)]);
        let refusal = Refusal::new(operation);
        Err(self.refuse(match std::str::from_utf8(parent) {
            // A guest's working directory is its root; the host's is the nearest thing to it.
            _ if !path.starts_with(b"/") => refusal.with_grant("unix=.::/"),
            Ok(parent) if !parent.contains("::") => refusal.with_grant(format!("unix={parent}")),
            _ => refusal,
        }))
    }

    /// Refuses a place that the path of a unix socket has led to, where a rule denies it.
    pub(crate) fn judge_place(
        &self,
        governing: &Governing,
        located: &Located,
        operation: &Operation<'_>,
    ) -> Result<()> {
        match governing.denies(located) {
            Some(rule) => Err(self.refuse(Refusal::new(operation).with_denial(rule))),
            None => Ok(()),
        }
    }

    /// Judges a unix path that was used before: that of a socket may be gone meanwhile.
    pub(crate) fn judge_path(&self, path: &[u8], operation: &Operation<'_>) -> Result<()> {
        let governing = self.governance.current();
        match self.place(&governing, path, operation)? {
            Place::Anywhere => Ok(()),
            Place::In(directory, below) => match directory.existing(below) {
                Ok(located) => self.judge_place(&governing, &located, operation),
                Err(_) => Ok(()),
            },
        }
    }

    /// Where to connect or send to; what is returned beside must stay until then.
    pub(crate) fn destination(
        &self,
        address: &Address,
        operation: &Operation<'_>,
    ) -> Result<(RawAddress, Option<Located>)> {
        self.judge(operation)?;
        let Some(path) = address.unix_path() else { return Ok((address.encode()?, None)) };
        // A path that no socket can have is told so before it is looked for.
        let plain = address.encode()?;
        let governing = self.governance.current();
        match self.place(&governing, path, operation)? {
            Place::Anywhere => Ok((plain, None)),
            Place::In(directory, below) => {
                let located = directory.existing(below)?;
                self.judge_place(&governing, &located, operation)?;
                Ok((located.address, Some(located)))
            }
        }
    }

    /// What the guest may know of an address: a unix path outside its directories is unnamed to it.
    pub(crate) fn guest_address(&self, raw: &RawAddress, protocol: i32) -> Option<Address> {
        let address = Address::decode(raw, protocol)?;
        let Some(path) = address.unix_path().filter(|_| self.network.is_none()) else { return Some(address) };
        let directories = &self.governance.current().directories;
        let told = HostPath::new(path);
        Some(Address::Unix(if directories.iter().any(|directory| directory.is_whole()) {
            told.into_bytes()
        } else {
            directories.iter().find_map(|directory| directory.guest_path(&told)).unwrap_or_default()
        }))
    }
}
