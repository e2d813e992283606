//! The `stream` interface: streams, and functions that are awaited.

use std::pin::Pin;
use std::task::{Context, Poll};

use berkeley_constants as c;
use c::{POLLIN, POLLOUT};
use tokio::sync::oneshot;
use wasmtime::StoreContextMut;
use wasmtime::component::{
    Access, Accessor, Destination, FutureReader, Linker, Resource, Source, StreamConsumer, StreamProducer,
    StreamReader, StreamResult,
};

use super::error::{Failure, OrTrap as _};
use super::wit::address::SocketAddress;
use super::wit::error as wit_error;
use super::wit::netdb::AddressInfo;
use crate::address::Address;
use crate::error::{Error, Result as CoreResult};
use crate::netdb;
use crate::resolver::Query;
use crate::socket::{Socket, Tried};
use crate::stream::{Incoming, Outgoing, Polled, Readiness, UNASKED, completed, pending};
use crate::view::{HasSockets, SocketCtxView, SocketView};

mod generated {
    wasmtime::component::bindgen!({
        path: "wit",
        inline: "
            package berkeley:host;
            world streams {
                import berkeley:sockets/%stream@0.1.0;
            }
        ",
        world: "berkeley:host/streams",
        imports: {
            "berkeley:sockets/stream.incoming": store | trappable,
            "berkeley:sockets/stream.outgoing": store | trappable,
            "berkeley:sockets/stream.readiness": store | trappable,
            default: trappable,
        },
        require_store_data_send: true,
        with: {
            "berkeley:sockets/error": crate::imports::wit::error,
            "berkeley:sockets/address": crate::imports::wit::address,
            "berkeley:sockets/socket": crate::imports::wit::socket,
            "berkeley:sockets/netdb": crate::imports::wit::netdb,
        },
        trappable_error_type: {
            "berkeley:sockets/error.error" => crate::imports::Failure,
        },
    });
}

use generated::berkeley::sockets::stream as wit;

/// Adds the interface `stream` of `berkeley:sockets` to the linker: what guests of WASI 0.3 have beside
/// [`add_to_linker`](crate::add_to_linker).
///
/// Fails where the engine has no support for concurrency, `wasmtime::Config::concurrency_support`.
pub fn add_stream_to_linker<T: SocketView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    wit::add_to_linker::<_, HasSockets>(linker, T::sockets)
}

/// How a stream ended, for its future: when this is dropped, by nothing in particular.
struct End(Option<oneshot::Sender<Result<(), wit_error::Error>>>);

impl End {
    fn new() -> (Self, oneshot::Receiver<Result<(), wit_error::Error>>) {
        let (sender, ended) = oneshot::channel();
        (Self(Some(sender)), ended)
    }

    /// Ends the stream.
    fn tell(&mut self, result: Result<(), Error>) -> Poll<wasmtime::Result<StreamResult>> {
        if let Some(sender) = self.0.take() {
            // The guest may not want to know.
            let _ = sender.send(result.map_err(Into::into));
        }
        Poll::Ready(Ok(StreamResult::Dropped))
    }
}

impl Drop for End {
    fn drop(&mut self) {
        let _ = self.tell(Ok(()));
    }
}

/// What a connection receives, for the guest.
struct Receiver {
    incoming: Incoming,
    end: End,
}

impl<D: 'static> StreamProducer<D> for Receiver {
    type Item = u8;
    type Buffer = Option<u8>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        store: StoreContextMut<'a, D>,
        destination: Destination<'a, u8, Option<u8>>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        let Self { incoming, end } = &mut *self;
        let mut destination = destination.as_direct(store, UNASKED);
        // Who reads nothing asks whether there is something.
        match incoming.poll_receive(cx, finish, destination.remaining()) {
            Poll::Ready(Ok(Some(0))) => end.tell(Ok(())),
            Poll::Ready(Ok(length)) => {
                destination.mark_written(length.unwrap_or(0));
                completed()
            }
            Poll::Ready(Err(error)) => end.tell(Err(error)),
            Poll::Pending => pending(finish),
        }
    }
}

