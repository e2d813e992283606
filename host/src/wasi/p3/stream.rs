//! The streams of a TCP connection, and that of a listener's connections.
//!
//! Each holds the socket, tries the call first, and waits where it would block.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use berkeley_constants as c;
use c::{POLLIN, POLLOUT};
use tokio::sync::oneshot;
use wasmtime::StoreContextMut;
use wasmtime::component::{Destination, Resource, Source, StreamConsumer, StreamProducer, StreamResult};

use super::bindings::types::ErrorCode;
use crate::error::Error;
use crate::socket::Socket;
use crate::stream::{UNASKED, completed, pending};
use crate::view::SocketCtxView;
use crate::wasi::code::Code;
use crate::wasi::tcp::{Listener, Tcp};
use crate::wasi::wait::{Waiter, now};

/// One call receives no more.
const MOST: usize = 1 << 16;

/// How a direction of a connection ended.
pub(super) type End = Result<(), ErrorCode>;

/// One direction of a connection: when it is dropped, that direction is shut down, and the guest is told how it ended.
struct Half {
    socket: Arc<Socket>,
    waiter: Waiter,
    end: Option<oneshot::Sender<End>>,
    /// SHUT_RD or SHUT_WR.
    direction: i32,
}

impl Half {
    fn new(socket: Arc<Socket>, end: oneshot::Sender<End>, direction: i32) -> Self {
        Self { socket, waiter: Waiter::default(), end: Some(end), direction }
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

    fn fail(&mut self, error: Error) -> Poll<wasmtime::Result<StreamResult>> {
        self.close(Err(error.into()));
        Poll::Ready(Ok(StreamResult::Dropped))
    }
}

impl Drop for Half {
    fn drop(&mut self) {
        self.close(Ok(()));
    }
}

/// What a connection receives.
pub(super) struct Receiver(Half);

impl Receiver {
    pub(super) fn new(socket: Arc<Socket>, end: oneshot::Sender<End>) -> Self {
        Self(Half::new(socket, end, c::SHUT_RD))
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
        let Self(half) = &mut *self;
        if !half.is_open() {
            return Poll::Ready(Ok(StreamResult::Dropped));
        }
        let mut destination = destination.as_direct(store, UNASKED);
        loop {
            let room = destination.remaining();
            let most = room.len().min(MOST);
            // Who reads nothing asks whether there is something.
            if most > 0 {
                match half.socket.recv_into_now(&mut room[..most]) {
                    Ok(0) => {
                        half.close(Ok(()));
                        return Poll::Ready(Ok(StreamResult::Dropped));
                    }
                    Ok(length) => {
                        destination.mark_written(length);
                        return completed();
                    }
                    Err(error) if !error.would_block() => return half.fail(error),
                    Err(_) => {}
                }
            }
            match half.waiter.poll_ready(cx, &half.socket, POLLIN) {
                Poll::Ready(()) if most == 0 => return completed(),
                Poll::Ready(()) => {}
                Poll::Pending => return pending(finish),
            }
        }
    }
}

/// What a connection sends.
pub(super) struct Sender(Half);

impl Sender {
    pub(super) fn new(socket: Arc<Socket>, end: oneshot::Sender<End>) -> Self {
        Self(Half::new(socket, end, c::SHUT_WR))
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
        let Self(half) = &mut *self;
        if !half.is_open() {
            return Poll::Ready(Ok(StreamResult::Dropped));
        }
        let mut source = source.as_direct(store);
        loop {
            let data = source.remaining();
            // Who writes nothing asks whether there is room.
            let asks = data.is_empty();
            if !asks {
                match now(half.socket.send(data, 0)) {
                    Ok(sent) => {
                        source.mark_read(sent);
                        return completed();
                    }
                    Err(error) if !error.would_block() => return half.fail(error),
                    Err(_) => {}
                }
            }
            match half.waiter.poll_ready(cx, &half.socket, POLLOUT) {
                Poll::Ready(()) if asks => return completed(),
                Poll::Ready(()) => {}
                Poll::Pending => return pending(finish),
            }
        }
    }
}

/// What a listener accepts.
pub(super) struct Connections<T> {
    listener: Listener,
    waiter: Waiter,
    view: for<'a> fn(&'a mut T) -> SocketCtxView<'a>,
}

impl<T> Connections<T> {
    pub(super) fn new(listener: Listener, view: for<'a> fn(&'a mut T) -> SocketCtxView<'a>) -> Self {
        Self { listener, waiter: Waiter::default(), view }
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.waiter.poll_ready(cx, self.listener.socket(), POLLIN)
    }

    /// The next connection, or one that tells why there is none.
    fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<Tcp> {
        loop {
            match self.listener.accept() {
                Ok(tcp) => return Poll::Ready(tcp),
                Err(Code::WouldBlock) => std::task::ready!(self.poll_ready(cx)),
                Err(code) => return Poll::Ready(self.listener.failed(code)),
            }
        }
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
            return match self.poll_ready(cx) {
                Poll::Ready(()) => completed(),
                Poll::Pending => pending(finish),
            };
        }
        let Poll::Ready(tcp) = self.poll_accept(cx) else { return pending(finish) };
        let socket = (self.view)(store.data_mut()).table.push(tcp)?;
        destination.set_buffer(Some(socket));
        completed()
    }
}
