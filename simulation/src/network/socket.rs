//! What sockets of all kinds have.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::Waker;

use berkeley_constants as c;
use berkeley_host::Errno;
use berkeley_host::network::{Endpoint, Pair};

use super::endpoint::Handle;
use super::options;
use super::state::{HostId, State};
use super::tcp::Tcp;
use super::udp::Udp;
use super::unix::{Unix, key as unix_key};
use super::world::World;

pub(super) type SocketId = u64;

pub(super) struct Socket {
    pub(super) host: HostId,
    pub(super) family: i32,
    pub(super) kind: i32,
    pub(super) protocol: i32,
    /// What was set, and is not as at the beginning.
    pub(super) options: BTreeMap<(i32, i32), Vec<u8>>,
    /// SO_ERROR.
    pub(super) error: Option<Errno>,
    pub(super) changes: u64,
    pub(super) wakers: Vec<Waker>,
    pub(super) body: Body,
}

pub(super) enum Body {
    Tcp(Box<Tcp>),
    Udp(Box<Udp>),
    Unix(Box<Unix>),
}

impl Socket {
    pub(super) fn new(host: HostId, (family, kind, protocol): (i32, i32, i32), body: Body) -> Self {
        let (options, wakers) = (BTreeMap::new(), Vec::new());
        Self { host, family, kind, protocol, options, error: None, changes: 0, wakers, body }
    }

    /// The connection that it is. Asked only of what is one.
    pub(super) fn tcp(&mut self) -> Option<&mut Tcp> {
        if let Body::Tcp(tcp) = &mut self.body { Some(tcp) } else { None }
    }

    pub(super) fn udp(&mut self) -> Option<&mut Udp> {
        if let Body::Udp(udp) = &mut self.body { Some(udp) } else { None }
    }

    pub(super) fn unix(&mut self) -> Option<&mut Unix> {
        if let Body::Unix(unix) = &mut self.body { Some(unix) } else { None }
    }

    /// The error that is to be told, once.
    pub(super) fn take_error(&mut self) -> Result<(), Errno> {
        self.error.take().map_or(Ok(()), Err)
    }

    /// An option that is a number.
    pub(super) fn number(&self, level: i32, name: i32) -> i32 {
        let value = self.options.get(&(level, name)).and_then(|value| value.first_chunk());
        value.map_or_else(|| options::usual(self, level, name).unwrap_or(0), |bytes| i32::from_ne_bytes(*bytes))
    }

    pub(super) fn is_on(&self, level: i32, name: i32) -> bool {
        self.number(level, name) != 0
    }
}

impl State {
    pub(super) fn socket(&mut self, id: SocketId) -> Result<&mut Socket, Errno> {
        // Its host has crashed.
        self.sockets.get_mut(&id).ok_or(Errno::ENETDOWN)
    }

    pub(super) fn add(&mut self, socket: Socket) -> SocketId {
        let id = self.next_number();
        self.hosts[socket.host].sockets.insert(id);
        self.sockets.insert(id, socket);
        id
    }

    /// The host's sockets, in the order in which they were made.
    pub(super) fn of_host(&self, host: HostId) -> impl Iterator<Item = (SocketId, &Socket)> {
        self.hosts[host].sockets.iter().filter_map(|id| Some((*id, self.sockets.get(id)?)))
    }

    /// Takes the socket away. What it held that was passed on is closed afterwards.
    pub(super) fn remove(&mut self, id: SocketId) {
        self.unlist(id);
        let Some(mut socket) = self.sockets.remove(&id) else { return };
        self.hosts[socket.host].sockets.remove(&id);
        self.woken.append(&mut socket.wakers);
        match socket.body {
            Body::Unix(unix) => {
                let names = &mut self.hosts[socket.host].unix;
                let key = unix_key(socket.kind, &unix.name);
                if names.get(&key) == Some(&id) {
                    names.remove(&key);
                }
                self.dropped.extend(unix.queue.into_iter().flat_map(|message| message.passed));
            }
            Body::Tcp(tcp) => tcp.timer.into_iter().for_each(|timer| self.unschedule(timer)),
            Body::Udp(_) => {}
        }
    }

