//! `wasi:sockets` 0.3, by the crate `wasip3`.

#![allow(clippy::await_holding_refcell_ref, reason = "a program has one task, which makes one call after the other")]

use std::cell::RefCell;
use std::net::IpAddr;
use std::pin::pin;
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

use crate::check::{Answer, Failure, missing};
use crate::platform::library::{directory_with, flags};
use crate::platform::message::Message;
use crate::platform::surface::Platform;
use crate::platform::table::Table;
use crate::platform::wasi::{self, Kind, addresses, alike, options};

/// A socket.
pub type Socket = wasi::Socket<TcpSocket, UdpSocket, Streams>;

type Inner = wasi::Inner<TcpSocket, UdpSocket, Streams>;

thread_local! {
    static TABLE: RefCell<Table<Inner>> = const { RefCell::new(Table::new()) };
}

/// The streams of a TCP socket, each made when it is first needed, and none any more once it is shut.
#[derive(Debug, Default)]
pub struct Streams {
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
    /// Each call tells its own errors; none waits for whoever asks.
    fn pending(&self) -> Answer<i32> {
        Ok(0)
    }

    /// A datagram, or so much of a stream.
    async fn receive(&self, size: usize, message_flags: i32) -> Answer<(Vec<u8>, Address)> {
        match &self.kind {
            Kind::Udp(socket) => {
                let (data, peer) = self.within(message_flags, socket.receive()).await??;
                Ok((data, lift(peer)))
            }
            Kind::Tcp(socket) => {
                let mut streams = self.streams.borrow_mut();
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

    alike!(get_address_family, get_local_address, get_remote_address);

    options!(
        get_is_listening,
        get_receive_buffer_size,
        get_send_buffer_size,
        get_keep_alive_enabled,
        get_keep_alive_idle_time,
        get_keep_alive_interval,
        get_keep_alive_count,
        get_hop_limit,
        get_unicast_hop_limit
    );

    fn socket(family: i32, r#type: i32, proto: i32) -> Answer<Self> {
        let families = [IpAddressFamily::Ipv4, IpAddressFamily::Ipv6];
        Self::create((family, r#type, proto), families, TcpSocket::create, UdpSocket::create)
    }

    fn bind(&self, address: &Address) -> Answer {
        let address = lower(address)?;
        match &self.kind {
            Kind::Tcp(socket) => socket.bind(address)?,
            Kind::Udp(socket) => socket.bind(address)?,
        }
        Ok(())
    }

    fn listen(&self, backlog: i32) -> Answer {
        let (socket, mut streams) = (self.tcp("listen")?, self.streams.borrow_mut());
        socket.set_listen_backlog_size(backlog.max(1) as u64)?;
        streams.incoming = Some(socket.listen()?);
        Ok(())
    }

    async fn accept(&self) -> Answer<(Self, Address)> {
        self.tcp("accept")?;
        let mut streams = self.streams.borrow_mut();
        let Some(incoming) = &mut streams.incoming else { return Err(Failure::named("invalid-state")) };
        let accepted = self.within(0, incoming.next()).await?.ok_or_else(|| Failure::named("closed"))?;
        let peer = lift(accepted.get_remote_address()?);
        Ok((Self::new(Kind::Tcp(accepted)), peer))
    }

    async fn connect(&self, address: &Address) -> Answer {
        match &self.kind {
            Kind::Tcp(socket) => match self.within(0, socket.connect(lower(address)?)).await? {
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
            Kind::Tcp(socket) => {
                let mut streams = self.streams.borrow_mut();
                let output = streams.output(socket)?;
                let rest = self.within(message_flags, output.write_all(data.to_vec())).await?;
                if !rest.is_empty() {
                    return Err(Failure::named("EPIPE"));
                }
            }
        }
        Ok(data.len())
    }

    async fn sendto(&self, data: &[u8], message_flags: i32, address: &Address) -> Answer<usize> {
        flags(message_flags)?;
        match &self.kind {
            Kind::Udp(socket) => {
                self.within(message_flags, socket.send(data.to_vec(), Some(lower(address)?))).await??;
            }
            Kind::Tcp(_) => return missing("sendto of TCP"),
        }
        Ok(data.len())
    }

    async fn sendfile(&self, path: &str, offset: u64, count: Option<u64>) -> Answer<u64> {
        let (socket, mut streams) = (self.tcp("sendfile")?, self.streams.borrow_mut());
        let (directory, path) = directory_with(path, get_directories())?;
        let file = directory
            .open_at(PathFlags::empty(), path, OpenFlags::empty(), DescriptorFlags::READ)
            .await
            .map_err(Failure::told)?;
        let size = file.stat().await.map_err(Failure::told)?.size;
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
        read.await.map_err(Failure::told)?;
        Ok(size.saturating_sub(offset))
    }

    fn shutdown(&self, how: i32) -> Answer {
        let (socket, mut streams) = (self.tcp("shutdown")?, self.streams.borrow_mut());
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
}

async fn resolve(host: &str) -> Answer<Vec<IpAddr>> {
    Ok(resolve_addresses(host.to_owned()).await?.into_iter().map(lift_ip).collect())
}

addresses!();
