//! `wasi:sockets` 0.2, by the crate `wasip2`.
//!
//! What blocks in POSIX is made of attempts that do not, and of pollables.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use berkeley_guest::socket::*;
use wasip2::clocks::monotonic_clock;
use wasip2::filesystem::preopens::get_directories;
use wasip2::filesystem::types::{DescriptorFlags, OpenFlags, PathFlags};
use wasip2::io::poll::{Pollable, poll};
use wasip2::io::streams::{InputStream, OutputStream, StreamError};
use wasip2::sockets::instance_network::instance_network;
use wasip2::sockets::ip_name_lookup::resolve_addresses;
use wasip2::sockets::network::{
    ErrorCode, IpAddress, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress,
};
use wasip2::sockets::tcp::{ShutdownType, TcpSocket};
use wasip2::sockets::tcp_create_socket::create_tcp_socket;
use wasip2::sockets::udp::{IncomingDatagramStream, OutgoingDatagram, OutgoingDatagramStream, UdpSocket};
use wasip2::sockets::udp_create_socket::create_udp_socket;

use crate::check::{Answer, Failure};
use crate::platform::table::{Table, numbered};
use crate::platform::{
    Message, Platform, divide, family_name, flags, infos, missing, number, option_name, type_name, whole, wildcard,
};

/// A socket.
#[derive(Debug)]
pub struct Socket {
    inner: Rc<Inner>,
    number: Cell<i32>,
    inheritable: Cell<bool>,
}

/// What duplicates of a socket share.
#[derive(Debug)]
pub struct Inner {
    // Streams belong to their socket, so they go first.
    streams: RefCell<Option<Streams>>,
    kind: Kind,
    limit: Cell<Option<Duration>>,
    /// What has come, and was but looked at.
    ahead: RefCell<Option<(Vec<u8>, Address)>>,
}

thread_local! {
    static TABLE: RefCell<Table<Inner>> = const { RefCell::new(Table::new()) };
}

impl std::ops::Deref for Socket {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}

#[derive(Debug)]
enum Kind {
    Tcp(TcpSocket),
    Udp(UdpSocket),
}

#[derive(Debug)]
enum Streams {
    Bytes(InputStream, OutputStream),
    Datagrams(IncomingDatagramStream, OutgoingDatagramStream),
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        Self::named(code.name())
    }
}

impl Socket {
    fn new(kind: Kind) -> Self {
        Self::around(Rc::new(Inner {
            streams: RefCell::default(),
            kind,
            limit: Cell::new(getdefaulttimeout()),
            ahead: RefCell::default(),
        }))
    }

    fn around(inner: Rc<Inner>) -> Self {
        Self { inner, number: Cell::new(-1), inheritable: Cell::new(false) }
    }

    fn tcp(&self, what: &str) -> Answer<&TcpSocket> {
        match &self.kind {
            Kind::Tcp(socket) => Ok(socket),
            Kind::Udp(_) => missing(&format!("{what} of UDP")),
        }
    }

    fn subscribe(&self) -> Pollable {
        match &self.kind {
            Kind::Tcp(socket) => socket.subscribe(),
            Kind::Udp(socket) => socket.subscribe(),
        }
    }

    /// Waits until the pollable is ready, within the time limit.
    fn wait(&self, pollable: &Pollable) -> Answer {
        match self.limit.get() {
            None => pollable.block(),
            Some(Duration::ZERO) => return Err(Failure::named("would-block")),
            Some(limit) => {
                let timer = monotonic_clock::subscribe_duration(limit.as_nanos() as u64);
                if !poll(&[pollable, &timer]).contains(&0) {
                    return Err(Failure::named("timeout"));
                }
            }
        }
        Ok(())
    }

    /// Attempts a call until it no longer would block.
    fn attempt<T>(&self, mut call: impl FnMut() -> Result<T, ErrorCode>) -> Answer<T> {
        loop {
            match call() {
                Err(ErrorCode::WouldBlock) => self.wait(&self.subscribe())?,
                result => return Ok(result?),
            }
        }
    }

