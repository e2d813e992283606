//! Python's `socket` module, by its names and meaning: <https://docs.python.org/3/library/socket.html>.
//!
//! What takes a host and a port takes `("example.com", 443)`, a [`std::net::SocketAddr`], or an [`Address`] of any
//! family; unix sockets take a path. The functions and the constants of Python's module are found here under their names,
//! by `use berkeley_guest::socket::*`.
//!
//! ```no_run
//! use std::time::Duration;
//! use berkeley_guest::socket::*;
//!
//! let server = create_server(("127.0.0.1", 0), &ServerOptions::default())?;
//! let port = server.getsockname()?.port().unwrap_or(0);
//!
//! let client = create_connection(("127.0.0.1", port), &ConnectionOptions::default())?;
//! let (peer, address) = server.accept()?;
//! client.sendall(b"hello")?;
//! peer.settimeout(Some(Duration::from_secs(5)));
//! assert_eq!(peer.recv(1024)?, b"hello");
//! # Ok::<(), berkeley_guest::Error>(())
//! ```

mod repr;
mod table;
mod windows;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use berkeley_constants::*;

pub use crate::address::{Address, ToAddress};
pub use crate::ancillary::{CMSG_LEN, CMSG_SPACE, recv_fds, send_fds, send_fds_to};
use crate::bindings::{option as wit_option, socket as wit};
use crate::error::{Errno, Error, Result};
pub use crate::interface::{gethostname, if_indextoname, if_nameindex, if_nametoindex, local_cid, sethostname};
pub use crate::netdb::{
    AddressInfo, Hints, HostEntry, Service, getaddrinfo, getfqdn, gethostbyaddr, gethostbyname, gethostbyname_ex,
    getnameinfo, getprotobyname, getservbyname, getservbyport, htonl, htons, inet_aton, inet_ntoa, inet_ntop,
    inet_pton, ntohl, ntohs,
};
pub use crate::option::{
    GroupReq, GroupSourceReq, IpMreq, IpMreqSource, IpMreqn, Ipv6Mreq, Linger, OptionStruct, OptionValue, TcpInfo,
    Timeval,
};
use crate::poll::nanoseconds;

pub use self::windows::{
    RCVALL_MAX, RCVALL_OFF, RCVALL_ON, RCVALL_SOCKETLEVELONLY, SIO_KEEPALIVE_VALS, SIO_LOOPBACK_FAST_PATH, SIO_RCVALL,
    fromshare,
};

/// Whether the platform has IPv6: always, though the host may not.
pub const HAS_IPV6: bool = true;

/// [`HAS_IPV6`] by Python's name.
#[allow(non_upper_case_globals, reason = "that is its name")]
pub const has_ipv6: bool = HAS_IPV6;

/// Python's other name for its `socket` class.
pub type SocketType = Socket;

/// The backlog that `listen` takes in Python when none is given.
pub const DEFAULT_BACKLOG: i32 = 128;

/// How much of a stream the host gives at once to a call that waits for all of it, at least.
const LEAST_PART: usize = 1 << 16;

/// How much of a stream is handed to the host at once: it copies what it is handed.
pub(crate) const PART: usize = 64 << 20;

/// A socket of any family: Python's `socket.socket`.
///
/// A new socket is blocking, unless [`setdefaulttimeout`] said otherwise. Dropping it closes it. Its methods take
/// `&self`, so one may be shared. `Debug` writes it as Python's `repr` does.
///
/// Once it is closed, what can fail fails with EBADF; `family`, `type`, `proto` and the time limit stay known.
pub struct Socket {
    core: Arc<Core>,
}

/// A socket together with the files that [`Socket::makefile`] made of it.
struct Core {
    handle: Arc<wit::Socket>,
    /// Family, type and protocol, as the program says they are; [`DETECT`] where it does not.
    numbers: [i32; 3],
    /// Only remembered: there are no processes to inherit it.
    inheritable: AtomicBool,
    life: Mutex<Life>,
}

struct Life {
    /// The number, or -1 once closed or detached.
    number: i32,
    /// Whether the program has closed it, though files may keep it open.
    closed: bool,
    /// How many files there are.
    files: usize,
}

/// Leaves a family, type or protocol to what the host says, as in Python.
const DETECT: i32 = -1;