    /// Nobody refers to the socket any more.
    pub(super) fn close(&mut self, id: SocketId) {
        match self.sockets.get(&id).map(|socket| &socket.body) {
            Some(Body::Tcp(_)) => self.tcp_close(id),
            Some(Body::Unix(_)) => self.unix_close(id),
            Some(Body::Udp(_)) => self.remove(id),
            None => {}
        }
    }

    /// The host's sockets are gone.
    pub(super) fn crash(&mut self, host: HostId) {
        self.hosts[host].is_crashed = true;
        self.hosts[host].held.clear();
        let own = self.hosts[host].sockets.clone();
        own.into_iter().for_each(|id| self.remove(id));
        self.tcp_forget_all(host);
        self.hosts[host].unix.clear();
    }
}

/// What is made for the family, type and protocol. EAFNOSUPPORT, ESOCKTNOSUPPORT, EPROTONOSUPPORT, EINVAL.
fn body(family: i32, kind: i32, protocol: i32) -> Result<(Body, i32, i32), Errno> {
    let internet = matches!(family, c::AF_INET | c::AF_INET6);
    match (family, kind, protocol) {
        (c::AF_UNIX, _, protocol) if !matches!(protocol, 0 | c::AF_UNIX) => Err(Errno::EPROTONOSUPPORT),
        (c::AF_UNIX, c::SOCK_STREAM | c::SOCK_DGRAM | c::SOCK_SEQPACKET, _) => {
            Ok((Body::Unix(Box::default()), kind, 0))
        }
        // Raw unix sockets are datagram sockets.
        (c::AF_UNIX, c::SOCK_RAW, _) => Ok((Body::Unix(Box::default()), c::SOCK_DGRAM, 0)),
        (c::AF_UNIX, ..) => Err(Errno::ESOCKTNOSUPPORT),
        _ if !internet => Err(Errno::EAFNOSUPPORT),
        (_, c::SOCK_STREAM, 0 | c::IPPROTO_TCP) => Ok((Body::Tcp(Box::default()), kind, c::IPPROTO_TCP)),
        (_, c::SOCK_DGRAM, 0 | c::IPPROTO_UDP) => Ok((Body::Udp(Box::default()), kind, c::IPPROTO_UDP)),
        (_, c::SOCK_STREAM | c::SOCK_DGRAM, 256..) | (_, _, i32::MIN..0) => Err(Errno::EINVAL),
        (_, c::SOCK_STREAM | c::SOCK_DGRAM | c::SOCK_RAW, _) => Err(Errno::EPROTONOSUPPORT),
        (_, 0..=10, _) => Err(Errno::ESOCKTNOSUPPORT),
        _ => Err(Errno::EINVAL),
    }
}

impl World {
    pub(super) fn handle(&self, id: SocketId) -> Arc<dyn Endpoint> {
        Arc::new(Handle { world: self.clone(), id })
    }

    /// socket(2)
    pub(super) fn open(&self, host: HostId, family: i32, kind: i32, protocol: i32) -> Result<Arc<dyn Endpoint>, Errno> {
        let (body, kind, protocol) = body(family, kind, protocol)?;
        let id = self.with(|state| state.add(Socket::new(host, (family, kind, protocol), body)));
        Ok(self.handle(id))
    }

    /// socketpair(2)
    pub(super) fn open_pair(&self, host: HostId, family: i32, kind: i32, protocol: i32) -> Result<Pair, Errno> {
        let (one, kind, protocol) = body(family, kind, protocol)?;
        if family != c::AF_UNIX {
            return Err(Errno::EOPNOTSUPP);
        }
        let other = Body::Unix(Box::default());
        let pair = self.with(|state| {
            let one = state.add(Socket::new(host, (family, kind, protocol), one));
            let other = state.add(Socket::new(host, (family, kind, protocol), other));
            state.unix_join(one, other);
            (one, other)
        });
        Ok((self.handle(pair.0), self.handle(pair.1)))
    }
}