    /// What became of a connection that was begun, as an error number.
    fn finished(&self, socket: &TcpSocket) -> Answer<i32> {
        match socket.finish_connect() {
            Ok((input, output)) => {
                self.streams.replace(Some(Streams::Bytes(input, output)));
                Ok(0)
            }
            Err(ErrorCode::WouldBlock | ErrorCode::NotInProgress) => Ok(0),
            Err(error) => number(error.name()).ok_or_else(|| error.into()),
        }
    }

    /// Makes the streams of a UDP socket, with which it sends and receives.
    fn open(&self, remote: Option<IpSocketAddress>) -> Answer {
        if let Kind::Udp(socket) = &self.kind {
            // The old streams must be gone before there are new ones.
            self.streams.take();
            if socket.local_address().is_err() {
                self.bind(&wildcard(self.family()))?;
            }
            let (incoming, outgoing) = socket.stream(remote)?;
            self.streams.replace(Some(Streams::Datagrams(incoming, outgoing)));
        }
        Ok(())
    }

    fn opened(&self) -> Answer {
        if self.streams.borrow().is_none() { self.open(None) } else { Ok(()) }
    }

    fn send_datagram(&self, data: &[u8], remote_address: Option<IpSocketAddress>) -> Answer<usize> {
        self.opened()?;
        let streams = self.streams.borrow();
        let Some(Streams::Datagrams(_, outgoing)) = &*streams else { return Err(Failure::named("invalid-state")) };
        while outgoing.check_send()? == 0 {
            self.wait(&outgoing.subscribe())?;
        }
        outgoing.send(&[OutgoingDatagram { data: data.to_vec(), remote_address }])?;
        Ok(data.len())
    }
}

impl Platform for Socket {
    const NAME: &str = "wasi:sockets 0.2";

    numbered!();