impl Core {
    fn life(&self) -> std::sync::MutexGuard<'_, Life> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) -> Result<()> {
        let number = std::mem::replace(&mut self.life().number, -1);
        if number == -1 {
            return Ok(());
        }
        table::remove_own(number, &self.handle);
        match self.handle.close().map_err(Error::from) {
            // It was closed by its number.
            Err(Error::Os(Errno::Ebadf)) => Ok(()),
            result => result,
        }
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        // What was detached stays in the table, and so stays open.
        table::release(self.life().number, &self.handle);
    }
}

impl Socket {
    /// Makes a socket: socket(2). SOCK_NONBLOCK and SOCK_CLOEXEC may be added to the type.
    ///
    /// EAFNOSUPPORT, EPROTONOSUPPORT, EINVAL, EMFILE; EACCES for what the host must grant.
    pub fn new(family: i32, r#type: i32, proto: i32) -> Result<Self> {
        let socket = Self::from_handle(wit::create(family, r#type, proto)?);
        if r#type & SOCK_NONBLOCK == 0 {
            socket.settimeout(getdefaulttimeout());
        }
        Ok(socket)
    }

    /// Takes a socket from the contract's own handle.
    pub fn from_handle(handle: wit::Socket) -> Self {
        Self::told(handle, [DETECT; 3])
    }

    fn told(handle: wit::Socket, numbers: [i32; 3]) -> Self {
        let handle = Arc::new(handle);
        Self::numbered(table::insert(&handle), handle, numbers)
    }

    fn numbered(number: i32, handle: Arc<wit::Socket>, numbers: [i32; 3]) -> Self {
        let life = Mutex::new(Life { number, closed: false, files: 0 });
        Self { core: Arc::new(Core { handle, numbers, inheritable: AtomicBool::new(false), life }) }
    }

    /// The contract's own handle.
    pub fn handle(&self) -> &wit::Socket {
        &self.core.handle
    }

    /// Takes the socket that [`detach`](Self::detach) gave this number: Python's `socket(fileno=…)`. EBADF.
    ///
    /// It has the default time limit, as a new one does. If another socket has the number already, both are one: they
    /// share mode and time limit, and to close one closes the other.
    pub fn from_fileno(fileno: i32) -> Result<Self> {
        Self::from_fileno_as(fileno, DETECT, DETECT, DETECT)
    }

    /// As `from_fileno`, for a socket of that family, type and protocol: Python's `socket(family, type, proto, fileno)`.
    ///
    /// Each that is -1 is what the host says. The others are taken at their word, and not looked at.
    pub fn from_fileno_as(fileno: i32, family: i32, r#type: i32, proto: i32) -> Result<Self> {
        if fileno < 0 {
            return Err(Error::Invalid("negative file descriptor"));
        }
        let handle = table::get(fileno).ok_or(Error::Os(Errno::Ebadf))?;
        let (numbers, limit) = as_told(family, r#type, proto);
        let socket = Self::numbered(fileno, handle, numbers);
        socket.settimeout(limit);
        Ok(socket)
    }

    /// The family, such as AF_INET.
    pub fn family(&self) -> i32 {
        self.number(0, wit::Socket::family)
    }

    /// The type, such as SOCK_STREAM, without flags.
    pub fn r#type(&self) -> i32 {
        self.number(1, wit::Socket::type_)
    }

    /// The protocol.
    pub fn proto(&self) -> i32 {
        self.number(2, wit::Socket::protocol)
    }

    fn number(&self, at: usize, ask: fn(&wit::Socket) -> i32) -> i32 {
        match self.core.numbers[at] {
            DETECT => ask(self.handle()),
            told => told,
        }
    }

    /// The number of the socket in this program; -1 once closed or detached. It means nothing to others.
    pub fn fileno(&self) -> i32 {
        self.core.life().number
    }

    /// Gives the number, and leaves the socket open, to be taken again by [`from_fileno`](Self::from_fileno).
    pub fn detach(self) -> i32 {
        std::mem::replace(&mut self.core.life().number, -1)
    }

    /// Takes the next connection and its peer's address; [`Address::Unspecified`] where the family tells none.
    ///
    /// The new socket has the default time limit, whatever this one's mode; if there is none, it is blocking.
    pub fn accept(&self) -> Result<(Self, Address)> {
        let (handle, peer) = self.handle().accept()?;
        let socket = Self::told(handle, self.core.numbers);
        if let Some(limit) = getdefaulttimeout() {
            socket.settimeout(Some(limit));
        }
        Ok((socket, peer.map_or(Address::Unspecified, Into::into)))
    }

    /// Gives it a local address: bind(2). EADDRINUSE, EADDRNOTAVAIL, EINVAL.
    pub fn bind(&self, address: impl ToAddress) -> Result<()> {
        Ok(self.handle().bind(&address.to_address(self.family())?.into())?)
    }

    /// Makes it take connections: listen(2). Python's default is [`DEFAULT_BACKLOG`]; a negative one is 0.
    ///
    /// A socket that is not bound is bound to a port that the system chooses. EADDRINUSE, EOPNOTSUPP.
    pub fn listen(&self, backlog: i32) -> Result<()> {
        Ok(self.handle().listen(backlog.max(0))?)
    }

    /// Connects to a peer: connect(2). ECONNREFUSED, ENETUNREACH; EINPROGRESS in non-blocking mode.
    pub fn connect(&self, address: impl ToAddress) -> Result<()> {
        Ok(self.handle().connect(&address.to_address(self.family())?.into())?)
    }

    /// As `connect`, but the error number of the system, in Linux's numbering, is the result; 0 is success, and EAGAIN
    /// a time-out. Other errors, such as a host name that is not known, remain errors.
    pub fn connect_ex(&self, address: impl ToAddress) -> Result<i32> {
        let address = address.to_address(self.family())?;
        match self.handle().connect(&address.into()).map_err(Error::from) {
            Ok(()) => Ok(0),
            Err(Error::TimedOut) => Ok(errno::EAGAIN),
            Err(error @ (Error::Os(_) | Error::OsNumber(_) | Error::Denied(_))) => error.number().ok_or(error),
            Err(error) => Err(error),
        }
    }

    /// Sends, and tells how many bytes were taken: send(2).
    pub fn send(&self, data: &[u8]) -> Result<usize> {
        self.send_flags(data, 0)
    }

    /// As `send`, with MSG_ flags.
    pub fn send_flags(&self, data: &[u8], flags: i32) -> Result<usize> {
        // In blocking mode a stream takes all of it, though the host takes no more than a part at once.
        let mut sent = 0;
        loop {
            let part = &data[sent..data.len().min(sent + PART)];
            match self.handle().send(part, flags) {
                Ok(more) => sent += more as usize,
                Err(_) if sent > 0 => return Ok(sent),
                Err(error) => return Err(error.into()),
            }
            if sent == data.len() || !self.fills() || flags & MSG_DONTWAIT != 0 {
                return Ok(sent);
            }
        }
    }

    /// Sends all of it; the time limit holds for the whole. After an error nothing tells how much was sent.
    pub fn sendall(&self, data: &[u8]) -> Result<()> {
        self.sendall_flags(data, 0)
    }

    /// As `sendall`, with MSG_ flags.
    pub fn sendall_flags(&self, data: &[u8], flags: i32) -> Result<()> {
        if data.len() <= PART {
            return Ok(self.handle().sendall(data, flags)?);
        }
        // The host counts the limit anew for each part, so each is given what is left.
        let limit = self.gettimeout();
        let began = Instant::now();
        let result = data.chunks(PART).try_for_each(|part| {
            if let Some(limit) = limit.filter(|limit| !limit.is_zero()) {
                let left = limit.saturating_sub(began.elapsed());
                if left.is_zero() {
                    return Err(Error::TimedOut);
                }
                self.settimeout(Some(left));
            }
            Ok(self.handle().sendall(part, flags)?)
        });
        self.settimeout(limit);
        result
    }

    /// Sends to the address: sendto(2).
    pub fn sendto(&self, data: &[u8], address: impl ToAddress) -> Result<usize> {
        self.sendto_flags(data, 0, address)
    }

    /// As `sendto`, with MSG_ flags.
    pub fn sendto_flags(&self, data: &[u8], flags: i32, address: impl ToAddress) -> Result<usize> {
        Ok(self.handle().sendto(data, flags, &address.to_address(self.family())?.into())? as usize)
    }

    /// Receives at most `size` bytes: recv(2). Nothing is the end of a stream, or an empty datagram.
    pub fn recv(&self, size: usize) -> Result<Vec<u8>> {
        self.recv_flags(size, 0)
    }

    /// As `recv`, with MSG_ flags.
    ///
    /// Whatever the flags, there are no more bytes than `size`: where Python's `recv` with MSG_TRUNC gives a datagram's
    /// true length, filled up with what was in memory, [`recv_into_flags`](Self::recv_into_flags) tells it.
    pub fn recv_flags(&self, size: usize, flags: i32) -> Result<Vec<u8>> {
        // As in Python, nothing is asked for nothing.
        if size == 0 {
            return Ok(Vec::new());
        }
        let mut data = self.handle().recv(size as u64, flags)?;
        // The host gives a limited amount at once; MSG_WAITALL asks for all. Less was all that there was to get.
        let goes_on = flags & (MSG_WAITALL | MSG_PEEK | MSG_DONTWAIT) == MSG_WAITALL && self.fills();
        let mut last = data.len();
        while goes_on && last >= LEAST_PART && data.len() < size {
            // What stops it is told by the next call, as the kernel does it.
            let Ok(more) = self.handle().recv((size - data.len()) as u64, flags) else { break };
            last = more.len();
            data.extend(more);
        }
        Ok(data)
    }

    /// Whether the socket is a stream in blocking mode, whose calls do all they are asked to.
    pub(crate) fn fills(&self) -> bool {
        self.gettimeout().is_none() && self.r#type() == SOCK_STREAM
    }

    /// Receives into the buffer, and tells how many bytes there are: Python's `recv_into`. A part of the buffer is for
    /// fewer bytes: `&mut buffer[..4]`.
    ///
    /// With MSG_TRUNC a datagram's true length is told, which may be more than the buffer has; the other calls tell of
    /// no more than they give. On TCP, where that flag discards, the buffer is filled with zeros.
    pub fn recv_into(&self, buffer: &mut [u8]) -> Result<usize> {
        self.recv_into_flags(buffer, 0)
    }

    /// As `recv_into`, with MSG_ flags.
    pub fn recv_into_flags(&self, buffer: &mut [u8], flags: i32) -> Result<usize> {
        if !buffer.is_empty() && self.tells_length(flags) {
            return Ok(self.receive_into(buffer, flags)?.0);
        }
        Ok(fill(buffer, &self.recv_flags(buffer.len(), flags)?))
    }

    /// Receives at most `size` bytes, and tells who sent them; [`Address::Unspecified`] where nothing tells: recvfrom(2).
    pub fn recvfrom(&self, size: usize) -> Result<(Vec<u8>, Address)> {
        self.recvfrom_flags(size, 0)
    }

    /// As `recvfrom`, with MSG_ flags.
    pub fn recvfrom_flags(&self, size: usize, flags: i32) -> Result<(Vec<u8>, Address)> {
        let (data, peer) = self.handle().recvfrom(size as u64, flags)?;
        Ok((data, peer.map_or(Address::Unspecified, Into::into)))
    }

    /// Receives into the buffer, and tells how many bytes there are and who sent them: Python's `recvfrom_into`.
    pub fn recvfrom_into(&self, buffer: &mut [u8]) -> Result<(usize, Address)> {
        self.recvfrom_into_flags(buffer, 0)
    }

    /// As `recvfrom_into`, with MSG_ flags.
    pub fn recvfrom_into_flags(&self, buffer: &mut [u8], flags: i32) -> Result<(usize, Address)> {
        if self.tells_length(flags) {
            return self.receive_into(buffer, flags);
        }
        let (data, peer) = self.recvfrom_flags(buffer.len(), flags)?;
        Ok((fill(buffer, &data), peer))
    }

    /// Whether a call with those flags tells a datagram's true length.
    fn tells_length(&self, flags: i32) -> bool {
        flags & MSG_TRUNC != 0 && self.r#type() != SOCK_STREAM
    }

    /// Receives by the one call of the contract that tells the true length.
    fn receive_into(&self, buffer: &mut [u8], flags: i32) -> Result<(usize, Address)> {
        let message = self.recvmsg(buffer.len(), 0, flags)?;
        fill(buffer, &message.data);
        Ok((message.length, message.address))
    }

    /// Ends one direction or both: SHUT_RD, SHUT_WR, SHUT_RDWR. ENOTCONN, EINVAL.
    pub fn shutdown(&self, how: i32) -> Result<()> {
        Ok(self.handle().shutdown(how)?)
    }

    /// Closes it: each later call fails with EBADF. To close it again changes nothing.
    ///
    /// While there are files that [`makefile`](Self::makefile) made, it stays open until the last of them is dropped.
    pub fn close(&self) -> Result<()> {
        let files = {
            let mut life = self.core.life();
            life.closed = true;
            life.files
        };
        if files == 0 { self.core.close() } else { Ok(()) }
    }

    /// The same socket, for a file, which keeps it open.
    pub(crate) fn for_file(&self) -> Self {
        self.core.life().files += 1;
        Self { core: self.core.clone() }
    }

    /// The file is gone.
    pub(crate) fn release_file(&self) {
        let unused = {
            let mut life = self.core.life();
            life.files -= 1;
            life.closed && life.files == 0
        };
        if unused {
            // Nobody is there to be told.
            let _ = self.core.close();
        }
    }

    /// A second socket to the same one, with the same mode: dup(2).
    pub fn dup(&self) -> Result<Self> {
        Ok(Self::told(self.handle().dup()?, self.core.numbers))
    }

    /// The local address; [`Address::Unspecified`] where the family tells none.
    pub fn getsockname(&self) -> Result<Address> {
        Ok(self.handle().getsockname()?.map_or(Address::Unspecified, Into::into))
    }

    /// The peer's address; [`Address::Unspecified`] where the family tells none. ENOTCONN.
    pub fn getpeername(&self) -> Result<Address> {
        Ok(self.handle().getpeername()?.map_or(Address::Unspecified, Into::into))
    }

    /// An option's value as an integer: getsockopt(2). ENOPROTOOPT.
    ///
    /// [`getsockopt_as`](Self::getsockopt_as) gives structures, [`getsockopt_bytes`](Self::getsockopt_bytes) bytes.
    pub fn getsockopt(&self, level: i32, name: i32) -> Result<i32> {
        Ok(wit_option::getsockopt(self.handle(), level, name)?)
    }

    /// An option's value as bytes, at most `size` of them: Python's `getsockopt(level, name, buflen)`.
    ///
    /// A size beyond 1024 is refused, as in Python.
    pub fn getsockopt_bytes(&self, level: i32, name: i32, size: usize) -> Result<Vec<u8>> {
        let out_of_range = Error::Invalid("getsockopt buflen out of range");
        let size = u32::try_from(size).ok().filter(|size| (1..=1024).contains(size)).ok_or(out_of_range)?;
        Ok(wit_option::getsockopt_bytes(self.handle(), level, name, size)?)
    }

    /// Sets an option to an integer, bytes, or a null pointer with a length: setsockopt(2). ENOPROTOOPT, EINVAL.
    pub fn setsockopt<'a>(&self, level: i32, name: i32, value: impl Into<OptionValue<'a>>) -> Result<()> {
        let value = match value.into() {
            OptionValue::Int(value) => wit_option::OptionValue::Int(value),
            OptionValue::Bytes(value) => wit_option::OptionValue::Bytes(value.into_owned()),
            OptionValue::Null(len) => wit_option::OptionValue::Null(len),
        };
        Ok(wit_option::setsockopt(self.handle(), level, name, &value)?)
    }

