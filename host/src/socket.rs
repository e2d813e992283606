//! Sockets: their life, their data, their time limit: socket(7).
//!
//! Every call tries the system call first and waits only where the kernel says that it would block. What reaches
//! beyond the guest is judged by its policy first; this is the one file that binds, connects, sends and receives.
#![allow(clippy::disallowed_methods, reason = "this file is the one behind the policy")]

use std::fmt;
use std::io::{self, IoSlice};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use berkeley_constants as c;
use c::{POLLERR, POLLHUP, POLLIN, POLLOUT, POLLPRI, POLLRDHUP};
use tokio::runtime::Handle;

use crate::address::{Address, RawAddress};
use crate::ancillary::OutgoingControl;
use crate::cmsg;
use crate::ctx::{Lease, Limits, Place, Shared};
use crate::directory::Directory;
use crate::error::{Errno, Error, Result};
use crate::flight::Flights;
use crate::peers::Peers;
use crate::policy::{Operation, Refusal, Transport};
use crate::sys::{self, OwnedSocket, RawMessage};
use crate::wait::{Deadline, Descriptor, PAUSE, Waiting, deadline_after};

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
/// No call receives more bytes of control messages.
const MOST_CONTROL: usize = 1 << 16;
/// MSG_WAITALL gives as much at least, so that a guest that gets less knows that there is no more to get.
const LEAST_WHOLE: u64 = 1 << 16;
/// A datagram of at most this size needs no asking how long it is.
const USUAL_DATAGRAM: usize = 1 << 16;

/// A socket of a guest.
pub struct Socket {
    shared: Arc<Shared>,
    family: i32,
    kind: i32,
    protocol: i32,
    transport: Transport,
    limit: Option<Duration>,
    /// None once closed.
    descriptor: Option<Arc<Descriptor>>,
    /// The local address as the guest asked for it.
    asked: Option<Address>,
    /// Whether the host gave it, and so lets it be used as it is.
    given: bool,
    /// Whom a datagram socket may answer.
    peers: Option<Arc<Peers>>,
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

/// A descriptor from elsewhere that is known to be a socket.
pub(crate) struct Adopted {
    socket: socket2::Socket,
    family: i32,
    kind: i32,
    protocol: i32,
}

impl Adopted {
    /// ENOTSOCK.
    pub(crate) fn new(socket: OwnedSocket) -> io::Result<Self> {
        let socket = socket2::Socket::from(socket);
        let (family, kind, protocol) = sys::numbers(&socket)?;
        Ok(Self { socket, family, kind, protocol })
    }
}

/// How long one call may still wait.
pub(crate) enum Patience {
    /// Not at all.
    None,
    /// As long as the kernel's own limit says, once the call has to wait: this option holds it.
    Kernel(i32),
    /// So long, once the call has to wait.
    For(Duration),
    /// Until then; the error tells whose limit it was.
    Until(Deadline, Error),
}

impl Patience {
    /// When the call has to wait: until when it may, and what to answer then. EAGAIN: it may not.
    fn begin(&mut self, descriptor: &Descriptor) -> Result<(Deadline, Error)> {
        match *self {
            Self::Until(..) => {}
            Self::None => return Err(Errno::EAGAIN.into()),
            Self::For(limit) => *self = Self::Until(deadline_after(limit), Error::TimedOut),
            Self::Kernel(option) => {
                let limit = kernel_limit(descriptor.socket(), option)?;
                *self = Self::Until(limit.and_then(deadline_after), Errno::EAGAIN.into());
            }
        }
        match self {
            Self::Until(deadline, expired) => Ok((*deadline, expired.clone())),
            _ => Err(Errno::EAGAIN.into()),
        }
    }

    /// What to answer, if the time is over.
    fn check(&self) -> Result<()> {
        match self {
            Self::Until(Some(deadline), expired) if *deadline <= Instant::now() => Err(expired.clone()),
            _ => Ok(()),
        }
    }
}

/// One part of a call that may be tried several times.
pub(crate) type Attempt<'a, T> = &'a mut (dyn FnMut(&socket2::Socket) -> io::Result<T> + Send);

impl Socket {
    /// Makes a socket: socket(2). The type may have the flags SOCK_NONBLOCK and SOCK_CLOEXEC.
    pub(crate) fn create(shared: &Arc<Shared>, family: i32, kind: i32, protocol: i32) -> Result<Self> {
        let (kind, nonblocking) = split_type(kind);
        judge_creation(shared, family, kind, protocol)?;
        let lease = shared.lease()?;
        let socket = sys::socket(family, kind, protocol)?;
        Ok(Self::new(shared, socket, lease, (family, kind, protocol)).nonblocking_if(nonblocking))
    }