    fn socket(family: i32, r#type: i32, proto: i32) -> Answer<Self> {
        let family = match family {
            AF_INET => IpAddressFamily::Ipv4,
            AF_INET6 => IpAddressFamily::Ipv6,
            other => return missing(&family_name(other)),
        };
        let kind = r#type & !(SOCK_NONBLOCK | SOCK_CLOEXEC);
        let socket = match (kind, proto) {
            (SOCK_STREAM, 0 | IPPROTO_TCP) => Self::new(Kind::Tcp(create_tcp_socket(family)?)),
            (SOCK_DGRAM, 0 | IPPROTO_UDP) => Self::new(Kind::Udp(create_udp_socket(family)?)),
            _ => return missing(&type_name(kind, proto)),
        };
        if r#type & SOCK_NONBLOCK != 0 {
            socket.settimeout(Some(Duration::ZERO));
        }
        Ok(socket)
    }

    fn bind(&self, address: &Address) -> Answer {
        let (network, address) = (instance_network(), lower(address)?);
        match &self.kind {
            Kind::Tcp(socket) => {
                socket.start_bind(&network, address)?;
                self.attempt(|| socket.finish_bind())
            }
            Kind::Udp(socket) => {
                socket.start_bind(&network, address)?;
                self.attempt(|| socket.finish_bind())
            }
        }
    }

    fn listen(&self, backlog: i32) -> Answer {
        let socket = self.tcp("listen")?;
        socket.set_listen_backlog_size(backlog.max(1) as u64)?;
        socket.start_listen()?;
        self.attempt(|| socket.finish_listen())
    }

    async fn accept(&self) -> Answer<(Self, Address)> {
        let socket = self.tcp("accept")?;
        let (accepted, input, output) = self.attempt(|| socket.accept())?;
        let peer = lift(accepted.remote_address()?);
        let accepted = Self::new(Kind::Tcp(accepted));
        accepted.streams.replace(Some(Streams::Bytes(input, output)));
        Ok((accepted, peer))
    }

    async fn connect(&self, address: &Address) -> Answer {
        match &self.kind {
            Kind::Tcp(socket) => {
                match socket.start_connect(&instance_network(), lower(address)?) {
                    Err(ErrorCode::InvalidState) if socket.remote_address().is_ok() => {
                        return Err(Failure::named("EISCONN"));
                    }
                    begun => begun?,
                }
                let (input, output) = self.attempt(|| socket.finish_connect())?;
                self.streams.replace(Some(Streams::Bytes(input, output)));
                Ok(())
            }
            Kind::Udp(_) if matches!(address, Address::Unspecified) => self.open(None),
            Kind::Udp(_) => self.open(Some(lower(address)?)),
        }
    }

    async fn send(&self, data: &[u8], message_flags: i32) -> Answer<usize> {
        flags(message_flags)?;
        let limit = self.limit.get();
        if message_flags & MSG_DONTWAIT != 0 {
            self.limit.set(Some(Duration::ZERO));
        }
        let result = if let Kind::Udp(_) = self.kind { self.send_datagram(data, None) } else { self.write(data) };
        self.limit.set(limit);
        result
    }

    async fn recv(&self, size: usize, message_flags: i32) -> Answer<Vec<u8>> {
        if message_flags & MSG_WAITALL != 0 {
            return whole(self, size, message_flags & !MSG_WAITALL).await;
        }
        Ok(self.recvfrom(size, message_flags).await?.0)
    }

    async fn sendto(&self, data: &[u8], message_flags: i32, address: &Address) -> Answer<usize> {
        flags(message_flags)?;
        self.send_datagram(data, Some(lower(address)?))
    }

    async fn recvfrom(&self, size: usize, message_flags: i32) -> Answer<(Vec<u8>, Address)> {
        let message = self.recvmsg(size, 0, message_flags).await?;
        Ok((message.data, message.address))
    }

    async fn recvmsg(&self, size: usize, ancillary_size: usize, message_flags: i32) -> Answer<Message<Self>> {
        if ancillary_size > 0 {
            return missing("control messages");
        }
        flags(message_flags & !(MSG_TRUNC | MSG_PEEK))?;
        if let Kind::Udp(_) = self.kind {
            self.opened()?;
        }
        let limit = self.limit.get();
        if message_flags & MSG_DONTWAIT != 0 {
            self.limit.set(Some(Duration::ZERO));
        }
        let is_stream = matches!(self.kind, Kind::Tcp(_));
        let ahead = self.ahead.take();
        let result = match ahead {
            Some((mut data, address)) => {
                // More of a stream may have come since.
                if is_stream && !data.is_empty() && data.len() < size {
                    self.limit.set(Some(Duration::ZERO));
                    data.extend(self.receive(size - data.len()).map_or_else(|_| Vec::new(), |(more, _)| more));
                }
                Ok((data, address))
            }
            None => self.receive(size),
        };
        self.limit.set(limit);
        let (data, address) = result?;
        let (taken, left) = divide(data, size, is_stream, message_flags);
        self.ahead.replace(left.map(|left| (left, address.clone())));
        Ok(Message::cut(taken, size, address))
    }

    async fn sendfile(&self, path: &str, offset: u64, count: Option<u64>) -> Answer<u64> {
        let streams = self.streams.borrow();
        let Some(Streams::Bytes(_, output)) = &*streams else { return Err(Failure::named("invalid-state")) };
        let wrong = |what: &dyn std::fmt::Debug| Failure::Wrong(format!("{what:?}"));
        let (directory, _) = get_directories().into_iter().next().ok_or_else(|| wrong(&"no directory"))?;
        let path = path.rsplit('/').next().unwrap_or(path);
        let file = directory
            .open_at(PathFlags::empty(), path, OpenFlags::empty(), DescriptorFlags::READ)
            .map_err(|code| wrong(&code))?;
        let source = file.read_via_stream(offset).map_err(|code| wrong(&code))?;
        let mut sent = 0;
        while count.is_none_or(|count| sent < count) {
            match output.blocking_splice(&source, count.map_or(1 << 16, |count| count - sent)) {
                Ok(more) => sent += more,
                Err(StreamError::Closed) => break,
                Err(error) => return Err(broken(error)),
            }
        }
        Ok(sent)
    }

    fn shutdown(&self, how: i32) -> Answer {
        let how = match how {
            SHUT_RD => ShutdownType::Receive,
            SHUT_WR => ShutdownType::Send,
            _ => ShutdownType::Both,
        };
        Ok(self.tcp("shutdown")?.shutdown(how)?)
    }

    fn getsockname(&self) -> Answer<Address> {
        let address = match &self.kind {
            Kind::Tcp(socket) => socket.local_address(),
            Kind::Udp(socket) => socket.local_address(),
        };
        match address {
            // It is not bound.
            Err(ErrorCode::InvalidState) => Ok(wildcard(self.family())),
            address => Ok(lift(address?)),
        }
    }

    fn getpeername(&self) -> Answer<Address> {
        let address = match &self.kind {
            Kind::Tcp(socket) => socket.remote_address(),
            Kind::Udp(socket) => socket.remote_address(),
        };
        match address {
            Err(ErrorCode::InvalidState) => Err(Failure::named("ENOTCONN")),
            address => Ok(lift(address?)),
        }
    }

    fn getsockopt(&self, level: i32, name: i32) -> Answer<i32> {
        let seconds = |nanoseconds: u64| (nanoseconds / 1_000_000_000) as i32;
        match (level, name, &self.kind) {
            (SOL_SOCKET, SO_TYPE, _) => Ok(self.r#type()),
            (SOL_SOCKET, SO_DOMAIN, _) => Ok(self.family()),
            (SOL_SOCKET, SO_PROTOCOL, _) => Ok(self.proto()),
            (SOL_SOCKET, SO_ERROR, Kind::Tcp(socket)) => self.finished(socket),
            (SOL_SOCKET, SO_ACCEPTCONN, Kind::Tcp(socket)) => Ok(socket.is_listening().into()),
            (SOL_SOCKET, SO_RCVBUF, Kind::Tcp(socket)) => Ok(socket.receive_buffer_size()? as i32),
            (SOL_SOCKET, SO_SNDBUF, Kind::Tcp(socket)) => Ok(socket.send_buffer_size()? as i32),
            (SOL_SOCKET, SO_RCVBUF, Kind::Udp(socket)) => Ok(socket.receive_buffer_size()? as i32),
            (SOL_SOCKET, SO_SNDBUF, Kind::Udp(socket)) => Ok(socket.send_buffer_size()? as i32),
            (SOL_SOCKET, SO_KEEPALIVE, Kind::Tcp(socket)) => Ok(socket.keep_alive_enabled()?.into()),
            (IPPROTO_TCP, TCP_KEEPIDLE, Kind::Tcp(socket)) => Ok(seconds(socket.keep_alive_idle_time()?)),
            (IPPROTO_TCP, TCP_KEEPINTVL, Kind::Tcp(socket)) => Ok(seconds(socket.keep_alive_interval()?)),
            (IPPROTO_TCP, TCP_KEEPCNT, Kind::Tcp(socket)) => Ok(socket.keep_alive_count()? as i32),
            (IPPROTO_IP, IP_TTL, Kind::Tcp(socket)) => Ok(socket.hop_limit()?.into()),
            (IPPROTO_IPV6, IPV6_UNICAST_HOPS, Kind::Tcp(socket)) => Ok(socket.hop_limit()?.into()),
            (IPPROTO_IP, IP_TTL, Kind::Udp(socket)) => Ok(socket.unicast_hop_limit()?.into()),
            (IPPROTO_IPV6, IPV6_UNICAST_HOPS, Kind::Udp(socket)) => Ok(socket.unicast_hop_limit()?.into()),
            _ => missing(&option_name(level, name)),
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
            _ => missing(&option_name(level, name)),
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
            Kind::Tcp(socket) => socket.address_family(),
            Kind::Udp(socket) => socket.address_family(),
        };
        match family {
            IpAddressFamily::Ipv4 => AF_INET,
            IpAddressFamily::Ipv6 => AF_INET6,
        }
    }

    fn r#type(&self) -> i32 {
        match self.kind {
            Kind::Tcp(_) => SOCK_STREAM,
            Kind::Udp(_) => SOCK_DGRAM,
        }
    }

    fn proto(&self) -> i32 {
        match self.kind {
            Kind::Tcp(_) => IPPROTO_TCP,
            Kind::Udp(_) => IPPROTO_UDP,
        }
    }

    async fn getaddrinfo(host: Option<&str>, service: Option<&str>, hints: Hints) -> Answer<Vec<AddressInfo>> {
        let network = instance_network();
        infos(host, service, hints, |host| {
            let stream = resolve_addresses(&network, host)?;
            let mut addresses = Vec::new();
            loop {
                match stream.resolve_next_address() {
                    Ok(Some(IpAddress::Ipv4((a, b, c, d)))) => addresses.push([a, b, c, d].into()),
                    Ok(Some(IpAddress::Ipv6((a, b, c, d, e, f, g, h)))) => {
                        addresses.push([a, b, c, d, e, f, g, h].into());
                    }
                    Ok(None) => return Ok(addresses),
                    Err(ErrorCode::WouldBlock) => stream.subscribe().block(),
                    Err(error) => return Err(error.into()),
                }
            }
        })
    }

    fn poll(sockets: &[(&Self, i16)], limit: Option<Duration>) -> Answer<Vec<i16>> {
        let mut waits: Vec<(usize, i16, Pollable)> = Vec::new();
        let mut ready = vec![0; sockets.len()];
        for (at, (socket, events)) in sockets.iter().enumerate() {
            let streams = socket.streams.borrow();
            if events & POLLIN != 0 && socket.ahead.borrow().is_some() {
                ready[at] |= POLLIN;
            }
            let mut wait = |event, pollable: Pollable| {
                if events & event != 0 {
                    waits.push((at, event, pollable));
                }
            };
            match &*streams {
                Some(Streams::Bytes(input, output)) => {
                    wait(POLLIN, input.subscribe());
                    wait(POLLOUT, output.subscribe());
                }
                Some(Streams::Datagrams(incoming, outgoing)) => {
                    wait(POLLIN, incoming.subscribe());
                    wait(POLLOUT, outgoing.subscribe());
                }
                None => {
                    wait(POLLIN, socket.subscribe());
                    wait(POLLOUT, socket.subscribe());
                }
            }
        }
        let limit = if ready == vec![0; sockets.len()] { limit } else { Some(Duration::ZERO) };
        let timer = limit.map(|limit| monotonic_clock::subscribe_duration(limit.as_nanos() as u64));
        let pollables: Vec<_> = waits.iter().map(|(_, _, pollable)| pollable).chain(&timer).collect();
        for index in poll(&pollables) {
            if let Some((at, event, _)) = waits.get(index as usize) {
                ready[*at] |= event;
            }
        }
        Ok(ready)
    }
}

