//! What the versions of `wasi:sockets` have alike.
//!
//! Their bindings have types of the same names and shapes, which are different types all the same. The sockets here are
//! generic over them; the macros write for each version what names the types themselves.

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::rc::Rc;
use std::time::Duration;

use berkeley_guest::socket::*;

use crate::check::{Answer, Failure, missing};
use crate::platform::library::{divide, flags};
use crate::platform::message::Message;
use crate::platform::name::{family_name, type_name};

/// A socket, by the bindings' types for TCP and UDP, and its streams.
#[derive(Debug)]
pub struct Socket<T, U, S> {
    pub(super) inner: Rc<Inner<T, U, S>>,
    pub(super) number: Cell<i32>,
    pub(super) inheritable: Cell<bool>,
}

/// What duplicates of a socket share.
#[derive(Debug)]
pub struct Inner<T, U, S> {
    // Streams belong to their socket, so they go first.
    pub(super) streams: RefCell<S>,
    pub(super) kind: Kind<T, U>,
    pub(super) limit: Cell<Option<Duration>>,
    /// What has come, and was but looked at.
    ahead: RefCell<Option<(Vec<u8>, Address)>>,
}

#[derive(Debug)]
pub(super) enum Kind<T, U> {
    Tcp(T),
    Udp(U),
}

impl<T, U, S> Deref for Socket<T, U, S> {
    type Target = Inner<T, U, S>;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl<T, U, S: Default> Socket<T, U, S> {
    /// Makes a socket of the module's numbers, by what the bindings call the two families, and by the functions of
    /// theirs that make one.
    pub(super) fn create<F, E>(
        (family, r#type, proto): (i32, i32, i32),
        [ipv4, ipv6]: [F; 2],
        tcp: impl FnOnce(F) -> Result<T, E>,
        udp: impl FnOnce(F) -> Result<U, E>,
    ) -> Answer<Self>
    where
        Failure: From<E>,
    {
        let family = match family {
            AF_INET => ipv4,
            AF_INET6 => ipv6,
            other => return missing(&family_name(other)),
        };
        let kind = r#type & !(SOCK_NONBLOCK | SOCK_CLOEXEC);
        let socket = match (kind, proto) {
            (SOCK_STREAM, 0 | IPPROTO_TCP) => Self::new(Kind::Tcp(tcp(family)?)),
            (SOCK_DGRAM, 0 | IPPROTO_UDP) => Self::new(Kind::Udp(udp(family)?)),
            _ => return missing(&type_name(kind, proto)),
        };
        if r#type & SOCK_NONBLOCK != 0 {
            socket.limit.set(Some(Duration::ZERO));
        }
        Ok(socket)
    }

    pub(super) fn new(kind: Kind<T, U>) -> Self {
        Self::around(Rc::new(Inner {
            streams: RefCell::default(),
            kind,
            limit: Cell::new(getdefaulttimeout()),
            ahead: RefCell::default(),
        }))
    }
}

impl<T, U, S> Socket<T, U, S> {
    pub(super) fn around(inner: Rc<Inner<T, U, S>>) -> Self {
        Self { inner, number: Cell::new(-1), inheritable: Cell::new(false) }
    }
}

impl<T, U, S> Inner<T, U, S> {
    pub(super) fn tcp(&self, what: &str) -> Answer<&T> {
        match &self.kind {
            Kind::Tcp(socket) => Ok(socket),
            Kind::Udp(_) => missing(&format!("{what} of UDP")),
        }
    }

    pub(super) fn is_stream(&self) -> bool {
        matches!(self.kind, Kind::Tcp(_))
    }

    /// Whether something has come that was but looked at.
    pub(super) fn has_looked_ahead(&self) -> bool {
        self.ahead.borrow().is_some()
    }

