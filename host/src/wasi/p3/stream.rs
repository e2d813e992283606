//! The streams of a TCP connection, and that of a listener's connections.
//!
//! Each holds the socket, and is otherwise as those of the contract.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use berkeley_constants as c;
use c::POLLIN;
use tokio::sync::oneshot;
use wasmtime::StoreContextMut;
use wasmtime::component::{Destination, Resource, Source, StreamConsumer, StreamProducer, StreamResult};

use super::bindings::types::ErrorCode;
use crate::error::{Errno, Error};
use crate::socket::Socket;
use crate::stream::{Incoming, Outgoing, Polled, UNASKED, completed, pending};
use crate::view::SocketCtxView;
use crate::wasi::code::Code;
use crate::wasi::tcp::{Listener, Tcp};

/// One call receives no more.
const MOST: usize = 1 << 16;

/// How a direction of a connection ended.
pub(super) type End = Result<(), ErrorCode>;

/// One direction of a connection: when it is dropped, that direction is shut down, and the guest is told how it ended.
struct Half {
    socket: Arc<Socket>,
    end: Option<oneshot::Sender<End>>,
    /// SHUT_RD or SHUT_WR.
    direction: i32,
}

impl Half {
    fn new(socket: Arc<Socket>, end: oneshot::Sender<End>, direction: i32) -> Self {
        Self { socket, end: Some(end), direction }
    }

    fn is_open(&self) -> bool {
        self.end.is_some()
    }

    fn close(&mut self, end: Result<(), Code>) {
        if let Some(sender) = self.end.take() {
            // The peer may have closed the connection already.
            let _ = self.socket.shutdown(self.direction);
            // The guest may not want to know.
            let _ = sender.send(end.map_err(Into::into));
        }
    }

    /// Ends the stream.
    fn ended(&mut self, end: Result<(), Error>) -> Poll<wasmtime::Result<StreamResult>> {
        self.close(end.map_err(Into::into));
        Poll::Ready(Ok(StreamResult::Dropped))
    }
}

impl Drop for Half {
    fn drop(&mut self) {
        self.close(Ok(()));
    }
}

/// What a connection receives.
pub(super) struct Receiver {
    incoming: Incoming<Arc<Socket>>,
    half: Half,
}

impl Receiver {
    pub(super) fn new(socket: Arc<Socket>, end: oneshot::Sender<End>) -> Self {
        Self { incoming: Incoming::of(socket.clone()), half: Half::new(socket, end, c::SHUT_RD) }
    }
}

impl<D> StreamProducer<D> for Receiver {
    type Item = u8;
    type Buffer = Option<u8>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        store: StoreContextMut<'a, D>,
        destination: Destination<'a, u8, Option<u8>>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        let Self { incoming, half } = &mut *self;
        if !half.is_open() {
            return Poll::Ready(Ok(StreamResult::Dropped));
        }
        let mut destination = destination.as_direct(store, UNASKED);
        let room = destination.remaining();
        let most = room.len().min(MOST);
        // Who reads nothing asks whether there is something.
        match incoming.poll_receive(cx, finish, &mut room[..most]) {
            Poll::Ready(Ok(Some(0))) => half.ended(Ok(())),
            Poll::Ready(Ok(length)) => {
                destination.mark_written(length.unwrap_or(0));
                completed()
            }
            Poll::Ready(Err(error)) => half.ended(Err(error)),
            Poll::Pending => pending(finish),
        }
    }
}

/// What a connection sends.
pub(super) struct Sender {
    outgoing: Outgoing<Arc<Socket>>,
    half: Half,
}

impl Sender {
    pub(super) fn new(socket: Arc<Socket>, end: oneshot::Sender<End>) -> Self {
        Self { outgoing: Outgoing::of(socket.clone()), half: Half::new(socket, end, c::SHUT_WR) }
    }
}

impl<D> StreamConsumer<D> for Sender {
    type Item = u8;

    fn poll_consume(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        store: StoreContextMut<'_, D>,
        source: Source<'_, u8>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        let Self { outgoing, half } = &mut *self;
        if !half.is_open() {
            return Poll::Ready(Ok(StreamResult::Dropped));
        }
        let mut source = source.as_direct(store);
        // Who writes nothing asks whether there is room.
        match outgoing.poll_send(cx, finish, source.remaining()) {
            Poll::Ready(Ok(sent)) => {
                source.mark_read(sent);
                completed()
            }
            Poll::Ready(Err(error)) => half.ended(Err(error)),
            Poll::Pending => pending(finish),
        }
    }
}

/// What a listener accepts.
pub(super) struct Connections<T> {
    listener: Listener,
    polled: Polled<Arc<Socket>>,
    view: for<'a> fn(&'a mut T) -> SocketCtxView<'a>,
}

impl<T> Connections<T> {
    pub(super) fn new(listener: Listener, view: for<'a> fn(&'a mut T) -> SocketCtxView<'a>) -> Self {
        Self { polled: Polled::of(listener.socket().clone(), POLLIN), listener, view }
    }

    /// The next connection, or one that tells why there is none.
    fn poll_accept(&mut self, cx: &mut Context<'_>, is_last: bool) -> Poll<Tcp> {
        let Self { listener, polled, .. } = self;
        let accepted = polled.poll(cx, is_last, |_| match listener.accept() {
            Err(Code::WouldBlock) => Err(Errno::EAGAIN.into()),
            result => Ok(result),
        });
        accepted.map(|accepted| {
            let result = accepted.map_err(Code::from).flatten();
            result.unwrap_or_else(|code| listener.failed(code))
        })
    }
}

impl<T: 'static> StreamProducer<T> for Connections<T> {
    type Item = Resource<Tcp>;
    type Buffer = Option<Self::Item>;

    fn poll_produce<'a>(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut store: StoreContextMut<'a, T>,
        mut destination: Destination<'a, Self::Item, Self::Buffer>,
        finish: bool,
    ) -> Poll<wasmtime::Result<StreamResult>> {
        if destination.remaining(&mut store) == Some(0) {
            return match self.polled.poll_ready(cx, finish) {
                Poll::Ready(_) => completed(),
                Poll::Pending => pending(finish),
            };
        }
        let Poll::Ready(tcp) = self.poll_accept(cx, finish) else { return pending(finish) };
        let socket = (self.view)(store.data_mut()).table.push(tcp)?;
        destination.set_buffer(Some(socket));
        completed()
    }
}
