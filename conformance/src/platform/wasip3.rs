//! `wasi:sockets` 0.3, by the crate `wasip3`.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use berkeley_guest::socket::*;
use wasip3::clocks::monotonic_clock;
use wasip3::filesystem::preopens::get_directories;
use wasip3::filesystem::types::{DescriptorFlags, OpenFlags, PathFlags};
use wasip3::sockets::ip_name_lookup::{self, resolve_addresses};
use wasip3::sockets::types::{
    ErrorCode, IpAddress, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress, TcpSocket, UdpSocket,
};
use wasip3::wit_bindgen::rt::async_support::{FutureReader, StreamReader, StreamResult, StreamWriter};
use wasip3::wit_stream;

use crate::check::{Answer, Failure};
use crate::platform::table::{Table, numbered};
use crate::platform::{
    Message, Platform, divide, family_name, flags, host_or_own, infos, missing, option_name, type_name, whole, wildcard,
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
    Tcp(TcpSocket, RefCell<Streams>),
    Udp(UdpSocket),
}

/// The streams of a TCP socket, each made when it is first needed, and none any more once it is shut.
#[derive(Debug, Default)]
struct Streams {
    incoming: Option<StreamReader<TcpSocket>>,
    input: Option<Option<StreamReader<u8>>>,
    output: Option<Option<StreamWriter<u8>>>,
    /// The results of both, of which nobody asks before the streams end.
    results: Vec<FutureReader<Result<(), ErrorCode>>>,
}

impl Streams {
    fn input(&mut self, socket: &TcpSocket) -> Option<&mut StreamReader<u8>> {
        let results = &mut self.results;
        let made = self.input.get_or_insert_with(|| {
            let (input, result) = socket.receive();
            results.push(result);
            Some(input)
        });
        made.as_mut()
    }

    fn output(&mut self, socket: &TcpSocket) -> Answer<&mut StreamWriter<u8>> {
        let results = &mut self.results;
        let made = self.output.get_or_insert_with(|| {
            let (output, theirs) = wit_stream::new();
            results.push(socket.send(theirs));
            Some(output)
        });
        made.as_mut().ok_or_else(|| Failure::named("EPIPE"))
    }
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        // The cases' names are those of WIT, but for the case.
        let name = match code {
            ErrorCode::Other(text) => return Self::Error("other".into(), text.unwrap_or_default()),
            code => format!("{code:?}"),
        };
        Self::named(kebab(name.trim_start_matches("ErrorCode::")))
    }
}

impl From<ip_name_lookup::ErrorCode> for Failure {
    fn from(code: ip_name_lookup::ErrorCode) -> Self {
        Self::named(kebab(format!("{code:?}").trim_start_matches("ErrorCode::")))
    }
}

fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for ch in name.chars() {
        if ch.is_ascii_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(ch.to_ascii_lowercase());
    }
    kebab
}

impl Socket {
    fn new(kind: Kind) -> Self {
        Self::around(Rc::new(Inner { kind, limit: Cell::new(getdefaulttimeout()), ahead: RefCell::default() }))
    }

    fn around(inner: Rc<Inner>) -> Self {
        Self { inner, number: Cell::new(-1), inheritable: Cell::new(false) }
    }

    fn from_tcp(socket: TcpSocket) -> Self {
        Self::new(Kind::Tcp(socket, RefCell::default()))
    }

    fn tcp(&self, what: &str) -> Answer<(&TcpSocket, std::cell::RefMut<'_, Streams>)> {
        match &self.kind {
            Kind::Tcp(socket, streams) => Ok((socket, streams.borrow_mut())),
            Kind::Udp(_) => missing(&format!("{what} of UDP")),
        }
    }

    /// A datagram, or so much of a stream.
    async fn receive(&self, size: usize, message_flags: i32) -> Answer<(Vec<u8>, Address)> {
        match &self.kind {
            Kind::Udp(socket) => {
                let (data, peer) = self.within(message_flags, socket.receive()).await??;
                Ok((data, lift(peer)))
            }
            Kind::Tcp(socket, streams) => {
                let mut streams = streams.borrow_mut();
                let Some(input) = streams.input(socket) else { return Ok((Vec::new(), Address::Unspecified)) };
                let (result, data) = self.within(message_flags, input.read(Vec::with_capacity(size))).await?;
                match result {
                    StreamResult::Complete(_) | StreamResult::Dropped => Ok((data, Address::Unspecified)),
                    StreamResult::Cancelled => Err(Failure::named("cancelled")),
                }
            }
        }
    }

