//! Look-ups as WASI 0.2 has them: addresses one by one.

use std::future::poll_fn;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::vec;

use wasmtime_wasi::runtime::with_ambient_tokio_runtime;
use wasmtime_wasi_io::async_trait;
use wasmtime_wasi_io::poll::Pollable;

use crate::wasi::code::Code;

/// The addresses of a host, once they are there.
#[allow(unreachable_pub, reason = "the bindings want it public")]
pub enum Answers {
    Awaited(Pin<Box<dyn Future<Output = Result<Vec<IpAddr>, Code>> + Send>>),
    Here(Result<vec::IntoIter<IpAddr>, Code>),
}

impl Answers {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<&mut Result<vec::IntoIter<IpAddr>, Code>> {
        if let Self::Awaited(lookup) = self {
            match with_ambient_tokio_runtime(|| lookup.as_mut().poll(cx)) {
                Poll::Ready(result) => *self = Self::Here(result.map(Vec::into_iter)),
                Poll::Pending => return Poll::Pending,
            }
        }
        match self {
            Self::Here(result) => Poll::Ready(result),
            Self::Awaited(_) => Poll::Pending,
        }
    }

    /// What is there by now.
    pub(super) fn now(&mut self) -> Result<&mut vec::IntoIter<IpAddr>, Code> {
        match self.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(addresses)) => Ok(addresses),
            Poll::Ready(Err(code)) => Err(*code),
            Poll::Pending => Err(Code::WouldBlock),
        }
    }
}

#[async_trait]
impl Pollable for Answers {
    async fn ready(&mut self) {
        poll_fn(|cx| self.poll(cx).map(drop)).await;
    }
}