    /// Receives a message by a function that waits for a datagram, or for at most so much of a stream.
    pub(super) async fn message<P>(
        &self,
        size: usize,
        ancillary_size: usize,
        message_flags: i32,
        receive: impl AsyncFn(usize, i32) -> Answer<(Vec<u8>, Address)>,
    ) -> Answer<Message<P>> {
        if ancillary_size > 0 {
            return missing("control messages");
        }
        flags(message_flags & !(MSG_TRUNC | MSG_PEEK))?;
        let is_stream = self.is_stream();
        let ahead = self.ahead.take();
        let (data, address) = match ahead {
            // More of a stream may have come since.
            Some((mut data, address)) if is_stream && !data.is_empty() && data.len() < size => {
                let more = receive(size - data.len(), MSG_DONTWAIT).await;
                data.extend(more.map_or_else(|_| Vec::new(), |(more, _)| more));
                (data, address)
            }
            Some(ahead) => ahead,
            None => receive(size, message_flags).await?,
        };
        let (taken, left) = divide(data, size, is_stream, message_flags);
        self.ahead.replace(left.map(|left| (left, address.clone())));
        Ok(Message::cut(taken, size, address))
    }
}

/// The part of [`Platform`](crate::Platform) that is alike, by the names of the getters that are not. The module has an
/// async `resolve`, its `Socket` an async `receive`, and what [`addresses`] and
/// [`numbered`](crate::platform::table::numbered) need.
macro_rules! alike {
    ($address_family:ident, $local_address:ident, $remote_address:ident) => {
        $crate::platform::table::numbered!();

        async fn recvmsg(&self, size: usize, ancillary_size: usize, message_flags: i32) -> Answer<Message<Self>> {
            let receive = async |size, message_flags| self.receive(size, message_flags).await;
            self.message(size, ancillary_size, message_flags, receive).await
        }

        fn getsockname(&self) -> Answer<Address> {
            let address = match &self.kind {
                Kind::Tcp(socket) => socket.$local_address(),
                Kind::Udp(socket) => socket.$local_address(),
            };
            match address {
                // It is not bound.
                Err(ErrorCode::InvalidState) => Ok($crate::platform::library::wildcard(self.family())),
                address => Ok(lift(address?)),
            }
        }

        fn getpeername(&self) -> Answer<Address> {
            let address = match &self.kind {
                Kind::Tcp(socket) => socket.$remote_address(),
                Kind::Udp(socket) => socket.$remote_address(),
            };
            match address {
                Err(ErrorCode::InvalidState) => Err(Failure::named("ENOTCONN")),
                address => Ok(lift(address?)),
            }
        }

        fn settimeout(&self, limit: Option<Duration>) {
            self.limit.set(limit);
        }

        fn gettimeout(&self) -> Option<Duration> {
            self.limit.get()
        }

        fn family(&self) -> i32 {
            let family = match &self.kind {
                Kind::Tcp(socket) => socket.$address_family(),
                Kind::Udp(socket) => socket.$address_family(),
            };
            match family {
                IpAddressFamily::Ipv4 => AF_INET,
                IpAddressFamily::Ipv6 => AF_INET6,
            }
        }

        fn r#type(&self) -> i32 {
            if self.is_stream() { SOCK_STREAM } else { SOCK_DGRAM }
        }

        fn proto(&self) -> i32 {
            if self.is_stream() { IPPROTO_TCP } else { IPPROTO_UDP }
        }

        async fn getaddrinfo(host: Option<&str>, service: Option<&str>, hints: Hints) -> Answer<Vec<AddressInfo>> {
            $crate::platform::library::infos(host, service, hints, resolve).await
        }
    };
}

