//! The traits of tokio.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::gather::gather;
use crate::future::source::Async;
use crate::future::stream::Stream;
use crate::future::tls::TlsStream;
use crate::poll::AsSocket;

macro_rules! streams {
    ($([$($generics:tt)*] $of:ty;)+) => {
        $(
            impl<$($generics)*> AsyncRead for $of
            where
                Self: Stream + Unpin,
            {
                fn poll_read(
                    self: Pin<&mut Self>,
                    cx: &mut Context<'_>,
                    buf: &mut ReadBuf<'_>,
                ) -> Poll<io::Result<()>> {
                    if buf.remaining() == 0 {
                        return Poll::Ready(Ok(()));
                    }
                    self.get_mut().poll_receive(cx, buf.remaining()).map_ok(|data| buf.put_slice(&data))
                }
            }

            impl<$($generics)*> AsyncWrite for $of
            where
                Self: Stream + Unpin,
            {
                fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
                    self.get_mut().poll_send(cx, buf)
                }

                fn poll_write_vectored(
                    self: Pin<&mut Self>,
                    cx: &mut Context<'_>,
                    bufs: &[IoSlice<'_>],
                ) -> Poll<io::Result<usize>> {
                    self.get_mut().poll_send(cx, &gather(bufs))
                }

                fn is_write_vectored(&self) -> bool {
                    true
                }

                fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                    Stream::poll_flush(self.get_mut(), cx)
                }

                fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                    Stream::poll_shutdown(self.get_mut(), cx)
                }
            }
        )+
    };
}

streams! {
    [T: AsSocket] Async<T>;
    ['a, T: AsSocket] &'a Async<T>;
    [S: Stream] TlsStream<S>;
}
