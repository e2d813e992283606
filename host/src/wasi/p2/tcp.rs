//! TCP sockets as WASI 0.2 has them: calls in two halves, and streams.

use berkeley_constants as c;
use c::POLLOUT;
use wasmtime_wasi_io::async_trait;
use wasmtime_wasi_io::poll::Pollable;
use wasmtime_wasi_io::streams::{DynInputStream, DynOutputStream};

use super::input::Input;
use super::output::Output;
use crate::wasi::code::Code;
use crate::wasi::tcp::{Listener, Tcp};
use crate::wasi::wait::ready;

/// A socket, and which of the calls that come in two halves was begun.
#[allow(unreachable_pub, reason = "the bindings want it public")]
pub struct TcpSocket {
    pub(super) tcp: Tcp,
    pub(super) begun: Option<Begun>,
    pub(super) listener: Option<Listener>,
    pub(super) streams: Option<(Input, Output)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begun {
    Bind,
    Connect,
    Listen,
}

impl TcpSocket {
    pub(super) fn new(tcp: Tcp) -> Self {
        Self { tcp, begun: None, listener: None, streams: None }
    }

    pub(super) fn may_begin(&self) -> Result<(), Code> {
        if self.begun.is_some() { Err(Code::ConcurrencyConflict) } else { Ok(()) }
    }

    pub(super) fn has_begun(&self, call: Begun) -> Result<(), Code> {
        if self.begun == Some(call) { Ok(()) } else { Err(Code::NotInProgress) }
    }

    pub(super) fn finish(&mut self, call: Begun) -> Result<(), Code> {
        self.has_begun(call)?;
        self.begun = None;
        Ok(())
    }

    pub(super) fn open_streams(&mut self) -> Result<(DynInputStream, DynOutputStream), Code> {
        let input = Input::new(self.tcp.take_receiver()?);
        let output = Output::new(self.tcp.take_sender()?);
        self.streams = Some((input.clone(), output.clone()));
        Ok((Box::new(input), Box::new(output)))
    }
}

/// Ready is what was begun and can be finished, and a listener that has a connection.
#[async_trait]
impl Pollable for TcpSocket {
    async fn ready(&mut self) {
        match (self.begun, &self.listener) {
            (Some(Begun::Connect), _) => {
                if let Some(socket) = self.tcp.connecting() {
                    ready(socket, POLLOUT).await;
                }
            }
            (None, Some(listener)) => listener.ready().await,
            _ => {}
        }
    }
}
