//! The traits of futures-io.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_io::{AsyncRead, AsyncWrite};

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
                fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
                    if buf.is_empty() {
                        return Poll::Ready(Ok(0));
                    }
                    self.get_mut().poll_receive(cx, buf.len()).map_ok(|data| {
                        buf[..data.len()].copy_from_slice(&data);
                        data.len()
                    })
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

                fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                    Stream::poll_flush(self.get_mut(), cx)
                }

                fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                    self.get_mut().poll_shutdown(cx)
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