    /// Awaits a call, within the time limit.
    async fn within<T>(&self, message_flags: i32, call: impl Future<Output = T>) -> Answer<T> {
        let limit = if message_flags & MSG_DONTWAIT != 0 { Some(Duration::ZERO) } else { self.limit.get() };
        let Some(limit) = limit else { return Ok(call.await) };
        let timer = pin!(monotonic_clock::wait_for(limit.as_nanos() as u64));
        let (mut timer, mut call) = (timer, pin!(call));
        std::future::poll_fn(|context| match call.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Ok(value)),
            Poll::Pending => timer
                .as_mut()
                .poll(context)
                .map(|()| Err(Failure::named(if limit.is_zero() { "would-block" } else { "timeout" }))),
        })
        .await
    }
}

impl Platform for Socket {
    const NAME: &str = "wasi:sockets 0.3";

    numbered!();

    fn socket(family: i32, r#type: i32, proto: i32) -> Answer<Self> {
        let family = match family {
            AF_INET => IpAddressFamily::Ipv4,
            AF_INET6 => IpAddressFamily::Ipv6,
            other => return missing(&family_name(other)),
        };
        let kind = r#type & !(SOCK_NONBLOCK | SOCK_CLOEXEC);
        let socket = match (kind, proto) {
            (SOCK_STREAM, 0 | IPPROTO_TCP) => Self::from_tcp(TcpSocket::create(family)?),
            (SOCK_DGRAM, 0 | IPPROTO_UDP) => Self::new(Kind::Udp(UdpSocket::create(family)?)),
            _ => return missing(&type_name(kind, proto)),
        };
        if r#type & SOCK_NONBLOCK != 0 {
            socket.settimeout(Some(Duration::ZERO));
        }
        Ok(socket)
    }

    fn bind(&self, address: &Address) -> Answer {
        let address = lower(address)?;
        Ok(match &self.kind {
            Kind::Tcp(socket, _) => socket.bind(address)?,
            Kind::Udp(socket) => socket.bind(address)?,
        })
    }

    fn listen(&self, backlog: i32) -> Answer {
        let (socket, mut streams) = self.tcp("listen")?;
        socket.set_listen_backlog_size(backlog.max(1) as u64)?;
        streams.incoming = Some(socket.listen()?);
        Ok(())
    }

    async fn accept(&self) -> Answer<(Self, Address)> {
        let (_, mut streams) = self.tcp("accept")?;
        let Some(incoming) = &mut streams.incoming else { return Err(Failure::named("invalid-state")) };
        let accepted = self.within(0, incoming.next()).await?.ok_or_else(|| Failure::named("closed"))?;
        let peer = lift(accepted.get_remote_address()?);
        Ok((Self::from_tcp(accepted), peer))
    }

    async fn connect(&self, address: &Address) -> Answer {
        match &self.kind {
            Kind::Tcp(socket, _) => match self.within(0, socket.connect(lower(address)?)).await? {
                Err(ErrorCode::InvalidState) if socket.get_remote_address().is_ok() => Err(Failure::named("EISCONN")),
                connected => Ok(connected?),
            },
            Kind::Udp(socket) if matches!(address, Address::Unspecified) => Ok(socket.disconnect()?),
            Kind::Udp(socket) => Ok(socket.connect(lower(address)?)?),
        }
    }

    async fn send(&self, data: &[u8], message_flags: i32) -> Answer<usize> {
        flags(message_flags)?;
        match &self.kind {
            Kind::Udp(socket) => self.within(message_flags, socket.send(data.to_vec(), None)).await??,
            Kind::Tcp(socket, streams) => {
                let mut streams = streams.borrow_mut();
                let output = streams.output(socket)?;
                let rest = self.within(message_flags, output.write_all(data.to_vec())).await?;
                if !rest.is_empty() {
                    return Err(Failure::named("EPIPE"));
                }
            }
        }
        Ok(data.len())
    }

    async fn recv(&self, size: usize, message_flags: i32) -> Answer<Vec<u8>> {
        if message_flags & MSG_WAITALL != 0 {
            return whole(self, size, message_flags & !MSG_WAITALL).await;
        }
        Ok(self.recvfrom(size, message_flags).await?.0)
    }

    async fn sendto(&self, data: &[u8], message_flags: i32, address: &Address) -> Answer<usize> {
        flags(message_flags)?;
        match &self.kind {
            Kind::Udp(socket) => {
                self.within(message_flags, socket.send(data.to_vec(), Some(lower(address)?))).await??
            }
            Kind::Tcp(..) => return missing("sendto of TCP"),
        }
        Ok(data.len())
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
        let is_stream = matches!(self.kind, Kind::Tcp(..));
        let ahead = self.ahead.take();
        let (data, address) = match ahead {
            // More of a stream may have come since.
            Some((mut data, address)) if is_stream && !data.is_empty() && data.len() < size => {
                let more = self.receive(size - data.len(), MSG_DONTWAIT).await;
                data.extend(more.map_or_else(|_| Vec::new(), |(more, _)| more));
                (data, address)
            }
            Some(ahead) => ahead,
            None => self.receive(size, message_flags).await?,
        };
        let (taken, left) = divide(data, size, is_stream, message_flags);
        self.ahead.replace(left.map(|left| (left, address.clone())));
        Ok(Message::cut(taken, size, address))
    }

    async fn sendfile(&self, path: &str, offset: u64, count: Option<u64>) -> Answer<u64> {
        let (socket, mut streams) = self.tcp("sendfile")?;
        let wrong = |what: &dyn std::fmt::Debug| Failure::Wrong(format!("{what:?}"));
        let (directory, _) = get_directories().into_iter().next().ok_or_else(|| wrong(&"no directory"))?;
        let path = path.rsplit('/').next().unwrap_or(path).to_owned();
        let file = directory
            .open_at(PathFlags::empty(), path, OpenFlags::empty(), DescriptorFlags::READ)
            .await
            .map_err(|code| wrong(&code))?;
        let size = file.stat().await.map_err(|code| wrong(&code))?.size;
        let (mut bytes, read) = file.read_via_stream(offset);
        if let Some(count) = count {
            // Only a whole file goes without passing through the guest.
            let output = streams.output(socket)?;
            let mut left = count;
            while left > 0 {
                let (_, data) = bytes.read(Vec::with_capacity(left.min(1 << 16) as usize)).await;
                if data.is_empty() {
                    break;
                }
                left -= data.len() as u64;
                if !output.write_all(data).await.is_empty() {
                    return Err(Failure::named("EPIPE"));
                }
            }
            return Ok(count - left);
        }
        socket.send(bytes).await?;
        read.await.map_err(|code| wrong(&code))?;
        Ok(size.saturating_sub(offset))
    }

    fn shutdown(&self, how: i32) -> Answer {
        let (socket, mut streams) = self.tcp("shutdown")?;
        // Each direction ends with its stream.
        if how == SHUT_WR || how == SHUT_RDWR {
            streams.output(socket)?;
            streams.output = Some(None);
        }
        if how == SHUT_RD || how == SHUT_RDWR {
            streams.input(socket);
            streams.input = Some(None);
        }
        Ok(())
    }

    fn getsockname(&self) -> Answer<Address> {
        let address = match &self.kind {
            Kind::Tcp(socket, _) => socket.get_local_address(),
            Kind::Udp(socket) => socket.get_local_address(),
        };
        match address {
            // It is not bound.
            Err(ErrorCode::InvalidState) => Ok(wildcard(self.family())),
            address => Ok(lift(address?)),
        }
    }

    fn getpeername(&self) -> Answer<Address> {
        let address = match &self.kind {
            Kind::Tcp(socket, _) => socket.get_remote_address(),
            Kind::Udp(socket) => socket.get_remote_address(),
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
            // Each call tells its own errors; none waits for whoever asks.
            (SOL_SOCKET, SO_ERROR, _) => Ok(0),
            (SOL_SOCKET, SO_ACCEPTCONN, Kind::Tcp(socket, _)) => Ok(socket.get_is_listening().into()),
            (SOL_SOCKET, SO_RCVBUF, Kind::Tcp(socket, _)) => Ok(socket.get_receive_buffer_size()? as i32),
            (SOL_SOCKET, SO_SNDBUF, Kind::Tcp(socket, _)) => Ok(socket.get_send_buffer_size()? as i32),
            (SOL_SOCKET, SO_RCVBUF, Kind::Udp(socket)) => Ok(socket.get_receive_buffer_size()? as i32),
            (SOL_SOCKET, SO_SNDBUF, Kind::Udp(socket)) => Ok(socket.get_send_buffer_size()? as i32),
            (SOL_SOCKET, SO_KEEPALIVE, Kind::Tcp(socket, _)) => Ok(socket.get_keep_alive_enabled()?.into()),
            (IPPROTO_TCP, TCP_KEEPIDLE, Kind::Tcp(socket, _)) => Ok(seconds(socket.get_keep_alive_idle_time()?)),
            (IPPROTO_TCP, TCP_KEEPINTVL, Kind::Tcp(socket, _)) => Ok(seconds(socket.get_keep_alive_interval()?)),
            (IPPROTO_TCP, TCP_KEEPCNT, Kind::Tcp(socket, _)) => Ok(socket.get_keep_alive_count()? as i32),
            (IPPROTO_IP, IP_TTL, Kind::Tcp(socket, _)) => Ok(socket.get_hop_limit()?.into()),
            (IPPROTO_IPV6, IPV6_UNICAST_HOPS, Kind::Tcp(socket, _)) => Ok(socket.get_hop_limit()?.into()),
            (IPPROTO_IP, IP_TTL, Kind::Udp(socket)) => Ok(socket.get_unicast_hop_limit()?.into()),
            (IPPROTO_IPV6, IPV6_UNICAST_HOPS, Kind::Udp(socket)) => Ok(socket.get_unicast_hop_limit()?.into()),
            _ => missing(&option_name(level, name)),
        }
    }

    fn setsockopt(&self, level: i32, name: i32, value: i32) -> Answer {
        let nanoseconds = value as u64 * 1_000_000_000;
        match (level, name, &self.kind) {
            (SOL_SOCKET, SO_RCVBUF, Kind::Tcp(socket, _)) => Ok(socket.set_receive_buffer_size(value as u64)?),
            (SOL_SOCKET, SO_SNDBUF, Kind::Tcp(socket, _)) => Ok(socket.set_send_buffer_size(value as u64)?),
            (SOL_SOCKET, SO_RCVBUF, Kind::Udp(socket)) => Ok(socket.set_receive_buffer_size(value as u64)?),
            (SOL_SOCKET, SO_SNDBUF, Kind::Udp(socket)) => Ok(socket.set_send_buffer_size(value as u64)?),
            (SOL_SOCKET, SO_KEEPALIVE, Kind::Tcp(socket, _)) => Ok(socket.set_keep_alive_enabled(value != 0)?),
            (IPPROTO_TCP, TCP_KEEPIDLE, Kind::Tcp(socket, _)) => Ok(socket.set_keep_alive_idle_time(nanoseconds)?),
            (IPPROTO_TCP, TCP_KEEPINTVL, Kind::Tcp(socket, _)) => Ok(socket.set_keep_alive_interval(nanoseconds)?),
            (IPPROTO_TCP, TCP_KEEPCNT, Kind::Tcp(socket, _)) => Ok(socket.set_keep_alive_count(value as u32)?),
            (IPPROTO_IP, IP_TTL, Kind::Tcp(socket, _)) => Ok(socket.set_hop_limit(value as u8)?),
            (IPPROTO_IPV6, IPV6_UNICAST_HOPS, Kind::Tcp(socket, _)) => Ok(socket.set_hop_limit(value as u8)?),
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
            Kind::Tcp(socket, _) => socket.get_address_family(),
            Kind::Udp(socket) => socket.get_address_family(),
        };
        match family {
            IpAddressFamily::Ipv4 => AF_INET,
            IpAddressFamily::Ipv6 => AF_INET6,
        }
    }

    fn r#type(&self) -> i32 {
        match self.kind {
            Kind::Tcp(..) => SOCK_STREAM,
            Kind::Udp(_) => SOCK_DGRAM,
        }
    }

    fn proto(&self) -> i32 {
        match self.kind {
            Kind::Tcp(..) => IPPROTO_TCP,
            Kind::Udp(_) => IPPROTO_UDP,
        }
    }

    async fn getaddrinfo(host: Option<&str>, service: Option<&str>, hints: Hints) -> Answer<Vec<AddressInfo>> {
        let resolved = resolve_addresses(host_or_own(host, hints).to_owned()).await;
        infos(host, service, hints, |_| {
            let address = |address| match address {
                IpAddress::Ipv4((a, b, c, d)) => [a, b, c, d].into(),
                IpAddress::Ipv6((a, b, c, d, e, f, g, h)) => [a, b, c, d, e, f, g, h].into(),
            };
            Ok(resolved?.into_iter().map(address).collect())
        })
    }
}

addresses!();
