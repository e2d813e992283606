//! `wasi:sockets` 0.2, by the crate `wasip2`.
//!
//! What blocks in POSIX is made of attempts that do not, and of pollables.

use std::cell::RefCell;
use std::net::IpAddr;
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

use crate::check::{Answer, Failure, missing};
use crate::platform::library::{directory_with, flags, number, wildcard};
use crate::platform::message::Message;
use crate::platform::name::option_name;
use crate::platform::surface::Platform;
use crate::platform::table::Table;
use crate::platform::wasi::{self, Kind, addresses, alike, options};

/// A socket.
pub type Socket = wasi::Socket<TcpSocket, UdpSocket, Option<Streams>>;

type Inner = wasi::Inner<TcpSocket, UdpSocket, Option<Streams>>;

thread_local! {
    static TABLE: RefCell<Table<Inner>> = const { RefCell::new(Table::new()) };
}

/// The streams by which data go, once there are any.
#[derive(Debug)]
#[allow(missing_docs, reason = "their names say what goes")]
pub enum Streams {
    Bytes(InputStream, OutputStream),
    Datagrams(IncomingDatagramStream, OutgoingDatagramStream),
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        Self::named(code.name())
    }
}

impl Socket {
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
    fn pending(&self) -> Answer<i32> {
        let Kind::Tcp(socket) = &self.kind else { return missing(&option_name(SOL_SOCKET, SO_ERROR)) };
        match socket.finish_connect() {
            Ok((input, output)) => {
                self.streams.replace(Some(Streams::Bytes(input, output)));
                Ok(0)
            }
            Err(ErrorCode::WouldBlock | ErrorCode::NotInProgress) => Ok(0),
            Err(error) => number(error.name()).ok_or_else(|| error.into()),
        }
    }

    /// Calls within the time limit that the flags leave.
    fn within<T>(&self, message_flags: i32, call: impl FnOnce() -> Answer<T>) -> Answer<T> {
        let limit = self.limit.get();
        if message_flags & MSG_DONTWAIT != 0 {
            self.limit.set(Some(Duration::ZERO));
        }
        let result = call();
        self.limit.set(limit);
        result
    }

    /// Makes the streams of a UDP socket, with which it sends and receives.
    fn open(&self, remote: Option<IpSocketAddress>) -> Answer {
        if let Kind::Udp(socket) = &self.kind {
            if socket.local_address().is_err() {
                self.bind(&wildcard(self.family()))?;
            }
            // The old streams must be gone before there are new ones.
            self.streams.take();
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

    /// A datagram, or so much of a stream.
    async fn receive(&self, size: usize, message_flags: i32) -> Answer<(Vec<u8>, Address)> {
        self.opened()?;
        self.within(message_flags, || self.read(size))
    }

    fn read(&self, size: usize) -> Answer<(Vec<u8>, Address)> {
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

impl Platform for Socket {
    const NAME: &str = "wasi:sockets 0.2";

    alike!(address_family, local_address, remote_address);

    options!(
        is_listening,
        receive_buffer_size,
        send_buffer_size,
        keep_alive_enabled,
        keep_alive_idle_time,
        keep_alive_interval,
        keep_alive_count,
        hop_limit,
        unicast_hop_limit
    );

    fn socket(family: i32, r#type: i32, proto: i32) -> Answer<Self> {
        let families = [IpAddressFamily::Ipv4, IpAddressFamily::Ipv6];
        Self::create((family, r#type, proto), families, create_tcp_socket, create_udp_socket)
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
                self.attempt(|| socket.finish_bind())?;
                // At once: there is a host, jco, that loses what comes until then, which would be a matter of luck.
                self.open(None)
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
        self.within(message_flags, || if self.is_stream() { self.write(data) } else { self.send_datagram(data, None) })
    }

    async fn sendto(&self, data: &[u8], message_flags: i32, address: &Address) -> Answer<usize> {
        flags(message_flags)?;
        self.send_datagram(data, Some(lower(address)?))
    }

    async fn sendfile(&self, path: &str, offset: u64, count: Option<u64>) -> Answer<u64> {
        let streams = self.streams.borrow();
        let Some(Streams::Bytes(_, output)) = &*streams else { return Err(Failure::named("invalid-state")) };
        let (directory, path) = directory_with(path, get_directories())?;
        let file = directory
            .open_at(PathFlags::empty(), &path, OpenFlags::empty(), DescriptorFlags::READ)
            .map_err(Failure::told)?;
        let source = file.read_via_stream(offset).map_err(Failure::told)?;
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

    fn poll(sockets: &[(&Self, i16)], limit: Option<Duration>) -> Answer<Vec<i16>> {
        let mut waits: Vec<(usize, i16, Pollable)> = Vec::new();
        let mut ready = vec![0; sockets.len()];
        for (at, (socket, events)) in sockets.iter().enumerate() {
            let streams = socket.streams.borrow();
            if events & POLLIN != 0 && socket.has_looked_ahead() {
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

async fn resolve(host: &str) -> Answer<Vec<IpAddr>> {
    let stream = resolve_addresses(&instance_network(), host)?;
    let mut addresses = Vec::new();
    loop {
        match stream.resolve_next_address() {
            Ok(Some(address)) => addresses.push(lift_ip(address)),
            Ok(None) => return Ok(addresses),
            Err(ErrorCode::WouldBlock) => stream.subscribe().block(),
            Err(error) => return Err(error.into()),
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