/// Options of sockets, by the names of the getters; the setters are alike. The module's `Socket` has `pending`, which
/// is SO_ERROR.
macro_rules! options {
    (
        $is_listening:ident, $receive_buffer_size:ident, $send_buffer_size:ident,
        $keep_alive_enabled:ident, $keep_alive_idle_time:ident, $keep_alive_interval:ident, $keep_alive_count:ident,
        $hop_limit:ident, $unicast_hop_limit:ident
    ) => {
        fn getsockopt(&self, level: i32, name: i32) -> Answer<i32> {
            let seconds = |nanoseconds: u64| (nanoseconds / 1_000_000_000) as i32;
            match (level, name, &self.kind) {
                (SOL_SOCKET, SO_TYPE, _) => Ok(self.r#type()),
                (SOL_SOCKET, SO_DOMAIN, _) => Ok(self.family()),
                (SOL_SOCKET, SO_PROTOCOL, _) => Ok(self.proto()),
                (SOL_SOCKET, SO_ERROR, _) => self.pending(),
                (SOL_SOCKET, SO_ACCEPTCONN, Kind::Tcp(socket)) => Ok(socket.$is_listening().into()),
                (SOL_SOCKET, SO_RCVBUF, Kind::Tcp(socket)) => Ok(socket.$receive_buffer_size()? as i32),
                (SOL_SOCKET, SO_SNDBUF, Kind::Tcp(socket)) => Ok(socket.$send_buffer_size()? as i32),
                (SOL_SOCKET, SO_RCVBUF, Kind::Udp(socket)) => Ok(socket.$receive_buffer_size()? as i32),
                (SOL_SOCKET, SO_SNDBUF, Kind::Udp(socket)) => Ok(socket.$send_buffer_size()? as i32),
                (SOL_SOCKET, SO_KEEPALIVE, Kind::Tcp(socket)) => Ok(socket.$keep_alive_enabled()?.into()),
                (IPPROTO_TCP, TCP_KEEPIDLE, Kind::Tcp(socket)) => Ok(seconds(socket.$keep_alive_idle_time()?)),
                (IPPROTO_TCP, TCP_KEEPINTVL, Kind::Tcp(socket)) => Ok(seconds(socket.$keep_alive_interval()?)),
                (IPPROTO_TCP, TCP_KEEPCNT, Kind::Tcp(socket)) => Ok(socket.$keep_alive_count()? as i32),
                (IPPROTO_IP, IP_TTL, Kind::Tcp(socket)) => Ok(socket.$hop_limit()?.into()),
                (IPPROTO_IPV6, IPV6_UNICAST_HOPS, Kind::Tcp(socket)) => Ok(socket.$hop_limit()?.into()),
                (IPPROTO_IP, IP_TTL, Kind::Udp(socket)) => Ok(socket.$unicast_hop_limit()?.into()),
                (IPPROTO_IPV6, IPV6_UNICAST_HOPS, Kind::Udp(socket)) => Ok(socket.$unicast_hop_limit()?.into()),
                _ => missing(&$crate::platform::name::option_name(level, name)),
            }
        }

        fn setsockopt(&self, level: i32, name: i32, value: i32) -> Answer {
            let nanoseconds = value as u64 * 1_000_000_000;
            match (level, name, &self.kind) {
                (SOL_SOCKET, SO_RCVBUF, Kind::Tcp(socket)) => Ok(socket.set_receive_buffer_size(value as u64)?),
                (SOL_SOCKET, SO_SNDBUF, Kind::Tcp(socket)) => Ok(socket.set_send_buffer_size(value as u64)?),
                (SOL_SOCKET, SO_RCVBUF, Kind::Udp(socket)) => Ok(socket.set_receive_buffer_size(value as u64)?),
                (SOL_SOCKET, SO_SNDBUF, Kind::Udp(socket)) => Ok(socket.set_send_buffer_size(value as u64)?),
                (SOL_SOCKET, SO_KEEPALIVE, Kind::Tcp(socket)) => Ok(socket.set_keep_alive_enabled(value != 0)?),
                (IPPROTO_TCP, TCP_KEEPIDLE, Kind::Tcp(socket)) => Ok(socket.set_keep_alive_idle_time(nanoseconds)?),
                (IPPROTO_TCP, TCP_KEEPINTVL, Kind::Tcp(socket)) => Ok(socket.set_keep_alive_interval(nanoseconds)?),
                (IPPROTO_TCP, TCP_KEEPCNT, Kind::Tcp(socket)) => Ok(socket.set_keep_alive_count(value as u32)?),
                (IPPROTO_IP, IP_TTL, Kind::Tcp(socket)) => Ok(socket.set_hop_limit(value as u8)?),
                (IPPROTO_IPV6, IPV6_UNICAST_HOPS, Kind::Tcp(socket)) => Ok(socket.set_hop_limit(value as u8)?),
                (IPPROTO_IP, IP_TTL, Kind::Udp(socket)) => Ok(socket.set_unicast_hop_limit(value as u8)?),
                (IPPROTO_IPV6, IPV6_UNICAST_HOPS, Kind::Udp(socket)) => Ok(socket.set_unicast_hop_limit(value as u8)?),
                _ => missing(&$crate::platform::name::option_name(level, name)),
            }
        }
    };
}

/// Addresses to and from the types of the bindings.
macro_rules! addresses {
    () => {
        fn lower(address: &Address) -> Answer<IpSocketAddress> {
            match address {
                Address::Inet(address) => {
                    let [a, b, c, d] = address.ip().octets();
                    Ok(IpSocketAddress::Ipv4(Ipv4SocketAddress { port: address.port(), address: (a, b, c, d) }))
                }
                Address::Inet6(address) => {
                    let [a, b, c, d, e, f, g, h] = address.ip().segments();
                    Ok(IpSocketAddress::Ipv6(Ipv6SocketAddress {
                        port: address.port(),
                        flow_info: address.flowinfo(),
                        address: (a, b, c, d, e, f, g, h),
                        scope_id: address.scope_id(),
                    }))
                }
                _ => missing("addresses of this family"),
            }
        }

        fn lift(address: IpSocketAddress) -> Address {
            match address {
                IpSocketAddress::Ipv4(Ipv4SocketAddress { port, address }) => {
                    std::net::SocketAddr::new(lift_ip(IpAddress::Ipv4(address)), port).into()
                }
                IpSocketAddress::Ipv6(address) => {
                    let (a, b, c, d, e, f, g, h) = address.address;
                    let ip = [a, b, c, d, e, f, g, h].into();
                    Address::Inet6(std::net::SocketAddrV6::new(ip, address.port, address.flow_info, address.scope_id))
                }
            }
        }

        fn lift_ip(address: IpAddress) -> std::net::IpAddr {
            match address {
                IpAddress::Ipv4((a, b, c, d)) => [a, b, c, d].into(),
                IpAddress::Ipv6((a, b, c, d, e, f, g, h)) => [a, b, c, d, e, f, g, h].into(),
            }
        }
    };
}

pub(super) use {addresses, alike, options};