    /// Makes two sockets that are connected with each other: socketpair(2).
    pub(crate) fn pair(shared: &Arc<Shared>, family: i32, kind: i32, protocol: i32) -> Result<(Self, Self)> {
        let (kind, nonblocking) = split_type(kind);
        judge_creation(shared, family, kind, protocol)?;
        let leases = (shared.lease()?, shared.lease()?);
        let pair = sys::pair(family, kind, protocol)?;
        let make =
            |socket, lease| Self::new(shared, socket, lease, (family, kind, protocol)).nonblocking_if(nonblocking);
        Ok((make(pair.0, leases.0), make(pair.1, leases.1)))
    }

    /// Takes a socket from elsewhere, though there be too many.
    pub(crate) fn adopt(shared: &Arc<Shared>, from: Adopted) -> Self {
        let descriptor = Descriptor::adopted(from.socket, shared.given_lease());
        let mut socket = Self::around(shared, descriptor, (from.family, from.kind, from.protocol));
        socket.note_low_water();
        socket.given = true;
        socket
    }

    /// Takes a socket that came over a unix socket. EACCES, EMFILE.
    ///
    /// It is used under this guest's own policy. What it is connected to, somebody else has connected it to.
    pub(crate) fn receive_socket(&self, from: OwnedSocket) -> Result<Self> {
        let lease = self.shared.lease()?;
        let Adopted { socket, family, kind, protocol } = Adopted::new(from)?;
        judge_creation(&self.shared, family, kind, protocol)?;
        let mut received = Self::around(&self.shared, Descriptor::adopted(socket, lease), (family, kind, protocol));
        // Some families know no names.
        received.asked = received.getsockname().ok().flatten();
        let peer = received.getpeername().ok().flatten();
        if let Some((peer, peers)) = peer.as_ref().and_then(Address::internet).zip(received.peers.as_ref()) {
            peers.remember(peer);
        }
        Ok(received)
    }

    /// Takes a socket that another process gave: Windows's WSADuplicateSocket. EOPNOTSUPP elsewhere.
    pub(crate) fn from_share(shared: &Arc<Shared>, data: &[u8]) -> Result<Self> {
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
        let descriptor = self.descriptor()?;
        if !sys::SHARES {
            return Err(Errno::EOPNOTSUPP.into());
        }
        self.judge(&Operation::Share)?;
        self.prepare_to_pass()?;
        Ok(sys::share(descriptor.socket(), process)?)
    }

    /// Windows's WSAIoctl, with Python's control codes. EOPNOTSUPP elsewhere.
    pub fn ioctl(&self, control: u32, argument: &[u8]) -> Result<()> {
        Ok(sys::ioctl(self.descriptor()?.socket(), control, argument)?)
    }

    /// Sees to it that the socket is to those who get it what this guest has made it.
    pub(crate) fn prepare_to_pass(&self) -> Result<()> {
        Ok(self.descriptor()?.share(self.limit.is_some())?)
    }

    fn new(shared: &Arc<Shared>, socket: socket2::Socket, lease: Lease, numbers: (i32, i32, i32)) -> Self {
        Self::around(shared, Descriptor::new(socket, lease), numbers)
    }

    fn around(shared: &Arc<Shared>, descriptor: Descriptor, (family, kind, protocol): (i32, i32, i32)) -> Self {
        let transport = Transport::of(family, kind, protocol);
        Self {
            shared: shared.clone(),
            family,
            kind,
            protocol,
            transport,
            limit: None,
            descriptor: Some(Arc::new(descriptor)),
            asked: None,
            given: false,
            peers: has_datagrams(transport).then(Arc::default),
        }
    }