impl Socket {
    /// Writes what there is room for, once there is some.
    fn write(&self, data: &[u8]) -> Answer<usize> {
        let streams = self.streams.borrow();
        let Some(Streams::Bytes(_, output)) = &*streams else { return Err(Failure::named("invalid-state")) };
        let room = loop {
            match output.check_write().map_err(broken)? {
                0 => self.wait(&output.subscribe())?,
                room => break (room as usize).min(data.len()),
            }
        };
        output.write(&data[..room]).map_err(broken)?;
        output.flush().map_err(broken)?;
        Ok(room)
    }

    fn receive(&self, size: usize) -> Answer<(Vec<u8>, Address)> {
        let streams = self.streams.borrow();
        match &*streams {
            Some(Streams::Bytes(input, _)) => loop {
                match input.read(size as u64) {
                    Ok(data) if data.is_empty() => self.wait(&input.subscribe())?,
                    Ok(data) => return Ok((data, Address::Unspecified)),
                    Err(StreamError::Closed) => return Ok((Vec::new(), Address::Unspecified)),
                    Err(error) => return Err(broken(error)),
                }
            },
            Some(Streams::Datagrams(incoming, _)) => loop {
                match incoming.receive(1)?.pop() {
                    None => self.wait(&incoming.subscribe())?,
                    Some(datagram) => return Ok((datagram.data, lift(datagram.remote_address))),
                }
            },
            None => Err(Failure::named("invalid-state")),
        }
    }
}

fn broken(error: StreamError) -> Failure {
    match error {
        StreamError::Closed => Failure::named("EPIPE"),
        StreamError::LastOperationFailed(error) => {
            Failure::Error("last-operation-failed".into(), error.to_debug_string())
        }
    }
}

addresses!();