/// What a connection sends, from the guest.
struct Sender {
    outgoing: Outgoing,
    end: End,
}

impl<D: 'static> StreamConsumer<D> for Sender {
    type Item = u8;

    fn poll_consume(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        store: StoreContextMut<'_, D>,
        source: Source<'_, u8>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        let Self { outgoing, end } = &mut *self;
        let mut source = source.as_direct(store);
        // Who writes nothing asks whether there is room.
        match outgoing.poll_send(cx, finish, source.remaining()) {
            Poll::Ready(Ok(length)) => {
                source.mark_read(length);
                completed()
            }
            Poll::Ready(Err(error)) => end.tell(Err(error)),
            Poll::Pending => pending(finish),
        }
    }
}

impl<D: 'static> StreamProducer<D> for Readiness {
    type Item = i16;
    type Buffer = Option<i16>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        store: StoreContextMut<'a, D>,
        mut destination: Destination<'a, i16, Option<i16>>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        match self.poll_events(cx, finish) {
            Poll::Ready(Ok(events)) => {
                // Of who reads nothing, none is kept: the next read looks again.
                if destination.remaining(store) != Some(0) {
                    destination.set_buffer(Some(events));
                }
                completed()
            }
            Poll::Ready(Err(_)) => Poll::Ready(Ok(StreamResult::Dropped)),
            Poll::Pending => pending(finish),
        }
    }
}

/// Makes the call, and waits for these events where it would block. The first try has the guest's own socket, and leaves to
/// the others what it does not do at once.
async fn answer<T, R, B>(
    accessor: &Accessor<T, HasSockets>,
    socket: &Resource<Socket>,
    events: i16,
    first: impl FnOnce(&Socket) -> Tried<R, B>,
    again: impl FnMut(&mut Socket) -> CoreResult<R>,
) -> Result<R, Failure> {
    let begun = accessor.with(|mut access| {
        let view = access.get();
        let socket = view.socket(socket)?;
        Ok::<_, Failure>(match first(socket) {
            Tried::Done(Err(error)) if error.would_block() => Err(Polled::new(socket, events).waiting()),
            Tried::Done(result) => Ok(result),
            Tried::Blocked(_) => Err(Polled::new(socket, events)),
        })
    })?;
    match begun {
        Ok(result) => Ok(result?),
        Err(mut polled) => Ok(polled.call(again).await?),
    }
}

impl wit::Host for SocketCtxView<'_> {}

impl<T: Send> wit::HostWithStore<T> for HasSockets {
    fn incoming(
        mut access: Access<'_, T, Self>,
        socket: Resource<Socket>,
    ) -> wasmtime::Result<(StreamReader<u8>, FutureReader<Result<(), wit_error::Error>>)> {
        let incoming = Incoming::new(access.get().table.get(&socket)?);
        let (mut end, ended) = End::new();
        let stream = match incoming {
            Ok(incoming) => StreamReader::new(&mut access, Receiver { incoming, end })?,
            Err(error) => {
                let _ = end.tell(Err(error));
                StreamReader::new(&mut access, std::iter::empty())?
            }
        };
        Ok((stream, FutureReader::new(&mut access, ended)?))
    }

    fn outgoing(
        mut access: Access<'_, T, Self>,
        socket: Resource<Socket>,
        mut data: StreamReader<u8>,
    ) -> wasmtime::Result<FutureReader<Result<(), wit_error::Error>>> {
        let outgoing = Outgoing::new(access.get().table.get(&socket)?);
        let (mut end, ended) = End::new();
        match outgoing {
            Ok(outgoing) => data.pipe(&mut access, Sender { outgoing, end })?,
            Err(error) => {
                let _ = end.tell(Err(error));
                data.close(&mut access)?;
            }
        }
        FutureReader::new(&mut access, ended)
    }