    /// Sets the time limit of each call: none is blocking, zero is non-blocking. That of a closed socket means nothing.
    pub fn settimeout(&self, limit: Option<Duration>) {
        self.handle().settimeout(limit.map(nanoseconds));
    }

    /// The time limit: none is blocking, zero is non-blocking.
    pub fn gettimeout(&self) -> Option<Duration> {
        self.handle().gettimeout().map(Duration::from_nanos)
    }

    /// Sets the mode: blocking or non-blocking.
    pub fn setblocking(&self, blocking: bool) {
        self.settimeout((!blocking).then_some(Duration::ZERO));
    }

    /// Whether it is in blocking or time-out mode.
    pub fn getblocking(&self) -> bool {
        self.gettimeout() != Some(Duration::ZERO)
    }

    /// Whether another program that this one starts would inherit it: not unless set. A guest starts none.
    pub fn get_inheritable(&self) -> bool {
        self.core.inheritable.load(Ordering::Relaxed)
    }

    /// Says whether another program that this one starts would inherit it.
    pub fn set_inheritable(&self, inheritable: bool) {
        self.core.inheritable.store(inheritable, Ordering::Relaxed);
    }
}

/// As Python's `repr`: `<socket.socket fd=3, family=2, type=1, proto=0, laddr=('127.0.0.1', 0)>`.
impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Life { number: fileno, closed, .. } = *self.core.life();
        let closed = closed || fileno == -1;
        let open = (!closed).then_some(self);
        let repr = repr::Socket {
            closed,
            fileno,
            family: self.family(),
            r#type: self.r#type(),
            proto: self.proto(),
            local: open.and_then(|socket| socket.getsockname().ok()),
            peer: open.and_then(|socket| socket.getpeername().ok()),
        };
        write!(f, "{repr}")
    }
}