    fn nonblocking_if(mut self, nonblocking: bool) -> Self {
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

    /// The time limit: none is blocking, zero is non-blocking.
    pub fn gettimeout(&self) -> Option<Duration> {
        self.limit
    }

    /// Sets the time limit.
    pub fn settimeout(&mut self, limit: Option<Duration>) {
        self.limit = limit;
    }

    /// The open socket. EBADF.
    pub(crate) fn descriptor(&self) -> Result<&Arc<Descriptor>> {
        self.descriptor.as_ref().ok_or_else(|| Errno::EBADF.into())
    }

    pub(crate) fn judge(&self, operation: &Operation<'_>) -> Result<()> {
        self.shared.judge(operation)
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

    pub(crate) fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// What the guest has on its way to others.
    pub(crate) fn flights(&self) -> &Flights {
        &self.shared.flights
    }

    /// Gives it a local address: bind(2).
    pub fn bind(&mut self, address: &Address) -> Result<()> {
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
        let place = path.map(|path| self.shared.place(path, &operation)).transpose()?;
        match place {
            Some(Place::In(directory, below)) => {
                let located = directory.new_entry(below)?;
                descriptor.socket().bind(&sys::to_sockaddr(&located.address))?;
                if !Directory::has_entry(&located, below) {
                    // Somebody moved the directory meanwhile. What was bound elsewhere is of no use to the guest.
                    self.close()?;
                    return Err(Errno::EACCES.into());
                }
            }
            Some(Place::Anywhere) | None => descriptor.socket().bind(&sys::to_sockaddr(&plain))?,
        }
        self.asked = Some(judged);
        Ok(())
    }

    /// Makes it take connections: listen(2).
    pub fn listen(&mut self, backlog: i32) -> Result<()> {
        let descriptor = self.descriptor()?;
        // What listens already may listen on.
        let listens = self.getsockopt(c::SOL_SOCKET, c::SO_ACCEPTCONN)? != 0;
        // A socket that cannot tell an address, such as one of HCI that has no controller, cannot listen: the kernel tells why.
        if let Some(actual) = self.getsockname().unwrap_or(None).filter(|_| !listens) {
            let asked = self.asked.as_ref().unwrap_or(&actual);
            self.judge(&Operation::Listen { transport: self.transport, asked, actual: &actual })?;
        }
        Ok(descriptor.socket().listen(backlog)?)
    }

    /// Takes the next connection that the policy lets in: accept(2).
    pub async fn accept(&self) -> Result<(Self, Option<Address>)> {
        let descriptor = self.descriptor()?;
        descriptor.ensure_nonblocking()?;
        let mut patience = self.patience(0, c::SO_RCVTIMEO);
        // The kernel's cryptography has operations for connections, and no addresses for them.
        let accept = if self.family == c::AF_ALG { sys::accept_nameless } else { sys::accept };
        loop {
            let lease = self.shared.lease()?;
            let attempt = &mut |socket: &socket2::Socket| match accept(socket) {
                // As a call that blocked would say of a listener that was shut down.
                Err(error) if would_block(&error) && self.limit.is_none() && is_shut(descriptor) => {
                    Err(Errno::EINVAL.into())
                }
                result => result,
            };
            let (socket, peer) = self.attempt(POLLIN, &mut patience, attempt).await?;
            let peer = self.shared.guest_address(&peer, self.protocol);
            let judged = peer.as_ref().filter(|_| self.transport.is_internet());
            let (transport, given) = (self.transport, self.given);
            if judged.is_some_and(|peer| self.judge(&Operation::Accept { transport, peer, given }).is_err()) {
                // The peer learns of it by a reset.
                socket.set_linger(Some(Duration::ZERO))?;
                self.go_on(descriptor, &mut patience).await?;
                continue;
            }
            let mut accepted = Self::new(&self.shared, socket, lease, (self.family, self.kind, self.protocol));
            accepted.asked = self.asked.clone().filter(|asked| asked.unix_path().is_some());
            return Ok((accepted, peer));
        }
    }

    /// Connects to a peer, or sets a datagram socket's default peer: connect(2).
    pub async fn connect(&mut self, address: &Address) -> Result<()> {
        let descriptor = self.descriptor()?;
        let address = self.understood(address)?;
        let (raw, _located) = self.destination(&address)?;
        let peer = sys::to_sockaddr(&raw);
        descriptor.ensure_nonblocking()?;
        let under_way = match descriptor.socket().connect(&peer).map_err(sys::connect_error) {
            Err(error) if Errno::of(&error) == Some(Errno::EINPROGRESS) => Errno::EINPROGRESS,
            // A call that blocked would wait for the attempt that is under way.
            Err(error) if Errno::of(&error) == Some(Errno::EALREADY) && self.limit.is_none() => Errno::EALREADY,
            // A unix socket's peer has no room for it; nothing tells when it has.
            Err(error) if would_block(&error) && self.limit.is_none() => {
                let peer = peer.clone();
                return self.blocking(None, move |socket| socket.connect(&peer)).await;
            }
            result => return Ok(result?),
        };
        let mut patience = match self.patience_to_send(0) {
            Patience::None => return Err(under_way.into()),
            patience => patience,
        };
        // So the kernel answers when its own limit, SO_SNDTIMEO, has run out.
        let late = |error: Error| if error.would_block() { under_way.into() } else { error };
        loop {
            self.wait(descriptor, POLLOUT, &mut patience).await.map_err(late)?;
            // A call that blocked would leave the socket fit for another attempt. CPython, in time-out mode, does not.
            if self.limit.is_some() || !sys::CONNECTS_AGAIN {
                return descriptor.socket().take_error()?.map_or(Ok(()), |error| Err(error.into()));
            }
            match descriptor.socket().connect(&peer).map_err(sys::connect_error) {
                // Ready, it says, and is not: what was shut down is always ready.
                Err(error) if Errno::of(&error) == Some(Errno::EALREADY) => {
                    self.pause(descriptor, &mut patience).await.map_err(late)?;
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

    /// Sends on a connected socket: send(2). In blocking mode a stream takes all of it.
    pub async fn send(&self, data: &[u8], flags: i32) -> Result<usize> {
        match self.transmit(data, flags, self.sends_all(flags)).await? {
            (0, Some(error)) => Err(error),
            (sent, _) => Ok(sent),
        }
    }

    /// Sends all of it.
    pub async fn sendall(&self, data: &[u8], flags: i32) -> Result<()> {
        match self.transmit(data, flags, true).await? {
            (_, Some(error)) => Err(error),
            _ => Ok(()),
        }
    }

    /// Sends on, until all was sent or, unless the whole is wanted, a part; tells how much, and what stopped it.
    async fn transmit(&self, data: &[u8], flags: i32, whole: bool) -> Result<(usize, Option<Error>)> {
        self.descriptor()?;
        let mut patience = self.patience_to_send(flags);
        let flags = self.sending(flags);
        let mut sent = 0;
        loop {
            let attempt = &mut |socket: &socket2::Socket| sys::send(socket, &data[sent..], flags);
            match self.attempt(POLLOUT, &mut patience, attempt).await {
                Ok(more) => sent += more,
                Err(error) => return Ok((sent, Some(error))),
            }
            if sent >= data.len() || !whole {
                return Ok((sent, None));
            }
        }
    }

    /// Sends to the address: sendto(2).
    pub async fn sendto(&self, data: &[u8], flags: i32, address: &Address) -> Result<usize> {
        self.transmit_message(&[IoSlice::new(data)], &OutgoingControl::default(), flags, Some(address)).await
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
        let located = address.as_ref().map(|address| self.destination(address)).transpose()?;
        let peer = located.as_ref().map(|(raw, _)| sys::to_sockaddr(raw));
        let mut patience = self.patience_to_send(flags);
        // Nothing but the kernel tells when a unix socket's peer has room for one more datagram.
        let kernel_waits = self.family == c::AF_UNIX && peer.is_some() && !matches!(patience, Patience::None);
        if kernel_waits {
            patience = Patience::None;
        }
        let total: usize = buffers.iter().map(|buffer| buffer.len()).sum();
        let mut slices = buffers.to_vec();
        let mut rest = slices.as_mut_slice();
        let mut sent = 0;
        loop {
            let bytes = if sent == 0 { control.bytes.as_slice() } else { &[] };
            let send = &mut |socket: &socket2::Socket| {
                sys::send_message(socket, rest, bytes, peer.as_ref(), self.sending(flags))
            };
            let result = match self.attempt(POLLOUT, &mut patience, send).await {
                Err(error) if error.would_block() && kernel_waits => {
                    let data: Vec<u8> = rest.iter().flat_map(|buffer| buffer.iter().copied()).collect();
                    let (control, peer) = (control.clone(), peer.clone());
                    let flags = flags & !MSG_ZEROCOPY | c::MSG_NOSIGNAL;
                    let send = move |socket: &socket2::Socket| {
                        sys::send_message(socket, &[IoSlice::new(&data)], &control.bytes, peer.as_ref(), flags)
                    };
                    self.blocking(self.limit, send).await
                }
                result => result,
            };
            let more = match result {
                Err(_) if sent > 0 => return Ok(sent),
                result => result?,
            };
            sent += more;
            if sent >= total || !self.sends_all(flags) {
                return Ok(sent);
            }
            IoSlice::advance_slices(&mut rest, more);
        }
    }

    /// Receives at most `size` bytes: recv(2).
    pub async fn recv(&self, size: u64, flags: i32) -> Result<Vec<u8>> {
        if !self.fills(flags) {
            return Ok(self.recvfrom(size, flags).await?.0);
        }
        let size = self.room(size).max(size.min(LEAST_WHOLE) as usize);
        let mut data = self.recvfrom(size as u64, flags).await?.0;
        while !data.is_empty() && data.len() < size && !self.ends_here()? {
            match self.recvfrom((size - data.len()) as u64, flags).await {
                Ok((more, _)) if !more.is_empty() => data.extend(more),
                // What stopped it is told by the next call, as the kernel does it.
                _ => break,
            }
        }
        Ok(data)
    }

    /// Whether a call that receives takes as much as was asked for, as in Linux a stream's does that may wait without
    /// limit and has MSG_WAITALL.
    fn fills(&self, flags: i32) -> bool {
        let asked = flags & c::MSG_WAITALL != 0 && flags & (self.no_wait() | c::MSG_PEEK) == 0;
        asked && self.limit.is_none() && self.is_stream()
    }

    /// Whether a call that has received something asks for no more: urgent data is next, or the connection ended with an
    /// error, which is for the call after it.
    fn ends_here(&self) -> Result<bool> {
        let descriptor = self.descriptor()?;
        let broken = POLLERR | POLLHUP;
        Ok(sys::at_mark(descriptor.socket()) || descriptor.events(0)? & broken == broken)
    }

    /// Receives at most `size` bytes, and tells who sent them: recvfrom(2).
    pub async fn recvfrom(&self, size: u64, flags: i32) -> Result<(Vec<u8>, Option<Address>)> {
        let receive = |socket: &socket2::Socket| {
            sys::receive(socket, self.room_for_next(socket, size, flags)?, flags | c::MSG_DONTWAIT)
        };
        self.receive(size, flags, &receive).await
    }

    /// As `receive_message`, but with MSG_WAITALL up to where the kernel would end it.
    pub(crate) async fn receive_whole_message(
        &self,
        size: u64,
        ancillary_size: u64,
        flags: i32,
    ) -> Result<(RawMessage, Option<Address>)> {
        let (mut message, peer) = self.receive_message(size, ancillary_size, flags).await?;
        let size = self.room(size);
        while self.fills(flags) && (1..size).contains(&message.data.len()) && !self.ends_here()? {
            // The kernel ends it after descriptors, also where there was no room for them, and before what others sent.
            let is_unix = self.family == c::AF_UNIX;
            if is_unix && (!message.descriptors.is_empty() || message.flags & c::MSG_CTRUNC != 0) {
                break;
            }
            if is_unix && !message.control.is_empty() {
                let next = self.receive_message(1, ancillary_size, flags | c::MSG_PEEK).await;
                if !next.is_ok_and(|(next, _)| cmsg::plain(&next.control).eq(cmsg::plain(&message.control))) {
                    break;
                }
            }
            let left = (size - message.data.len()) as u64;
            match self.receive_message(left, ancillary_size, flags).await {
                Ok((more, _)) if !more.data.is_empty() => message.append(more),
                // What stopped it is told by the next call, as the kernel does it.
                _ => break,
            }
        }
        Ok((message, peer))
    }

    /// Receives a message with at most so many bytes of data and of control messages.
    async fn receive_message(
        &self,
        size: u64,
        ancillary_size: u64,
        flags: i32,
    ) -> Result<(RawMessage, Option<Address>)> {
        let control = usize::try_from(ancillary_size).unwrap_or(MOST_CONTROL).min(MOST_CONTROL);
        // Only unix sockets pass descriptors; packet sockets refuse the flag.
        let close_on_exec = if self.family == c::AF_UNIX { c::MSG_CMSG_CLOEXEC } else { 0 };
        let receive = |socket: &socket2::Socket| {
            let sizes = (self.room_for_next(socket, size, flags)?, control);
            sys::receive_message(socket, sizes, flags | c::MSG_DONTWAIT | close_on_exec)
        };
        self.receive(size, flags, &receive).await
    }

    /// Receives what the policy lets in; what it does not is dropped.
    async fn receive<T: Default + Send>(
        &self,
        size: u64,
        flags: i32,
        receive: &(dyn Fn(&socket2::Socket) -> io::Result<(T, RawAddress)> + Sync),
    ) -> Result<(T, Option<Address>)> {
        let descriptor = self.descriptor()?;
        let mut patience = self.patience(flags, c::SO_RCVTIMEO);
        let events = if flags & c::MSG_OOB != 0 { POLLIN | POLLPRI } else { POLLIN };
        if self.is_stream() && self.shared.low_water.load(Ordering::Relaxed) {
            self.reach_low_water(descriptor, size, &mut patience).await?;
        }
        loop {
            let waits = self.limit.is_none() && !matches!(patience, Patience::None);
            let attempt = &mut |socket: &socket2::Socket| match receive(socket) {
                // A call that blocked would say that there is nothing more; this one says that it would block.
                Err(error) if would_block(&error) && waits && !self.is_stream() && is_shut(descriptor) => {
                    Ok((T::default(), RawAddress::from_bytes(&[])))
                }
                result => result,
            };
            let (received, peer) = self.attempt(events, &mut patience, attempt).await?;
            let peer = self.shared.guest_address(&peer, self.protocol);
            if self.may_receive(peer.as_ref(), flags) {
                return Ok((received, peer));
            }
            if flags & c::MSG_PEEK != 0 {
                let _ = sys::receive(descriptor.socket(), 0, c::MSG_DONTWAIT);
            }
            self.go_on(descriptor, &mut patience).await?;
        }
    }

    /// Notes whether the guest has sockets now that wait for more than one byte.
    pub(crate) fn note_low_water(&self) {
        if self.getsockopt(c::SOL_SOCKET, c::SO_RCVLOWAT).is_ok_and(|mark| mark > 1) {
            self.shared.low_water.store(true, Ordering::Relaxed);
        }
    }

    /// Waits, where the call may, until a stream has as much as SO_RCVLOWAT wants, or all that it will ever have.
    async fn reach_low_water(&self, descriptor: &Descriptor, size: u64, patience: &mut Patience) -> Result<()> {
        let mark = u64::try_from(self.getsockopt(c::SOL_SOCKET, c::SO_RCVLOWAT)?).unwrap_or(1);
        match patience {
            Patience::None => return Ok(()),
            // As CPython does it, whatever the size.
            Patience::For(_) if mark > 1 => return self.wait(descriptor, POLLIN, patience).await,
            _ => {}
        }
        let enough = mark.min(size);
        let ends = POLLERR | POLLHUP | POLLRDHUP;
        // Where it does not tell how much it has, the call itself answers.
        let available = || sys::available(descriptor.socket()).unwrap_or(u64::MAX);
        while enough > 1 && available() < enough && descriptor.events(POLLRDHUP)? & ends == 0 {
            // Of the mark itself poll(2) tells, with TCP; of what is below, and with others, nothing does.
            let told = self.transport == Transport::Tcp && enough == mark;
            let waited = match told {
                true => self.wait(descriptor, POLLIN, patience).await,
                false => self.pause(descriptor, patience).await,
            };
            match waited {
                // The kernel then gives what there is.
                Err(error) if error.would_block() => break,
                Ok(()) if told => break,
                result => result?,
            }
        }
        Ok(())
    }

    /// Lets others run, and the time limit be looked at, between what was refused and the next try.
    async fn go_on(&self, descriptor: &Descriptor, patience: &mut Patience) -> Result<()> {
        if self.shared.waiting == Waiting::Yield {
            tokio::task::yield_now().await;
        }
        patience.begin(descriptor)?;
        patience.check()
    }

    /// Whether the policy lets a datagram of that peer through; if so, it may be answered.
    fn may_receive(&self, peer: Option<&Address>, flags: i32) -> bool {
        // The address of an error is that of whom the guest has sent to.
        let is_error = flags & c::MSG_ERRQUEUE != 0 && matches!(self.transport, Transport::Udp | Transport::UdpLite);
        let Some((peer, peers)) = peer.zip(self.peers.as_ref()).filter(|_| !is_error) else { return true };
        let (transport, asked, given) = (self.transport, self.asked.as_ref(), self.given);
        let known = peer.internet().is_some_and(|peer| peers.contains(peer));
        if !known && self.judge(&Operation::Receive { transport, asked, peer, given }).is_err() {
            return false;
        }
        peer.internet().into_iter().for_each(|peer| peers.remember(peer));
        true
    }

    /// How much of what was asked for one call gives.
    fn room(&self, size: u64) -> usize {
        let most = if self.is_stream() { self.shared.limits.receive } else { self.shared.limits.datagram };
        usize::try_from(size).unwrap_or(usize::MAX).min(most)
    }

    /// As `room`, but no more than the next datagram needs.
    fn room_for_next(&self, socket: &socket2::Socket, size: u64, flags: i32) -> io::Result<usize> {
        let room = self.room(size);
        if self.is_stream() || room <= USUAL_DATAGRAM {
            return Ok(room);
        }
        // What does not come from the queue of datagrams is never larger.
        if flags & (c::MSG_OOB | self.no_wait() & c::MSG_ERRQUEUE) != 0 {
            return Ok(USUAL_DATAGRAM);
        }
        Ok(room.min(sys::next_length(socket)?.max(USUAL_DATAGRAM)))
    }

    /// Ends one direction or both: shutdown(2).
    pub fn shutdown(&self, how: i32) -> Result<()> {
        Ok(sys::shutdown(self.descriptor()?.socket(), how)?)
    }

    /// Closes it: each later call fails with EBADF.
    pub fn close(&mut self) -> Result<()> {
        let descriptor = self.descriptor.take().ok_or(Errno::EBADF)?;
        if self.shared.waiting == Waiting::Yield {
            descriptor.close_without_waiting()?;
        }
        if self.shared.flights.close(&descriptor) && descriptor.is_alone() {
            end(descriptor.socket());
        }
        Ok(())
    }

    /// A second handle to the same socket: dup(2).
    pub fn dup(&self) -> Result<Self> {
        let lease = self.shared.lease()?;
        let descriptor = self.descriptor()?.duplicate(lease)?;
        let mut copy = Self::around(&self.shared, descriptor, (self.family, self.kind, self.protocol));
        copy.limit = self.limit;
        copy.asked.clone_from(&self.asked);
        copy.given = self.given;
        copy.peers.clone_from(&self.peers);
        Ok(copy)
    }

    /// The local address: getsockname(2).
    pub fn getsockname(&self) -> Result<Option<Address>> {
        let raw = sys::local_address(self.descriptor()?.socket())?;
        // The name by which it was bound may be the host's own way to it.
        Ok(match &self.asked {
            Some(asked) if asked.unix_path().is_some() => Some(asked.clone()),
            _ => self.shared.guest_address(&raw, self.protocol),
        })
    }

    /// The peer's address: getpeername(2). ENOTCONN.
    pub fn getpeername(&self) -> Result<Option<Address>> {
        let raw = sys::from_sockaddr(&self.descriptor()?.socket().peer_addr()?);
        Ok(self.shared.guest_address(&raw, self.protocol))
    }

    /// Whether it only sends to whom it is connected to, in unix sockets' case. Their raw ones are datagram sockets.
    fn connects(&self) -> bool {
        matches!(self.kind, c::SOCK_STREAM | c::SOCK_SEQPACKET)
    }

    /// The address in the case that its family has, with what a name in it stands for.
    fn understood(&self, address: &Address) -> Result<Address> {
        match address.clone().normalised(self.protocol)? {
            Address::SystemName(name) => {
                Ok(Address::System { id: sys::control_id(self.descriptor()?.socket(), &name)?, unit: 0 })
            }
            address => Ok(address),
        }
    }

    fn is_stream(&self) -> bool {
        self.kind == c::SOCK_STREAM
    }

    fn destination(&self, address: &Address) -> Result<(RawAddress, Option<crate::directory::Located>)> {
        let answers = |peers: &Arc<Peers>| address.internet().is_some_and(|peer| peers.contains(peer));
        if *address == Address::Unspecified || self.peers.as_ref().is_some_and(answers) {
            return Ok((address.encode()?, None));
        }
        let transport = self.transport;
        if self.transport == Transport::Unix {
            return self.shared.destination(address, &Operation::Connect { transport, peer: address });
        }
        address.reached().iter().try_for_each(|peer| self.judge(&Operation::Connect { transport, peer }))?;
        Ok((address.encode()?, None))
    }

    /// Whether a call takes all data, as in Linux a stream's does that may wait without limit.
    fn sends_all(&self, flags: i32) -> bool {
        self.limit.is_none() && flags & c::MSG_DONTWAIT == 0 && self.is_stream()
    }

    /// The flags for a system call that sends.
    fn sending(&self, flags: i32) -> i32 {
        let quiet = if REFUSE_NOSIGNAL.contains(&self.family) { 0 } else { c::MSG_NOSIGNAL };
        flags & !MSG_ZEROCOPY | c::MSG_DONTWAIT | quiet
    }

    /// The flags with which the kernel does not wait, whatever the mode; others' sockets do not know all of them.
    fn no_wait(&self) -> i32 {
        let urgent = if self.is_stream() { c::MSG_OOB } else { 0 };
        let errors = if self.transport == Transport::Unix { 0 } else { c::MSG_ERRQUEUE };
        c::MSG_DONTWAIT | urgent | errors
    }

    /// How long a call that sends may wait.
    pub(crate) fn patience_to_send(&self, flags: i32) -> Patience {
        self.patience(flags, c::SO_SNDTIMEO)
    }

    /// How long a call with those flags may wait; the option holds the kernel's own limit.
    fn patience(&self, flags: i32, option: i32) -> Patience {
        match self.limit {
            Some(Duration::ZERO) => Patience::None,
            Some(limit) => Patience::For(limit),
            None if flags & self.no_wait() != 0 => Patience::None,
            None => Patience::Kernel(option),
        }
    }

    /// Tries a call until it need not wait, or patience ends.
    pub(crate) async fn attempt<T: Send>(
        &self,
        events: i16,
        patience: &mut Patience,
        call: Attempt<'_, T>,
    ) -> Result<T> {
        let descriptor = self.descriptor()?;
        let mut futile = 0u32;
        loop {
            match call(descriptor.socket()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Sending began to connect (MSG_FASTOPEN, TCP_FASTOPEN_CONNECT). A call that blocked would wait, and
                // then send; CPython, in time-out mode, does not.
                Err(error) if Errno::of(&error) == Some(Errno::EINPROGRESS) && self.limit.is_none() => {
                    self.wait(descriptor, events, patience).await.map_err(|_| error)?;
                }
                Err(error) if would_block(&error) => {
                    // Ready, it says, and then would block: some states are so, and stay so.
                    if futile > 2 {
                        self.pause(descriptor, patience).await?;
                    }
                    self.wait(descriptor, events, patience).await?;
                    futile = futile.saturating_add(1);
                }
                result => return Ok(result?),
            }
        }
    }

    /// Waits for one of the events.
    async fn wait(&self, descriptor: &Descriptor, events: i16, patience: &mut Patience) -> Result<()> {
        let (deadline, expired) = patience.begin(descriptor)?;
        if descriptor.ready(events, deadline, self.shared.waiting).await? { Ok(()) } else { Err(expired) }
    }

    /// Waits a little, within the time limit.
    async fn pause(&self, descriptor: &Descriptor, patience: &mut Patience) -> Result<()> {
        patience.begin(descriptor)?;
        match Handle::try_current() {
            Ok(_) if self.shared.waiting == Waiting::Yield => tokio::time::sleep(PAUSE).await,
            _ => std::thread::sleep(PAUSE),
        }
        patience.check()
    }

    /// Makes a call that only the kernel can wait for, on a thread that may wait.
    async fn blocking<T: Send + 'static>(
        &self,
        limit: Option<Duration>,
        mut call: impl FnMut(&socket2::Socket) -> io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let descriptor = self.descriptor()?.clone();
        // Less than a microsecond would be none to the kernel, which is no limit.
        let limit = limit.map(|limit| limit.max(Duration::from_micros(1)));
        let mut call = move || {
            let socket = descriptor.socket();
            let (own, nonblocking) = (socket.write_timeout()?, sys::is_nonblocking(socket)?);
            if limit.is_some() {
                socket.set_write_timeout(limit)?;
            }
            socket.set_nonblocking(false)?;
            let result = loop {
                match call(socket) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    result => break result,
                }
            };
            socket.set_nonblocking(nonblocking)?;
            if limit.is_some() {
                socket.set_write_timeout(own)?;
            }
            result
        };
        let result = match Handle::try_current() {
            Ok(runtime) if self.shared.waiting == Waiting::Yield => {
                runtime.spawn_blocking(call).await.map_err(|_| Errno::ECANCELED)?
            }
            _ => call(),
        };
        match result {
            Err(error) if would_block(&error) && limit.is_some() => Err(Error::TimedOut),
            result => Ok(result?),
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // It may be closed already.
        let _ = self.close();
    }
}

/// Whether it was shut down for reading: then it is always ready, though it may never give anything.
fn is_shut(descriptor: &Descriptor) -> bool {
    descriptor.events(POLLRDHUP).is_ok_and(|events| events & POLLRDHUP != 0)
}

/// Whether its datagrams come with internet addresses that the policy judges.
fn has_datagrams(transport: Transport) -> bool {
    transport.is_internet() && transport != Transport::Tcp
}

/// Ends a unix socket that the guest has closed but that stays open: its peer is told, and nobody reads what came.
fn end(socket: &socket2::Socket) {
    // One that was never connected has no peer.
    let _ = sys::shutdown(socket, c::SHUT_RDWR);
    while sys::receive(socket, USUAL_DATAGRAM, c::MSG_DONTWAIT).is_ok_and(|(data, _)| !data.is_empty()) {}
}

fn would_block(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}

/// The type without its flags, and whether it was to be non-blocking.
fn split_type(kind: i32) -> (i32, bool) {
    (kind & !(c::SOCK_NONBLOCK | c::SOCK_CLOEXEC), kind & c::SOCK_NONBLOCK != 0)
}

fn judge_creation(shared: &Shared, family: i32, kind: i32, protocol: i32) -> Result<()> {
    let transport = Transport::of(family, kind, protocol);
    if transport.is_privileged() { shared.judge(&Operation::Create { transport }) } else { Ok(()) }
}

/// SO_RCVTIMEO or SO_SNDTIMEO; none is no limit.
fn kernel_limit(socket: &socket2::Socket, option: i32) -> io::Result<Option<Duration>> {
    if option == c::SO_RCVTIMEO { socket.read_timeout() } else { socket.write_timeout() }
}