    fn readiness(
        mut access: Access<'_, T, Self>,
        socket: Resource<Socket>,
        events: i16,
    ) -> wasmtime::Result<StreamReader<i16>> {
        let readiness = Readiness::new(access.get().table.get(&socket)?, events);
        StreamReader::new(&mut access, readiness)
    }

    async fn accept(
        accessor: &Accessor<T, Self>,
        socket: Resource<Socket>,
    ) -> Result<(Resource<Socket>, Option<SocketAddress>), Failure> {
        let again = |socket: &mut Socket| socket.accept_now().now(|blocked| socket.accept_on(blocked));
        let (accepted, peer) = answer(accessor, &socket, POLLIN, Socket::accept_now, again).await?;
        let accepted = accessor.with(|mut access| access.get().table.push(accepted).or_trap())?;
        Ok((accepted, peer.map(Into::into)))
    }

    async fn connect(
        accessor: &Accessor<T, Self>,
        socket: Resource<Socket>,
        address: SocketAddress,
    ) -> Result<(), Failure> {
        let address = Address::try_from(address)?;
        let mut polled = accessor.with(|mut access| {
            let view = access.get();
            Ok::<_, Failure>(Polled::new(view.socket(&socket)?, POLLOUT))
        })?;
        Ok(polled.connect(&address).await?)
    }

    async fn recv(
        accessor: &Accessor<T, Self>,
        socket: Resource<Socket>,
        size: u64,
        flags: i32,
    ) -> Result<Vec<u8>, Failure> {
        let first = |socket: &Socket| socket.recv_now(size, flags);
        let again =
            |socket: &mut Socket| socket.recv_now(size, flags).now(|blocked| socket.recv_on(blocked, size, flags));
        answer(accessor, &socket, POLLIN, first, again).await
    }

    async fn recvfrom(
        accessor: &Accessor<T, Self>,
        socket: Resource<Socket>,
        size: u64,
        flags: i32,
    ) -> Result<(Vec<u8>, Option<SocketAddress>), Failure> {
        let first = |socket: &Socket| socket.recvfrom_now(size, flags);
        let again = |socket: &mut Socket| {
            socket.recvfrom_now(size, flags).now(|blocked| socket.recvfrom_on(blocked, size, flags))
        };
        let (data, peer) = answer(accessor, &socket, POLLIN, first, again).await?;
        Ok((data, peer.map(Into::into)))
    }

    async fn send(
        accessor: &Accessor<T, Self>,
        socket: Resource<Socket>,
        data: Vec<u8>,
        flags: i32,
    ) -> Result<u64, Failure> {
        let first = |socket: &Socket| socket.send_now(&data, flags, false);
        let again =
            |socket: &mut Socket| socket.send_now(&data, flags, false).now(|begun| socket.send_on(begun, &data, flags));
        Ok(answer(accessor, &socket, POLLOUT, first, again).await? as u64)
    }

    async fn sendto(
        accessor: &Accessor<T, Self>,
        socket: Resource<Socket>,
        data: Vec<u8>,
        flags: i32,
        address: SocketAddress,
    ) -> Result<u64, Failure> {
        let address = Address::try_from(address)?;
        let first = |socket: &Socket| socket.sendto_now(&data, flags, &address);
        let again = |socket: &mut Socket| {
            let first = socket.sendto_now(&data, flags, &address);
            first.now(|begun| socket.sendto_on(begun, &data, flags, &address))
        };
        Ok(answer(accessor, &socket, POLLOUT, first, again).await? as u64)
    }

    async fn getaddrinfo(
        accessor: &Accessor<T, Self>,
        host: Option<Vec<u8>>,
        service: Option<Vec<u8>>,
        family: i32,
        kind: i32,
        protocol: i32,
        flags: i32,
    ) -> Result<Vec<AddressInfo>, Failure> {
        let shared = accessor.with(|mut access| access.get().ctx.shared.clone());
        let query = Query { host, service, family, kind, protocol, flags };
        let infos = netdb::getaddrinfo(&shared, query).await?;
        Ok(infos.into_iter().map(Into::into).collect())
    }
}