/// The numbers as they are remembered, and the time limit of a socket that is taken by its number.
fn as_told(family: i32, r#type: i32, proto: i32) -> ([i32; 3], Option<Duration>) {
    if r#type == DETECT {
        return ([family, DETECT, proto], getdefaulttimeout());
    }
    let limit = if r#type & SOCK_NONBLOCK != 0 { Some(Duration::ZERO) } else { getdefaulttimeout() };
    ([family, r#type & !(SOCK_NONBLOCK | SOCK_CLOEXEC), proto], limit)
}

fn fill(buffer: &mut [u8], data: &[u8]) -> usize {
    buffer[..data.len()].copy_from_slice(data);
    data.len()
}

/// Two sockets that are connected with each other: socketpair(2). Python's defaults are AF_UNIX, SOCK_STREAM, 0.
pub fn socketpair(family: i32, r#type: i32, proto: i32) -> Result<(Socket, Socket)> {
    let (one, other) = wit::socketpair(family, r#type, proto)?;
    let sockets = (Socket::from_handle(one), Socket::from_handle(other));
    if r#type & SOCK_NONBLOCK == 0 {
        sockets.0.settimeout(getdefaulttimeout());
        sockets.1.settimeout(getdefaulttimeout());
    }
    Ok(sockets)
}

/// A second socket to the one of that number, with the default time limit: Python's `fromfd`. EBADF.
pub fn fromfd(fileno: i32) -> Result<Socket> {
    fromfd_as(fileno, DETECT, DETECT, DETECT)
}

/// As [`fromfd`], for a socket of that family, type and protocol: Python's `fromfd(fd, family, type, proto)`.
///
/// Each that is -1 is what the host says. The others are taken at their word, and not looked at.
pub fn fromfd_as(fileno: i32, family: i32, r#type: i32, proto: i32) -> Result<Socket> {
    let handle = table::get(fileno).ok_or(Error::Os(Errno::Ebadf))?;
    let (numbers, limit) = as_told(family, r#type, proto);
    let socket = Socket::told(handle.dup()?, numbers);
    socket.settimeout(limit);
    Ok(socket)
}

/// A second number for the socket of that number, for [`Socket::from_fileno`] or [`close`]: Python's `socket.dup(fd)`.
/// EBADF.
pub fn dup(fileno: i32) -> Result<i32> {
    let handle = table::get(fileno).ok_or(Error::Os(Errno::Ebadf))?;
    Ok(table::insert(&Arc::new(handle.dup()?)))
}

/// Closes the socket of that number, such as [`Socket::detach`] gave: Python's `socket.close(fd)`. EBADF.
pub fn close(fileno: i32) -> Result<()> {
    let handle = table::remove(fileno).ok_or(Error::Os(Errno::Ebadf))?;
    Ok(handle.close()?)
}

/// The sockets that the host opened beforehand, by name: `--socket NAME=…` of the command.
///
/// Each call gives new sockets, as [`Socket::dup`] does.
pub fn preopened() -> Result<Vec<(String, Socket)>> {
    let sockets = wit::preopened()?;
    Ok(sockets.into_iter().map(|(name, handle)| (name, Socket::from_handle(handle))).collect())
}

/// The time limit of sockets that are made later: none is blocking.
pub fn getdefaulttimeout() -> Option<Duration> {
    *DEFAULT_TIMEOUT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sets the time limit of sockets that are made later.
pub fn setdefaulttimeout(limit: Option<Duration>) {
    *DEFAULT_TIMEOUT.lock().unwrap_or_else(PoisonError::into_inner) = limit;
}

static DEFAULT_TIMEOUT: Mutex<Option<Duration>> = Mutex::new(None);

/// What [`create_connection`] may be told besides the address.
#[derive(Clone, Debug, Default)]
pub struct ConnectionOptions {
    /// The time limit of each attempt to connect, and of the socket afterwards.
    ///
    /// If none is given, it is the default one. [`Duration::MAX`] is none at all, whatever the default; zero is
    /// non-blocking.
    pub timeout: Option<Duration>,
    /// The host and port to bind to before connecting.
    pub source_address: Option<(String, u16)>,
}

/// Connects by TCP to a host and port, trying each address of the host in turn: Python's `create_connection`.
///
/// The error is that of the last attempt; [`create_connection_all_errors`] gives those of all.
pub fn create_connection(address: (&str, u16), options: &ConnectionOptions) -> Result<Socket> {
    create_connection_all_errors(address, options).map_err(|mut errors| errors.pop().unwrap_or(NO_ADDRESSES))
}

const NO_ADDRESSES: Error = Error::Invalid("getaddrinfo returns an empty list");

/// As [`create_connection`], with the errors of all attempts, of which there is at least one: Python's
/// `all_errors=True`.
pub fn create_connection_all_errors(
    (host, port): (&str, u16),
    options: &ConnectionOptions,
) -> Result<Socket, Vec<Error>> {
    let hints = Hints { r#type: SOCK_STREAM, ..Hints::default() };
    let infos = getaddrinfo(Some(host), Some(port.into()), hints).map_err(|error| vec![error])?;
    let mut errors = Vec::new();
    for info in infos {
        match attempt(&info, options) {
            Ok(socket) => return Ok(socket),
            Err(error) => errors.push(error),
        }
    }
    Err(if errors.is_empty() { vec![NO_ADDRESSES] } else { errors })
}

fn attempt(info: &AddressInfo, options: &ConnectionOptions) -> Result<Socket> {
    let socket = Socket::new(info.family, info.r#type, info.proto)?;
    if let Some(limit) = options.timeout {
        socket.settimeout(Some(limit).filter(|limit| *limit != Duration::MAX));
    }
    if let Some((host, port)) = &options.source_address {
        socket.bind((host.as_str(), *port))?;
    }
    socket.connect(&info.address)?;
    Ok(socket)
}

/// What [`create_server`] may be told besides the address.
#[derive(Clone, Copy, Debug)]
pub struct ServerOptions {
    /// AF_INET or AF_INET6.
    pub family: i32,
    /// How many connections may await `accept`.
    pub backlog: i32,
    /// Sets SO_REUSEPORT.
    pub reuse_port: bool,
    /// With AF_INET6, takes IPv4 connections too.
    pub dualstack_ipv6: bool,
}

impl Default for ServerOptions {
    /// AF_INET, 128, and neither.
    fn default() -> Self {
        Self { family: AF_INET, backlog: DEFAULT_BACKLOG, reuse_port: false, dualstack_ipv6: false }
    }
}

/// A stream socket that is bound to an address, mostly a host and port, and takes connections: Python's
/// `create_server`.
///
/// Where Python adds the address to the error's text, here it is the caller's to tell.
pub fn create_server(address: impl ToAddress, options: &ServerOptions) -> Result<Socket> {
    let &ServerOptions { family, backlog, reuse_port, dualstack_ipv6 } = options;
    if dualstack_ipv6 && !has_dualstack_ipv6() {
        return Err(Error::Invalid("dualstack_ipv6 not supported on this platform"));
    }
    if dualstack_ipv6 && family != AF_INET6 {
        return Err(Error::Invalid("dualstack_ipv6 requires AF_INET6 family"));
    }
    let socket = Socket::new(family, SOCK_STREAM, 0)?;
    // Where that fails, `bind` says why it was needed.
    let _ = socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, true);
    // Linux has it for no other families.
    if reuse_port && matches!(family, AF_INET | AF_INET6) {
        socket.setsockopt(SOL_SOCKET, SO_REUSEPORT, true)?;
    }
    if family == AF_INET6 {
        socket.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, !dualstack_ipv6)?;
    }
    socket.bind(address)?;
    socket.listen(backlog)?;
    Ok(socket)
}

/// Whether a TCP socket of AF_INET6 can take IPv4 connections too.
pub fn has_dualstack_ipv6() -> bool {
    let v6_only = || {
        let socket = Socket::new(AF_INET6, SOCK_STREAM, 0)?;
        socket.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, false)?;
        socket.getsockopt(IPPROTO_IPV6, IPV6_V6ONLY)
    };
    v6_only() == Ok(0)
}

/// The name of an error number in Linux's numbering: Python's `errno.errorcode`.
///
/// ```
/// assert_eq!(berkeley_guest::socket::errorcode(111), Some("ECONNREFUSED"));
/// ```
pub fn errorcode(number: i32) -> Option<&'static str> {
    errno::name(number)
}
